from collections import Counter
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import InvalidInputError
from matcher.pairing.assignment import assign
from matcher.pairing.greedy import figures_of, greedy
from matcher.pairing.records import Assignment, Candidate, InfeasiblePlanError, Problem, WantedKind
from tests.pairing.problems import (
    all_plans,
    allowed,
    level,
    need,
    pair,
    partner,
    problem,
    problems,
    shares,
)


def pairs(chosen: tuple[Candidate, ...]) -> list[tuple[str, str]]:
    return [(one.need_id, one.partner_id) for one in chosen]


def outcome(asked: Problem, *, limit: float = 60.0) -> Assignment | InfeasiblePlanError:
    try:
        return assign(asked, time_limit=limit)
    except InfeasiblePlanError as error:
        return error


def test_the_sum_counts_not_each_needs_best() -> None:
    asked = problem(
        [need("N1", places=1), need("N2", places=1)],
        [partner("P1"), partner("P2")],
        [
            pair("N1", "P1", 0.9),
            pair("N1", "P2", 0.8),
            pair("N2", "P1", 0.85),
            pair("N2", "P2", 0.1),
        ],
    )
    plan = assign(asked)
    assert pairs(plan.chosen) == [("N1", "P2"), ("N2", "P1")]
    assert plan.figures.quality == pytest.approx(0.8 + 0.85)
    assert plan.greedy.quality == pytest.approx(0.9 + 0.1)
    assert plan.naive.quality == pytest.approx(0.9 + 0.85)
    assert plan.naive.overloaded == 1
    assert plan.gap == 0.0


def test_the_poor_county_goes_before_the_better_sum() -> None:
    asked = problem(
        [need("N1"), need("N2", county="泰顺县")],
        [partner("P1", capacity=1), partner("P2", capacity=1)],
        [pair("N1", "P1", 0.9), pair("N1", "P2", 0.9), pair("N2", "P2", 0.1)],
    )
    assert pairs(assign(asked).chosen) == [("N1", "P1"), ("N2", "P2")]


def test_scarce_partners_are_shared_by_the_size_of_the_counties() -> None:
    rich = [need(f"N{at}", county="鹿城区") for at in range(6)]
    poor = [need(f"S{at}", county="泰顺县") for at in range(3)]
    asked = problem(
        [*rich, *poor],
        [partner("P1", capacity=6)],
        [pair(one.id, "P1", 0.9 if one in rich else 0.2) for one in [*rich, *poor]],
    )
    plan = assign(asked)
    assert shares(asked, plan.chosen) == {"鹿城区": (4, 6), "泰顺县": (2, 3)}


def test_a_county_that_cannot_be_helped_does_not_end_the_fairness() -> None:
    """Of two counties with one partner one stays empty; the third is served all the same."""
    asked = problem(
        [need("A", county="甲"), need("B", county="乙"), need("C", county="丙"), need("D")],
        [partner("P1"), partner("P2")],
        [pair("A", "P1"), pair("B", "P1"), pair("C", "P2", 0.1), pair("D", "P2", 0.9)],
    )
    asked = replace(
        asked, needs=(*asked.needs, need("E")), partners=(*asked.partners, partner("P3"))
    )
    asked = replace(asked, candidates=(*asked.candidates, pair("E", "P3")))
    assert ("C", "P2") in pairs(assign(asked).chosen)


def test_those_whom_pins_serve_count_in_the_share_of_their_county() -> None:
    asked = problem(
        [need("N1"), need("N2"), need("S1", county="泰顺县"), need("S2", county="泰顺县")],
        [partner("P1"), partner("P2"), partner("P3")],
        [
            pair("N1", "P1", pinned=True),
            pair("N2", "P2", 0.9),
            pair("S1", "P2", 0.1),
            pair("S2", "P3", 0.0),
        ],
    )
    assert pairs(assign(asked).chosen) == [("N1", "P1"), ("N2", "P2"), ("S2", "P3")]
    without = replace(asked, candidates=asked.candidates[:3])
    alone = replace(without, candidates=(*without.candidates, pair("S2", "P2", 0.2)))
    assert pairs(assign(alone).chosen) == [("N1", "P1"), ("S2", "P2")]


def test_a_preferred_kind_goes_before_quality() -> None:
    asked = problem(
        [need("N1", places=1, wanted="society")],
        [partner("P1"), partner("P2", kind="society")],
        [pair("N1", "P1", 0.9), pair("N1", "P2", 0.1)],
    )
    assert pairs(assign(asked).chosen) == [("N1", "P2")]


def test_a_preferred_kind_goes_after_service() -> None:
    asked = problem(
        [need("N1", places=1, wanted="society"), need("N2", places=1)],
        [partner("P1"), partner("P2", kind="society")],
        [pair("N1", "P1", 0.9), pair("N1", "P2", 0.1), pair("N2", "P1", 0.9)],
    )
    assert pairs(assign(asked).chosen) == [("N1", "P2"), ("N2", "P1")]
    only = replace(asked, candidates=(*asked.candidates[:2], pair("N2", "P2", 0.2)))
    plan = assign(only)
    assert pairs(plan.chosen) == [("N1", "P1"), ("N2", "P2")]
    assert (plan.figures.needs_served, plan.figures.wanted_met) == (2, 0)


def test_a_required_kind_goes_before_service() -> None:
    asked = problem(
        [need("N1", places=1, wanted="society"), need("N2", places=1)],
        [partner("P1"), partner("P2", kind="society")],
        [pair("N1", "P1", 0.9), pair("N1", "P2", 0.1), pair("N2", "P2", 0.2)],
        WantedKind.REQUIRED,
    )
    assert pairs(assign(asked).chosen) == [("N1", "P2")]


