"""Days and moments as the association's people count them: all of China keeps one time."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

CHINA_TIME: Final = timezone(timedelta(hours=8), "北京时间")


def first_moment(day: date) -> datetime:
    """When a day begins in China, as a moment in UTC."""
    return datetime.combine(day, time(), CHINA_TIME).astimezone(UTC)


def next_moment(day: date) -> datetime:
    """When a day is over in China, as a moment in UTC.

    Raises:
        OverflowError: it is the last day that there is.
    """
    return first_moment(day + timedelta(days=1))


def day_of(moment: datetime) -> date:
    """The day in China on which a moment falls."""
    return moment.astimezone(CHINA_TIME).date()


def last_day_before(end: datetime | None) -> date | None:
    """The last day of something that ends at a moment; None for no end."""
    return None if end is None else day_of(end - timedelta(microseconds=1))


def today() -> date:
    """The present day in China."""
    return day_of(datetime.now(UTC))


def shown_moment(moment: datetime | None) -> str:
    """A moment as it stands in a table: 2026-11-22 14:05; empty if there is none."""
    return "" if moment is None else f"{moment.astimezone(CHINA_TIME):%Y-%m-%d %H:%M}"
