"""Rows of a file, whatever its format."""

from collections.abc import Callable, Iterator
from pathlib import Path

from matcher.intake.csvtable import read_csv
from matcher.intake.filecheck import check_file
from matcher.intake.jsonlines import read_jsonlines
from matcher.intake.results import RawRow
from matcher.intake.workbook import read_workbook

_READERS: dict[str, Callable[[Path], Iterator[RawRow]]] = {
    ".jsonl": read_jsonlines,
    ".csv": read_csv,
    ".xlsx": read_workbook,
}


def read_rows(path: Path) -> Iterator[RawRow]:
    """Read a .jsonl, .csv or .xlsx file row by row.

    Nothing is kept of rows gone by, so that the size of the file does not matter. A row that
    cannot be read comes with its fault; blank rows, lines of title and the header do not come.

    Raises:
        UnreadableFileError: the file cannot be read as a whole; the message says what to do.
    """
    return _READERS[check_file(path)](path)
