"""Tables of a report as WordprocessingML, with columns as wide as their contents ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from matcher.reports.clean import clean
from matcher.reports.column_widths import (
    TEXT_WIDTH,
    column_widths,
    head_lines,
    room_for,
    widest,
)
from matcher.reports.formats import shown
from matcher.reports.records import Cell, CellKind, Column, Table
from matcher.reports.template_styles import CHINESE_SIGNS

TABLE_STYLE, TEXT_STYLE, HEAD_STYLE, TOTAL_STYLE = (
    "ReportTable",
    "TableText",
    "TableHead",
    "TableTotal",
)
"""Ids of the styles in the template."""

_NUMBERS = frozenset({CellKind.COUNT, CellKind.AMOUNT, CellKind.SHARE})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A column of the table, how wide it is and how its cells are laid out."""

    column: Column
    width: int
    layout: str


def table_xml(table: Table, width: int = TEXT_WIDTH) -> str:
    """A table: its heading repeats on every page, a row never breaks between two.

    Args:
        table: what it holds; without rows it says so.
        width: of the whole table, in twentieths of a point.
    """
    places = _places(table, width)
    grid = "".join(f'<w:gridCol w:w="{place.width}"/>' for place in places)
    parts = [
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{TABLE_STYLE}"/><w:tblW w:w="{width}" '
        'w:type="dxa"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>",
        _head(places),
    ]
    parts += [_row(row, places, TEXT_STYLE) for row in table.rows]
    if not table.rows:
        parts.append(_note(table.empty, width, len(places)))
    if table.total is not None:
        parts.append(_row(table.total, places, TOTAL_STYLE))
    parts.append("</w:tbl>")
    return "".join(parts)


def _places(table: Table, width: int) -> list[_Place]:
    found = []
    for place, (column, own) in enumerate(
        zip(table.columns, column_widths(table, width), strict=True)
    ):
        if column.kind in _NUMBERS:
            # One below the other by their last digits, and yet in the middle of the column.
            spare = max(0, own - room_for(widest(table, place))) // 2
            layout = f'<w:ind w:right="{spare}"/><w:jc w:val="right"/>'
        else:
            layout = f'<w:jc w:val="{"left" if column.kind is CellKind.TEXT else "center"}"/>'
        found.append(_Place(column=column, width=own, layout=layout))
    return found


def _head(places: Sequence[_Place]) -> str:
    layout = '<w:jc w:val="center"/>'
    cells = "".join(
        _cell(head_lines(place.column, place.width), place.width, HEAD_STYLE, layout)
        for place in places
    )
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"


def _row(cells: Sequence[Cell], places: Sequence[_Place], style: str) -> str:
    written = "".join(
        _cell(shown(cell, place.column.kind), place.width, style, place.layout)
        for cell, place in zip(cells, places, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{written}</w:tr>"


def _note(text: str, width: int, span: int) -> str:
    layout = '<w:jc w:val="center"/>'
    return f"<w:tr>{_cell(clean(text), width, TEXT_STYLE, layout, span=span)}</w:tr>"


def _cell(text: str, width: int, style: str, layout: str, *, span: int = 1) -> str:
    merged = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    lines = escape(text).split("\n")
    written = '</w:t><w:br/><w:t xml:space="preserve">'.join(lines)
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{merged}<w:vAlign w:val="center"/>'
        f'</w:tcPr><w:p><w:pPr><w:pStyle w:val="{style}"/>{layout}</w:pPr>'
        f'<w:r><w:rPr>{CHINESE_SIGNS}</w:rPr><w:t xml:space="preserve">{written}</w:t></w:r>'
        "</w:p></w:tc>"
    )
