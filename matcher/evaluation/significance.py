"""Is a difference between two rankings more than the luck of which needs were judged?

Paired bootstrap over needs: B. Efron, "Bootstrap methods: another look at the jackknife", 1979,
https://doi.org/10.1214/aos/1176344552; for retrieval: T. Sakai, "Evaluating evaluation metrics
based on the bootstrap", SIGIR 2006, https://doi.org/10.1145/1148170.1148261. The interval is the
percentile one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

SAMPLES: Final = 10_000
CONFIDENCE: Final = 0.95

_DRAWN_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How much better one ranking is than another, as the mean over needs of a metric.

    Attributes:
        mean: the difference on the judged needs, above 0 where the first ranking is better.
        low: lower end of the interval.
        high: upper end of the interval.
        share_not_better: share of the samples in which the difference is 0 or below, 0 to 1.
        needs: how many needs it is the mean of.
    """

    mean: float
    low: float
    high: float
    share_not_better: float
    needs: int


def paired_bootstrap(
    ours: Mapping[str, float],
    other: Mapping[str, float],
    *,
    samples: int = SAMPLES,
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> Difference | None:
    """Compare two rankings by a metric's values for each need.

    Each sample draws as many needs as there are, with repetition, the same for both rankings.

    Args:
        ours: the metric by need, of the ranking that should be better.
        other: the same of the ranking it is compared with.
        samples: how many samples to draw.
        confidence: share of the samples that the interval holds, between 0 and 1.
        seed: of the draws; the same seed gives the same answer.

    Returns:
        The difference, None where there is no need: then it is not defined.

    Raises:
        ValueError: the two were not measured on the same needs.
    """
    if ours.keys() != other.keys():
        raise ValueError("paired rankings must be measured on the same needs")
    if not ours:
        return None
    differences = np.array([ours[need] - other[need] for need in ours])
    means = _resampled_means(differences, samples, np.random.default_rng(seed))
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, (tail, 1 - tail))
    return Difference(
        mean=float(differences.mean()),
        low=float(low),
        high=float(high),
        share_not_better=float((means <= 0).mean()),
        needs=len(differences),
    )


def _resampled_means(
    values: NDArray[np.float64], samples: int, generator: np.random.Generator
) -> NDArray[np.float64]:
    """Means of `samples` draws with repetition from `values`, shape (samples,)."""
    count = len(values)
    at_once = max(1, _DRAWN_AT_ONCE // count)
    return np.concatenate(
        [
            values[generator.integers(count, size=(min(at_once, samples - start), count))].mean(1)
            for start in range(0, samples, at_once)
        ]
    )
