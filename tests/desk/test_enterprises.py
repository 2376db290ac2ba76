"""Enterprises at the desk: whose they are, changing, removing."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from matcher.casework.contacts import Contact, ContactOwner
from matcher.desk import Act, Desk, Subject, contacts, enterprises
from matcher.errors import ConflictError, ForbiddenError, NotFoundError
from matcher.people import AuditEntry, Role
from matcher.records import Enterprise, EnterpriseSize, Need
from matcher.service import Matcher
from matcher.store.audit import list_audit
from matcher.store.codec import fingerprint
from matcher.store.contacts import contacts_of
from matcher.store.enterprises import ENTERPRISE_ORDERS, EnterpriseQuery, save_enterprises
from matcher.store.needs import save_needs
from matcher.store.tables_casework import StationRow
from tests.desk.test_contacts import desk_of
from tests.directory import FAR_FIRM, FIRM, add_station, fill_directory

pytestmark = pytest.mark.any_database

CODE = "91330300000000000Y"


@pytest.fixture
def desk(filled: Matcher) -> Desk:
    fill_directory(filled)
    return desk_of(filled, Role.CITY_STAFF)


@pytest.fixture
def county(desk: Desk) -> Desk:
    return desk_of(desk.matcher, Role.COUNTY_STAFF, FIRM.county)


def log_of(desk: Desk) -> list[AuditEntry]:
    with desk.matcher.reading() as session:
        return list_audit(session, subject=Subject.ENTERPRISE)[0]


def ids(desk: Desk, **asked: object) -> list[str]:
    found, total = enterprises.find(desk, EnterpriseQuery(**asked))  # type: ignore[arg-type]
    assert total == len(found)
    return [enterprise.id for enterprise in found]


def test_finding(desk: Desk) -> None:
    assert ids(desk) == ["E1", "E2"]
    assert ids(desk, industry="38") == ids(desk, industry="开关") == ["E1"]
    assert ids(desk, size=EnterpriseSize.SMALL) == ["E2"]
    assert ids(desk, marks=frozenset({"above_designated", "high_tech"})) == ["E1"]
    assert ids(desk, marks=frozenset({"above_designated", "leading"})) == []
    assert ids(desk, text="开发区") == ["E1"]
    assert enterprises.choices(desk) == (
        ["乐清市", "平阳县"],
        ["皮革鞣制加工", "配电开关控制设备制造"],
    )


def test_a_county_finds_its_own_alone(county: Desk) -> None:
    assert ids(county) == ["E1"]
    assert ids(county, county="平阳县") == []
    assert ids(county, text="皮革") == []
    assert enterprises.choices(county) == (["乐清市"], ["配电开关控制设备制造"])


@pytest.mark.parametrize("order", sorted(ENTERPRISE_ORDERS))
def test_what_is_not_known_comes_last_either_way(desk: Desk, order: str) -> None:
    with desk.matcher.writing() as session:
        save_enterprises(session, [Enterprise(id="E3", name="示例丙", county="瓯海区")])
    for descending in (False, True):
        found, _ = enterprises.find(desk, EnterpriseQuery(), order=order, descending=descending)
        assert len(found) == 3
        if order in {"size", "staff", "st_staff"}:
            assert found[-1].id != "E1"


def test_a_change_is_made_once_and_logged(desk: Desk) -> None:
    changed = replace(FIRM, staff_count=330)
    assert enterprises.put(desk, changed, seen=fingerprint(FIRM)) == (changed, False)
    enterprises.put(desk, changed)
    (entry,) = log_of(desk)
    assert (entry.action, entry.county) == (Act.CHANGE, "乐清市")
    assert entry.details == {"staff_count": [320, 330]}
    with pytest.raises(ConflictError, match="别人改过"):
        enterprises.put(desk, FIRM, seen=fingerprint(FIRM))


def test_its_stations_move_with_it(desk: Desk) -> None:
    with desk.matcher.writing() as session:
        add_station(session, "X1")
    enterprises.put(desk, replace(FIRM, county="平阳县"))
    with desk.reading() as session:
        assert {row.county for row in session.scalars(select(StationRow))} == {"平阳县"}


def test_a_county_changes_its_own_alone(county: Desk) -> None:
    for attempt in (
        lambda: enterprises.get(county, "E2"),
        lambda: enterprises.dossier(county, "E2"),
        lambda: enterprises.put(county, replace(FAR_FIRM, county="乐清市")),
        lambda: enterprises.remove(county, "E2"),
    ):
        with pytest.raises(NotFoundError):
            attempt()
    for attempt in (
        lambda: enterprises.put(county, replace(FIRM, county="平阳县")),
        lambda: enterprises.create(county, replace(FIRM, id="E3", county="平阳县")),
    ):
        with pytest.raises(ForbiddenError):
            attempt()
    made = enterprises.create(county, Enterprise(id="E3", name="示例丙"))
    assert made.county == "乐清市", "a county's staff enter enterprises of their county"


def test_read_only(desk: Desk) -> None:
    reader = desk_of(desk.matcher, Role.READ_ONLY)
    assert enterprises.get(reader, "E1") == FIRM
    for attempt in (
        lambda: enterprises.put(reader, replace(FIRM, park="")),
        lambda: enterprises.create(reader, replace(FIRM, id="E3")),
        lambda: enterprises.remove(reader, "E1"),
    ):
        with pytest.raises(ForbiddenError):
            attempt()


def test_one_credit_code_belongs_to_one_enterprise(desk: Desk, county: Desk) -> None:
    enterprises.put(desk, replace(FAR_FIRM, credit_code=CODE))
    for attempt in (
        lambda: enterprises.create(county, Enterprise(id="E3", name="示例丙", credit_code=CODE)),
        lambda: enterprises.put(county, replace(FIRM, credit_code=CODE)),
    ):
        with pytest.raises(ConflictError, match="另一家企业") as refused:
            attempt()
        assert FAR_FIRM.name not in refused.value.message


def test_what_something_hangs_on_is_not_removed(desk: Desk) -> None:
    with desk.matcher.writing() as session:
        save_needs(session, [Need(id="N8", title="示例", enterprise_id="E1", county="乐清市")])
        add_station(session)
    with pytest.raises(ConflictError, match="1 个需求、1 个站点"):
        enterprises.remove(desk, "E1")
    shown = enterprises.dossier(desk, "E1")
    assert [line.id for line in shown.needs] == ["N8"]
    assert [line.name for line in shown.stations] == ["示例工作站"]


def test_removing_takes_the_contacts_along(desk: Desk) -> None:
    owner = ContactOwner.ENTERPRISE
    contacts.save(desk, Contact(id=0, owner=owner, owner_id="E1", name="甲", phone="13800001234"))
    enterprises.remove(desk, "E1")
    assert ids(desk) == ["E2"]
    with desk.reading() as session:
        assert contacts_of(session, owner, "E1") == []
    assert log_of(desk)[0].action == Act.DELETE
