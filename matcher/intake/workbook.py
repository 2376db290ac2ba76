"""Rows of an .xlsx workbook, streamed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl

from matcher.errors import UnreadableFileError
from matcher.intake.header import HEADER_WITHIN, Header, describe, find_header, unnamed
from matcher.intake.merged import MergedCells, read_merged
from matcher.intake.results import RawRow
from matcher.intake.tables import EVIDENCE_SHEET

_LAST_ROW = 1_048_576


def read_workbook(path: Path) -> Iterator[RawRow]:
    """The rows below the header of the first sheet that has one, but for that of evidence.

    Blank rows and lines of title are skipped. Values are text, numbers, dates and truths; of
    formulas the value last computed.

    Raises:
        UnreadableFileError: the workbook is damaged, or no sheet has a header.
    """
    with _opened(path) as book:
        seen: list[object] = []
        for sheet in book.worksheets:
            if sheet.title.strip() == EVIDENCE_SHEET:
                continue
            top = list(islice(_numbered(path, sheet), HEADER_WITHIN))
            header = find_header(top)
            if header:
                yield from _rows(path, sheet, header)
                return
            seen = seen or next((list(cells) for _, cells in top if any(cells)), [])
    raise UnreadableFileError(
        f"“{path.name}”里找不到表头（写着列名的一行），"
        f"只看到：{describe(str(cell) for cell in seen if cell is not None)}。请使用导入模板的列名"
    )


def read_evidence_sheet(path: Path) -> Iterator[RawRow]:
    """The rows of the sheet of evidence; nothing if there is no such sheet or it is empty.

    Raises:
        UnreadableFileError: the workbook is damaged, or the sheet has content but no header.
    """
    with _opened(path) as book:
        for sheet in book.worksheets:
            if sheet.title.strip() != EVIDENCE_SHEET:
                continue
            top = list(islice(_numbered(path, sheet), HEADER_WITHIN))
            header = find_header(top)
            if header:
                yield from _rows(path, sheet, header)
            elif any(_is_filled(cells) for _, cells in top):
                raise UnreadableFileError(
                    f"“{path.name}”的工作表“{EVIDENCE_SHEET}”里找不到表头，请使用导入模板的列名"
                )


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    with _damage_told(path):
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        yield book
    finally:
        book.close()


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    """Around openpyxl only: a damaged workbook breaks it in any way there is."""
    try:
        yield
    except Exception as error:
        raise UnreadableFileError(
            f"“{path.name}”已损坏或不是完整的 Excel 文件，请用 Excel 或 WPS 打开后另存一份再导入"
        ) from error


def _rows(path: Path, sheet: Any, header: Header) -> Iterator[RawRow]:  # noqa: ANN401
    with _damage_told(path):
        merged = read_merged(path, sheet._worksheet_path)
    for number, cells in _numbered(path, sheet):
        if number <= header.number or not _is_filled(cells):
            continue
        if merged.has_banner(number) and sum(map(_is_written, cells)) == 1:
            continue
        yield _row(number, cells, header, merged)


def _row(number: int, cells: Sequence[object], header: Header, merged: MergedCells) -> RawRow:
    filled = merged.fill_down(number, [*cells, *[None] * (header.count - len(cells))])
    values = dict(zip(header.names, filled, strict=False))
    for place, cell in enumerate(filled[header.count :], start=header.count + 1):
        if _is_written(cell):
            values[unnamed(place)] = cell
    return RawRow(number=number, values=values)


def _numbered(path: Path, sheet: Any) -> Iterator[tuple[int, Sequence[object]]]:  # noqa: ANN401
    """Rows with their numbers; what the file says of its own size is not relied on."""
    with _damage_told(path):
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            if number > _LAST_ROW:
                raise OverflowError(number)
            yield number, cells


def _is_written(cell: object) -> bool:
    return cell is not None and bool(str(cell).strip())


def _is_filled(cells: Sequence[object]) -> bool:
    return any(map(_is_written, cells))
