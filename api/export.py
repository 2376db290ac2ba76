"""Lists as spreadsheets."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Generic, TypeVar
from urllib.parse import quote

from fastapi import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from matcher.desk import Act, Desk, Subject
from matcher.people import Permission
from matcher.people.days import today

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 50_000

Row = TypeVar("Row")


@dataclass(frozen=True)  # a generic class with slots cannot be made as ExportColumn[Row](…)
class ExportColumn(Generic[Row]):
    """A column of the spreadsheet: its heading, what stands in it, and its width in characters."""

    label: str
    value: Callable[[Row], object]
    width: int = 16


def spreadsheet(
    desk: Desk,
    subject: Subject,
    title: str,
    columns: Sequence[ExportColumn[Row]],
    rows: Iterable[Row],
) -> Response:
    """A list as an .xlsx file, noted in the audit log.

    Args:
        desk: whoever exports.
        subject: what the list is of.
        title: name of the sheet and, with the day, of the file.
        columns: what it shows.
        rows: at most `MOST_ROWS` of them.

    Raises:
        ForbiddenError: the actor may not export.
    """
    desk.actor.require(Permission.EXPORT)
    book = Workbook(write_only=True)
    sheet: Worksheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns):
        sheet.column_dimensions[chr(ord("A") + place)].width = column.width
    sheet.append([_cell(sheet, column.label, bold=True) for column in columns])
    count = 0
    for row in rows:
        sheet.append([_cell(sheet, column.value(row)) for column in columns])
        count += 1
    told = f"{title} {count} 行"
    with desk.writing(Permission.EXPORT) as session:
        desk.log(session, Act.EXPORT, subject, "", county=desk.actor.county, summary=told)
    written = BytesIO()
    book.save(written)
    name = quote(f"{title}{today():%Y%m%d}.xlsx")
    return Response(
        written.getvalue(),
        media_type=MEDIA_TYPE,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def _cell(sheet: Worksheet, value: object, *, bold: bool = False) -> WriteOnlyCell:
    if isinstance(value, datetime):
        value = value.replace(tzinfo=None)
    elif not isinstance(value, int | float | date | None):
        value = ILLEGAL_CHARACTERS_RE.sub("", str(value))
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        # Text that begins like a formula stays text: people wrote it, a spreadsheet would run it.
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
