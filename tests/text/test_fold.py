import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from matcher.text.fold import fold, tidy

BLANKS_AND_CONTROLS = st.sampled_from(" \t\n\r\x0b\x1c\x85\u2028\u3000\xa0\u200b\x00\xad")


def test_width_and_case_are_folded() -> None:
    assert fold("ＳＵＳ３０４，ＡＢＣ") == "sus304,abc"


def test_a_character_with_a_longer_form_keeps_its_place() -> None:
    assert fold("㎡x") == "㎡x"


@given(st.text())
def test_folding_is_idempotent_and_keeps_the_length(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


@given(st.text(max_size=20))
def test_every_character_is_folded_by_itself(text: str) -> None:
    normal = [unicodedata.normalize("NFKC", character).lower() for character in text]
    pairs = zip(normal, text, strict=True)
    assert fold(text) == "".join(form if len(form) == 1 else given for form, given in pairs)


@given(st.text(st.one_of(st.characters(), BLANKS_AND_CONTROLS), max_size=30))
def test_tidying_character_by_character_gives_the_same(text: str) -> None:
    lines = []
    for line in text.splitlines():
        shown = (" " if unicodedata.category(c)[0] == "C" else c for c in line)
        lines.append(" ".join("".join(shown).split()))
    assert tidy(text) == "\n".join(filter(None, lines))


@given(st.text())
def test_tidying_is_idempotent(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


def test_tidying_drops_control_characters_and_empty_lines() -> None:
    assert tidy(" 触\x00头 \t 温升\u200b\r\n\r\n 过高 ") == "触 头 温升\n过高"
