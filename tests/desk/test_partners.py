"""Partners at the desk: finding, changing, what is known beside them, removing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from matcher.casework.contacts import Contact, ContactOwner
from matcher.casework.partners import PartnerFacts
from matcher.desk import Act, Desk, Subject, contacts, partner_facts, partners
from matcher.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from matcher.people import AuditEntry, Role
from matcher.people.days import today
from matcher.records import PartnerKind
from matcher.service import Matcher
from matcher.store.audit import list_audit
from matcher.store.codec import fingerprint
from matcher.store.contacts import contacts_of
from matcher.store.partners import PARTNER_ORDERS, PartnerQuery, common_disciplines
from tests.desk.test_contacts import desk_of
from tests.directory import FAR_FIRM, FIRM, ONE, OTHER, add_pairing, add_station, fill_directory

pytestmark = pytest.mark.any_database


@pytest.fixture
def desk(filled: Matcher) -> Desk:
    fill_directory(filled)
    return desk_of(filled, Role.CITY_STAFF)


@pytest.fixture
def county(desk: Desk) -> Desk:
    return desk_of(desk.matcher, Role.COUNTY_STAFF, FIRM.county)


def log_of(desk: Desk) -> list[AuditEntry]:
    with desk.matcher.reading() as session:
        return list_audit(session, subject=Subject.PARTNER)[0]


def ids(desk: Desk, **asked: object) -> list[str]:
    found, total = partners.find(desk, PartnerQuery(**asked))  # type: ignore[arg-type]
    assert total == len(found)
    return [partner.id for partner in found]


def test_finding(desk: Desk) -> None:
    assert ids(desk, discipline="电接触") == ["P2"]
    assert ids(desk, kind=PartnerKind.SOCIETY) == ["S1"]
    assert ids(desk, region="杭州", text="示例") == ["P1"]
    partner_facts.put(desk, PartnerFacts(partner_id="X2", aliases=("老皮匠", "Tanner")))
    assert ids(desk, text="皮匠") == ids(desk, text="tanner") == ["X2"]
    counted = partners.counts(desk, PartnerQuery(text="示例", kind=PartnerKind.SOCIETY))
    assert counted[PartnerKind.EXPERT] == 2, "whatever kind is asked for"
    with desk.reading() as session:
        assert common_disciplines(session) == ["电器学", "电接触材料"]
        assert common_disciplines(session, most=1) == ["电器学"]


@pytest.mark.parametrize("order", sorted(PARTNER_ORDERS))
def test_every_order_turns_round(desk: Desk, order: str) -> None:
    def listed(descending: bool) -> list[object]:
        found, _ = partners.find(desk, PartnerQuery(), order=order, descending=descending)
        keys = {"evidence": lambda p: len(p.evidence)}
        return [keys.get(order, lambda p: getattr(p, order))(p) for p in found]

    assert listed(True) == listed(False)[::-1]


def test_each_reads_a_few_at_a_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partners, "_AT_ONCE", 2)
    everybody = list(partners.each(desk, PartnerQuery(), most=100))
    assert [partner.id for partner in everybody] == ids(desk)
    assert list(partners.each(desk, PartnerQuery(), most=3)) == everybody[:3]


def test_a_change_is_made_once_and_logged(desk: Desk) -> None:
    changed = replace(ONE, title="教授", evidence=ONE.evidence[:1])
    partners.put(desk, changed, seen=fingerprint(ONE))
    (entry,) = log_of(desk)
    assert (entry.action, entry.subject_id) == (Act.CHANGE, "P1")
    assert entry.details == {"title": ["", "教授"], "evidence": [["一种灭弧室"], []]}
    partners.put(desk, changed)
    assert len(log_of(desk)) == 1, "nothing changed, nothing to tell"
    with pytest.raises(ConflictError, match="别人改过"):
        partners.put(desk, ONE, seen=fingerprint(ONE))


def test_creating(desk: Desk) -> None:
    assert partners.put(desk, replace(ONE, id="P3"))
    with pytest.raises(ConflictError, match="已经存在"):
        partners.create(desk, ONE)
    with pytest.raises(ConflictError):
        partners.put(desk, replace(ONE, id="P4"), seen="of one that is gone")


def test_only_who_keeps_the_directory_changes_it(desk: Desk, county: Desk) -> None:
    for other in (county, desk_of(desk.matcher, Role.READ_ONLY)):
        assert partners.get(other, "P1") == ONE
        for attempt in (
            lambda at=other: partners.create(at, replace(ONE, id="P3")),
            lambda at=other: partners.put(at, replace(ONE, title="教授")),
            lambda at=other: partners.remove(at, "P1"),
            lambda at=other: partner_facts.put(at, PartnerFacts(partner_id="P1", capacity=1)),
            lambda at=other: partner_facts.put_named(at, PartnerFacts(partner_id="P1")),
            lambda at=other: partner_facts.contacted(at, "P1", today()),
        ):
            with pytest.raises(ForbiddenError):
                attempt()
    assert log_of(desk) == []


def test_what_something_hangs_on_is_not_removed(desk: Desk) -> None:
    with desk.matcher.writing() as session:
        add_pairing(session, "N1", "P1")
        add_station(session, "P1")
    with pytest.raises(ConflictError, match="1 个对接、1 个站点"):
        partners.remove(desk, "P1")


def test_removing_takes_contacts_and_facts_along(desk: Desk) -> None:
    owner = ContactOwner.PARTNER
    contacts.save(desk, Contact(id=0, owner=owner, owner_id="P1", name="甲", phone="13800001234"))
    partner_facts.put(desk, PartnerFacts(partner_id="P1", capacity=1))
    partners.remove(desk, "P1")
    with pytest.raises(NotFoundError):
        partners.get(desk, "P1")
    partners.create(desk, ONE)
    assert partner_facts.get(desk, "P1") == PartnerFacts(partner_id="P1")
    with desk.reading() as session:
        assert contacts_of(session, owner, "P1") == []


def test_a_dossier_shows_a_county_its_own(desk: Desk, county: Desk) -> None:
    with desk.matcher.writing() as session:
        add_pairing(session, "N1", "P1")
        add_pairing(session, "N2", "P1", "平阳县")
        add_station(session, "P1", enterprise=FAR_FIRM)
    partner_facts.put(desk, PartnerFacts(partner_id="P1", conflicts=("E1", "E2")))
    whole = partners.dossier(desk, "P1")
    assert {line.need_id for line in whole.pairings} == {"N1", "N2"}
    assert [line.name for line in whole.stations] == ["示例工作站"]
    assert [firm.id for firm in whole.conflicts] == ["E1", "E2"]
    assert [twins.other.id for twins in whole.twins] == ["P2"]
    part = partners.dossier(county, "P1")
    assert [line.need_id for line in part.pairings] == ["N1"]
    assert part.stations == ()
    assert part.facts.conflicts == ("E1",)
    assert [firm.id for firm in part.conflicts] == ["E1"]
    assert part.twins == part.merges == ()


def test_facts_are_versioned_and_logged(desk: Desk) -> None:
    saved = partner_facts.put(desk, PartnerFacts(partner_id="P1", aliases=(" 示 ", "示")), seen=0)
    assert (saved.version, saved.aliases) == (1, ("示",))
    with pytest.raises(ConflictError, match="别人改过"):
        partner_facts.put(desk, PartnerFacts(partner_id="P1", note="新"), seen=0)
    again = partner_facts.put(desk, saved, seen=1)
    assert again == saved, "nothing changed"
    (entry,) = log_of(desk)
    assert entry.details == {"aliases": [[], ["示"]]}
    with pytest.raises(NotFoundError):
        partner_facts.put(desk, PartnerFacts(partner_id="P404"))


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("aliases", {"aliases": tuple(map(str, range(21)))}),
        ("aliases", {"aliases": ("长" * 201,)}),
        ("capacity", {"capacity": 1000}),
        ("capacity", {"capacity": -1}),
        ("stations_elsewhere", {"stations_elsewhere": 1000}),
        ("last_contacted", {"last_contacted": date(9000, 1, 1)}),
        ("note", {"note": "长" * 2001}),
        ("conflicts", {"conflicts": ("E404",)}),
    ],
)
def test_facts_that_will_not_do(desk: Desk, field: str, changes: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError) as refused:
        partner_facts.put(desk, replace(PartnerFacts(partner_id="P1"), **changes))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_conflicts_are_told_by_name_or_id(desk: Desk) -> None:
    known = PartnerFacts(partner_id="P1", conflicts=(FIRM.name, "E2", "E1"))
    assert partner_facts.put_named(desk, known).conflicts == ("E1", "E2")
    with pytest.raises(InvalidInputError, match="没有“不存在的公司”"):
        partner_facts.put_named(desk, replace(known, conflicts=("不存在的公司",)))


def test_a_call_today(desk: Desk) -> None:
    day = today()
    assert partner_facts.contacted(desk, "P1", day).last_contacted == day
    before = partner_facts.contacted(desk, "P1", day - timedelta(days=3))
    assert before.last_contacted == day, "an earlier day does not overwrite a later one"
    assert len(log_of(desk)) == 1
    with pytest.raises(InvalidInputError):
        partner_facts.contacted(desk, "P1", day + timedelta(days=1))


def test_the_other_record_is_still_there(desk: Desk) -> None:
    assert partners.get(desk, "P2") == OTHER
    assert partners.successor(desk, "P2") == ""
