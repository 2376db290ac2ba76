from matcher.text.highlight import shared_spans


def test_shared_words_are_marked_and_joined() -> None:
    text = "断路器触头的温升"
    spans = shared_spans(text, {"断路器", "断路", "触头", "的"})
    assert [text[a:b] for a, b in spans] == ["断路器触头"]


def test_nothing_shared_marks_nothing() -> None:
    assert shared_spans("断路器触头", {"皮革"}) == ()


def test_width_does_not_matter() -> None:
    text = "采用ＳＵＳ３０４制造"
    assert [text[a:b] for a, b in shared_spans(text, {"sus304"})] == ["ＳＵＳ３０４"]
