"""A table of a report on a sheet of its own: one heading, then its rows, then the totals."""

import math
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Final

from xlsxwriter.worksheet import Worksheet

from matcher.reports.clean import MOST_IN_CELL, clean, cut, one_line
from matcher.reports.excel_styles import LINE_HEIGHT, Styles
from matcher.reports.formats import chinese_date, display_width, heading, shown
from matcher.reports.records import Cell, CellKind, Column, Table

_NARROWEST, _WIDEST = 8, 60
_HIGHEST = 400
"""Points that a row may be high; Excel shows no more than 409."""
_FIRST_DAY: Final = date(1900, 3, 1)
"""Excel takes 1900 for a leap year, so that earlier days are wrong in it."""


def write_table(sheet: Worksheet, table: Table, styles: Styles) -> None:
    """Write a table: the heading stays in view, and the filter leaves the totals where they are."""
    widths = [_column_width(table, place) for place in range(len(table.columns))]
    for place, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading(column), styles.head)
    sheet.set_row(0, 2 * LINE_HEIGHT + 2)
    for number, row in enumerate(table.rows, start=1):
        _write_row(sheet, number, row, columns=table.columns, widths=widths, styles=styles)
    below = len(table.rows) + 1
    if table.total is not None:
        _write_row(
            sheet,
            below,
            table.total,
            columns=table.columns,
            widths=widths,
            styles=styles,
            total=True,
        )
        below += 1
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    else:
        sheet.write_string(below, 0, one_line(table.empty), styles.empty)
    sheet.freeze_panes(1, 1 if len(table.columns) > 3 else 0)
    sheet.repeat_rows(0)


def _write_row(
    sheet: Worksheet,
    number: int,
    row: Sequence[Cell],
    *,
    columns: Sequence[Column],
    widths: Sequence[float],
    styles: Styles,
    total: bool = False,
) -> None:
    lines = 1
    for place, (cell, column, width) in enumerate(zip(row, columns, widths, strict=True)):
        fraction = isinstance(cell, float) and not cell.is_integer()
        style = styles.cell(column.kind, total=total, fraction=fraction)
        # A cell by its own type: what is a text in a column of numbers stays a text.
        if isinstance(cell, str) and (text := cut(clean(cell), MOST_IN_CELL)):
            sheet.write_string(number, place, text, style)
            lines = max(lines, _lines(text, width))
        elif isinstance(cell, date) and cell < _FIRST_DAY:
            sheet.write_string(number, place, chinese_date(cell), style)
        elif isinstance(cell, date):
            sheet.write_datetime(number, place, datetime.combine(cell, time()), style)
        elif isinstance(cell, int | float) and math.isfinite(cell):
            sheet.write_number(number, place, cell, style)
        else:
            sheet.write_blank(number, place, None, style)
    # Not every program makes a row as high as its wrapped text.
    if lines > 1:
        sheet.set_row(number, min(_HIGHEST, lines * LINE_HEIGHT + 2))


def _lines(text: str, width: float) -> int:
    """Lines that a text takes up in a column."""
    return sum(max(1, math.ceil(display_width(line) / (width - 2))) for line in text.split("\n"))


def _column_width(table: Table, place: int) -> float:
    """Width in characters: that of the widest cell, or of half the heading, within bounds."""
    column = table.columns[place]
    rows = table.rows if table.total is None else (*table.rows, table.total)
    cells = max((display_width(shown(row[place], column.kind)) for row in rows), default=0)
    # The heading wraps, and the button of the filter covers some of it.
    head = display_width(heading(column)) // 2 + 4
    extra = 3 if column.kind is CellKind.TEXT else 2
    return min(max(_NARROWEST, head, cells) + extra, _WIDEST)
