"""How wide the columns of a printed table are, by what stands in them.

Widths of texts are counted in half characters, widths of columns in twentieths of a point.
"""

import math
from collections.abc import Sequence
from typing import Final

from matcher.reports.clean import clean
from matcher.reports.formats import display_width, heading, shown
from matcher.reports.records import CellKind, Column, Table

TEXT_WIDTH: Final = 8844
"""Width of the type area: 156 mm (GB/T 9704-2012, 5.2.1)."""
LANDSCAPE_WIDTH: Final = 12756
"""The same on a page turned by a quarter: 225 mm."""

_HALF_CHARACTER = 105
"""Half of a character of 10.5 points."""
_PADDING = 190
_NARROWEST, _WIDEST_TEXT = 6, 44
_STEP = 2
_MOST_MEASURED = 60
"""Rows by which the widths of texts are weighed up, taken from all parts of the table."""
_EXTRA = {
    CellKind.TEXT: 0,
    CellKind.COUNT: 1,
    CellKind.AMOUNT: 1,
    CellKind.SHARE: 2,
    CellKind.DATE: 3,
}
"""Half characters beside what is counted: %, bold totals, gaps between digits and 年, 月, 日."""


def is_wide(table: Table) -> bool:
    """Whether a table asks for a page turned by a quarter."""
    return sum(map(room_for, _natural(table))) > TEXT_WIDTH


def column_widths(table: Table, width: int) -> list[int]:
    """Widths of the columns; they add up to `width`.

    Numbers and dates get what they need. Where the page is too narrow, texts wrap, each step in
    the column where it makes the table the least longer.
    """
    characters = _natural(table)
    narrowest = [
        min(own, _narrowest(column)) if column.kind is CellKind.TEXT else own
        for own, column in zip(characters, table.columns, strict=True)
    ]
    rows = _measured(table)
    while sum(map(room_for, characters)) > width:
        shrinking = [
            place for place, own in enumerate(characters) if own - _STEP >= narrowest[place]
        ]
        if not shrinking:
            break
        best = min(
            shrinking, key=lambda place: (_lines(rows, characters, place), -characters[place])
        )
        characters[best] -= _STEP
    asked = list(map(room_for, characters))
    return _shared(asked, width - sum(asked))


def widest(table: Table, place: int) -> int:
    """Width of the widest cell of a column in half characters."""
    kind = table.columns[place].kind
    rows = table.rows if table.total is None else (*table.rows, table.total)
    return max((display_width(shown(row[place], kind)) for row in rows), default=0) + _EXTRA[kind]


def head_lines(column: Column, width: int) -> str:
    """What stands above a column; the unit gets a line of its own where there is no room."""
    whole = heading(column)
    if not column.unit or room_for(display_width(whole)) <= width:
        return whole
    return f"{clean(column.label)}\n（{clean(column.unit)}）"


def room_for(characters: int) -> int:
    """Width of a column for so many half characters."""
    return characters * _HALF_CHARACTER + _PADDING


def _natural(table: Table) -> list[int]:
    """Width of each column in half characters, a long text within bounds."""
    return [
        max(_narrowest(column), min(widest(table, place), _WIDEST_TEXT))
        for place, column in enumerate(table.columns)
    ]


def _narrowest(column: Column) -> int:
    return max(_NARROWEST, display_width(head_lines(column, 0)))


def _measured(table: Table) -> list[list[int]]:
    """Widths of the cells of some rows."""
    every = max(1, math.ceil(len(table.rows) / _MOST_MEASURED))
    return [
        [
            display_width(shown(cell, column.kind))
            for cell, column in zip(row, table.columns, strict=True)
        ]
        for row in table.rows[::every]
    ]


def _lines(rows: Sequence[Sequence[int]], characters: Sequence[int], place: int) -> int:
    """Lines that the rows take up together if one column gets a step narrower."""
    widths = list(characters)
    widths[place] -= _STEP
    return sum(
        max(math.ceil(cell / own) for cell, own in zip(row, widths, strict=True)) for row in rows
    )


def _shared(widths: Sequence[int], amount: int) -> list[int]:
    """Widths with an amount given out, or taken, in their proportion; to the unit."""
    total = sum(widths)
    given, passed = [], 0
    for width in widths:
        before, passed = passed, passed + width
        given.append(width + amount * passed // total - amount * before // total)
    return given
