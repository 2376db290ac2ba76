"""The runner: takes the steps of a batch one after the other, and notes how far it has come.

What is done is told by what a step has stored, never by a counter beside it. So a run that is
killed between two pieces of work goes on with the next piece, repeats none and loses none.
"""

import logging
import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, Protocol

from matcher.casework.batches import Batch, BatchState, BatchStep, StepProgress
from matcher.desk import Desk
from matcher.errors import MatcherError
from matcher.logs import concerning, fields
from matcher.store.batch_runs import Runner, end_batch, is_cancelled, save_step

Progress = Callable[[str, int, int], None]
"""Called with a label, how much is done, and how much there is."""

_NOTED_EVERY: Final = 0.5
"""Seconds between two notes in the store; pieces of work may be much shorter."""

_log = logging.getLogger(__name__)


class BatchCancelledError(MatcherError):
    """Somebody asked the batch to stop; it goes on where it stopped when it is started again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a step works with.

    Attributes:
        desk: whoever runs the batch, at the library.
        batch: the batch as it was when this run began.
        month: first day of the month.
        made_on: the day that its documents carry: that on which it was begun, however often it
            was resumed.
        out: folder of its documents.
        tell: told of progress within a piece of work, outside of any transaction that writes; it
            raises `BatchCancelledError` where the batch is to stop.
    """

    desk: Desk
    batch: Batch
    month: date
    made_on: date
    out: Path
    tell: Progress


class Step(Protocol):
    """A step of a batch: pieces of work, each stored whole or not at all."""

    @property
    def name(self) -> BatchStep:
        """Which it is."""
        ...

    def standing(self, work: Work) -> tuple[int, int]:
        """How much of it the store says is done, and how much there is."""
        ...

    def rest(self, work: Work) -> Iterator[int]:
        """Do what is left; after each piece that is stored, tell how much was done with it."""
        ...


def this_process(by: str) -> Runner:
    """This process as the runner of a batch that somebody started."""
    return Runner(host=socket.gethostname()[:100], pid=os.getpid(), by=by[:60])


def carry_out(work: Work, steps: Sequence[Step], progress: Progress) -> Batch:
    """Do all that is left of a batch; returns it as it stands at the end.

    Args:
        work: the batch, which is noted as running.
        steps: in their order.
        progress: told the label of each step and how far it has come.

    Raises:
        BatchCancelledError: somebody asked it to stop.
        MatcherError: a step failed. Whatever is raised, the batch says how it ended and can be
            resumed.
    """
    with concerning(batch=work.batch.id, month=f"{work.month:%Y-%m}", run=work.batch.runs):
        try:
            for step in steps:
                _do(work, step, progress)
        except BatchCancelledError:
            _end(work, BatchState.CANCELLED)
            raise
        except KeyboardInterrupt:
            _end(work, BatchState.CANCELLED)
            raise
        except Exception as error:
            _end(work, BatchState.FAILED, _told(error))
            raise
        return _end(work, BatchState.FINISHED)


def _do(work: Work, step: Step, progress: Progress) -> None:
    known = {each.step: each for each in work.batch.steps}[step.name]
    done, total = step.standing(work)
    begun = known.started_at or datetime.now(UTC)
    noted = replace(known, done=done, total=total, started_at=begun)
    label = step.name.label
    progress(label, done, total)
    if known.finished_at is not None and done >= total:
        return
    clock = _Clock(work, replace(noted, finished_at=None), progress)
    clock.note()
    for count in step.rest(replace(work, tell=clock.heard)):
        done += count
        progress(label, done, total)
        clock.moved(done)
    clock.finish(done)


class _Clock:
    """Notes how far a step has come, now and then, and looks whether it is to stop."""

    def __init__(self, work: Work, progress: StepProgress, tell: Progress) -> None:
        self._work = work
        self._progress = progress
        self._tell = tell
        self._before = progress.seconds
        self._started = self._noted = time.monotonic()

    def note(self) -> None:
        seconds = self._before + time.monotonic() - self._started
        self._progress = replace(self._progress, seconds=round(seconds, 2))
        database = self._work.desk.database
        with database.appending() as session:
            save_step(session, self._work.batch.id, self._progress)
            cancelled = is_cancelled(session, self._work.batch.id)
        self._noted = time.monotonic()
        if cancelled and self._progress.finished_at is None:
            raise BatchCancelledError("批次已按要求停下，再次启动时从停下的地方接着做")

    def moved(self, done: int) -> None:
        self._progress = replace(self._progress, done=done)
        self._note_now_and_then()

    def heard(self, label: str, done: int, total: int) -> None:
        """Hear of progress within a piece of work."""
        self._tell(label, done, total)
        self._note_now_and_then()

    def _note_now_and_then(self) -> None:
        if time.monotonic() - self._noted >= _NOTED_EVERY:
            self.note()

    def finish(self, done: int) -> None:
        now = datetime.now(UTC)
        self._progress = replace(self._progress, done=done, total=done, finished_at=now)
        self.note()
        ended = fields(step=self._progress.step.value, done=done, seconds=self._progress.seconds)
        _log.info("step finished", extra=ended)


def _end(work: Work, state: BatchState, error: str = "") -> Batch:
    """Note how the batch ended; where even that cannot be written, it will look interrupted."""
    _log.info("batch ended", extra=fields(state=state.value))
    try:
        with work.desk.database.appending() as session:
            return end_batch(session, work.batch.id, state, datetime.now(UTC), error)
    except MatcherError:
        if state is BatchState.FINISHED:
            raise
        return work.batch


def _told(error: Exception) -> str:
    if isinstance(error, MatcherError):
        return error.message
    if isinstance(error, OSError):
        return f"磁盘或文件夹不可用：{error}"
    return f"程序出了意外错误（{type(error).__name__}：{error}），请告诉管理员"
