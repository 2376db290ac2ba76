"""Dates as people and spreadsheets write them."""

import calendar
import re
from datetime import date, datetime, timedelta

from matcher.errors import InvalidInputError
from matcher.intake.results import shorten
from matcher.intake.values import read_line
from matcher.text.fold import fold

_TIME = r"(?:[t ]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:?\d{2})?)?"
_DAY = re.compile(
    rf"(\d{{4}})(?:([-/.])(\d{{1,2}})\2(\d{{1,2}})|年(\d{{1,2}})月(\d{{1,2}})[日号]?){_TIME}"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:月底?)?")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")

_SERIAL_ZERO = date(1899, 12, 30)
_SERIALS = range(20000, 80000)
_YEARS = range(1900, 2101)


def read_date(value: object, *, last_of_month: bool = False) -> date | None:
    """A date, written with signs or 年月日, as a date of Excel or as its serial number.

    Args:
        value: text, number or date.
        last_of_month: a month without day means its last day (for deadlines), not its first.

    Raises:
        InvalidInputError: it is no date, or not of the years 1900–2100.
    """
    found = _plain_date(value)
    if found is None:
        text = fold(read_line(value))
        if not text:
            return None
        found = _written_date(text, last_of_month)
    if found is None or found.year not in _YEARS:
        raise InvalidInputError(f"“{shorten(value)}”不是日期，请写成 2026-11-22 这样的形式")
    return found


def _plain_date(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _written_date(text: str, last_of_month: bool) -> date | None:
    """The date of a folded text, or None if it is none."""
    serial = _SERIAL.fullmatch(text)
    if serial:
        days = int(serial.group(1))
        return _SERIAL_ZERO + timedelta(days) if days in _SERIALS else None
    text = re.sub(r"\s*([-/.年月日号])\s*", r"\1", text)
    month = _MONTH.fullmatch(text)
    if month:
        return _month_end(int(month.group(1)), int(month.group(2)), last_of_month)
    day = _DAY.fullmatch(text) or _COMPACT.fullmatch(text)
    if not day:
        return None
    numbers = [int(group) for group in day.groups() if group and group.isdigit()]
    try:
        return date(*numbers)
    except ValueError:
        return None


def _month_end(year: int, month: int, last: bool) -> date | None:
    if not (1 <= month <= 12 and 1 <= year <= 9999):
        return None
    return date(year, month, calendar.monthrange(year, month)[1] if last else 1)
