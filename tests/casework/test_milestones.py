"""What needs reach on their way, and where they stood on an earlier day."""

from datetime import date

from matcher.casework.milestones import Milestone, Move, reached_on, status_on
from matcher.casework.needs import NeedStatus

S = NeedStatus
SEPTEMBER, OCTOBER, NOVEMBER = (date(2026, month, 1) for month in (9, 10, 11))
LISTED = Move(OCTOBER, S.PENDING, S.LISTED)
MATCHED = Move(NOVEMBER, S.LISTED, S.MATCHING)


def test_each_milestone_is_reached_the_first_time() -> None:
    again = Move(date(2026, 11, 9), S.PENDING, S.LISTED)
    days = reached_on(S.MATCHING, SEPTEMBER, [again, LISTED, MATCHED])
    assert days == {
        Milestone.SUBMITTED: SEPTEMBER,
        Milestone.LISTED: OCTOBER,
        Milestone.MATCHING: NOVEMBER,
    }


def test_a_draft_is_not_submitted() -> None:
    assert reached_on(S.DRAFT, SEPTEMBER, []) == {}
    assert reached_on(S.PENDING, None, []) == {}


def test_an_imported_need_was_listed_when_it_was_submitted() -> None:
    both = {Milestone.SUBMITTED: SEPTEMBER, Milestone.LISTED: SEPTEMBER}
    assert reached_on(S.LISTED, SEPTEMBER, []) == both
    assert reached_on(S.SIGNED, SEPTEMBER, [Move(OCTOBER, S.LISTED, S.SIGNED)]) == both | {
        Milestone.SIGNED: OCTOBER
    }
    for never in (S.PENDING, S.RETURNED, S.CLOSED):
        assert Milestone.LISTED not in reached_on(never, SEPTEMBER, [])


def test_where_a_need_stood() -> None:
    moves = (Move(SEPTEMBER, None, S.PENDING), LISTED, MATCHED)
    assert status_on(NOVEMBER, S.MATCHING, SEPTEMBER, moves) is S.MATCHING
    assert status_on(date(2026, 10, 31), S.MATCHING, SEPTEMBER, moves) is S.LISTED
    assert status_on(SEPTEMBER, S.MATCHING, SEPTEMBER, moves) is S.PENDING
    assert status_on(date(2026, 8, 31), S.MATCHING, SEPTEMBER, moves) is None
    assert status_on(date(2026, 8, 31), S.MATCHING, None, moves) is None


def test_a_need_without_steps_stood_as_it_stands_once_it_was_there() -> None:
    assert status_on(OCTOBER, S.LISTED, SEPTEMBER, ()) is S.LISTED
    assert status_on(SEPTEMBER, S.LISTED, OCTOBER, ()) is None
    assert status_on(SEPTEMBER, S.LISTED, None, ()) is S.LISTED
