"""Fusion of the views: one score an owner from its best passages."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.records import Candidates, ScoredOwner

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

DENSE: Final = "dense"
CHARACTERS: Final = "characters"
PAIRS: Final = "pairs"
DEFAULT_WEIGHTS: Mapping[str, float] = {DENSE: 1.0, CHARACTERS: 1.5, PAIRS: 4.0}
"""Weights of the views' own units. They are not evened out query by query: where a query is
written like a paper its pairs are found again and weigh more, where it is a factory's own words
the characters and the meaning do. From a development set of both kinds."""

_EVIDENCE_KEPT = 3
_PAIRS_SEEN = 20
_PAIRS_SUFFICE = 0.016
"""Where the 20 passages with most pairs of the query have this share of them on average, single
characters tell nothing further; needs in a factory's words stay below, abstracts above."""
_PAIRS_INSTEAD = 2.5
"""How much more the pairs count where single characters do not."""
AGREEMENT: Final = "agreement"
_AGREEMENT_WEIGHT = 0.3
"""Weight of a second passage that speaks for the same owner."""
_PSEUDO_OWNERS = 60
"""Foreign owners are few, and the best of few unfit ones would look fit among themselves: so many
owners of the query's language are counted in with them. The number is from a development set in
which foreign partners surface where they are right and push nobody aside where they are not."""
_FOREIGN_SPREAD = 1.3
"""A single view spreads its best further than a sum of views that disagree; from the same set."""


def rank_owners(
    candidates: Candidates, top: int, weights: Mapping[str, float] = DEFAULT_WEIGHTS
) -> list[ScoredOwner]:
    """Score the owners of candidate passages and return the best.

    A passage's score is the weighted sum of its scores in the views; an owner has that of its best
    passage, and more if its second one stands out as well.

    A passage in another language than the query shares no words with it and always looks farther
    away, so it is scored by the dense view alone, on a scale on which the foreign owners lie among
    the others as their nearness lies among that of the others. An owner with passages in both
    languages has the better of its two scores.

    Args:
        candidates: passages scored by every view.
        top: how many owners to return at most.
        weights: weight of each view; a view without a weight does not count.

    Returns:
        Owners, best first, equal scores in the order of their ids.
    """
    if len(candidates) == 0:
        return []
    parts = _parts(candidates, weights)
    scores = np.sum(list(parts.values()), axis=0)
    totals = _totals(candidates, scores)
    order = np.lexsort((np.array(candidates.owner_ids), -totals))[:top]
    standings = (totals - totals.mean()) / max(float(totals.std()), 1e-9)
    return [
        _place(candidates, parts, int(owner), float(totals[owner]), float(standings[owner]))
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


def _parts(candidates: Candidates, weights: Mapping[str, float]) -> dict[str, Floats]:
    """For each view what it adds to the score of each passage."""
    foreign = candidates.foreign
    parts = {
        view: np.where(foreign, 0.0, weight * candidates.scores[view].astype(np.float64))
        for view, weight in weights.items()
    }
    if CHARACTERS in weights and PAIRS in weights:
        trust = _trust_in_characters(candidates)
        parts[CHARACTERS] *= trust
        parts[PAIRS] *= 1 + _PAIRS_INSTEAD * (1 - trust)
    if DENSE in weights and foreign.any():
        nearness = candidates.scores[DENSE].astype(np.float64)
        native = np.sum(list(parts.values()), axis=0)
        parts[DENSE][foreign] = _rescaled(
            nearness[foreign],
            own=_owners_best(candidates, nearness, foreign),
            others=_owners_best(candidates, nearness, ~foreign),
            wanted=_owners_best(candidates, native, ~foreign),
        )
    return parts


def _trust_in_characters(candidates: Candidates) -> float:
    """How much single characters count, 0 to 1: the less, the more pairs are found again."""
    shares = candidates.scores[PAIRS][~candidates.foreign]
    if len(shares) == 0:
        return 1.0
    best = np.sort(shares)[-_PAIRS_SEEN:]
    return min(1.0, (_PAIRS_SUFFICE / max(float(best.mean()), 1e-9)) ** 2)


def _rescaled(nearness: Floats, *, own: Floats, others: Floats, wanted: Floats) -> Floats:
    """Foreign passages' cosines on the scale of the native scores.

    Args:
        nearness: of the foreign passages, shape (n,).
        own: the best of each foreign owner.
        others: the best of each native owner; where there is none, nothing is rescaled.
        wanted: the scores of the native owners.
    """
    if len(others) == 0:
        return nearness
    share = len(own) / (len(own) + _PSEUDO_OWNERS)
    mean = share * own.mean() + (1 - share) * others.mean()
    deviation = np.sqrt(share * own.var() + (1 - share) * others.var())
    if deviation < 1e-6:
        return np.full(len(nearness), wanted.mean())
    rescaled: Floats = (nearness - mean) / deviation
    on_scale: Floats = wanted.mean() + _FOREIGN_SPREAD * wanted.std() * rescaled
    return on_scale


def _owners_best(candidates: Candidates, scores: Floats, group: Mask) -> Floats:
    """The best score of each owner that has a passage in the group, in no particular order."""
    best = np.full(len(candidates.owner_ids), -np.inf)
    np.maximum.at(best, candidates.owners[group], scores[group])
    return best[best > -np.inf]


def _totals(candidates: Candidates, scores: Floats) -> Floats:
    """The score of each owner: its best passage, and a share of what its second has above usual."""
    order = np.lexsort((-scores, candidates.owners))
    owners, ordered = candidates.owners[order], scores[order]
    first = np.append(True, owners[1:] != owners[:-1])
    second = np.append(False, first[:-1]) & ~first
    totals = np.zeros(len(candidates.owner_ids))
    totals[owners[first]] = ordered[first]
    outstanding = np.maximum(ordered[second] - (scores.mean() + scores.std()), 0.0)
    totals[owners[second]] += _AGREEMENT_WEIGHT * outstanding
    return totals


def _place(
    candidates: Candidates,
    parts: Mapping[str, Floats],
    owner: int,
    total: float,
    standing: float,
) -> ScoredOwner:
    """An owner with the passages that earned its place, and what its score is made of."""
    own = np.flatnonzero(candidates.owners == owner)
    scores = np.sum([part[own] for part in parts.values()], axis=0)
    own = own[np.lexsort((candidates.passage_ids[own], -scores))][:_EVIDENCE_KEPT]
    components = {view: float(part[own[0]]) for view, part in parts.items()}
    return ScoredOwner(
        owner_id=candidates.owner_ids[owner],
        score=total,
        standing=standing,
        components={**components, AGREEMENT: total - sum(components.values())},
        passage_ids=tuple(int(passage) for passage in candidates.passage_ids[own]),
    )
