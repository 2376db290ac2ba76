"""Queries on what hangs on a partner or an enterprise: needs, pairings, stations, associations.

They read a line for each, for the record's own page; the subjects have queries of their own.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from matcher.casework.associations import AssociationKind, AssociationStatus
from matcher.casework.needs import NeedStatus
from matcher.casework.pairings import PairingStage
from matcher.casework.stations import StationStatus
from matcher.store.tables import NeedRow
from matcher.store.tables_casework import (
    AssociationRow,
    OutcomeRow,
    PairingRow,
    StationPartnerRow,
    StationRow,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedLine:
    """A need of an enterprise."""

    id: str
    title: str
    status: NeedStatus
    submitted: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingLine:
    """A pairing of a partner."""

    id: int
    need_id: str
    need: str
    county: str
    stage: PairingStage
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StationLine:
    """A station of a partner or an enterprise."""

    id: int
    name: str
    county: str
    status: StationStatus
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationLine:
    """An association of an enterprise."""

    id: int
    name: str
    kind: AssociationKind
    status: AssociationStatus


def pairings_with(session: Session, partner_id: str, county: str = "") -> list[PairingLine]:
    """Pairings of a partner, in a county or in all, the latest moved first."""
    query = (
        select(PairingRow, NeedRow.title, NeedRow.problem)
        .join(NeedRow, NeedRow.id == PairingRow.need_id)
        .where(PairingRow.partner_id == partner_id)
        .order_by(PairingRow.updated_at.desc(), PairingRow.id.desc())
    )
    if county:
        query = query.where(PairingRow.county == county)
    return [
        PairingLine(
            id=row.id,
            need_id=row.need_id,
            need=title or problem[:40],
            county=row.county,
            stage=PairingStage(row.stage),
            updated_at=row.updated_at,
        )
        for row, title, problem in session.execute(query)
    ]


def stations_with(session: Session, partner_id: str, county: str = "") -> list[StationLine]:
    """Stations of a partner, in a county or in all, the last to end first."""
    query = (
        select(StationRow)
        .join(StationPartnerRow, StationPartnerRow.station_id == StationRow.id)
        .where(StationPartnerRow.partner_id == partner_id)
        .order_by(StationRow.ends_on.desc(), StationRow.id)
    )
    if county:
        query = query.where(StationRow.county == county)
    return list(map(_station, session.scalars(query)))


def needs_of(session: Session, enterprise_id: str, county: str = "") -> list[NeedLine]:
    """Needs of an enterprise, of a county or of all, latest submission first."""
    query = (
        select(NeedRow)
        .where(NeedRow.enterprise_id == enterprise_id)
        .order_by(NeedRow.submitted.desc().nulls_last(), NeedRow.id)
    )
    if county:
        query = query.where(NeedRow.county == county)
    return [
        NeedLine(
            id=row.id,
            title=row.title or row.problem[:40],
            status=NeedStatus(row.status),
            submitted=row.submitted,
        )
        for row in session.scalars(query)
    ]


def stations_at(session: Session, enterprise_id: str, county: str = "") -> list[StationLine]:
    """Stations at an enterprise, in a county or in all, the last to end first."""
    query = (
        select(StationRow)
        .where(StationRow.enterprise_id == enterprise_id)
        .order_by(StationRow.ends_on.desc(), StationRow.id)
    )
    if county:
        query = query.where(StationRow.county == county)
    return list(map(_station, session.scalars(query)))


def associations_of(
    session: Session, enterprise_id: str, county: str = ""
) -> list[AssociationLine]:
    """Associations of an enterprise, in a county or in all."""
    query = (
        select(AssociationRow)
        .where(AssociationRow.enterprise_id == enterprise_id)
        .order_by(AssociationRow.id)
    )
    if county:
        query = query.where(AssociationRow.county == county)
    return [
        AssociationLine(
            id=row.id,
            name=row.name,
            kind=AssociationKind(row.kind),
            status=AssociationStatus(row.status),
        )
        for row in session.scalars(query)
    ]


def partner_holds(session: Session, partner_id: str) -> dict[str, int]:
    """How many records keep a partner from being removed, by their Chinese name; none with 0."""
    counts = {
        "对接": select(func.count()).where(PairingRow.partner_id == partner_id),
        "站点": select(func.count()).where(StationPartnerRow.partner_id == partner_id),
    }
    found = {name: session.scalar(query) or 0 for name, query in counts.items()}
    return {name: count for name, count in found.items() if count}


def enterprise_holds(session: Session, enterprise_id: str) -> dict[str, int]:
    """The same for an enterprise."""
    counts = {
        "需求": select(func.count()).where(NeedRow.enterprise_id == enterprise_id),
        "站点": select(func.count()).where(StationRow.enterprise_id == enterprise_id),
        "企业科协": select(func.count()).where(AssociationRow.enterprise_id == enterprise_id),
    }
    found = {name: session.scalar(query) or 0 for name, query in counts.items()}
    return {name: count for name, count in found.items() if count}


def _station(row: StationRow) -> StationLine:
    return StationLine(
        id=row.id,
        name=row.name,
        county=row.county,
        status=StationStatus(row.status),
        ends_on=row.ends_on,
    )


def move_casework(session: Session, enterprise_id: str, county: str) -> None:
    """Take an enterprise's stations, their outcomes and its associations along to a county.

    Its needs stay where they were submitted.
    """
    stations = select(StationRow.id).where(StationRow.enterprise_id == enterprise_id)
    session.execute(
        update(OutcomeRow).where(OutcomeRow.station_id.in_(stations)).values(county=county)
    )
    for row_class in (StationRow, AssociationRow):
        session.execute(
            update(row_class).where(row_class.enterprise_id == enterprise_id).values(county=county)
        )
