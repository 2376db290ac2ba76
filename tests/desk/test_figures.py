"""The figures of the first page, by who asks."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.casework.milestones import Milestone, funnel_of
from matcher.casework.needs import NEED_FLOW, NeedStatus
from matcher.desk import Desk
from matcher.desk.figures import dashboard, progress
from matcher.errors import ForbiddenError
from matcher.people import Actor, ActorKind, Role, actor_of_program
from matcher.people.actors import PERMISSIONS
from matcher.records import Need
from matcher.service import Matcher
from matcher.store.need_steps import set_status
from matcher.store.tables import NeedRow

pytestmark = pytest.mark.any_database

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def actor(role: Role, county: str = "") -> Actor:
    return Actor(
        kind=ActorKind.ACCOUNT,
        id="someone",
        name="某人",
        role=role,
        county=county,
        permissions=PERMISSIONS[role],
    )


@pytest.fixture
def busy(filled: Matcher) -> Matcher:
    """The small library with needs of two counties that wait since ten days."""
    filled.save_needs(
        [
            Need(id=f"P{n}", title="示例", county=county, submitted=date(2026, 11, 1))
            for n, county in enumerate(["乐清市", "乐清市", "平阳县"])
        ]
    )
    with filled.database.writing() as session:
        for n in range(3):
            set_status(session, f"P{n}", NeedStatus.PENDING)
            session.get_one(NeedRow, f"P{n}").status_since = NOW - timedelta(days=10)
    return filled


def test_the_city_sees_all_counties(busy: Matcher) -> None:
    shown = dashboard(Desk(busy, actor_of_program()), NOW)
    assert shown.by_county == {"乐清市": 3, "平阳县": 2, "柳市镇": 1}
    assert [(each.county, each.count) for each in shown.overdue.needs] == [
        ("乐清市", 2),
        ("平阳县", 1),
    ]
    assert shown.overdue.count == 3
    assert shown.totals.needs == sum(shown.by_county.values()) == sum(shown.by_field.values())


def test_a_county_sees_nothing_of_the_others(busy: Matcher) -> None:
    shown = dashboard(Desk(busy, actor(Role.COUNTY_STAFF, "平阳县")), NOW)
    assert shown.by_county == {"平阳县": 2}
    assert [each.county for each in shown.overdue.needs] == ["平阳县"]
    assert shown.months[0].count == 1
    assert shown.totals.needs == 2
    assert sum(shown.totals.partners.values()) == 4, "the directory is the whole city's"


def test_the_change_is_against_the_same_days_of_the_month_before(filled: Matcher) -> None:
    days = [date(2026, 11, 1), date(2026, 11, 22), date(2026, 10, 22), date(2026, 10, 23)]
    filled.save_needs([Need(id=f"D{n}", title="示例", submitted=day) for n, day in enumerate(days)])
    new, *_ = dashboard(Desk(filled, actor_of_program()), NOW).months
    assert new.milestone is Milestone.SUBMITTED
    assert (new.count, new.before, new.change) == (2, 1, 1)


def test_the_needs_behind_a_number(busy: Matcher) -> None:
    city = progress(Desk(busy, actor_of_program()), Milestone.SUBMITTED, NOW.date())
    assert [need.id for need, _ in city.needs] == ["P2", "P1", "P0"]
    own = progress(Desk(busy, actor(Role.COUNTY_STAFF, "平阳县")), Milestone.SUBMITTED, NOW.date())
    assert ([need.id for need, _ in own.needs], own.total) == (["P2"], 1)
    earlier = progress(Desk(busy, actor_of_program()), Milestone.SUBMITTED, date(2026, 10, 1))
    assert (earlier.needs, earlier.total) == ([], 0)


def test_who_may_not_read_gets_no_figures(busy: Matcher) -> None:
    desk = Desk(busy, actor(Role.ENTERPRISE, "乐清市"))
    with pytest.raises(ForbiddenError):
        dashboard(desk, NOW)
    with pytest.raises(ForbiddenError):
        progress(desk, Milestone.SUBMITTED, NOW.date())


@given(st.dictionaries(st.sampled_from(list(NeedStatus)), st.integers(0, 500)))
def test_the_funnel_only_narrows_and_loses_nobody(statuses: dict[NeedStatus, int]) -> None:
    levels = funnel_of(statuses)
    reached = [level.reached for level in levels]
    assert reached == sorted(reached, reverse=True)
    off = {NeedStatus.DRAFT, NeedStatus.RETURNED, NeedStatus.CLOSED}
    assert reached[0] == sum(count for status, count in statuses.items() if status not in off)
    assert reached[0] == sum(level.standing for level in levels)
    assert all(level.share is None or 0 <= level.share <= 1 for level in levels)


def test_the_funnel_follows_the_flow() -> None:
    way = [level.status for level in funnel_of({})]
    for before, after in pairwise(way):
        assert after in NEED_FLOW.after(before)
    assert all(level.share is None for level in funnel_of({}))


def test_shares_are_of_the_level_before() -> None:
    levels = funnel_of({NeedStatus.PENDING: 6, NeedStatus.LISTED: 3, NeedStatus.SIGNED: 1})
    assert [level.reached for level in levels] == [10, 4, 1, 1, 0, 0]
    assert [level.share for level in levels] == [None, 0.4, 0.25, 1.0, 0.0, None]
