"""Charts of a Word file as DrawingML, which Word draws and lets people edit.

python-pptx writes the chart; it needs no picture and no font in the file. The data lie in a small
workbook beside it, which Word opens for editing.
"""

# python-pptx says that it has types, but most of it has none.
# mypy: disable-error-code="no-untyped-call"

from collections.abc import Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import Any, Final
from xml.sax.saxutils import quoteattr

import xlsxwriter
from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.chart.xmlwriter import ChartXmlWriter
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
)
from pptx.oxml import parse_xml
from pptx.util import Pt

from matcher.reports.charting import NUMBER_FORMATS, ChartData, colour, from_zero, is_labelled
from matcher.reports.clean import shortened
from matcher.reports.excel_styles import AS_TEXT
from matcher.reports.opc import Part, Relation
from matcher.reports.records import ChartKind
from matcher.reports.xmltree import as_bytes, parsed

CHART_URI: Final = "http://schemas.openxmlformats.org/drawingml/2006/chart"

_MAIN_URI = "http://schemas.openxmlformats.org/drawingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KINDS = {
    ChartKind.BARS: XL_CHART_TYPE.BAR_CLUSTERED,
    ChartKind.COLUMNS: XL_CHART_TYPE.COLUMN_CLUSTERED,
    ChartKind.LINE: XL_CHART_TYPE.LINE_MARKERS,
}
_LATIN, _CHINESE = "Times New Roman", "仿宋_GB2312"
_SIZE = Pt(9)
_GREY = RGBColor(0x59, 0x59, 0x59)
_LONGEST_LABEL = 16
_EMU_A_MM = 36_000
_WIDTH = 150
_FIRST_ID = 10_001
"""Drawings of a template have small numbers; those put in must not be the same."""


def chart_parts(data: ChartData, number: int, made_on: date) -> tuple[Part, Part]:
    """The chart as a part of a Word file, and the workbook that it refers to.

    Args:
        data: what it shows.
        number: from 1, one for each chart of the file.
        made_on: stands in the workbook as the day it was made.
    """
    book = f"word/embeddings/chart{number}.xlsx"
    relation = Relation(id="rId1", type=f"{_RELATIONS}/package", target=f"../{book[5:]}")
    chart = Part(
        name=f"word/charts/chart{number}.xml",
        media_type=_CHART_TYPE,
        content=chart_xml(data),
        relations=(relation,),
    )
    return chart, Part(name=book, media_type=_BOOK_TYPE, content=_workbook(data, made_on))


def relation_to(part: Part, number: int) -> Relation:
    """What the text of the file refers to a chart by."""
    target = part.name.removeprefix("word/")
    return Relation(id=_id(number), type=f"{_RELATIONS}/chart", target=target)


def drawing_xml(data: ChartData, number: int, style: str) -> str:
    """The paragraph that holds a chart, as WordprocessingML.

    Args:
        data: what it shows.
        number: the chart's own.
        style: id of the paragraph's style.
    """
    size = f'cx="{_WIDTH * _EMU_A_MM}" cy="{_height(data) * _EMU_A_MM}"'
    told = quoteattr(f"{data.title}：" + "，".join(data.labels)[:200])
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:drawing>'
        '<wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/'
        f'wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
        f'<wp:docPr id="{_FIRST_ID + number}" name="图表 {number}" descr={told}/>'
        f'<wp:cNvGraphicFramePr/><a:graphic xmlns:a="{_MAIN_URI}">'
        f'<a:graphicData uri="{CHART_URI}"><c:chart xmlns:c="{CHART_URI}" '
        f'xmlns:r="{_RELATIONS}" r:id="{_id(number)}"/></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r></w:p>"
    )


def chart_xml(data: ChartData) -> bytes:
    """The chart itself: its number on each mark, no legend for one series, deep blue."""
    content = CategoryChartData()
    content.categories = [shortened(label, _LONGEST_LABEL) for label in data.labels]
    for series in data.series:
        number_format = NUMBER_FORMATS.get(series.kind, "General")
        content.add_series(series.name, series.values, number_format)
    space = parse_xml(ChartXmlWriter(_KINDS[data.kind], content).xml.encode())
    chart = Chart(space, None)
    chart.has_title = False
    _write_in(chart.font)
    chart.has_legend = len(data.series) > 1
    if chart.has_legend:
        chart.legend.position = XL_LEGEND_POSITION.BOTTOM
        chart.legend.include_in_layout = False
    _paint(chart, data)
    _set_axes(chart, data)
    _frame(space)
    return as_bytes(space)


