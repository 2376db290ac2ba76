import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.text.fold import fold
from matcher.text.segment import characters, pairs, word_spans, words


def test_words_come_in_search_mode() -> None:
    assert {"断路", "断路器", "触头"} <= set(words("断路器触头"))


@pytest.mark.parametrize("view", [words, characters, pairs])
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


def test_pairs_are_of_neighbours_within_a_run() -> None:
    assert pairs("断路器，触头温升") == ["断路", "路器", "触头", "头温", "温升"]
    assert pairs("断路器\n触头") == ["断路", "路器", "触头"]


def test_a_character_that_stands_alone_is_a_term_of_the_pairs() -> None:
    assert pairs("泵") == ["泵"]
    assert pairs("泵、阀 与LED灯") == ["泵", "阀", "与", "led", "灯"]


def test_pairs_do_not_reach_over_a_protected_term() -> None:
    assert pairs("采用SUS304不锈钢") == ["采用", "sus304", "不锈", "锈钢"]
    assert pairs("按GB/T 9704-2012执行") == ["按", "gb/t9704-2012", "gb/t9704", *_PARTS, "执行"]


_PARTS = ["gb", "9704", "2012"]


def test_repeated_pairs_are_counted_as_often_as_they_stand() -> None:
    assert pairs("天天天") == ["天天", "天天"]


def test_pairs_are_of_the_folded_text() -> None:
    assert pairs("ＬＥＤ　Ｄｉｓｐｌａｙ触头") == ["led", "display", "触头"]
    assert pairs("") == pairs("，。 ！") == []


def test_english_words_are_terms() -> None:
    assert words("Thermal barrier Coating") == ["thermal", "barrier", "coating"]


@given(st.text(alphabet="断路器触头温升SUS304 -/，。aB１　㎡\n", max_size=60))
def test_spans_lie_in_the_text(text: str) -> None:
    for term, (start, end) in word_spans(text):
        assert 0 <= start < end <= len(text)
        assert term


@given(st.text(alphabet="断路器触头SUS304 -/，。aB１　\n", max_size=60))
def test_pairs_and_characters_are_of_the_same_signs(text: str) -> None:
    assert set("".join(pairs(text))) == set("".join(characters(text)))
    assert all(pair in fold(text) for pair in pairs(text) if not pair.isascii())
    assert pairs(fold(text)) == pairs(text)


@given(st.text(max_size=60))
def test_any_text_can_be_segmented(text: str) -> None:
    assert all(words(text))
    assert all(characters(text))
    assert all(pairs(text))
