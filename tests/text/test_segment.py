import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.text.segment import characters, word_spans, words


def test_words_come_in_search_mode() -> None:
    assert {"断路", "断路器", "触头"} <= set(words("断路器触头"))


@pytest.mark.parametrize("view", [words, characters])
@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("采用SUS304不锈钢", "sus304"),
        ("符合GB/T 9704要求", "gb/t9704"),
        ("符合 IEC 60947-2 要求", "iec60947-2"),
        ("M2.5x8螺钉", "m2.5x8"),
        ("LED封装", "led"),
    ],
)
def test_model_numbers_and_standards_stay_whole(view, term: str, text: str) -> None:  # noqa: ANN001
    assert term in view(text)


def test_a_dated_standard_also_matches_without_its_year() -> None:
    assert {"gb/t9704-2012", "gb/t9704"} <= set(words("GB/T 9704-2012"))


def test_characters_are_single() -> None:
    assert characters("开裂，裂纹") == ["开", "裂", "裂", "纹"]


def test_english_words_are_terms() -> None:
    assert words("Thermal barrier Coating") == ["thermal", "barrier", "coating"]


@given(st.text(alphabet="断路器触头温升SUS304 -/，。aB１　㎡\n", max_size=60))
def test_spans_lie_in_the_text(text: str) -> None:
    for term, (start, end) in word_spans(text):
        assert 0 <= start < end <= len(text)
        assert term


@given(st.text(max_size=60))
def test_any_text_can_be_segmented(text: str) -> None:
    assert all(words(text))
    assert all(characters(text))