def _paint(chart: Chart, data: ChartData) -> None:
    plot = chart.plots[0]
    for number, series in enumerate(plot.series):
        paint = RGBColor.from_string(colour(number))
        if data.kind is ChartKind.LINE:
            series.smooth = False
            series.format.line.color.rgb = paint
            series.format.line.width = Pt(1.75)
            series.marker.style = XL_MARKER_STYLE.CIRCLE
            series.marker.size = 5
            series.marker.format.fill.solid()
            series.marker.format.fill.fore_color.rgb = paint
            series.marker.format.line.color.rgb = paint
        else:
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = paint
            series.invert_if_negative = False
    if data.kind is not ChartKind.LINE:
        plot.gap_width = 60
        plot.overlap = 0
    if is_labelled(data):
        for series, told in zip(plot.series, data.series, strict=True):
            labels = series.data_labels
            labels.show_value = True
            labels.number_format = NUMBER_FORMATS.get(told.kind, "General")
            labels.number_format_is_linked = False
            _write_in(labels.font)
            labels.position = (
                XL_LABEL_POSITION.ABOVE
                if data.kind is ChartKind.LINE
                else XL_LABEL_POSITION.OUTSIDE_END
            )


def _set_axes(chart: Chart, data: ChartData) -> None:
    labels, numbers = chart.category_axis, chart.value_axis
    labels.format.line.color.rgb = RGBColor(0xBF, 0xBF, 0xBF)
    labels.has_major_gridlines = False
    # The first row of the table stands at the top.
    labels.reverse_order = data.kind is ChartKind.BARS
    _write_in(labels.tick_labels.font)
    numbers.visible = not is_labelled(data)
    numbers.has_major_gridlines = not is_labelled(data)
    if from_zero(data):
        numbers.minimum_scale = 0
    if numbers.visible:
        _write_in(numbers.tick_labels.font)
        numbers.major_gridlines.format.line.color.rgb = RGBColor(0xE7, 0xE6, 0xE6)


def _write_in(font: Any) -> None:  # noqa: ANN401 - python-pptx has no types
    """Set a font with its Chinese face, which the library knows nothing of."""
    font.size, font.bold, font.name = _SIZE, False, _LATIN
    font.color.rgb = _GREY
    properties = font._element
    latin = properties.find(f"{{{_MAIN_URI}}}latin")
    latin.addnext(parsed(f'<a:ea xmlns:a="{_MAIN_URI}" typeface="{_CHINESE}"/>'))


def _frame(space: Any) -> None:  # noqa: ANN401
    """No border and square corners, which are round where nothing is said; the workbook's link."""
    rounded = parsed(f'<c:roundedCorners xmlns:c="{CHART_URI}" val="0"/>')
    space.find(f"{{{CHART_URI}}}date1904").addnext(rounded)
    shape = (
        f'<c:spPr xmlns:c="{CHART_URI}" xmlns:a="{_MAIN_URI}"><a:noFill/>'
        "<a:ln><a:noFill/></a:ln></c:spPr>"
    )
    space.find(f"{{{CHART_URI}}}chart").addnext(parsed(shape))
    link = (
        f'<c:externalData xmlns:c="{CHART_URI}" xmlns:r="{_RELATIONS}" r:id="rId1">'
        '<c:autoUpdate val="0"/></c:externalData>'
    )
    space.append(parsed(link))


def _workbook(data: ChartData, made_on: date) -> bytes:
    """The data in the cells that python-pptx lets the chart refer to: labels in A, then series."""
    written = BytesIO()
    book = xlsxwriter.Workbook(written, AS_TEXT)
    book.set_properties({"created": datetime.combine(made_on, time())})
    sheet = book.add_worksheet("Sheet1")
    sheet.set_column(0, 0, 24)
    _write_column(sheet, 0, ["", *(shortened(label, _LONGEST_LABEL) for label in data.labels)])
    for place, series in enumerate(data.series, start=1):
        style = book.add_format({"num_format": NUMBER_FORMATS.get(series.kind, "General")})
        _write_column(sheet, place, [series.name, *series.values], style)
    book.close()
    return written.getvalue()


def _write_column(
    sheet: Any,  # noqa: ANN401
    place: int,
    cells: Sequence[str | float | None],
    style: Any = None,  # noqa: ANN401
) -> None:
    for row, cell in enumerate(cells):
        if isinstance(cell, str) and cell:
            sheet.write_string(row, place, cell)
        elif isinstance(cell, int | float):
            sheet.write_number(row, place, cell, style)


def _height(data: ChartData) -> int:
    """Height in millimetres: bars need a line each, the others a fixed one."""
    if data.kind is not ChartKind.BARS:
        return 62
    lines = len(data.labels) * (1 + 0.6 * (len(data.series) - 1))
    return round(min(120, max(30, 10 + 5.5 * lines)))


def _id(number: int) -> str:
    return f"rIdChart{number}"
