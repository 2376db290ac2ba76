"""The workbook: every cell with its value and type, nothing that runs, names, charts, print."""

import zipfile
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from matcher.errors import UnknownNameError
from matcher.reports.clean import CUT, MOST_IN_CELL, clean
from matcher.reports.excel import CHARTS, OVERVIEW, excel_bytes, write_excel
from matcher.reports.formats import chinese_date, heading
from matcher.reports.records import Cell, CellKind, Chart, ChartKind, Column, Report, Section, Table
from matcher.reports.sheet_names import LONGEST, sheet_names
from tests.reports.samples import BY_COUNTY, EMPTY, FORMULAS, ODD, REPORT, report_of, table_of


def opened(report: Report) -> Workbook:
    return load_workbook(BytesIO(excel_bytes(report)))


def sheet_of(table: Table) -> Worksheet:
    return opened(report_of(table)).worksheets[2]


def kept(cell: Cell) -> object:
    """What a cell is in the workbook."""
    if isinstance(cell, str):
        return clean(cell) or None
    if isinstance(cell, date):
        return (
            datetime.combine(cell, datetime.min.time()) if cell.year > 1900 else chinese_date(cell)
        )
    return cell


def test_every_cell_of_every_table_stands_on_its_sheet() -> None:
    book = opened(REPORT)
    assert book.sheetnames[:2] == [OVERVIEW, CHARTS]
    assert len(book.worksheets) == 2 + len(REPORT.tables)
    for sheet, table in zip(book.worksheets[2:], REPORT.tables, strict=True):
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        assert rows[0] == list(map(heading, table.columns))
        wanted = [*table.rows, *([table.total] if table.total else [])]
        if table.rows:
            # A workbook keeps 16 digits of a number, a little less than there are.
            for row, cells in zip(rows[1:], wanted, strict=True):
                assert row == [
                    pytest.approx(cell, rel=1e-15) if isinstance(cell, float) else kept(cell)
                    for cell in cells
                ]
        else:
            assert rows[1][0] == table.empty


def test_no_cell_is_a_formula_and_every_text_is_a_text() -> None:
    for sheet in opened(REPORT).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.coordinate
                if isinstance(cell.value, str):
                    assert cell.data_type == "s"
    texts = [row[0].value for row in sheet_of(ODD).iter_rows(min_row=2)]
    assert texts[: len(FORMULAS)] == list(FORMULAS)


def test_no_part_of_the_file_holds_a_formula_of_a_cell() -> None:
    with zipfile.ZipFile(BytesIO(excel_bytes(REPORT))) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                assert b"<f>" not in archive.read(name), name
            if name.endswith(".rels"):
                # A link leads to a sheet, never out of the file.
                assert b"External" not in archive.read(name), name


def test_numbers_dates_and_shares_have_their_formats() -> None:
    sheet = sheet_of(BY_COUNTY)
    formats = [cell.number_format for cell in sheet[3]]
    assert formats == ["@", "#,##0", "#,##0", "0.0%", "#,##0.00", "yyyy-mm-dd"]
    assert [cell.data_type for cell in sheet[3]] == ["s", "n", "n", "n", "n", "d"]
    total = sheet[len(BY_COUNTY.rows) + 2]
    assert [cell.value for cell in total] == ["合计", 9100, 7, 1, 39256.15, None]
    assert all(cell.font.bold for cell in total if cell.value is not None)


def test_a_sheet_can_be_read_filtered_and_printed() -> None:
    sheet = sheet_of(BY_COUNTY)
    assert sheet.freeze_panes == "B2"
    # The filter leaves the row of totals where it is.
    assert sheet.auto_filter.ref == "A1:F14"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    # Without a word it is one page wide.
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)
    assert sheet.column_dimensions["A"].width >= len(heading(BY_COUNTY.columns[0]))
    assert sheet.column_dimensions["F"].width >= 15
    assert sheet_of(EMPTY).auto_filter.ref is None


def test_the_overview_tells_what_the_workbook_is_and_leads_to_every_sheet() -> None:
    sheet = opened(REPORT)[OVERVIEW]
    texts = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    for wanted in (
        REPORT.title,
        "统计期间：2026年11月1日至11月30日",
        "范围：全市",
        "数据截至：2026年12月1日",
        f"注1：{REPORT.notes[0]}",
        EMPTY.empty,
    ):
        assert wanted in texts
    links = [row[0].hyperlink.location for row in sheet.iter_rows() if row[0].hyperlink]
    assert links == [f"'{name}'!A1" for name in opened(REPORT).sheetnames[1:]]


