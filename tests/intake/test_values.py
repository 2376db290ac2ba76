from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import InvalidInputError, UnknownNameError
from matcher.intake.values import (
    as_text,
    read_choice,
    read_flag,
    read_line,
    read_list,
    read_whole,
    read_year,
)
from matcher.records import LabelledEnum, PartnerKind, SolutionMode, TechField


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (float("nan"), ""),
        (320.0, "320"),
        (0.25, "0.25"),
        (True, "是"),
        (date(2026, 11, 22), "2026-11-22"),
        (datetime(2026, 11, 22), "2026-11-22"),
        (" a\u0000\u200b  b ", "a b"),
        ("\ud800a", "a"),
    ],
)
def test_values_become_text(value: object, text: str) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize("value", [[1], {"a": 1}, 10**400, float("inf"), "#REF!", b"x"])
def test_values_that_are_no_text_are_refused(value: object) -> None:
    with pytest.raises(InvalidInputError):
        as_text(value)


@pytest.mark.parametrize("value", ["/", "——", "无", "未知", "未注明", "N/A", "  "])
def test_ways_to_say_nothing_are_blank(value: str) -> None:
    assert read_line(value) == ""


def test_a_line_has_no_breaks() -> None:
    assert read_line("温州\n 大学") == "温州 大学"


@pytest.mark.parametrize("value", ["expert", "Expert", "院士专家", " 院士专家 ", "ｅｘｐｅｒｔ"])
def test_choices_by_value_or_label(value: str) -> None:
    assert read_choice(value, PartnerKind, field="kind") is PartnerKind.EXPERT


def test_both_spellings_of_other_are_taken() -> None:
    assert read_choice("其他", TechField, field="field") is TechField.OTHER
    assert read_choice("其它", SolutionMode, field="mode") is SolutionMode.OTHER


def test_an_unknown_choice_names_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="院士专家（expert）、学会（society）"):
        read_choice("公司", PartnerKind, field="kind")


@pytest.mark.parametrize("value", ["是", "√", "有", True, 1, 1.0, "TRUE", "Ｙ"])
def test_yes(value: object) -> None:
    assert read_flag(value) is True


@pytest.mark.parametrize("value", ["否", "×", "无", False, 0, "no"])
def test_no(value: object) -> None:
    assert read_flag(value) is False


def test_neither_yes_nor_no() -> None:
    assert read_flag("/") is None
    with pytest.raises(InvalidInputError, match="请填“是”或“否”"):
        read_flag("也许")


@pytest.mark.parametrize(
    ("value", "number"), [("1,200", 1200), ("320人", 320), (45.0, 45), ("", None)]
)
def test_whole_numbers(value: object, number: int | None) -> None:
    assert read_whole(value) == number


@pytest.mark.parametrize("value", [-1, 3.5, "约三百", "1,20"])
def test_what_is_no_whole_number(value: object) -> None:
    with pytest.raises(InvalidInputError, match="不是整数"):
        read_whole(value)


@pytest.mark.parametrize("value", [2021, "2021", "2021年", "2021-05", 2021.0, date(2021, 5, 1)])
def test_years(value: object) -> None:
    assert read_year(value, latest=2027) == 2021


@pytest.mark.parametrize("value", [1899, 2028, "21", "二〇二一", 20210])
def test_what_is_no_year(value: object) -> None:
    with pytest.raises(InvalidInputError, match=r"年份"):
        read_year(value, latest=2027)


def test_lists_are_split_and_without_repeats() -> None:
    assert read_list("断路器、触头材料，温升;触头材料\n电弧") == (
        "断路器",
        "触头材料",
        "温升",
        "电弧",
    )


def test_blanks_split_only_where_no_sign_does() -> None:
    assert read_list("断路器 温升", by_blanks=True) == ("断路器", "温升")
    assert read_list("deep learning、温升", by_blanks=True) == ("deep learning", "温升")
    assert read_list("computer science") == ("computer science",)


def test_what_stands_in_a_list_is_kept_whole() -> None:
    assert read_list(["GB/T 9704，2012", "Na", "", "na"]) == ("GB/T 9704，2012", "Na")


@given(st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.booleans(), st.binary()))
def test_text_of_anything_is_text_or_a_refusal(value: object) -> None:
    try:
        text = as_text(value)
    except InvalidInputError:
        return
    assert as_text(text) == text


@pytest.mark.parametrize("choices", [PartnerKind, SolutionMode, TechField])
def test_every_member_is_known_by_its_value_and_its_label(choices: type[LabelledEnum]) -> None:
    for member in choices:
        assert read_choice(member.value, choices, field="x") is member
        assert read_choice(member.label, choices, field="x") is member
