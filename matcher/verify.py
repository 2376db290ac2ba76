"""Checking a loaded index against the store and against plain arithmetic."""

import numpy as np

from matcher.index.passages import DENSE, PassageIndex
from matcher.records import SearchFilter, Side
from matcher.service import Matcher
from matcher.store.changes import library_state
from matcher.store.passages import passages_by_id, passages_of
from matcher.store.vectors import load_vectors

_SAMPLE = 50
_TOLERANCE = 1e-3


def verify_indexes(matcher: Matcher) -> list[str]:
    """Compare both indexes, as loaded, with the store; returns what is wrong, in Chinese.

    Checked are: the same passages in every view and in the store; the same owners; and, for a
    sample of passages, that their vectors are the cached ones and that a search by such a vector
    finds the passage with cosine 1.
    """
    with matcher.reading() as session:
        revision = library_state(session).revision
    matcher.index.refresh()
    with matcher.index.current() as sides:
        faults = [
            f"{side.value}：{fault}"
            for side, index in sides.items()
            for fault in (
                *_compare_contents(matcher, side, index),
                *_compare_vectors(matcher, index),
            )
        ]
    if matcher.index.revision < revision:
        faults.append(f"索引版本 {matcher.index.revision} 落后于数据库版本 {revision}")
    return faults


def _compare_contents(matcher: Matcher, side: Side, index: PassageIndex) -> list[str]:
    listed = index.catalogue.passage_ids()
    faults = []
    for name, ids in (("词语", index.words.ids), ("字面", index.characters.ids)):
        if not np.array_equal(np.sort(ids), listed):
            faults.append(f"{name}索引的段落与目录不同")
    if len(index.vectors) != len(listed):
        faults.append(f"向量索引有 {len(index.vectors)} 条，目录有 {len(listed)} 条")
    with matcher.reading() as session:
        stored = passages_of(session, side, index.catalogue.owner_ids)
    if {passage.id for passage in stored} != set(listed.tolist()):
        faults.append(f"数据库有 {len(stored)} 条段落，目录有 {len(listed)} 条，或编号不同")
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
        length = float(vector @ vector)
        if len(own) != 1 or abs(float(own[0]) - length) > _TOLERANCE:
            faults.append(f"段落 {passage.id} 的向量与缓存不同，或检索不到")
    return faults
