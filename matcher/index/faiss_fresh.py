"""Vectors that came since the files were written, in memory."""

import numpy as np
from numpy.typing import NDArray

from matcher.index.arrays import Growing
from matcher.index.faiss_rows import ExactScan, Floats, Found, Halves, Places
from matcher.index.selection import Selection

Ids = NDArray[np.int64]


class Fresh:
    """Vectors by id, added and removed at any time, all of them compared in a search.

    A place is where a vector stands among the rows. Rows of removed vectors stay until they are
    more than the others.
    """

    def __init__(self, dimension: int) -> None:
        """Start empty."""
        self._dimension = dimension
        self._begin(np.empty(0, np.int64), np.empty((0, dimension), np.float16))

    def __len__(self) -> int:
        """Number of vectors held."""
        return len(self._places)

    @property
    def ids(self) -> Ids:
        """Ids of all vectors held, ascending."""
        return np.sort(self._ids.values[self._alive.values])

    @property
    def rows(self) -> Halves:
        """The rows that places refer to; a view that must not outlive the next change."""
        return self._scan.rows

    def places(self, ids: Ids) -> Places:
        """Where the vectors of `ids` stand, shape as `ids`; -1 for those not held."""
        places = (self._places.get(number, -1) for number in ids.tolist())
        return np.fromiter(places, dtype=np.int64, count=len(ids))

    def add(self, ids: Ids, vectors: Floats) -> None:
        """Add vectors, shape (n, dimension), under ids not held."""
        first = len(self._ids)
        self._places |= zip(ids.tolist(), range(first, first + len(ids)), strict=True)
        self._ids.append(ids)
        self._alive.append(np.ones(len(ids), dtype=bool))
        self._scan.append(vectors.astype(np.float16))

    def drop(self, ids: Ids) -> None:
        """Remove vectors; ids not held are passed over."""
        if not self._places:
            return
        places = self.places(ids)
        for number in ids[places >= 0].tolist():
            del self._places[number]
        self._alive.put(places[places >= 0], False)
        if 2 * len(self) < len(self._ids):
            kept = self._alive.values
            self._begin(self._ids.values[kept], self.rows[kept])

    def search(self, queries: Floats, k: int, allowed: Selection | None) -> list[Found]:
        """For each query, shape (n, dimension), the nearest ids and their cosines, best first."""
        ids = self._ids.values
        chosen = self._alive.values
        if allowed is not None:
            chosen = chosen & allowed.mask(ids)
        places, cosines = self._scan.nearest(queries, k, None if chosen.all() else chosen)
        return [(ids[at], near) for at, near in zip(places, cosines, strict=True)]

    def _begin(self, ids: Ids, rows: Halves) -> None:
        self._ids = Growing(ids)
        self._alive = Growing(np.ones(len(ids), dtype=bool))
        self._places = dict(zip(ids.tolist(), range(len(ids)), strict=True))
        scan = ExactScan(self._dimension)
        scan.append(rows)
        self._scan = scan
