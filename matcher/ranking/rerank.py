"""Re-ranking: the first places ordered again by a model that reads query and passage together."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.records import ScoredOwner

RERANKER: Final = "reranker"


def rerank_owners(ranked: Sequence[ScoredOwner], logits: NDArray[np.float32]) -> list[ScoredOwner]:
    """Order the first places again; the others stay behind them as they are.

    Both orders have a say: the logits, standardised over the places re-ranked, are laid on the
    scale of their scores and added. The contribution starts at 0, so that nobody re-ranked falls
    behind those who were not.

    Args:
        ranked: a ranking, best first.
        logits: of the first places, shape (n,) with n at most the number of places.

    Returns:
        All places, best first, equal scores in the order of their ids.
    """
    count = len(logits)
    if count < 2 or float(logits.std()) < 1e-9:
        return list(ranked)
    scores = np.array([owner.score for owner in ranked[:count]])
    standardised = (logits - logits.mean()) / logits.std()
    added = max(float(scores.std()), 1e-9) * (standardised - standardised.min())
    first = [
        replace(
            owner,
            score=owner.score + float(more),
            components={**owner.components, RERANKER: float(more)},
        )
        for owner, more in zip(ranked[:count], added, strict=True)
    ]
    return [*sorted(first, key=lambda owner: (-owner.score, owner.owner_id)), *ranked[count:]]
