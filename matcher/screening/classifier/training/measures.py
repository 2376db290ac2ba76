"""How good suggestions and their confidences are."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Classes = NDArray[np.int64]

_BINS = 10
_NEVER = 1.01


def found_within(probabilities: Floats, targets: Classes, top: int) -> float:
    """Share of texts whose true class is among the likeliest `top`.

    Args:
        probabilities: shape (texts, classes).
        targets: true classes, shape (texts,).
        top: how many classes are looked at.
    """
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :top]
    return float((best == targets[:, None]).any(axis=1).mean())


def calibration_error(confidences: Floats, right: NDArray[np.bool_]) -> float:
    """Expected calibration error over ten bins of equal width.

    The mean difference between the confidence in a bin and the share that is right in it, each
    bin counting with its texts (Guo et al., "On calibration of modern neural networks", ICML
    2017).

    Args:
        confidences: of the first suggestions, shape (texts,).
        right: whether they are right, shape (texts,).
    """
    bins = np.minimum((confidences * _BINS).astype(np.int64), _BINS - 1)
    gaps = np.bincount(bins, weights=confidences - right, minlength=_BINS)
    return float(np.abs(gaps).sum() / len(confidences))


def least_confidence(confidences: Floats, right: NDArray[np.bool_], precision: float) -> float:
    """The least confidence, in hundredths, from which on so large a share is right.

    Args:
        confidences: of the first suggestions, shape (texts,).
        right: whether they are right, shape (texts,).
        precision: the share wanted.

    Returns:
        A confidence; 1.01, which none has, where the share is not reached.
    """
    for hundredth in range(101):
        above = confidences >= hundredth / 100
        if above.any() and right[above].mean() >= precision:
            return hundredth / 100
    return _NEVER
