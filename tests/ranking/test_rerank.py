import numpy as np
import pytest

from matcher.ranking.rerank import rerank_owners
from matcher.records import ScoredOwner


def place(owner: str, score: float) -> ScoredOwner:
    return ScoredOwner(
        owner_id=owner, score=score, standing=0.0, components={"dense": score}, passage_ids=(1,)
    )


def test_both_orders_have_a_say() -> None:
    # Scores 3, 2, 1 have deviation 0.816; logits 0, 0, 6 standardise to -0.707, -0.707, 1.414.
    ranked = rerank_owners(
        [place("a", 3), place("b", 2), place("c", 1)], np.array([0, 0, 6], dtype=np.float32)
    )
    assert [owner.owner_id for owner in ranked] == ["a", "c", "b"]
    assert ranked[1].score == pytest.approx(1 + 0.8165 * 2.1213, rel=1e-3)
    assert ranked[1].components["reranker"] == pytest.approx(0.8165 * 2.1213, rel=1e-3)
    assert all(owner.score == pytest.approx(sum(owner.components.values())) for owner in ranked)


def test_places_beyond_the_logits_stay_behind() -> None:
    ranked = rerank_owners(
        [place("a", 3), place("b", 2.9), place("c", 2), place("d", 1.9)],
        np.array([0, 6, 0], dtype=np.float32),
    )
    assert [owner.owner_id for owner in ranked] == ["b", "a", "c", "d"]
    assert ranked[2].score >= ranked[3].score == 1.9


def test_logits_that_say_nothing_change_nothing() -> None:
    places = [place("a", 3), place("b", 2)]
    assert rerank_owners(places, np.array([1, 1], dtype=np.float32)) == places
    assert rerank_owners(places, np.empty(0, dtype=np.float32)) == places
    assert rerank_owners([], np.empty(0, dtype=np.float32)) == []
