"""Queries on stations."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from matcher.casework.pairings import PairingStage
from matcher.casework.stations import (
    EXPIRY_NOTICE,
    Assessment,
    Station,
    StationLevel,
    StationStatus,
)
from matcher.errors import ConflictError, NotFoundError
from matcher.store.batches import batched
from matcher.store.tables import EnterpriseRow, NeedRow, PartnerRow
from matcher.store.tables_casework import (
    AssessmentRow,
    PairingRow,
    StationPartnerRow,
    StationRow,
)

SORTS: Final = {
    "name": StationRow.name,
    "type": StationRow.type,
    "enterprise": EnterpriseRow.name,
    "county": StationRow.county,
    "agreed_on": StationRow.agreed_on,
    "ends_on": StationRow.ends_on,
    "status": StationRow.status,
}
"""What a list of stations can be sorted by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StationFilter:
    """Which stations are listed; what is empty restricts nothing.

    Attributes:
        type: code of a site type.
        level: by whom it is recognised.
        county: of the enterprise.
        status: whether it works.
        expiring: only working ones whose agreement ends in time of notice after this day, or
            has ended.
        text: in the name of the station, its enterprise or one of its partners.
    """

    type: str = ""
    level: StationLevel | None = None
    county: str = ""
    status: StationStatus | None = None
    expiring: date | None = None
    text: str = ""


class PairingBasis(NamedTuple):
    """What a station takes over from the pairing that it comes from."""

    id: int
    version: int
    stage: PairingStage
    county: str
    need_id: str
    need_title: str
    enterprise_id: str | None
    partner_id: str


def add_station(session: Session, station: Station) -> Station:
    """Create a station; returns it with its number."""
    row = StationRow(version=station.version)
    _fill(row, station)
    session.add(row)
    session.flush()
    return replace(station, id=row.id)


def change_station(session: Session, station: Station, *, seen: int) -> Station:
    """Store a changed station; returns it with its new version.

    Args:
        session: of the store.
        station: as it shall be.
        seen: the version that was changed.

    Raises:
        NotFoundError: there is no such station.
        ConflictError: somebody else has changed it meanwhile.
    """
    row = _row(session, station.id)
    if row.version != seen:
        raise ConflictError("打开页面以后，别人改过这个站点，没有保存。请核对现在的内容以后再办理")
    _fill(row, station)
    row.version = seen + 1
    session.flush()
    return replace(station, version=row.version)


def get_station(session: Session, station_id: int) -> Station:
    """One station.

    Raises:
        NotFoundError: there is no such station.
    """
    return _station(_row(session, station_id))


def get_stations(session: Session, ids: Iterable[int]) -> dict[int, Station]:
    """The stations with these numbers that exist."""
    found: dict[int, Station] = {}
    for batch in batched(ids):
        rows = session.scalars(select(StationRow).where(StationRow.id.in_(batch)))
        found.update({row.id: _station(row) for row in rows})
    return found


def list_stations(
    session: Session,
    wanted: StationFilter,
    *,
    sort: str = "",
    descending: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Station], int]:
    """A page of stations and how many there are in all; latest agreement first if unsorted.

    Args:
        session: of the store.
        wanted: which stations.
        sort: one of `SORTS`, or empty.
        descending: the largest first, where `sort` is given.
        offset: stations to pass over.
        limit: stations of the page.
    """
    query = _matching(wanted)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    if sort:
        column = SORTS[sort]
        query = query.order_by(column.desc() if descending else column, StationRow.id)
    else:
        query = query.order_by(StationRow.agreed_on.desc(), StationRow.id.desc())
    return [_station(row) for row in session.scalars(query.offset(offset).limit(limit))], total


def expiring(session: Session, today: date, county: str = "") -> list[Station]:
    """Working stations whose agreement ends in time of notice or has ended, the earliest first."""
    query = _matching(StationFilter(county=county, expiring=today))
    rows = session.scalars(query.order_by(StationRow.ends_on, StationRow.id))
    return [_station(row) for row in rows]


def station_counties(session: Session) -> list[str]:
    """All counties of stations, in order."""
    query = select(StationRow.county).where(StationRow.county != "").distinct()
    return list(session.scalars(query.order_by(StationRow.county)))


