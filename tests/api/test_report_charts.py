"""Charts of a report as SVG."""

import re
from xml.etree import ElementTree

import pytest

from api.report_charts import chart_svg
from matcher.reports.charting import ChartData, Series
from matcher.reports.records import CellKind, ChartKind


def series(name: str, *values: float | None) -> Series:
    return Series(name=name, kind=CellKind.COUNT, unit="项", place=1, values=values)


def drawn(kind: ChartKind, *of: Series, labels: tuple[str, ...] = ("甲", "乙", "丙")) -> str:
    data = ChartData(title="示例图", kind=kind, table="t", place=0, labels=labels, series=of)
    return str(chart_svg(data))


def shown(chart: str) -> list[str]:
    return [text.text or "" for text in ElementTree.fromstring(chart).iter("text")]


def heights(chart: str) -> list[float]:
    """Of the columns, without the squares before the names of the series."""
    return [float(each) for each in re.findall(r'<rect [^>]*%"[^>]* height="([\d.]+)"', chart)]


@pytest.mark.parametrize("kind", list(ChartKind))
def test_every_kind_is_well_formed_and_has_nothing_inline(kind: ChartKind) -> None:
    chart = drawn(kind, series("<新>", 3, None, 0), series("旧", 1, 2, None))
    ElementTree.fromstring(chart)
    assert "style=" not in chart
    assert "<新>" not in chart
    assert 'aria-label="示例图"' in chart


def test_bars_show_their_numbers() -> None:
    chart = drawn(ChartKind.BARS, series("新", 1200, None, 0))
    assert shown(chart) == ["甲", "1,200", "乙", "—", "丙", "0"]


def test_columns_are_as_high_as_their_numbers() -> None:
    chart = drawn(ChartKind.COLUMNS, series("新", 4, 2, 0), series("旧", 1, None, 8))
    assert heights(chart) == [74.0, 37.0, 0.0, 18.5, 148.0]
    assert shown(chart) == ["新", "旧", "甲", "乙", "丙", "4", "2", "0", "1", "8"]
    assert "<title>甲 新 4项</title>" in chart


def test_a_single_series_needs_no_key() -> None:
    assert shown(drawn(ChartKind.COLUMNS, series("新", 4, 2, 1)))[0] == "甲"


def test_a_line_goes_through_what_is_known() -> None:
    chart = drawn(ChartKind.LINE, series("新", 4, None, 2))
    assert 'points="16.67,0.00 83.33,50.00"' in chart
    assert shown(chart) == ["甲", "乙", "丙", "4", "2"]
    assert shown(drawn(ChartKind.LINE, series("新", 0, 0, 0)))[:3] == ["甲", "乙", "丙"]


def test_numbers_of_two_lines_keep_clear_of_each_other() -> None:
    chart = drawn(ChartKind.LINE, series("新", 10, 10, 0), series("旧", 9, 1, 9))
    heads = re.findall(r'chart-head"[^>]* y="([\d.]+)">(\d*)<', chart)
    places = {(text, index): float(y) for index, (y, text) in enumerate(heads)}
    dots = [float(y) for y in re.findall(r'cy="([\d.]+)"', chart)]
    assert places["9", 3] > dots[3], "right under the other line it stands below its dot"
    assert places["1", 4] < dots[4]
    assert places["9", 5] < dots[5]


def test_long_labels_are_cut_by_their_width() -> None:
    labels = ("2025年12月", "一个名字特别长的功能区", "丙")
    chart = drawn(ChartKind.COLUMNS, series("新", 1, 1, 1), labels=labels)
    assert shown(chart)[:2] == ["2025年12月", "一个名字特别…"]
    assert "<title>一个名字特别长的功能区 新 1项</title>" in chart
