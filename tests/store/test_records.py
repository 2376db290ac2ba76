"""What goes into the store comes out again, and saving again changes nothing."""

from dataclasses import replace
from datetime import date

import pytest

from matcher.errors import ConflictError, NotFoundError
from matcher.records import (
    Enterprise,
    EnterpriseSize,
    Need,
    PartnerKind,
    Side,
    SiteType,
    SolutionMode,
    TechField,
)
from matcher.store.changes import changed_owners, library_state
from matcher.store.database import Database
from matcher.store.enterprises import (
    find_enterprises,
    get_enterprise,
    list_enterprises,
    save_enterprises,
)
from matcher.store.needs import delete_need, get_need, list_needs, save_needs
from matcher.store.partners import (
    count_partners,
    delete_partner,
    get_partner,
    list_partners,
    save_partners,
)
from matcher.store.passages import passage_owners, passages_of
from matcher.store.saving import SaveCounts
from tests.conftest import CONTACTS, NEEDS, PARTNERS, TANNING

pytestmark = pytest.mark.any_database

WORKS = Enterprise(
    id="E1",
    name="甲电器有限公司",
    credit_code="91330300MA2AAAAA0X",
    county="乐清市",
    size=EnterpriseSize.MEDIUM,
    high_tech=True,
    staff_count=320,
)
FULL_NEED = Need(
    id="N9",
    title="题目",
    problem="问题",
    indicators="指标",
    goal="目标",
    keywords=("触头", "温升"),
    field=TechField.MATERIALS,
    industry="配电开关控制设备制造",
    deadline=date(2027, 6, 30),
    budget=80.5,
    solution_mode=SolutionMode.JOINT,
    intended_partner="某大学",
    wanted_site=SiteType.SOCIETY_STATION,
    enterprise_id="E1",
    county="乐清市",
    submitted=date(2026, 11, 2),
    sample=True,
)


def test_records_round_trip(database: Database) -> None:
    with database.writing() as session:
        save_enterprises(session, [WORKS])
        save_needs(session, [FULL_NEED])
        save_partners(session, [CONTACTS])
    with database.reading() as session:
        assert get_enterprise(session, "E1") == WORKS
        assert get_need(session, "N9") == FULL_NEED
        assert get_partner(session, "X1") == CONTACTS


def test_saving_again_changes_nothing(database: Database) -> None:
    with database.writing() as session:
        assert save_partners(session, PARTNERS) == SaveCounts(created=len(PARTNERS))
        assert save_needs(session, NEEDS) == SaveCounts(created=len(NEEDS))
    with database.reading() as session:
        before = library_state(session)
    with database.writing() as session:
        assert save_partners(session, PARTNERS) == SaveCounts(unchanged=len(PARTNERS))
        assert save_needs(session, NEEDS) == SaveCounts(unchanged=len(NEEDS))
    with database.reading() as session:
        assert library_state(session) == before


def test_a_changed_partner_keeps_the_passages_that_stay(database: Database) -> None:
    with database.writing() as session:
        save_partners(session, [CONTACTS])
        before = {p.text: p.id for p in passages_of(session, Side.PARTNER, ["X1"])}
        changed = replace(CONTACTS, evidence=CONTACTS.evidence[:1], profile="改做高压开关。")
        assert save_partners(session, [changed]).updated == 1
        after = {p.text: p.id for p in passages_of(session, Side.PARTNER, ["X1"])}
        stored = get_partner(session, "X1")
    assert stored == changed
    kept = before.keys() & after.keys()
    assert len(kept) == 1
    assert all(before[text] == after[text] for text in kept)
    assert set(after.values()) - set(before.values()) == {after["改做高压开关。"]}


def test_passage_ids_are_never_used_again(database: Database) -> None:
    with database.writing() as session:
        save_partners(session, [CONTACTS])
        last = max(p.id for p in passages_of(session, Side.PARTNER, ["X1"]))
        delete_partner(session, "X1")
        save_partners(session, [TANNING])
        assert min(p.id for p in passages_of(session, Side.PARTNER, ["X2"])) > last


def test_equal_texts_of_two_records_are_both_kept(database: Database) -> None:
    with database.writing() as session:
        save_partners(session, [CONTACTS, replace(CONTACTS, id="X8")])
        first, second = (passages_of(session, Side.PARTNER, [key]) for key in ("X1", "X8"))
    assert [p.content_hash for p in first] == [p.content_hash for p in second]
    assert {p.id for p in first}.isdisjoint(p.id for p in second)


def test_every_change_raises_the_revision_and_names_its_owner(database: Database) -> None:
    with database.writing() as session:
        save_partners(session, [CONTACTS])
        first = library_state(session).revision
        save_partners(session, [TANNING])
        delete_partner(session, "X1")
        assert changed_owners(session, Side.PARTNER, first) == ["X2", "X1"]
        assert changed_owners(session, Side.NEED, 0) == []
        assert library_state(session).revision == first + 2


def test_a_deleted_record_is_gone_with_its_passages(database: Database) -> None:
    with database.writing() as session:
        save_partners(session, PARTNERS)
        save_needs(session, NEEDS)
        delete_need(session, "N1")
        for partner in PARTNERS:
            delete_partner(session, partner.id)
        assert passage_owners(session, Side.PARTNER) == {}
        assert {p.owner_id for p in passages_of(session, Side.NEED, ["N1", "N2"])} == {"N2"}
        with pytest.raises(NotFoundError, match="N1"):
            get_need(session, "N1")
        with pytest.raises(NotFoundError):
            delete_partner(session, "X1")


def test_what_fails_leaves_nothing(database: Database) -> None:
    orphan = replace(FULL_NEED, enterprise_id="nobody")

    def save_both() -> None:
        with database.writing() as session:
            save_partners(session, [CONTACTS])
            save_needs(session, [orphan])

    with pytest.raises(ConflictError):
        save_both()
    with database.reading() as session:
        assert sum(count_partners(session).values()) == 0
        assert library_state(session).revision == 0


def test_lists_filter_and_page(database: Database) -> None:
    with database.writing() as session:
        save_partners(session, PARTNERS)
        save_needs(session, NEEDS)
        save_enterprises(session, [WORKS])
        experts, total = list_partners(session, kind=PartnerKind.EXPERT, limit=1)
        assert (len(experts), total) == (1, 2)
        assert [p.id for p in list_partners(session, region="四川省")[0]] == ["X2"]
        assert [p.id for p in list_partners(session, text="germany")[0]] == ["O1"]
        assert list_partners(session, text="100%")[1] == 0
        assert [n.id for n in list_needs(session, county="平阳县")[0]] == ["N2"]
        assert list_needs(session, text="断路器")[1] == 2
        assert list_enterprises(session, text="电器")[1] == 1
        assert [e.id for e in find_enterprises(session, names=["甲电器有限公司"])] == ["E1"]
        assert find_enterprises(session, credit_codes=[""]) == []
