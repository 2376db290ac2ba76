"""Queries on monthly batches: beginning, resuming and ending one, and how far it has come."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from matcher.casework.batches import Batch, BatchState, BatchStep, Inputs, StepProgress
from matcher.errors import NotFoundError
from matcher.store.tables_monthly import BatchRow, BatchStepRow

_COLUMNS = ("model_id", "revision", "token")
"""Inputs that have a column of their own; the others lie in `settings`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """The process that runs a batch, and who started it."""

    host: str
    pid: int
    by: str


def begin_batch(
    session: Session, month: str, inputs: Inputs, *, out: str, runner: Runner, at: datetime
) -> Batch:
    """Note that a batch begins; its steps are all still to be done."""
    known = asdict(inputs)
    row = BatchRow(
        month=month,
        state=BatchState.RUNNING,
        out=out,
        settings={name: value for name, value in known.items() if name not in _COLUMNS},
        started_at=at,
        finished_at=None,
        started_by=runner.by,
        host=runner.host,
        pid=runner.pid,
        cancel=False,
        error="",
        runs=1,
        **{name: known[name] for name in _COLUMNS},
    )
    session.add(row)
    session.flush()
    steps = [
        {"batch_id": row.id, "step": step, "position": position, "done": 0, "total": 0}
        | {"seconds": 0.0, "started_at": None, "finished_at": None}
        for position, step in enumerate(BatchStep)
    ]
    session.execute(insert(BatchStepRow), steps)
    return _batch(row, steps_of(session, row.id))


def resume_batch(session: Session, batch_id: int, out: str, runner: Runner) -> Batch:
    """Note that a batch goes on, in this process.

    Raises:
        NotFoundError: there is no such batch.
    """
    row = _row(session, batch_id)
    row.state, row.out, row.host, row.pid = BatchState.RUNNING, out, runner.host, runner.pid
    row.cancel, row.error, row.finished_at = False, "", None
    row.runs += 1
    session.flush()
    return _batch(row, steps_of(session, batch_id))


def end_batch(
    session: Session, batch_id: int, state: BatchState, at: datetime, error: str = ""
) -> Batch:
    """Note how a batch ended, for now or for good.

    Raises:
        NotFoundError: there is no such batch.
    """
    row = _row(session, batch_id)
    row.state, row.finished_at, row.error = state, at, error
    session.flush()
    return _batch(row, steps_of(session, batch_id))


def note_interrupted(session: Session, at: datetime) -> None:
    """Whoever holds the lock knows that all batches said to be running were killed."""
    session.execute(
        update(BatchRow)
        .where(BatchRow.state == BatchState.RUNNING)
        .values(state=BatchState.INTERRUPTED, finished_at=at)
    )


def ask_to_cancel(session: Session, batch_id: int) -> None:
    """Ask a batch to stop after the piece of work that it is at."""
    session.execute(update(BatchRow).where(BatchRow.id == batch_id).values(cancel=True))


def is_cancelled(session: Session, batch_id: int) -> bool:
    """Whether it was asked to stop."""
    return bool(session.scalar(select(BatchRow.cancel).where(BatchRow.id == batch_id)))


def save_step(session: Session, batch_id: int, progress: StepProgress) -> None:
    """Note how far a step has come."""
    values = {
        "done": progress.done,
        "total": progress.total,
        "seconds": progress.seconds,
        "started_at": progress.started_at,
        "finished_at": progress.finished_at,
    }
    session.execute(
        update(BatchStepRow)
        .where(BatchStepRow.batch_id == batch_id, BatchStepRow.step == progress.step)
        .values(values)
    )


def get_batch(session: Session, batch_id: int) -> Batch:
    """One batch with its steps.

    Raises:
        NotFoundError: there is no such batch.
    """
    return _batch(_row(session, batch_id), steps_of(session, batch_id))


def latest_batch(
    session: Session, month: str = "", *, state: BatchState | None = None
) -> Batch | None:
    """The batch that was begun last: of a month or any, in a state or any; None if none was."""
    query = select(BatchRow).order_by(BatchRow.id.desc()).limit(1)
    if month:
        query = query.where(BatchRow.month == month)
    if state is not None:
        query = query.where(BatchRow.state == state)
    row = session.scalar(query)
    return None if row is None else _batch(row, steps_of(session, row.id))


def list_batches(
    session: Session, *, month: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[Batch], int]:
    """A page of batches, last begun first, and how many there are in all."""
    query = select(BatchRow)
    if month:
        query = query.where(BatchRow.month == month)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(BatchRow.id.desc()).offset(offset).limit(limit)
    rows = list(session.scalars(page))
    steps: dict[int, list[StepProgress]] = {row.id: [] for row in rows}
    found = select(BatchStepRow).where(BatchStepRow.batch_id.in_(steps))
    for step in session.scalars(found.order_by(BatchStepRow.position)):
        steps[step.batch_id].append(_progress(step))
    return [_batch(row, tuple(steps[row.id])) for row in rows], total


def steps_of(session: Session, batch_id: int) -> tuple[StepProgress, ...]:
    """The steps of a batch in their order."""
    query = select(BatchStepRow).where(BatchStepRow.batch_id == batch_id)
    return tuple(map(_progress, session.scalars(query.order_by(BatchStepRow.position))))


def _row(session: Session, batch_id: int) -> BatchRow:
    row = session.get(BatchRow, batch_id)
    if row is None:
        raise NotFoundError("月度批次", str(batch_id))
    return row


def _progress(row: BatchStepRow) -> StepProgress:
    return StepProgress(
        step=BatchStep(row.step),
        done=row.done,
        total=row.total,
        seconds=row.seconds,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def _batch(row: BatchRow, steps: tuple[StepProgress, ...]) -> Batch:
    return Batch(
        id=row.id,
        month=row.month,
        state=BatchState(row.state),
        out=row.out,
        inputs=_inputs(row, row.settings),
        started_at=row.started_at,
        finished_at=row.finished_at,
        started_by=row.started_by,
        host=row.host,
        pid=row.pid,
        cancel=row.cancel,
        error=row.error,
        runs=row.runs,
        steps=steps,
    )


def _inputs(row: BatchRow, settings: Mapping[str, Any]) -> Inputs:
    return Inputs(
        model_id=row.model_id,
        revision=row.revision,
        token=row.token,
        library_id=settings["library_id"],
        program=settings["program"],
        counties=tuple(settings["counties"]),
        assignment=settings["assignment"],
        files=settings["files"],
    )
