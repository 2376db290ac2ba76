"""An order to run a month: which batch it begins or goes on with."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum, auto
from pathlib import Path

from sqlalchemy.orm import Session

from matcher.batch.documents import put_back
from matcher.batch.lock import BatchLockedError, held
from matcher.batch.runner import Progress, Step, Work, carry_out, this_process
from matcher.casework.batches import RESUMABLE, Batch, BatchState, Inputs
from matcher.casework.months import day_of
from matcher.casework.needs import OPEN_STATUSES
from matcher.desk import Act, Desk, Subject
from matcher.people import Permission
from matcher.people.days import shown_moment
from matcher.store.batch_results import add_batch_needs, open_need_ids
from matcher.store.batch_runs import (
    begin_batch,
    end_batch,
    latest_batch,
    note_interrupted,
    resume_batch,
)
from matcher.store.database import Database


class Beginning(Enum):
    """How a run began."""

    NEW = auto()
    RESUMED = auto()
    REPLACED = auto()
    """An unfinished batch was given up for it."""
    DONE_BEFORE = auto()
    """There was nothing to do: the month is finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be run.

    Attributes:
        month: first day of the month.
        out: folder for the documents; it is made if it is not there.
        by: name of whoever starts it.
        fresh: begin anew, although the month is finished or a batch could be resumed.
    """

    month: date
    out: Path
    by: str
    fresh: bool = False

    @property
    def month_text(self) -> str:
        """The month as the store has it: 2026-11."""
        return f"{self.month:%Y-%m}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Which batch an order leads to, and how.

    `given_up` are the reasons, in Chinese, for which an unfinished batch was not gone on with; for
    a month that is finished, what is different now from then.
    """

    batch: Batch
    beginning: Beginning
    given_up: tuple[str, ...] = ()


@contextmanager
def alone(database: Database, home: Path) -> Iterator[None]:
    """Run batches of this library in the block, and nobody else.

    Batches that are noted as running were killed, and are noted as interrupted.

    Args:
        database: the library.
        home: folder of the instance.

    Raises:
        BatchLockedError: somebody runs one; the message says who, where, since when, how far.
        StoreError: the lock cannot be asked for.
    """
    try:
        with held(database, home):
            with database.appending() as session:
                note_interrupted(session, datetime.now(UTC))
            yield
    except BatchLockedError as error:
        with database.reading() as session:
            raise BatchLockedError(who_runs(session)) from error


def start(desk: Desk, order: Order, inputs: Inputs) -> Start:
    """Begin a batch, or take up the one of this month that was not finished.

    One whose inputs have changed since is closed as outdated, and another begins. The caller holds
    the lock (`alone`).

    Raises:
        ForbiddenError: the actor may not run batches.
    """
    desk.actor.require(Permission.PLAN)
    out, runner = str(order.out.resolve()), this_process(order.by)
    with desk.database.appending() as session:
        known = latest_batch(session, order.month_text)
        if known is not None and known.state is BatchState.FINISHED and not order.fresh:
            changes = inputs.changes_since(known.inputs)
            return Start(batch=known, beginning=Beginning.DONE_BEFORE, given_up=changes)
        given_up: tuple[str, ...] = ()
        if known is not None and known.state in RESUMABLE:
            changes = inputs.changes_since(known.inputs)
            given_up = ("按要求重新开始",) if order.fresh else changes
            if not given_up:
                batch = resume_batch(session, known.id, out, runner)
                _log(desk, session, batch, "接着运行")
                return Start(batch=batch, beginning=Beginning.RESUMED)
            reason = f"没有接着做：{'；'.join(given_up)}"
            end_batch(session, known.id, BatchState.OUTDATED, datetime.now(UTC), reason)
        batch = begin_batch(
            session, order.month_text, inputs, out=out, runner=runner, at=datetime.now(UTC)
        )
        add_batch_needs(session, batch.id, open_need_ids(session, OPEN_STATUSES))
        _log(desk, session, batch, "开始运行")
    beginning = Beginning.REPLACED if given_up else Beginning.NEW
    return Start(batch=batch, beginning=beginning, given_up=given_up)


def run(
    desk: Desk, order: Order, started: Start, steps: Sequence[Step], progress: Progress
) -> Batch:
    """Do what is left of a batch; returns it as it stands at the end.

    Of a month that is finished only documents are put back that are gone from its folder.

    Raises:
        BatchCancelledError: somebody asked it to stop.
        StoreError: the folder cannot be written to; the batch can be resumed.
        MatcherError: a step failed; the batch can be resumed.
    """
    batch = started.batch
    work = Work(
        desk=desk,
        batch=batch,
        month=order.month,
        made_on=day_of(batch.started_at),
        out=order.out.resolve(),
        tell=progress,
    )
    if started.beginning is Beginning.DONE_BEFORE:
        put_back(work)
        return batch
    return carry_out(work, steps, progress)


def who_runs(session: Session) -> str:
    """Why nobody else can run a batch now: who does, where, since when, and how far it is."""
    batch = latest_batch(session, state=BatchState.RUNNING)
    if batch is None:
        return "已有一个月度批次正在启动，请稍后再试"
    place = f"{batch.host} 上的进程 {batch.pid}"
    told = f"{batch.month} 月度批次正在运行：{batch.started_by}启动，{place}，"
    told += f"{shown_moment(batch.started_at)} 开始"
    step = batch.current
    if step is not None:
        told += f"，现在做到“{step.step.label}”{step.done}/{step.total}"
    return f"{told}。同一时间只能运行一个批次，请等它结束，或先取消它"


def _log(desk: Desk, session: Session, batch: Batch, what: str) -> None:
    desk.log(
        session,
        Act.STEP,
        Subject.BATCH,
        batch.id,
        summary=f"{batch.month} 月度批次{what}（{batch.started_by}）",
    )
