"""Vectors in process, by FAISS.

FaissBackend, FaissIndex (here)   VectorBackend, VectorIndex
faiss_files.py                    VectorWriter, and reading what it wrote
faiss_base.py                     the vectors that lie in files
faiss_fresh.py                    those that came since, in memory
faiss_kinds.py                    which are compared exactly, and which by short codes first
faiss_rows.py                     exact search and cosines over rows of half precision
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.index.faiss_base import Base
from matcher.index.faiss_files import FaissWriter, read_base
from matcher.index.faiss_fresh import Fresh
from matcher.index.faiss_kinds import Tuning
from matcher.index.faiss_rows import Found, Mask, Places, cosines_at, merged
from matcher.index.selection import Selection

Vectors = NDArray[np.float32]
Ids = NDArray[np.int64]


class FaissBackend:
    """Indexes in the memory of this process; those in files share theirs with other processes."""

    def __init__(self, tuning: Tuning | None = None) -> None:
        """Make indexes of this tuning; None is the one that was measured to serve."""
        self._tuning = tuning or Tuning()

    def empty(self, name: str, dimension: int) -> "FaissIndex":
        """See `VectorBackend.empty`."""
        rows = np.empty((0, dimension), np.float16)
        return FaissIndex(Base(np.empty(0, np.int64), rows, None, self._tuning), dimension)

    def writer(self, folder: Path, name: str, dimension: int) -> FaissWriter:
        """See `VectorBackend.writer`."""
        return FaissWriter(folder, dimension, self._tuning)

    def load(self, folder: Path, name: str) -> "FaissIndex":
        """See `VectorBackend.load`."""
        return FaissIndex(*read_base(folder, self._tuning))


class FaissIndex:
    """What lies in files and what came since, searched as one; see `VectorIndex`."""

    def __init__(self, base: Base, dimension: int) -> None:
        """Start with what lies in files."""
        self._base = base
        self._fresh = Fresh(dimension)
        self._dimension = dimension

    @property
    def dimension(self) -> int:
        """See `VectorIndex.dimension`."""
        return self._dimension

    @property
    def ids(self) -> Ids:
        """See `VectorIndex.ids`."""
        if len(self._fresh) == 0:
            return self._base.ids
        return np.sort(np.concatenate([self._base.ids, self._fresh.ids]), kind="stable")

    def __len__(self) -> int:
        """See `VectorIndex.__len__`."""
        return len(self._base) + len(self._fresh)

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """See `VectorIndex.add`."""
        self.remove(ids)
        self._fresh.add(ids, vectors)

    def remove(self, ids: Ids) -> None:
        """See `VectorIndex.remove`."""
        self._base.drop(ids)
        self._fresh.drop(ids)

    def search(self, query: Vectors, k: int, allowed: Selection | None = None) -> Found:
        """See `VectorIndex.search`."""
        return self.search_many(query.reshape(1, -1), k, allowed)[0]

    def search_many(
        self, queries: Vectors, k: int, allowed: Selection | None = None
    ) -> list[Found]:
        """See `VectorIndex.search_many`."""
        found = self._base.search(queries, k, allowed)
        if len(self._fresh) == 0:
            return found
        fresh = self._fresh.search(queries, k, allowed)
        return [merged(*parts, k) for parts in zip(found, fresh, strict=True)]

    def similarities(self, query: Vectors, ids: Ids) -> Vectors:
        """See `VectorIndex.similarities`."""
        cosines = np.empty(len(ids), dtype=np.float32)
        for part, where, places in self._located(ids):
            cosines[where] = cosines_at(part.rows, places, query)
        return cosines

    def vectors(self, ids: Ids) -> Vectors:
        """See `VectorIndex.vectors`."""
        vectors = np.empty((len(ids), self._dimension), dtype=np.float32)
        for part, where, places in self._located(ids):
            vectors[where] = part.rows[places]
        return vectors

    def _located(self, ids: Ids) -> Iterator[tuple[Base | Fresh, Mask, Places]]:
        """Which part holds which of the ids, as a mask over them, and their places in it."""
        places = self._base.places(ids)
        in_base = places >= 0
        if in_base.any():
            yield self._base, in_base, places[in_base]
        if in_base.all():
            return
        places = self._fresh.places(ids[~in_base])
        if (places < 0).any():
            raise KeyError(int(ids[~in_base][places < 0][0]))
        yield self._fresh, ~in_base, places
