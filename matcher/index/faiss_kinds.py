"""Which vectors are searched how: all of them exactly, or by short codes first.

Up to thirty thousand vectors every one is compared. Above that, product-quantised codes of one
bit a dimension, which FAISS scans from registers ("fast scan": F. André et al., "Quicker ADC",
2019, https://arxiv.org/abs/1812.09162), say which few may be the nearest, and those are compared
exactly. Every code is looked at, so that it does not matter whether the vectors form clusters:
needs and passages do so too little for inverted lists or graphs to pay, see
`tests/bench/index_kinds.py`, from which the numbers here are.
"""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final

import faiss
import numpy as np
from numpy.typing import NDArray

from matcher.index.faiss_rows import Floats, Halves, contiguous, one_thread

Ids = NDArray[np.int64]

FEWEST_CODED: Final = 16
"""Fewer vectors than this cannot be coded: four bits tell sixteen sorts of vector pieces apart."""

_SHORTEST_PIECE = 4
_MOST_PIECES = 256
_SAMPLE = 20_000
_BITS = 4

_NS_PER_CODE = 2.5
_NS_PER_CHECK = 36.0
_NS_PER_ROW = 400.0
"""How long it takes to scan a code, to look whether it is selected, and to compare a row exactly,
at 512 dimensions; only how they relate matters."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """From where on vectors are coded, and how many are compared exactly after that.

    Attributes:
        exact_up_to: so many vectors are all compared.
        rescored: at least so many of the best by code are compared exactly, and at least
            `rescored_per_result` for every result wanted.
        rescored_per_result: see there.
    """

    exact_up_to: int = 30_000
    rescored: int = 1_000
    rescored_per_result: int = 5

    def coded(self, count: int) -> bool:
        """Whether so many vectors are coded."""
        return count > self.exact_up_to and count >= FEWEST_CODED

    def depth(self, k: int) -> int:
        """How many candidates are compared exactly where `k` are wanted."""
        return max(self.rescored, self.rescored_per_result * k)

    def compared_exactly(self, selected: int, count: int, k: int) -> bool:
        """Whether it pays to compare all of a selection, rather than to search it by codes.

        Args:
            selected: how many are in the selection.
            count: of all vectors.
            k: how many are wanted.
        """
        depth = self.depth(k)
        if selected <= depth:
            return True
        # Until twice the candidates are found nothing tells which codes are too far away: each is
        # looked up in the selection.
        looked_up = min(1.0, 2 * depth / selected) * count
        by_codes = _NS_PER_CODE * count + _NS_PER_CHECK * looked_up + _NS_PER_ROW * depth
        return _NS_PER_ROW * selected <= by_codes


def trained_codes(rows: Halves) -> faiss.IndexIVFPQFastScan:
    """Codes without vectors yet, fitted to a sample of `rows`, the same for the same rows.

    One inverted list holds all: of the fast scans only those in lists search in a selection.
    """
    count, dimension = rows.shape
    pieces = _pieces(dimension)
    codes = faiss.IndexIVFPQFastScan(
        faiss.IndexFlatIP(dimension), dimension, 1, pieces, _BITS, faiss.METRIC_INNER_PRODUCT
    )
    codes.by_residual = False
    codes.pq.cp.min_points_per_centroid = 1
    codes.cp.min_points_per_centroid = 1
    sample = np.linspace(0, count - 1, min(count, _SAMPLE)).astype(np.int64)
    with one_thread():
        codes.train(rows[sample].astype(np.float32))
    return codes


def candidates(
    codes: faiss.IndexIVFPQFastScan, queries: Floats, depth: int, selector: faiss.IDSelector | None
) -> Ids:
    """The ids that are nearest by their codes, shape (queries, depth); -1 where there is none."""
    parameters = None if selector is None else faiss.SearchParametersIVF(sel=selector)
    with one_thread() if len(queries) == 1 else nullcontext():
        ids: Ids = codes.search(contiguous(queries), depth, params=parameters)[1]
    return ids


def _pieces(dimension: int) -> int:
    """Into how many pieces of equal length a vector is cut; each is coded by four bits.

    Four numbers a piece, longer ones where there would be too many for the sums of the scan.
    """
    shortest = max(_SHORTEST_PIECE, dimension / _MOST_PIECES)
    length = next(n for n in range(1, dimension + 1) if dimension % n == 0 and n >= shortest)
    return dimension // length
