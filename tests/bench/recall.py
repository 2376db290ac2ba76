"""What approximation loses: the best hundred beside the exact best hundred."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.index.passages import PassageIndex
from matcher.index.selection import Selection
from matcher.index.vector import VectorIndex
from matcher.ranking.fusion import DEFAULT_WEIGHTS, rank_owners
from matcher.records import Candidates, SearchFilter, Side
from matcher.text.script import Script
from tests.bench.figures import Measured
from tests.bench.home import Setting, need_texts, opened, partner_vectors
from tests.bench.ranking import restriction

TOP = 100
_AT_ONCE = 50_000
_AS_NEAR = 1e-3
"""Half precision tells cosines apart no further; who is as near as the hundredth is right."""

Ids = NDArray[np.int64]
Floats = NDArray[np.float32]
Halves = NDArray[np.float16]


class BruteForce:
    """Exact search by comparing with every vector: the truth that a vector index is held against.

    It can stand in the place of the index, whose other answers it passes on.
    """

    def __init__(self, index: VectorIndex, ids: Ids, vectors: Halves) -> None:
        """Take what the index holds from all passages, ids ascending, (n,), vectors (n, d)."""
        self._index = index
        rows = np.flatnonzero(np.isin(ids, index.ids))
        self._ids, self._vectors = ids[rows], vectors[rows]

    def search_many(
        self, queries: Floats, k: int, allowed: Selection | None = None
    ) -> list[tuple[Ids, Floats]]:
        """For each query, (m, d), the k nearest ids and their cosines, best first."""
        rows = np.arange(len(self._ids))
        if allowed is not None:
            rows = rows[allowed.mask(self._ids)]
        k = min(k, len(rows))
        best = np.empty((len(queries), 0), np.float32)
        best_rows = np.empty((len(queries), 0), np.int64)
        for start in range(0, len(rows), _AT_ONCE):
            block = rows[start : start + _AT_ONCE]
            near = queries @ self._vectors[block].astype(np.float32).T
            every = np.concatenate([best, near], axis=1)
            every_row = np.concatenate([best_rows, np.tile(block, (len(queries), 1))], axis=1)
            kept = np.argsort(-every, axis=1, kind="stable")[:, :k]
            best = np.take_along_axis(every, kept, axis=1)
            best_rows = np.take_along_axis(every_row, kept, axis=1)
        return [(self._ids[own], cosines) for own, cosines in zip(best_rows, best, strict=True)]

    def similarities(self, query: Floats, ids: Ids) -> Floats:
        """What the index says."""
        return self._index.similarities(query, ids)

    def cosines(self, query: Floats, ids: Ids) -> Floats:
        """True cosines of a query, (d,), with passages that are held."""
        vectors = self._vectors[np.searchsorted(self._ids, ids)].astype(np.float32)
        cosines: Floats = vectors @ query
        return cosines


def measure(setting: Setting) -> list[Measured]:
    """The dense search against brute force, and the ranking against itself without shortcuts."""
    texts = [text for _, text in need_texts(setting, 50 if setting.quick else 200)]
    with opened(setting) as matcher:
        queries = np.stack([matcher.encoder.encode_query(text) for text in texts])
        with matcher.reading() as session:
            ids, vectors = partner_vectors(session, matcher.encoder.model_id)
        with matcher.index.current() as sides:
            index = sides[Side.PARTNER]
            truth = {
                script: BruteForce(part, ids, vectors) for script, part in index.vectors.items()
            }
            some = index.catalogue.allowed(restriction(0))
            selection = None if some is None else some.selection
            note = f"{len(texts)} needs"
            return [
                Measured("recall.dense", dense_recall(index, truth, queries), note),
                Measured("recall.filtered", dense_recall(index, truth, queries, selection), note),
                Measured("recall.ranking", ranking_recall(index, truth, texts, queries), note),
            ]


def dense_recall(
    index: PassageIndex,
    truth: dict[Script, BruteForce],
    queries: Floats,
    allowed: Selection | None = None,
) -> float:
    """Mean share of the truly nearest that the vector indexes bring, over queries and scripts."""
    shares = []
    for script, part in index.vectors.items():
        for query, (ids, cosines) in zip(
            queries, truth[script].search_many(queries, TOP, allowed), strict=True
        ):
            if len(ids):
                found, _ = part.search(query, len(ids), allowed)
                near = truth[script].cosines(query, found) >= cosines[-1] - _AS_NEAR
                shares.append(near.sum() / len(ids))
    return float(np.mean(shares))


def ranking_recall(
    index: PassageIndex, truth: dict[Script, BruteForce], texts: Sequence[str], queries: Floats
) -> float:
    """Mean share of the best hundred owners of an exact ranking that the usual one has too."""
    usual = [index.search(*asked, SearchFilter()) for asked in zip(texts, queries, strict=True)]
    usual_vectors = index.vectors
    index.vectors = truth  # type: ignore[assignment]  # what it needs of a vector index
    try:
        exact = index.search_many(texts, queries, SearchFilter(), exact=True)
    finally:
        index.vectors = usual_vectors
    shares = [
        len(_best(found) & _best(right)) / max(1, len(_best(right)))
        for found, right in zip(usual, exact, strict=True)
    ]
    return float(np.mean(shares))


def _best(candidates: Candidates) -> set[str]:
    return {owner.owner_id for owner in rank_owners(candidates, TOP, DEFAULT_WEIGHTS)}
