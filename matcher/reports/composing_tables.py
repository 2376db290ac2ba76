"""Tables of a report, put together from rows; their totals are the sums of what they show."""

from collections.abc import Iterable, Sequence

from matcher.casework.milestones import Milestone
from matcher.reports.counting import UNNAMED, Breakdown, summed
from matcher.reports.figures_needs import Row
from matcher.reports.records import Cell, CellKind, Column, Table

NEEDS = "项"
"""Measure word of needs, pairings and outcomes."""
SITES = "个"
"""Measure word of stations."""
FIRMS = "家"
"""Measure word of firms and associations."""


def text(key: str, label: str, *, printed: bool = True) -> Column:
    """A column of words."""
    return Column(key=key, label=label, printed=printed)


def count(key: str, label: str, unit: str) -> Column:
    """A column of whole numbers."""
    return Column(key=key, label=label, kind=CellKind.COUNT, unit=unit)


def amount(key: str, label: str, unit: str = "万元") -> Column:
    """A column of amounts with at most two decimals."""
    return Column(key=key, label=label, kind=CellKind.AMOUNT, unit=unit)


def share(key: str, label: str, *, printed: bool = True) -> Column:
    """A column of shares, from 0 to 1."""
    return Column(key=key, label=label, kind=CellKind.SHARE, printed=printed)


def day(key: str, label: str) -> Column:
    """A column of days."""
    return Column(key=key, label=label, kind=CellKind.DATE)


def listed(
    key: str,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
) -> Table:
    """A table without a total."""
    return Table(
        key=key,
        title=title,
        columns=tuple(columns),
        rows=tuple(tuple(row) for row in rows),
    )


def summed_up(
    key: str,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    *,
    shares: Sequence[Cell] = (),
) -> Table:
    """A table whose last row adds up the counts and amounts above it.

    Args:
        key: its name.
        title: its Chinese title.
        columns: the first one has names.
        rows: the rows; without any there is no total either.
        shares: cells of the total under the columns of shares, in order; None where not given.
    """
    cells = tuple(tuple(row) for row in rows)
    given = iter(shares)
    total: list[Cell] = ["合计"]
    for place, column in enumerate(columns[1:], start=1):
        if column.kind is CellKind.SHARE:
            total.append(next(given, None))
        else:
            total.append(_sum(column, [row[place] for row in cells]))
    return Table(
        key=key,
        title=title,
        columns=tuple(columns),
        rows=cells,
        total=tuple(total) if cells else None,
    )


def filled(*tables: Table) -> tuple[Table, ...]:
    """The tables that have rows; of the others the text says that there is nothing."""
    return tuple(table for table in tables if table.rows)


def split(key: str, title: str, label: str, parts: Breakdown) -> Table:
    """New needs of two times by name, with change and share."""
    columns = (
        text("name", label),
        count("now", "本期", NEEDS),
        count("before", "对比期", NEEDS),
        count("change", "增减", NEEDS),
        share("share", "占比"),
    )
    rows = [
        (
            part.name,
            part.change.now,
            part.change.before,
            part.change.difference,
            parts.share(part),
        )
        for part in parts.parts
    ]
    whole = 1.0 if parts.total.now else None
    return summed_up(key, title, columns, rows, shares=(whole,))


def by_milestone(key: str, title: str, label: str, rows: Iterable[Row]) -> Table:
    """How many needs reached each milestone, by county or month."""
    columns = [count(milestone.value, milestone.label, NEEDS) for milestone in Milestone]
    cells: list[tuple[Cell, ...]] = [(row.name or UNNAMED, *row.counts) for row in rows]
    return summed_up(key, title, (text("name", label), *columns), cells)


def _sum(column: Column, cells: Sequence[Cell]) -> Cell:
    numbers = [cell for cell in cells if isinstance(cell, int | float)]
    if column.kind not in {CellKind.COUNT, CellKind.AMOUNT} or not numbers:
        return None
    return summed(numbers) if column.kind is CellKind.AMOUNT else int(sum(numbers))
