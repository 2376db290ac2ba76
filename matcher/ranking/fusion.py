"""Fusion of the views: one score an owner from its best passages in each view."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.records import Candidates, ScoredOwner

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

DENSE: Final = "dense"
DEFAULT_WEIGHTS: Mapping[str, float] = {DENSE: 1.5, "words": 0.5, "characters": 0.5}

_EVIDENCE_KEPT = 3
_PSEUDO_OWNERS = 60
"""Foreign owners are few, and the best of few unfit ones would look fit among themselves: so many
owners of the query's language are counted in with them. The number is from a development set in
which foreign partners surface where they are right and push nobody aside where they are not."""


def rank_owners(
    candidates: Candidates, top: int, weights: Mapping[str, float] = DEFAULT_WEIGHTS
) -> list[ScoredOwner]:
    """Score the owners of candidate passages and return the best.

    In each view an owner has the score of its best passage; the scores of a view are
    standardised over the owners found (z-scores: J. H. Lee, "Analyses of multiple evidence
    combination", SIGIR 1997, compares such normalisations) and added up with the weights.

    A passage in another language than the query shares no words with it and always looks farther
    away, so passages of either language are standardised among themselves, and for the foreign
    ones the dense view stands in for the lexical views with their weights. An owner with passages
    in both languages has the better of its two scores.

    Args:
        candidates: passages scored by every view.
        top: how many owners to return at most.
        weights: weight of each view; a view without a weight does not count.

    Returns:
        Owners, best first, equal scores in the order of their ids.
    """
    if len(candidates) == 0:
        return []
    parts = _weighted(candidates, weights)
    totals = np.full(len(candidates.owner_ids), -np.inf)
    components = {view: np.zeros(len(totals)) for view in weights}
    for group in (~candidates.foreign, candidates.foreign):
        best = {view: _best_of_owner(candidates, part, group) for view, part in parts.items()}
        total = np.sum(list(best.values()), axis=0)
        better = total > totals
        totals[better] = total[better]
        for view, scores in best.items():
            components[view][better] = scores[better]
    order = np.lexsort((np.array(candidates.owner_ids), -totals))[:top]
    by_passage = np.sum(list(parts.values()), axis=0)
    return [
        ScoredOwner(
            owner_id=candidates.owner_ids[owner],
            score=float(totals[owner]),
            components={view: float(scores[owner]) for view, scores in components.items()},
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


def _weighted(candidates: Candidates, weights: Mapping[str, float]) -> dict[str, Floats]:
    """For each view what it adds to the score of each passage."""
    foreign = candidates.foreign
    parts = {}
    for view, weight in weights.items():
        scores = candidates.scores[view].astype(np.float64)
        part = np.zeros(len(scores))
        native_best = _owners_best(candidates, scores, ~foreign)
        part[~foreign] = weight * _standardised(scores[~foreign], native_best)
        if view == DENSE:
            best = _owners_best(candidates, scores, foreign)
            stand_in = sum(weights.values())
            part[foreign] = stand_in * _standardised(scores[foreign], best, native_best)
        parts[view] = part
    return parts


def _standardised(scores: Floats, best: Floats, prior: Floats | None = None) -> Floats:
    """Scores on the scale on which the owners' best have mean 0 and deviation 1.

    With `prior`, mean and variance are drawn towards those of its values, as by
    `_PSEUDO_OWNERS` further owners. Where all are alike the view says nothing: zeros.
    """
    if len(best) == 0:
        return np.zeros(len(scores))
    mean, variance = best.mean(), best.var()
    if prior is not None and len(prior):
        own = len(best) / (len(best) + _PSEUDO_OWNERS)
        mean = own * mean + (1 - own) * prior.mean()
        variance = own * variance + (1 - own) * prior.var()
    if variance < 1e-12:
        return np.zeros(len(scores))
    standardised: Floats = (scores - mean) / np.sqrt(variance)
    return standardised


def _owners_best(candidates: Candidates, scores: Floats, group: Mask) -> Floats:
    """The best score of each owner that has a passage in the group, in no particular order."""
    best = _best_of_owner(candidates, scores, group)
    return best[best > -np.inf]


def _best_of_owner(candidates: Candidates, scores: Floats, group: Mask) -> Floats:
    """The best score of each owner in the group, -inf for owners without a passage in it."""
    best = np.full(len(candidates.owner_ids), -np.inf)
    np.maximum.at(best, candidates.owners[group], scores[group])
    return best


def _best_passages(candidates: Candidates, scores: Floats, owner: int) -> tuple[int, ...]:
    own = np.flatnonzero(candidates.owners == owner)
    best = own[np.lexsort((candidates.passage_ids[own], -scores[own]))][:_EVIDENCE_KEPT]
    return tuple(int(passage_id) for passage_id in candidates.passage_ids[best])
