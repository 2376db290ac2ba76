"""The report as a workbook: an overview, its charts, and one sheet for each table."""

from collections.abc import Sequence
from datetime import datetime, time
from io import BytesIO
from pathlib import Path
from typing import Final

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from matcher.reports.clean import MOST_IN_CELL, cut, one_line
from matcher.reports.excel_charts import add_charts
from matcher.reports.excel_styles import AS_TEXT, LINE_HEIGHT, Styles, set_up_print
from matcher.reports.excel_tables import write_table
from matcher.reports.formats import NOTHING, chinese_date, display_width
from matcher.reports.records import CellKind, Report
from matcher.reports.sheet_names import sheet_names

OVERVIEW: Final = "目录"
CHARTS: Final = "图表"

_COLUMNS = (("工作表", 46), ("行数", 10), ("说明", 64))
_WIDTH = sum(width for _, width in _COLUMNS)


def write_excel(report: Report, path: Path) -> None:
    """Write a report as an .xlsx workbook; the same report gives the same bytes.

    Raises:
        UnknownNameError: a chart names a table or column that is not there.
        OSError: the file cannot be written.
    """
    path.write_bytes(excel_bytes(report))


def excel_bytes(report: Report) -> bytes:
    """The workbook of a report.

    Raises:
        UnknownNameError: a chart names a table or column that is not there.
    """
    written = BytesIO()
    book = xlsxwriter.Workbook(written, AS_TEXT)
    book.set_properties(
        {
            "title": one_line(report.title),
            "author": one_line(report.issuer),
            "created": datetime.combine(report.made_on, time()),
        }
    )
    styles = Styles(book)
    names = sheet_names([table.title for table in report.tables], taken=(OVERVIEW, CHARTS))
    overview = book.add_worksheet(OVERVIEW)
    charts = [chart for section in report.sections for chart in section.charts]
    sheet = book.add_worksheet(CHARTS)
    by_key = {table.key: name for table, name in zip(report.tables, names, strict=True)}
    set_up_print(sheet, report.title, CHARTS)
    if not add_charts(book, sheet, charts, report.tables, by_key):
        sheet.write_string(0, 0, "本期没有可以画图的数据", styles.empty)
    for table, name in zip(report.tables, names, strict=True):
        sheet = book.add_worksheet(name)
        write_table(sheet, table, styles)
        set_up_print(sheet, report.title, table.title)
    _write_overview(overview, report, names, styles)
    book.close()
    return written.getvalue()


def _write_overview(sheet: Worksheet, report: Report, names: Sequence[str], styles: Styles) -> None:
    """What the workbook is, a link to every sheet, and how its figures were obtained."""
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, one_line(report.title), styles.title)
    sheet.set_row(0, 2 * LINE_HEIGHT)
    about = (
        ("期号", report.issue),
        ("统计期间", report.period),
        ("范围", report.edition.county or "全市"),
        ("编制单位", report.issuer),
        ("数据截至", chinese_date(report.made_on)),
    )
    for row, (label, text) in enumerate(about, start=1):
        _write_across(sheet, row, f"{label}：{one_line(text) or NOTHING}", styles)
    row = len(about) + 2
    for place, (label, width) in enumerate(_COLUMNS):
        sheet.set_column(place, place, width)
        sheet.write_string(row, place, label, styles.head)
    row += 1
    _link(sheet, row, CHARTS, styles)
    for table, name in zip(report.tables, names, strict=True):
        row += 1
        _link(sheet, row, name, styles)
        sheet.write_number(row, 1, len(table.rows), styles.cell(CellKind.COUNT))
        sheet.write_string(row, 2, "" if table.rows else one_line(table.empty), styles.plain)
    for number, note in enumerate(report.notes, start=1):
        _write_across(sheet, row + 1 + number, f"注{number}：{one_line(note)}", styles)
    set_up_print(sheet, report.title, OVERVIEW, high=1)


def _write_across(sheet: Worksheet, row: int, text: str, styles: Styles) -> None:
    """A text over all columns; such a cell does not grow with its text by itself."""
    sheet.merge_range(row, 0, row, len(_COLUMNS) - 1, "", styles.plain)
    sheet.write_string(row, 0, cut(text, MOST_IN_CELL), styles.plain)
    lines = 1 + display_width(text) // (_WIDTH - 4)
    sheet.set_row(row, min(20, lines) * LINE_HEIGHT + 2)


def _link(sheet: Worksheet, row: int, name: str, styles: Styles) -> None:
    quoted = name.replace("'", "''")
    sheet.write_url(row, 0, f"internal:'{quoted}'!A1", styles.link, name)
