from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations_with_replacement

import pytest
from hypothesis import given, settings

from matcher.pairing.assignment import assign
from matcher.pairing.changes import Change, ChangeKind, apply_changes, smallest_changes
from matcher.pairing.conflicts import conflicts_of
from matcher.pairing.instance import instance_of
from matcher.pairing.records import InfeasiblePlanError, Problem, WantedKind
from tests.pairing.problems import all_plans, need, pair, partner, problem, problems


def infeasible(asked: Problem) -> InfeasiblePlanError:
    with pytest.raises(InfeasiblePlanError) as caught:
        assign(asked)
    return caught.value


def test_more_pins_than_a_partner_can_take() -> None:
    error = infeasible(
        problem(
            [need("N1"), need("N2"), need("N3")],
            [partner("P12", capacity=2)],
            [pair(f"N{at}", "P12", pinned=True) for at in (1, 2, 3)],
        )
    )
    assert error.constraints == ("P12 还可承接 2 项，却被指定给 3 项需求：N1、N2、N3",)
    assert error.changes == ("把 P12 还可承接的项数由 2 调到 3",)


def test_more_pins_than_a_need_has_places() -> None:
    error = infeasible(
        problem(
            [need("N5", places=1)],
            [partner("P1"), partner("P2")],
            [pair("N5", "P1", pinned=True), pair("N5", "P2", pinned=True)],
        )
    )
    assert error.constraints == ("需求 N5 只有 1 个名额，却指定了 2 个对接对象：P1、P2",)
    assert error.changes == ("把需求 N5 的名额由 1 调到 2",)


def test_one_pin_too_many_for_both_sides_is_one_change() -> None:
    error = infeasible(
        problem(
            [need("N1", places=1), need("N2")],
            [partner("P1", capacity=1), partner("P2")],
            [
                pair("N1", "P1", pinned=True),
                pair("N1", "P2", pinned=True),
                pair("N2", "P1", pinned=True),
            ],
        )
    )
    assert len(error.constraints) == 2
    assert error.changes == ("取消 N1 与 P1 的指定",)


def test_a_barred_pin_is_told_with_its_reason() -> None:
    error = infeasible(
        problem(
            [need("N1")],
            [partner("P1")],
            [pair("N1", "P1", pinned=True, barred="P1 是该企业的股东")],
        )
    )
    assert error.constraints == ("需求 N1 指定了 P1，但两者不能对接：P1 是该企业的股东",)
    assert error.changes == ("取消 N1 与 P1 的指定",)


def test_a_pin_on_a_need_without_a_place_can_only_go() -> None:
    error = infeasible(
        problem([need("N1", places=0)], [partner("P1")], [pair("N1", "P1", pinned=True)])
    )
    assert error.constraints == ("需求 N1 已经没有名额，却还指定了 P1",)
    assert error.changes == ("取消 N1 与 P1 的指定",)


def test_a_kind_that_is_used_up() -> None:
    asked = problem(
        [need(f"N{at}", wanted="society") for at in (1, 2, 3)] + [need("N4", wanted="expert")],
        [partner("P1", kind="society", capacity=1), partner("P2"), partner("P3")],
        [
            *(pair(f"N{at}", "P1") for at in (1, 2, 3)),
            pair("N1", "P2"),
            pair("N4", "P3"),
        ],
        WantedKind.REQUIRED,
    )
    error = infeasible(asked)
    assert error.constraints == (
        "3 项需求必须有一个学会（N1、N2、N3），能与它们对接的 P1 一共还可承接 1 项",
    )
    assert error.changes[0] == "把 P1 还可承接的项数由 1 调到 3"
    assert error.changes[1].startswith(
        "或者不作上述调整，把意向类型要求改为“尽量满足”，将有 2 项需求得不到学会"
    )
    assert assign(replace(asked, wanted=WantedKind.PREFERRED)).figures.wanted_met == 2


def test_a_kind_for_which_the_pins_leave_no_place() -> None:
    error = infeasible(
        problem(
            [need("N1", places=1, wanted="society")],
            [partner("P1"), partner("P2", kind="society")],
            [pair("N1", "P1", pinned=True), pair("N1", "P2")],
            WantedKind.REQUIRED,
        )
    )
    assert error.constraints == ("需求 N1 必须有一个学会，但它的 1 个名额都已指定给别的对接对象",)
    assert error.changes[0] == "把需求 N1 的名额由 1 调到 2"


