from collections import Counter

import pytest
from hypothesis import given

from matcher.errors import InvalidInputError
from matcher.pairing.greedy import figures_of, greedy, naive
from matcher.pairing.records import Candidate, PlanFigures, Problem
from tests.pairing.problems import need, pair, partner, problem, problems

CONTESTED = problem(
    [need("N1", places=2), need("N2", places=2, wanted="society", county="泰顺县")],
    [partner("P1"), partner("P2", kind="society")],
    [pair("N1", "P1", 0.8), pair("N1", "P2", 0.7), pair("N2", "P1", 0.9), pair("N2", "P2", 0.1)],
)


def pairs(chosen: tuple[Candidate, ...]) -> list[tuple[str, str]]:
    return [(one.need_id, one.partner_id) for one in chosen]


def test_greedy_lets_the_need_with_the_best_candidate_take_all_that_it_may() -> None:
    assert pairs(greedy(CONTESTED)) == [("N2", "P1"), ("N2", "P2")]


def test_naive_gives_everybody_the_best() -> None:
    assert pairs(naive(CONTESTED)) == [("N1", "P1"), ("N1", "P2"), ("N2", "P1"), ("N2", "P2")]


def test_pins_come_first() -> None:
    pinned = problem(
        CONTESTED.needs,
        CONTESTED.partners,
        (pair("N1", "P1", 0.8, pinned=True), *CONTESTED.candidates[1:]),
    )
    assert pairs(greedy(pinned)) == [("N1", "P1"), ("N2", "P2")]


def test_figures_of_a_choice() -> None:
    assert figures_of(CONTESTED, greedy(CONTESTED)) == PlanFigures(
        quality=1.0, pairs=2, needs_served=1, wanted_met=1, overloaded=0, counties_empty=1
    )
    assert figures_of(CONTESTED, naive(CONTESTED)) == PlanFigures(
        quality=2.5, pairs=4, needs_served=2, wanted_met=1, overloaded=2, counties_empty=0
    )


def test_a_county_where_nobody_is_eligible_does_not_count_as_empty() -> None:
    asked = problem([need("N1")], [partner("P1", capacity=0)], [pair("N1", "P1")])
    assert figures_of(asked, ()).counties_empty == 0


def test_figures_only_of_candidates() -> None:
    with pytest.raises(InvalidInputError, match="不在可选的配对之中"):
        figures_of(CONTESTED, [pair("N1", "P9")])


@given(problems())
def test_both_keep_places_pins_and_bars(asked: Problem) -> None:
    for chosen in (greedy(asked), naive(asked)):
        free = [one for one in chosen if not one.pinned]
        assert not any(one.barred for one in free)
        assert {one for one in asked.candidates if one.pinned} <= set(chosen)
        load = Counter(one.need_id for one in chosen)
        assert all(load[one.need_id] <= places(asked)[one.need_id] for one in free)


@given(problems(marks=False))
def test_greedy_overloads_nobody(asked: Problem) -> None:
    assert figures_of(asked, greedy(asked)).overloaded == 0


@given(problems(marks=False))
def test_nothing_is_worth_more_than_everybodys_best(asked: Problem) -> None:
    best = figures_of(asked, naive(asked))
    assert best.quality >= figures_of(asked, greedy(asked)).quality - 1e-9


def places(asked: Problem) -> dict[str, int]:
    return {one.id: one.places for one in asked.needs}
