from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import IndexStateError
from matcher.index.lexical import K1, K3, B, LexicalIndex

WORD = st.sampled_from("abcdefgh")
DOCUMENT = st.lists(WORD, max_size=12).map(" ".join)


def brute_force(documents: dict[int, str], query: str) -> dict[int, float]:
    """BM25 straight from the formula, document by document."""
    held = {key: Counter(text.split()) for key, text in documents.items()}
    average = sum(terms.total() for terms in held.values()) / len(held) if held else 1.0
    scores = dict.fromkeys(held, 0.0)
    for term, repeats in Counter(query.split()).items():
        weight = repeats * (K3 + 1) / (K3 + repeats)
        containing = sum(term in terms for terms in held.values())
        idf = np.log(1 + (len(held) - containing + 0.5) / (containing + 0.5))
        for key, terms in held.items():
            norm = K1 * (1 - B + B * terms.total() / max(average, 1e-9))
            saturated = terms[term] * (K1 + 1) / (terms[term] + norm) if terms[term] else 0.0
            scores[key] += weight * idf * saturated
    return scores


def ids(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def test_a_score_spelled_out() -> None:
    index = LexicalIndex(str.split)
    index.add(ids(7, 9), ["a b", "b b c c"])
    # one of two documents holds "a"; lengths 2 and 4, average 3
    idf = np.log(1 + (2 - 1 + 0.5) / (1 + 0.5))
    expected = idf * 1 * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 3))
    assert index.score("a").at(ids(7, 9, 5)) == pytest.approx([expected, 0, 0], rel=1e-6)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(DOCUMENT, max_size=15),
    st.sets(st.integers(0, 14)),
    st.lists(DOCUMENT, max_size=5),
    st.booleans(),
    st.lists(WORD, min_size=1, max_size=5).map(" ".join),
)
def test_scores_agree_with_the_formula_after_any_changes(
    first: list[str], removed: set[int], second: list[str], packed: bool, query: str
) -> None:
    index = LexicalIndex(str.split)
    documents = dict(enumerate(first))
    index.add(np.arange(len(first)), first)
    if packed:
        index.pack()
    index.remove(np.array(sorted(removed), dtype=np.int64))
    documents = {key: text for key, text in documents.items() if key not in removed}
    later = {100 + number: text for number, text in enumerate(second)}
    index.add(np.array(list(later), dtype=np.int64), list(later.values()))
    documents |= later
    expected = brute_force(documents, query)
    found = index.score(query).at(np.array(list(expected), dtype=np.int64))
    assert found == pytest.approx(list(expected.values()), rel=1e-4, abs=1e-6)
    assert len(index) == len(documents)


def test_top_is_ordered_and_holds_to_the_allowed() -> None:
    index = LexicalIndex(str.split)
    index.add(ids(1, 2, 3, 4), ["a a a", "a b b", "b b b", "a b"])
    scores = index.score("a")
    assert scores.top(10).tolist() == [1, 4, 2]
    assert scores.top(1).tolist() == [1]
    assert scores.top(10, ids(2, 3, 99)).tolist() == [2]


def test_a_removed_document_is_gone_at_once() -> None:
    index = LexicalIndex(str.split)
    index.add(ids(1, 2), ["a", "a b"])
    index.remove(ids(1, 77))
    assert index.score("a").top(10).tolist() == [2]
    assert index.document_share("a") == 1.0
    assert index.ids.tolist() == [2]


def test_saving_and_loading_gives_the_same_scores(tmp_path: Path) -> None:
    index = LexicalIndex(str.split)
    index.add(ids(5, 8, 9), ["a b", "b c", "c d e"])
    index.remove(ids(8))
    index.save(tmp_path / "words.npz")
    loaded = LexicalIndex.load(tmp_path / "words.npz", str.split)
    for query in ("a", "b c", "e e", "unknown"):
        assert np.array_equal(loaded.score(query).at(ids(5, 9)), index.score(query).at(ids(5, 9)))
    loaded.add(ids(10), ["a a"])
    assert loaded.score("a").top(2).tolist() == [10, 5]


@pytest.mark.parametrize("content", [b"", b"not an archive", None])
def test_a_damaged_file_says_what_to_do(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "words.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(IndexStateError, match="matcher index build"):
        LexicalIndex.load(path, str.split)
