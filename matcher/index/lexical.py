"""An incremental BM25 index.

Ready-made BM25 packages either freeze the statistics at build time or cannot remove a document;
here documents come and go at once and the statistics are those of the documents present.

Formula: S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009,
with the idf that is never negative, ln(1 + (N - n + 0.5) / (n + 0.5)), and with Okapi's third
factor, (K3 + 1) * q / (K3 + q), for a term that stands q times in the query.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from matcher.errors import IndexStateError
from matcher.index.idmap import ABSENT, RowMap

K1 = 1.2
B = 0.75
K3 = 3.0
"""Damping of a term that the query repeats; a factory's need says one thing several times over."""

_MERGE_SHARE = 0.1
_MERGE_LEAST = 2000

Analyse = Callable[[str], list[str]]
Floats = NDArray[np.float32]
Ids = NDArray[np.int64]
Rows = NDArray[np.int32]


class LexicalScores:
    """BM25 of one query against every document, as `LexicalIndex.score` computed it."""

    def __init__(self, values: Floats, ids: Ids, rows: RowMap) -> None:
        self._values = values
        self._ids = ids
        self._rows = rows

    def top(self, k: int, allowed: Ids | None = None) -> Ids:
        """Ids of the `k` best documents with a score above 0, best first, among `allowed`."""
        if allowed is None:
            candidates = np.flatnonzero(self._values > 0)
        else:
            rows = self._rows.rows(allowed)
            rows = rows[rows != ABSENT]
            candidates = rows[self._values[rows] > 0]
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
    """

    def __init__(self, analyse: Analyse) -> None:
        self._analyse = analyse
        self._terms: dict[str, int] = {}
        self._starts = np.zeros(1, dtype=np.int64)
        self._rows_packed = np.empty(0, dtype=np.int32)
        self._counts_packed = np.empty(0, dtype=np.float32)
        self._fresh: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self._fresh_documents = 0
        self._ids = np.empty(0, dtype=np.int64)
        self._lengths = np.empty(0, dtype=np.float32)
        self._alive = np.empty(0, dtype=bool)
        self._row_of = RowMap()
        self._norms: Floats | None = None

    def __len__(self) -> int:
        """Number of documents held."""
        return int(self._alive.sum())

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
        self._norms = None
        self._fresh_documents += len(ids)
        if self._fresh_documents > max(_MERGE_LEAST, _MERGE_SHARE * len(self._ids)):
            self.pack()

    def remove(self, ids: Ids) -> None:
        """Remove documents; ids not there are passed over."""
        rows = self._row_of.rows(ids)
        self._alive[rows[rows != ABSENT]] = False
        self._row_of.forget(ids)
        self._norms = None

    def score(self, query: str) -> LexicalScores:
        """BM25 of every document for a query; a term repeated in the query counts damped."""
        values = np.zeros(len(self._ids), dtype=np.float32)
        norms = self._length_norms()
        present = len(self)
        for term, repeats in Counter(self._analyse(query)).items():
            rows, counts = self._postings(term)
            if len(rows) == 0:
                continue
            idf = np.log1p((present - len(rows) + 0.5) / (len(rows) + 0.5))
            weight = repeats * (K3 + 1) / (K3 + repeats)
            values[rows] += weight * idf * counts * (K1 + 1) / (counts + norms[rows])
        return LexicalScores(values, self._ids, self._row_of)

    def document_share(self, term: str) -> float:
        """Share of the documents held that contain `term`, 0 to 1; 0 in an empty index."""
        return len(self._postings(term)[0]) / max(len(self), 1)

    def pack(self) -> None:
        """Merge the fresh postings into the packed ones and drop those of removed documents."""
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
        self._norms = None
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
            )

    @classmethod
    def load(cls, path: Path, analyse: Analyse) -> "LexicalIndex":
        """Read an index that `save` wrote; `analyse` must be the one it was built with.

        Raises:
            IndexStateError: the file is missing or not such an index.
        """
        index = cls(analyse)
        try:
            with np.load(path, allow_pickle=False) as parts:
                names = parts["terms"].tobytes().decode()
                index._starts, index._ids = parts["starts"], parts["ids"]
                index._rows_packed, index._counts_packed = parts["rows"], parts["counts"]
                index._lengths = parts["lengths"]
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise IndexStateError(
                f"词语索引文件 {path} 无法读取，请运行 matcher index build"
            ) from error
        index._terms = {
            name: number for number, name in enumerate(names.split("\n") if names else ())
        }
        index._alive = np.ones(len(index._ids), dtype=bool)
        index._row_of.assign(index._ids, np.arange(len(index._ids), dtype=np.int64))
        return index

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

    def _length_norms(self) -> Floats:
        """K1 * (1 - B + B * length / average length) for every row."""
        if self._norms is None:
            average = float(self._lengths[self._alive].mean()) if len(self) else 1.0
            self._norms = (K1 * (1 - B + B * self._lengths / max(average, 1e-9))).astype(np.float32)
        return self._norms
