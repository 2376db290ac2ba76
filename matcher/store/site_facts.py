"""Queries on the facts that rules of site types ask for: those entered, and those counted."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from matcher.casework.needs import KNOWN_STATUSES
from matcher.casework.site_facts import SiteFact
from matcher.casework.stations import Assessment, StationStatus, failed_twice
from matcher.records import PartnerKind
from matcher.store.batches import batched
from matcher.store.tables import NeedRow, PartnerRow
from matcher.store.tables_casework import (
    AssessmentRow,
    PairingRow,
    PartnerFactsRow,
    StationPartnerRow,
    StationRow,
)
from matcher.store.tables_monthly import SiteFactRow


class NeedSide(NamedTuple):
    """What rules look at of a need."""

    enterprise_id: str | None
    county: str
    wanted_site: str


class PartnerSide(NamedTuple):
    """What rules look at of a partner; its evidence, which may be long, is not read."""

    kind: PartnerKind
    title: str
    region: str
    retired: bool | None
    stations_elsewhere: int | None


def site_facts_of(
    session: Session, owner: str, ids: Iterable[str]
) -> dict[str, dict[str, SiteFact]]:
    """What was entered for owners of one kind, by their id and the name of the fact."""
    found: dict[str, dict[str, SiteFact]] = defaultdict(dict)
    for batch in batched(ids):
        query = select(SiteFactRow).where(
            SiteFactRow.owner == owner, SiteFactRow.owner_id.in_(batch)
        )
        for row in session.scalars(query.order_by(SiteFactRow.name)):
            found[row.owner_id][row.name] = _fact(row)
    return dict(found)


def save_site_facts(session: Session, facts: Iterable[SiteFact]) -> None:
    """Enter facts, in the place of what was entered before."""
    for fact in facts:
        session.merge(
            SiteFactRow(
                owner=fact.owner,
                owner_id=fact.owner_id,
                name=fact.name,
                value=fact.value,
                note=fact.note,
                noted_on=fact.noted_on,
                noted_by=fact.noted_by,
            )
        )
    session.flush()


def delete_site_facts(
    session: Session, owner: str, owner_id: str, names: Collection[str] | None = None
) -> None:
    """Forget what was entered for an owner: these facts, or all."""
    query = delete(SiteFactRow).where(SiteFactRow.owner == owner, SiteFactRow.owner_id == owner_id)
    if names is not None:
        query = query.where(SiteFactRow.name.in_(list(names)))
    session.execute(query)
    session.expire_all()


def need_sides(session: Session, ids: Iterable[str]) -> dict[str, NeedSide]:
    """What rules look at of the needs with these ids that exist."""
    found: dict[str, NeedSide] = {}
    for batch in batched(ids):
        query = select(
            NeedRow.id, NeedRow.enterprise_id, NeedRow.county, NeedRow.wanted_site
        ).where(NeedRow.id.in_(batch))
        found.update(
            {row[0]: NeedSide(row[1], row[2], row[3] or "") for row in session.execute(query)}
        )
    return found


def partner_sides(session: Session, ids: Iterable[str]) -> dict[str, PartnerSide]:
    """What rules look at of the partners with these ids that exist."""
    found: dict[str, PartnerSide] = {}
    for batch in batched(ids):
        query = (
            select(
                PartnerRow.id,
                PartnerRow.kind,
                PartnerRow.title,
                PartnerRow.region,
                PartnerFactsRow.retired,
                PartnerFactsRow.stations_elsewhere,
            )
            .outerjoin(PartnerFactsRow, PartnerFactsRow.partner_id == PartnerRow.id)
            .where(PartnerRow.id.in_(batch))
        )
        for row in session.execute(query):
            found[row[0]] = PartnerSide(PartnerKind(row[1]), *row[2:])
    return found


def pairing_numbers(session: Session, need_ids: Iterable[str]) -> dict[tuple[str, str], int]:
    """Numbers of the pairings of these needs, by need and partner."""
    found: dict[tuple[str, str], int] = {}
    for batch in batched(need_ids):
        query = select(PairingRow.need_id, PairingRow.partner_id, PairingRow.id).where(
            PairingRow.need_id.in_(batch)
        )
        found.update({(row[0], row[1]): row[2] for row in session.execute(query)})
    return found


def needs_counted(session: Session, enterprise_ids: Iterable[str]) -> dict[str, int]:
    """How many needs of enterprises the library has, without drafts and those given up."""
    found: dict[str, int] = {}
    for batch in batched(enterprise_ids):
        query = (
            select(NeedRow.enterprise_id, func.count())
            .where(NeedRow.enterprise_id.in_(batch), NeedRow.status.in_(KNOWN_STATUSES))
            .group_by(NeedRow.enterprise_id)
        )
        found.update({str(row[0]): int(row[1]) for row in session.execute(query)})
    return found


def stations_held(
    session: Session, partner_ids: Iterable[str]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Type and enterprise of the working stations of partners, in the order of their numbers."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for batch in batched(partner_ids):
        query = (
            select(StationPartnerRow.partner_id, StationRow.type, StationRow.enterprise_id)
            .join(StationRow, StationRow.id == StationPartnerRow.station_id)
            .where(
                StationPartnerRow.partner_id.in_(batch), StationRow.status == StationStatus.ACTIVE
            )
            .order_by(StationRow.id)
        )
        for row in session.execute(query):
            found[row[0]].append((row[1], row[2]))
    return {key: tuple(held) for key, held in found.items()}


def types_failed(session: Session, enterprise_ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """Types of the stations of enterprises that stand though they failed two years in a row."""
    years: dict[tuple[str, str, int], list[Assessment]] = defaultdict(list)
    for batch in batched(enterprise_ids):
        query = (
            select(StationRow.enterprise_id, StationRow.type, AssessmentRow)
            .join(AssessmentRow, AssessmentRow.station_id == StationRow.id)
            .where(
                StationRow.enterprise_id.in_(batch), StationRow.status != StationStatus.CANCELLED
            )
        )
        for firm, kind, row in session.execute(query):
            years[firm, kind, row.station_id].append(Assessment(year=row.year, score=row.score))
    found: dict[str, set[str]] = defaultdict(set)
    for (firm, kind, _), assessments in years.items():
        if failed_twice(assessments):
            found[firm].add(kind)
    return {firm: frozenset(kinds) for firm, kinds in found.items()}


def _fact(row: SiteFactRow) -> SiteFact:
    return SiteFact(
        owner=row.owner,
        owner_id=row.owner_id,
        name=row.name,
        value=row.value,
        note=row.note,
        noted_on=row.noted_on,
        noted_by=row.noted_by,
    )
