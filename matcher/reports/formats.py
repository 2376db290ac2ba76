"""Cells, dates and numbers as official Chinese documents write them (GB/T 15835-2011)."""

import math
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from unicodedata import east_asian_width

from matcher.reports.clean import clean
from matcher.reports.records import Cell, CellKind, Column

NOTHING: Final = "—"
"""Stands for a cell without a value."""

_DIGITS = "零一二三四五六七八九"


def shown(cell: Cell, kind: CellKind) -> str:
    """A cell as it stands in a document: 1,234; 56.70; 12.3%; 2026年11月3日; — for None.

    Numbers are rounded as a spreadsheet rounds them, half away from zero, so that the same cell
    reads the same in Word and in Excel. A cell that is not of its column's kind is shown as it is.
    """
    if isinstance(cell, str):
        return clean(cell)
    if isinstance(cell, date):
        return chinese_date(cell)
    return NOTHING if cell is None or not math.isfinite(cell) else _number(cell, kind)


def heading(column: Column) -> str:
    """What stands above a column: its label, with the unit if there is one."""
    label = clean(column.label)
    return f"{label}（{clean(column.unit)}）" if column.unit else label


def chinese_date(day: date) -> str:
    """A day in full: 2026年11月3日."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_number(number: int) -> str:
    """A number from 1 to 99 as headings count: 一, 十, 十二, 二十一.

    Raises:
        ValueError: it is not within these bounds.
    """
    if not 1 <= number <= 99:
        raise ValueError(f"{number} is not within 1 to 99")
    tens, ones = divmod(number, 10)
    leading = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return leading + (_DIGITS[ones] if ones or not tens else "")


def display_width(text: str) -> int:
    """Width of the longest line of a text in half-width characters; a Chinese one counts two."""
    return max(map(_line_width, text.split("\n")))


def _line_width(line: str) -> int:
    if line.isascii():
        return len(line)
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in line)


def _number(number: int | float, kind: CellKind) -> str:
    exact = Decimal(str(number))
    if kind is CellKind.SHARE:
        return f"{_rounded(exact * 100, 1):,f}%"
    if kind is CellKind.AMOUNT:
        return f"{_rounded(exact, 2):,f}"
    written = f"{_rounded(exact, 2):,f}".rstrip("0").rstrip(".")
    return written if kind is CellKind.COUNT else written.replace(",", "")


def _rounded(number: Decimal, places: int) -> Decimal:
    found = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return found if found else abs(found)
