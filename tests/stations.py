"""Enterprises, pairings and stations for tests."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from matcher.casework.pairings import Pairing, PairingStage
from matcher.casework.stations import Station
from matcher.desk import Desk, site_types, stations
from matcher.desk.station_forms import StationDraft, accepted, parse_station
from matcher.people import Account, Role
from matcher.people.actors import actor_of_program
from matcher.records import Enterprise
from matcher.service import Matcher
from matcher.store.enterprises import save_enterprises
from matcher.store.needs import get_need, save_needs
from matcher.store.pairings import add_pairing
from matcher.store.stations import get_station

YUEQING = Enterprise(id="E1", name="示例电气有限公司", county="乐清市", sample=True)
PINGYANG = Enterprise(id="E2", name="示例皮革有限公司", county="平阳县", sample=True)
SOON = date.today() + timedelta(days=30)
VALUES: Mapping[str, object] = {
    "name": "示例专家站",
    "type": "academician_workstation",
    "level": "city",
    "enterprise_id": "E1",
    "partner_ids": ["X1"],
    "agreed_on": "2024-03-01",
    "ends_on": "2027-02-28",
}


def desk_of(matcher: Matcher, role: Role = Role.CITY_STAFF, county: str = "") -> Desk:
    """Somebody of this role at the library."""
    person = Account(
        username="tester", name="测试员", role=role, county=county, created_at=datetime.now(UTC)
    )
    return Desk(matcher, person.actor())


def add_firms(matcher: Matcher) -> None:
    """Two enterprises of two counties; the first one has need N1."""
    with matcher.writing() as session:
        save_enterprises(session, [YUEQING, PINGYANG])
        save_needs(session, [replace(get_need(session, "N1"), enterprise_id="E1")])


def draft(desk: Desk, **changes: object) -> StationDraft:
    """A draft that reading takes, with changes."""
    return accepted(parse_station({**VALUES, **changes}, site_types.kinds(desk)))


def found(matcher: Matcher, **changes: object) -> Station:
    """A station at the first enterprise, with changes."""
    desk = Desk(matcher, actor_of_program())
    return stations.create(desk, draft(desk, **changes))


def stored(matcher: Matcher, station_id: int) -> Station:
    """A station as the store has it."""
    with matcher.reading() as session:
        return get_station(session, station_id)


def pair(matcher: Matcher, stage: PairingStage = PairingStage.SIGNED) -> Pairing:
    """A pairing of need N1 with partner X1."""
    now = datetime.now(UTC)
    pairing = Pairing(
        id=0,
        need_id="N1",
        partner_id="X1",
        county="乐清市",
        stage=stage,
        created_at=now,
        updated_at=now,
    )
    with matcher.writing() as session:
        return add_pairing(session, pairing)
