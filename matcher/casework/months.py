"""Days and months as the association counts them, in China's time.

Moments are stored in UTC; a need that is listed on the first of a month at 7 in the morning
belongs to that month, though in UTC it is still the last evening of the month before.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from matcher.people.days import day_of, first_moment, next_moment

__all__ = [
    "Days",
    "day_of",
    "month_of",
    "month_so_far",
    "same_days_before",
    "years_before",
]


@dataclass(frozen=True, slots=True)
class Days:
    """Days one after the other, both ends included."""

    first: date
    last: date

    @property
    def begin(self) -> datetime:
        """The moment at which the first day begins."""
        return first_moment(self.first)

    @property
    def end(self) -> datetime:
        """The moment at which the last day is over."""
        return next_moment(self.last)


def month_of(day: date) -> Days:
    """The whole month of a day."""
    return Days(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def month_so_far(today: date) -> Days:
    """This month up to today."""
    return Days(today.replace(day=1), today)


def same_days_before(today: date) -> Days:
    """The month before, up to the same day of it, so that equal times are compared.

    At the end of a month that is longer than the one before, that one is taken whole.
    """
    before = month_of(today.replace(day=1) - timedelta(days=1))
    return Days(before.first, min(before.last, before.first + timedelta(days=today.day - 1)))


def years_before(day: date, years: int) -> date:
    """The same day some years earlier; 28 February for a 29th that is not there."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)
