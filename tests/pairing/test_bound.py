import numpy as np
import pytest
from hypothesis import given

from matcher.pairing.bound import upper_bound
from matcher.pairing.core import Core, core_of
from matcher.pairing.greedy import figures_of, greedy, naive
from matcher.pairing.instance import instance_of
from matcher.pairing.records import Problem
from tests.pairing.problems import all_plans, crowd, need, pair, partner, problem, problems


def core(asked: Problem) -> Core:
    return core_of(instance_of(asked))


@given(problems(marks=False))
def test_no_choice_exceeds_it(asked: Problem) -> None:
    most = max((sum(one.quality for one in plan) for plan in all_plans(asked)), default=0.0)
    assert upper_bound(core(asked), 0.0) >= most - 1e-9


def test_a_contested_partner_lowers_it() -> None:
    """Three needs want the one place of P1: prices find that out, everybody's best does not."""
    asked = problem(
        [need(f"N{at}", places=1) for at in range(3)],
        [partner("P1")],
        [pair(f"N{at}", "P1", 0.9) for at in range(3)],
    )
    assert upper_bound(core(asked), 0.9) == pytest.approx(0.9)


def test_it_lies_between_what_is_done_by_hand_and_everybodys_best() -> None:
    asked = crowd()
    floor = figures_of(asked, greedy(asked)).quality
    bound = upper_bound(core(asked), floor)
    assert floor <= bound < figures_of(asked, naive(asked)).quality


def test_where_nothing_is_contested_it_is_exact() -> None:
    asked = problem([need("N1", places=1)], [partner("P1")], [pair("N1", "P1", 0.7)])
    assert upper_bound(core(asked), 0.0) == pytest.approx(0.7)
    assert np.isfinite(upper_bound(core(asked), 0.7))
