"""Fitting the calibration of an answer's confidences."""

import numpy as np
from numpy.typing import NDArray

from matcher.screening.classifier.calibration import Calibration, likeliest, log_odds
from matcher.screening.logistic import fit_logistic

Floats = NDArray[np.float64]

_LOG_ODDS = "log_odds"


def fit_calibration(probabilities: Floats, targets: NDArray[np.int64]) -> Calibration:
    """Fit to the suggestions for texts that were not trained on.

    Args:
        probabilities: shape (texts, entries).
        targets: true entries, shape (texts,).
    """
    suggested = likeliest(probabilities)
    odds = log_odds(np.take_along_axis(probabilities, suggested, axis=1))
    right = suggested == targets[:, None]
    fitted = [_fit_place(odds[:, place], right[:, place]) for place in range(odds.shape[1])]
    return Calibration(
        slopes=tuple(slope for slope, _ in fitted), shifts=tuple(shift for _, shift in fitted)
    )


def _fit_place(odds: Floats, right: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and shift; where all are right or none is, their share alone, half a text added."""
    if right.all() or not right.any():
        share = (right.sum() + 0.5) / (len(right) + 1)
        return 0.0, round(float(np.log(share / (1 - share))), 5)
    fitted = fit_logistic((_LOG_ODDS,), odds[:, None], right)
    return fitted.weights[_LOG_ODDS], fitted.bias


def first_confidences(calibration: Calibration, probabilities: Floats) -> Floats:
    """Confidence of the first suggestion of each text, shape (texts, entries) → (texts,)."""
    best = np.take_along_axis(probabilities, likeliest(probabilities), axis=1)
    return calibration.confidences(best)[:, 0]
