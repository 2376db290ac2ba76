"""Checking a loaded index against the store and against plain arithmetic."""

import numpy as np

from matcher.index.hubness import CORRECTION
from matcher.index.passages import DENSE, PassageIndex
from matcher.records import SearchFilter, Side
from matcher.service import Matcher
from matcher.store.passages import passage_owners, passages_by_id
from matcher.store.vectors import load_vectors

_SAMPLE = 50
_TOLERANCE = 1e-3


def verify_indexes(matcher: Matcher) -> list[str]:
    """Compare both indexes, as loaded, with the store; returns what is wrong, in Chinese.

    Checked are: the same passages in every view and in the store, with the same owners; and, for a
    sample of passages, that their vectors are the cached ones and that a search by such a vector
    finds the passage with cosine 1, less its hubness measured anew.
    """
    with matcher.index.current() as sides:
        faults = [
            f"{side.value}：{fault}"
            for side, index in sides.items()
            for fault in (
                *_compare_contents(matcher, side, index),
                *_compare_vectors(matcher, index),
            )
        ]
    return faults


def _compare_contents(matcher: Matcher, side: Side, index: PassageIndex) -> list[str]:
    listed = index.catalogue.passage_ids()
    faults = []
    for name, view in (("字面", index.characters), ("词组", index.pairs)):
        if len(view) != len(listed):
            faults.append(f"{name}索引有 {len(view)} 条，目录有 {len(listed)} 条")
    held = np.sort(np.concatenate([vectors.ids for vectors in index.vectors.values()]))
    if not np.array_equal(held, listed):
        faults.append(f"向量索引有 {len(held)} 条，目录有 {len(listed)} 条，或编号不同")
    with matcher.reading() as session:
        owner_of = passage_owners(session, side)
    positions, owners = index.catalogue.owners_of(index.catalogue.rows(listed))
    indexed = {int(key): owners[at] for key, at in zip(listed, positions, strict=True)}
    if indexed != owner_of:
        faults.append(
            f"数据库有 {len(owner_of)} 条段落，索引有 {len(indexed)} 条；"
            f"编号或归属不同的有 {len(indexed.items() ^ owner_of.items())} 处"
        )
    return faults


def _compare_vectors(matcher: Matcher, index: PassageIndex) -> list[str]:
    listed = index.catalogue.passage_ids()
    sample = listed[:: max(1, len(listed) // _SAMPLE)][:_SAMPLE].tolist()
    with matcher.reading() as session:
        passages = passages_by_id(session, sample)
        hashes = {passage.content_hash for passage in passages.values()}
        vectors = load_vectors(session, matcher.encoder.model_id, hashes)
    faults = []
    for passage in passages.values():
        vector = vectors.get(passage.content_hash)
        if vector is None:
            faults.append(f"段落 {passage.id} 没有缓存的向量")
            continue
        found = index.search(passage.text, vector, SearchFilter())
        own = found.scores[DENSE][found.passage_ids == passage.id]
        expected = float(vector @ vector) - CORRECTION * index.hubness_of(vector)
        if len(own) != 1 or abs(float(own[0]) - expected) > _TOLERANCE:
            faults.append(f"段落 {passage.id} 的向量与缓存不同，或检索不到")
    return faults
