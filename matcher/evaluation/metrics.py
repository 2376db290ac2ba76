"""Retrieval metrics, computed by ranx."""

from collections.abc import Mapping
from typing import Final

from matcher.evaluation.collection import Qrels

METRICS: Final = ("mrr", "ndcg@10", "recall@10", "recall@100")


def measure(qrels: Qrels, run: Mapping[str, Mapping[str, float]]) -> dict[str, float | None]:
    """Mean of each metric over the needs that have a relevant partner.

    A need that the run does not answer counts as 0. Where no need has a relevant partner a metric
    is not defined, None.

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
        return dict.fromkeys(METRICS)
    # ranx compiles its metrics when imported; nobody else should wait for that.
    from ranx import Qrels as RanxQrels  # noqa: PLC0415
    from ranx import Run as RanxRun  # noqa: PLC0415
    from ranx import evaluate  # noqa: PLC0415

    answered = {need: dict(run.get(need) or {"": 0.0}) for need in judged}
    values = evaluate(RanxQrels(judged), RanxRun(answered), list(METRICS))
    return {name: float(value) for name, value in values.items()}
