"""Fusion of the views: one score an owner from its best passages in each view."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from matcher.records import Candidates, ScoredOwner

Floats = NDArray[np.float64]

DEFAULT_WEIGHTS: Mapping[str, float] = {"dense": 1.0, "words": 0.5, "characters": 0.5}

_EVIDENCE_KEPT = 3


def rank_owners(
    candidates: Candidates, top: int, weights: Mapping[str, float] = DEFAULT_WEIGHTS
) -> list[ScoredOwner]:
    """Score the owners of candidate passages and return the best.

    In each view an owner has the score of its best passage; the scores of a view are
    standardised over the owners found (z-scores: J. H. Lee, "Analyses of multiple evidence
    combination", SIGIR 1997, compares such normalisations) and added up with the weights.

    Args:
        candidates: passages scored by every view.
        top: how many owners to return at most.
        weights: weight of each view; a view without a weight does not count.

    Returns:
        Owners, best first, equal scores in the order of their ids.
    """
    if len(candidates) == 0:
        return []
    parts = {view: weight * _standardised(candidates, view) for view, weight in weights.items()}
    by_owner = {view: _best_of_owner(candidates, scores) for view, scores in parts.items()}
    totals = np.sum(list(by_owner.values()), axis=0)
    order = np.lexsort((np.array(candidates.owner_ids), -totals))[:top]
    by_passage = np.sum(list(parts.values()), axis=0)
    return [
        ScoredOwner(
            owner_id=candidates.owner_ids[owner],
            score=float(totals[owner]),
            components={view: float(scores[owner]) for view, scores in by_owner.items()},
            passage_ids=_best_passages(candidates, by_passage, owner),
        )
        for owner in order
    ]


def best_of_rankings(rankings: list[list[ScoredOwner]], top: int) -> list[ScoredOwner]:
    """Owners by the best score that any of several rankings gave them."""
    best: dict[str, ScoredOwner] = {}
    for ranking in rankings:
        for scored in ranking:
            held = best.get(scored.owner_id)
            if held is None or scored.score > held.score:
                best[scored.owner_id] = scored
    return sorted(best.values(), key=lambda scored: (-scored.score, scored.owner_id))[:top]


def _standardised(candidates: Candidates, view: str) -> Floats:
    """Passage scores of a view on the scale on which the owners' best have mean 0, deviation 1."""
    scores = candidates.scores[view].astype(np.float64)
    best = _best_of_owner(candidates, scores)
    deviation = best.std()
    if deviation < 1e-9:
        return np.zeros_like(scores)
    standardised: Floats = (scores - best.mean()) / deviation
    return standardised


def _best_of_owner(candidates: Candidates, scores: Floats) -> Floats:
    best = np.full(len(candidates.owner_ids), -np.inf)
    np.maximum.at(best, candidates.owners, scores)
    return best


def _best_passages(candidates: Candidates, scores: Floats, owner: int) -> tuple[int, ...]:
    own = np.flatnonzero(candidates.owners == owner)
    best = own[np.lexsort((candidates.passage_ids[own], -scores[own]))][:_EVIDENCE_KEPT]
    return tuple(int(passage_id) for passage_id in candidates.passage_ids[best])