def stations_of_pairing(session: Session, pairing_id: int) -> list[Station]:
    """The stations that a pairing led to, the earliest first."""
    query = select(StationRow).where(StationRow.pairing_id == pairing_id).order_by(StationRow.id)
    return [_station(row) for row in session.scalars(query)]


def pairing_basis(session: Session, pairing_id: int) -> PairingBasis:
    """What a station would take over from a pairing.

    Raises:
        NotFoundError: there is no such pairing.
    """
    found = pairing_bases(session, [pairing_id])
    if not found:
        raise NotFoundError("对接", str(pairing_id))
    return found[pairing_id]


def pairing_bases(session: Session, ids: Iterable[int]) -> dict[int, PairingBasis]:
    """What stations take over from the pairings with these numbers that exist."""
    found: dict[int, PairingBasis] = {}
    for batch in batched(ids):
        query = (
            select(PairingRow, NeedRow.title, NeedRow.enterprise_id)
            .join(NeedRow, NeedRow.id == PairingRow.need_id)
            .where(PairingRow.id.in_(batch))
        )
        for row, title, enterprise_id in session.execute(query):
            found[row.id] = PairingBasis(
                id=row.id,
                version=row.version,
                stage=PairingStage(row.stage),
                county=row.county,
                need_id=row.need_id,
                need_title=title,
                enterprise_id=enterprise_id,
                partner_id=row.partner_id,
            )
    return found


def partner_names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """Names of the partners with these ids that exist; for lists, which show nothing else."""
    found: dict[str, str] = {}
    for batch in batched(ids):
        query = select(PartnerRow.id, PartnerRow.name).where(PartnerRow.id.in_(batch))
        found.update({row.id: row.name for row in session.execute(query)})
    return found


def _matching(wanted: StationFilter) -> Select[StationRow]:
    query = select(StationRow).join(EnterpriseRow, EnterpriseRow.id == StationRow.enterprise_id)
    exact = {
        StationRow.type: wanted.type,
        StationRow.level: wanted.level,
        StationRow.county: wanted.county,
        StationRow.status: wanted.status,
    }
    for column, value in exact.items():
        if value:
            query = query.where(column == value)
    if wanted.expiring is not None:
        query = query.where(
            StationRow.status == StationStatus.ACTIVE,
            StationRow.ends_on <= wanted.expiring + EXPIRY_NOTICE,
        )
    if wanted.text:
        of_partner = (
            select(StationPartnerRow.station_id)
            .join(PartnerRow, PartnerRow.id == StationPartnerRow.partner_id)
            .where(PartnerRow.name.icontains(wanted.text, autoescape=True))
        )
        named = (StationRow.name, EnterpriseRow.name)
        query = query.where(
            or_(
                *(column.icontains(wanted.text, autoescape=True) for column in named),
                StationRow.id.in_(of_partner),
            )
        )
    return query


def _fill(row: StationRow, station: Station) -> None:
    """Put all of a station but its number and version into its row."""
    row.name, row.type, row.level = station.name, station.type, station.level
    row.enterprise_id, row.county = station.enterprise_id, station.county
    row.agreed_on, row.ends_on = station.agreed_on, station.ends_on
    row.status, row.pairing_id, row.note = station.status, station.pairing_id, station.note
    row.partners = [
        StationPartnerRow(partner_id=partner_id, position=position)
        for position, partner_id in enumerate(station.partner_ids)
    ]
    row.assessments = [
        AssessmentRow(year=each.year, score=each.score, note=each.note)
        for each in station.assessments
    ]


def _row(session: Session, station_id: int) -> StationRow:
    row = session.get(StationRow, station_id)
    if row is None:
        raise NotFoundError("站点", str(station_id))
    return row


def _station(row: StationRow) -> Station:
    return Station(
        id=row.id,
        name=row.name,
        type=row.type,
        level=StationLevel(row.level),
        enterprise_id=row.enterprise_id,
        county=row.county,
        partner_ids=tuple(each.partner_id for each in row.partners),
        agreed_on=row.agreed_on,
        ends_on=row.ends_on,
        status=StationStatus(row.status),
        pairing_id=row.pairing_id,
        note=row.note,
        assessments=tuple(
            Assessment(year=each.year, score=each.score, note=each.note) for each in row.assessments
        ),
        version=row.version,
    )
