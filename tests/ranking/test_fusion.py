import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.ranking.fusion import best_of_rankings, rank_owners
from matcher.records import Candidates, ScoredOwner

VIEWS = ("dense", "words", "characters")


def candidates(
    owners: list[str],
    passages: list[tuple[int, float, float, float]],
    foreign: list[bool] | None = None,
) -> Candidates:
    """Passages as (owner row, one score a view), and which are in another language."""
    rows = np.array([passage[0] for passage in passages], dtype=np.int64)
    scores = {
        view: np.array([p[1 + n] for p in passages], dtype=np.float32)
        for n, view in enumerate(VIEWS)
    }
    others = np.array(foreign or [False] * len(passages), dtype=bool)
    return Candidates(np.arange(len(passages)) + 10, rows, tuple(owners), others, scores)


def test_the_arithmetic_spelled_out() -> None:
    found = candidates(["a", "b"], [(0, 0.2, 0, 0), (0, 0.6, 0, 4), (1, 0.4, 0, 0)])
    first, second = rank_owners(found, 10, {"dense": 1.0, "characters": 0.5})
    # best of each owner: dense 0.6 and 0.4 (mean 0.5, deviation 0.1), characters 4 and 0
    assert (first.owner_id, second.owner_id) == ("a", "b")
    assert first.score == pytest.approx(1.0 + 0.5)
    assert second.score == pytest.approx(-1.0 - 0.5)
    assert first.components == pytest.approx({"dense": 1.0, "characters": 0.5})
    assert first.passage_ids == (11, 10)


def test_a_view_in_which_all_are_alike_says_nothing() -> None:
    found = candidates(["a", "b"], [(0, 0.3, 1, 2), (1, 0.3, 1, 1)])
    first, _ = rank_owners(found, 10)
    assert first.owner_id == "a"
    assert first.components["dense"] == first.components["words"] == 0


def test_no_candidates_no_ranking() -> None:
    assert rank_owners(candidates([], []), 10) == []


@given(st.permutations(range(12)), st.integers(0, 100))
def test_the_order_of_the_input_does_not_matter(order: list[int], seed: int) -> None:
    random = np.random.default_rng(seed)
    passages = [(n % 5, *random.random(3).tolist()) for n in range(12)]
    found = candidates(list("abcde"), passages, [n % 3 == 0 for n in range(12)])
    shuffled = Candidates(
        found.passage_ids[order],
        found.owners[order],
        found.owner_ids,
        found.foreign[order],
        {view: scores[order] for view, scores in found.scores.items()},
    )
    straight, mixed = rank_owners(found, 5), rank_owners(shuffled, 5)
    assert [s.owner_id for s in straight] == [s.owner_id for s in mixed]
    assert [s.passage_ids for s in straight] == [s.passage_ids for s in mixed]
    assert [s.score for s in straight] == pytest.approx([s.score for s in mixed])


def test_components_add_up_to_the_score() -> None:
    random = np.random.default_rng(3)
    found = candidates(list("abcd"), [(n % 4, *random.random(3).tolist()) for n in range(9)])
    for scored in rank_owners(found, 4):
        assert sum(scored.components.values()) == pytest.approx(scored.score)


def test_foreign_passages_are_standardised_among_themselves() -> None:
    # all Chinese ones look nearer than all English ones, but one English one stands out
    native = [(n, 0.5 + 0.01 * (n % 5), n % 3, n % 4) for n in range(100)]
    english = [(100 + n, 0.1 + 0.01 * (n % 5), 0, 0) for n in range(60)]
    english[7] = (107, 0.45, 0, 0)
    found = candidates(
        [f"P{n:03}" for n in range(160)], native + english, [False] * 100 + [True] * 60
    )
    first, second = rank_owners(found, 2)
    assert first.owner_id == "P107"
    assert first.components["words"] == first.components["characters"] == 0
    assert first.components["dense"] == pytest.approx(first.score)
    assert int(second.owner_id[1:]) < 100


def test_one_foreign_owner_alone_is_measured_by_the_native_ones() -> None:
    native = [(n, 0.4 + 0.02 * n, 0, 0) for n in range(10)]
    near = candidates(
        [f"P{n:02}" for n in range(11)], [*native, (10, 0.55, 0, 0)], [False] * 10 + [True]
    )
    far = candidates(
        [f"P{n:02}" for n in range(11)], [*native, (10, 0.1, 0, 0)], [False] * 10 + [True]
    )
    assert "P10" in [s.owner_id for s in rank_owners(near, 5)]
    assert rank_owners(far, 11)[-1].owner_id == "P10"


def test_an_owner_in_both_languages_has_the_better_score() -> None:
    passages = [(0, 0.9, 5, 5), (1, 0.2, 0, 0), (2, 0.1, 1, 0), (0, 0.1, 0, 0), (3, 0.2, 0, 0)]
    both = rank_owners(candidates(list("abcd"), passages, [False] * 3 + [True] * 2), 4)
    alone = rank_owners(candidates(list("abc"), passages[:3]), 3)
    assert both[0].owner_id == alone[0].owner_id == "a"
    assert both[0].score == pytest.approx(alone[0].score)


def test_the_best_place_of_several_rankings_counts() -> None:
    def scored(owner: str, score: float) -> ScoredOwner:
        return ScoredOwner(owner_id=owner, score=score, components={}, passage_ids=())

    best = best_of_rankings([[scored("a", 1), scored("b", 0)], [scored("b", 2), scored("c", 1)]], 2)
    assert [(s.owner_id, s.score) for s in best] == [("b", 2), ("a", 1)]
