"""Native charts of a workbook, all on one sheet, drawn from the cells of the tables' sheets."""

from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from matcher.reports.charting import (
    NUMBER_FORMATS,
    ChartData,
    chart_data,
    colour,
    from_zero,
    is_labelled,
)
from matcher.reports.records import Chart, ChartKind, Table

_TYPES = {ChartKind.BARS: "bar", ChartKind.COLUMNS: "column", ChartKind.LINE: "line"}
_FONT = {"name": "微软雅黑", "size": 9, "color": "#404040"}
_WIDTH, _HEIGHT = 620, 360
_ACROSS, _DOWN = 10, 19
"""Cells between the corners of two charts."""
_SCALE = 60
"""Percent at which two charts are as wide as an A4 page."""


def add_charts(
    book: xlsxwriter.Workbook,
    sheet: Worksheet,
    charts: Sequence[Chart],
    tables: Sequence[Table],
    names: Mapping[str, str],
) -> int:
    """Draw charts on a sheet, two side by side; returns how many, those without data left out.

    Args:
        book: the workbook.
        sheet: where they are put.
        charts: what is to be drawn.
        tables: all tables of the report.
        names: the sheet of each table, by its key.

    Raises:
        UnknownNameError: a chart names a table or column that is not there.
    """
    found = [data for chart in charts if (data := chart_data(chart, tables)) is not None]
    for number, data in enumerate(found):
        row, place = divmod(number, 2)
        sheet.insert_chart(row * _DOWN, place * _ACROSS, _chart(book, data, names[data.table]))
    # Four charts fill a page; breaks count only where the size is given, not the number of pages.
    sheet.set_print_scale(_SCALE)
    sheet.set_h_pagebreaks(list(range(2 * _DOWN - 1, len(found) * _DOWN // 2, 2 * _DOWN)))
    return len(found)


def _chart(book: xlsxwriter.Workbook, data: ChartData, sheet: str) -> Any:  # noqa: ANN401
    chart = book.add_chart({"type": _TYPES[data.kind]})
    last = len(data.labels)
    for number, series in enumerate(data.series):
        told = {
            "name": _no_reference(series.name),
            "categories": [sheet, 1, data.place, last, data.place],
            "values": [sheet, 1, series.place, last, series.place],
            "gap": 60,
        }
        paint = {"color": f"#{colour(number)}"}
        if data.kind is ChartKind.LINE:
            told |= {"line": paint | {"width": 2.25}, "marker": {"type": "circle", "fill": paint}}
        else:
            told |= {"fill": paint}
        if is_labelled(data):
            told["data_labels"] = {
                "value": True,
                "font": _FONT,
                "num_format": NUMBER_FORMATS.get(series.kind, "General"),
                "position": "above" if data.kind is ChartKind.LINE else "outside_end",
            }
        chart.add_series(told)
    unit = f"（{data.unit}）" if data.unit else ""
    title = _no_reference(data.title + unit)
    chart.set_title({"name": title, "name_font": _FONT | {"size": 12, "bold": True}})
    chart.set_size({"width": _WIDTH, "height": _HEIGHT})
    chart.set_chartarea({"border": {"color": "#D9D9D9"}})
    labels = {"num_font": _FONT, "line": {"color": "#BFBFBF"}}
    numbers = {
        "num_font": _FONT,
        "major_gridlines": {"visible": not is_labelled(data), "line": {"color": "#E7E6E6"}},
        "visible": not is_labelled(data),
        "min": 0 if from_zero(data) else None,
    }
    if data.kind is ChartKind.BARS:
        chart.set_x_axis(numbers)
        chart.set_y_axis(labels | {"reverse": True})
    else:
        chart.set_x_axis(labels)
        chart.set_y_axis(numbers)
    if len(data.series) == 1:
        chart.set_legend({"none": True})
    else:
        chart.set_legend({"position": "bottom", "font": _FONT})
    return chart


def _no_reference(name: str) -> str:
    """A name that is not taken for a reference to cells."""
    return name.lstrip("=") or "　"
