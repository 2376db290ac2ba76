"""Queries on enterprises."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, case, delete, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from matcher.errors import NotFoundError
from matcher.records import Enterprise, EnterpriseSize
from matcher.store.batches import batched
from matcher.store.codec import enterprise_from
from matcher.store.saving import SaveCounts, save_rows
from matcher.store.site_facts import delete_site_facts
from matcher.store.tables import EnterpriseRow

_SIZES: Final = {size.value: place for place, size in enumerate(EnterpriseSize)}
_SORTED_BY: Final[dict[str, Any]] = {
    "name": EnterpriseRow.name,
    "county": EnterpriseRow.county,
    "industry": EnterpriseRow.industry,
    "size": case(_SIZES, value=EnterpriseRow.size),
    "staff": EnterpriseRow.staff_count,
    "st_staff": EnterpriseRow.st_staff_count,
}
ENTERPRISE_ORDERS: Final = frozenset(_SORTED_BY)
"""What a list of enterprises can be sorted by."""
ENTERPRISE_MARKS: Final[dict[str, InstrumentedAttribute[bool | None]]] = {
    "above_designated": EnterpriseRow.above_designated,
    "high_tech": EnterpriseRow.high_tech,
    "leading": EnterpriseRow.leading,
}
"""The marks that a list of enterprises can be restricted to."""


def save_enterprises(session: Session, enterprises: Sequence[Enterprise]) -> SaveCounts:
    """Create or update enterprises."""
    return save_rows(session, EnterpriseRow, enterprises).counts


def get_enterprise(session: Session, enterprise_id: str) -> Enterprise:
    """One enterprise.

    Raises:
        NotFoundError: there is no such enterprise.
    """
    row = session.get(EnterpriseRow, enterprise_id)
    if row is None:
        raise NotFoundError("企业", enterprise_id)
    return enterprise_from(row)


def get_enterprises(session: Session, ids: Iterable[str]) -> dict[str, Enterprise]:
    """The enterprises with these ids that exist."""
    found: dict[str, Enterprise] = {}
    for batch in batched(ids):
        query = select(EnterpriseRow).where(EnterpriseRow.id.in_(batch))
        found.update({row.id: enterprise_from(row) for row in session.scalars(query)})
    return found


def find_enterprises(
    session: Session,
    *,
    ids: Iterable[str] = (),
    names: Iterable[str] = (),
    credit_codes: Iterable[str] = (),
) -> list[Enterprise]:
    """Enterprises with one of these ids, names or unified social credit codes, by id."""
    found: dict[str, Enterprise] = {}
    for column, values in (
        (EnterpriseRow.id, ids),
        (EnterpriseRow.name, names),
        (EnterpriseRow.credit_code, credit_codes),
    ):
        for batch in batched(filter(None, values)):
            for row in session.scalars(select(EnterpriseRow).where(column.in_(batch))):
                found[row.id] = enterprise_from(row)
    return [found[key] for key in sorted(found)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseQuery:
    """Which enterprises are meant; empty means all.

    Attributes:
        county: only of this county.
        industry: only those whose industry contains this, or whose class begins with it.
        size: only of this size.
        marks: only those with all of these marks, names in `ENTERPRISE_MARKS`.
        text: only those with this in name, credit code or park.
    """

    county: str = ""
    industry: str = ""
    size: EnterpriseSize | None = None
    marks: frozenset[str] = frozenset()
    text: str = ""


def list_enterprises(
    session: Session,
    *,
    county: str = "",
    industry: str = "",
    size: EnterpriseSize | None = None,
    marks: Collection[str] = (),
    text: str = "",
    order: str = "",
    descending: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Enterprise], int]:
    """A page of enterprises, and how many there are in all.

    Args:
        session: where to read.
        county: see `EnterpriseQuery`, as industry, size, marks and text.
        industry: only of this industry.
        size: only of this size.
        marks: only with all of these marks.
        text: only with this text.
        order: one of `ENTERPRISE_ORDERS`; empty: by name.
        descending: whether the order is turned round; what is not known stays last.
        offset: how many to pass over.
        limit: how many to return at most.
    """
    asked = EnterpriseQuery(
        county=county, industry=industry, size=size, marks=frozenset(marks), text=text
    )
    query = select(EnterpriseRow).where(*_conditions(asked))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    column = _SORTED_BY[order or "name"]
    ordered = column.desc().nulls_last() if descending else column.asc().nulls_last()
    page = query.order_by(ordered, EnterpriseRow.name, EnterpriseRow.id)
    found = session.scalars(page.offset(offset).limit(limit))
    return list(map(enterprise_from, found)), total


def enterprise_counties(session: Session) -> list[str]:
    """All counties of enterprises, in order."""
    query = select(EnterpriseRow.county).where(EnterpriseRow.county != "").distinct()
    return list(session.scalars(query.order_by(EnterpriseRow.county)))


def enterprise_industries(session: Session, *, county: str = "", most: int = 200) -> list[str]:
    """The industries that most enterprises, of a county or of all, are in; in order."""
    query = (
        select(EnterpriseRow.industry)
        .where(EnterpriseRow.industry != "", *_conditions(EnterpriseQuery(county=county)))
        .group_by(EnterpriseRow.industry)
        .order_by(func.count().desc(), EnterpriseRow.industry)
        .limit(most)
    )
    return sorted(session.scalars(query))


def delete_enterprise(session: Session, enterprise_id: str) -> None:
    """Remove an enterprise that nothing hangs on, with what was found out for site types.

    Raises:
        NotFoundError: there is no such enterprise.
    """
    removed = session.execute(
        delete(EnterpriseRow).where(EnterpriseRow.id == enterprise_id).returning(EnterpriseRow.id)
    )
    if removed.first() is None:
        raise NotFoundError("企业", enterprise_id)
    delete_site_facts(session, "enterprise", enterprise_id)
    session.expire_all()


def _conditions(asked: EnterpriseQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        ENTERPRISE_MARKS[mark].is_(True) for mark in sorted(asked.marks)
    ]
    if asked.county:
        conditions.append(EnterpriseRow.county == asked.county)
    if asked.industry:
        named = EnterpriseRow.industry.icontains(asked.industry, autoescape=True)
        classed = EnterpriseRow.industry_code.startswith(asked.industry, autoescape=True)
        conditions.append(or_(named, classed))
    if asked.size is not None:
        conditions.append(EnterpriseRow.size == asked.size)
    if asked.text:
        searched = (EnterpriseRow.name, EnterpriseRow.credit_code, EnterpriseRow.park)
        conditions.append(or_(*(c.icontains(asked.text, autoescape=True) for c in searched)))
    return conditions
