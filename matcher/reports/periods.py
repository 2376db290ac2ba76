"""Which days a report is about, and which it compares them with."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from matcher.casework.months import Days, month_of, same_days_before, years_before
from matcher.errors import InvalidInputError
from matcher.reports.records import Edition

FIRST_YEAR: Final = 2000
"""Before it there were no reports."""
_MONTHS_SHOWN: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days of a report.

    Attributes:
        days: what is counted.
        before: what it is compared with.
        as_of: the day on which things stand as the report tells.
        is_present: whether that is today; else it is told from what was noted then.
        months: the months of the development shown, the last one up to `as_of`.
        name: how the text names the days: 本月, 今年1至11月.
        before_name: how it names those before: 上月, 上月同期, 上年同期.
    """

    days: Days
    before: Days
    as_of: date
    is_present: bool
    months: tuple[Days, ...]
    name: str
    before_name: str

    @property
    def text(self) -> str:
        """Such as 2026年11月1日至11月30日."""
        first, last = self.days.first, self.days.last
        begin = f"{first.year}年{first.month}月{first.day}日"
        return begin if first == last else f"{begin}至{last.month}月{last.day}日"


def period_of(edition: Edition, today: date) -> Period:
    """The days that an edition is about.

    A month, or year, that is not over is compared with the same days of the one before.

    Args:
        edition: of which month, and whether from January on.
        today: the present day in China.

    Raises:
        InvalidInputError: the month has not begun, or lies before `FIRST_YEAR`.
    """
    month = month_of(edition.month)
    if month.first > today:
        raise InvalidInputError(
            f"{month.first.year}年{month.first.month}月还没有开始，没有可以统计的数据",
            field="month",
        )
    if month.first.year < FIRST_YEAR:
        raise InvalidInputError(f"月报从{FIRST_YEAR}年1月起", field="month")
    last = min(month.last, today)
    is_whole = last == month.last
    if edition.year_to_date:
        days = Days(month.first.replace(month=1), last)
        before = _year_before(days, is_whole=is_whole)
        months = _months(days.first, last)
        name, before_name = _year_name(days, today), "上年同期"
    else:
        days = Days(month.first, last)
        before = month_before(month.first) if is_whole else same_days_before(last)
        months = _months(_back(month.first, _MONTHS_SHOWN - 1), last)
        name, before_name = "本月", "上月" if is_whole else "上月同期"
    return Period(
        days=days,
        before=before,
        as_of=last,
        is_present=last == today,
        months=months,
        name=name,
        before_name=before_name,
    )


def month_before(day: date) -> Days:
    """The whole month before that of a day."""
    return month_of(day.replace(day=1) - timedelta(days=1))


def _year_before(days: Days, *, is_whole: bool) -> Days:
    last = years_before(days.last, 1)
    return Days(years_before(days.first, 1), month_of(last).last if is_whole else last)


def _year_name(days: Days, today: date) -> str:
    year = "今年" if days.first.year == today.year else f"{days.first.year}年"
    month = days.last.month
    return f"{year}1月" if month == 1 else f"{year}1至{month}月"


def _months(first: date, last: date) -> tuple[Days, ...]:
    months: list[Days] = []
    while first <= last:
        month = month_of(first)
        months.append(Days(month.first, min(month.last, last)))
        first = month.last + timedelta(days=1)
    return tuple(months)


def _back(first: date, count: int) -> date:
    months = first.year * 12 + first.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)
