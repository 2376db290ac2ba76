from hypothesis import given
from hypothesis import strategies as st

from matcher.text.fold import fold, tidy


def test_width_and_case_are_folded() -> None:
    assert fold("ＳＵＳ３０４，ＡＢＣ") == "sus304,abc"


def test_a_character_with_a_longer_form_keeps_its_place() -> None:
    assert fold("㎡x") == "㎡x"


@given(st.text())
def test_folding_is_idempotent_and_keeps_the_length(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


@given(st.text())
def test_tidying_is_idempotent(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


def test_tidying_drops_control_characters_and_empty_lines() -> None:
    assert tidy(" 触\x00头 \t 温升\u200b\r\n\r\n 过高 ") == "触 头 温升\n过高"
