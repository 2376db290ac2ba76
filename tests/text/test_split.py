from hypothesis import given
from hypothesis import strategies as st

from matcher.text.split import split_text


def test_short_text_stays_whole() -> None:
    assert split_text("  一句话。 ") == ["一句话。"]
    assert split_text("  ") == []


def test_long_text_is_cut_at_the_ends_of_sentences() -> None:
    pieces = split_text("甲" * 9 + "。" + "乙" * 9 + "。" + "丙" * 9 + "。", limit=20)
    assert pieces == ["甲" * 9 + "。" + "乙" * 9 + "。", "丙" * 9 + "。"]


def test_english_is_cut_between_sentences_and_words() -> None:
    text = "Wear of gears. Friction in bearings is 2.5 times lower. Coatings help."
    assert split_text(text, 45) == [
        "Wear of gears.",
        "Friction in bearings is 2.5 times lower.",
        "Coatings help.",
    ]
    assert split_text("alpha beta gamma delta", 12) == ["alpha beta", "gamma delta"]


@given(st.text(alphabet="甲乙。；.\n a", max_size=300), st.integers(5, 50))
def test_nothing_is_lost_and_no_piece_is_too_long(text: str, limit: int) -> None:
    pieces = split_text(text, limit)
    assert all(0 < len(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
