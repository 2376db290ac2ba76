"""An incremental BM25 index.

Ready-made BM25 packages either freeze the statistics at build time or cannot remove a document;
here documents come and go at once and the statistics are those of the documents present.

Formula: S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009,
with the idf that is never negative, ln(1 + (N - n + 0.5) / (n + 0.5)), and with Okapi's third
factor, (K3 + 1) * q / (K3 + q), for a term that stands q times in the query.

A score is a share of what an ideal document would have, one that is full of every term of the
query, so that the scores of a short and of a long query can be compared; a part of the document's
hubness (`matcher.index.hubness`) is taken off.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matcher.errors import IndexStateError
from matcher.index.hubness import CORRECTION, mean_of_nearest
from matcher.index.idmap import ABSENT, RowMap

K1 = 1.2
B = 0.75
K3 = 3.0
"""Damping of a term that the query repeats; a factory's need says one thing several times over."""

_MERGE_SHARE = 0.1
_MERGE_LEAST = 2000
_MEASURED_AT_ONCE = 20_000
_FREQUENT = 0.2
"""Share of the documents from which a term is kept as one value a document. Adding up whole arrays
is faster than finding places; from a fifth on it takes hardly more memory."""

Analyse = Callable[[str], list[str]]
Floats = NDArray[np.float32]
Ids = NDArray[np.int64]
Rows = NDArray[np.int32]
Mask = NDArray[np.bool_]


class _Saturation(NamedTuple):
    """What a term adds to documents, before its weight in a query.

    `rows` are those of the `documents` that contain it; None if `values` has one for every row.
    """

    documents: int
    rows: Rows | None
    values: Floats


class LexicalScores:
    """Scores of one query for every document, as `LexicalIndex.score` computed them."""

    def __init__(self, values: Floats, shares_terms: Mask, ids: Ids, rows: RowMap) -> None:
        self._values = values
        self._shares_terms = shares_terms
        self._ids = ids
        self._rows = rows

    def top(self, k: int, allowed: Ids | None = None) -> Ids:
        """Ids of the `k` best documents that share a term, best first, among `allowed`."""
        if allowed is None:
            candidates = np.flatnonzero(self._shares_terms)
        else:
            rows = self._rows.rows(allowed)
            rows = rows[rows != ABSENT]
            candidates = rows[self._shares_terms[rows]]
        values = self._values[candidates]
        if len(values) > k:
            best = np.argpartition(-values, k - 1)[:k]
            candidates, values = candidates[best], values[best]
        ids: Ids = self._ids[candidates]
        return ids[np.lexsort((ids, -values))]

    def at(self, ids: Ids) -> Floats:
        """Scores of these documents, 0 for those not there."""
        rows = self._rows.rows(ids)
        return np.where(rows == ABSENT, np.float32(0), self._values[rows])


