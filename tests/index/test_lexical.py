"""BM25 shares and hubness against the formula, document by document."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import IndexStateError
from matcher.index.hubness import CORRECTION, NEIGHBOURS
from matcher.index.lexical import K1, K3, B, LexicalIndex

WORD = st.sampled_from("abcdefgh")
DOCUMENT = st.lists(WORD, max_size=12).map(" ".join)
QUERY = st.lists(WORD, min_size=1, max_size=5).map(" ".join)
NOWHERE = "zzz"
"""A query of which no document has a term: its scores are what hubness takes off."""


def shares(documents: Mapping[int, str], query: str) -> dict[int, float]:
    """BM25 as a share of an ideal document's, straight from the formula."""
    held = {key: Counter(text.split()) for key, text in documents.items()}
    average = sum(terms.total() for terms in held.values()) / len(held) if held else 1.0
    scores, ideal = dict.fromkeys(held, 0.0), 0.0
    for term, repeats in Counter(query.split()).items():
        weight = repeats * (K3 + 1) / (K3 + repeats)
        containing = sum(term in terms for terms in held.values())
        idf = np.log(1 + (len(held) - containing + 0.5) / (containing + 0.5))
        ideal += weight * idf * (K1 + 1)
        for key, terms in held.items():
            norm = K1 * (1 - B + B * terms.total() / max(average, 1e-9))
            saturated = terms[term] * (K1 + 1) / (terms[term] + norm) if terms[term] else 0.0
            scores[key] += weight * idf * saturated
    return {key: score / ideal if ideal else 0.0 for key, score in scores.items()}


def hubness(documents: Mapping[int, str], references: Sequence[str]) -> dict[int, float]:
    """For each document the mean of its best shares of the references."""
    found = [shares(documents, reference) for reference in references]
    return {
        key: float(np.mean(sorted(scores[key] for scores in found)[-NEIGHBOURS:])) if found else 0.0
        for key in documents
    }


def corrected(
    documents: Mapping[int, str], query: str, references: Sequence[str]
) -> dict[int, float]:
    """What a search gives when the hubness of all documents has just been measured."""
    taken_off = hubness(documents, references)
    return {k: s - CORRECTION * taken_off[k] for k, s in shares(documents, query).items()}


def ids(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def found_hubness(index: LexicalIndex) -> dict[int, float]:
    values = index.score(NOWHERE).at(index.ids) / -CORRECTION
    return dict(zip(index.ids.tolist(), values.tolist(), strict=True))


def found_scores(index: LexicalIndex, query: str) -> dict[int, float]:
    return dict(zip(index.ids.tolist(), index.score(query).at(index.ids).tolist(), strict=True))


def assert_equal(found: Mapping[int, float], expected: Mapping[int, float]) -> None:
    assert dict(found) == pytest.approx(dict(expected), rel=1e-4, abs=1e-6)


def test_a_score_spelled_out() -> None:
    index = LexicalIndex(str.split)
    index.add(ids(7, 9), ["a b", "b b c c"])
    # one of two documents holds "a", none "x"; lengths 2 and 4, average 3
    idf_a = np.log(1 + (2 - 1 + 0.5) / (1 + 0.5))
    idf_x = np.log(1 + (2 - 0 + 0.5) / (0 + 0.5))
    of_a = 1 * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 3))
    assert index.score("a").at(ids(7, 9, 5)) == pytest.approx([of_a / 2.2, 0, 0], rel=1e-6)
    # "a" twice in the query weighs 2 * 4 / (3 + 2); what no document has belongs to the ideal too
    share = 1.6 * idf_a * of_a / (1.6 * idf_a * 2.2 + idf_x * 2.2)
    assert index.score("a x a").at(ids(7)) == pytest.approx([share], rel=1e-6)


def test_a_document_full_of_the_query_comes_near_to_one() -> None:
    index = LexicalIndex(str.split)
    index.add(np.arange(101), ["a b " * 200, *["c " * 400] * 100])
    for query in ("a", "a b", "a a a b"):
        assert 0.9 < index.score(query).at(ids(0))[0] <= 1


