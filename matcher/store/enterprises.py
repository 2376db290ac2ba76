"""Queries on enterprises."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from matcher.errors import NotFoundError
from matcher.records import Enterprise
from matcher.store.batches import batched
from matcher.store.codec import enterprise_from
from matcher.store.saving import SaveCounts, save_rows
from matcher.store.tables import EnterpriseRow


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


def list_enterprises(
    session: Session, *, county: str = "", text: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[Enterprise], int]:
    """A page of enterprises by name, and how many there are in all."""
    query = select(EnterpriseRow)
    if county:
        query = query.where(EnterpriseRow.county == county)
    if text:
        searched = (EnterpriseRow.name, EnterpriseRow.credit_code)
        query = query.where(or_(*(c.contains(text, autoescape=True) for c in searched)))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(EnterpriseRow.name, EnterpriseRow.id).offset(offset).limit(limit)
    return [enterprise_from(row) for row in session.scalars(page)], total
