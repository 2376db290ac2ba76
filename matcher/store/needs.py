"""Queries on needs."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from matcher.casework.needs import NeedStatus
from matcher.errors import NotFoundError
from matcher.records import Need, Side, TechField
from matcher.store.batches import batched
from matcher.store.changes import record_changes
from matcher.store.codec import need_from
from matcher.store.passages import delete_passages, replace_passages
from matcher.store.saving import SaveCounts, save_rows
from matcher.store.tables import NeedRow
from matcher.text.passages import need_passages


def save_needs(session: Session, needs: Sequence[Need]) -> SaveCounts:
    """Create or update needs with their passages; their enterprises must exist."""
    saved = save_rows(session, NeedRow, needs)
    replace_passages(session, Side.NEED, {need.id: need_passages(need) for need in saved.written})
    record_changes(session, Side.NEED, [need.id for need in saved.written])
    return saved.counts


def delete_need(session: Session, need_id: str) -> None:
    """Remove a need with its passages.

    Raises:
        NotFoundError: there is no such need.
    """
    result = session.execute(delete(NeedRow).where(NeedRow.id == need_id).returning(NeedRow.id))
    if result.first() is None:
        raise NotFoundError("需求", need_id)
    delete_passages(session, Side.NEED, [need_id])
    record_changes(session, Side.NEED, [need_id])
    session.expire_all()


def get_need(session: Session, need_id: str) -> Need:
    """One need.

    Raises:
        NotFoundError: there is no such need.
    """
    row = session.get(NeedRow, need_id)
    if row is None:
        raise NotFoundError("需求", need_id)
    return need_from(row)


def get_needs(session: Session, ids: Iterable[str]) -> dict[str, Need]:
    """The needs with these ids that exist."""
    found: dict[str, Need] = {}
    for batch in batched(ids):
        query = select(NeedRow).where(NeedRow.id.in_(batch))
        found.update({row.id: need_from(row) for row in session.scalars(query)})
    return found


def each_need(session: Session) -> Iterator[Need]:
    """All needs, in the order of their ids."""
    query = select(NeedRow).order_by(NeedRow.id).execution_options(yield_per=1000)
    return (need_from(row) for row in session.scalars(query))


def list_needs(
    session: Session,
    *,
    county: str = "",
    field: TechField | None = None,
    status: NeedStatus | None = None,
    text: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Need], int]:
    """A page of needs, latest submission first, and how many there are in all.

    `text` keeps only those that have it in their title, problem or id.
    """
    query = select(NeedRow)
    if county:
        query = query.where(NeedRow.county == county)
    if field is not None:
        query = query.where(NeedRow.field == field)
    if status is not None:
        query = query.where(NeedRow.status == status)
    if text:
        searched = (NeedRow.title, NeedRow.problem, NeedRow.id)
        query = query.where(or_(*(c.contains(text, autoescape=True) for c in searched)))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    newest = func.coalesce(NeedRow.submitted, date(1900, 1, 1)).desc()
    page = query.order_by(newest, NeedRow.id.desc()).offset(offset).limit(limit)
    return [need_from(row) for row in session.scalars(page)], total


def need_counties(session: Session) -> list[str]:
    """All counties of needs, in order."""
    query = select(NeedRow.county).where(NeedRow.county != "").distinct()
    return list(session.scalars(query.order_by(NeedRow.county)))


def count_needs(session: Session) -> int:
    """Number of needs."""
    return session.scalar(select(func.count()).select_from(NeedRow)) or 0
