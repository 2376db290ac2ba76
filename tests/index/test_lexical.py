"""BM25 shares and hubness against the formula, document by document."""

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import IndexStateError
from matcher.index import lexical
from matcher.index.bm25 import K1, K3, B
from matcher.index.hubness import CORRECTION, NEIGHBOURS
from matcher.index.lexical import LexicalIndex
from matcher.index.lexical_files import LexicalWriter, load_lexical
from matcher.text.terms import Terms, term_key

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


def terms_of(texts: Sequence[str]) -> Terms:
    return Terms.of(text.split() for text in texts)


class Documents:
    """An index of texts by ids, whose terms stand between blanks."""

    def __init__(self, references: Sequence[str] = (), postings_seen: int = 400_000) -> None:
        self.references = terms_of(references)
        self.index = LexicalIndex(self.references, postings_seen)
        self.rows: dict[int, int] = {}

    def add(self, added: Sequence[int] | np.ndarray, texts: Sequence[str]) -> None:
        first = self.index.row_count
        self.index.add(terms_of(texts))
        self.rows |= {int(key): first + number for number, key in enumerate(added)}

    def remove(self, removed: Iterable[int]) -> None:
        rows = [self.rows.pop(int(key)) for key in removed if int(key) in self.rows]
        self.index.remove(ids(*rows))

    def reopen(self, folder: Path) -> None:
        """Write what is present and go on with the files."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        writer = LexicalWriter(folder, self.references, self.index.vocabulary)
        keys = list(self.rows)
        for some in (keys[:3], keys[3:]):
            writer.append_documents(self.index.documents(ids(*(self.rows[key] for key in some))))
        writer.finish()
        self.index = load_lexical(folder, self.references)
        self.rows = {key: row for row, key in enumerate(keys)}

    def at(self, query: str, *keys: int) -> list[float]:
        asked = self.index.query(terms_of([query]).keys)
        return self.index.at(asked, ids(*(self.rows[key] for key in keys))).tolist()

    def scores(self, query: str) -> dict[int, float]:
        return dict(zip(self.rows, self.at(query, *self.rows), strict=True))

    def hubness(self) -> dict[int, float]:
        self.index.best(self.index.query(terms_of(["a"]).keys), 1)
        return {key: score / -CORRECTION for key, score in self.scores(NOWHERE).items()}

    def top(self, query: str, k: int, allowed: Iterable[int] | None = None) -> list[int]:
        """Ids of the best, best first."""
        mask = np.zeros(self.index.row_count, dtype=bool)
        mask[[self.rows[key] for key in (self.rows if allowed is None else allowed)]] = True
        asked = self.index.query(terms_of([query]).keys)
        rows = self.index.best(asked, k, mask)
        found = {row: key for key, row in self.rows.items()}
        order = np.lexsort((rows, -self.index.at(asked, rows)))
        return [found[int(row)] for row in rows[order]]

    def share(self, term: str) -> float:
        return self.index.document_share(term_key(term))


def assert_equal(found: Mapping[int, float], expected: Mapping[int, float]) -> None:
    assert dict(found) == pytest.approx(dict(expected), rel=1e-4, abs=1e-6)


def test_a_score_spelled_out() -> None:
    index = Documents()
    index.add(ids(7, 9), ["a b", "b b c c"])
    # one of two documents holds "a", none "x"; lengths 2 and 4, average 3
    idf_a = np.log(1 + (2 - 1 + 0.5) / (1 + 0.5))
    idf_x = np.log(1 + (2 - 0 + 0.5) / (0 + 0.5))
    of_a = 1 * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 3))
    assert index.at("a", 7, 9) == pytest.approx([of_a / 2.2, 0], rel=1e-6)
    # "a" twice in the query weighs 2 * 4 / (3 + 2); what no document has belongs to the ideal too
    share = 1.6 * idf_a * of_a / (1.6 * idf_a * 2.2 + idf_x * 2.2)
    assert index.at("a x a", 7) == pytest.approx([share], rel=1e-6)


def test_a_document_full_of_the_query_comes_near_to_one() -> None:
    index = Documents()
    index.add(np.arange(101), ["a b " * 200, *["c " * 400] * 100])
    for query in ("a", "a b", "a a a b"):
        assert 0.9 < index.at(query, 0)[0] <= 1


@settings(max_examples=150)
@given(
    st.lists(DOCUMENT, max_size=15),
    st.sets(st.integers(0, 14)),
    st.lists(DOCUMENT, max_size=5),
    st.tuples(st.booleans(), st.integers(0, 6), QUERY),
)
def test_scores_agree_with_the_formula_after_any_changes(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[str],
    removed: set[int],
    second: list[str],
    way: tuple[bool, int, str],
) -> None:
    reopened, tail, query = way
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lexical, "_TAIL", tail)
        index = Documents()
        documents = dict(enumerate(first))
        index.add(np.arange(len(first)), first)
        if reopened:
            index.reopen(tmp_path_factory.getbasetemp() / "lexical")
        index.remove(np.array(sorted(removed), dtype=np.int64))
        documents = {key: text for key, text in documents.items() if key not in removed}
        later = {100 + number: text for number, text in enumerate(second)}
        index.add(np.array(list(later), dtype=np.int64), list(later.values()))
        documents |= later
        before_searching = index.share("a")
        assert_equal(index.scores(query), shares(documents, query))
        assert len(index.index) == len(documents)
        with_it = sum("a" in text.split() for text in documents.values())
        assert before_searching == with_it / max(len(documents), 1)


def test_top_is_ordered_and_holds_to_the_allowed() -> None:
    index = Documents()
    index.add(ids(1, 2, 3, 4), ["a a a", "a b b", "b b b", "a b"])
    assert index.top("a", 10) == [1, 4, 2]
    assert index.top("a", 1) == [1]
    assert index.top("a", 10, [2, 3]) == [2]


def test_a_removed_document_is_gone_at_once() -> None:
    index = Documents()
    index.add(ids(1, 2), ["a", "a b"])
    index.remove(ids(1, 77))
    assert index.top("a", 10) == [2]
    assert index.share("a") == 1.0
    assert len(index.index) == 1


@pytest.mark.parametrize("references", [(), ("a c", "b", "e")])
def test_written_and_mapped_it_has_the_same_scores(
    tmp_path: Path, references: tuple[str, ...]
) -> None:
    index = Documents(references)
    index.add(ids(5, 8, 9), ["a b", "b c", "c d e"])
    index.remove(ids(8))
    before = [index.scores(query) for query in ("a", "b c", "e e", "unknown")]
    index.reopen(tmp_path / "words")
    assert [index.scores(query) for query in ("a", "b c", "e e", "unknown")] == before
    index.add(ids(10), ["a a"])
    expected = corrected({5: "a b", 9: "c d e", 10: "a a"}, "a", references)
    assert_equal(index.scores("a"), expected)


@pytest.mark.parametrize("damage", ["remove", "cut", "empty"])
def test_a_damaged_file_says_what_to_do(tmp_path: Path, damage: str) -> None:
    index = Documents(("a",))
    index.add(np.arange(3), ["a b", "b c", "c d e"])
    index.reopen(tmp_path / "words")
    for path in sorted((tmp_path / "words").iterdir()):
        whole = path.read_bytes()
        if damage == "remove":
            path.unlink()
        else:
            path.write_bytes(whole[:-1] if damage == "cut" else b"")
        with pytest.raises(IndexStateError, match="matcher index build"):
            load_lexical(tmp_path / "words", terms_of(["a"]))
        path.write_bytes(whole)


def test_an_empty_index_is_written_and_mapped(tmp_path: Path) -> None:
    index = Documents(("a", "b"))
    index.reopen(tmp_path / "words")
    assert index.top("a", 5) == []
    index.add(ids(4), ["a"])
    assert index.top("a", 5) == [4]


def test_the_rarest_terms_find_candidates_that_all_terms_then_order() -> None:
    """Of 3,000 documents half hold each usual term; one term is in forty."""
    generator = np.random.default_rng(5)
    usual = [" ".join(w for w in "abcdef" if generator.random() < 0.5) for _ in range(3000)]
    texts = [f"{text} z" if number % 75 == 0 else text for number, text in enumerate(usual)]
    short, whole = Documents(postings_seen=50), Documents()
    for index in (short, whole):
        index.add(np.arange(3000), texts)
    assert short.top("a b c d z", 10) == whole.top("a b c d z", 10)
    assert all("z" in texts[key] for key in short.top("a b c d z", 40))
    assert len(short.top("a b", 10)) == 10, "with usual terms alone the first of them is used"


def test_of_many_candidates_the_best_are_kept() -> None:
    values = np.random.default_rng(1).normal(size=100_000).astype(np.float32)
    for some in (values, np.round(values), np.zeros(100_000, np.float32)):
        found = lexical._largest(some, 1600)
        assert len(set(found.tolist())) == 1600
        assert np.sort(some[found]).tolist() == np.sort(some)[-1600:].tolist()


def test_hubness_spelled_out() -> None:
    index = Documents(["a", "b", "x"])
    index.add(ids(1, 2), ["a", "b b"])
    # lengths 1 and 2, average 1.5; the share of a one-term query is saturated / (K1 + 1)
    first = 1 / (1 + 1.2 * (0.25 + 0.75 * 1 / 1.5))
    second = 2 / (2 + 1.2 * (0.25 + 0.75 * 2 / 1.5))
    # fewer than ten references: the mean is of all three
    assert_equal(index.hubness(), {1: first / 3, 2: second / 3})
    assert_equal(index.scores("a"), {1: first - 0.6 * first / 3, 2: -0.6 * second / 3})


def test_only_the_nearest_references_count() -> None:
    index = Documents(["a"] * NEIGHBOURS + ["x"] * 100)
    index.add(ids(1, 2), ["a", "b"])
    of_a = shares({1: "a", 2: "b"}, "a")[1]
    assert_equal(index.hubness(), {1: of_a, 2: 0})


def test_a_document_near_to_every_reference_falls_behind_an_equal_one() -> None:
    texts = ["a b", "a c", *["d e"] * 8]
    plain = Documents()
    plain.add(np.arange(10), texts)
    assert plain.top("a", 2) == [0, 1]
    measured = Documents(["b f"] * 12)
    measured.add(np.arange(10), texts)
    assert measured.top("a", 2) == [1, 0]
    assert measured.at("a", 1) == plain.at("a", 1)


def test_a_document_that_hubness_takes_below_zero_is_still_found() -> None:
    index = Documents(["b"] * 12)
    index.add(ids(1, 2), ["a b b b b b b b b b b", "c c c c c c c c c c c"])
    assert index.top("a x y z", 5) == [1]
    assert index.at("a x y z", 1)[0] < 0


CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.lists(DOCUMENT, max_size=6)),
        st.tuples(st.just("remove"), st.sets(st.integers(0, 30))),
        st.tuples(st.sampled_from(["search", "reopen"]), st.none()),
    ),
    max_size=8,
)
REFERENCES = st.lists(DOCUMENT, max_size=14)


def changed(
    changes: Sequence[tuple[str, object]], references: Sequence[str], path: Path
) -> tuple[Documents, dict[int, str]]:
    """An index after changes, and the documents it should hold."""
    index, documents, following = Documents(references), dict[int, str](), 0
    for kind, what in changes:
        if kind == "add":
            new = dict(enumerate(what, following))  # type: ignore[call-overload]
            following += len(new)
            documents |= new
            index.add(np.array(list(new), dtype=np.int64), list(new.values()))
        elif kind == "remove":
            index.remove(np.array(sorted(what), dtype=np.int64))  # type: ignore[call-overload]
            documents = {key: text for key, text in documents.items() if key not in what}  # type: ignore[operator]
        elif kind == "search":
            index.top("a", 3)
        else:
            index.reopen(path)
    return index, documents


@settings(max_examples=150)
@given(CHANGES, REFERENCES, QUERY)
def test_measured_anew_scores_agree_with_the_formula_after_any_changes(
    tmp_path_factory: pytest.TempPathFactory,
    changes: list[tuple[str, object]],
    references: list[str],
    query: str,
) -> None:
    path = tmp_path_factory.getbasetemp() / "lexical"
    index, documents = changed(changes, references, path)
    # What was not searched for the last time in this state may keep older hubness; writing ends it.
    index.reopen(path)
    assert_equal(index.scores(query), corrected(documents, query, references))
    ordered = sorted(index.scores(query).items(), key=lambda item: -item[1])
    sharing = [key for key, _ in ordered if set(documents[key].split()) & set(query.split())]
    found = index.top(query, 3)
    assert [index.scores(query)[key] for key in found] == [
        index.scores(query)[key] for key in sharing[:3]
    ]


@settings(max_examples=100)
@given(st.lists(DOCUMENT, min_size=1, max_size=9), st.lists(DOCUMENT, min_size=1), REFERENCES)
def test_of_few_documents_every_growth_is_followed_at_once(
    first: list[str], more: list[str], references: list[str]
) -> None:
    index = Documents(references)
    index.add(np.arange(len(first)), first)
    index.top("a", 3)
    everything = dict(enumerate([*first, *more]))
    index.add(np.arange(len(first), len(everything)), more)
    assert_equal(index.hubness(), hubness(everything, references))
    index.remove(np.arange(len(first)))
    left = {key: text for key, text in everything.items() if key >= len(first)}
    if len(first) > 0.1 * len(everything):
        assert_equal(index.hubness(), hubness(left, references))


FOUR_NEEDS = ("a b", "c", "a d d", "e f")
TWENTY = dict(enumerate(["a b c", "c c d", "e a", "f", "d e g h"] * 4))


class TestWhenHubnessIsMeasured:
    """Values are kept until the index has grown or shrunk by more than a tenth, or is written."""

    def filled(self) -> Documents:
        index = Documents(FOUR_NEEDS)
        index.add(np.arange(20), list(TWENTY.values()))
        assert_equal(index.hubness(), hubness(TWENTY, FOUR_NEEDS))
        return index

    def test_new_documents_are_measured_as_the_index_stands_old_ones_keep_theirs(self) -> None:
        index = self.filled()
        index.add(ids(20, 21), ["a a c", "c f"])
        now = hubness(TWENTY | {20: "a a c", 21: "c f"}, FOUR_NEEDS)
        then = hubness(TWENTY, FOUR_NEEDS)
        assert now[0] != pytest.approx(then[0], rel=1e-4)
        assert_equal(index.hubness(), now | then)

    def test_growth_by_more_than_a_tenth_measures_all_anew(self) -> None:
        index = self.filled()
        documents = dict(TWENTY)
        for key in (20, 21, 22):
            documents[key] = "a a c"
            index.add(ids(key), ["a a c"])
            found = index.hubness()
        assert_equal(found, hubness(documents, FOUR_NEEDS))

    def test_loss_of_more_than_a_tenth_measures_all_anew(self) -> None:
        index = self.filled()
        then = hubness(TWENTY, FOUR_NEEDS)
        index.remove(ids(0, 1))
        kept = {key: then[key] for key in range(2, 20)}
        assert_equal(index.hubness(), kept)
        index.remove(ids(2))
        left = {key: TWENTY[key] for key in range(3, 20)}
        assert_equal(index.hubness(), hubness(left, FOUR_NEEDS))

    def test_a_document_in_place_of_another_is_measured_alone(self) -> None:
        index = self.filled()
        index.remove(ids(0))
        index.add(ids(20), ["a a a"])
        documents = {key: text for key, text in TWENTY.items() if key} | {20: "a a a"}
        then, now = hubness(TWENTY, FOUR_NEEDS), hubness(documents, FOUR_NEEDS)
        assert_equal(index.hubness(), {k: now[k] if k == 20 else then[k] for k in documents})

    def test_writing_measures_all_anew(self, tmp_path: Path) -> None:
        index = self.filled()
        index.remove(ids(0))
        index.reopen(tmp_path / "lexical")
        left = {key: TWENTY[key] for key in range(1, 20)}
        assert_equal(index.hubness(), hubness(left, FOUR_NEEDS))