class LexicalIndex:
    """Documents by stable id, scored by BM25 over the terms that `analyse` finds.

    Postings lie in two parts: a packed one, sorted by term, and a small one of what came since.
    The small one is packed when it grows past a tenth. A removed document keeps its postings
    until then; they are masked and do not count.

    The hubness of new documents is found at the next search, that of all documents anew when the
    index has been packed or has grown or shrunk by a tenth, for the idf has changed by then.

    What a term adds to each of its documents is kept from search to search until the documents
    change.
    """

    def __init__(self, analyse: Analyse, references: Sequence[str] = ()) -> None:
        """Start empty.

        Args:
            analyse: finds the terms of a text.
            references: queries that hubness is measured by; none for no correction.
        """
        self._analyse = analyse
        self._references = [Counter(analyse(text)) for text in references]
        self._terms: dict[str, int] = {}
        self._starts = np.zeros(1, dtype=np.int64)
        self._rows_packed = np.empty(0, dtype=np.int32)
        self._counts_packed = np.empty(0, dtype=np.float32)
        self._fresh: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self._fresh_documents = 0
        self._ids = np.empty(0, dtype=np.int64)
        self._lengths = np.empty(0, dtype=np.float32)
        self._alive = np.empty(0, dtype=bool)
        self._present = 0
        self._row_of = RowMap()
        self._hubness = np.empty(0, dtype=np.float32)
        self._measured = 0
        self._norms: Floats | None = None
        self._saturated: dict[str, _Saturation] = {}

    def __len__(self) -> int:
        """Number of documents held."""
        return self._present

    @property
    def ids(self) -> Ids:
        """Ids of the documents held, in the order they came."""
        return self._ids[self._alive]

    def add(self, ids: Ids, texts: Sequence[str]) -> None:
        """Add documents under new ids, shape (n,)."""
        if len(ids) == 0:
            return
        first = len(self._ids)
        lengths = np.empty(len(ids), dtype=np.float32)
        for offset, text in enumerate(texts):
            terms = self._analyse(text)
            lengths[offset] = len(terms)
            for term, count in Counter(terms).items():
                number = self._terms.setdefault(term, len(self._terms))
                self._fresh[number].append((first + offset, count))
        self._row_of.assign(ids, np.arange(first, first + len(ids), dtype=np.int64))
        self._ids = np.concatenate([self._ids, ids])
        self._lengths = np.concatenate([self._lengths, lengths])
        self._alive = np.concatenate([self._alive, np.ones(len(ids), dtype=bool)])
        self._present += len(ids)
        self._hubness = np.concatenate([self._hubness, np.full(len(ids), np.nan, np.float32)])
        self._forget_norms()
        self._fresh_documents += len(ids)
        if self._fresh_documents > max(_MERGE_LEAST, _MERGE_SHARE * len(self._ids)):
            self.pack()

    def remove(self, ids: Ids) -> None:
        """Remove documents; ids not there are passed over."""
        rows = self._row_of.rows(ids)
        self._alive[rows[rows != ABSENT]] = False
        self._present = int(self._alive.sum())
        self._row_of.forget(ids)
        self._forget_norms()

    def score(self, query: str) -> LexicalScores:
        """Score every document; a term repeated in the query counts damped."""
        values = np.zeros(len(self._ids), dtype=np.float32)
        present = len(self)
        ideal = 0.0
        for term, repeats in Counter(self._analyse(query)).items():
            found = self._saturation(term)
            weight = _query_weight(repeats) * _idf(found.documents, present)
            ideal += weight * (K1 + 1)
            if found.rows is None:
                values += np.float32(weight) * found.values
            else:
                values[found.rows] += np.float32(weight) * found.values
        shares_terms = values > 0
        if ideal > 0:
            values /= ideal
        if self._references:
            values -= CORRECTION * self._current_hubness()
        return LexicalScores(values, shares_terms, self._ids, self._row_of)

    def document_share(self, term: str) -> float:
        """Share of the documents held that contain `term`, 0 to 1; 0 in an empty index."""
        return self._documents_with(term) / max(len(self), 1)

    def pack(self) -> None:
        """Merge the fresh postings into the packed ones and drop those of removed documents."""
        if self._fresh_documents == 0 and self._alive.all():
            return
        rows, counts, terms = self._all_postings()
        kept = self._alive[rows]
        rows, counts, terms = rows[kept], counts[kept], terms[kept]
        new_rows = np.cumsum(self._alive, dtype=np.int64) - 1
        order = np.argsort(terms, kind="stable")
        self._rows_packed = new_rows[rows[order]].astype(np.int32)
        self._counts_packed = counts[order]
        self._starts = np.searchsorted(terms[order], np.arange(len(self._terms) + 1))
        self._ids, self._lengths = self._ids[self._alive], self._lengths[self._alive]
        self._alive = np.ones(len(self._ids), dtype=bool)
        self._row_of = RowMap()
        self._row_of.assign(self._ids, np.arange(len(self._ids), dtype=np.int64))
        self._hubness = np.full(len(self._ids), np.nan, dtype=np.float32)
        self._forget_norms()
        self._fresh.clear()
        self._fresh_documents = 0

    def save(self, path: Path) -> None:
        """Write the packed index to one file."""
        self.pack()
        with path.open("wb") as file:
            np.savez(
                file,
                terms=np.frombuffer("\n".join(self._terms).encode(), dtype=np.uint8),
                starts=self._starts,
                rows=self._rows_packed,
                counts=self._counts_packed,
                ids=self._ids,
                lengths=self._lengths,
                hubness=self._current_hubness(),
            )

    @classmethod
    def load(cls, path: Path, analyse: Analyse, references: Sequence[str] = ()) -> "LexicalIndex":
        """Read an index that `save` wrote, with the `analyse` and `references` it was built with.

        Raises:
            IndexStateError: the file is missing or not such an index.
        """
        index = cls(analyse, references)
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as parts:
                names = parts["terms"].tobytes().decode()
                index._starts, index._ids = parts["starts"], parts["ids"]
                index._rows_packed, index._counts_packed = parts["rows"], parts["counts"]
                index._lengths, index._hubness = parts["lengths"], parts["hubness"]
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise IndexStateError(
                f"词语索引文件 {path} 无法读取，请运行 matcher index build"
            ) from error
        index._terms = {
            name: number for number, name in enumerate(names.split("\n") if names else ())
        }
        index._alive = np.ones(len(index._ids), dtype=bool)
        index._present = len(index._ids)
        index._row_of.assign(index._ids, np.arange(len(index._ids), dtype=np.int64))
        index._measured = len(index._ids)
        return index

    def _documents_with(self, term: str) -> int:
        """Number of the documents present that contain `term`."""
        number = self._terms.get(term)
        if number is None:
            return 0
        if self._present < len(self._ids):
            return len(self._postings(term)[0])
        packed = number + 1 < len(self._starts)
        held = int(self._starts[number + 1] - self._starts[number]) if packed else 0
        return held + len(self._fresh.get(number, ()))

    def _postings(self, term: str) -> tuple[Rows, Floats]:
        """Rows and counts of the documents present that contain `term`."""
        number = self._terms.get(term)
        if number is None:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        if number + 1 < len(self._starts):
            packed = slice(self._starts[number], self._starts[number + 1])
            rows, counts = self._rows_packed[packed], self._counts_packed[packed]
        else:
            rows, counts = np.empty(0, np.int32), np.empty(0, np.float32)
        if number in self._fresh:
            fresh = np.array(self._fresh[number], dtype=np.int64)
            rows = np.concatenate([rows, fresh[:, 0].astype(np.int32)])
            counts = np.concatenate([counts, fresh[:, 1].astype(np.float32)])
        alive = self._alive[rows]
        return (rows, counts) if alive.all() else (rows[alive], counts[alive])

    def _saturation(self, term: str) -> _Saturation:
        """What a term adds to the documents present, kept until they change."""
        kept = self._saturated.get(term)
        if kept is None:
            rows, counts = self._postings(term)
            saturated = counts * (K1 + 1) / (counts + self._length_norms()[rows])
            if len(rows) > _FREQUENT * len(self._ids):
                everywhere = np.zeros(len(self._ids), dtype=np.float32)
                everywhere[rows] = saturated
                kept = _Saturation(len(rows), None, everywhere)
            else:
                kept = _Saturation(len(rows), rows, saturated)
            if len(rows):
                self._saturated[term] = kept
        return kept

    def _forget_norms(self) -> None:
        self._norms = None
        self._saturated.clear()

    def _all_postings(self) -> tuple[Rows, Floats, NDArray[np.int64]]:
        """Rows, counts and term numbers of all postings, packed and fresh."""
        terms = np.repeat(np.arange(len(self._starts) - 1), np.diff(self._starts))
        fresh = np.array(
            [(row, count, term) for term, pairs in self._fresh.items() for row, count in pairs],
            dtype=np.int64,
        ).reshape(-1, 3)
        return (
            np.concatenate([self._rows_packed, fresh[:, 0].astype(np.int32)]),
            np.concatenate([self._counts_packed, fresh[:, 1].astype(np.float32)]),
            np.concatenate([terms, fresh[:, 2]]),
        )

    def _current_hubness(self) -> Floats:
        """Hubness of every row, measured where it is unknown or out of date."""
        if abs(len(self) - self._measured) > _MERGE_SHARE * self._measured:
            self._hubness[:] = np.nan
        unknown = np.isnan(self._hubness)
        if unknown.any():
            if unknown.all():
                self._measured = len(self)
            self._hubness[unknown] = self._measure_hubness(unknown)
        return self._hubness

    def _measure_hubness(self, wanted: Mask) -> Floats:
        """Hubness of the rows where `wanted`, shape (rows,), is true, in their order."""
        rows, counts, terms = self._all_postings()
        frequencies = np.bincount(terms[self._alive[rows]], minlength=len(self._terms))
        kept = wanted[rows]
        rows, counts, terms = rows[kept], counts[kept], terms[kept]
        saturated = counts * (K1 + 1) / (counts + self._length_norms()[rows])
        columns = np.cumsum(wanted)[rows] - 1
        documents = csr_array(
            (saturated.astype(np.float32), (terms, columns)),
            shape=(len(self._terms), int(wanted.sum())),
        )
        queries = self._reference_weights(frequencies)
        found = [
            mean_of_nearest((queries @ documents[:, start : start + _MEASURED_AT_ONCE]).toarray())
            for start in range(0, documents.shape[1], _MEASURED_AT_ONCE)
        ]
        return np.concatenate(found)

    def _reference_weights(self, frequencies: NDArray[np.int64]) -> csr_array:
        """What each term adds to the score of each reference query, shape (references, terms)."""
        present = len(self)
        values: list[float] = []
        columns: list[int] = []
        starts = [0]
        for reference in self._references:
            known = {t: n for t, n in reference.items() if t in self._terms}
            weights = [
                _query_weight(n) * _idf(int(frequencies[self._terms[t]]), present)
                for t, n in known.items()
            ]
            unknown = sum(_query_weight(n) for t, n in reference.items() if t not in known)
            ideal = (K1 + 1) * (sum(weights) + unknown * _idf(0, present))
            values.extend(weight / ideal for weight in weights)
            columns.extend(self._terms[term] for term in known)
            starts.append(len(columns))
        return csr_array(
            (np.array(values, np.float32), np.array(columns, np.int64), starts),
            shape=(len(self._references), len(self._terms)),
        )

    def _length_norms(self) -> Floats:
        """K1 * (1 - B + B * length / average length) for every row."""
        if self._norms is None:
            average = float(self._lengths[self._alive].mean()) if len(self) else 1.0
            self._norms = (K1 * (1 - B + B * self._lengths / max(average, 1e-9))).astype(np.float32)
        return self._norms


def _query_weight(repeats: int) -> float:
    """Weight of a term that the query says `repeats` times."""
    return repeats * (K3 + 1) / (K3 + repeats)


def _idf(containing: int, present: int) -> float:
    """Inverse document frequency of a term that `containing` of the `present` documents have."""
    return float(np.log1p((present - containing + 0.5) / (containing + 0.5)))
