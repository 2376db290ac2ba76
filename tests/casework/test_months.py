"""Days and months in China's time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.casework.months import (
    Days,
    day_of,
    month_of,
    month_so_far,
    same_days_before,
    years_before,
)


def test_a_day_begins_at_four_in_the_afternoon_of_utc() -> None:
    assert day_of(datetime(2026, 10, 31, 15, 59, tzinfo=UTC)) == date(2026, 10, 31)
    assert day_of(datetime(2026, 10, 31, 16, 0, tzinfo=UTC)) == date(2026, 11, 1)
    november = month_of(date(2026, 11, 22))
    assert november == Days(date(2026, 11, 1), date(2026, 11, 30))
    assert november.begin == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert november.end == datetime(2026, 11, 30, 16, tzinfo=UTC)


def test_months_follow_each_other_without_a_gap() -> None:
    assert month_of(date(2024, 2, 5)).last == date(2024, 2, 29)
    assert month_of(date(2024, 2, 29)).end == month_of(date(2024, 3, 1)).begin


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 11, 22), date(2026, 10, 1), date(2026, 10, 22)),
        (date(2026, 1, 1), date(2025, 12, 1), date(2025, 12, 1)),
        (date(2026, 3, 31), date(2026, 2, 1), date(2026, 2, 28)),
        (date(2024, 3, 30), date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_the_same_days_of_the_month_before(today: date, first: date, last: date) -> None:
    assert same_days_before(today) == Days(first, last)


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2200, 1, 1)))
def test_both_periods_begin_on_the_first_and_do_not_meet(today: date) -> None:
    now, before = month_so_far(today), same_days_before(today)
    assert now.first.day == before.first.day == 1
    assert now.last == today
    assert before.end <= now.begin
    assert before.last - before.first <= now.last - now.first
    assert now.first - before.first <= timedelta(days=31)


def test_years_before() -> None:
    assert years_before(date(2026, 11, 22), 4) == date(2022, 11, 22)
    assert years_before(date(2104, 2, 29), 4) == date(2100, 2, 28)
