"""Fitting the weights under which the views make probabilities."""

import numpy as np
from numpy.typing import NDArray

from matcher.screening.classifier.label_list import Fusion
from matcher.screening.classifier.network import log_softmax

Floats = NDArray[np.float64]
Classes = NDArray[np.int64]

_RATIOS = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)
"""Of the weight of the terms to that of the embedding; the best is flat, finer steps are noise."""

_ROUNDS = 60
_LARGEST = 100.0
_DIGITS = 4


def fit_fusion(views: Floats, targets: Classes) -> Fusion:
    """Weights of the views on texts that they had not seen.

    Their ratio is the one that ranks the true classes best, by mean reciprocal rank; the sum is
    then scaled to the highest likelihood. The likelihood alone would weigh by what the views say
    of classes far down, which nobody sees.

    Args:
        views: scores of each class by the terms and by the embedding, (2, texts, classes).
        targets: true classes, shape (texts,).
    """
    terms, embedding = views
    ratio = max(_RATIOS, key=lambda each: mean_reciprocal_rank(each * terms + embedding, targets))
    scale = fit_scale(ratio * terms + embedding, targets)
    return Fusion(
        terms=round(ratio * scale, _DIGITS),
        embedding=scale,
        terms_alone=fit_scale(terms, targets),
    )


def mean_reciprocal_rank(scores: Floats, targets: Classes) -> float:
    """Mean of 1 / rank of the true class; equal scores count as if they came before it.

    Args:
        scores: shape (texts, classes).
        targets: true classes, shape (texts,).
    """
    own = scores[np.arange(len(targets)), targets]
    ranks = (scores >= own[:, None]).sum(axis=1)
    return float((1 / ranks).mean())


def fit_scale(scores: Floats, targets: Classes) -> float:
    """The factor (an inverse temperature) of scores that makes the true classes likeliest.

    Their likelihood is concave in it, so that halving the interval in which its slope changes
    sign finds it. Rounded, so that different machines give the same.

    Args:
        scores: shape (texts, classes).
        targets: true classes, shape (texts,).

    Returns:
        Between 0 and 100.
    """
    own = scores[np.arange(len(targets)), targets]
    low, high = 0.0, _LARGEST
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        expected = (scores * np.exp(log_softmax(middle * scores))).sum(axis=1)
        if (own - expected).mean() > 0:
            low = middle
        else:
            high = middle
    return round(low, _DIGITS)
