"""The files of vectors: written block by block, mapped when read.

about.json    {"format", "dimension", "count", "coded"}, written last
ids.i64       ids, ascending
rows.f16      vectors in half precision, in the order of the ids
codes.faiss   where there are many vectors: short codes of them, see `matcher.index.faiss_kinds`
"""

import json
from pathlib import Path
from typing import Final

import faiss
import numpy as np
from numpy.typing import NDArray

from matcher.index.arrays import damaged, read_array, write_array
from matcher.index.faiss_base import Base
from matcher.index.faiss_kinds import Tuning, trained_codes
from matcher.index.faiss_rows import Floats, Halves

_ABOUT: Final = "about.json"
_IDS: Final = "ids.i64"
_ROWS: Final = "rows.f16"
_CODES: Final = "codes.faiss"
_FORMAT: Final = 1

_AT_ONCE = 8192
"""Rows that are in memory at a time."""

_INT64 = np.dtype(np.int64)
_FLOAT16 = np.dtype(np.float16)

Ids = NDArray[np.int64]


class FaissWriter:
    """Writes vectors into a folder as they come.

    Of the vectors only a block is in memory at a time; at the end also their ids and codes, which
    together are an eighth of the rows or less.
    """

    def __init__(self, folder: Path, dimension: int, tuning: Tuning) -> None:
        """Make the folder.

        Raises:
            OSError: it is there already or cannot be made.
        """
        folder.mkdir(parents=True)
        self._folder = folder
        self._dimension = dimension
        self._tuning = tuning
        write_array(folder / _IDS, np.empty(0, _INT64))
        write_array(folder / _ROWS, np.empty(0, _FLOAT16))

    def append(self, ids: Ids, vectors: Floats) -> None:
        """See `VectorWriter.append`."""
        _append(self._folder / _IDS, np.asarray(ids, dtype=np.int64))
        _append(self._folder / _ROWS, np.asarray(vectors, dtype=np.float16))

    def finish(self) -> None:
        """See `VectorWriter.finish`.

        Raises:
            ValueError: an id was appended twice.
        """
        ids = read_array(self._folder / _IDS, _INT64)
        if not _ascending(ids):
            ids = self._put_in_order(ids)
        coded = self._tuning.coded(len(ids))
        if coded:
            self._write_codes(ids)
        about = {
            "format": _FORMAT,
            "dimension": self._dimension,
            "count": len(ids),
            "coded": coded,
        }
        (self._folder / _ABOUT).write_text(json.dumps(about), encoding="utf-8")

    def _put_in_order(self, ids: Ids) -> Ids:
        order = np.argsort(ids, kind="stable")
        ordered = ids[order]
        if not _ascending(ordered):
            raise ValueError("an id was appended twice")
        rows = self._rows(len(ids))
        sorted_path = self._folder / f"{_ROWS}.sorted"
        for first in range(0, len(order), _AT_ONCE):
            _append(sorted_path, rows[order[first : first + _AT_ONCE]])
        sorted_path.replace(self._folder / _ROWS)
        write_array(self._folder / f"{_IDS}.sorted", ordered)
        (self._folder / f"{_IDS}.sorted").replace(self._folder / _IDS)
        return ordered

    def _write_codes(self, ids: Ids) -> None:
        rows = self._rows(len(ids))
        codes = trained_codes(rows)
        for first in range(0, len(ids), _AT_ONCE):
            block = slice(first, first + _AT_ONCE)
            codes.add_with_ids(rows[block].astype(np.float32), ids[block])
        # FAISS's own way to write a file passes over a disk that is full when it closes the file.
        with (self._folder / _CODES).open("wb") as file:
            faiss.write_index(codes, faiss.PyCallbackIOWriter(file.write))

    def _rows(self, count: int) -> Halves:
        return _mapped_rows(self._folder, count, self._dimension)


def read_base(folder: Path, tuning: Tuning) -> tuple[Base, int]:
    """Map what a `FaissWriter` wrote, and the dimension of its vectors.

    Raises:
        IndexStateError: something is missing or damaged.
    """
    try:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        if about["format"] != _FORMAT:
            raise damaged(folder / _ABOUT)
        dimension, count = int(about["dimension"]), int(about["count"])
        coded = bool(about["coded"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise damaged(folder / _ABOUT) from error
    ids = read_array(folder / _IDS, _INT64, count)
    if not _ascending(ids):
        raise damaged(folder / _IDS)
    rows = _mapped_rows(folder, count, dimension)
    codes = _read_codes(folder / _CODES, count, dimension) if coded else None
    return Base(ids, rows, codes, tuning), dimension


def _read_codes(path: Path, count: int, dimension: int) -> faiss.IndexIVFPQFastScan:
    # FAISS cannot map codes in this form: each process has its own, an eighth to a sixteenth of
    # the rows.
    try:
        codes = faiss.read_index(str(path))
    except (RuntimeError, MemoryError) as error:
        raise damaged(path) from error
    if not isinstance(codes, faiss.IndexIVFPQFastScan) or (codes.ntotal, codes.d) != (
        count,
        dimension,
    ):
        raise damaged(path)
    return codes


def _mapped_rows(folder: Path, count: int, dimension: int) -> Halves:
    rows: Halves = read_array(folder / _ROWS, _FLOAT16, count * dimension)
    return rows.reshape(count, dimension)


def _append(path: Path, values: NDArray[np.int64] | Halves) -> None:
    """Write behind what a file holds; it is opened for each block, so that none stays open."""
    with path.open("ab") as file:
        file.write(np.ascontiguousarray(values).data)


def _ascending(ids: Ids) -> bool:
    """Whether ids ascend, without repetition."""
    return bool(np.all(ids[1:] > ids[:-1]))
