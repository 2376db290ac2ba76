"""Needs as somebody may work with them: counties, statuses, completeness, versions, the log."""

from dataclasses import replace

import pytest

from matcher.casework.contacts import Contact, ContactOwner
from matcher.casework.needs import NeedStatus, ReturnReason, missing_of
from matcher.desk import Desk, needs, screening
from matcher.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from matcher.intake import ParsedNeed, parse_need
from matcher.intake.results import RecordFaultsError
from matcher.people import Role, actor_of_program
from matcher.service import Matcher
from matcher.store.audit import list_audit
from matcher.store.codec import fingerprint
from matcher.store.contacts import contacts_of
from matcher.store.enterprises import save_enterprises
from matcher.store.needs import NeedQuery
from tests.conftest import HOT_CONTACTS
from tests.people import account

pytestmark = pytest.mark.any_database

FULL = {
    "title": "阀门填料泄漏",
    "problem": "高温闸阀填料函泄漏，换过柔性石墨填料仍然超标。",
    "indicators": "泄漏率不超过 100 ppm。",
    "goal": "通过型式试验。",
    "keywords": "阀门、填料",
    "field": "materials",
    "industry": "阀门和旋塞制造",
    "deadline": "2027-06-30",
    "budget": "80",
    "solution_mode": "joint",
    "enterprise_name": "示例阀门有限公司",
    "county": "永嘉县",
}
CALL = Contact(id=0, owner=ContactOwner.NEED, owner_id="", name="示例联系人", phone="0577-00000000")


def desk_of(matcher: Matcher, role: Role = Role.CITY_STAFF, county: str = "") -> Desk:
    return Desk(matcher, account(matcher, role, county).actor())


def parsed(**change: str) -> ParsedNeed:
    record = parse_need(FULL | change).record
    assert record is not None
    return record


def acts(matcher: Matcher) -> list[tuple[str, str]]:
    with matcher.reading() as session:
        return [(entry.action, entry.subject) for entry in list_audit(session)[0]]


def test_what_is_missing_stands_in_the_order_of_the_form() -> None:
    need = parsed().need
    assert missing_of(need, has_contact=True) == {}
    assert missing_of(need, has_contact=False) == {"contact_name": "联系人"}
    bare = replace(need, goal="", keywords=(), budget=None)
    assert list(missing_of(bare, has_contact=True)) == ["goal", "keywords", "budget"]
    assert missing_of(replace(need, budget=0.0), has_contact=True) == {}


def test_a_new_need_begins_where_it_was_put(filled: Matcher) -> None:
    desk = desk_of(filled)
    need = needs.submit(desk, parsed(), contact=CALL)
    opened = needs.open_need(desk, need.id)
    assert (opened.status, opened.missing) == (NeedStatus.PENDING, {})
    assert [(step.before, step.after) for step in opened.steps] == [(None, NeedStatus.PENDING)]
    assert [contact.masked for contact in opened.contacts] == [True]
    assert acts(filled) == [("create", "contact"), ("create", "need")]
    with pytest.raises(ConflictError):
        needs.submit(desk, parsed())


def test_only_a_complete_need_is_listed_at_once(filled: Matcher) -> None:
    desk = desk_of(filled)
    with pytest.raises(RecordFaultsError) as refused:
        needs.submit(desk, parsed(goal=""), status=NeedStatus.LISTED)
    assert [fault.field for fault in refused.value.faults] == ["goal", "contact_name"]
    need = needs.submit(desk, parsed(), status=NeedStatus.LISTED, contact=CALL)
    assert needs.open_need(desk, need.id).status is NeedStatus.LISTED


@pytest.mark.parametrize("status", [NeedStatus.MATCHING, NeedStatus.CLOSED])
def test_no_need_begins_in_the_middle(filled: Matcher, status: NeedStatus) -> None:
    with pytest.raises(InvalidInputError, match="草稿、待审核、已入库"):
        needs.submit(desk_of(filled), parsed(), status=status)


def test_a_refused_contact_leaves_no_need(filled: Matcher) -> None:
    desk = desk_of(filled)
    with pytest.raises(InvalidInputError):
        needs.submit(desk, parsed(), contact=replace(CALL, phone="打给老王"))
    assert needs.stored(desk, parsed().need.id) is None


def test_a_county_works_with_its_own_needs_alone(filled: Matcher) -> None:
    desk = desk_of(filled, Role.COUNTY_STAFF, "乐清市")
    found = needs.find(desk, NeedQuery())
    assert [need.id for need in found.needs] == ["N1"]
    assert (found.total, found.counts) == (1, {NeedStatus.LISTED: 1})
    assert needs.find(desk, NeedQuery(county="平阳县")).total == 0
    assert needs.counties(desk) == ["乐清市"]
    for refused in (
        lambda: needs.open_need(desk, "N2"),
        lambda: needs.remove(desk, "N2"),
        lambda: needs.step(desk, "N2", NeedStatus.CLOSED),
        lambda: needs.put(desk, ParsedNeed(need=replace(HOT_CONTACTS, id="N2"))),
        lambda: screening.similar(desk, "N2"),
    ):
        with pytest.raises(NotFoundError):
            refused()
    with pytest.raises(ForbiddenError):
        needs.submit(desk, parsed())
    need = needs.submit(desk, parsed(county=""))
    assert need.county == "乐清市"
    with pytest.raises(ForbiddenError):
        needs.put(desk, ParsedNeed(need=replace(need, county="平阳县")))


