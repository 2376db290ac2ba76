"""The files of a lexical index: written block by block in constant memory, mapped when read."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.index.arrays import ArrayWriter, damaged, read_array, write_array
from matcher.index.kernels import invert
from matcher.index.lexical import LexicalIndex
from matcher.index.lexical_hubness import ReferenceQueries
from matcher.index.postings import Forward, Inverted, Part
from matcher.index.vocabulary import Vocabulary
from matcher.text.terms import Terms

Offsets = NDArray[np.int64]

_AT_ONCE = 50_000
_FILES: dict[str, np.dtype[Any]] = {
    "document_starts": np.dtype(np.int64),
    "document_terms": np.dtype(np.int32),
    "document_counts": np.dtype(np.uint8),
    "document_lengths": np.dtype(np.int32),
    "term_starts": np.dtype(np.int64),
    "term_rows": np.dtype(np.int32),
    "term_impacts": np.dtype(np.uint8),
    "frequencies": np.dtype(np.int32),
    "hubness": np.dtype(np.float32),
}


class LexicalWriter:
    """Writes documents, in the order in which they are appended, as an index that can be mapped."""

    def __init__(
        self,
        folder: Path,
        references: Terms,
        vocabulary: Vocabulary | None = None,
        *,
        searched_up_to: int | None = None,
    ) -> None:
        """Write into a folder that exists.

        Args:
            folder: where to.
            references: queries that hubness is measured by.
            vocabulary: numbers that terms have already; it is not changed.
            searched_up_to: of more documents than that no postings are written; they can be
                scored, but no search finds them.
        """
        self._folder = folder
        self._references = references
        self._searched_up_to = searched_up_to
        self._vocabulary = vocabulary.copy() if vocabulary else Vocabulary()
        self._frequencies = np.zeros(len(self._vocabulary), dtype=np.int64)
        self._writers = {
            name: ArrayWriter(_path(folder, name), _FILES[name])
            for name in ("document_starts", "document_terms", "document_counts", "document_lengths")
        }
        self._writers["document_starts"].append(np.zeros(1, dtype=np.int64))
        self._end = 0
        self._documents = 0
        self._total_length = 0

    def append(self, terms: Terms) -> None:
        """Write documents."""
        self.append_documents(Forward.of(terms, self._vocabulary.enter(terms.keys)))

    def append_documents(self, forward: Forward) -> None:
        """Write documents whose terms have the numbers of the vocabulary given at the start."""
        self._writers["document_starts"].append(forward.starts[1:] + self._end)
        self._writers["document_terms"].append(forward.terms)
        self._writers["document_counts"].append(forward.counts)
        self._writers["document_lengths"].append(forward.lengths)
        self._end += len(forward.terms)
        self._documents += len(forward)
        self._total_length += int(forward.lengths.sum(dtype=np.int64))
        held = np.bincount(forward.terms, minlength=len(self._vocabulary))
        held[: len(self._frequencies)] += self._frequencies
        self._frequencies = held

    def finish(self) -> None:
        """Write the rest: postings, hubness and the numbers of the terms."""
        self.close()
        self._vocabulary.save(self._folder)
        frequencies = self._frequencies.astype(np.int32)
        write_array(_path(self._folder, "frequencies"), frequencies)
        forward = _forward(self._folder)
        average = max(self._total_length / self._documents, 1e-9) if self._documents else 1.0
        self._write_postings(forward, average)
        queries = ReferenceQueries(self._references, self._vocabulary, frequencies, self._documents)
        with ArrayWriter(_path(self._folder, "hubness"), _FILES["hubness"]) as hubness:
            for first, last in _blocks(self._documents):
                hubness.append(queries.measure(forward, np.arange(first, last), average))

    def close(self) -> None:
        """Close the files of what was appended."""
        for writer in self._writers.values():
            writer.close()

    def _write_postings(self, forward: Forward, average_length: float) -> None:
        frequencies = self._frequencies
        if self._searched_up_to is not None and len(forward) > self._searched_up_to:
            forward, frequencies = Forward.empty(), np.zeros_like(frequencies)
        starts = np.concatenate([[0], np.cumsum(frequencies)]).astype(np.int64)
        write_array(_path(self._folder, "term_starts"), starts)
        rows, impacts = (
            _created(_path(self._folder, name), _FILES[name], int(starts[-1]))
            for name in ("term_rows", "term_impacts")
        )
        filled = starts[:-1].copy()
        for first, last in _blocks(len(forward)):
            begin, end = forward.starts[first], forward.starts[last]
            invert(
                forward.starts[first : last + 1] - begin,
                forward.terms[begin:end],
                forward.counts[begin:end],
                forward.lengths[first:last],
                first,
                average_length,
                filled,
                rows,
                impacts,
            )
        for array in (rows, impacts):
            if isinstance(array.base, np.memmap):
                array.base.flush()


def load_lexical(folder: Path, references: Terms) -> LexicalIndex:
    """Map the index that a `LexicalWriter` with these references wrote.

    Raises:
        IndexStateError: a file is missing or damaged.
    """
    vocabulary = Vocabulary.load(folder)
    forward = _forward(folder)
    starts = _read(folder, "term_starts", len(vocabulary) + 1)
    if int(starts[-1]) not in (0, len(forward.terms)):
        raise damaged(_path(folder, "term_starts"))
    inverted = Inverted(
        starts,
        _read(folder, "term_rows", int(starts[-1])),
        _read(folder, "term_impacts", int(starts[-1])),
    )
    return LexicalIndex.over(
        Part(0, forward, inverted),
        vocabulary,
        _read(folder, "frequencies", len(vocabulary)),
        _read(folder, "hubness", len(forward)),
        references,
    )


def _forward(folder: Path) -> Forward:
    lengths = _read(folder, "document_lengths")
    starts = _read(folder, "document_starts", len(lengths) + 1)
    size = int(starts[-1])
    return Forward(
        starts,
        _read(folder, "document_terms", size),
        _read(folder, "document_counts", size),
        lengths,
    )


def _read(folder: Path, name: str, length: int | None = None) -> NDArray[Any]:
    return read_array(_path(folder, name), _FILES[name], length)


def _path(folder: Path, name: str) -> Path:
    dtype = _FILES[name]
    return folder / f"{name}.{dtype.kind}{8 * dtype.itemsize}"


def _created(path: Path, dtype: np.dtype[Any], length: int) -> NDArray[Any]:
    """A new file of that size, mapped for writing."""
    if length == 0:
        path.touch()
        return np.empty(0, dtype=dtype)
    return np.asarray(np.memmap(path, dtype=dtype, mode="w+", shape=length))


def _blocks(count: int) -> list[tuple[int, int]]:
    return [(first, min(first + _AT_ONCE, count)) for first in range(0, count, _AT_ONCE)]