def test_a_kind_whose_partner_is_pinned_elsewhere() -> None:
    error = infeasible(
        problem(
            [need("N1", wanted="society"), need("N2")],
            [partner("P1", kind="society")],
            [pair("N1", "P1"), pair("N2", "P1", pinned=True)],
            WantedKind.REQUIRED,
        )
    )
    assert error.constraints == (
        "1 项需求必须有一个学会（N1），能与它们对接的 P1 除去已指定的，都已不能再承接",
    )
    assert error.changes[0] == "把 P1 还可承接的项数由 1 调到 2"


def test_parts_without_a_common_partner_are_told_apart() -> None:
    error = infeasible(
        problem(
            [need(f"N{at}", wanted="society") for at in range(4)],
            [partner("P1", kind="society"), partner("P2", kind="society")],
            [pair("N0", "P1"), pair("N1", "P1"), pair("N2", "P2"), pair("N3", "P2")],
            WantedKind.REQUIRED,
        )
    )
    assert len(error.constraints) == 2
    assert len(error.changes) == 3


def test_long_lists_are_counted() -> None:
    error = infeasible(
        problem(
            [need(f"N{at:02}") for at in range(20)],
            [partner("P1", capacity=0)],
            [pair(f"N{at:02}", "P1", pinned=True) for at in range(20)],
        )
    )
    assert "N07 等 20 个" in error.constraints[0]
    assert "N08" not in error.constraints[0]


def test_giving_up_a_wish_is_a_change_where_it_is_the_smallest() -> None:
    """Place and capacity are both used up by pins: one wish given up frees both."""
    asked = problem(
        [need("N1", places=1, wanted="society"), need("N2", places=1)],
        [partner("P1"), partner("P2", kind="society")],
        [pair("N1", "P1", pinned=True), pair("N1", "P2"), pair("N2", "P2", pinned=True)],
        WantedKind.REQUIRED,
    )
    changes = smallest_changes(instance_of(asked))
    assert [change.kind for change in changes] == [ChangeKind.WISH]
    assert "N1" in infeasible(asked).changes[0]


@given(problems())
def test_conflicts_are_found_exactly_where_no_plan_exists(asked: Problem) -> None:
    found = conflicts_of(instance_of(asked))
    assert bool(found) == (next(all_plans(asked), None) is None)
    assert bool(found) == bool(smallest_changes(instance_of(asked)))


@settings(max_examples=300)
@given(problems())
def test_the_changes_free_the_plan_and_fewer_do_not(asked: Problem) -> None:
    changes = smallest_changes(instance_of(asked))
    size = sum(change.size for change in changes)
    assert next(all_plans(apply_changes(asked, changes)), None) is not None
    if not size:
        return
    # Every single change loosens: if fewer would do, so would any more of them.
    for fewer in combinations_with_replacement(single_changes(asked), min(size - 1, 3)):
        changed = asked
        for change in fewer:
            changed = apply_changes(changed, [one_more(changed, change)])
        assert conflicts_of(instance_of(changed))


@given(problems())
def test_giving_up_all_wishes_frees_what_no_pin_binds(asked: Problem) -> None:
    asked = replace(asked, wanted=WantedKind.REQUIRED)
    found = conflicts_of(instance_of(asked))
    if found and not found.of_pins:
        plan = assign(replace(asked, wanted=WantedKind.PREFERRED))
        assert plan.figures.overloaded == 0


def single_changes(asked: Problem) -> Iterator[Change]:
    for giver in asked.partners:
        yield Change(kind=ChangeKind.CAPACITY, partner_id=giver.id)
    for taker in asked.needs:
        if taker.places:
            yield Change(kind=ChangeKind.PLACES, need_id=taker.id)
        if taker.wanted_kind:
            yield Change(kind=ChangeKind.WISH, need_id=taker.id)
    for one in asked.candidates:
        if one.pinned:
            yield Change(kind=ChangeKind.PIN, need_id=one.need_id, partner_id=one.partner_id)


def one_more(asked: Problem, change: Change) -> Change:
    """The change with the numbers that it has by then."""
    capacity = {one.id: one.capacity for one in asked.partners}
    places = {one.id: one.places for one in asked.needs}
    before = capacity.get(change.partner_id, 0)
    if change.kind is ChangeKind.PLACES:
        before = places[change.need_id]
    return replace(change, before=before, after=before + 1)