def test_an_enterprise_of_another_county_is_not_reached_by_its_id(filled: Matcher) -> None:
    enterprise = parsed().enterprise
    assert enterprise is not None
    with filled.writing() as session:
        save_enterprises(session, [enterprise])
    desk = desk_of(filled, Role.COUNTY_STAFF, "乐清市")
    need = replace(HOT_CONTACTS, id="N9", enterprise_id=enterprise.id)
    with pytest.raises(RecordFaultsError) as refused:
        needs.submit(desk, ParsedNeed(need=need))
    assert "没有编号为" in refused.value.faults[0].message


def test_nobody_reads_only_and_changes(filled: Matcher) -> None:
    desk = desk_of(filled, Role.READ_ONLY)
    assert needs.find(desk, NeedQuery()).total == 3
    for refused in (
        lambda: needs.submit(desk, parsed()),
        lambda: needs.step(desk, "N1", NeedStatus.CLOSED),
        lambda: needs.remove(desk, "N1"),
    ):
        with pytest.raises(ForbiddenError):
            refused()


def test_steps_follow_the_flow_and_are_told_to_the_second_person(filled: Matcher) -> None:
    desk = desk_of(filled)
    need = needs.submit(desk, parsed())
    with pytest.raises(InvalidInputError, match="请选择原因"):
        needs.step(desk, need.id, NeedStatus.RETURNED)
    pending = NeedStatus.PENDING
    reason = ReturnReason.INCOMPLETE
    needs.step(desk, need.id, NeedStatus.RETURNED, reason=reason, note="请补充", seen=pending)
    with pytest.raises(ConflictError, match="退回"):
        needs.step(desk, need.id, NeedStatus.LISTED, seen=pending)
    with pytest.raises(ConflictError):
        needs.step(desk, need.id, NeedStatus.SIGNED)
    with pytest.raises(InvalidInputError, match="最多"):
        needs.step(desk, need.id, NeedStatus.PENDING, note="长" * 501)
    last = needs.open_need(desk, need.id).steps[-1]
    assert (last.reason, last.note, last.actor_name) == (reason, "请补充", desk.actor.name)


def test_saving_may_take_a_need_further(filled: Matcher) -> None:
    desk = desk_of(filled)
    need = needs.submit(desk, parsed(goal=""), status=NeedStatus.DRAFT)
    listed = NeedStatus.LISTED
    with pytest.raises(RecordFaultsError):
        needs.put(desk, ParsedNeed(need=need), then=listed)
    assert needs.open_need(desk, need.id).status is NeedStatus.DRAFT
    changed = replace(need, goal="批量供货")
    seen = fingerprint(need)
    needs.put(desk, ParsedNeed(need=changed), seen=seen, contact=CALL, then=listed)
    steps = needs.open_need(desk, need.id).steps
    assert [step.after for step in steps] == [NeedStatus.DRAFT, NeedStatus.PENDING, listed]
    with pytest.raises(ConflictError, match="别人改过"):
        needs.put(desk, ParsedNeed(need=need), seen=seen)
    with pytest.raises(ConflictError, match="状态"):
        needs.put(desk, ParsedNeed(need=need), seen_status=NeedStatus.DRAFT)


def test_removal_takes_the_contacts_along(filled: Matcher) -> None:
    desk = desk_of(filled)
    need = needs.submit(desk, parsed(), contact=CALL)
    needs.remove(desk, need.id)
    with filled.reading() as session:
        assert contacts_of(session, ContactOwner.NEED, need.id) == []


@pytest.mark.parametrize("way", [(NeedStatus.RETURNED,), (NeedStatus.CLOSED,)])
def test_what_was_given_up_is_proposed_to_nobody(
    filled: Matcher, way: tuple[NeedStatus, ...]
) -> None:
    desk = Desk(filled, actor_of_program())
    assert "N3" in {match.need.id for match in filled.needs_for("X1").matches}
    assert "N3" in {match.need.id for match in screening.similar(desk, "N1").matches}
    for status in way:
        reason = ReturnReason.UNSUITABLE if status is NeedStatus.RETURNED else None
        needs.step(desk, "N3", status, reason=reason)
    assert "N3" not in {match.need.id for match in filled.needs_for("X1").matches}
    assert "N3" not in {match.need.id for match in screening.similar(desk, "N1").matches}


def test_a_need_under_review_is_compared_but_not_offered(filled: Matcher) -> None:
    desk = desk_of(filled)
    again = replace(HOT_CONTACTS, id="N9", county="平阳县")
    needs.submit(desk, ParsedNeed(need=again))
    assert "N9" not in {match.need.id for match in filled.needs_for("X1").matches}
    assert screening.similar(desk, "N1").matches[0].need.id == "N9"
    own = desk_of(filled, Role.COUNTY_STAFF, "乐清市")
    assert screening.similar(own, "N1").matches == ()
    assert screening.similar(own, "N1").considered == 0
