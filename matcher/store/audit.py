"""The audit log: lines are added and read, never changed."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from matcher.people import Actor, ActorKind, AuditEntry
from matcher.people.days import first_moment, next_moment
from matcher.store.tables_people import AuditRow


def add_audit(
    session: Session,
    actor: Actor,
    *,
    action: str,
    subject: str,
    subject_id: str,
    county: str = "",
    summary: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Note what somebody did; it is committed or lost together with the change itself."""
    session.add(
        AuditRow(
            at=datetime.now(UTC),
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=actor.name[:60],
            address=actor.address[:60],
            action=action,
            subject=subject,
            subject_id=subject_id,
            county=county,
            summary=summary,
            details=dict(details or {}),
        )
    )


def list_audit(
    session: Session,
    *,
    actor: str = "",
    action: str = "",
    subject: str = "",
    subject_id: str = "",
    text: str = "",
    since: date | None = None,
    until: date | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[AuditEntry], int]:
    """A page of the log, latest first, and how many lines there are in all.

    Args:
        session: of the store.
        actor: id or a part of the name of whoever acted.
        action: only this action.
        subject: only this kind of record.
        subject_id: only this record.
        text: a part of the summary.
        since: first day, by China's time.
        until: last day, by China's time.
        offset: lines to pass over.
        limit: lines of the page.
    """
    query = select(AuditRow)
    if actor:
        named = AuditRow.actor_name.icontains(actor, autoescape=True)
        query = query.where(or_(AuditRow.actor_id == actor, named))
    exact = {AuditRow.action: action, AuditRow.subject: subject, AuditRow.subject_id: subject_id}
    for column, wanted in exact.items():
        if wanted:
            query = query.where(column == wanted)
    if text:
        query = query.where(AuditRow.summary.icontains(text, autoescape=True))
    if since is not None:
        query = query.where(AuditRow.at >= first_moment(since))
    if until is not None:
        query = query.where(AuditRow.at < next_moment(until))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(AuditRow.id.desc()).offset(offset).limit(limit)
    return [_entry(row) for row in session.scalars(page)], total


def _entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        at=row.at,
        actor_kind=ActorKind(row.actor_kind),
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        address=row.address,
        action=row.action,
        subject=row.subject,
        subject_id=row.subject_id,
        county=row.county,
        summary=row.summary,
        details=row.details,
    )
