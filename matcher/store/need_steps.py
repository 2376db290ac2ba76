"""Queries on the status of needs and on their steps."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matcher.casework.needs import NeedStatus, NeedStep, ReturnReason
from matcher.errors import NotFoundError
from matcher.records import Side
from matcher.store.batches import batched
from matcher.store.changes import record_changes
from matcher.store.tables import NeedRow
from matcher.store.tables_casework import NeedStepRow


def need_status(session: Session, need_id: str) -> NeedStatus:
    """Where a need stands.

    Raises:
        NotFoundError: there is no such need.
    """
    status = session.scalar(select(NeedRow.status).where(NeedRow.id == need_id))
    if status is None:
        raise NotFoundError("需求", need_id)
    return NeedStatus(status)


def need_statuses(session: Session, ids: Iterable[str]) -> dict[str, NeedStatus]:
    """Where the needs with these ids stand."""
    found: dict[str, NeedStatus] = {}
    for batch in batched(ids):
        query = select(NeedRow.id, NeedRow.status).where(NeedRow.id.in_(batch))
        found.update({row.id: NeedStatus(row.status) for row in session.execute(query)})
    return found


def set_status(session: Session, need_id: str, status: NeedStatus) -> None:
    """Put a need into a status, from now on; searches among needs follow."""
    set_statuses(session, [need_id], status)


def set_statuses(session: Session, need_ids: Sequence[str], status: NeedStatus) -> None:
    """Put several needs into a status at once."""
    now = datetime.now(UTC)
    for batch in batched(need_ids):
        session.execute(
            update(NeedRow).where(NeedRow.id.in_(batch)).values(status=status, status_since=now)
        )
    record_changes(session, Side.NEED, need_ids)


def add_step(session: Session, step: NeedStep) -> None:
    """Note a step; its number is given by the store."""
    session.add(
        NeedStepRow(
            need_id=step.need_id,
            at=step.at,
            actor_name=step.actor_name[:60],
            before=step.before,
            after=step.after,
            reason=step.reason,
            note=step.note,
        )
    )


def steps_of(session: Session, need_id: str) -> tuple[NeedStep, ...]:
    """All steps of a need, the earliest first."""
    query = select(NeedStepRow).where(NeedStepRow.need_id == need_id).order_by(NeedStepRow.id)
    return tuple(_step(row) for row in session.scalars(query))


def _step(row: NeedStepRow) -> NeedStep:
    return NeedStep(
        id=row.id,
        need_id=row.need_id,
        at=row.at,
        actor_name=row.actor_name,
        before=NeedStatus(row.before) if row.before else None,
        after=NeedStatus(row.after),
        reason=ReturnReason(row.reason) if row.reason else None,
        note=row.note,
    )
