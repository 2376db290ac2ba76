"""From scores to probabilities and named bands.

A logistic regression (J. Platt, "Probabilistic outputs for support vector machines", 1999) over a
few features of a place in a ranking, fitted by `matcher calibrate` on needs that neither the model
nor the ranking has seen, on the same needs with the right partner taken away, and on texts that
are no technical needs.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ModelError
from matcher.ranking.fusion import DENSE
from matcher.records import Band, ScoredOwner

FEATURES: Final = ("score", "standing", "lead", "genuineness", "dense")
THRESHOLDS: Final = ((Band.STRONG, 0.6), (Band.GOOD, 0.25), (Band.POSSIBLE, 0.02))
"""Least probability of each band; below the last one the evidence is insufficient. That one is as
low as it can be with nine in ten of the texts for checking that are no needs still below it."""

_GENUINENESS_LIMIT = 4.0
_FARTHEST_BEHIND = -0.1
"""The data fitted on know one right partner a need; in life the second place may be right too, so
it does not count how far a place lies behind the first beyond this."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a place in a ranking is worth.

    Attributes:
        intercept: of the logistic regression.
        weights: of each of `FEATURES`.
    """

    intercept: float
    weights: Mapping[str, float]

    @classmethod
    def load(cls, path: Path) -> "Calibration":
        """Read what `save` wrote.

        Raises:
            ModelError: the file is missing or not a calibration.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            weights = {name: float(content["weights"][name]) for name in FEATURES}
            return cls(float(content["intercept"]), weights)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"校准文件 {path} 缺失或已损坏，请重新安装：{error}") from error

    def save(self, path: Path) -> None:
        """Write to a file."""
        content = {"intercept": self.intercept, "weights": dict(self.weights)}
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")

    def probabilities(self, ranked: Sequence[ScoredOwner], genuineness: float) -> Floats:
        """Probability of each place that its owner is a right one, shape (places,).

        Along the ranking they never rise: where one would, it is that of the place before.

        Args:
            ranked: a ranking from its first place on, at least ten places where there are so many.
            genuineness: log odds that the query is a technical need.
        """
        if not ranked:
            return np.empty(0)
        weights = np.array([self.weights[name] for name in FEATURES])
        logits = features(ranked, genuineness) @ weights + self.intercept
        falling: Floats = np.minimum.accumulate(1.0 / (1.0 + np.exp(-logits)))
        return falling


def features(ranked: Sequence[ScoredOwner], genuineness: float) -> Floats:
    """The features of each place of a ranking, shape (places, features).

    They are the score; how many deviations it stands above the usual; its lead over the best
    other place (negative but for the first, limited); the query's log odds of being a technical
    need, limited; and what meaning alone gave.
    """
    scores = np.array([owner.score for owner in ranked])
    rivals = np.full(len(scores), scores[0])
    rivals[0] = scores[1] if len(scores) > 1 else 0.0
    limited = float(np.clip(genuineness, -_GENUINENESS_LIMIT, _GENUINENESS_LIMIT))
    rows = [
        (
            owner.score,
            owner.standing,
            max(owner.score - rival, _FARTHEST_BEHIND),
            limited,
            owner.components[DENSE],
        )
        for owner, rival in zip(ranked, rivals, strict=True)
    ]
    return np.array(rows, dtype=np.float64)


def band_of(probability: float) -> Band:
    """The band of a probability."""
    return next((band for band, least in THRESHOLDS if probability >= least), Band.INSUFFICIENT)
