"""Queries on partners."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session, selectinload

from matcher.errors import NotFoundError
from matcher.records import Partner, PartnerKind, Side
from matcher.store.batches import batched
from matcher.store.changes import record_changes
from matcher.store.codec import columns, partner_from
from matcher.store.jsonlists import any_contains, listed_in
from matcher.store.passages import add_passages, delete_passages, replace_passages
from matcher.store.saving import SaveCounts, insert_rows, save_rows
from matcher.store.site_facts import delete_site_facts
from matcher.store.tables import EvidenceRow, PartnerRow
from matcher.store.tables_casework import PartnerFactsRow
from matcher.text.passages import partner_passages

_SORTED_BY: Final[dict[str, Any]] = {
    "name": PartnerRow.name,
    "kind": PartnerRow.kind,
    "affiliation": PartnerRow.affiliation,
    "region": PartnerRow.region,
    "evidence": (
        select(func.count())
        .select_from(EvidenceRow)
        .where(EvidenceRow.partner_id == PartnerRow.id)
        .scalar_subquery()
    ),
}
PARTNER_ORDERS: Final = frozenset(_SORTED_BY)
"""What a list of partners can be sorted by."""


def save_partners(session: Session, partners: Sequence[Partner]) -> SaveCounts:
    """Create or update partners with their evidence and passages."""
    saved = save_rows(session, PartnerRow, partners)
    for batch in batched(partner.id for partner in saved.updated):
        session.execute(delete(EvidenceRow).where(EvidenceRow.partner_id.in_(batch)))
    evidence = [
        columns(item) | {"partner_id": partner.id, "position": position}
        for partner in saved.written
        for position, item in enumerate(partner.evidence)
    ]
    insert_rows(session, EvidenceRow, evidence)
    add_passages(session, Side.PARTNER, {p.id: partner_passages(p) for p in saved.created})
    replace_passages(session, Side.PARTNER, {p.id: partner_passages(p) for p in saved.updated})
    record_changes(session, Side.PARTNER, [partner.id for partner in saved.written])
    session.expire_all()
    return saved.counts


def delete_partner(session: Session, partner_id: str) -> None:
    """Remove a partner with its evidence, passages and what was found out for site types.

    Raises:
        NotFoundError: there is no such partner.
    """
    result = session.execute(
        delete(PartnerRow).where(PartnerRow.id == partner_id).returning(PartnerRow.id)
    )
    if result.first() is None:
        raise NotFoundError("对象", partner_id)
    delete_passages(session, Side.PARTNER, [partner_id])
    delete_site_facts(session, "partner", partner_id)
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
    """The partners with these ids that exist, with their evidence.

    Read as plain columns, because every answer waits for it: mapped objects cost several times as
    much.
    """
    found: dict[str, Partner] = {}
    for batch in batched(ids):
        evidence = defaultdict(list)
        listed = (
            select(*EvidenceRow.__table__.columns)
            .where(EvidenceRow.partner_id.in_(batch))
            .order_by(EvidenceRow.partner_id, EvidenceRow.position)
        )
        for item in session.execute(listed):
            evidence[item.partner_id].append(item)
        partners = select(*PartnerRow.__table__.columns).where(PartnerRow.id.in_(batch))
        for row in session.execute(partners):
            found[row.id] = partner_from(row, evidence[row.id])
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerQuery:
    """Which partners are meant; empty means all.

    Attributes:
        kind: only partners of this kind.
        region: only those whose region contains this, as 温州 in 浙江省温州市.
        discipline: only those with a discipline that contains this.
        text: only those with this in name, English name, affiliation or an alias.
    """

    kind: PartnerKind | None = None
    region: str = ""
    discipline: str = ""
    text: str = ""


def list_partners(
    session: Session,
    *,
    kind: PartnerKind | None = None,
    region: str = "",
    discipline: str = "",
    text: str = "",
    order: str = "",
    descending: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Partner], int]:
    """A page of partners, and how many there are in all.

    Args:
        session: where to read.
        kind: see `PartnerQuery`, as region, discipline and text.
        region: only in this region.
        discipline: only in this discipline.
        text: only with this text.
        order: one of `PARTNER_ORDERS`; empty: by name.
        descending: whether the order is turned round.
        offset: how many to pass over.
        limit: how many to return at most.
    """
    asked = PartnerQuery(kind=kind, region=region, discipline=discipline, text=text)
    query = select(PartnerRow).where(*_conditions(session, asked))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    column = _SORTED_BY[order or "name"]
    page = (
        query.options(selectinload(PartnerRow.evidence))
        .order_by(column.desc() if descending else column.asc(), PartnerRow.name, PartnerRow.id)
        .offset(offset)
        .limit(limit)
    )
    return [partner_from(row, row.evidence) for row in session.scalars(page)], total


def count_by_kind(session: Session, asked: PartnerQuery) -> dict[PartnerKind, int]:
    """Number of partners of each kind among those that are meant, whatever kind is asked for."""
    query = (
        select(PartnerRow.kind, func.count())
        .where(*_conditions(session, replace(asked, kind=None)))
        .group_by(PartnerRow.kind)
    )
    counts = {row[0]: row[1] for row in session.execute(query)}
    return {kind: counts.get(kind.value, 0) for kind in PartnerKind}


def count_partners(session: Session) -> dict[PartnerKind, int]:
    """Number of partners of each kind."""
    query = select(PartnerRow.kind, func.count()).group_by(PartnerRow.kind)
    counts = {row[0]: row[1] for row in session.execute(query)}
    return {kind: counts.get(kind.value, 0) for kind in PartnerKind}


def partner_regions(session: Session) -> list[str]:
    """All regions of partners, in order."""
    query = select(PartnerRow.region).where(PartnerRow.region != "").distinct()
    return list(session.scalars(query.order_by(PartnerRow.region)))


def common_disciplines(session: Session, most: int = 100) -> list[str]:
    """The disciplines that most partners have, in order."""
    item = listed_in(session, PartnerRow.disciplines)
    query = (
        select(item)
        .select_from(PartnerRow)
        .group_by(item)
        .order_by(func.count().desc(), item)
        .limit(most)
    )
    return sorted(session.scalars(query))


def _conditions(session: Session, asked: PartnerQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if asked.kind is not None:
        conditions.append(PartnerRow.kind == asked.kind)
    if asked.region:
        conditions.append(PartnerRow.region.icontains(asked.region, autoescape=True))
    if asked.discipline:
        conditions.append(any_contains(session, PartnerRow.disciplines, asked.discipline))
    if asked.text:
        searched = (PartnerRow.name, PartnerRow.name_en, PartnerRow.affiliation)
        known_as = select(PartnerFactsRow.partner_id).where(
            any_contains(session, PartnerFactsRow.aliases, asked.text)
        )
        named = (column.icontains(asked.text, autoescape=True) for column in searched)
        conditions.append(or_(*named, PartnerRow.id.in_(known_as)))
    return conditions
