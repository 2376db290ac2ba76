"""From the probabilities of suggestions to confidences that can be relied on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.screening.logistic import sigmoid

Floats = NDArray[np.float64]

TOP = 3
"""Suggestions in an answer."""

_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Calibration:
    """Log-odds of a confidence = slope × log-odds of the probability + shift, for each place.

    J. Platt, "Probabilistic outputs for support vector machines", 1999. Of several entries that
    would be right only one is labelled, so that the surest suggestions are wrong more often than
    their probabilities say and the least sure ones less often; and the first, the second and the
    third suggestion differ in this.

    Attributes:
        slopes: of the first, second and third suggestion.
        shifts: likewise.
    """

    slopes: tuple[float, ...]
    shifts: tuple[float, ...]

    def confidences(self, probabilities: Floats) -> Floats:
        """Confidences of the suggestions of texts.

        Args:
            probabilities: of the suggested entries, best first, shape (..., suggestions).

        Returns:
            The same shape; never rising along a text's suggestions, nor adding up to more than 1.
        """
        places = probabilities.shape[-1]
        slopes, shifts = np.array(self.slopes[:places]), np.array(self.shifts[:places])
        fitted = sigmoid(slopes * log_odds(probabilities) + shifts)
        ordered = np.minimum.accumulate(fitted, axis=-1)
        result: Floats = ordered / np.maximum(ordered.sum(axis=-1, keepdims=True), 1.0)
        return result


@dataclass(frozen=True, slots=True)
class AnswerCalibration:
    """How an answer's confidences come about, and how sure is sure enough.

    Attributes:
        embedded: for texts with an embedding.
        alone: for texts without.
        prefill: confidence from which a form may be filled in with the first suggestion; more
            than 1 where none is enough.
    """

    embedded: Calibration
    alone: Calibration
    prefill: float


def log_odds(probabilities: Floats) -> Floats:
    """ln(p / (1 - p)), of probabilities kept a millionth off 0 and 1."""
    kept = np.clip(probabilities, _LEAST, 1 - _LEAST)
    result: Floats = np.log(kept) - np.log1p(-kept)
    return result


def likeliest(probabilities: Floats) -> NDArray[np.int64]:
    """The likeliest entries, best first, equally likely ones in the order of the list.

    Args:
        probabilities: shape (..., entries).

    Returns:
        Shape (..., TOP), or fewer where there are fewer entries.
    """
    return np.argsort(-probabilities, axis=-1, kind="stable")[..., :TOP]
