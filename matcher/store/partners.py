"""Queries on partners."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, delete, func, insert, or_, select
from sqlalchemy.orm import Session, selectinload

from matcher.errors import NotFoundError
from matcher.records import Partner, PartnerKind, Side
from matcher.store.batches import batched
from matcher.store.changes import record_changes
from matcher.store.codec import columns, partner_from
from matcher.store.passages import delete_passages, replace_passages
from matcher.store.saving import SaveCounts, save_rows
from matcher.store.tables import EvidenceRow, PartnerRow
from matcher.text.passages import partner_passages


def save_partners(session: Session, partners: Sequence[Partner]) -> SaveCounts:
    """Create or update partners with their evidence and passages."""
    saved = save_rows(session, PartnerRow, partners)
    ids = [partner.id for partner in saved.written]
    for batch in batched(ids):
        session.execute(delete(EvidenceRow).where(EvidenceRow.partner_id.in_(batch)))
    evidence = [
        columns(item) | {"partner_id": partner.id, "position": position}
        for partner in saved.written
        for position, item in enumerate(partner.evidence)
    ]
    for rows in batched(evidence):
        session.execute(insert(EvidenceRow), rows)
    replace_passages(session, Side.PARTNER, {p.id: partner_passages(p) for p in saved.written})
    record_changes(session, Side.PARTNER, ids)
    session.expire_all()
    return saved.counts


def delete_partner(session: Session, partner_id: str) -> None:
    """Remove a partner with its evidence and passages.

    Raises:
        NotFoundError: there is no such partner.
    """
    result = session.execute(
        delete(PartnerRow).where(PartnerRow.id == partner_id).returning(PartnerRow.id)
    )
    if result.first() is None:
        raise NotFoundError("对象", partner_id)
    delete_passages(session, Side.PARTNER, [partner_id])
    record_changes(session, Side.PARTNER, [partner_id])
    session.expire_all()


def get_partner(session: Session, partner_id: str) -> Partner:
    """One partner with its evidence.

    Raises:
        NotFoundError: there is no such partner.
    """
    found = get_partners(session, [partner_id])
    if not found:
        raise NotFoundError("对象", partner_id)
    return found[partner_id]


def get_partners(session: Session, ids: Iterable[str]) -> dict[str, Partner]:
    """The partners with these ids that exist, with their evidence."""
    found: dict[str, Partner] = {}
    for batch in batched(ids):
        query = (
            select(PartnerRow)
            .where(PartnerRow.id.in_(batch))
            .options(selectinload(PartnerRow.evidence))
        )
        found.update({row.id: partner_from(row) for row in session.scalars(query)})
    return found


def list_partners(
    session: Session,
    *,
    kind: PartnerKind | None = None,
    region: str = "",
    text: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Partner], int]:
    """A page of partners by name, and how many there are in all.

    Args:
        session: where to read.
        kind: only partners of this kind.
        region: only those whose region contains this, as 温州 in 浙江省温州市.
        text: only those with this in name, English name or affiliation.
        offset: how many to pass over.
        limit: how many to return at most.
    """
    query = _matching(select(PartnerRow), kind, region, text)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = (
        query.options(selectinload(PartnerRow.evidence))
        .order_by(PartnerRow.name, PartnerRow.id)
        .offset(offset)
        .limit(limit)
    )
    return list(map(partner_from, session.scalars(page))), total


def count_partners(session: Session) -> dict[PartnerKind, int]:
    """Number of partners of each kind."""
    query = select(PartnerRow.kind, func.count()).group_by(PartnerRow.kind)
    counts = {row[0]: row[1] for row in session.execute(query)}
    return {kind: counts.get(kind.value, 0) for kind in PartnerKind}


def partner_regions(session: Session) -> list[str]:
    """All regions of partners, in order."""
    query = select(PartnerRow.region).where(PartnerRow.region != "").distinct()
    return list(session.scalars(query.order_by(PartnerRow.region)))


def _matching(
    query: Select[PartnerRow], kind: PartnerKind | None, region: str, text: str
) -> Select[PartnerRow]:
    if kind is not None:
        query = query.where(PartnerRow.kind == kind)
    if region:
        query = query.where(PartnerRow.region.contains(region, autoescape=True))
    if text:
        searched = (PartnerRow.name, PartnerRow.name_en, PartnerRow.affiliation)
        query = query.where(or_(*(c.contains(text, autoescape=True) for c in searched)))
    return query