def test_chosen_are_told_by_need_and_falling_quality() -> None:
    asked = problem(
        [need("N2"), need("N1")],
        [partner(f"P{at}", capacity=2) for at in range(3)],
        [
            pair(n, f"P{at}", quality)
            for n in ("N2", "N1")
            for at, quality in enumerate((0.2, 0.9, 0.9))
        ],
    )
    assert pairs(assign(asked).chosen) == [
        ("N1", "P1"), ("N1", "P2"), ("N1", "P0"), ("N2", "P1"), ("N2", "P2"), ("N2", "P0"),
    ]  # fmt: skip


@settings(max_examples=300)
@given(problems())
def test_no_plan_is_better(asked: Problem) -> None:
    best = max((level(asked, plan) for plan in all_plans(asked)), default=None)
    plan = outcome(asked)
    if isinstance(plan, InfeasiblePlanError):
        assert best is None
        assert plan.constraints
        assert plan.changes
    else:
        assert level(asked, plan.chosen) == best
        assert plan.gap == 0.0


@given(problems())
def test_fairness_and_service_do_not_cost_each_other(asked: Problem) -> None:
    """The smallest share is the largest that any plan has, and so is the number served."""
    plans = list(all_plans(asked))
    if not plans:
        return
    chosen = assign(asked).chosen

    def smallest(plan: tuple[Candidate, ...]) -> Fraction:
        return min((Fraction(got, of) for got, of in shares(asked, plan).values()), default=0)

    assert smallest(chosen) == max(map(smallest, plans))
    assert len({one.need_id for one in chosen}) == max(
        len({one.need_id for one in plan}) for plan in plans
    )


@given(problems(), st.sampled_from((0.0, 60.0)))
def test_what_must_be_kept_is_kept(asked: Problem, limit: float) -> None:
    plan = outcome(asked, limit=limit)
    if isinstance(plan, InfeasiblePlanError):
        return
    assert not any(one.barred for one in plan.chosen)
    assert {one for one in asked.candidates if one.pinned} <= set(plan.chosen)
    assert len(set(plan.chosen)) == len(plan.chosen)
    assert allowed(asked, plan.chosen)
    assert plan.figures.overloaded == 0
    assert plan.figures == figures_of(asked, plan.chosen)


@given(problems())
def test_nobody_stays_empty_while_another_takes_one_that_it_could_spare(asked: Problem) -> None:
    asked = replace(asked, wanted=WantedKind.PREFERRED)
    plan = outcome(asked)
    if isinstance(plan, InfeasiblePlanError):
        return
    chosen = plan.chosen
    partners = Counter(one.need_id for one in chosen)
    open_needs = {one.id for one in asked.needs if one.places}
    for empty in asked.candidates:
        if empty.need_id not in open_needs or partners[empty.need_id] or empty.barred:
            continue
        for one in chosen:
            if one.partner_id == empty.partner_id and not one.pinned:
                assert partners[one.need_id] == 1


@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_the_records_does_not_matter(asked: Problem, random: Random) -> None:
    def mixed(records: tuple) -> tuple:  # type: ignore[type-arg]
        return tuple(random.sample(records, len(records)))

    other = replace(
        asked,
        needs=mixed(asked.needs),
        partners=mixed(asked.partners),
        candidates=mixed(asked.candidates),
    )
    plan, again = outcome(asked), outcome(other)
    if isinstance(plan, InfeasiblePlanError):
        assert isinstance(again, InfeasiblePlanError)
        assert (again.constraints, again.changes) == (plan.constraints, plan.changes)
    else:
        assert isinstance(again, Assignment)
        assert again.chosen == plan.chosen


@given(problems())
def test_it_is_at_least_as_good_as_by_hand(asked: Problem) -> None:
    by_hand = greedy(asked)
    if any(one.barred for one in by_hand) or not allowed(asked, by_hand):
        return
    assert level(asked, assign(asked).chosen) >= level(asked, by_hand)


@given(problems())
def test_without_time_there_is_a_plan_and_an_honest_gap(asked: Problem) -> None:
    plans = list(all_plans(asked))
    if not plans:
        return
    plan = assign(asked, time_limit=0)
    most = max(sum(one.quality for one in other) for other in plans)
    assert 0.0 <= plan.gap <= 1.0
    assert plan.figures.quality >= (1 - plan.gap) * most - 1e-9


def test_qualities_with_many_digits_leave_a_gap_of_millionths() -> None:
    asked = problem([need("N1")], [partner("P1")], [pair("N1", "P1", 0.123_456_789)])
    plan = assign(asked)
    assert 0.0 < plan.gap < 1e-5


def test_nothing_to_choose_is_a_plan() -> None:
    empty = problem([], [], [])
    assert assign(empty).chosen == ()
    barred = problem([need("N1")], [partner("P1")], [pair("N1", "P1", barred="同一单位")])
    plan = assign(barred)
    assert (plan.chosen, plan.gap) == ((), 0.0)
    pinned = problem([need("N1")], [partner("P1")], [pair("N1", "P1", pinned=True)])
    assert len(assign(pinned).chosen) == 1


def test_progress_is_told_from_beginning_to_end() -> None:
    told: list[tuple[str, int, int]] = []
    asked = problem([need("N1")], [partner("P1")], [pair("N1", "P1")])
    assign(asked, progress=lambda *step: told.append(step))
    assert [done for _, done, _ in told] == [0, 1, 2, 3]
    assert {total for *_, total in told} == {3}
    assert len({label for label, *_ in told}) == 4


@pytest.mark.parametrize("limit", [-1.0, float("nan")])
def test_a_time_limit_is_not_negative(limit: float) -> None:
    with pytest.raises(InvalidInputError, match="时间上限"):
        assign(problem([], [], []), time_limit=limit)
