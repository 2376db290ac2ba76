"""A report as its page shows it: cells as text, with links to the records behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from fastapi import Request
from markupsafe import Markup

from api.pages.render import address
from api.report_charts import chart_svg
from api.urls import quoted
from matcher.reports.charting import chart_data
from matcher.reports.formats import NOTHING, chinese_number, heading, shown
from matcher.reports.records import Cell, CellKind, Column, Report, Table

MOST_ROWS: Final = 500
"""Rows of a list that the page shows; all of them are in the files."""
_WIDE: Final = 6
"""Columns from which a table takes the whole width, and a list is printed across."""
_SHORT: Final = 10
"""Characters that a cell may have to be kept on one line."""
_PATHS: Final = {
    "need_id": "/needs/",
    "pairing_id": "/pairings/",
    "station_id": "/stations/",
    "outcome_id": "/outcomes/",
}
"""Where the number of a record leads to, by the key of its column."""


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell: its text, and where it leads to if it is the number of a record."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The heading of a column; cells that are all short or numbers are kept on one line."""

    label: str
    is_number: bool
    is_short: bool

    @property
    def css(self) -> str:
        """The class of its cells."""
        return "number" if self.is_number else "nowrap" if self.is_short else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """A table; `hidden` rows are too many for the page."""

    key: str
    title: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[CellView, ...], ...]
    total: tuple[CellView, ...]
    empty: str
    hidden: int
    is_wide: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """A section with its number and its charts."""

    key: str
    heading: str
    paragraphs: tuple[str, ...]
    charts: tuple[tuple[str, Markup], ...]
    tables: tuple[TableView, ...]


def section_views(request: Request, report: Report) -> list[SectionView]:
    """The sections, numbered as an official document numbers them."""
    return [
        SectionView(
            key=section.key,
            heading=f"{chinese_number(place)}、{section.heading}",
            paragraphs=section.paragraphs,
            charts=tuple(
                (data.title, chart_svg(data))
                for chart in section.charts
                if (data := chart_data(chart, report.tables)) is not None
            ),
            tables=tuple(table_view(request, table) for table in section.tables),
        )
        for place, section in enumerate(report.sections, start=1)
    ]


def table_view(request: Request, table: Table) -> TableView:
    """A table with its cells as text."""
    rows = tuple(_cells(request, table.columns, row) for row in table.rows[:MOST_ROWS])
    return TableView(
        key=table.key,
        title=table.title,
        heads=tuple(
            Head(
                heading(column),
                is_number=column.kind is not CellKind.TEXT,
                is_short=all(len(row[place].text) <= _SHORT for row in rows),
            )
            for place, column in enumerate(table.columns)
        ),
        rows=rows,
        total=() if table.total is None else _cells(request, table.columns, table.total),
        empty=table.empty,
        hidden=max(0, len(table.rows) - MOST_ROWS),
        is_wide=len(table.columns) >= _WIDE,
    )


def _cells(
    request: Request, columns: Sequence[Column], row: Sequence[Cell]
) -> tuple[CellView, ...]:
    return tuple(_cell(request, column, cell) for column, cell in zip(columns, row, strict=True))


def _cell(request: Request, column: Column, cell: Cell) -> CellView:
    if isinstance(cell, date):
        return CellView(cell.isoformat())
    text = shown(cell, column.kind) or NOTHING
    path = _PATHS.get(column.key)
    if path and isinstance(cell, str) and cell:
        return CellView(text, address(request, path + quoted(cell)))
    return CellView(text)
