from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import InvalidInputError
from matcher.intake.dates import read_date

DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    "value",
    [
        *("2026-11-22", "2026/11/22", "2026.11.22", "2026年11月22日", "2026 年 11 月 22 日"),
        *("20261122", "２０２６－１１－２２", "2026-11-22 00:00:00", "2026-11-22T08:30:00Z"),
        *(DAY, datetime(2026, 11, 22, 8), 46348, 46348.5, "46348"),
    ],
)
def test_dates(value: object) -> None:
    assert read_date(value) == DAY


@pytest.mark.parametrize("value", ["2028-02", "2028年2月", "2028/2", "2028.02", "2028年2月底"])
def test_months(value: str) -> None:
    assert read_date(value) == date(2028, 2, 1)
    assert read_date(value, last_of_month=True) == date(2028, 2, 29)


@pytest.mark.parametrize("value", ["", None, "/", "无"])
def test_no_date(value: object) -> None:
    assert read_date(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "2026-02-30",
        "2026-13-40",
        "2026-13",
        "2026",
        2026,
        "尽快",
        "26-11-22",
        "2026-11/22",
        99999,
        "0000-01",
    ],
)
def test_what_is_no_date_is_told_with_the_form_that_is(value: object) -> None:
    with pytest.raises(InvalidInputError, match="请写成 2026-11-22 这样的形式"):
        read_date(value)


@given(
    st.dates(date(1900, 1, 1), date(2100, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"]),
)
def test_a_written_date_is_read_back(day: date, form: str) -> None:
    assert read_date(day.strftime(form)) == day


@given(st.dates(date(1955, 1, 1), date(2100, 12, 31)))
def test_a_serial_number_is_read_back(day: date) -> None:
    assert read_date((day - date(1899, 12, 30)).days) == day
