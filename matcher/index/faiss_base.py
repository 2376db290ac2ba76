"""Vectors that lie in files and do not change, but for some that have gone."""

import faiss
import numpy as np
from numpy.typing import NDArray

from matcher.index.faiss_kinds import Tuning, candidates
from matcher.index.faiss_rows import (
    ExactScan,
    Floats,
    Found,
    Halves,
    Mask,
    Places,
    nearest_of,
)
from matcher.index.selection import Selection

Ids = NDArray[np.int64]


class Base:
    """Vectors by id, of which any may be dropped and none added.

    A place is where a vector stands among the rows.
    """

    def __init__(
        self, ids: Ids, rows: Halves, codes: faiss.IndexIVFPQFastScan | None, tuning: Tuning
    ) -> None:
        """Hold these vectors.

        Args:
            ids: ascending, shape (n,).
            rows: their vectors in half precision, shape (n, dimension); may be mapped from a file.
            codes: short codes of the same vectors by id; None compares all vectors, for which
                they are copied into memory.
            tuning: how deep to search by codes.
        """
        self.rows = rows
        self._ids = ids
        self._codes = codes
        self._scan = ExactScan.of(rows) if codes is None else None
        self._tuning = tuning
        self._alive = np.ones(len(ids), dtype=bool)
        self._dropped = 0
        self._not_dropped: faiss.IDSelector | None = None

    def __len__(self) -> int:
        """Number of vectors that have not been dropped."""
        return len(self._ids) - self._dropped

    @property
    def ids(self) -> Ids:
        """Ids of the vectors that have not been dropped, ascending."""
        return self._ids[self._alive] if self._dropped else self._ids

    def places(self, ids: Ids) -> Places:
        """Where the vectors of `ids` stand, shape as `ids`; -1 for those not held."""
        if len(self._ids) == 0:
            return np.full(len(ids), -1, dtype=np.int64)
        places = np.minimum(np.searchsorted(self._ids, ids), len(self._ids) - 1)
        held = self._ids[places] == ids
        if self._dropped:
            held &= self._alive[places]
        return np.where(held, places, -1)

    def drop(self, ids: Ids) -> None:
        """Find these vectors no more; ids not held are passed over."""
        places = self.places(ids)
        places = places[places >= 0]
        if len(places) == 0:
            return
        self._alive[places] = False
        self._dropped = len(self._ids) - int(np.count_nonzero(self._alive))
        flags = np.zeros(int(self._ids[-1]) + 1, dtype=bool)
        flags[self._ids[~self._alive]] = True
        bitmap = np.packbits(flags, bitorder="little")
        self._not_dropped = faiss.IDSelectorNot(faiss.IDSelectorBitmap(bitmap))

    def search(self, queries: Floats, k: int, allowed: Selection | None) -> list[Found]:
        """For each query, shape (n, dimension), the nearest ids and their cosines, best first."""
        if self._scan is not None:
            return self._all_compared(self._scan, queries, k, allowed)
        if allowed is not None and self._tuning.compared_exactly(len(allowed), len(self._ids), k):
            places = self._chosen(allowed)
            return [self._compared(places, query, k) for query in queries]
        depth = min(self._tuning.depth(k), len(self._ids))
        near = candidates(self._codes, queries, depth, self._selector(allowed))
        return [
            self._rescored(ids[ids >= 0], query, k, allowed)
            for ids, query in zip(near, queries, strict=True)
        ]

    def _all_compared(
        self, scan: ExactScan, queries: Floats, k: int, allowed: Selection | None
    ) -> list[Found]:
        places, cosines = scan.nearest(queries, k, self._choice(allowed))
        return [(self._ids[at], near) for at, near in zip(places, cosines, strict=True)]

    def _rescored(self, near: Ids, query: Floats, k: int, allowed: Selection | None) -> Found:
        """The nearest of those near by code; where they are too few, of all that are allowed.

        FAISS passes over codes that could not be farther from the query, whoever else there is.
        """
        if len(near) < k:
            return self._compared(self._chosen(allowed), query, k)
        return self._compared(np.searchsorted(self._ids, near), query, k)

    def _compared(self, places: Places, query: Floats, k: int) -> Found:
        found, cosines = nearest_of(self.rows, places, query, k)
        return self._ids[found], cosines

    def _choice(self, allowed: Selection | None) -> Mask | None:
        """Which rows may be found; None is all."""
        alive = self._alive if self._dropped else None
        if allowed is None:
            return alive
        mask = allowed.mask(self._ids)
        return mask if alive is None else mask & alive

    def _chosen(self, allowed: Selection | None) -> Places:
        """Places of the rows that may be found."""
        if allowed is None:
            return np.flatnonzero(self._alive)
        places = self.places(allowed.ids)
        return places[places >= 0]

    def _selector(self, allowed: Selection | None) -> faiss.IDSelector | None:
        """The ids that may be found, for FAISS; None is all."""
        if allowed is None:
            return self._not_dropped
        selector = faiss.IDSelectorBitmap(allowed.bitmap)
        if self._not_dropped is None:
            return selector
        return faiss.IDSelectorAnd(selector, self._not_dropped)
