"""Which documents hold which terms, both ways round: in memory, or mapped from files."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.index.kernels import invert
from matcher.text.terms import Terms

Counts = NDArray[np.uint8]
Numbers = NDArray[np.int32]
Offsets = NDArray[np.int64]
Rows = NDArray[np.int64]

_MOST = 255
"""Largest count kept: a term that stands in a passage more often adds no more."""


@dataclass(frozen=True, slots=True, eq=False)
class Forward:
    """For each of n documents its terms.

    Attributes:
        starts: where each document's terms begin, and the end, shape (n + 1,).
        terms: term numbers, ascending within a document, shape (m,).
        counts: how often each stands there, shape (m,).
        lengths: how many terms each document has, repetitions included, shape (n,).
    """

    starts: Offsets
    terms: Numbers
    counts: Counts
    lengths: Numbers

    def __len__(self) -> int:
        """Number of documents."""
        return len(self.lengths)

    @classmethod
    def empty(cls) -> "Forward":
        """No documents."""
        return cls(
            np.zeros(1, np.int64),
            np.empty(0, np.int32),
            np.empty(0, np.uint8),
            np.empty(0, np.int32),
        )

    @classmethod
    def of(cls, terms: Terms, numbers: Numbers) -> "Forward":
        """The documents of `terms`, whose numbers are given, shape (m,)."""
        width = int(numbers.max()) + 1 if len(numbers) else 1
        places, counts = np.unique(
            terms.documents * width + numbers.astype(np.int64), return_counts=True
        )
        return cls(
            starts=np.searchsorted(places, np.arange(len(terms) + 1) * width),
            terms=(places % width).astype(np.int32),
            counts=np.minimum(counts, _MOST).astype(np.uint8),
            lengths=np.bincount(terms.documents, minlength=len(terms)).astype(np.int32),
        )

    @classmethod
    def joined(cls, parts: Sequence["Forward"]) -> "Forward":
        """The documents of several, in order."""
        if len(parts) == 1:
            return parts[0]
        ends = np.cumsum([0, *(len(part.terms) for part in parts)])
        starts = [part.starts[:-1] + end for part, end in zip(parts, ends[:-1], strict=True)]
        return cls(
            starts=np.concatenate([*starts, ends[-1:]]),
            terms=np.concatenate([np.empty(0, np.int32), *(part.terms for part in parts)]),
            counts=np.concatenate([np.empty(0, np.uint8), *(part.counts for part in parts)]),
            lengths=np.concatenate([np.empty(0, np.int32), *(part.lengths for part in parts)]),
        )

    def taken(self, documents: Rows) -> "Forward":
        """Some of the documents, shape (m,), in the order given."""
        firsts, sizes = self.starts[documents], np.diff(self.starts)[documents]
        ends = np.cumsum(sizes)
        shifts = np.repeat(firsts - (ends - sizes), sizes)
        places = shifts + np.arange(len(shifts))
        return Forward(
            np.concatenate([[0], ends]),
            self.terms[places],
            self.counts[places],
            self.lengths[documents],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Inverted:
    """For each term the documents that hold it.

    Attributes:
        starts: where each term's postings begin, and the end, shape (terms + 1,).
        rows: the documents, counted from the first of the part, ascending within a term.
        impacts: their saturations, in 255ths of the largest; rounded, and reckoned by the average
            length at the time, so good for finding candidates only.
    """

    starts: Offsets
    rows: Numbers
    impacts: Counts

    @classmethod
    def of(cls, forward: Forward, term_count: int, average_length: float) -> "Inverted":
        """The postings of some documents, in memory."""
        sizes = np.bincount(forward.terms, minlength=term_count)
        starts = np.concatenate([[0], np.cumsum(sizes)])
        rows, impacts = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.uint8)
        invert(
            forward.starts,
            forward.terms,
            forward.counts,
            forward.lengths,
            0,
            average_length,
            starts[:-1].copy(),
            rows,
            impacts,
        )
        return cls(starts, rows, impacts)

    @classmethod
    def none(cls, term_count: int) -> "Inverted":
        """No postings, of documents that are not to be searched for."""
        starts = np.zeros(term_count + 1, dtype=np.int64)
        return cls(starts, np.empty(0, dtype=np.int32), np.empty(0, dtype=np.uint8))


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Consecutive documents from row `first` on; without `inverted` all are scored each time."""

    first: int
    forward: Forward
    inverted: Inverted | None

    @property
    def end(self) -> int:
        """The row after the last."""
        return self.first + len(self.forward)