@settings(max_examples=150)
@given(
    st.lists(DOCUMENT, max_size=15),
    st.sets(st.integers(0, 14)),
    st.lists(DOCUMENT, max_size=5),
    st.booleans(),
    QUERY,
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
    before_searching = index.document_share("a")
    assert_equal(found_scores(index, query), shares(documents, query))
    assert len(index) == len(documents)
    with_it = sum("a" in text.split() for text in documents.values())
    assert before_searching == with_it / max(len(documents), 1)


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


@pytest.mark.parametrize("references", [(), ("a c", "b", "e")])
def test_saving_and_loading_gives_the_same_scores(
    tmp_path: Path, references: tuple[str, ...]
) -> None:
    index = LexicalIndex(str.split, references)
    index.add(ids(5, 8, 9), ["a b", "b c", "c d e"])
    index.remove(ids(8))
    index.save(tmp_path / "words.npz")
    loaded = LexicalIndex.load(tmp_path / "words.npz", str.split, references)
    for query in ("a", "b c", "e e", "unknown"):
        assert np.array_equal(loaded.score(query).at(ids(5, 9)), index.score(query).at(ids(5, 9)))
    loaded.add(ids(10), ["a a"])
    expected = corrected({5: "a b", 9: "c d e", 10: "a a"}, "a", references)
    assert_equal(found_scores(loaded, "a"), expected)


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04 cut short", None])
def test_a_damaged_file_says_what_to_do(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "words.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(IndexStateError, match="matcher index build"):
        LexicalIndex.load(path, str.split)


def test_hubness_spelled_out() -> None:
    index = LexicalIndex(str.split, ["a", "b", "x"])
    index.add(ids(1, 2), ["a", "b b"])
    # lengths 1 and 2, average 1.5; the share of a one-term query is saturated / (K1 + 1)
    first = 1 / (1 + 1.2 * (0.25 + 0.75 * 1 / 1.5))
    second = 2 / (2 + 1.2 * (0.25 + 0.75 * 2 / 1.5))
    # fewer than ten references: the mean is of all three
    assert_equal(found_hubness(index), {1: first / 3, 2: second / 3})
    assert_equal(found_scores(index, "a"), {1: first - 0.6 * first / 3, 2: -0.6 * second / 3})


def test_only_the_nearest_references_count() -> None:
    index = LexicalIndex(str.split, ["a"] * NEIGHBOURS + ["x"] * 100)
    index.add(ids(1, 2), ["a", "b"])
    of_a = shares({1: "a", 2: "b"}, "a")[1]
    assert_equal(found_hubness(index), {1: of_a, 2: 0})


def test_a_document_near_to_every_reference_falls_behind_an_equal_one() -> None:
    texts = ["a b", "a c", *["d e"] * 8]
    plain = LexicalIndex(str.split)
    plain.add(np.arange(10), texts)
    assert plain.score("a").top(2).tolist() == [0, 1]
    measured = LexicalIndex(str.split, ["b f"] * 12)
    measured.add(np.arange(10), texts)
    assert measured.score("a").top(2).tolist() == [1, 0]
    assert measured.score("a").at(ids(1)) == plain.score("a").at(ids(1))


def test_a_document_that_hubness_takes_below_zero_is_still_found() -> None:
    index = LexicalIndex(str.split, ["b"] * 12)
    index.add(ids(1, 2), ["a b b b b b b b b b b", "c c c c c c c c c c c"])
    scores = index.score("a x y z")
    assert scores.top(5).tolist() == [1]
    assert scores.at(ids(1))[0] < 0


CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.lists(DOCUMENT, max_size=6)),
        st.tuples(st.just("remove"), st.sets(st.integers(0, 30))),
        st.tuples(st.sampled_from(["search", "pack", "reopen"]), st.none()),
    ),
    max_size=8,
)
REFERENCES = st.lists(DOCUMENT, max_size=14)


def changed(
    changes: Sequence[tuple[str, object]], references: Sequence[str], path: Path
) -> tuple[LexicalIndex, dict[int, str]]:
    """An index after changes, and the documents it should hold."""
    index, documents, following = LexicalIndex(str.split, references), dict[int, str](), 0
    for kind, what in changes:
        if kind == "add":
            new = dict(enumerate(what, following))  # type: ignore[call-overload]
            following += len(new)
            documents |= new
            index.add(np.array(list(new), dtype=np.int64), list(new.values()))
        elif kind == "remove":
            index.remove(np.array(sorted(what), dtype=np.int64))  # type: ignore[call-overload]
            documents = {key: text for key, text in documents.items() if key not in what}  # type: ignore[operator]
        elif kind == "pack":
            index.pack()
        elif kind == "search":
            index.score("a")
        else:
            index.save(path)
            index = LexicalIndex.load(path, str.split, references)
    return index, documents


