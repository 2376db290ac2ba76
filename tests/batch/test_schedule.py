"""When the month before is run, and what is made up for."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from apscheduler.schedulers.blocking import BlockingScheduler
from hypothesis import given
from hypothesis import strategies as st

from matcher.batch.schedule import DEFAULT, Memory, Schedule, missed, month_before, run_by_calendar
from matcher.errors import InvalidInputError, StoreError
from matcher.people.days import CHINA_TIME

FIRST = Schedule.parse(DEFAULT)


def china(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=CHINA_TIME)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("text", "day", "at"),
    [("1 02:00", 1, time(2)), (" 28  23:59 ", 28, time(23, 59)), ("5 7:05", 5, time(7, 5))],
)
def test_a_schedule_is_read(text: str, day: int, at: time) -> None:
    assert Schedule.parse(text) == Schedule(day, at)


@pytest.mark.parametrize("text", ["", "02:00", "29 02:00", "0 02:00", "1 24:00", "1 2:60", "每月"])
def test_what_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="应写成“日 时:分”"):
        Schedule.parse(text)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (china(2026, 11, 1, 2), china(2026, 11, 1, 2)),
        (china(2026, 11, 1, 1, 59), china(2026, 10, 1, 2)),
        (china(2027, 1, 1, 0), china(2026, 12, 1, 2)),
        # In China it is the first already, in UTC the last of the month before.
        (datetime(2026, 10, 31, 18, 30, tzinfo=UTC), china(2026, 11, 1, 2)),
    ],
)
def test_what_was_due_last(now: datetime, due: datetime) -> None:
    assert FIRST.last_due(now) == due


@given(
    st.integers(1, 28),
    st.times(),
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
)
def test_the_next_follows_the_last(day: int, at: time, now: datetime) -> None:
    schedule = Schedule(day, at.replace(second=0, microsecond=0))
    last, following = schedule.last_due(now), schedule.next_due(now)
    assert last <= now < following
    assert timedelta(days=28) <= following - last <= timedelta(days=31)
    trigger = schedule.trigger.get_next_fire_time(None, now)
    assert trigger in (following, last)


def test_the_month_before() -> None:
    assert month_before(china(2027, 1, 1, 2)) == date(2026, 12, 1)
    assert month_before(datetime(2026, 10, 31, 18, tzinfo=UTC)) == date(2026, 10, 1)


def test_the_first_start_makes_up_for_nothing(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    assert missed(FIRST, memory, china(2026, 11, 22)) is None


def test_a_run_that_was_missed_is_made_up_for_once(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.note(china(2026, 10, 20))
    assert missed(FIRST, memory, china(2026, 11, 1, 1)) is None, "it is not due yet"
    assert missed(FIRST, memory, china(2026, 11, 1, 3)) == date(2026, 10, 1)
    assert missed(FIRST, memory, china(2027, 2, 5)) == date(2027, 1, 1), "of several the last"
    memory.note(china(2027, 2, 5))
    assert missed(FIRST, memory, china(2027, 2, 6)) is None


def test_a_damaged_memory_is_told(tmp_path: Path) -> None:
    Memory(tmp_path).note(china(2026, 11, 1))
    (tmp_path / "batches" / "schedule.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match="删除它以后重新启动"):
        missed(FIRST, Memory(tmp_path), china(2026, 11, 22))


class StoppingScheduler(BlockingScheduler):  # type: ignore[misc]
    """Runs what is due at once and stops a moment later."""

    def start(self, *args: object, **kwargs: object) -> None:
        threading.Timer(1.0, self.shutdown).start()
        super().start(*args, **kwargs)


def waiting() -> StoppingScheduler:
    return StoppingScheduler(timezone=CHINA_TIME)


def test_what_was_missed_runs_at_once(tmp_path: Path) -> None:
    memory, ran, told = Memory(tmp_path), [], []
    memory.note(datetime.now(UTC) - timedelta(days=40))
    run_by_calendar(FIRST, memory, ran.append, tell=told.append, scheduler=waiting())
    assert ran == [month_before(FIRST.last_due(datetime.now(UTC)))]
    assert told[0].startswith("补做 ")
    assert told[1].startswith("下次运行：")
    run_by_calendar(FIRST, memory, ran.append, tell=told.append, scheduler=waiting())
    assert len(ran) == 1, "once"


def test_what_was_killed_is_gone_on_with(tmp_path: Path) -> None:
    memory, ran, told = Memory(tmp_path), [], []
    run_by_calendar(FIRST, memory, ran.append, tell=told.append, scheduler=waiting())
    assert (ran, len(told)) == ([], 1)
    killed = date(2026, 10, 1)
    run_by_calendar(
        FIRST, memory, ran.append, interrupted=killed, tell=told.append, scheduler=waiting()
    )
    assert ran == [killed]