def test_charts_are_native_and_refer_to_the_cells() -> None:
    with zipfile.ZipFile(BytesIO(excel_bytes(REPORT))) as archive:
        charts = sorted(name for name in archive.namelist() if name.startswith("xl/charts/chart"))
        assert len(charts) == 4
        bars = archive.read(charts[1]).decode()
    assert '<c:barDir val="bar"/>' in bars
    assert "'各县（市、区）需求情况'!$B$2:$B$14" in bars
    assert "'各县（市、区）需求情况'!$A$2:$A$14" in bars


def test_a_chart_of_what_is_not_there_is_refused() -> None:
    def charted(**changes: object) -> Report:
        told = {
            "table": "t",
            "title": "图",
            "kind": ChartKind.BARS,
            "label": "c0",
            "series": ("c1",),
        }
        chart = Chart(**(told | changes))  # type: ignore[arg-type]
        table = table_of(("a", 1))
        section = Section(key="s", heading="一", charts=(chart,), tables=(table,))
        return report_of(sections=(section,))

    assert excel_bytes(charted())
    with pytest.raises(UnknownNameError, match=r"图表所用的表“x”，可用的有：t"):
        excel_bytes(charted(table="x"))
    with pytest.raises(UnknownNameError, match=r"列“x”，可用的有：c0、c1"):
        excel_bytes(charted(series=("x",)))


def test_a_report_without_charts_says_so() -> None:
    assert opened(report_of(EMPTY))[CHARTS]["A1"].value == "本期没有可以画图的数据"


def test_the_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    write_excel(REPORT, first)
    write_excel(REPORT, second)
    assert first.read_bytes() == second.read_bytes()
    told = load_workbook(first).properties
    assert (told.title, told.creator) == (REPORT.title, REPORT.issuer)
    assert told.created == datetime(2026, 12, 1)


@pytest.mark.parametrize("sign", ["长", "𬇙"])
def test_a_text_that_no_cell_holds_is_cut_and_says_so(sign: str) -> None:
    value = sheet_of(table_of((sign * 40_000, 1)))["A2"].value
    assert value.endswith(CUT)
    assert len(value.encode("utf-16-le")) // 2 in {MOST_IN_CELL, MOST_IN_CELL - 1}
    assert set(value.removesuffix(CUT)) == {sign}


def test_numbers_that_are_none_are_blank() -> None:
    row = sheet_of(table_of(("a", float("nan"), float("inf"), 2.5)))[2]
    assert [cell.value for cell in row] == ["a", None, None, 2.5]


def test_a_number_in_a_column_of_texts_and_a_text_among_numbers_stay_what_they_are() -> None:
    columns = (Column(key="a", label="文字"), Column(key="b", label="数", kind=CellKind.COUNT))
    row = sheet_of(replace(table_of((7, "无")), columns=columns))[2]
    assert [(cell.value, cell.data_type) for cell in row] == [(7, "n"), ("无", "s")]


@given(st.lists(st.text(max_size=40), max_size=12))
def test_names_of_sheets_are_valid_and_none_is_twice(titles: list[str]) -> None:
    names = sheet_names(titles, taken=(OVERVIEW, CHARTS))
    assert len(names) == len(titles)
    assert len({name.casefold() for name in (*names, OVERVIEW, CHARTS)}) == len(names) + 2
    for name in names:
        assert 1 <= len(name.encode("utf-16-le")) // 2 <= LONGEST
        assert not set(name) & set("[]:*?/\\")
        assert name.casefold() != "history"
        assert not name.startswith("'")
        assert not name.endswith("'")


@given(st.lists(st.text(alphabet=st.characters(), max_size=30), min_size=1, max_size=5))
def test_whatever_people_wrote_the_workbook_opens_and_holds_it(texts: list[str]) -> None:
    table = table_of(*((text, 1) for text in texts), title=texts[0])
    sheet = opened(report_of(table)).worksheets[2]
    found = [row[0].value or "" for row in sheet.iter_rows(min_row=2)]
    assert found == [clean(text) for text in texts]
