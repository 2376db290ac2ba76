"""Answers as people give them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import InvalidInputError, UnknownNameError
from matcher.rules.facts import FACTS, fact_named
from matcher.rules.values import LARGEST, Range, amount, read_value

OUTPUT, BODY, TEAM = (FACTS[name].fact for name in ("annual_output", "rd_body", "team_size"))


@pytest.mark.parametrize(
    ("given_answer", "value"),
    [
        ("3,200", 3200),
        ("３２００", 3200),
        ("3200 万元", 3200),
        (" 12.5 ", 12.5),
        (3200, 3200),
        (0, 0),
        ("", None),
        ("  ", None),
        (None, None),
    ],
)
def test_numbers(given_answer: object, value: float | None) -> None:
    assert read_value(OUTPUT, given_answer) == value


@pytest.mark.parametrize(
    "answer", ["很多", "-1", -1, "1e5", "3，2", True, float("nan"), float("inf"), LARGEST + 1, [3]]
)
def test_what_is_no_number(answer: object) -> None:
    with pytest.raises(InvalidInputError, match="年产值应是 0 到") as caught:
        read_value(OUTPUT, answer)
    assert caught.value.field == "annual_output"


def test_people_are_not_divided() -> None:
    with pytest.raises(InvalidInputError, match="整数"):
        read_value(TEAM, "2.5")


@pytest.mark.parametrize(
    ("answer", "value"),
    [("yes", True), ("否", False), ("有", True), (True, True), (False, False), ("", None)],
)
def test_yes_and_no(answer: object, value: bool | None) -> None:
    assert read_value(BODY, answer) is value


@pytest.mark.parametrize("answer", ["也许", 1, 2.0, [True]])
def test_what_is_neither(answer: object) -> None:
    with pytest.raises(InvalidInputError, match="请选") as caught:
        read_value(BODY, answer)
    assert caught.value.field == "rd_body"


@given(st.floats(0, LARGEST).map(lambda number: round(number, 2)))
def test_a_number_survives_being_shown(number: float) -> None:
    assert read_value(OUTPUT, amount(number)) == number


def test_facts_are_found_by_name_and_label() -> None:
    assert fact_named("年产值") is fact_named("annual_output")
    with pytest.raises(UnknownNameError, match="年产值"):
        fact_named("产值")


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (Range(3, 3), "技术需求数 3 项"),
        (Range(3), "技术需求数至少 3 项"),
        (Range(3, 5), "技术需求数 3 至 5 项"),
        (Range(), ""),
    ],
)
def test_what_is_known_is_told(known: Range, told: str) -> None:
    assert FACTS["total_needs"].told({"total_needs": known}) == told
