import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.ranking.fusion import (
    _AGREEMENT_WEIGHT,
    _FOREIGN_SPREAD,
    _PAIRS_SEEN,
    _PAIRS_SUFFICE,
    _PSEUDO_OWNERS,
    best_of_rankings,
    rank_owners,
)
from matcher.records import Candidates, ScoredOwner

VIEWS = ("dense", "characters", "pairs")


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


def dense(nearness: list[float], foreign: list[bool] | None = None) -> Candidates:
    """One owner a passage, scored by the dense view alone."""
    return candidates(
        [f"P{n:03}" for n in range(len(nearness))],
        [(n, near, 0, 0) for n, near in enumerate(nearness)],
        foreign,
    )


def some(seed: int) -> Candidates:
    """Twelve passages of five owners, a third of them foreign."""
    random = np.random.default_rng(seed)
    passages = [(n % 5, *(random.random(3) - 0.3).tolist()) for n in range(12)]
    return candidates(list("abcde"), passages, [n % 3 == 0 for n in range(12)])


def scores_by_owner(ranking: list[ScoredOwner]) -> dict[str, float]:
    return {scored.owner_id: scored.score for scored in ranking}


def test_the_arithmetic_spelled_out() -> None:
    found = candidates(["a", "b"], [(0, 0.2, 0, 9), (0, 0.6, 0.4, 9), (1, 0.4, 0, 9)])
    first, second = rank_owners(found, 10, {"dense": 1.0, "characters": 0.5})
    # the passages have 0.2, 0.6 + 0.5 * 0.4 and 0.4; the owners' 0.8 and 0.4 deviate by 0.2
    assert (first.owner_id, second.owner_id) == ("a", "b")
    assert (first.score, second.score) == (pytest.approx(0.8), pytest.approx(0.4))
    assert (first.standing, second.standing) == (pytest.approx(1), pytest.approx(-1))
    assert first.components == pytest.approx({"dense": 0.6, "characters": 0.2, "agreement": 0})
    assert first.passage_ids == (11, 10)
    assert second.passage_ids == (12,)


def test_one_passage_has_to_do_well_in_all_views() -> None:
    # "a" has the best of either view in different passages, "b" nearly as good in one
    found = candidates(["a", "b"], [(0, 0.6, 0, 0), (0, 0, 0.6, 0), (1, 0.5, 0.5, 0)])
    ranking = rank_owners(found, 10, {"dense": 1.0, "characters": 1.0})
    assert scores_by_owner(ranking) == pytest.approx({"b": 1.0, "a": 0.6})


def test_views_are_not_evened_out_query_by_query() -> None:
    near = rank_owners(dense([0.5, 0.4]), 2, {"dense": 1.0})
    far = rank_owners(dense([0.05, 0.04]), 2, {"dense": 1.0})
    assert near[0].score == pytest.approx(10 * far[0].score)
    assert near[0].standing == pytest.approx(far[0].standing)


def test_scores_below_zero_are_ranked_like_others() -> None:
    ranking = rank_owners(dense([-0.3, -0.1, -0.2]), 3, {"dense": 2.0})
    assert [s.owner_id for s in ranking] == ["P001", "P002", "P000"]
    assert ranking[0].score == pytest.approx(-0.2)


def test_equal_scores_stand_in_the_order_of_ids() -> None:
    found = candidates(["b", "c", "a"], [(n, 0.5, 0.1, 0) for n in range(3)])
    ranking = rank_owners(found, 2)
    assert [s.owner_id for s in ranking] == ["a", "b"]
    assert [s.standing for s in ranking] == [0, 0]


def test_no_candidates_no_ranking() -> None:
    assert rank_owners(candidates([], []), 10) == []


def test_a_second_passage_that_stands_out_speaks_for_its_owner() -> None:
    passages = [(0, 1.0, 0, 0), (0, 0.9, 0, 0), (0, 0.8, 0, 0), (1, 1.0, 0, 0), (1, 0.1, 0, 0)]
    nearness = np.array([p[1] for p in passages] + [0.0] * 10)
    found = candidates(list("abcdefghijkl"), passages + [(n, 0.0, 0, 0) for n in range(2, 12)])
    first, second, *_ = rank_owners(found, 12, {"dense": 1.0})
    # a second passage counts as far as it is above mean plus deviation, a third not at all
    agreement = _AGREEMENT_WEIGHT * (0.9 - (nearness.mean() + nearness.std()))
    assert (first.owner_id, first.score) == ("a", pytest.approx(1.0 + agreement))
    assert first.components == pytest.approx({"dense": 1.0, "agreement": agreement})
    assert (second.owner_id, second.score) == ("b", pytest.approx(1.0))


