import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.ranking.fusion import best_of_rankings, rank_owners
from matcher.records import Candidates, ScoredOwner

VIEWS = ("dense", "words", "characters")


def candidates(owners: list[str], passages: list[tuple[int, float, float, float]]) -> Candidates:
    """Passages as (owner row, one score a view)."""
    rows = np.array([passage[0] for passage in passages], dtype=np.int64)
    scores = {
        view: np.array([p[1 + n] for p in passages], dtype=np.float32)
        for n, view in enumerate(VIEWS)
    }
    return Candidates(np.arange(len(passages)) + 10, rows, tuple(owners), scores)


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
    found = candidates(list("abcde"), passages)
    shuffled = Candidates(
        found.passage_ids[order],
        found.owners[order],
        found.owner_ids,
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


def test_the_best_place_of_several_rankings_counts() -> None:
    def scored(owner: str, score: float) -> ScoredOwner:
        return ScoredOwner(owner_id=owner, score=score, components={}, passage_ids=())

    best = best_of_rankings([[scored("a", 1), scored("b", 0)], [scored("b", 2), scored("c", 1)]], 2)
    assert [(s.owner_id, s.score) for s in best] == [("b", 2), ("a", 1)]
