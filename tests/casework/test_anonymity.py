"""Texts without names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.casework.anonymity import anonymous, known_bodies, known_names


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        (
            "示例市甲乙电气有限公司",
            ("示例市甲乙电气有限公司", "示例市甲乙电气", "甲乙电气"),
        ),
        ("浙江示例电气股份有限公司", ("浙江示例电气股份有限公司", "浙江示例电气", "示例电气")),
        ("温州断路器厂", ("温州断路器厂", "温州断路器")),
        ("某厂", ("某厂",)),
        ("示例大学", ("示例大学",)),
        ("  ", ()),
    ],
)
def test_the_forms_of_a_name(name: str, forms: tuple[str, ...]) -> None:
    assert known_names(name) == forms


def test_all_forms_are_hidden_the_longest_first() -> None:
    names = known_names("示例市甲乙电气有限公司")
    told = "示例市甲乙电气有限公司（甲乙电气）的断路器温升过高"
    assert anonymous(told, names, "某企业") == "某企业（某企业）的断路器温升过高"


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        (
            "示例大学电气学院（示例）",
            ("示例大学电气学院（示例）", "示例大学电气学院", "示例大学"),
        ),
        (
            "示例电器研究所（集团）有限公司",
            ("示例电器研究所（集团）有限公司", "示例电器研究所（集团）", "示例电器研究所"),
        ),
        ("MIT", ("MIT",)),
        ("学院", ("学院",)),
        ("", ()),
    ],
)
def test_the_bodies_in_a_name(name: str, forms: tuple[str, ...]) -> None:
    assert known_bodies(name) == forms


def test_case_is_of_no_account_and_signs_are_no_patterns() -> None:
    assert anonymous("ACME (China)+ says", ["acme (china)+"], "甲") == "甲 says"


@given(st.text(), st.lists(st.text(max_size=3)))
def test_no_name_is_left(told: str, names: list[str]) -> None:
    hidden = anonymous(told, names, "")
    if not any(names):
        assert hidden == told
    assert len(hidden) <= len(told)