@pytest.mark.parametrize("pairs", [0.0, -0.1, _PAIRS_SUFFICE / 2, _PAIRS_SUFFICE, 0.032, 0.1])
def test_characters_count_less_the_more_pairs_are_found_again(pairs: float) -> None:
    shares = [pairs] * _PAIRS_SEEN + [-0.2] * 30
    found = candidates(
        [f"P{n:03}" for n in range(50)], [(n, 0, 0.5, share) for n, share in enumerate(shares)]
    )
    best = rank_owners(found, 1, {"characters": 2.0, "pairs": 1.0})[0]
    trust = 1.0 if pairs <= _PAIRS_SUFFICE else (_PAIRS_SUFFICE / pairs) ** 2
    assert best.components["characters"] == pytest.approx(2.0 * 0.5 * trust)
    alone = rank_owners(found, 1, {"characters": 2.0})[0]
    assert alone.score == pytest.approx(1.0)


@given(st.permutations(range(12)), st.integers(0, 100))
def test_the_order_of_the_input_does_not_matter(order: list[int], seed: int) -> None:
    found = some(seed)
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
    for one, other in zip(straight, mixed, strict=True):
        assert one.score == pytest.approx(other.score)
        assert one.standing == pytest.approx(other.standing)
        assert one.components == pytest.approx(other.components)


@given(st.permutations(range(5)), st.integers(0, 100))
def test_the_order_of_the_owners_does_not_matter(order: list[int], seed: int) -> None:
    found = some(seed)
    renumbered = Candidates(
        found.passage_ids,
        np.argsort(order)[found.owners],
        tuple(found.owner_ids[row] for row in order),
        found.foreign,
        found.scores,
    )
    straight, mixed = rank_owners(found, 5), rank_owners(renumbered, 5)
    assert [s.owner_id for s in straight] == [s.owner_id for s in mixed]
    assert [s.score for s in straight] == pytest.approx([s.score for s in mixed])


@given(st.integers(0, 100))
def test_components_add_up_to_the_score(seed: int) -> None:
    for scored in rank_owners(some(seed), 5):
        assert sum(scored.components.values()) == pytest.approx(scored.score)


@given(st.integers(0, 100), st.integers(1, 5))
def test_the_best_few_are_the_first_of_all(seed: int, top: int) -> None:
    assert rank_owners(some(seed), top) == rank_owners(some(seed), 5)[:top]


@given(st.integers(0, 100))
def test_standings_are_standardised_scores(seed: int) -> None:
    ranking = rank_owners(some(seed), 5)
    scores = np.array([scored.score for scored in ranking])
    expected = (scores - scores.mean()) / scores.std()
    assert [s.standing for s in ranking] == pytest.approx(expected.tolist())


