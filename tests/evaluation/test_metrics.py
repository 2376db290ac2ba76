import math

import pytest

from matcher.evaluation.metrics import METRICS, mean_over_needs, measure, measure_needs

pytestmark = pytest.mark.filterwarnings("ignore::Warning")

# b stands before a, so that a value given to the wrong need would be seen
QRELS = {"b": {"y": 1, "z": 1}, "a": {"x": 1, "v": 0}, "unanswered": {"x": 1}, "unjudged": {"x": 0}}
RUN = {"a": {"w": 3.0, "x": 2.0}, "b": {"y": 3.0, "w": 2.0, "z": 1.0}, "unjudged": {"x": 1.0}}
IDEAL = 1 + 1 / math.log2(3)


def test_the_means_spelled_out() -> None:
    metrics = measure(QRELS, RUN)
    # a: first right one at place 2; b: right ones at places 1 and 3; the third is not answered
    assert metrics["mrr"] == pytest.approx((1 / 2 + 1 + 0) / 3)
    assert metrics["ndcg@10"] == pytest.approx((1 / math.log2(3) + 1.5 / IDEAL) / 3)
    assert metrics["recall@10"] == pytest.approx((1 + 1 + 0) / 3)


def test_each_need_has_its_own_value() -> None:
    found = measure_needs(QRELS, RUN)
    assert tuple(found) == METRICS
    assert found["mrr"] == pytest.approx({"b": 1.0, "a": 1 / 2, "unanswered": 0.0})
    assert found["ndcg@10"] == pytest.approx(
        {"b": 1.5 / IDEAL, "a": 1 / math.log2(3), "unanswered": 0.0}
    )
    assert found["recall@100"] == pytest.approx({"b": 1.0, "a": 1.0, "unanswered": 0.0})


def test_the_mean_of_the_needs_is_what_is_measured() -> None:
    assert mean_over_needs(measure_needs(QRELS, RUN)) == measure(QRELS, RUN)


def test_recall_stops_at_its_depth() -> None:
    ranked = {f"p{place:03}": -float(place) for place in range(1, 31)}
    found = measure_needs({"n": {"p005": 1, "p020": 1}}, {"n": ranked})
    assert found["recall@10"] == {"n": 1 / 2}
    assert found["recall@100"] == {"n": 1.0}
    assert found["mrr"]["n"] == pytest.approx(1 / 5)


@pytest.mark.parametrize("qrels", [{}, {"a": {"x": 0}}])
def test_without_a_relevant_partner_nothing_is_defined(qrels: dict[str, dict[str, int]]) -> None:
    assert measure(qrels, {"a": {"x": 1.0}}) == dict.fromkeys(METRICS)
