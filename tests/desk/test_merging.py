"""Merging two records of one partner at the desk, and undoing it."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from matcher.casework.contacts import Contact, ContactOwner
from matcher.casework.partners import PartnerFacts
from matcher.desk import Act, Desk, Subject, contacts, merging, partner_facts, partners
from matcher.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from matcher.people import Role
from matcher.records import Partner, PartnerMatch
from matcher.service import Matcher
from matcher.store.audit import list_audit
from matcher.store.contacts import contacts_of
from matcher.store.partner_facts import get_facts
from matcher.store.partners import get_partners
from matcher.store.tables_casework import PairingRow, StationPartnerRow
from tests.desk.test_contacts import desk_of
from tests.directory import FIRM, ONE, OTHER, add_pairing, add_station, fill_directory

pytestmark = pytest.mark.any_database

CONTACT = Contact(
    id=0,
    owner=ContactOwner.PARTNER,
    owner_id="P1",
    name="示例教授",
    phone="13800001234",
)


@pytest.fixture
def desk(filled: Matcher) -> Desk:
    fill_directory(filled)
    return desk_of(filled, Role.CITY_STAFF)


def stored(desk: Desk) -> dict[str, Partner]:
    with desk.matcher.reading() as session:
        return get_partners(session, ["P1", "P2"])


def pairings(desk: Desk) -> dict[str, str]:
    """Partner by need."""
    with desk.matcher.reading() as session:
        return {row.need_id: row.partner_id for row in session.scalars(select(PairingRow))}


def stations(desk: Desk) -> set[tuple[int, str, int]]:
    with desk.matcher.reading() as session:
        rows = session.scalars(select(StationPartnerRow))
        return {(row.station_id, row.partner_id, row.position) for row in rows}


def found(desk: Desk, text: str) -> list[str]:
    matches: tuple[PartnerMatch, ...] = desk.matcher.match_text(text, top=10).matches
    return [match.partner.id for match in matches]


def test_the_likely_ones_are_suggested(desk: Desk) -> None:
    (twins,) = merging.suggestions(desk, "P1")
    assert (twins.other.id, twins.why) == ("P2", "同名，单位相同")
    (pair,) = merging.likely_pairs(desk)
    assert {pair.one.id, pair.other.id} == {"P1", "P2"}
    assert merging.suggestions(desk, "X1") == []


def test_an_alias_makes_a_likely_pair(desk: Desk) -> None:
    partners.put(desk, replace(OTHER, name="示老师", name_en=""))
    assert merging.likely_pairs(desk) == []
    partner_facts.put(desk, PartnerFacts(partner_id="P1", aliases=("示老师",)))
    assert [pair.why for pair in merging.likely_pairs(desk)] == ["名称与别名相同，单位相同"]
    assert [twins.other.id for twins in merging.suggestions(desk, "P1")] == ["P2"]
    assert [twins.other.id for twins in merging.suggestions(desk, "P2")] == ["P1"]


def test_merging_moves_all_and_undoing_brings_it_back(desk: Desk) -> None:
    contacts.save(desk, CONTACT)
    contacts.save(desk, replace(CONTACT, owner_id="P2"))
    contacts.save(desk, replace(CONTACT, owner_id="P2", name="秘书", phone="0571-00000000"))
    partner_facts.put(desk, PartnerFacts(partner_id="P2", capacity=2))
    with desk.matcher.writing() as session:
        add_pairing(session, "N1", "P2")
        add_pairing(session, "N2", "P1")
        both = add_station(session, "P1", "P2").id
        alone = add_station(session, "P2").id
    before = stored(desk), pairings(desk), stations(desk)

    planned = merging.preview(desk, "P1", "P2")
    assert (planned.moved_contacts, planned.same_contacts, planned.stations) == (1, 1, 2)
    done = merging.merge(desk, "P1", "P2", seen=planned.seen)
    assert stored(desk) == {"P1": planned.joined.partner}
    assert pairings(desk) == {"N1": "P1", "N2": "P1"}
    assert stations(desk) == {(both, "P1", 0), (alone, "P1", 0)}
    with desk.matcher.reading() as session:
        names = [each.name for each in contacts_of(session, ContactOwner.PARTNER, "P1")]
        assert names == ["示例教授", "秘书"]
        assert get_facts(session, "P1").capacity == 2
    assert "P2" not in found(desk, "低压电器可靠性 触头材料研究"), "the index follows"
    assert partners.successor(desk, "P2") == "P1"

    merging.undo(desk, done.id)
    assert (stored(desk), pairings(desk), stations(desk)) == before
    with desk.matcher.reading() as session:
        kept = contacts_of(session, ContactOwner.PARTNER, "P1")
        back = contacts_of(session, ContactOwner.PARTNER, "P2")
        assert [each.name for each in kept] == ["示例教授"]
        assert {(each.name, each.phone) for each in back} == {
            ("示例教授", "13800001234"),
            ("秘书", "0571-00000000"),
        }
        assert get_facts(session, "P1").capacity is None
        assert get_facts(session, "P2").capacity == 2
        acts = [e.action for e in list_audit(session, subject=Subject.PARTNER)[0][:2]]
    assert acts == [Act.UNMERGE, Act.MERGE]
    assert "P2" in found(desk, "低压电器可靠性 触头材料研究"), "the index follows"
    assert partners.successor(desk, "P2") == ""
    with pytest.raises(ConflictError, match="已经撤销过"):
        merging.undo(desk, done.id)


def test_two_pairings_with_one_need_keep_the_records_apart(desk: Desk) -> None:
    with desk.matcher.writing() as session:
        add_pairing(session, "N1", "P1")
        add_pairing(session, "N1", "P2")
    assert [need.id for need in merging.preview(desk, "P1", "P2").clashes] == ["N1"]
    with pytest.raises(ConflictError, match="断路器触头温升过高"):
        merging.merge(desk, "P1", "P2")
    assert set(stored(desk)) == {"P1", "P2"}


def test_a_record_that_was_changed_since_the_preview_is_not_merged(desk: Desk) -> None:
    seen = merging.preview(desk, "P1", "P2").seen
    partners.put(desk, replace(OTHER, title="教授"))
    with pytest.raises(ConflictError, match="有人改过"):
        merging.merge(desk, "P1", "P2", seen=seen)


def test_undoing_tells_what_it_would_lose(desk: Desk) -> None:
    done = merging.merge(desk, "P1", "P2")
    partners.put(desk, replace(stored(desk)["P1"], title="教授", profile="新的简介"))
    known = partner_facts.get(desk, "P1")
    partner_facts.put(desk, replace(known, note="新的备注"))
    with pytest.raises(ConflictError, match="职称、简介、备注"):
        merging.undo(desk, done.id)
    assert set(stored(desk)) == {"P1"}


def test_a_call_since_the_merge_is_kept_when_it_is_undone(desk: Desk) -> None:
    partner_facts.contacted(desk, "P2", date(2026, 1, 1))
    done = merging.merge(desk, "P1", "P2")
    merging.undo(desk, done.id)
    assert partner_facts.get(desk, "P1").last_contacted is None
    done = merging.merge(desk, "P1", "P2")
    partner_facts.contacted(desk, "P1", date(2026, 6, 1))
    merging.undo(desk, done.id)
    assert partner_facts.get(desk, "P1").last_contacted == date(2026, 6, 1)
    assert partner_facts.get(desk, "P2").last_contacted == date(2026, 1, 1)


def test_undoing_where_the_records_are_gone_or_there_again(desk: Desk) -> None:
    first = merging.merge(desk, "P1", "P2")
    second = merging.merge(desk, "X1", "P1")
    with pytest.raises(ConflictError, match="又并入“X1”"):
        merging.undo(desk, first.id)
    assert partners.successor(desk, "P2") == "X1"
    merging.undo(desk, second.id)
    partners.create(desk, OTHER)
    with pytest.raises(ConflictError, match="又有一条编号为“P2”"):
        merging.undo(desk, first.id)
    partners.remove(desk, "P2")
    merging.undo(desk, first.id)
    assert stored(desk) == {"P1": ONE, "P2": OTHER}


def test_who_may_not(desk: Desk) -> None:
    for role, county in ((Role.READ_ONLY, ""), (Role.COUNTY_STAFF, FIRM.county)):
        other = desk_of(desk.matcher, role, county)
        for attempt in (
            lambda desk=other: merging.preview(desk, "P1", "P2"),
            lambda desk=other: merging.merge(desk, "P1", "P2"),
            lambda desk=other: merging.undo(desk, 1),
            lambda desk=other: merging.likely_pairs(desk),
        ):
            with pytest.raises(ForbiddenError):
                attempt()
    with pytest.raises(InvalidInputError, match="同一条"):
        merging.merge(desk, "P1", "P1")
    with pytest.raises(NotFoundError):
        merging.merge(desk, "P1", "P404")
    with pytest.raises(NotFoundError):
        merging.undo(desk, 404)
