"""Page, API, Word and Excel say the same, whatever the month was like."""

from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import HealthCheck, Phase, given, settings
from openpyxl import load_workbook
from starlette.testclient import TestClient

from matcher.reports.facts import MonthRecords
from matcher.reports.formats import NOTHING, shown
from matcher.reports.records import Cell, CellKind, Edition, Report, Table
from matcher.reports.sheet_names import sheet_names
from matcher.service import Matcher
from tests.api.html import text
from tests.desk.test_reports import keep
from tests.reports.facts import months
from tests.reports.test_composing import composed
from tests.reports.test_figures import editions

Rows = list[tuple[Cell, ...]]


def rows_of(table: Table) -> Rows:
    return [*table.rows, *([table.total] if table.total is not None else [])]


def written(table: Table) -> list[list[str]]:
    """The cells as documents write them."""
    return [
        [shown(cell, column.kind) for column, cell in zip(table.columns, row, strict=True)]
        for row in rows_of(table)
    ]


def on_page(table: Table) -> list[str]:
    """The rows as the text of a page has them: days in figures, a dash for what is empty."""
    cells = [
        [
            cell.isoformat() if isinstance(cell, date) else shown(cell, column.kind) or NOTHING
            for column, cell in zip(table.columns, row, strict=True)
        ]
        for row in rows_of(table)
    ]
    return [" ".join(" ".join(row).split()) for row in cells]


def in_word(content: bytes) -> list[list[list[str]]]:
    """The body of every table of a document."""
    return [
        [
            ["".join(t.text or "" for t in cell.iter(qn("w:t"))) for cell in row.iter(qn("w:tc"))]
            for row in grid._tbl.iter(qn("w:tr"))
        ][1:]
        for grid in Document(BytesIO(content)).tables
    ]


def in_excel(content: bytes, report: Report) -> list[Rows]:
    """The body of every sheet that holds a table, with the types of the report's cells."""
    book = load_workbook(BytesIO(content))
    tables = report.tables
    names = sheet_names([table.title for table in tables], taken=book.sheetnames[: -len(tables)])
    return [
        [
            tuple(
                cell.date() if isinstance(cell, datetime) else cell
                for cell in row[: len(table.columns)]
            )
            for row in book[name].iter_rows(
                min_row=2, max_row=1 + len(rows_of(table)), values_only=True
            )
        ]
        for name, table in zip(names, tables, strict=True)
    ]


def plain(cell: Cell) -> object:
    """A cell as JSON has it."""
    return cell.isoformat() if isinstance(cell, date) else cell


@settings(
    max_examples=8,
    deadline=None,
    # An example writes two documents: looking for the smallest one that fails would take minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(months(), editions)
def test_page_api_word_and_excel_show_the_same_numbers(
    client: TestClient, filled: Matcher, records: MonthRecords, edition: Edition
) -> None:
    report = composed(records, edition)
    keep(filled, report)
    address, year = f"/reports/{edition.month:%Y-%m}", edition.year_to_date
    asked = {"ytd": "1"} if year else {}

    answer: dict[str, Any] = client.get(
        f"/api/v1{address}", params={"year_to_date": str(year).lower()}
    ).json()
    told = [t for section in answer["sections"] for t in section["tables"]] + answer["appendices"]
    page = text(client.get(address, params=asked).text)
    files = {
        wanted: client.get(f"{address}/export", params=asked | {"format": wanted}).content
        for wanted in ("docx", "xlsx")
    }
    in_document, in_book = in_word(files["docx"]), in_excel(files["xlsx"], report)

    for number, table in enumerate(report.tables):
        rows = [[plain(cell) for cell in row] for row in rows_of(table)]
        assert [*told[number]["rows"], *filter(None, [told[number]["total"]])] == rows
        for row in on_page(table):
            assert row in page, table.key
        printed = table.on_paper if table in report.appendices else table
        assert in_document[number] == written(printed)
        for own, found in zip(rows_of(table), in_book[number], strict=True):
            for column, cell, seen in zip(table.columns, own, found, strict=True):
                if isinstance(cell, float) and column.kind is not CellKind.TEXT:
                    assert seen == pytest.approx(cell, rel=1e-14)
                else:
                    assert seen == (cell if cell != "" else None)
