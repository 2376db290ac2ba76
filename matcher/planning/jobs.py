"""The one plan that is being made in a workspace: who makes it, how far it is, how it ended.

It stands in a small file below the home, so that any process can show it and a page survives a
reload. Whoever makes a plan holds a lock that vanishes with the process: a plan that is said to be
under way while nobody holds the lock was interrupted.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from matcher.errors import ConflictError, MatcherError
from matcher.pairing.records import InfeasiblePlanError
from matcher.records import LabelledEnum

_FOLDER: Final = "plans"
_WAIT: Final = 1.0
"""Seconds to wait for the lock: whoever only asks after it holds it for a moment."""
_PAUSE: Final = 0.3
"""Seconds between two notes of the progress of one step."""
_UNEXPECTED: Final = "程序出了意外错误，已记入日志。请稍后再试，仍有问题请联系管理员"


class JobState(LabelledEnum):
    """How the making of a plan stands."""

    RUNNING = "running", "正在生成"
    FINISHED = "finished", "已完成"
    FAILED = "failed", "没有生成"
    CANCELLED = "cancelled", "已取消"
    INTERRUPTED = "interrupted", "意外中断"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "生成状态"


class PlanCancelledError(MatcherError):
    """Somebody asked to stop making a plan."""

    def __init__(self) -> None:
        super().__init__("已取消生成方案，没有保存任何内容")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A plan that is being made, or that was the last to be made.

    Attributes:
        month: of which month.
        by: who makes it.
        state: how it stands.
        started_at: when it was begun.
        step_at: when its present step began.
        step: what it is at, in Chinese.
        done: how much of the step is done.
        total: how much the step is.
        plan_id: the plan that it made.
        error: why it failed.
        constraints: where no plan satisfies everything, what stands against it.
        changes: and what would free it.
    """

    month: str
    by: str
    state: JobState = JobState.RUNNING
    started_at: datetime
    step_at: datetime
    step: str = ""
    done: int = 0
    total: int = 0
    plan_id: int | None = None
    error: str = ""
    constraints: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()

    def seconds_left(self, now: datetime) -> float | None:
        """How long the present step still takes at its pace; None where nothing tells it."""
        if self.state is not JobState.RUNNING or not 0 < self.done < self.total:
            return None
        return (now - self.step_at).total_seconds() * (self.total - self.done) / self.done


class Making:
    """The plan that this process makes: it notes the progress, and stops where asked to."""

    def __init__(self, board: "JobBoard", lock: FileLock, job: Job) -> None:
        self._board = board
        self._lock = lock
        self._job = job
        self._noted = 0.0

    def progress(self, step: str, done: int, total: int) -> None:
        """Note how far it is.

        Raises:
            PlanCancelledError: somebody asked to stop.
        """
        if self._board.is_cancelled():
            raise PlanCancelledError
        now, fresh = time.monotonic(), step != self._job.step
        if fresh:
            self._job = replace(self._job, step=step, step_at=datetime.now(UTC))
        self._job = replace(self._job, done=done, total=total)
        if fresh or done == total or now - self._noted > _PAUSE:
            self._noted = now
            self._board.note(self._job)

    def finish(self, plan_id: int | None) -> None:
        """Note that it was made, and let others make one."""
        self._end(replace(self._job, state=JobState.FINISHED, plan_id=plan_id))

    def fail(self, error: BaseException) -> None:
        """Note why it was not made, and let others make one."""
        if isinstance(error, InfeasiblePlanError):
            job = replace(self._job, constraints=error.constraints, changes=error.changes)
            told = "没有满足全部要求的配对方案"
        else:
            job = self._job
            told = error.message if isinstance(error, MatcherError) else _UNEXPECTED
        cancelled = isinstance(error, PlanCancelledError | KeyboardInterrupt)
        state = JobState.CANCELLED if cancelled else JobState.FAILED
        self._end(replace(job, state=state, error="" if cancelled else told))

    def _end(self, job: Job) -> None:
        try:
            self._board.note(job)
        finally:
            self._lock.release()


class JobBoard:
    """Where the workspace keeps what is known of the plan that is being made."""

    def __init__(self, home: Path) -> None:
        folder = home / _FOLDER
        self._file = folder / "making.json"
        self._lock_file = folder / "making.lock"
        self._cancel_file = folder / "making.cancel"

    def current(self) -> Job | None:
        """The plan that is being made or was made last; None if none ever was."""
        try:
            job = _job(json.loads(self._file.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if job.state is JobState.RUNNING and not self._is_held():
            # It may have ended between the two looks.
            later = _job(json.loads(self._file.read_text(encoding="utf-8")))
            ended = later.state is not JobState.RUNNING
            return later if ended else replace(later, state=JobState.INTERRUPTED)
        return job

    def begin(self, month: str, by: str) -> Making:
        """Begin to make a plan; whoever does must `finish` or `fail` it.

        Raises:
            ConflictError: one is being made already.
        """
        self._file.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._lock_file, timeout=_WAIT, thread_local=False)
        try:
            lock.acquire()
        except Timeout as error:
            known = self.current()
            who = f"{known.by}正在生成 {known.month} 的方案" if known else "已经有一个方案在生成"
            raise ConflictError(f"{who}，请等它完成，或先取消它") from error
        self._cancel_file.unlink(missing_ok=True)
        now = datetime.now(UTC)
        job = Job(month=month, by=by, started_at=now, step_at=now)
        self.note(job)
        return Making(self, lock, job)

    @contextmanager
    def making(self, month: str, by: str) -> Iterator[Making]:
        """`begin` for a block that calls `finish`; what leaves the block otherwise is a failure."""
        making = self.begin(month, by)
        try:
            yield making
        except BaseException as error:
            making.fail(error)
            raise

    def cancel(self) -> None:
        """Ask whoever makes a plan to stop; the present piece of work is done first."""
        if self._is_held():
            self._cancel_file.touch()

    def is_cancelled(self) -> bool:
        """Whether somebody asked to stop."""
        return self._cancel_file.exists()

    def note(self, job: Job) -> None:
        """Write it down, whole or not at all."""
        fresh = self._file.with_suffix(f".{os.getpid()}.tmp")
        fresh.write_text(json.dumps(asdict(job), default=str, ensure_ascii=False), encoding="utf-8")
        fresh.replace(self._file)

    def _is_held(self) -> bool:
        lock = FileLock(self._lock_file, timeout=0, thread_local=False)
        with suppress(Timeout, OSError):
            lock.acquire()
            lock.release()
            return False
        return True


def _job(values: dict[str, Any]) -> Job:
    moments = {name: datetime.fromisoformat(values[name]) for name in ("started_at", "step_at")}
    told = {name: tuple(values[name]) for name in ("constraints", "changes")}
    return Job(**{**values, **moments, **told, "state": JobState(values["state"])})
