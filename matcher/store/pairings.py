"""Queries on pairings and their timelines."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from matcher.casework.pairings import (
    ACTIVE_STAGES,
    EventKind,
    FailReason,
    Pairing,
    PairingEvent,
    PairingStage,
)
from matcher.casework.progress import UNDERWAY
from matcher.errors import ConflictError, NotFoundError
from matcher.records import PartnerKind
from matcher.store.batches import batched
from matcher.store.files import file_from
from matcher.store.tables import EnterpriseRow, NeedRow, PartnerRow
from matcher.store.tables_casework import PairingEventRow, PairingRow, PartnerFactsRow

SORTED_BY: Final[dict[str, Any]] = {
    "need": NeedRow.title,
    "partner": PartnerRow.name,
    "county": PairingRow.county,
    "created": PairingRow.created_at,
    "moved": PairingRow.updated_at,
}
"""What a list of pairings can be sorted by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingFilter:
    """Which pairings are wanted; what is empty does not restrict.

    Attributes:
        county: of the need.
        stages: any of these.
        kind: of the partner.
        text: in the need's title or id, the enterprise's or the partner's name, or the partner's
            id.
        idle_since: only those under way on which nothing was noted after this moment.
    """

    county: str = ""
    stages: frozenset[PairingStage] = frozenset()
    kind: PartnerKind | None = None
    text: str = ""
    idle_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What limits a partner: pairings a year, None if not known, and enterprises in conflict."""

    capacity: int | None = None
    conflicts: frozenset[str] = frozenset()


def add_pairing(session: Session, pairing: Pairing) -> Pairing:
    """Begin a pairing; returns it with the number that the store gave it."""
    row = PairingRow(
        need_id=pairing.need_id,
        partner_id=pairing.partner_id,
        county=pairing.county,
        stage=pairing.stage,
        reason=pairing.reason,
        probability=pairing.probability,
        created_at=pairing.created_at,
        updated_at=pairing.updated_at,
        released_at=pairing.released_at,
        version=pairing.version,
    )
    session.add(row)
    session.flush()
    return _pairing(row)


def change_pairing(session: Session, pairing: Pairing, *, seen: int) -> Pairing:
    """Put down the stage, reason and release of a pairing; returns it with its new version.

    Raises:
        ConflictError: it is not the version any more that was seen.
    """
    changed = session.execute(
        update(PairingRow)
        .where(PairingRow.id == pairing.id, PairingRow.version == seen)
        .values(
            stage=pairing.stage,
            reason=pairing.reason,
            probability=pairing.probability,
            released_at=pairing.released_at,
            updated_at=pairing.updated_at,
            version=seen + 1,
        )
        .returning(PairingRow.id)
    ).first()
    if changed is None:
        raise ConflictError("打开页面以后，别人办理过这项对接。请核对现在的情况，再决定怎么办")
    session.expire_all()
    return get_pairing(session, pairing.id)


def touch(session: Session, pairing_id: int, at: datetime) -> None:
    """Note that something happened to a pairing which changes nothing in it."""
    session.execute(update(PairingRow).where(PairingRow.id == pairing_id).values(updated_at=at))


def get_pairing(session: Session, pairing_id: int) -> Pairing:
    """One pairing.

    Raises:
        NotFoundError: there is none with this number.
    """
    row = session.get(PairingRow, pairing_id)
    if row is None:
        raise NotFoundError("对接", str(pairing_id))
    return _pairing(row)


def find_pairing(session: Session, need_id: str, partner_id: str) -> Pairing | None:
    """The pairing of a need with a partner, None if they were never brought together."""
    query = select(PairingRow).where(
        PairingRow.need_id == need_id, PairingRow.partner_id == partner_id
    )
    row = session.scalar(query)
    return None if row is None else _pairing(row)


def pairings_of_need(session: Session, need_id: str) -> list[Pairing]:
    """All pairings of a need, the earliest first."""
    query = select(PairingRow).where(PairingRow.need_id == need_id).order_by(PairingRow.id)
    return list(map(_pairing, session.scalars(query)))


def pairings_of_needs(session: Session, need_ids: Iterable[str]) -> dict[tuple[str, str], Pairing]:
    """All pairings of some needs, by need and partner."""
    found: dict[tuple[str, str], Pairing] = {}
    for batch in batched(need_ids):
        query = select(PairingRow).where(PairingRow.need_id.in_(batch))
        found.update(
            {(row.need_id, row.partner_id): _pairing(row) for row in session.scalars(query)}
        )
    return found


def pairings_of_partner(session: Session, partner_id: str, *, county: str = "") -> list[Pairing]:
    """All pairings of a partner, or those of one county, the latest first."""
    query = select(PairingRow).where(PairingRow.partner_id == partner_id)
    if county:
        query = query.where(PairingRow.county == county)
    return list(map(_pairing, session.scalars(query.order_by(PairingRow.id.desc()))))


def list_pairings(
    session: Session,
    wanted: PairingFilter,
    *,
    sort: str = "moved",
    descending: bool = True,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Pairing], int]:
    """A page of pairings, and how many there are in all.

    Args:
        session: where to read.
        wanted: which.
        sort: one of `SORTED_BY`.
        descending: the latest or last first.
        offset: how many to pass over.
        limit: how many to return at most.
    """
    query = _matching(select(PairingRow), wanted)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    column = SORTED_BY[sort]
    order = (column.desc(), PairingRow.id.desc()) if descending else (column, PairingRow.id)
    page = query.order_by(*order).offset(offset).limit(limit)
    return list(map(_pairing, session.scalars(page))), total


def count_stages(session: Session, wanted: PairingFilter) -> dict[PairingStage, int]:
    """How many pairings stand at each stage, none left out."""
    found = _matching(select(PairingRow.stage), wanted).subquery()
    query = select(found.c.stage, func.count()).group_by(found.c.stage)
    counts = {row[0]: int(row[1]) for row in session.execute(query)}
    return {stage: counts.get(stage.value, 0) for stage in PairingStage}


def count_active(
    session: Session, partner_ids: Iterable[str], *, since: datetime
) -> dict[str, int]:
    """How many active pairings partners began since a moment; those without any are left out."""
    found: dict[str, int] = {}
    for batch in batched(partner_ids):
        query = (
            select(PairingRow.partner_id, func.count())
            .where(
                PairingRow.partner_id.in_(batch),
                PairingRow.stage.in_(ACTIVE_STAGES),
                PairingRow.created_at >= since,
            )
            .group_by(PairingRow.partner_id)
        )
        found.update({row[0]: int(row[1]) for row in session.execute(query)})
    return found


def limits_of(session: Session, partner_ids: Iterable[str]) -> dict[str, Limits]:
    """What limits the partners of which something is known."""
    found: dict[str, Limits] = {}
    for batch in batched(partner_ids):
        query = select(
            PartnerFactsRow.partner_id, PartnerFactsRow.capacity, PartnerFactsRow.conflicts
        ).where(PartnerFactsRow.partner_id.in_(batch))
        found.update({row[0]: Limits(row[1], frozenset(row[2])) for row in session.execute(query)})
    return found


def stage_since(session: Session, pairing_ids: Collection[int]) -> dict[int, datetime]:
    """Since when pairings stand at their stage."""
    found: dict[int, datetime] = {}
    for batch in batched(pairing_ids):
        query = (
            select(PairingEventRow.pairing_id, func.max(PairingEventRow.at))
            .where(
                PairingEventRow.pairing_id.in_(batch),
                PairingEventRow.kind == EventKind.STAGE,
            )
            .group_by(PairingEventRow.pairing_id)
        )
        found.update({row[0]: row[1] for row in session.execute(query)})
    return found


def add_event(session: Session, event: PairingEvent) -> None:
    """Put a line on a pairing's timeline; its number is given by the store."""
    session.add(
        PairingEventRow(
            pairing_id=event.pairing_id,
            at=event.at,
            actor_name=event.actor_name[:60],
            kind=event.kind,
            before=event.before,
            after=event.after,
            reason=event.reason,
            text=event.text,
            file_id=event.file.id if event.file else None,
        )
    )
    session.flush()


