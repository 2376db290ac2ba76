"""Stations: listing, opening, founding and changing them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from matcher.casework.pairings import PairingStage
from matcher.casework.stations import Outcome, Station
from matcher.desk.core import Act, Desk, Subject, changed_fields
from matcher.desk.pairings import advance_in
from matcher.desk.station_forms import STATIONS, StationDraft
from matcher.errors import ConflictError
from matcher.intake.results import Fault, RecordFaultsError
from matcher.people import AuditEntry, Permission
from matcher.records import Enterprise, Partner
from matcher.store.audit import list_audit
from matcher.store.enterprises import get_enterprises
from matcher.store.outcomes import OutcomeFilter, list_outcomes
from matcher.store.partners import get_partners
from matcher.store.site_types import SiteKind, all_types
from matcher.store.stations import (
    PairingBasis,
    StationFilter,
    add_station,
    change_station,
    get_station,
    list_stations,
    pairing_basis,
    partner_names,
    station_counties,
    stations_of_pairing,
)

_WHAT = "站点"
_FOUNDING = frozenset({PairingStage.SIGNED, PairingStage.STATIONED})
"""Stages of a pairing that a station may come from; it may have been taken on by hand before."""
_MOST_OUTCOMES = 200
_MOST_HISTORY = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class StationFile:
    """A station with all that staff see of it."""

    station: Station
    kind: SiteKind
    enterprise: Enterprise
    partners: tuple[Partner, ...]
    basis: PairingBasis | None
    outcomes: tuple[Outcome, ...]
    history: tuple[AuditEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StationLine:
    """A station as it stands in a list; the partners by id, with their names."""

    station: Station
    kind: SiteKind
    enterprise: Enterprise
    partners: dict[str, str]


def open_station(desk: Desk, station_id: int) -> StationFile:
    """A station with its parties, outcomes and history.

    Raises:
        NotFoundError: there is no such station, or it is not the actor's to see.
    """
    with desk.reading() as session:
        station = own_station(desk, session, station_id)
        (line,) = _lines(session, [station])
        partners = get_partners(session, station.partner_ids)
        outcomes, _ = list_outcomes(
            session, OutcomeFilter(station_id=station_id), limit=_MOST_OUTCOMES
        )
        history, _ = list_audit(
            session, subject=Subject.STATION, subject_id=str(station_id), limit=_MOST_HISTORY
        )
        known = station.pairing_id is not None
        return StationFile(
            station=station,
            kind=line.kind,
            enterprise=line.enterprise,
            partners=tuple(partners[each] for each in station.partner_ids),
            basis=pairing_basis(session, station.pairing_id or 0) if known else None,
            outcomes=tuple(outcomes),
            history=tuple(history),
        )


def get(desk: Desk, station_id: int) -> StationLine:
    """One station with the names of its parties.

    Raises:
        NotFoundError: there is no such station, or it is not the actor's to see.
    """
    with desk.reading() as session:
        (line,) = _lines(session, [own_station(desk, session, station_id)])
        return line


def check_editable(desk: Desk, station_id: int) -> None:
    """Refuse whoever may not change a station, before what they sent is looked at.

    Raises:
        ForbiddenError: the actor may not edit.
        NotFoundError: there is no such station, or it is not the actor's to see.
    """
    with desk.reading(Permission.EDIT) as session:
        own_station(desk, session, station_id)


def find(
    desk: Desk,
    wanted: StationFilter,
    *,
    sort: str = "",
    descending: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[StationLine], int]:
    """A page of the actor's stations, and how many there are in all.

    Args:
        desk: whoever asks.
        wanted: which stations.
        sort: one of `matcher.store.stations.SORTS`; latest agreement first if empty.
        descending: the largest first.
        offset: stations to pass over.
        limit: stations of the page.
    """
    with desk.reading() as session:
        if wanted.county and not desk.actor.covers(wanted.county):
            return [], 0
        own = replace(wanted, county=desk.actor.county or wanted.county)
        found, total = list_stations(
            session, own, sort=sort, descending=descending, offset=offset, limit=limit
        )
        return _lines(session, found), total


def counties(desk: Desk) -> list[str]:
    """Counties to choose from in a list."""
    with desk.reading() as session:
        return [each for each in station_counties(session) if desk.actor.covers(each)]


def basis_of(desk: Desk, pairing_id: int) -> PairingBasis:
    """What a new station takes over from a signed pairing.

    Raises:
        NotFoundError: there is no such pairing, or it is not the actor's to see.
        ConflictError: it is not signed, or has led to a station already.
    """
    with desk.reading() as session:
        return _basis(desk, session, pairing_id)


def create(desk: Desk, draft: StationDraft) -> Station:
    """Found a station; the signed pairing that it comes from, if any, goes to 已建站.

    Raises:
        ForbiddenError: the actor may not, or not in the county of the enterprise.
        RecordFaultsError: it names an enterprise or partner that does not exist.
        NotFoundError: it names a pairing that does not exist.
        ConflictError: that pairing is not signed, or has led to a station already.
    """
    with desk.writing() as session:
        basis = _basis(desk, session, draft.pairing_id) if draft.pairing_id else None
        station = add_station(session, _founded(desk, session, draft, basis))
        desk.log(
            session,
            Act.CREATE,
            Subject.STATION,
            station.id,
            county=station.county,
            summary=station.name,
        )
        if basis and basis.stage is not PairingStage.STATIONED:
            told, then = f"建立站点：{station.name}", PairingStage.STATIONED
            advance_in(desk, session, basis.id, then, seen=basis.version, note=told)
        return station


def change(desk: Desk, station_id: int, draft: StationDraft, *, seen: int) -> Station:
    """Change what is said of a station; status, assessments and pairing stay.

    Args:
        desk: whoever changes it.
        station_id: which station.
        draft: what it shall say.
        seen: the version that the actor saw.

    Raises:
        NotFoundError: there is no such station, or it is not the actor's to see.
        ForbiddenError: the actor may not, or not in the county of the enterprise.
        RecordFaultsError: it names an enterprise or partner that does not exist.
        ConflictError: somebody else has changed it meanwhile.
    """
    with desk.writing() as session:
        before = own_station(desk, session, station_id)
        basis = pairing_basis(session, before.pairing_id) if before.pairing_id else None
        founded = _founded(desk, session, draft, basis)
        after = replace(
            founded,
            id=station_id,
            status=before.status,
            pairing_id=before.pairing_id,
            assessments=before.assessments,
            version=before.version,
        )
        return store_change(desk, session, before, after, seen=seen)


def _basis(desk: Desk, session: Session, pairing_id: int) -> PairingBasis:
    basis = pairing_basis(session, pairing_id)
    desk.check_county(basis.county, "对接", pairing_id)
    others = stations_of_pairing(session, pairing_id)
    if others:
        raise ConflictError(f"这条对接已经建站：“{others[0].name}”，不必再建")
    if basis.stage not in _FOUNDING:
        raise ConflictError(
            f"这条对接现在是“{basis.stage.label}”，签约以后才能建站；请先在对接页办理签约"
        )
    return basis


def _founded(
    desk: Desk, session: Session, draft: StationDraft, basis: PairingBasis | None
) -> Station:
    """The station that a draft describes, with what the library says of its parties."""
    enterprise = get_enterprises(session, [draft.enterprise_id]).get(draft.enterprise_id)
    faults = list(_wrong_parties(desk, session, draft, enterprise, basis))
    if enterprise is None or faults:
        raise RecordFaultsError(faults)
    county = enterprise.county or (basis.county if basis else "")
    desk.actor.require_county(county)
    return Station(
        id=0,
        name=draft.name or f"{enterprise.name}{draft.type.label}"[:200],
        type=draft.type.code,
        level=draft.level,
        enterprise_id=enterprise.id,
        county=county,
        partner_ids=draft.partner_ids,
        agreed_on=draft.agreed_on,
        ends_on=draft.ends_on,
        pairing_id=draft.pairing_id,
        note=draft.note,
    )


def _wrong_parties(
    desk: Desk,
    session: Session,
    draft: StationDraft,
    enterprise: Enterprise | None,
    basis: PairingBasis | None,
) -> Iterable[Fault]:
    if enterprise is None or not (desk.actor.covers(enterprise.county) or basis):
        message = f"没有编号为“{draft.enterprise_id}”的企业，请重新选择"
        yield _fault("enterprise_id", draft.enterprise_id, message)
    elif basis and basis.enterprise_id not in (None, enterprise.id):
        message = "与所来自的对接不是同一家企业，请选那条对接的企业"
        yield _fault("enterprise_id", enterprise.name, message)
    known = get_partners(session, draft.partner_ids)
    for partner_id in draft.partner_ids:
        if partner_id not in known:
            message = f"目录中没有编号为“{partner_id}”的对象，请重新选择"
            yield _fault("partner_ids", partner_id, message)
    if basis and basis.partner_id not in draft.partner_ids:
        yield _fault("partner_ids", "", "合作对象中没有所来自的对接的对象，请把它加上")


def _fault(field: str, value: str, message: str) -> Fault:
    return Fault(field=field, label=STATIONS.column(field).label, value=value, message=message)


def store_change(
    desk: Desk,
    session: Session,
    before: Station,
    after: Station,
    *,
    seen: int,
    told: str = "",
    act: Act = Act.CHANGE,
    reason: str = "",
) -> Station:
    """Store a station that differs, with its line in the log.

    Args:
        desk: whoever changes it.
        session: that the change belongs to.
        before: as it was.
        after: as it shall be.
        seen: the version that the actor saw.
        told: what the log says beside the name.
        act: what it calls the change.
        reason: why, for the log.

    Raises:
        ConflictError: somebody else has changed it meanwhile.
    """
    changes: dict[str, object] = dict(changed_fields(before, after))
    if not changes and before.version == seen:
        return before
    saved = change_station(session, after, seen=seen)
    details: Mapping[str, object] = changes | ({"note": reason} if reason else {})
    desk.log(
        session,
        act,
        Subject.STATION,
        saved.id,
        county=saved.county,
        summary=f"{saved.name}：{told}" if told else saved.name,
        details=details,
    )
    return saved


def own_station(desk: Desk, session: Session, station_id: int) -> Station:
    """A station of the actor's, within a session.

    Raises:
        NotFoundError: there is no such station, or it is not the actor's to see.
    """
    station = get_station(session, station_id)
    desk.check_county(station.county, _WHAT, station_id)
    return station


def _lines(session: Session, stations: list[Station]) -> list[StationLine]:
    kinds = all_types(session)
    enterprises = get_enterprises(session, {each.enterprise_id for each in stations})
    names = partner_names(session, {p for each in stations for p in each.partner_ids})
    return [
        StationLine(
            station=station,
            # A code without its row was removed behind our back; it still names itself.
            kind=kinds.get(station.type) or SiteKind(station.type, station.type, True),
            enterprise=enterprises[station.enterprise_id],
            partners={each: names[each] for each in station.partner_ids},
        )
        for station in stations
    ]
