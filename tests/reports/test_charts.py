"""Charts: what they are drawn from, and how they stand in a Word file."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from docx import Document
from docx.document import Document as WordFile
from docx.opc.part import Part
from docx.oxml.ns import qn
from openpyxl import load_workbook

from matcher.errors import UnknownNameError
from matcher.reports.charting import ChartData, chart_data, colour, from_zero, is_labelled
from matcher.reports.native_charts import chart_parts, chart_xml, drawing_xml
from matcher.reports.opc import read_package
from matcher.reports.records import CellKind, Chart, ChartKind, Column, Table
from matcher.reports.templates import shipped_report_template
from matcher.reports.word import word_bytes
from tests.reports.samples import (
    BY_COUNTY,
    COUNTIES,
    EMPTY,
    FORMULAS,
    FUNNEL,
    ODD,
    REPORT,
    chart,
    table_of,
)

BARS, COLUMNS, LINE = ChartKind.BARS, ChartKind.COLUMNS, ChartKind.LINE


def data_of(table: Table, kind: ChartKind, label: str, *series: str, most: int = 12) -> ChartData:
    found = chart_data(chart(table, kind, label, *series, most=most), [table])
    assert found is not None
    return found


def test_a_chart_takes_the_first_rows_and_its_columns() -> None:
    found = data_of(BY_COUNTY, BARS, "county", "new", "share", most=3)
    assert found.labels == COUNTIES[:3]
    assert [series.name for series in found.series] == ["本月新增", "占比"]
    assert found.series[0].values == (1300, 1200, 1100)
    assert found.series[1].values == (1300 / 9100, 1200 / 9100, 1100 / 9100)
    assert [series.place for series in found.series] == [1, 3]
    assert found.unit == ""
    assert data_of(FUNNEL, BARS, "step", "month", "before").unit == "项"


def test_totals_are_not_drawn() -> None:
    assert "合计" not in data_of(BY_COUNTY, BARS, "county", "new", most=99).labels


def test_what_is_no_number_leaves_a_gap() -> None:
    table = table_of(("a", 1), ("b", None), ("c", "无"), ("d", float("nan")))
    assert data_of(table, LINE, "c0", "c1").series[0].values == (1, None, None, None)


def test_a_table_without_rows_gives_no_chart() -> None:
    assert chart_data(chart(EMPTY, BARS, "name", "end"), [EMPTY]) is None
    assert chart_data(chart(FUNNEL, BARS, "step"), [FUNNEL]) is None


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(UnknownNameError, match="“odd”，可用的有：funnel"):
        chart_data(chart(ODD, BARS, "text", "count"), [FUNNEL])
    with pytest.raises(UnknownNameError, match="“对接进展”的列“x”，可用的有：step、month、before"):
        chart_data(chart(FUNNEL, BARS, "x", "month"), [FUNNEL])


def test_colours_repeat_and_begin_deep_blue() -> None:
    assert colour(0) == "1F4E79"
    assert colour(4) == colour(0)
    assert len({colour(place) for place in range(4)}) == 4


@pytest.mark.parametrize(
    ("kind", "tag"), [(BARS, "c:barChart"), (COLUMNS, "c:barChart"), (LINE, "c:lineChart")]
)
def test_the_chart_is_drawn_as_asked(kind: ChartKind, tag: str) -> None:
    xml = chart_xml(data_of(FUNNEL, kind, "step", "month")).decode()
    assert f"<{tag}>" in xml
    assert ('<c:barDir val="bar"/>' in xml) == (kind is BARS)
    # The first row stands at the top, as in the table.
    assert ('<c:orientation val="maxMin"/>' in xml) == (kind is BARS)
    assert re.findall(r"<c:v>(\d+)</c:v>", xml)[-5:] == ["128", "101", "56", "12", "3"]
    assert 'srgbClr val="1F4E79"' in xml
    assert '<a:ea typeface="仿宋_GB2312"/>' in xml
    assert '<c:roundedCorners val="0"/>' in xml
    assert '<c:showVal val="1"/>' in xml


def test_one_series_needs_no_legend() -> None:
    assert "<c:legend>" not in chart_xml(data_of(FUNNEL, BARS, "step", "month")).decode()
    assert "<c:legend>" in chart_xml(data_of(FUNNEL, BARS, "step", "month", "before")).decode()


def test_many_marks_carry_no_numbers_but_an_axis() -> None:
    table = table_of(*((str(row), row, row) for row in range(30)))
    found = data_of(table, COLUMNS, "c0", "c1", "c2", most=30)
    assert not is_labelled(found)
    xml = chart_xml(found).decode()
    assert '<c:showVal val="1"/>' not in xml
    assert "<c:majorGridlines>" in xml


def test_the_scale_begins_at_zero_unless_something_is_below() -> None:
    assert from_zero(data_of(BY_COUNTY, BARS, "county", "new"))
    assert not from_zero(data_of(BY_COUNTY, BARS, "county", "change"))
    assert '<c:min val="0' in chart_xml(data_of(BY_COUNTY, BARS, "county", "new")).decode()
    assert "<c:min " not in chart_xml(data_of(BY_COUNTY, BARS, "county", "change")).decode()


def test_shares_are_shown_as_percent() -> None:
    assert 'formatCode="0.0%"' in chart_xml(data_of(BY_COUNTY, BARS, "county", "share")).decode()


def test_the_workbook_behind_a_chart_holds_its_data_and_no_formula() -> None:
    found = data_of(ODD, BARS, "text", "count", "share", most=6)
    _, book = chart_parts(found, 1, REPORT.made_on)
    sheet = load_workbook(BytesIO(book.content))["Sheet1"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == (None, "数量", "比例")
    assert [row[1:] for row in rows[1:]] == [(0, 0)] * 6
    for row, text in zip(sheet.iter_rows(min_row=2, max_col=1), FORMULAS, strict=True):
        assert row[0].data_type == "s"
        assert str(row[0].value).rstrip("…")[:10] == text.strip()[:10]


def test_a_chart_without_numbers_is_drawn_all_the_same() -> None:
    table = table_of(("a", None), ("b", None))
    assert chart_xml(data_of(table, BARS, "c0", "c1"))


def test_the_drawing_tells_the_blind_what_it_shows() -> None:
    told = replace(data_of(FUNNEL, BARS, "step", "month"), title='"对接"<进展>&')
    xml = drawing_xml(told, 1, "Figure")
    assert "提交，入库，对接，签约，建站" in xml
    assert "&lt;进展&gt;&amp;" in xml


def parts_of(file: WordFile) -> dict[str, Part]:
    return {rel.rId: rel.target_part for rel in file.part.rels.values() if "chart" in rel.reltype}


def test_the_charts_of_a_report_are_parts_of_the_file() -> None:
    content = word_bytes(REPORT, shipped_report_template())
    file = Document(BytesIO(content))
    drawn = [each.get(qn("r:id")) for each in file.element.body.iter(qn("c:chart"))]
    charts = parts_of(file)
    # The chart of an empty table is left out; the others stand in the order of the text.
    assert drawn == ["rIdChart1", "rIdChart2", "rIdChart3", "rIdChart4"]
    for number, each in enumerate(drawn, start=1):
        part = charts[each]
        assert part.partname == f"/word/charts/chart{number}.xml"
        assert part.content_type.endswith("drawingml.chart+xml")
        (book,) = [rel.target_part for rel in part.rels.values()]
        assert book.partname == f"/word/embeddings/chart{number}.xlsx"
        assert load_workbook(BytesIO(book.blob)).sheetnames == ["Sheet1"]
    ids = [each.get("id") for each in file.element.body.iter(qn("wp:docPr"))]
    assert len(set(ids)) == 4
    assert all(part in read_package(content) for part in ("word/charts/chart4.xml",))


def test_a_column_of_dates_can_name_the_marks() -> None:
    columns = (Column(key="d", label="日", kind=CellKind.DATE), Column(key="n", label="数"))
    table = Table(key="t", title="表", columns=columns, rows=((REPORT.made_on, 1), (None, 2)))
    asked = Chart(table="t", title="图", kind=LINE, label="d", series=("n",))
    found = chart_data(asked, [table])
    assert found is not None
    assert found.labels == ("2026年12月1日", "—")
