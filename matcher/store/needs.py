"""Queries on needs."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from matcher.casework.needs import NeedStatus
from matcher.errors import NotFoundError
from matcher.records import Need, Side, TechField
from matcher.store.batches import batched
from matcher.store.changes import record_changes
from matcher.store.codec import need_from
from matcher.store.passages import add_passages, delete_passages, replace_passages
from matcher.store.saving import SaveCounts, save_rows
from matcher.store.tables import EnterpriseRow, NeedRow
from matcher.store.tables_casework import PairingRow
from matcher.text.passages import need_passages

_ENTERPRISE = EnterpriseRow.id == NeedRow.enterprise_id
_STAGES: Final = {status.value: place for place, status in enumerate(NeedStatus)}
_SORTED_BY: Final[dict[str, ColumnElement[Any]]] = {
    "title": NeedRow.title.expression,
    "firm": func.coalesce(EnterpriseRow.name, ""),
    "county": NeedRow.county.expression,
    "field": func.coalesce(NeedRow.field, ""),
    "status": case(_STAGES, value=NeedRow.status),
    "budget": func.coalesce(NeedRow.budget, -1.0),
    "deadline": func.coalesce(NeedRow.deadline, date(9999, 1, 1)),
    "submitted": func.coalesce(NeedRow.submitted, date(1900, 1, 1)),
}
NEED_ORDERS: Final = frozenset(_SORTED_BY)
"""Names of the columns that needs can be listed by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedQuery:
    """Which needs are meant; what is empty restricts nothing.

    `text` is looked for in title, problem, id and the name of the enterprise.
    """

    county: str = ""
    field: TechField | None = None
    status: NeedStatus | None = None
    text: str = ""


def save_needs(session: Session, needs: Sequence[Need]) -> SaveCounts:
    """Create or update needs with their passages; their enterprises must exist.

    Pairings follow a need that has come to another county.
    """
    saved = save_rows(session, NeedRow, needs)
    for some in batched(need.id for need in saved.updated):
        own = select(NeedRow.county).where(NeedRow.id == PairingRow.need_id).scalar_subquery()
        moved = update(PairingRow).where(PairingRow.need_id.in_(some), PairingRow.county != own)
        session.execute(moved.values(county=own), execution_options={"synchronize_session": False})
    add_passages(session, Side.NEED, {need.id: need_passages(need) for need in saved.created})
    replace_passages(session, Side.NEED, {need.id: need_passages(need) for need in saved.updated})
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


def counties_of_needs(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """The county of each of these needs that exists."""
    found: dict[str, str] = {}
    for batch in batched(ids):
        query = select(NeedRow.id, NeedRow.county).where(NeedRow.id.in_(batch))
        found.update({need_id: county for need_id, county in session.execute(query)})
    return found


def each_need(
    session: Session, *, county: str = "", statuses: Collection[NeedStatus] = ()
) -> Iterator[Need]:
    """All needs, or those of a county or in some statuses, in the order of their ids."""
    query = select(NeedRow).order_by(NeedRow.id).execution_options(yield_per=1000)
    if county:
        query = query.where(NeedRow.county == county)
    if statuses:
        query = query.where(NeedRow.status.in_(statuses))
    return (need_from(row) for row in session.scalars(query))


def list_needs(
    session: Session,
    *,
    county: str = "",
    field: TechField | None = None,
    status: NeedStatus | None = None,
    text: str = "",
    order: str = "",
    descending: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Need], int]:
    """A page of needs, and how many there are in all.

    Args:
        session: to read with.
        county: see `NeedQuery`, as field, status and text.
        field: only of this field.
        status: only in this status.
        text: only with this text.
        order: one of `NEED_ORDERS`; empty: latest submission first.
        descending: whether the order is turned round.
        offset: how many needs come before the page.
        limit: how long the page is.
    """
    asked = NeedQuery(county=county, field=field, status=status, text=text)
    query = select(NeedRow).outerjoin(EnterpriseRow, _ENTERPRISE).where(*_conditions(asked))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    column = _SORTED_BY[order or "submitted"]
    page = query.order_by(
        column.desc() if descending or not order else column.asc(), NeedRow.id.desc()
    )
    return [need_from(row) for row in session.scalars(page.offset(offset).limit(limit))], total


def count_by_status(session: Session, asked: NeedQuery) -> dict[NeedStatus, int]:
    """How many of the needs that are meant stand where, whatever status is asked for."""
    query = (
        select(NeedRow.status, func.count())
        .outerjoin(EnterpriseRow, _ENTERPRISE)
        .where(*_conditions(replace(asked, status=None)))
        .group_by(NeedRow.status)
    )
    return {NeedStatus(status): count for status, count in session.execute(query)}


def pairings_of_need(session: Session, need_id: str) -> int:
    """Number of pairings that hang on a need."""
    query = select(func.count()).select_from(PairingRow).where(PairingRow.need_id == need_id)
    return session.scalar(query) or 0


def need_counties(session: Session) -> list[str]:
    """All counties of needs, in order."""
    query = select(NeedRow.county).where(NeedRow.county != "").distinct()
    return list(session.scalars(query.order_by(NeedRow.county)))


def count_needs(session: Session) -> int:
    """Number of needs."""
    return session.scalar(select(func.count()).select_from(NeedRow)) or 0


def _conditions(asked: NeedQuery) -> list[ColumnElement[bool]]:
    """What the needs that are meant fulfil; their enterprise must be joined."""
    conditions: list[ColumnElement[bool]] = []
    if asked.county:
        conditions.append(NeedRow.county == asked.county)
    if asked.field is not None:
        conditions.append(NeedRow.field == asked.field)
    if asked.status is not None:
        conditions.append(NeedRow.status == asked.status)
    if asked.text:
        searched = (NeedRow.title, NeedRow.problem, NeedRow.id, EnterpriseRow.name)
        conditions.append(or_(*(c.icontains(asked.text, autoescape=True) for c in searched)))
    return conditions