def events_of(session: Session, pairing_id: int) -> list[PairingEvent]:
    """The timeline of a pairing, the earliest line first."""
    query = (
        select(PairingEventRow)
        .where(PairingEventRow.pairing_id == pairing_id)
        .order_by(PairingEventRow.id)
    )
    return [_event(row) for row in session.scalars(query)]


def pairing_counties(session: Session) -> list[str]:
    """All counties of pairings, in order."""
    query = select(PairingRow.county).where(PairingRow.county != "").distinct()
    return list(session.scalars(query.order_by(PairingRow.county)))


def _matching(query: Select[Any], wanted: PairingFilter) -> Select[Any]:
    query = query.join(NeedRow, NeedRow.id == PairingRow.need_id)
    query = query.join(PartnerRow, PartnerRow.id == PairingRow.partner_id)
    if wanted.county:
        query = query.where(PairingRow.county == wanted.county)
    if wanted.stages:
        query = query.where(PairingRow.stage.in_(wanted.stages))
    if wanted.kind is not None:
        query = query.where(PartnerRow.kind == wanted.kind)
    if wanted.idle_since is not None:
        query = query.where(
            PairingRow.stage.in_(UNDERWAY), PairingRow.updated_at < wanted.idle_since
        )
    if wanted.text:
        query = query.outerjoin(EnterpriseRow, EnterpriseRow.id == NeedRow.enterprise_id)
        searched: Sequence[Any] = (
            NeedRow.title,
            NeedRow.id,
            EnterpriseRow.name,
            PartnerRow.name,
            PartnerRow.id,
        )
        query = query.where(or_(*(c.icontains(wanted.text, autoescape=True) for c in searched)))
    return query


def _pairing(row: PairingRow) -> Pairing:
    return Pairing(
        id=row.id,
        need_id=row.need_id,
        partner_id=row.partner_id,
        county=row.county,
        stage=PairingStage(row.stage),
        reason=FailReason(row.reason) if row.reason else None,
        probability=row.probability,
        created_at=row.created_at,
        updated_at=row.updated_at,
        released_at=row.released_at,
        version=row.version,
    )


def _event(row: PairingEventRow) -> PairingEvent:
    return PairingEvent(
        id=row.id,
        pairing_id=row.pairing_id,
        at=row.at,
        actor_name=row.actor_name,
        kind=EventKind(row.kind),
        before=PairingStage(row.before) if row.before else None,
        after=PairingStage(row.after) if row.after else None,
        reason=FailReason(row.reason) if row.reason else None,
        text=row.text,
        file=file_from(row.file) if row.file else None,
    )
