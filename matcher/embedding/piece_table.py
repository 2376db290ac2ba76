"""The table of a static model: a vector for every piece of text."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matcher.embedding.encoder import Vectors

Numbers = NDArray[np.int32]

_FEW_PIECES = 1000
"""Up to so many pieces of one text a plain product is faster than a sparse one: 8 µs, not 75."""


class PieceTable:
    """Vectors of pieces, of which a text's vector is the sum.

    The table stays as it is stored, in 8 or 16 bits a number: only the rows that a block of texts
    uses become floats. That is no slower than a table of floats, which is four times as large and
    fits no cache. Nothing is ever changed in it, so several threads may use it.
    """

    def __init__(
        self,
        rows: NDArray[Any],
        scales: NDArray[Any] | None = None,
        row_of: NDArray[Any] | None = None,
    ) -> None:
        """Take over the arrays of a model.

        Args:
            rows: shape (rows, dimension), integers or floats.
            scales: what the vector of each piece is multiplied with, shape (pieces,); None for 1.
            row_of: row of each piece, shape (pieces,), where pieces share rows; None where piece n
                has row n.

        Raises:
            ValueError: the arrays do not belong together.
        """
        pieces = len(rows) if row_of is None else len(row_of)
        if rows.ndim != 2 or (scales is not None and scales.shape != (pieces,)):
            raise ValueError(f"shapes {rows.shape}, {None if scales is None else scales.shape}")
        if row_of is not None and pieces and not 0 <= row_of.min() <= row_of.max() < len(rows):
            raise ValueError(f"pieces with rows {row_of.min()} to {row_of.max()} of {len(rows)}")
        self._rows = rows
        self._scales = (np.ones(pieces) if scales is None else scales).astype(np.float32)
        self._row_of = row_of

    def __len__(self) -> int:
        """Number of pieces."""
        return len(self._scales)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._rows.shape[1])

    def sums(self, pieces: Numbers, starts: Numbers) -> Vectors:
        """Sum of the vectors of each text's pieces: shape (n, dimension).

        Args:
            pieces: the pieces of all texts, one text after the other, shape (m,).
            starts: where the pieces of each text begin, and m at the end, shape (n + 1,).
        """
        rows = pieces if self._row_of is None else self._row_of[pieces]
        scales = self._scales[pieces]
        if len(starts) == 2 and len(pieces) <= _FEW_PIECES:
            one: Vectors = scales @ self._rows[rows].astype(np.float32)
            return one[None]
        used = np.zeros(len(self._rows), dtype=bool)
        used[rows] = True
        places = np.cumsum(used, dtype=np.int32) - 1
        floats = self._rows[used].astype(np.float32)
        texts = csr_array(
            (scales, places[rows], starts), shape=(len(starts) - 1, len(floats)), copy=False
        )
        sums: Vectors = texts @ floats
        return sums
