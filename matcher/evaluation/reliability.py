"""Do the probabilities that people are shown mean what they say?

Reliability tables and the expected calibration error (ECE): M. P. Naeini, G. F. Cooper,
M. Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015,
https://ojs.aaai.org/index.php/AAAI/article/view/9602. Brier score: G. W. Brier, "Verification of
forecasts expressed in terms of probability", Monthly Weather Review 1950.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Predictions of about one probability, and what became of them.

    Attributes:
        low: lower end of the probabilities in it.
        high: their upper end.
        count: how many predictions there are.
        predicted: their mean, None where there are none.
        observed: the share of them that came true, None where there are none.
    """

    low: float
    high: float
    count: int
    predicted: float | None
    observed: float | None


def equal_width_bins(
    probabilities: ArrayLike, outcomes: ArrayLike, bins: int = BINS
) -> tuple[Bin, ...]:
    """Reliability table over bins of equal width; a probability on an edge is in the upper bin.

    Args:
        probabilities: predicted, 0 to 1, shape (n,).
        outcomes: whether they came true, 0 or 1, shape (n,).
        bins: how many bins.

    Raises:
        ValueError: the two differ in shape, or a value is none of these.
    """
    predicted, observed = _checked(probabilities, outcomes)
    edges = np.arange(bins + 1) / bins
    numbers = np.searchsorted(edges[1:-1], predicted, side="right")
    return tuple(
        _bin(edges[n], edges[n + 1], predicted[numbers == n], observed[numbers == n])
        for n in range(bins)
    )


def equal_mass_bins(
    probabilities: ArrayLike, outcomes: ArrayLike, bins: int = BINS
) -> tuple[Bin, ...]:
    """Reliability table over bins of as nearly equal counts as equal probabilities allow.

    Equal probabilities are never parted, so that the table does not depend on the order of the
    predictions; bins that stay empty are left out. Arguments and errors as `equal_width_bins`.
    """
    predicted, observed = _checked(probabilities, outcomes)
    first_places = np.searchsorted(np.sort(predicted), predicted, side="left")
    numbers = first_places * bins // max(len(predicted), 1)
    members = (numbers == n for n in np.unique(numbers))
    return tuple(
        _bin(predicted[own].min(), predicted[own].max(), predicted[own], observed[own])
        for own in members
    )


def expected_calibration_error(bins: Sequence[Bin]) -> float | None:
    """Mean distance of predicted and observed over the bins, weighted by their counts.

    0 is right, 1 the worst; None where there is no prediction.
    """
    total = sum(each.count for each in bins)
    if total == 0:
        return None
    distances = (
        each.count * abs(each.predicted - each.observed)
        for each in bins
        if each.predicted is not None and each.observed is not None
    )
    return sum(distances) / total


def brier_score(probabilities: ArrayLike, outcomes: ArrayLike) -> float | None:
    """Mean squared distance of probability and outcome, 0 to 1, lower is better.

    None where there is no prediction. Arguments and errors as `equal_width_bins`.
    """
    predicted, observed = _checked(probabilities, outcomes)
    return float(np.mean((predicted - observed) ** 2)) if len(predicted) else None


def _checked(
    probabilities: ArrayLike, outcomes: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    predicted = np.asarray(probabilities, dtype=np.float64)
    observed = np.asarray(outcomes, dtype=np.float64)
    if predicted.ndim != 1 or predicted.shape != observed.shape:
        raise ValueError(f"shapes {predicted.shape} and {observed.shape} should be one (n,)")
    if not ((predicted >= 0) & (predicted <= 1)).all():
        raise ValueError("probabilities must lie between 0 and 1")
    if not np.isin(observed, (0, 1)).all():
        raise ValueError("outcomes must be 0 or 1")
    return predicted, observed


def _bin(
    low: float, high: float, predicted: NDArray[np.float64], observed: NDArray[np.float64]
) -> Bin:
    return Bin(
        low=float(low),
        high=float(high),
        count=len(predicted),
        predicted=float(predicted.mean()) if len(predicted) else None,
        observed=float(observed.mean()) if len(observed) else None,
    )
