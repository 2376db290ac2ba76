"""What the ranking has to beat: BM25 alone, over one way of cutting a text into terms."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.evaluation.collection import Collection
from matcher.index.lexical import LexicalIndex
from matcher.records import Partner, PartnerKind
from matcher.text.passages import partner_passages
from matcher.text.segment import characters, pairs, words
from matcher.text.terms import Terms

Analyse = Callable[[str], list[str]]
"""Cuts a text into terms."""

BM25: Final[dict[str, Analyse]] = {
    "bm25-words": words,
    "bm25-characters": characters,
    "bm25-pairs": pairs,
}
"""The baselines: jieba words in search mode, single characters, pairs of characters."""


def bm25_run(
    collection: Collection, analyse: Analyse, *, top: int = 100, kind: PartnerKind | None = None
) -> dict[str, list[tuple[str, float]]]:
    """Rank every need of a collection by BM25 alone.

    A partner's score is that of its best passage; the passages are those that the product
    indexes. Partners that share no term with the need are not ranked, equal scores stand in the
    order of their ids.

    Args:
        collection: what to rank.
        analyse: finds the terms of a text.
        top: how many partners to keep for a need.
        kind: only partners of this kind; the statistics are still those of all, as in a library.
    """
    index = LexicalIndex(references=Terms.of([]))
    owners = _add_passages(index, analyse, collection.partners)
    allowed = None if kind is None else _of_kind(collection.partners, owners, kind)
    partner_ids = np.array([partner.id for partner in collection.partners])
    run = {}
    for need in collection.needs:
        query = index.query(Terms.of([analyse(need.text)]).keys)
        found = index.best(query, len(index), allowed, exact=True)
        best = np.full(len(partner_ids), -np.inf)
        np.maximum.at(best, owners[found], index.at(query, found))
        order = np.lexsort((partner_ids, -best))[: min(top, int((best > -np.inf).sum()))]
        run[need.id] = [(str(partner_ids[row]), float(best[row])) for row in order]
    return run


def _add_passages(
    index: LexicalIndex, analyse: Analyse, partners: list[Partner]
) -> NDArray[np.int64]:
    """Index the passages of all partners; the number of each one's partner, (n,)."""
    texts: list[str] = []
    owners: list[int] = []
    for row, partner in enumerate(partners):
        own = [passage.text for passage in partner_passages(partner)]
        texts.extend(own)
        owners.extend([row] * len(own))
    index.add(Terms.of(map(analyse, texts)))
    return np.array(owners, dtype=np.int64)


def _of_kind(
    partners: list[Partner], owners: NDArray[np.int64], kind: PartnerKind
) -> NDArray[np.bool_]:
    wanted: NDArray[np.bool_] = np.array([partner.kind is kind for partner in partners])
    return wanted[owners]
