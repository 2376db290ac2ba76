"""How pairings move on, and what follows from it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.casework.needs import NEED_FLOW, NeedStatus
from matcher.casework.pairings import PAIRING_FLOW, PairingStage
from matcher.casework.progress import (
    Load,
    days_between,
    is_backward,
    is_overdue,
    later_stages,
    may_begin,
    may_go_on,
    need_follows,
    next_stage,
    proposes_relisting,
    steps_back,
    year_start,
)

S, N = PairingStage, NeedStatus
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "stage", "steps"),
    [
        (N.LISTED, S.SENT, (N.MATCHING,)),
        (N.MATCHING, S.VISITED, ()),
        (N.MATCHING, S.SIGNED, (N.SIGNED,)),
        (N.LISTED, S.STATIONED, (N.MATCHING, N.SIGNED, N.STATIONED)),
        (N.STATIONED, S.SENT, ()),
        (N.LISTED, S.RECOMMENDED, ()),
        (N.MATCHING, S.FAILED, ()),
        (N.CLOSED, S.SIGNED, ()),
        (N.PENDING, S.SENT, ()),
    ],
)
def test_the_need_follows_forward(
    status: NeedStatus, stage: PairingStage, steps: tuple[NeedStatus, ...]
) -> None:
    assert need_follows(status, stage) == steps


@given(st.sampled_from(NeedStatus), st.sampled_from(PairingStage))
def test_every_step_of_a_need_is_one_that_its_flow_allows(
    status: NeedStatus, stage: PairingStage
) -> None:
    now = status
    for then in need_follows(status, stage):
        NEED_FLOW.check(now, then)
        now = then


@given(st.sampled_from(PairingStage))
def test_what_is_offered_is_what_the_flow_allows(stage: PairingStage) -> None:
    offered = {*later_stages(stage), *steps_back(stage)}
    back_or_on = set(PAIRING_FLOW.after(stage)) - {S.FAILED}
    assert offered == (back_or_on if stage is not S.FAILED else set())
    assert next_stage(stage) in {None, *later_stages(stage)[:1]}
    assert all(is_backward(stage, then) for then in steps_back(stage))
    assert not any(is_backward(stage, then) for then in later_stages(stage))


def test_the_usual_way() -> None:
    assert next_stage(S.SENT) is S.CONTACTED
    assert next_stage(S.STATIONED) is None
    assert next_stage(S.FAILED) is None
    assert steps_back(S.SIGNED) == (S.AGREED,)


def test_which_needs_take_part() -> None:
    assert {status for status in N if may_begin(status)} == {N.LISTED, N.MATCHING}
    stopped = {N.DRAFT, N.PENDING, N.RETURNED, N.CLOSED}
    assert {status for status in N if not may_go_on(status)} == stopped


@pytest.mark.parametrize(
    ("status", "stages", "proposed"),
    [
        (N.MATCHING, [S.FAILED], True),
        (N.MATCHING, [S.FAILED, S.RECOMMENDED], True),
        (N.MATCHING, [S.FAILED, S.CONTACTED], False),
        (N.MATCHING, [], False),
        (N.SIGNED, [S.FAILED], False),
        (N.LISTED, [S.FAILED], False),
    ],
)
def test_going_back_into_the_library_is_proposed_after_the_last_failure(
    status: NeedStatus, stages: list[PairingStage], proposed: bool
) -> None:
    assert proposes_relisting(status, stages) is proposed


@pytest.mark.parametrize(
    ("active", "capacity", "full"), [(2, 3, False), (3, 3, True), (0, 0, True), (9, None, False)]
)
def test_a_full_partner_is_warned_of(active: int, capacity: int | None, full: bool) -> None:
    load = Load(active=active, capacity=capacity)
    assert load.is_full is full
    assert bool(load.warning) is full


def test_the_year_begins_in_china() -> None:
    still_2025_in_utc = datetime(2025, 12, 31, 17, tzinfo=UTC)
    assert year_start(still_2025_in_utc) == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert year_start(NOW) == datetime(2025, 12, 31, 16, tzinfo=UTC)


def test_what_lies_too_long_is_overdue() -> None:
    long_ago = NOW - timedelta(days=31)
    assert is_overdue(S.CONTACTED, long_ago, NOW)
    assert not is_overdue(S.CONTACTED, NOW - timedelta(days=30), NOW)
    assert not is_overdue(S.STATIONED, long_ago, NOW)
    assert not is_overdue(S.FAILED, long_ago, NOW)


def test_days_are_whole_and_never_negative() -> None:
    assert days_between(NOW - timedelta(hours=47), NOW) == 1
    assert days_between(NOW + timedelta(hours=1), NOW) == 0
