"""Queries on enterprise associations."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, UnaryExpression, and_, case, delete, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from matcher.casework.associations import (
    CONGRESS_YEARS,
    COUNTED_KINDS,
    QUIET_YEARS,
    STANDING,
    Association,
    AssociationKind,
    AssociationStatus,
    StrongCheck,
    years_after,
)
from matcher.errors import ConflictError, NotFoundError
from matcher.store.tables import EnterpriseRow
from matcher.store.tables_casework import AssociationRow

CHANGED_MEANWHILE = "打开以后，别人改过这个组织，没有保存。请核对现在的内容以后再操作"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationFilter:
    """Which associations are listed; what is empty does not restrict.

    Attributes:
        kind: only this form.
        county: only of this county.
        status: only of this status.
        text: a part of the name, the enterprise, the park or a person's name.
        weak: only those founded that lack something of 一强五有, or were not looked at.
        overdue: only those whose congress is overdue.
        quiet: only those so long without activity that they are proposed as inactive.
        enterprise_id: only of this enterprise.
    """

    kind: AssociationKind | None = None
    county: str = ""
    status: AssociationStatus | None = None
    text: str = ""
    weak: bool = False
    overdue: bool = False
    quiet: bool = False
    enterprise_id: str = ""


SORTS: Final[dict[str, InstrumentedAttribute[Any]]] = {
    "name": AssociationRow.name,
    "kind": AssociationRow.kind,
    "county": AssociationRow.county,
    "status": AssociationRow.status,
    "members": AssociationRow.members,
    "founded": AssociationRow.founded_on,
    "congress": AssociationRow.last_congress,
    "activity": AssociationRow.last_activity,
}
"""What a list can be sorted by."""

_STATUS_ORDER: Final = {status: place for place, status in enumerate(AssociationStatus)}


def add_association(session: Session, association: Association) -> Association:
    """Store a new association; its number is given here."""
    row = AssociationRow(**_values(association) | {"version": 1})
    session.add(row)
    session.flush()
    return _association(row)


def save_association(session: Session, association: Association) -> Association:
    """Store a changed association; returns it with its next version.

    Raises:
        NotFoundError: there is none with this number.
        ConflictError: it is of another version than the stored one.
    """
    row = _row(session, association.id)
    if row.version != association.version:
        raise ConflictError(CHANGED_MEANWHILE)
    for name, value in _values(association).items():
        setattr(row, name, value)
    row.version += 1
    session.flush()
    return _association(row)


def delete_association(session: Session, association_id: int) -> None:
    """Remove an association."""
    session.execute(delete(AssociationRow).where(AssociationRow.id == association_id))


def get_association(session: Session, association_id: int) -> Association:
    """One association.

    Raises:
        NotFoundError: there is none with this number.
    """
    return _association(_row(session, association_id))


def associations_of(session: Session, enterprise_id: str) -> list[Association]:
    """The associations and offices of an enterprise, the latest first, cancelled ones too."""
    query = select(AssociationRow).where(AssociationRow.enterprise_id == enterprise_id)
    return [_association(row) for row in session.scalars(query.order_by(AssociationRow.id.desc()))]


def same_place(session: Session, association: Association) -> Association | None:
    """Another association of the same form and enterprise, or park, that is not cancelled."""
    query = select(AssociationRow).where(
        AssociationRow.kind == association.kind,
        AssociationRow.status != AssociationStatus.CANCELLED,
        AssociationRow.id != association.id,
    )
    if association.kind is AssociationKind.PARK:
        query = query.where(
            AssociationRow.park == association.park, AssociationRow.county == association.county
        )
    else:
        query = query.where(AssociationRow.enterprise_id == association.enterprise_id)
    row = session.scalars(query.limit(1)).first()
    return None if row is None else _association(row)


def list_associations(
    session: Session,
    wanted: AssociationFilter,
    today: date,
    *,
    sort: str = "",
    descending: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Association], int]:
    """A page of associations, and how many there are in all.

    Unless sorted, those that live come before the inactive and cancelled, in the order of
    `AssociationStatus`, and of each status the latest entered first.

    Args:
        session: of the store.
        wanted: which.
        today: the day that overdue and quiet are told by.
        sort: a name of `SORTS`, or empty.
        descending: whether to sort that way; without a value come last both ways.
        offset: associations to pass over.
        limit: associations of the page.
    """
    query = select(AssociationRow).where(*_conditions(wanted, today))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(*_order(sort, descending)).offset(offset).limit(limit)
    return [_association(row) for row in session.scalars(page)], total


def count_by_status(
    session: Session, wanted: AssociationFilter, today: date
) -> dict[AssociationStatus, int]:
    """How many of the wanted associations have each status, whatever status is wanted."""
    query = (
        select(AssociationRow.status, func.count())
        .where(*_conditions(replace(wanted, status=None), today))
        .group_by(AssociationRow.status)
    )
    found = {status: count for status, count in session.execute(query)}
    return {status: found.get(status, 0) for status in AssociationStatus}


def association_counties(session: Session) -> list[str]:
    """All counties that enterprises or associations are in, in order."""
    found: set[str] = set()
    for column in (EnterpriseRow.county, AssociationRow.county):
        found.update(session.scalars(select(column).where(column != "").distinct()))
    return sorted(found)


def overdue_congress(today: date) -> ColumnElement[bool]:
    """Condition: the congress of a standing association is overdue."""
    last = func.coalesce(AssociationRow.last_congress, AssociationRow.founded_on)
    return and_(
        AssociationRow.kind.in_(COUNTED_KINDS),
        AssociationRow.status.in_(STANDING),
        last < years_after(today, -CONGRESS_YEARS),
    )


def _conditions(wanted: AssociationFilter, today: date) -> Iterator[ColumnElement[bool]]:
    exact = {
        AssociationRow.kind: wanted.kind,
        AssociationRow.county: wanted.county,
        AssociationRow.status: wanted.status,
        AssociationRow.enterprise_id: wanted.enterprise_id,
    }
    yield from (column == value for column, value in exact.items() if value)
    if wanted.text:
        yield _has_text(wanted.text)
    if wanted.weak:
        yield _is_weak()
    if wanted.overdue:
        yield overdue_congress(today)
    if wanted.quiet:
        yield _is_quiet(today)


def _has_text(text: str) -> ColumnElement[bool]:
    own = (
        *(AssociationRow.name, AssociationRow.park, AssociationRow.chair),
        *(AssociationRow.secretary, AssociationRow.liaison),
    )
    firms = select(EnterpriseRow.id).where(EnterpriseRow.name.icontains(text, autoescape=True))
    return or_(
        *(column.icontains(text, autoescape=True) for column in own),
        AssociationRow.enterprise_id.in_(firms),
    )


def _is_weak() -> ColumnElement[bool]:
    answers = (AssociationRow.check[each.name].as_boolean() for each in fields(StrongCheck))
    return and_(
        AssociationRow.kind.in_(COUNTED_KINDS),
        AssociationRow.status.in_(STANDING),
        or_(*(answer.is_not(True) for answer in answers)),
    )


def _is_quiet(today: date) -> ColumnElement[bool]:
    long_ago = years_after(today, -QUIET_YEARS)
    signs = (AssociationRow.last_activity, AssociationRow.last_congress, AssociationRow.founded_on)
    return and_(
        AssociationRow.status == AssociationStatus.FOUNDED,
        *(or_(sign.is_(None), sign < long_ago) for sign in signs),
    )


def _order(sort: str, descending: bool) -> Iterator[UnaryExpression[Any]]:
    column = SORTS.get(sort)
    if column is not None:
        yield (column.desc() if descending else column.asc()).nulls_last()
    else:
        yield case(_STATUS_ORDER, value=AssociationRow.status).asc()
    yield AssociationRow.id.desc()


def _row(session: Session, association_id: int) -> AssociationRow:
    row = session.get(AssociationRow, association_id)
    if row is None:
        raise NotFoundError("企业科协", str(association_id))
    return row


def _values(association: Association) -> dict[str, Any]:
    """The columns beside number and version."""
    own = (each.name for each in fields(Association) if each.name not in {"id", "version"})
    return {name: getattr(association, name) for name in own} | {"check": asdict(association.check)}


def _association(row: AssociationRow) -> Association:
    values = {each.name: getattr(row, each.name) for each in fields(Association)}
    values["kind"] = AssociationKind(row.kind)
    values["status"] = AssociationStatus(row.status)
    values["check"] = StrongCheck(**row.check)
    return Association(**values)
