"""Retrieval metrics, computed by ranx."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from matcher.evaluation.collection import Qrels

METRICS: Final = ("mrr", "ndcg@10", "recall@10", "recall@100")

Scores = Mapping[str, Mapping[str, float]]
"""Scores by need and partner."""
MetricsByNeed = dict[str, dict[str, float]]
"""For each metric its value for each need that has a relevant partner."""


def measure(qrels: Qrels, run: Scores) -> dict[str, float | None]:
    """Mean of each metric over the needs that have a relevant partner.

    A need that the run does not answer counts as 0. Where no need has a relevant partner a metric
    is not defined, None.

    Args:
        qrels: relevance by need and partner; above 0 is relevant.
        run: scores by need and partner.
    """
    return mean_over_needs(measure_needs(qrels, run))


def mean_over_needs(by_need: MetricsByNeed) -> dict[str, float | None]:
    """Mean of each metric; None where there is no need to take it of."""
    return {
        name: float(np.mean(list(values.values()))) if values else None
        for name, values in by_need.items()
    }


def measure_needs(qrels: Qrels, run: Scores) -> MetricsByNeed:
    """Each metric for each need that has a relevant partner, in the order of `qrels`.

    A need that the run does not answer has 0.

    Args:
        qrels: relevance by need and partner; above 0 is relevant.
        run: scores by need and partner.
    """
    judged = {
        need: {partner: grade for partner, grade in grades.items() if grade > 0}
        for need, grades in qrels.items()
    }
    judged = {need: grades for need, grades in judged.items() if grades}
    if not judged:
        return {name: {} for name in METRICS}
    # ranx compiles its metrics when imported; nobody else should wait for that.
    from ranx import Qrels as RanxQrels  # noqa: PLC0415
    from ranx import Run as RanxRun  # noqa: PLC0415
    from ranx import evaluate  # noqa: PLC0415

    answered = RanxRun({need: dict(run.get(need) or {"": 0.0}) for need in judged})
    evaluate(RanxQrels(judged), answered, list(METRICS))
    return {name: {need: float(answered.scores[name][need]) for need in judged} for name in METRICS}
