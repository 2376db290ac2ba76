from hypothesis import given
from hypothesis import strategies as st

from matcher.text.highlight import near_spans, shared_spans
from matcher.text.segment import words


def test_shared_words_are_marked_and_joined() -> None:
    text = "断路器触头的温升"
    spans = shared_spans(text, {"断路器", "断路", "触头", "的"})
    assert [text[a:b] for a, b in spans] == ["断路器触头"]


def test_nothing_shared_marks_nothing() -> None:
    assert shared_spans("断路器触头", {"皮革"}) == ()


def test_width_does_not_matter() -> None:
    text = "采用ＳＵＳ３０４制造"
    assert [text[a:b] for a, b in shared_spans(text, {"sus304"})] == ["ＳＵＳ３０４"]


def test_near_words_keep_clear_of_what_is_marked_already() -> None:
    text = "断路器触头的温升"
    spans = near_spans(text, {"断路", "触头", "的", "温升"}, [(0, 3)])
    assert [text[a:b] for a, b in spans] == ["触头", "温升"]


def test_of_near_words_in_each_other_the_longest_is_marked() -> None:
    text = "断路器发热"
    spans = near_spans(text, {"断路", "断路器"}, [])
    assert [text[a:b] for a, b in spans] == ["断路器"]


@given(st.text(alphabet="断路器触头温升abc，", max_size=60), st.data())
def test_no_two_marks_overlap(text: str, data: st.DataObject) -> None:
    terms = sorted(set(words(text))) or ["触头"]
    exact = shared_spans(text, data.draw(st.sets(st.sampled_from(terms))))
    near = near_spans(text, data.draw(st.sets(st.sampled_from(terms))), exact)
    ends = [0, *(edge for span in sorted([*exact, *near]) for edge in span)]
    assert ends == sorted(ends)
    assert list(near) == sorted(near)
    assert all(b - a > 1 for a, b in near)
