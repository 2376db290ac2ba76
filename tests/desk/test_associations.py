"""Enterprise associations at the desk: who does what, and what stays of it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from matcher.casework.association_rules import StepFacts
from matcher.casework.associations import AssociationKind, AssociationStatus, EndReason
from matcher.desk import Act, Desk, Subject, association_coverage, associations
from matcher.desk.association_checks import this_day
from matcher.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from matcher.intake.results import RecordFaultsError
from matcher.people import AuditEntry, Role
from matcher.service import Matcher
from matcher.store.association_candidates import CandidateFilter, CandidateGroup
from matcher.store.associations import AssociationFilter
from matcher.store.audit import list_audit
from matcher.store.enterprises import save_enterprises
from tests.associations import BIG, SMALL, add_firms, approve, desk_of, found, parsed

pytestmark = pytest.mark.any_database

S = AssociationStatus


@pytest.fixture
def city(filled: Matcher) -> Desk:
    add_firms(filled)
    return desk_of(filled)


@pytest.fixture
def leqing(city: Desk) -> Desk:
    return desk_of(city.matcher, Role.COUNTY_STAFF, "乐清市")


@pytest.fixture
def pingyang(city: Desk) -> Desk:
    return desk_of(city.matcher, Role.COUNTY_STAFF, "平阳县")


def log_of(desk: Desk, subject: Subject = Subject.ASSOCIATION) -> list[AuditEntry]:
    with desk.matcher.reading() as session:
        return list_audit(session, subject=subject)[0]


def faults(caught: pytest.ExceptionInfo[RecordFaultsError]) -> set[str]:
    return {fault.field for fault in caught.value.faults}


def test_a_county_takes_an_association_through_its_life(leqing: Desk) -> None:
    applied = associations.create(leqing, parsed())
    assert (applied.enterprise_id, applied.county, applied.park) == (BIG.id, "乐清市", BIG.park)
    approved = approve(leqing, applied)
    assert approved.approved_by == "乐清市科协"
    facts = StepFacts(on=date(2026, 2, 1), chair="示例主席", secretary="示例秘书长")
    founded = associations.step(leqing, applied.id, S.FOUNDED, facts, seen=approved.version)
    held = associations.note_activity(
        leqing, applied.id, date(2026, 5, 30), what="座谈会", seen=founded.version
    )
    quiet = associations.step(
        leqing,
        applied.id,
        S.INACTIVE,
        StepFacts(reason=EndReason.NO_LEADERS, note="主席调离"),
        seen=held.version,
    )
    associations.step(leqing, applied.id, S.CANCELLED, seen=quiet.version)

    opened = associations.open_association(leqing, applied.id)
    assert opened.association.status is S.CANCELLED
    assert opened.enterprise == BIG
    assert [(event.label, event.text) for event in opened.history] == [
        ("变更状态", "不活跃，拟撤销 → 已撤销"),
        ("变更状态", "已成立 → 不活跃，拟撤销；无人负责；主席调离"),
        ("修改", "2026-05-30 举行活动：座谈会"),
        ("变更状态", "已批复 → 已成立"),
        ("变更状态", "申请中 → 已批复"),
        ("新建", "企业科协，申请中"),
    ]
    entry = log_of(leqing)[3]
    assert (entry.action, entry.county, entry.actor_name) == (Act.STEP, "乐清市", "县级工作人员")
    assert entry.details["founded_on"] == [None, "2026-02-01"]


def test_existing_ones_are_entered_as_they_are(city: Desk) -> None:
    made = found(city, check_sign="是")
    assert (made.status, made.founded_on) == (S.FOUNDED, date(2024, 3, 1))
    assert made.check.sign is True


def test_another_county_neither_sees_nor_touches_it(leqing: Desk, pingyang: Desk) -> None:
    made = associations.create(leqing, parsed())
    with pytest.raises(NotFoundError):
        associations.open_association(pingyang, made.id)
    with pytest.raises(NotFoundError):
        associations.get(pingyang, made.id)
    with pytest.raises(NotFoundError):
        associations.change(pingyang, made.id, parsed(), seen=1)
    with pytest.raises(NotFoundError):
        approve(pingyang, made)
    with pytest.raises(NotFoundError):
        associations.note_activity(pingyang, made.id, date(2026, 5, 1), seen=1)
    with pytest.raises(NotFoundError):
        associations.remove(pingyang, made.id, seen=1)
    assert associations.find(pingyang, AssociationFilter()).total == 0
    other = associations.find(pingyang, AssociationFilter(county="乐清市"))
    assert (other.total, sum(other.counts.values())) == (0, 0)
    assert associations.counties(pingyang) == ["平阳县"]
    with pytest.raises(RecordFaultsError) as caught:
        associations.create(pingyang, parsed())
    assert faults(caught) == {"enterprise_name"}, "told as if there were no such enterprise"
    with pytest.raises(RecordFaultsError):
        associations.create(pingyang, parsed(enterprise_name="", enterprise_id=BIG.id))
    park = parsed(kind="park", enterprise_name="", park="示例园区", county="乐清市")
    with pytest.raises(ForbiddenError):
        associations.create(pingyang, park)


def test_who_may_only_look_changes_nothing(city: Desk) -> None:
    made = associations.create(city, parsed())
    looking = desk_of(city.matcher, Role.READ_ONLY)
    assert associations.get(looking, made.id) == made
    for action in (
        lambda: associations.create(looking, parsed()),
        lambda: associations.change(looking, made.id, parsed(), seen=1),
        lambda: approve(looking, made),
        lambda: associations.note_activity(looking, made.id, date(2026, 5, 1), seen=1),
        lambda: associations.remove(looking, made.id, seen=1),
    ):
        with pytest.raises(ForbiddenError):
            action()


def test_whoever_is_slower_is_told(city: Desk, leqing: Desk) -> None:
    made = associations.create(city, parsed())
    associations.change(leqing, made.id, parsed(members=50), seen=made.version)
    with pytest.raises(ConflictError, match="别人改过"):
        associations.change(city, made.id, parsed(members=60), seen=made.version)
    with pytest.raises(ConflictError, match="别人改过"):
        approve(city, made)
    with pytest.raises(ConflictError, match="别人改过"):
        associations.remove(city, made.id, seen=made.version)
    assert associations.get(city, made.id).members == 50


def test_a_change_is_logged_by_field_and_keeps_the_status(city: Desk) -> None:
    made = found(city)
    values = {
        "founded_on": "2024-03-01",
        "chair": "新主席",
        "secretary": "示例秘书长",
        "liaison": "示例联络员",
        "check_sign": "否",
    }
    saved = associations.change(city, made.id, parsed(**values), seen=1)
    assert (saved.status, saved.chair, saved.version) == (S.FOUNDED, "新主席", 2)
    entry = log_of(city)[0]
    assert entry.details["chair"] == ["示例主席", "新主席"]
    assert entry.details["sign"] == [None, False]
    assert entry.details["told"] == "修改了主席、有牌子"
    again = associations.change(city, made.id, parsed(**values), seen=2)
    assert again == saved, "nothing to save"
    assert len(log_of(city)) == 2


def test_one_of_a_kind_at_a_place(city: Desk) -> None:
    made = associations.create(city, parsed())
    with pytest.raises(ConflictError, match="已经有企业科协"):
        associations.create(city, parsed(name="另一个"))
    with pytest.raises(ConflictError, match="已经有企业科协"):
        associations.create(city, parsed(kind="liaison"))
    gone = associations.step(
        city, made.id, S.CANCELLED, StepFacts(reason=EndReason.UNWILLING), seen=made.version
    )
    second = associations.create(city, parsed())
    with pytest.raises(ConflictError, match="已经有企业科协"):
        associations.step(city, gone.id, S.APPLIED, seen=gone.version)
    opened = associations.open_association(city, second.id)
    assert [other.id for other in opened.others] == [gone.id]


def test_an_office_may_become_an_association(city: Desk) -> None:
    office = found(city, kind="liaison", name="示例联络站")
    assert office.next_congress is None
    associations.create(city, parsed())


def test_parks_are_told_apart_by_county(city: Desk) -> None:
    park = {"kind": "park", "enterprise_name": "", "park": "示例园区"}
    associations.create(city, parsed(**park, county="乐清市"))
    associations.create(city, parsed(**park, county="平阳县"))
    with pytest.raises(ConflictError, match="已经有园区科协"):
        associations.create(city, parsed(**park, county="平阳县"))
    with pytest.raises(RecordFaultsError) as caught:
        associations.create(city, parsed(**park))
    assert faults(caught) == {"county"}


def test_the_enterprise_is_found_by_name(city: Desk) -> None:
    with pytest.raises(RecordFaultsError) as caught:
        associations.create(city, parsed(enterprise_name="没有的公司"))
    assert faults(caught) == {"enterprise_name"}
    with city.matcher.writing() as session:
        save_enterprises(session, [replace(BIG, id="E9", county="平阳县")])
    with pytest.raises(RecordFaultsError) as caught:
        associations.create(city, parsed())
    assert "同名" in caught.value.faults[0].message
    assert associations.create(city, parsed(county="平阳县")).enterprise_id == "E9"
    assert associations.create(city, parsed(enterprise_id="E1")).enterprise_id == "E1"
    assert (
        associations.create(
            city, parsed(enterprise_id="E1", enterprise_name=SMALL.name)
        ).enterprise_id
        == SMALL.id
    ), "the name counts"


def test_only_applications_are_removed(city: Desk) -> None:
    made = associations.create(city, parsed())
    approved = approve(city, made)
    with pytest.raises(ConflictError, match="只能撤销"):
        associations.remove(city, made.id, seen=approved.version)
    park = {"kind": "park", "enterprise_name": "", "park": "示例园区", "county": "乐清市"}
    mistaken = associations.create(city, parsed(**park))
    associations.remove(city, mistaken.id, seen=mistaken.version)
    with pytest.raises(NotFoundError):
        associations.get(city, mistaken.id)
    assert log_of(city)[0].action == Act.DELETE


def test_nothing_is_held_tomorrow(city: Desk) -> None:
    made = found(city)
    tomorrow = this_day() + timedelta(days=1)
    with pytest.raises(InvalidInputError, match="还没有到"):
        associations.note_activity(city, made.id, tomorrow, seen=made.version)


def test_candidates_of_ones_own_county(city: Desk, pingyang: Desk) -> None:
    def total(desk: Desk, group: CandidateGroup, county: str = "") -> int:
        wanted = CandidateFilter(county=county)
        found = association_coverage.candidates(desk, group, wanted)
        assert association_coverage.candidate_counts(desk, wanted)[group] == found.total
        return found.total

    assert total(city, CandidateGroup.ASSOCIATION) == 2
    assert total(pingyang, CandidateGroup.ASSOCIATION) == 0
    assert total(pingyang, CandidateGroup.LIAISON) == 1
    assert total(pingyang, CandidateGroup.ASSOCIATION, "乐清市") == 0
    assert len(association_coverage.parks(city, CandidateFilter())) == 1
    assert association_coverage.parks(pingyang, CandidateFilter()) == []
    assert association_coverage.parks(pingyang, CandidateFilter(county="乐清市")) == []


def test_coverage_and_targets(city: Desk, leqing: Desk) -> None:
    admin = desk_of(city.matcher, Role.CITY_ADMIN)
    found(city)
    association_coverage.change_targets(admin, 2026, {"": 10, "乐清市": 2})
    whole, *_ = association_coverage.covered(city, 2026)
    assert (whole.founded, whole.target) == (1, 10)
    (own,) = association_coverage.covered(leqing, 2026)
    assert (own.county, own.share) == ("乐清市", 0.5)
    (entry,) = log_of(city, Subject.LIBRARY)
    assert entry.details == {"全市": [None, 10], "乐清市": [None, 2]}
    association_coverage.change_targets(admin, 2026, {"乐清市": 2})
    assert len(log_of(city, Subject.LIBRARY)) == 1, "nothing changed"
    for desk in (city, leqing):
        with pytest.raises(ForbiddenError):
            association_coverage.change_targets(desk, 2026, {"": 1})
        with pytest.raises(ForbiddenError):
            association_coverage.adopt_policy_targets(desk)
    with pytest.raises(InvalidInputError) as caught:
        association_coverage.change_targets(admin, 2026, {"乐清市": -1})
    assert caught.value.field == "乐清市"
    with pytest.raises(InvalidInputError, match="年份"):
        association_coverage.covered(city, 1999)


def test_the_policys_targets_overwrite_nothing(city: Desk) -> None:
    admin = desk_of(city.matcher, Role.CITY_ADMIN)
    association_coverage.change_targets(admin, 2020, {"": 450})
    assert association_coverage.adopt_policy_targets(admin) == [2018]
    assert association_coverage.covered(city, 2018)[0].target == 300
    assert association_coverage.covered(city, 2020)[0].target == 450
    assert association_coverage.adopt_policy_targets(admin) == []
    assert association_coverage.years_with_targets(city) == [2018, 2020]


def test_kinds_have_their_own_list(city: Desk) -> None:
    found(city)
    found(city, kind="liaison", enterprise_name=SMALL.name, name="示例联络站")
    wanted = AssociationFilter(kind=AssociationKind.LIAISON)
    (office,) = associations.find(city, wanted).associations
    assert office.name == "示例联络站"
