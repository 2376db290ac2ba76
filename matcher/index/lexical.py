"""An incremental BM25 index that lies on disk and is shared between processes.

Ready-made BM25 packages either freeze the statistics at build time, cannot remove a document, or
cannot score a document that another view has found; here documents come and go at once, the
statistics are those of the documents present, and any document can be scored. For the formula see
`matcher.index.bm25`; a part of a document's hubness (`matcher.index.hubness`) is taken off its
score.

Documents stand at rows, in the order in which they came. The first part of them is mapped from the
files of a snapshot; later ones follow in memory, the very last without postings.

A search adds up the postings of the rarest terms first and stops when it has seen so many that the
frequent ones, of which half the documents are full, cannot change much; the best it found are then
scored exactly. While a library is small everything is exact.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matcher.index.bm25 import K1, idf, query_terms
from matcher.index.hubness import CORRECTION
from matcher.index.kernels import FULL_IMPACT, add_impacts, score_documents
from matcher.index.lexical_hubness import ReferenceQueries
from matcher.index.postings import Forward, Inverted, Part
from matcher.index.vocabulary import ABSENT, Vocabulary
from matcher.text.terms import Keys, Terms

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
Bits = NDArray[np.uint8]

POSTINGS_SEEN: Final = 400_000
"""After so many postings a search takes up no further term."""
_RESCORED = 4
"""So many times more candidates are scored exactly as are wanted."""
_TAIL = 4096
"""So many documents are kept without postings."""
_REMEASURED_AFTER = 0.1
"""Growth or loss after which the hubness of all documents is measured anew: the idf has changed."""
_SAMPLE = 4096


class LexicalQuery:
    """The terms of one query that an index knows, with their weights in it."""

    def __init__(self, terms: NDArray[np.int32], weights: Floats, total: float) -> None:
        """Take the numbers of terms, rarest first, their weights, and the weight of all terms."""
        self.terms = terms
        self.weights = weights
        self.ideal = total * (K1 + 1)


class LexicalIndex:
    """Documents at consecutive rows, scored by BM25 over their terms.

    Searches may run in several threads at once, changes not beside anything else.
    """

    def __init__(self, references: Terms, postings_seen: int = POSTINGS_SEEN) -> None:
        """Start empty.

        Args:
            references: queries that hubness is measured by; none for no correction.
            postings_seen: after so many postings a search takes up no further term.
        """
        self._references = references
        self._postings_seen = postings_seen
        self._vocabulary = Vocabulary()
        self._parts: list[Part] = []
        self._frequencies = np.empty(0, dtype=np.int32)
        self._present = 0
        self._total_length = 0
        self._hubness = np.empty(0, dtype=np.float32)
        self._known = np.empty(0, dtype=bool)
        self._measured = 0
        self._scratch = threading.local()

    @classmethod
    def over(
        cls,
        part: Part,
        vocabulary: Vocabulary,
        frequencies: NDArray[np.int32],
        hubness: Floats,
        references: Terms,
    ) -> "LexicalIndex":
        """An index over documents that lie ready, all of them present."""
        index = cls(references)
        index._vocabulary = vocabulary
        index._parts = [part]
        index._frequencies = frequencies.copy()
        index._present = index._measured = len(part.forward)
        index._total_length = int(part.forward.lengths.sum(dtype=np.int64))
        index._hubness = hubness
        index._known = np.ones(len(hubness), dtype=bool)
        return index

    def __len__(self) -> int:
        """Number of documents present."""
        return self._present

    @property
    def row_count(self) -> int:
        """Number of rows, those of removed documents included."""
        return self._parts[-1].end if self._parts else 0

    @property
    def vocabulary(self) -> Vocabulary:
        """The numbers of the terms."""
        return self._vocabulary

    @property
    def average_length(self) -> float:
        """Of the documents present, in terms."""
        return max(self._total_length / self._present, 1e-9) if self._present else 1.0

    def add(self, terms: Terms) -> None:
        """Add documents at the next rows."""
        if len(terms) == 0:
            return
        forward = Forward.of(terms, self._vocabulary.enter(terms.keys))
        self._frequencies = _grown(self._frequencies, len(self._vocabulary))
        self._frequencies += np.bincount(forward.terms, minlength=len(self._vocabulary)).astype(
            np.int32
        )
        self._present += len(forward)
        self._total_length += int(forward.lengths.sum(dtype=np.int64))
        self._hubness = _grown(self._hubness, len(self._hubness) + len(forward))
        self._known = _grown(self._known, len(self._hubness))
        self._enter(forward)

    def remove(self, rows: Rows) -> None:
        """Count documents out; who searches leaves them out by `allowed`."""
        for part, inside in self._by_part(rows):
            removed = part.forward.taken(rows[inside] - part.first)
            held = np.bincount(removed.terms, minlength=len(self._frequencies))
            self._frequencies -= held.astype(np.int32)
            self._total_length -= int(removed.lengths.sum(dtype=np.int64))
        self._present -= len(rows)

    def query(self, keys: Keys) -> LexicalQuery:
        """Weigh the terms of a query; a term that it repeats counts damped."""
        terms, repeats = query_terms(keys)
        numbers = self._vocabulary.numbers(terms)
        held = np.zeros(len(terms), dtype=np.int64)
        known = numbers != ABSENT
        held[known] = self._frequencies[numbers[known]]
        weights = repeats * idf(held, self._present)
        rarest_first = np.argsort(held, kind="stable")
        rarest_first = rarest_first[held[rarest_first] > 0]
        return LexicalQuery(
            numbers[rarest_first],
            weights[rarest_first].astype(np.float32),
            float(weights.sum()),
        )

    def best(
        self, query: LexicalQuery, k: int, allowed: Mask | None = None, *, exact: bool = False
    ) -> Rows:
        """Rows of the `k` best documents that share a term, ascending.

        Args:
            query: what is asked.
            k: how many are wanted.
            allowed: for each row whether it may be found; None: all rows.
            exact: look at all postings and score all documents found.
        """
        least = -CORRECTION * FULL_IMPACT * query.ideal / (K1 + 1) * self._current_hubness()
        totals = self._added_up(query, least, exact=exact)
        shares_term = totals > least
        if allowed is not None:
            shares_term &= allowed
        rows = np.flatnonzero(shares_term)
        if not exact and len(rows) > _RESCORED * k:
            rows = rows[_largest(totals[rows], _RESCORED * k)]
        scores = self.at(query, rows)
        if len(rows) > k:
            rows = rows[np.lexsort((rows, -scores))[:k]]
        return np.sort(rows)

    def at(self, query: LexicalQuery, rows: Rows) -> Floats:
        """Scores of documents, shape as `rows`."""
        scores = np.zeros(len(rows), dtype=np.float32)
        if len(query.terms):
            with self._weighed(query) as (asked, weights):
                for part, inside in self._by_part(rows):
                    documents = rows[inside] - part.first
                    scores[inside] = self._scores(part.forward, documents, asked, weights)
            scores /= query.ideal
        if len(self._references):
            scores -= CORRECTION * self._current_hubness()[rows]
        return scores

    def document_share(self, key: int) -> float:
        """Share of the documents present that hold a term, 0 to 1; 0 in an empty index."""
        number = int(self._vocabulary.numbers(np.array([key], dtype=np.uint64))[0])
        held = 0 if number == ABSENT else int(self._frequencies[number])
        return held / max(self._present, 1)

    def documents(self, rows: Rows) -> Forward:
        """The terms of some documents, in the order given, numbered by `vocabulary`."""
        found = [
            part.forward.taken(rows[inside] - part.first) for part, inside in self._by_part(rows)
        ]
        return Forward.joined(found) if found else Forward.empty()

    def _added_up(self, query: LexicalQuery, start: Floats, *, exact: bool) -> Floats:
        """For each row `start` and the impacts of the terms taken up, weighted."""
        totals = np.zeros(self.row_count, dtype=np.float32)
        totals += start
        held = np.cumsum(self._frequencies[query.terms])
        taken = len(held) if exact else max(1, int(np.searchsorted(held, self._postings_seen)))
        terms, weights = query.terms[:taken], query.weights[:taken]
        for part in self._parts:
            own = totals[part.first : part.end]
            if part.inverted is None:
                self._add_scores(part.forward, query, own)
                continue
            here = terms < len(part.inverted.starts) - 1
            add_impacts(
                part.inverted.starts,
                part.inverted.rows,
                part.inverted.impacts,
                terms[here],
                weights[here],
                own,
            )
        return totals

    def _add_scores(self, forward: Forward, query: LexicalQuery, totals: Floats) -> None:
        """Add to `totals` what documents without postings have, on the scale of impacts."""
        with self._weighed(query) as (asked, weights):
            scores = self._scores(forward, np.arange(len(forward)), asked, weights)
        totals += scores * (FULL_IMPACT / (K1 + 1))

    def _scores(self, forward: Forward, documents: Rows, asked: Bits, weights: Floats) -> Floats:
        scores = np.empty(len(documents), dtype=np.float32)
        score_documents(
            forward.starts,
            forward.terms,
            forward.counts,
            forward.lengths,
            documents,
            asked,
            weights,
            self.average_length,
            scores,
        )
        return scores

    @contextmanager
    def _weighed(self, query: LexicalQuery) -> Iterator[tuple[Bits, Floats]]:
        """Which term numbers the query asks for, a bit each, and their weights.

        Each thread has arrays for all terms, which it clears again: making them takes longer.
        """
        asked: Bits | None = getattr(self._scratch, "asked", None)
        if asked is None or 8 * len(asked) < len(self._vocabulary):
            asked = np.zeros(len(self._vocabulary) // 8 + 1, dtype=np.uint8)
            self._scratch.asked = asked
            self._scratch.weights = np.zeros(8 * len(asked), dtype=np.float32)
        weights: Floats = self._scratch.weights
        weights[query.terms] = query.weights
        np.bitwise_or.at(asked, query.terms >> 3, (1 << (query.terms & 7)).astype(np.uint8))
        try:
            yield asked, weights
        finally:
            asked[query.terms >> 3] = 0

    def _by_part(self, rows: Rows) -> list[tuple[Part, Rows]]:
        """Each part that has some of the rows, and the places of those in `rows`."""
        found = []
        for part in self._parts:
            inside = np.flatnonzero((rows >= part.first) & (rows < part.end))
            if len(inside):
                found.append((part, inside))
        return found

    def _enter(self, forward: Forward) -> None:
        """Put documents behind the others; give them postings when they have become many."""
        first = self.row_count
        if self._parts and self._parts[-1].inverted is None:
            tail = self._parts.pop()
            first, forward = tail.first, Forward.joined([tail.forward, forward])
        if len(forward) <= _TAIL:
            self._parts.append(Part(first, forward, None))
            return
        # The part of a snapshot stays as it is; later ones join so that there are but few.
        while len(self._parts) > 1 and len(self._parts[-1].forward) <= 2 * len(forward):
            part = self._parts.pop()
            first, forward = part.first, Forward.joined([part.forward, forward])
        postings = Inverted.of(forward, len(self._vocabulary), self.average_length)
        self._parts.append(Part(first, forward, postings))

    def _current_hubness(self) -> Floats:
        """Hubness of every row, measured where it is unknown or out of date."""
        if len(self._references) == 0:
            return self._hubness
        if abs(self._present - self._measured) > _REMEASURED_AFTER * self._measured:
            self._known = np.zeros(len(self._hubness), dtype=bool)
            self._measured = self._present
        if not self._known.all():
            self.measure_hubness()
        return self._hubness

    def measure_hubness(self) -> None:
        """Measure the hubness of the documents of which it is not known."""
        queries = ReferenceQueries(
            self._references, self._vocabulary, self._frequencies, self._present
        )
        unknown = np.flatnonzero(~self._known)
        values = self._hubness.copy()
        for part, inside in self._by_part(unknown):
            rows = unknown[inside]
            values[rows] = queries.measure(part.forward, rows - part.first, self.average_length)
        self._hubness, self._known = values, np.ones(len(values), dtype=bool)


def _largest(values: Floats, count: int) -> Rows:
    """Places of the `count` largest of very many values, in no particular order."""
    step = len(values) // _SAMPLE
    if step > 1:
        # Most fall below a bound that a sample tells; what it lets through is cut exactly.
        sample = np.sort(values[::step])
        bound = sample[max(0, len(sample) - 1 - 2 * count // step)]
        above = np.flatnonzero(values >= bound)
        if len(above) >= count:
            return above[np.argpartition(-values[above], count - 1)[:count]]
    return np.argpartition(-values, count - 1)[:count]


def _grown(values: NDArray[Any], length: int) -> NDArray[Any]:
    """The values, followed by zeros up to a length."""
    if len(values) == length:
        return values
    grown = np.zeros(length, dtype=values.dtype)
    grown[: len(values)] = values
    return grown
