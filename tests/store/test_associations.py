"""Queries on associations agree with what the records say of themselves."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.casework.associations import (
    COUNTED_KINDS,
    STANDING,
    Association,
    AssociationKind,
    AssociationStatus,
    StrongCheck,
)
from matcher.errors import ConflictError, NotFoundError
from matcher.store.association_candidates import (
    CandidateFilter,
    CandidateGroup,
    Park,
    candidate_parks,
    count_candidates,
    list_candidates,
    with_office,
)
from matcher.store.association_targets import coverage, set_targets, target_years
from matcher.store.associations import (
    AssociationFilter,
    add_association,
    association_counties,
    associations_of,
    count_by_status,
    get_association,
    list_associations,
    save_association,
)
from matcher.store.database import Database
from matcher.store.enterprises import save_enterprises
from tests.associations import BIG, FIRMS, LEAST, SMALL, UNKNOWN

pytestmark = pytest.mark.any_database

TODAY = date(2026, 11, 22)
FULL = Association(
    id=0,
    name="示例科协",
    kind=AssociationKind.ENTERPRISE,
    county="乐清市",
    enterprise_id="E1",
    park="示例经济开发区",
    status=AssociationStatus.FOUNDED,
    approved_on=date(2024, 1, 2),
    approved_by="乐清市科协",
    founded_on=date(2024, 2, 3),
    chair="示例主席",
    secretary="示例秘书长",
    liaison="示例联络员",
    members=42,
    last_congress=date(2024, 2, 3),
    check=StrongCheck(leadership=True, sign=False),
    last_activity=date(2026, 5, 30),
    note="备注",
)
EVERYTHING = AssociationFilter()
# Days near to those at which an association becomes overdue or quiet.
_NEAR = [TODAY - timedelta(days=days) for days in (0, 364, 365, 366, 1460, 1461, 1462, 4000)]
DAYS = st.none() | st.sampled_from(_NEAR)
ANSWER = st.sampled_from([None, True, False])
ASSOCIATIONS = st.builds(
    Association,
    id=st.just(0),
    name=st.just("示例"),
    kind=st.sampled_from(AssociationKind),
    county=st.sampled_from(["乐清市", "平阳县"]),
    status=st.sampled_from(AssociationStatus),
    founded_on=DAYS,
    last_congress=DAYS,
    last_activity=DAYS,
    check=st.builds(
        StrongCheck,
        leadership=ANSWER,
        sign=st.just(True),
        premises=st.just(True),
        plan=st.just(True),
        rules=st.just(True),
        funds=ANSWER,
    ),
)


@pytest.fixture
def firms(database: Database) -> Database:
    with database.writing() as session:
        save_enterprises(session, FIRMS)
    return database


def test_round_trip(firms: Database) -> None:
    with firms.writing() as session:
        made = add_association(session, FULL)
    with firms.reading() as session:
        stored = get_association(session, made.id)
        assert stored == replace(FULL, id=made.id)
        assert associations_of(session, "E1") == [stored]
        with pytest.raises(NotFoundError, match="没有编号为“99”的企业科协"):
            get_association(session, 99)


def test_a_change_needs_the_version_that_is_stored(firms: Database) -> None:
    with firms.writing() as session:
        made = add_association(session, FULL)
        changed = save_association(session, replace(made, members=50))
        assert (changed.version, changed.members) == (2, 50)
        with pytest.raises(ConflictError, match="别人改过"):
            save_association(session, replace(made, members=60))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ASSOCIATIONS, max_size=12))
def test_what_needs_attention_is_what_the_records_say(
    database: Database, given_ones: list[Association]
) -> None:
    def listed(wanted: AssociationFilter) -> set[int]:
        found, total = list_associations(session, wanted, TODAY, limit=100)
        assert total == len(found)
        assert sum(count_by_status(session, wanted, TODAY).values()) == total
        return {each.id for each in found}

    with database.reading() as session:
        made = [add_association(session, each) for each in given_ones]
        assert listed(EVERYTHING) == {each.id for each in made}
        overdue = {each.id for each in made if each.congress_overdue(TODAY)}
        assert listed(replace(EVERYTHING, overdue=True)) == overdue
        quiet = {each.id for each in made if each.is_quiet(TODAY)}
        assert listed(replace(EVERYTHING, quiet=True)) == quiet
        weak = {each.id for each in made if each.is_checked and each.check.missing}
        assert listed(replace(EVERYTHING, weak=True)) == weak
        session.rollback()


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ASSOCIATIONS, max_size=12))
def test_the_city_is_the_sum_of_its_counties(
    database: Database, given_ones: list[Association]
) -> None:
    with database.reading() as session:
        for each in given_ones:
            add_association(session, each)
        city, *counties = coverage(session, 2026)
        assert city.county == ""
        assert city.founded == sum(row.founded for row in counties)
        assert city.liaison == sum(row.liaison for row in counties)
        counted = [
            each for each in given_ones if each.status in STANDING and each.founded_on is not None
        ]
        assert city.founded == sum(each.kind in COUNTED_KINDS for each in counted)
        assert city.founded + city.liaison == len(counted)
        session.rollback()


def test_what_lives_comes_first(firms: Database) -> None:
    with firms.writing() as session:
        for status in (AssociationStatus.FOUNDED, AssociationStatus.CANCELLED):
            add_association(session, replace(FULL, name=status.label, status=status))
        add_association(session, replace(FULL, name="后建", status=AssociationStatus.FOUNDED))
    with firms.reading() as session:
        found, _ = list_associations(session, EVERYTHING, TODAY)
    assert [each.name for each in found] == ["后建", "已成立", "已撤销"]


def test_filters_and_sorting(firms: Database) -> None:
    with firms.writing() as session:
        first = add_association(session, FULL)
        second = add_association(
            session,
            replace(
                FULL,
                name="园区科协甲",
                kind=AssociationKind.PARK,
                enterprise_id=None,
                park="示例皮革园",
                county="平阳县",
                members=None,
                chair="另一主席",
            ),
        )

    def ids(wanted: AssociationFilter, sort: str = "", *, descending: bool = False) -> list[int]:
        with firms.reading() as session:
            found, _ = list_associations(session, wanted, TODAY, sort=sort, descending=descending)
        return [each.id for each in found]

    assert ids(EVERYTHING) == [second.id, first.id], "the latest entered first"
    assert ids(EVERYTHING, "members") == [first.id, second.id]
    assert ids(EVERYTHING, "members", descending=True) == [first.id, second.id], "unknown last"
    assert ids(AssociationFilter(text="示例电气")) == [first.id], "by the enterprise's name"
    assert ids(AssociationFilter(text="皮革")) == [second.id]
    assert ids(AssociationFilter(text="另一")) == [second.id]
    assert ids(AssociationFilter(text="%")) == []
    assert ids(AssociationFilter(county="平阳县")) == [second.id]
    assert ids(AssociationFilter(kind=AssociationKind.ENTERPRISE)) == [first.id]
    assert ids(AssociationFilter(status=AssociationStatus.CANCELLED)) == []
    assert ids(AssociationFilter(enterprise_id="E1")) == [first.id]


def test_targets(firms: Database) -> None:
    with firms.writing() as session:
        add_association(session, FULL)
        add_association(
            session, replace(FULL, kind=AssociationKind.LIAISON, founded_on=date(2026, 12, 31))
        )
        set_targets(session, 2026, {"": 500, "乐清市": 4, "洞头区": 2})
        set_targets(session, 2026, {"洞头区": None})
        assert target_years(session) == [2026]
        city, leqing, pingyang = coverage(session, 2026)
        assert (city.founded, city.target, city.liaison) == (1, 500, 1)
        assert (leqing.county, leqing.share) == ("乐清市", 0.25)
        assert (pingyang.founded, pingyang.target) == (0, None)
        assert [row.county for row in coverage(session, 2026, "乐清市")] == ["乐清市"]
        assert coverage(session, 2023)[0].founded == 0, "not founded yet"
        assert coverage(session, 2025)[0].liaison == 0
        assert association_counties(session) == ["乐清市", "平阳县"]


def test_candidates(firms: Database) -> None:
    everybody = CandidateFilter()
    with firms.writing() as session:

        def names(group: CandidateGroup, wanted: CandidateFilter = everybody) -> list[str]:
            found, total = list_candidates(session, group, wanted)
            assert total == len(found) == count_candidates(session, wanted)[group]
            return [firm.id for firm in found]

        assert names(CandidateGroup.ASSOCIATION) == [BIG.id, LEAST.id]
        assert names(CandidateGroup.LIAISON) == [SMALL.id]
        assert names(CandidateGroup.UNKNOWN) == [UNKNOWN.id]
        assert names(CandidateGroup.ASSOCIATION, CandidateFilter(policy_focus=True)) == [BIG.id]
        assert names(CandidateGroup.ASSOCIATION, CandidateFilter(county="平阳县")) == []
        assert names(CandidateGroup.ASSOCIATION, CandidateFilter(text="阀门")) == [LEAST.id]
        assert candidate_parks(session, everybody) == [
            Park("示例经济开发区", "乐清市", enterprises=3, staff=75, unknown=1, with_own=0)
        ]

        applied = replace(FULL, status=AssociationStatus.APPLIED)
        made = add_association(session, applied)
        assert names(CandidateGroup.ASSOCIATION) == [LEAST.id], "applied for already"
        assert candidate_parks(session, everybody)[0].with_own == 1
        save_association(session, replace(made, status=AssociationStatus.CANCELLED))
        assert names(CandidateGroup.ASSOCIATION) == [BIG.id, LEAST.id]

        office = add_association(session, replace(FULL, kind=AssociationKind.LIAISON))
        assert names(CandidateGroup.ASSOCIATION) == [BIG.id, LEAST.id], "it has grown"
        assert with_office(session, ["E1", "E2"]) == {"E1": office.id}
        park = replace(FULL, kind=AssociationKind.PARK, enterprise_id=None)
        add_association(session, park)
        assert candidate_parks(session, everybody) == []
