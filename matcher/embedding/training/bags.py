"""Token ids of many texts in two flat arrays, and bags of tokens drawn from them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]

_ENCODED_AT_ONCE = 20_000


@dataclass(frozen=True)
class Bags:
    """Texts as token ids, one text after another.

    Attributes:
        ids: token ids, shape (tokens,).
        bounds: where each text starts and the last one ends, shape (texts + 1,).
    """

    ids: Ids
    bounds: Ids

    def __len__(self) -> int:
        return len(self.bounds) - 1

    @property
    def lengths(self) -> Ids:
        """Tokens of each text, shape (texts,)."""
        return np.diff(self.bounds)

    @property
    def owners(self) -> Ids:
        """Index of the text that each token belongs to, shape (tokens,)."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def select(self, rows: Ids) -> "Bags":
        """The texts at `rows`, whole."""
        return self._spans(self.bounds[rows], self.bounds[rows + 1])

    def sample(
        self,
        rows: Ids,
        random: np.random.Generator,
        limit: int,
        *,
        dropout: float = 0.0,
        part: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
    ) -> "Bags":
        """The texts at `rows`, varied as training wants it.

        Args:
            rows: indexes of texts, shape (n,).
            random: the only source of chance.
            limit: of a longer text a random window of this many tokens is kept.
            dropout: probability that a token is left out.
            part: start and end of the part of each text that is kept, as fractions of its
                length, two arrays of shape (n,).
        """
        start, end = self.bounds[rows], self.bounds[rows + 1]
        if part is not None:
            length = end - start
            first = start + (part[0] * length).astype(np.int64)
            end = np.minimum(
                end, first + np.maximum(1, ((part[1] - part[0]) * length).astype(np.int64))
            )
            start = first
        spare = np.maximum(end - start - limit, 0)
        start = start + (random.random(len(rows)) * (spare + 1)).astype(np.int64) * (spare > 0)
        bags = self._spans(start, np.minimum(end, start + limit))
        if dropout <= 0.0:
            return bags
        return bags.keep(random.random(len(bags.ids)) >= dropout)

    def keep(self, mask: Mask) -> "Bags":
        """The same texts with only the tokens where `mask`, shape (tokens,), is true."""
        kept_before = np.concatenate([[0], np.cumsum(mask)])
        return Bags(self.ids[mask], kept_before[self.bounds])

    def _spans(self, start: Ids, end: Ids) -> "Bags":
        lengths = np.maximum(end - start, 0)
        bounds = np.concatenate([[0], np.cumsum(lengths)])
        positions = np.arange(bounds[-1]) + np.repeat(start - bounds[:-1], lengths)
        return Bags(self.ids[positions], bounds)


def tokenise(tokenizer: Tokenizer, texts: Sequence[str]) -> Bags:
    """Token ids of texts, in order."""
    ids: list[Ids] = []
    lengths: list[int] = []
    for start in range(0, len(texts), _ENCODED_AT_ONCE):
        chunk = list(texts[start : start + _ENCODED_AT_ONCE])
        for encoding in tokenizer.encode_batch_fast(chunk, add_special_tokens=False):
            ids.append(np.asarray(encoding.ids, dtype=np.int64))
            lengths.append(len(encoding.ids))
    flat = np.concatenate(ids) if ids else np.empty(0, dtype=np.int64)
    return Bags(flat, np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]))


def concatenate(bags: Sequence[Bags]) -> Bags:
    """Texts of several bags, one after another."""
    shifts = np.cumsum([0] + [len(bag.ids) for bag in bags])
    bounds = [bag.bounds[:-1] + shift for bag, shift in zip(bags, shifts, strict=False)]
    return Bags(np.concatenate([bag.ids for bag in bags]), np.concatenate([*bounds, shifts[-1:]]))


def draw(random: np.random.Generator, rows: Ids, count: int) -> Ids:
    """At most `count` distinct members of `rows`."""
    return random.choice(rows, min(count, len(rows)), replace=False)
