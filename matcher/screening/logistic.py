"""Logistic regression over named features: small enough to read, the same on every machine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_ROUNDS = 50
_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Logistic:
    """Probability = 1 / (1 + exp(-(bias + features · weights)))."""

    weights: Mapping[str, float]
    bias: float

    def decision(self, features: Floats) -> Floats:
        """Log-odds of rows of features in the order of `weights`, shape (rows, features)."""
        row = np.fromiter(self.weights.values(), dtype=np.float64, count=len(self.weights))
        log_odds: Floats = features @ row + self.bias
        return log_odds

    def probability(self, features: Floats) -> Floats:
        """Probabilities of rows of features, shape (rows, features) → (rows,)."""
        return sigmoid(self.decision(features))


def sigmoid(log_odds: Floats) -> Floats:
    """1 / (1 + exp(-x)) without overflow."""
    result: Floats = np.exp(-np.logaddexp(0.0, -log_odds))
    return result


def fit_logistic(
    names: Sequence[str],
    features: Floats,
    outcomes: NDArray[np.bool_],
    *,
    penalty: float = 1.0,
    sample_weights: Floats | None = None,
) -> Logistic:
    """Fit by Newton's method on standardised features with a penalty on squared weights.

    Weights are rounded, so that different linear-algebra libraries give the same model.

    Args:
        names: of the features.
        features: shape (rows, features).
        outcomes: shape (rows,), whether the thing is so.
        penalty: half of it times the squared weights is added to the loss.
        sample_weights: weight of each row, shape (rows,); None counts each once.

    Raises:
        ValueError: all outcomes are alike.
    """
    if outcomes.all() or not outcomes.any():
        raise ValueError("all outcomes are alike")
    weights = np.ones(len(outcomes)) if sample_weights is None else sample_weights
    mean = np.average(features, axis=0, weights=weights)
    deviation = np.sqrt(np.average((features - mean) ** 2, axis=0, weights=weights))
    deviation[deviation < 1e-9] = np.inf  # a feature that never varies gets no weight
    rows = np.column_stack([(features - mean) / deviation, np.ones(len(features))])
    ridge = np.full(rows.shape[1], penalty)
    ridge[-1] = 0.0
    solution = np.zeros(rows.shape[1])
    for _ in range(_ROUNDS):
        expected = sigmoid(rows @ solution)
        gradient = rows.T @ (weights * (expected - outcomes)) + ridge * solution
        curvature = (rows * (weights * expected * (1 - expected))[:, None]).T @ rows
        step = np.linalg.solve(curvature + np.diag(ridge + 1e-9), gradient)
        solution -= step
        if np.abs(step).max() < 1e-9:
            break
    slopes = solution[:-1] / deviation
    bias = float(solution[-1] - slopes @ mean)
    rounded = {
        name: round(float(slope), _DIGITS) for name, slope in zip(names, slopes, strict=True)
    }
    return Logistic(rounded, round(bias, _DIGITS))
