from dataclasses import replace

import numpy as np
import pytest

from matcher.errors import InvalidInputError, UnknownNameError
from matcher.pairing.instance import instance_of
from matcher.pairing.records import Candidate, FreePartner, OpenNeed, WantedKind
from tests.pairing.problems import need, pair, partner, problem

GOOD = problem(
    [need("N2", wanted="society"), need("N1", places=0, county="泰顺县")],
    [partner("P2", kind="society", capacity=0), partner("P1")],
    [
        pair("N2", "P2", 0.4, barred="同一单位"),
        pair("N2", "P1", 0.9, pinned=True),
        pair("N1", "P1", 0.1),
    ],
)


def test_everything_is_in_the_order_of_the_ids() -> None:
    instance = instance_of(GOOD)
    assert [one.id for one in instance.needs] == ["N1", "N2"]
    assert [one.id for one in instance.partners] == ["P1", "P2"]
    assert instance.need.tolist() == [0, 1, 1]
    assert instance.partner.tolist() == [0, 0, 1]
    assert instance.quality.tolist() == [0.1, 0.9, 0.4]
    assert instance.pinned.tolist() == [False, True, False]
    assert instance.barred.tolist() == [False, False, True]
    assert instance.wanted.tolist() == [False, False, True]
    assert instance.wishes.tolist() == [False, True]
    assert (instance.county.tolist(), instance.counties) == ([0, 1], 2)


def test_eligible_has_a_place_and_capacity_and_is_not_barred() -> None:
    instance = instance_of(GOOD)
    assert instance.eligible.tolist() == [False, True, False]
    assert instance.servable.tolist() == [False, True]


def test_only_a_required_kind_is_demanded_and_not_of_those_who_are_barred() -> None:
    assert not instance_of(GOOD).demanding.any()
    required = replace(GOOD, wanted=WantedKind.REQUIRED)
    assert not instance_of(required).demanding.any()
    free = replace(required, candidates=(pair("N2", "P2"),))
    assert instance_of(free).demanding.tolist() == [False, True]


def test_candidates_are_found_by_their_ids() -> None:
    instance = instance_of(GOOD)
    assert instance.numbers(GOOD.candidates[:2]).tolist() == [1, 2]
    assert instance.records(np.array([0, 2, 1])) == (
        GOOD.candidates[2],
        GOOD.candidates[1],
        GOOD.candidates[0],
    )
    with pytest.raises(InvalidInputError, match="N1 与 P2"):
        instance.numbers([pair("N1", "P2")])


@pytest.mark.parametrize(
    ("needs", "partners", "candidates", "message"),
    [
        ([need("N1"), need("N1")], [], [], "需求 N1 出现了两次"),
        ([], [partner("P1"), partner("P1")], [], "对接对象 P1 出现了两次"),
        ([need("N1", places=-1)], [], [], "名额是 -1"),
        ([], [partner("P1", capacity=-2)], [], "项数是 -2"),
        ([], [partner("P1")], [pair("N9", "P1")], "需求不在本次需求之列"),
        ([need("N1")], [], [pair("N1", "P9")], "对接对象不在名录之列"),
        ([need("N1")], [partner("P1")], [pair("N1", "P1"), pair("N1", "P1")], "N1 — P1 出现了两次"),
        ([need("N1")], [partner("P1")], [pair("N1", "P1", 1.5)], "匹配概率是 1.5"),
        ([need("N1")], [partner("P1")], [pair("N1", "P1", -0.1)], "在 0 与 1 之间"),
        ([need("N1")], [partner("P1")], [pair("N1", "P1", float("nan"))], "匹配概率是 nan"),
    ],
)
def test_what_cannot_be_used_is_named(
    needs: list[OpenNeed],
    partners: list[FreePartner],
    candidates: list[Candidate],
    message: str,
) -> None:
    with pytest.raises(InvalidInputError, match=message):
        instance_of(problem(needs, partners, candidates))


def test_an_unknown_kind_is_told_with_those_that_are_known() -> None:
    with pytest.raises(UnknownNameError, match="学会（society）"):
        instance_of(problem([need("N1", wanted="bank")], [], []))
    with pytest.raises(UnknownNameError, match="学会（society）"):
        instance_of(problem([], [partner("P1", kind="bank")], []))
