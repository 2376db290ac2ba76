"""A month's figures: what counts, and that everything adds up."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.casework.associations import AssociationKind
from matcher.casework.facts import AssociationFacts, LibraryFacts
from matcher.casework.milestones import Milestone, Move
from matcher.casework.months import Days
from matcher.casework.needs import NeedStatus
from matcher.casework.plans import UnmetNeed, UnmetReason
from matcher.casework.stations import OutcomeKind, StationStatus
from matcher.errors import InvalidInputError
from matcher.reports.counting import Change, breakdown
from matcher.reports.facts import CommonGroup, MonthRecords
from matcher.reports.figures import MonthFigures, figures
from matcher.reports.periods import period_of
from matcher.reports.records import Edition
from tests.reports.facts import (
    COUNTIES,
    NOVEMBER,
    TODAY,
    few,
    libraries,
    months,
    need,
    outcome,
    plan,
    proposed,
    station,
)

CITY = Edition(month=NOVEMBER)
OCTOBER = Edition(month=date(2026, 10, 1))
YEAR = Edition(month=NOVEMBER, year_to_date=True)

editions = st.builds(
    Edition,
    month=st.dates(date(2025, 1, 1), TODAY).map(lambda day: day.replace(day=1)),
    county=st.just(""),
    year_to_date=st.booleans(),
)


def counted(edition: Edition = CITY, **given: object) -> MonthFigures:
    """Figures of a library with these facts alone."""
    records = MonthRecords(library=LibraryFacts(**given))  # type: ignore[arg-type]
    return figures(records, edition, TODAY)


def test_a_month_that_is_not_over_is_compared_with_the_same_days_before() -> None:
    period = period_of(CITY, TODAY)
    assert period.days == Days(NOVEMBER, TODAY)
    assert period.before == Days(date(2026, 10, 1), date(2026, 10, 22))
    assert (period.name, period.before_name, period.is_present) == ("本月", "上月同期", True)
    assert period.text == "2026年11月1日至11月22日"


def test_a_month_that_is_over_is_compared_with_the_whole_month_before() -> None:
    period = period_of(OCTOBER, TODAY)
    assert period.days == Days(date(2026, 10, 1), date(2026, 10, 31))
    assert period.before == Days(date(2026, 9, 1), date(2026, 9, 30))
    assert (period.before_name, period.is_present) == ("上月", False)
    assert len(period.months) == 12
    assert period.months[0].first == date(2025, 11, 1)


def test_the_year_to_date_is_compared_with_the_same_days_of_the_year_before() -> None:
    period = period_of(YEAR, TODAY)
    assert period.days == Days(date(2026, 1, 1), TODAY)
    assert period.before == Days(date(2025, 1, 1), date(2025, 11, 22))
    assert [month.first.month for month in period.months] == list(range(1, 12))
    assert period.months[-1].last == TODAY
    assert period.name == "今年1至11月"


def test_february_is_compared_whole_whatever_the_leap_year() -> None:
    leap = period_of(Edition(month=date(2024, 2, 1), year_to_date=True), TODAY)
    assert leap.before == Days(date(2023, 1, 1), date(2023, 2, 28))
    after = period_of(Edition(month=date(2025, 2, 1), year_to_date=True), TODAY)
    assert after.before == Days(date(2024, 1, 1), date(2024, 2, 29))
    assert after.name == "2025年1至2月"


@pytest.mark.parametrize("month", [date(2026, 12, 1), date(1999, 12, 1)])
def test_a_month_without_figures_is_told(month: date) -> None:
    with pytest.raises(InvalidInputError, match="月"):
        period_of(Edition(month=month), TODAY)


def test_the_first_day_of_a_month_alone() -> None:
    period = period_of(CITY, NOVEMBER)
    assert period.text == "2026年11月1日"
    assert period.before == Days(date(2026, 10, 1), date(2026, 10, 1))


def test_a_need_reaches_a_milestone_once() -> None:
    moves = (
        Move(date(2026, 10, 5), NeedStatus.PENDING, NeedStatus.LISTED),
        Move(date(2026, 10, 6), NeedStatus.LISTED, NeedStatus.MATCHING),
        Move(date(2026, 11, 7), NeedStatus.MATCHING, NeedStatus.LISTED),
        Move(date(2026, 11, 8), NeedStatus.LISTED, NeedStatus.MATCHING),
    )
    old = need(submitted=date(2026, 9, 1), status=NeedStatus.MATCHING, moves=moves)
    now, before = counted(needs=(old,)), counted(OCTOBER, needs=(old,))
    for milestone in (Milestone.LISTED, Milestone.MATCHING):
        assert now.needs.milestones[milestone].now == 0
        assert before.needs.milestones[milestone].now == 1


def test_drafts_are_not_new_needs() -> None:
    shown = counted(needs=(need(status=NeedStatus.DRAFT), need("N2"))).needs
    assert shown.milestones[Milestone.SUBMITTED].now == 1
    assert [each.id for each in shown.new] == ["N2"]


def test_an_earlier_month_stands_as_it_did_then() -> None:
    moves = (
        Move(date(2026, 10, 5), None, NeedStatus.PENDING),
        Move(date(2026, 10, 9), NeedStatus.PENDING, NeedStatus.LISTED),
        Move(date(2026, 11, 9), NeedStatus.LISTED, NeedStatus.MATCHING),
    )
    moved = need(submitted=date(2026, 10, 5), status=NeedStatus.MATCHING, moves=moves)
    later = need("N2", submitted=date(2026, 11, 2))
    then = counted(OCTOBER, needs=(moved, later)).needs
    assert then.statuses == {NeedStatus.LISTED: 1}
    now = counted(needs=(moved, later)).needs
    assert now.statuses == {NeedStatus.MATCHING: 1, NeedStatus.LISTED: 1}


def test_a_breakdown_has_the_most_first_and_sums_up_the_rest() -> None:
    names = ["甲"] * 3 + ["乙"] * 2 + ["丙", "丁", ""]
    found = breakdown(names, ["乙", "戊"], most=4, unit="个行业")
    assert [(part.name, part.change) for part in found.parts] == [
        ("甲", Change(3, 0)),
        ("乙", Change(2, 1)),
        ("丁", Change(1, 0)),
        ("其余3个行业", Change(2, 1)),
    ]
    assert found.total == Change(8, 2)
    assert [part.name for part in found.named] == ["甲", "乙", "丁"]
    assert breakdown(["", "甲"], []).parts[-1].name == "未注明"


def test_stations_that_are_new_and_that_end() -> None:
    soon, over = TODAY + timedelta(days=60), TODAY - timedelta(days=1)
    shown = counted(
        stations=(
            station(1, agreed_on=date(2026, 11, 2)),
            station(2, ends_on=soon),
            station(3, ends_on=over),
            station(4, ends_on=soon + timedelta(days=1)),
            station(5, ends_on=soon, status=StationStatus.EXPIRED),
        )
    ).stations
    assert [each.id for each in shown.new] == [1]
    assert [each.id for each in shown.ending] == [3, 2]
    (row,) = shown.types
    assert (row.active, row.new, row.ending) == (4, 1, 2)


def test_outcomes_by_kind_with_amounts() -> None:
    sales = [
        outcome(1, kind=OutcomeKind.SALES, amount=0.1),
        outcome(2, kind=OutcomeKind.SALES, amount=0.2),
        outcome(3, kind=OutcomeKind.SALES, amount=5.0, on=date(2026, 10, 3)),
    ]
    shown = counted(outcomes=(*sales, outcome(4))).outcomes
    assert [(row.kind, row.change, row.amount) for row in shown.kinds] == [
        (OutcomeKind.PATENT, Change(1, 0), None),
        (OutcomeKind.SALES, Change(2, 1), 0.3),
    ]
    assert (shown.total, shown.amount) == (Change(3, 1), 0.3)


def test_associations_are_those_founded_by_then() -> None:
    founded = [
        AssociationFacts(kind=AssociationKind.ENTERPRISE, county="乐清市", founded_on=day)
        for day in (date(2020, 1, 1), date(2026, 11, 3))
    ]
    office = AssociationFacts(
        kind=AssociationKind.LIAISON, county="乐清市", founded_on=date(2021, 1, 1)
    )
    given = {
        "associations": (*founded, office),
        "targets": {"": 9, "乐清市": 4},
        "counties": ("平阳县",),
    }
    now = counted(**given).associations
    assert [(row.county, row.founded, row.target, row.liaison) for row in now.rows] == [
        ("乐清市", 2, 4, 1),
        ("平阳县", 0, None, 0),
    ]
    assert (now.founded, now.target, now.county_target, now.new) == (2, 9, 4, {"乐清市": 1})
    assert counted(OCTOBER, **given).associations.founded == 1


def test_a_common_need_takes_two_known_firms() -> None:
    others = (need("N2", enterprise_id="E2"), need("N3", enterprise_id=None))
    library = LibraryFacts(needs=(need("N1"), *others))
    groups = (
        CommonGroup(label=("触头",), need_ids=("N1", "N3")),
        CommonGroup(label=("温升",), need_ids=("N1", "N2", "gone")),
    )
    shown = figures(MonthRecords(library=library, common=groups), CITY, TODAY)
    assert shown.common is not None
    assert [(row.label, row.firms, len(row.needs)) for row in shown.common] == [(("温升",), 2, 2)]
    assert figures(MonthRecords(library=library, common=None), CITY, TODAY).common is None


def test_an_earlier_month_knows_no_common_need_of_later() -> None:
    later = need("N2", enterprise_id="E2", submitted=NOVEMBER)
    earlier = need("N1", submitted=date(2026, 10, 3))
    records = MonthRecords(
        library=LibraryFacts(needs=(earlier, later)),
        common=(CommonGroup(label=("温升",), need_ids=("N1", "N2")),),
    )
    assert len(figures(records, CITY, TODAY).common or ()) == 1
    assert figures(records, OCTOBER, TODAY).common == ()


def test_a_county_learns_nothing_of_common_needs_elsewhere() -> None:
    own = (need("N1"), need("N2", enterprise_id="E2", keywords=("银氧化锡",)))
    library = LibraryFacts(needs=(*own, need("N3", county="平阳县", keywords=("别处的词",))))
    group = CommonGroup(label=("别处的词", "银氧化锡"), need_ids=("N1", "N2", "N3"))
    edition = replace(CITY, county="乐清市")
    shown = figures(MonthRecords(library=library, common=(group,)), edition, TODAY)
    assert shown.common is not None
    (row,) = shown.common
    assert row.label == ("银氧化锡",)
    assert [each.id for each in row.needs] == ["N1", "N2"]


def test_needs_without_anybody_are_those_of_the_plan() -> None:
    library = LibraryFacts(needs=(need("N1"), need("N2"), need("N3", keywords=("别的",))))
    weak = UnmetNeed(need_id="N2", county="乐清市", reason=UnmetReason.WEAK)
    full = UnmetNeed(need_id="N3", county="乐清市", reason=UnmetReason.FULL, told="都排满了")
    records = MonthRecords(
        library=library, plan=plan(weak, full), proposed=(proposed("N1", "乐清市"),)
    )
    shown = figures(records, CITY, TODAY)
    assert [(each.id, why) for each, why in shown.unmet.needs] == [
        ("N2", UnmetReason.WEAK.label),
        ("N3", "都排满了"),
    ]
    (row,) = shown.unmet.rows
    assert (row.needs, row.lacking, row.words) == (2, 1, ("触头", "温升"))
    unplanned = figures(MonthRecords(library=library), CITY, TODAY)
    assert len(unplanned.unmet.needs) == 3
    assert unplanned.proposal is None


@few
@given(months(), editions)
def test_totals_are_the_sums_of_their_parts(records: MonthRecords, edition: Edition) -> None:
    shown = figures(records, edition, TODAY)
    needs = shown.needs
    new = needs.milestones[Milestone.SUBMITTED]
    for parts in (needs.by_county, needs.by_field, needs.by_industry):
        assert parts.total == new
    for place, milestone in enumerate(Milestone):
        assert sum(row.counts[place] for row in needs.counties) == needs.milestones[milestone].now
    assert len(needs.new) == new.now
    assert sum(row.new for row in shown.stations.types) == shown.stations.founded.now
    assert sum(row.ending for row in shown.stations.types) == len(shown.stations.ending)
    assert len(shown.outcomes.listed) == shown.outcomes.total.now
    assert sum(row.needs for row in shown.unmet.rows) == len(shown.unmet.needs)
    if shown.proposal is not None:
        assert sum(row.pairs for row in shown.proposal.counties) == len(shown.proposal.pairs)
        served = {each.id for each, _ in shown.proposal.pairs}
        assert shown.proposal.needs_served == len(served)
        assert sum(shown.proposal.states.values()) == len(shown.proposal.pairs)


@few
@given(months(), editions)
def test_funnels_never_grow(records: MonthRecords, edition: Edition) -> None:
    needs = figures(records, edition, TODAY).needs
    assert needs.cohort[0].count == needs.milestones[Milestone.SUBMITTED].now
    for funnel in ([s.count for s in needs.cohort], [level.reached for level in needs.standing]):
        assert all(more >= less for more, less in pairwise(funnel))
    assert needs.standing[0].reached == sum(level.standing for level in needs.standing)


@few
@given(months(), editions)
def test_the_counties_add_up_to_the_city(records: MonthRecords, edition: Edition) -> None:
    named = replace(
        records,
        library=replace(
            records.library,
            **{
                kind: tuple(each for each in getattr(records.library, kind) if each.county)
                for kind in ("needs", "pairings", "stations", "outcomes", "associations")
            },
        ),
    )
    city = figures(named, edition, TODAY)
    own = [figures(named, replace(edition, county=county), TODAY) for county in COUNTIES if county]
    for milestone in Milestone:
        parts = [each.needs.milestones[milestone] for each in own]
        assert city.needs.milestones[milestone].now == sum(part.now for part in parts)
        assert city.needs.milestones[milestone].before == sum(part.before for part in parts)
    for tell in (
        lambda shown: Counter(shown.needs.statuses),
        lambda shown: Counter(shown.pairings.stages),
    ):
        assert tell(city) == sum((tell(each) for each in own), Counter())
    for count in (
        lambda shown: shown.pairings.begun.now,
        lambda shown: len(shown.pairings.running),
        lambda shown: shown.stations.active,
        lambda shown: shown.outcomes.total.now,
        lambda shown: shown.associations.founded,
        lambda shown: shown.associations.liaison,
        lambda shown: len(shown.unmet.needs),
        lambda shown: len(shown.proposal.pairs) if shown.proposal else 0,
    ):
        assert count(city) == sum(count(each) for each in own)
    assert city.outcomes.amount == pytest.approx(sum(each.outcomes.amount for each in own))


@few
@given(libraries())
def test_the_months_add_up_to_the_year(library: LibraryFacts) -> None:
    records = MonthRecords(library=library)
    year = figures(records, YEAR, TODAY)
    months_of_it = [
        figures(records, Edition(month=date(2026, month, 1)), TODAY) for month in range(1, 12)
    ]
    for place, milestone in enumerate(Milestone):
        total = year.needs.milestones[milestone].now
        assert total == sum(each.needs.milestones[milestone].now for each in months_of_it)
        assert total == sum(row.counts[place] for row in year.needs.months)
    for count in (
        lambda shown: shown.outcomes.total.now,
        lambda shown: shown.stations.founded.now,
        lambda shown: shown.pairings.begun.now,
        lambda shown: sum(shown.associations.new.values()),
    ):
        assert count(year) == sum(count(each) for each in months_of_it)
    assert year.outcomes.amount == pytest.approx(sum(e.outcomes.amount for e in months_of_it))


@few
@given(libraries(), editions)
def test_the_months_shown_agree_with_their_own_reports(
    library: LibraryFacts, edition: Edition
) -> None:
    records = MonthRecords(library=library)
    shown = figures(records, edition, TODAY)
    for row, month in zip(shown.needs.months, shown.period.months, strict=True):
        own = figures(records, Edition(month=month.first), TODAY).needs.milestones
        assert row.counts == tuple(own[milestone].now for milestone in Milestone)
