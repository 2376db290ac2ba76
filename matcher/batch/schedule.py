"""Running the month before by the calendar, and making up once for a run that was missed."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger

from matcher.errors import InvalidInputError, StoreError
from matcher.people.days import CHINA_TIME

DEFAULT: Final = "1 02:00"
"""At two in the morning of the first of each month."""
_FORM: Final = re.compile(r"(\d{1,2})\s+(\d{1,2}):(\d{2})")
_NOTE: Final = "schedule.json"
_LAST_DAY: Final = 28
"""The last day that every month has."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A day of the month and a time of that day, in China's time."""

    day: int
    at: time

    @classmethod
    def parse(cls, text: str) -> "Schedule":
        """A schedule written as `1 02:00`.

        Raises:
            InvalidInputError: it is none, or the day is not in every month.
        """
        found = _FORM.fullmatch(text.strip())
        day, hour, minute = map(int, found.groups()) if found else (0, 0, 0)
        if not 1 <= day <= _LAST_DAY or hour > 23 or minute > 59:
            raise InvalidInputError(
                f"运行时间“{text}”写得不对，应写成“日 时:分”，如“{DEFAULT}”表示每月 1 日 02:00；"
                f"日只能是 1 到 {_LAST_DAY}"
            )
        return cls(day, time(hour, minute))

    @property
    def trigger(self) -> CronTrigger:
        """The same for the scheduler."""
        return CronTrigger(
            day=self.day, hour=self.at.hour, minute=self.at.minute, timezone=CHINA_TIME
        )

    def last_due(self, now: datetime) -> datetime:
        """The latest moment, now or before, at which a run was due."""
        local = now.astimezone(CHINA_TIME)
        due = datetime.combine(local.date().replace(day=self.day), self.at, CHINA_TIME)
        if due > local:
            before = due.replace(day=1) - timedelta(days=1)
            due = due.replace(year=before.year, month=before.month)
        return due

    def next_due(self, now: datetime) -> datetime:
        """The next moment, after now, at which a run is due."""
        due = self.last_due(now)
        after = due.replace(day=_LAST_DAY) + timedelta(days=7)
        return due.replace(year=after.year, month=after.month)


def month_before(moment: datetime) -> date:
    """First day of the month before the one in which a moment falls."""
    first = moment.astimezone(CHINA_TIME).date().replace(day=1)
    return (first - timedelta(days=1)).replace(day=1)


class Memory:
    """What the schedule of an instance remembers between two starts: up to when all is done."""

    def __init__(self, home: Path) -> None:
        """Keep it in a file of the home."""
        self._place = home.resolve() / "batches" / _NOTE

    def done_until(self) -> datetime | None:
        """The last moment whose run was begun; None for an instance without a schedule so far."""
        try:
            noted = json.loads(self._place.read_text(encoding="utf-8"))
            return datetime.fromisoformat(noted["done_until"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise StoreError(
                f"定时运行的记录 {self._place} 无法读取。删除它以后重新启动即可，"
                "届时不会补做以前的月份"
            ) from error

    def note(self, moment: datetime) -> None:
        """Remember that all runs due by then were begun.

        Raises:
            StoreError: it cannot be written.
        """
        try:
            self._place.parent.mkdir(parents=True, exist_ok=True)
            draft = self._place.with_suffix(".new")
            draft.write_text(json.dumps({"done_until": moment.isoformat()}), encoding="utf-8")
            draft.replace(self._place)
        except OSError as error:
            raise StoreError(f"定时运行的记录写不进 {self._place}：{error.strerror}") from error


def missed(schedule: Schedule, memory: Memory, now: datetime) -> date | None:
    """The month whose run came due while nobody was there to begin it; None if none did.

    Of several that were missed it is the last: the reports of the earlier ones can be asked for,
    their plans no longer help anybody. At the very first start nothing was missed.

    Raises:
        StoreError: what is remembered cannot be read.
    """
    done_until = memory.done_until()
    due = schedule.last_due(now)
    return month_before(due) if done_until is not None and done_until < due else None


def run_by_calendar(
    schedule: Schedule,
    memory: Memory,
    run: Callable[[date], None],
    *,
    interrupted: date | None = None,
    tell: Callable[[str], None],
    scheduler: BlockingScheduler | None = None,
) -> None:
    """Run the month before whenever it is due, until somebody stops it.

    Args:
        schedule: when.
        memory: of the runs that were begun.
        run: runs a month; what goes wrong with it, it tells itself.
        interrupted: a month whose run was killed and is to be gone on with first.
        tell: told when the next run is.
        scheduler: what waits for the time; one that goes on until it is interrupted if None.

    Raises:
        StoreError: the memory cannot be read or written.
    """
    now = datetime.now(UTC)
    owed = missed(schedule, memory, now) or interrupted
    memory.note(now if owed is None else memory.done_until() or now)
    waiting = scheduler or BlockingScheduler(timezone=CHINA_TIME)

    def due(month: date | None = None) -> None:
        begun = datetime.now(UTC)
        memory.note(begun)
        run(month or month_before(begun))
        tell(_next_told(schedule))

    common: dict[str, Any] = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
    waiting.add_job(due, schedule.trigger, id="monthly", **common)
    if owed is not None:
        tell(f"补做 {owed.year} 年 {owed.month} 月的批次（上次到时间时没有运行，或没有做完）")
        waiting.add_job(due, args=[owed], id="missed", **common)
    else:
        tell(_next_told(schedule))
    waiting.start()


def _next_told(schedule: Schedule) -> str:
    due = schedule.next_due(datetime.now(UTC))
    month = month_before(due)
    return (
        f"下次运行：{due.year} 年 {due.month} 月 {due.day} 日 {due:%H:%M}（北京时间），"
        f"做 {month.year} 年 {month.month} 月的批次。按 Ctrl+C 停止"
    )
