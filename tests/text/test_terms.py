"""Terms of many texts at once are those of the texts cut one by one."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matcher.text.segment import characters, pairs
from matcher.text.terms import Terms, lexical_terms, term_key

SEPARATED = "断路器 触头 裂 的 〇 㐀 𠀀 SUS304 M2.5x8 GB/T gb 9704-2012 9704 ＡＢＣ ㎡ ， - x 2×3 é"
PIECES = st.sampled_from([*SEPARATED.split(), " ", "\n", "\t", "\0", "GB/T 9704-2012"])
TEXTS = st.lists(st.one_of(st.lists(PIECES, max_size=12).map("".join), st.text(max_size=20)))


def counted(terms: Terms) -> list[Counter[int]]:
    return [Counter(terms.of_document(n).tolist()) for n in range(len(terms))]


@given(TEXTS)
def test_the_terms_are_those_of_each_text(texts: list[str]) -> None:
    found = lexical_terms(texts)
    for view, cut in ((found.characters, characters), (found.pairs, pairs)):
        assert counted(view) == [Counter(map(term_key, cut(text))) for text in texts]
        assert np.all(np.diff(view.documents) >= 0)


def test_terms_that_something_else_has_cut() -> None:
    terms = Terms.of([["a", "b", "a"], [], ["触头"]])
    assert len(terms) == 3
    assert counted(terms) == [Counter({term_key("a"): 2, term_key("b"): 1}), Counter(),
                              Counter({term_key("触头"): 1})]  # fmt: skip


def test_keys_tell_terms_apart() -> None:
    some = ["触", "头", "触头", "头触", "a", "gb9704", "gb/t9704", "sus304", "一一", "一"]
    assert len({term_key(term) for term in some}) == len(some)
