"""Rows of a CSV file, separated by comma, tab or semicolon.

The standard csv module and not pandas: faults must name the row exactly as a spreadsheet shows it
(blank rows counted, a cell of several lines counted once), which chunks of data frames lose.
"""

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from matcher.errors import UnreadableFileError
from matcher.intake.encoding import find_encoding
from matcher.intake.header import HEADER_WITHIN, Header, describe, find_header
from matcher.intake.results import RawRow

_DELIMITERS = (",", "\t", ";")
_QUOTES = "引号没有成对，或一格内容超过 13 万字；请用 Excel 打开检查后重新保存"


def read_csv(path: Path) -> Iterator[RawRow]:
    """The rows below the header; blank rows are skipped, uneven ones are faults.

    Raises:
        UnreadableFileError: the file is no text in a known encoding, or has no header.
    """
    encoding = find_encoding(path)
    delimiter, header = _find_layout(path, encoding)
    for number, cells in _records(path, encoding, delimiter):
        if number <= header.number:
            continue
        if cells is None:
            yield RawRow(number=number, values=dict.fromkeys(header.names), fault=_QUOTES)
        elif any(cell.strip() for cell in cells):
            yield _row(number, cells, header)


def _row(number: int, cells: Sequence[str], header: Header) -> RawRow:
    surplus = any(cell.strip() for cell in cells[header.count :])
    if surplus or len(cells) < header.count:
        fault = (
            f"这一行有 {len(cells)} 列，表头有 {header.count} 列；"
            "多半是内容里的逗号没有用引号括起来，或者少了分隔符"
        )
        return RawRow(number=number, values=dict.fromkeys(header.names), fault=fault)
    return RawRow(number=number, values=dict(zip(header.names, cells, strict=False)))


def _find_layout(path: Path, encoding: str) -> tuple[str, Header]:
    """The delimiter under which the header has most known columns, and that header."""
    best: tuple[str, Header] | None = None
    seen: Sequence[str] = ()
    for delimiter in _DELIMITERS:
        top = list(islice(_records(path, encoding, delimiter), HEADER_WITHIN))
        header = find_header((number, cells) for number, cells in top if cells)
        if header and (best is None or header.known > best[1].known):
            best = delimiter, header
        seen = max((seen, *(cells for _, cells in top if cells)), key=len)
    if best is None:
        raise UnreadableFileError(
            f"“{path.name}”里找不到表头（写着列名的一行），只看到：{describe(seen)}。"
            "请使用导入模板的列名"
        )
    return best


def _records(
    path: Path, encoding: str, delimiter: str
) -> Iterator[tuple[int, Sequence[str] | None]]:
    """Records with their numbers, None for one that cannot be split."""
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        number = 0
        while True:
            number += 1
            try:
                yield number, next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield number, None
