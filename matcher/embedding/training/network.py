"""The embedding table while it is trained.

A piece's vector is its own vector plus the vectors of its parts: the characters and the known
two-character words in a Chinese word, the first five letters of a Latin word. Rare pieces so
learn from frequent ones (the idea of fastText subwords, https://arxiv.org/abs/1607.04606). After
training the sum is folded into one row per piece, so that the finished model is a plain table.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from matcher.embedding.training.bags import Bags
from matcher.embedding.training.tokenizer import HAN, LATIN

_INITIAL_DEVIATION = 0.1
_COMMON = 1e-3
"""Relative frequency at which a piece starts with half weight (a / (a + p), Arora et al. 2017)."""
_LATIN_STEM = 5


class PieceTable(nn.Module):
    """Vectors of all pieces, made of their own vectors and those of their parts."""

    def __init__(
        self, pieces: Sequence[str], frequencies: NDArray[np.float64], dimension: int, seed: int
    ) -> None:
        """Start with small random vectors, shorter for frequent pieces.

        Args:
            pieces: the vocabulary in the order of token ids; the first is the unknown piece.
            frequencies: relative frequency of each piece in the corpus, shape (pieces,).
            dimension: length of a vector.
            seed: of the random vectors.
        """
        super().__init__()
        random = torch.Generator().manual_seed(seed)
        weights = _COMMON / (_COMMON + frequencies)
        weights[0] = 0.0
        own = torch.randn(len(pieces), dimension, generator=random) * _INITIAL_DEVIATION
        self.own = nn.Parameter(own * torch.from_numpy(weights.astype(np.float32))[:, None])
        part_ids, part_starts, parts = _parts(pieces)
        self.shared = nn.Parameter(
            torch.randn(parts, dimension, generator=random) * _INITIAL_DEVIATION
        )
        self._part_ids = torch.from_numpy(part_ids)
        self._part_starts = torch.from_numpy(part_starts)

    def forward(self) -> Tensor:
        """Vectors of all pieces, shape (pieces, dimension)."""
        shared = functional.embedding_bag(
            self._part_ids, self.shared, self._part_starts, mode="sum"
        )
        return self.own + shared


def embed(table: Tensor, bags: Bags) -> Tensor:
    """Unit vectors of texts, shape (texts, dimension): the mean of their pieces, normalised."""
    mean = functional.embedding_bag(
        torch.from_numpy(bags.ids), table, torch.from_numpy(bags.bounds[:-1]), mode="mean"
    )
    return functional.normalize(mean, dim=-1)


def _parts(pieces: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Parts of all pieces in one array, where each piece's parts start, and how many differ."""
    known = set(pieces)
    numbers: dict[str, int] = {}
    ids: list[int] = []
    starts: list[int] = []
    for piece in pieces:
        starts.append(len(ids))
        ids.extend(numbers.setdefault(part, len(numbers)) for part in _parts_of(piece, known))
    return np.array(ids, dtype=np.int64), np.array(starts, dtype=np.int64), max(1, len(numbers))


def _parts_of(piece: str, known: set[str]) -> list[str]:
    if HAN.fullmatch(piece):
        pairs = [piece[start : start + 2] for start in range(len(piece) - 1)]
        longer = len(piece) > 2
        return [*piece, *(pair for pair in pairs if longer and pair in known)]
    if LATIN.fullmatch(piece) and len(piece) >= _LATIN_STEM:
        return [f"<{piece[:_LATIN_STEM]}"]
    return []
