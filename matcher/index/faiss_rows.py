"""Exact search and exact cosines over rows of half precision.

FAISS turns halves into floats while it multiplies; numpy converts them first, one by one, which
alone takes longer. Rows are shape (n, dimension), float16, in memory or mapped from a file.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import faiss
import numpy as np
from numpy.typing import NDArray

Halves = NDArray[np.float16]
Floats = NDArray[np.float32]
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]
Found = tuple[NDArray[np.int64], Floats]
"""Ids or places, and their cosines, best first."""

_AT_ONCE = 256
"""Rows that are copied and compared at a time: few enough to stay in the processor's cache."""

_MATRIX_PRODUCT_FROM = 32
"""From so many queries on, converting all rows once and multiplying matrices is faster."""

_MOST_CONVERTED = 65_536
"""More rows would take too much memory as floats."""


class ExactScan:
    """Rows in memory that are all looked at in every search."""

    def __init__(self, dimension: int) -> None:
        """Start without rows."""
        self._dimension = dimension
        self._index = faiss.IndexScalarQuantizer(
            dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )

    @classmethod
    def of(cls, rows: Halves) -> "ExactScan":
        """Search in a copy of these rows, shape (n, dimension)."""
        scan = cls(rows.shape[1])
        scan.append(rows)
        return scan

    def __len__(self) -> int:
        """Number of rows."""
        return int(self._index.ntotal)

    @property
    def rows(self) -> Halves:
        """All rows, shape (n, dimension); a view that must not outlive the next `append`."""
        if len(self) == 0:
            return np.empty((0, self._dimension), np.float16)
        codes = faiss.rev_swig_ptr(self._index.codes.data(), self._index.codes.size())
        rows: Halves = codes.view(np.float16).reshape(len(self), self._dimension)
        return rows

    def append(self, rows: Halves) -> None:
        """Copy rows behind those that are there, shape (n, dimension)."""
        if len(rows):
            # Half precision is how FAISS codes them: nothing is converted.
            self._index.add_sa_codes(np.ascontiguousarray(rows).view(np.uint8))

    def clear(self) -> None:
        """Forget all rows."""
        self._index.reset()

    def nearest(self, queries: Floats, k: int, chosen: Mask | None = None) -> tuple[Places, Floats]:
        """The places of the nearest rows and their cosines, best first.

        Args:
            queries: shape (n, dimension).
            k: how many, at most as many as there are or are chosen.
            chosen: which rows may be found, shape (rows,); None means all.

        Returns:
            Two arrays of shape (n, the lesser of k and the rows chosen).
        """
        k = min(k, len(self) if chosen is None else int(np.count_nonzero(chosen)))
        if k == 0 or len(queries) == 0:
            return np.empty((len(queries), k), np.int64), np.empty((len(queries), k), np.float32)
        if len(queries) >= _MATRIX_PRODUCT_FROM and len(self) <= _MOST_CONVERTED:
            return self._nearest_by_product(queries, k, chosen)
        parameters = None
        if chosen is not None:
            bitmap = np.packbits(chosen, bitorder="little")
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bitmap))
        with one_thread():
            cosines, places = self._index.search(contiguous(queries), k, params=parameters)
        return places, cosines

    def _nearest_by_product(
        self, queries: Floats, k: int, chosen: Mask | None
    ) -> tuple[Places, Floats]:
        rows = self.rows if chosen is None else self.rows[chosen]
        cosines, places = faiss.knn(
            contiguous(queries), rows.astype(np.float32), k, metric=faiss.METRIC_INNER_PRODUCT
        )
        return (places if chosen is None else np.flatnonzero(chosen)[places]), cosines


def nearest_of(rows: Halves, places: Places, query: Floats, k: int) -> Found:
    """Among the rows at `places` those nearest to one query, best first.

    Args:
        rows: shape (n, dimension).
        places: of the rows to compare, without repetition.
        query: shape (dimension,).
        k: how many, at most.
    """
    cosines = cosines_at(rows, places, query)
    best = np.arange(len(places))
    if k < len(places):
        best = np.argpartition(-cosines, k)[:k]
    best = best[np.argsort(-cosines[best], kind="stable")]
    return places[best], cosines[best]


def merged(first: Found, second: Found, k: int) -> Found:
    """The best `k` of two results, each best first."""
    if len(first[0]) == 0:
        return second[0][:k], second[1][:k]
    found, cosines = np.concatenate([first[0], second[0]]), np.concatenate([first[1], second[1]])
    order = np.argsort(-cosines, kind="stable")[:k]
    return found[order], cosines[order]


def cosines_at(rows: Halves, places: Places, query: Floats) -> Floats:
    """Inner products of one query, shape (dimension,), with the rows at `places`, in order."""
    products = np.empty(len(places), np.float32)
    copied = np.empty((min(_AT_ONCE, len(places)), rows.shape[1]), np.float16)
    scan = ExactScan(rows.shape[1])
    for first in range(0, len(places), _AT_ONCE):
        block = places[first : first + _AT_ONCE]
        scan.clear()
        scan.append(np.take(rows, block, axis=0, out=copied[: len(block)], mode="clip"))
        found, cosines = scan.nearest(query[None], len(block))
        products[first + found[0]] = cosines[0]
    return products


def contiguous(vectors: Floats) -> Floats:
    """The same vectors as FAISS takes them."""
    return np.ascontiguousarray(vectors, dtype=np.float32)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let FAISS use one thread for what the calling thread does in the block.

    For work of a millisecond, waking other threads costs more than they save: where all
    processors are busy, a hundred times more. The setting of OpenMP belongs to the calling thread,
    so that others are not touched.
    """
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
