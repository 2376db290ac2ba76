"""What a chart shows, taken from its table; drawn alike in every document."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from matcher.errors import UnknownNameError
from matcher.reports.clean import one_line
from matcher.reports.formats import shown
from matcher.reports.records import Cell, CellKind, Chart, ChartKind, Column, Table

NUMBER_FORMATS: Final = {
    CellKind.COUNT: "#,##0",
    CellKind.AMOUNT: "#,##0.00",
    CellKind.SHARE: "0.0%",
}
"""How a spreadsheet writes the numbers on the marks."""

_COLOURS = ("1F4E79", "9DC3E6", "C55A11", "7F7F7F")
_MOST_LABELLED = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line or one colour of bars; `place` is its column's in the table, from 0."""

    name: str
    kind: CellKind
    unit: str
    place: int
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartData:
    """A chart with its data.

    Attributes:
        title: what it shows.
        kind: how it is drawn.
        table: key of the table that it is drawn from.
        place: column of the labels in that table, from 0.
        labels: one for each of the first rows of the table.
        series: each with a value for every label.
    """

    title: str
    kind: ChartKind
    table: str
    place: int
    labels: tuple[str, ...]
    series: tuple[Series, ...]

    @property
    def unit(self) -> str:
        """The unit of all series; empty if they differ or have none."""
        units = {series.unit for series in self.series}
        return units.pop() if len(units) == 1 else ""


def chart_data(chart: Chart, tables: Iterable[Table]) -> ChartData | None:
    """The data of a chart, None if its table has no rows.

    Args:
        chart: which columns of which table.
        tables: all tables of the report.

    Raises:
        UnknownNameError: there is no such table or column.
    """
    by_key = {table.key: table for table in tables}
    if chart.table not in by_key:
        raise UnknownNameError("图表所用的表", chart.table, by_key)
    table = by_key[chart.table]
    rows = table.rows[: chart.most]
    place, label = _find(table, chart.label)
    series = tuple(
        Series(
            name=one_line(column.label),
            kind=column.kind,
            unit=one_line(column.unit),
            place=at,
            values=tuple(_number(row[at]) for row in rows),
        )
        for at, column in (_find(table, key) for key in chart.series)
    )
    if not rows or not series:
        return None
    return ChartData(
        title=one_line(chart.title),
        kind=chart.kind,
        table=table.key,
        place=place,
        labels=tuple(one_line(shown(row[place], label.kind)) for row in rows),
        series=series,
    )


def colour(place: int) -> str:
    """Colour of a series, RRGGBB: deep blue first; they differ in grey as well, for print."""
    return _COLOURS[place % len(_COLOURS)]


def is_labelled(data: ChartData) -> bool:
    """Whether the marks carry their numbers; many of them would cover each other."""
    return len(data.labels) * len(data.series) <= _MOST_LABELLED


def from_zero(data: ChartData) -> bool:
    """Whether the scale begins at zero, so that lengths can be compared."""
    return all(value is None or value >= 0 for series in data.series for value in series.values)


def _find(table: Table, key: str) -> tuple[int, Column]:
    for place, column in enumerate(table.columns):
        if column.key == key:
            return place, column
    raise UnknownNameError(f"“{table.title}”的列", key, (column.key for column in table.columns))


def _number(cell: Cell) -> float | None:
    if isinstance(cell, int | float) and math.isfinite(cell):
        return cell
    return None