@settings(max_examples=150)
@given(CHANGES, REFERENCES, QUERY)
def test_measured_anew_scores_agree_with_the_formula_after_any_changes(
    tmp_path_factory: pytest.TempPathFactory,
    changes: list[tuple[str, object]],
    references: list[str],
    query: str,
) -> None:
    path = tmp_path_factory.getbasetemp() / "lexical.npz"
    index, documents = changed(changes, references, path)
    # What was not searched for the last time in this state may keep older hubness; packing ends it.
    index.pack()
    assert_equal(found_scores(index, query), corrected(documents, query, references))
    index.save(path)
    loaded = LexicalIndex.load(path, str.split, references)
    assert found_scores(loaded, query) == found_scores(index, query)


@settings(max_examples=100)
@given(st.lists(DOCUMENT, min_size=1, max_size=9), st.lists(DOCUMENT, min_size=1), REFERENCES)
def test_of_few_documents_every_growth_is_followed_at_once(
    first: list[str], more: list[str], references: list[str]
) -> None:
    index = LexicalIndex(str.split, references)
    index.add(np.arange(len(first)), first)
    index.score("a")
    everything = dict(enumerate([*first, *more]))
    index.add(np.arange(len(first), len(everything)), more)
    assert_equal(found_hubness(index), hubness(everything, references))
    index.remove(np.arange(len(first)))
    left = {key: text for key, text in everything.items() if key >= len(first)}
    if len(first) > 0.1 * len(everything):
        assert_equal(found_hubness(index), hubness(left, references))


FOUR_NEEDS = ("a b", "c", "a d d", "e f")
TWENTY = dict(enumerate(["a b c", "c c d", "e a", "f", "d e g h"] * 4))


class TestWhenHubnessIsMeasured:
    """Values are kept until the index has grown or shrunk by more than a tenth, or is packed."""

    def filled(self) -> LexicalIndex:
        index = LexicalIndex(str.split, FOUR_NEEDS)
        index.add(np.arange(20), list(TWENTY.values()))
        assert_equal(found_hubness(index), hubness(TWENTY, FOUR_NEEDS))
        return index

    def test_new_documents_are_measured_as_the_index_stands_old_ones_keep_theirs(self) -> None:
        index = self.filled()
        index.add(ids(20, 21), ["a a c", "c f"])
        now = hubness(TWENTY | {20: "a a c", 21: "c f"}, FOUR_NEEDS)
        then = hubness(TWENTY, FOUR_NEEDS)
        assert now[0] != pytest.approx(then[0], rel=1e-4)
        assert_equal(found_hubness(index), now | then)

    def test_growth_by_more_than_a_tenth_measures_all_anew(self) -> None:
        index = self.filled()
        documents = dict(TWENTY)
        for key in (20, 21, 22):
            documents[key] = "a a c"
            index.add(ids(key), ["a a c"])
            found = found_hubness(index)
        assert_equal(found, hubness(documents, FOUR_NEEDS))

    def test_loss_of_more_than_a_tenth_measures_all_anew(self) -> None:
        index = self.filled()
        then = hubness(TWENTY, FOUR_NEEDS)
        index.remove(ids(0, 1))
        kept = {key: then[key] for key in range(2, 20)}
        assert_equal(found_hubness(index), kept)
        index.remove(ids(2))
        left = {key: TWENTY[key] for key in range(3, 20)}
        assert_equal(found_hubness(index), hubness(left, FOUR_NEEDS))

    def test_a_document_in_place_of_another_is_measured_alone(self) -> None:
        index = self.filled()
        index.remove(ids(0))
        index.add(ids(20), ["a a a"])
        documents = {key: text for key, text in TWENTY.items() if key} | {20: "a a a"}
        then, now = hubness(TWENTY, FOUR_NEEDS), hubness(documents, FOUR_NEEDS)
        assert_equal(found_hubness(index), {k: now[k] if k == 20 else then[k] for k in documents})

    @pytest.mark.parametrize("way", ["pack", "save"])
    def test_packing_measures_all_anew(self, way: str, tmp_path: Path) -> None:
        index = self.filled()
        index.remove(ids(0))
        if way == "pack":
            index.pack()
        else:
            index.save(tmp_path / "lexical.npz")
        left = {key: TWENTY[key] for key in range(1, 20)}
        assert_equal(found_hubness(index), hubness(left, FOUR_NEEDS))