class TestForeignPassages:
    """They lie among the native owners' scores as their nearness lies among that of these."""

    WEIGHTS = {"dense": 1.0, "pairs": 4.0}  # noqa: RUF012

    @pytest.mark.parametrize("nearness", [0.1, 0.5, 0.6])
    def test_the_scale_spelled_out(self, nearness: float) -> None:
        passages = [(0, 0.4, 0, 0.1), (1, 0.6, 0, 0.2), (2, nearness, 0, 0)]
        found = candidates(list("abF"), passages, [False, False, True])
        scores = scores_by_owner(rank_owners(found, 3, self.WEIGHTS))
        # native: 0.4 + 4 * 0.1 and 0.6 + 4 * 0.2, so 1.1 +- 0.3; their nearness is 0.5 +- 0.1
        mean = (nearness + _PSEUDO_OWNERS * 0.5) / (1 + _PSEUDO_OWNERS)
        deviation = np.sqrt((0 + _PSEUDO_OWNERS * 0.1**2) / (1 + _PSEUDO_OWNERS))
        foreign = 1.1 + _FOREIGN_SPREAD * 0.3 * (nearness - mean) / deviation
        assert scores == pytest.approx({"a": 0.8, "b": 1.4, "F": foreign}, rel=1e-5)

    def test_only_the_dense_view_counts(self) -> None:
        found = candidates(
            list("abF"),
            [(0, 0.4, 0.1, 0.01), (1, 0.6, 0.2, 0), (2, 0.5, 0.9, 0.9)],
            [False, False, True],
        )
        (foreign,) = [s for s in rank_owners(found, 3) if s.owner_id == "F"]
        assert foreign.components["characters"] == foreign.components["pairs"] == 0
        assert foreign.components["dense"] == pytest.approx(foreign.score)

    def test_alone_they_have_their_nearness(self) -> None:
        found = dense([0.3, -0.1, 0.2], [True] * 3)
        scores = scores_by_owner(rank_owners(found, 3, self.WEIGHTS))
        assert scores == pytest.approx({"P000": 0.3, "P002": 0.2, "P001": -0.1})

    def test_native_ones_have_their_scores_whether_foreign_ones_are_there_or_not(self) -> None:
        native = dense([0.3, 0.1, 0.2])
        both = dense([0.3, 0.1, 0.2, 0.9, 0.0], [False] * 3 + [True] * 2)
        alone = scores_by_owner(rank_owners(native, 5))
        assert alone.items() <= scores_by_owner(rank_owners(both, 5)).items()

    def test_where_all_are_equally_near_they_have_the_usual_score(self) -> None:
        passages = [(0, 0.5, 0, 0.1), (1, 0.5, 0, 0.3), (2, 0.5, 0, 0), (3, 0.5, 0, 0)]
        found = candidates(list("abEF"), passages, [False, False, True, True])
        scores = scores_by_owner(rank_owners(found, 4, self.WEIGHTS))
        assert scores == pytest.approx({"a": 0.9, "b": 1.7, "E": 1.3, "F": 1.3})

    @given(st.integers(0, 100))
    def test_the_nearer_is_never_behind(self, seed: int) -> None:
        nearness = np.random.default_rng(seed).random(12).round(2).tolist()
        found = dense(nearness, [n % 2 == 0 for n in range(12)])
        ranked = [int(s.owner_id[1:]) for s in rank_owners(found, 12)]
        foreign = [nearness[n] for n in ranked if n % 2 == 0]
        assert foreign == sorted(foreign, reverse=True)

    def test_one_of_many_that_stands_out_comes_first(self) -> None:
        # all Chinese ones look nearer than all English ones
        nearness = [0.5 + 0.01 * (n % 5) for n in range(100)]
        english = [0.1 + 0.01 * (n % 5) for n in range(60)]
        english[7] = 0.45
        found = dense(nearness + english, [False] * 100 + [True] * 60)
        first, second = rank_owners(found, 2)
        assert first.owner_id == "P107"
        assert int(second.owner_id[1:]) < 100

    def test_a_single_one_is_measured_by_the_native_ones(self) -> None:
        native = [0.4 + 0.02 * n for n in range(10)]
        near = rank_owners(dense([*native, 0.55], [False] * 10 + [True]), 11)
        far = rank_owners(dense([*native, 0.1], [False] * 10 + [True]), 11)
        assert "P010" in [s.owner_id for s in near[:5]]
        assert far[-1].owner_id == "P010"

    def test_an_owner_in_both_languages_has_the_better_score(self) -> None:
        passages = [(0, 0.9, 0.5, 0), (1, 0.2, 0, 0), (2, 0.1, 0.1, 0), (0, 0.1, 0, 0)]
        flags = [False] * 3 + [True]
        both = rank_owners(candidates(list("abc"), passages, flags), 3)
        alone = rank_owners(candidates(list("abc"), passages[:3]), 3)
        assert both[0].owner_id == alone[0].owner_id == "a"
        assert both[0].score == pytest.approx(alone[0].score)
        assert both[0].passage_ids == (10, 13)


def test_the_best_place_of_several_rankings_counts() -> None:
    def scored(owner: str, score: float) -> ScoredOwner:
        return ScoredOwner(owner_id=owner, score=score, standing=0, components={}, passage_ids=())

    best = best_of_rankings([[scored("a", 1), scored("b", 0)], [scored("b", 2), scored("c", 1)]], 2)
    assert [(s.owner_id, s.score) for s in best] == [("b", 2), ("a", 1)]
