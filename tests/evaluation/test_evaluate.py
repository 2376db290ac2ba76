import math

import pytest

from matcher.evaluation.collection import Collection
from matcher.evaluation.evaluate import evaluate_collection
from matcher.evaluation.metrics import measure
from matcher.records import PartnerKind
from tests.conftest import NEEDS, PARTNERS
from tests.fakes import HashEncoder


@pytest.mark.filterwarnings("ignore::Warning")
def test_the_metrics_spelled_out() -> None:
    qrels = {"a": {"x": 1}, "b": {"y": 1, "z": 1}, "unanswered": {"x": 1}}
    run = {"a": {"w": 3.0, "x": 2.0}, "b": {"y": 3.0, "w": 2.0, "z": 1.0}}
    metrics = measure(qrels, run)
    # a: first right one at place 2; b: right ones at places 1 and 3; the third is not answered
    ideal = 1 + 1 / math.log2(3)
    assert metrics["mrr"] == pytest.approx((1 / 2 + 1 + 0) / 3)
    assert metrics["ndcg@10"] == pytest.approx((1 / math.log2(3) + 1.5 / ideal) / 3)
    assert metrics["recall@10"] == pytest.approx((1 + 1 + 0) / 3)


@pytest.mark.parametrize("qrels", [{}, {"a": {"x": 0}}])
def test_without_a_relevant_partner_nothing_is_defined(qrels: dict[str, dict[str, int]]) -> None:
    assert set(measure(qrels, {"a": {"x": 1.0}}).values()) == {None}


@pytest.mark.filterwarnings("ignore::Warning")
def test_a_collection_is_ranked_and_measured() -> None:
    collection = Collection(list(PARTNERS), list(NEEDS), {"N1": {"X1": 1}, "N2": {"X2": 1}})
    result = evaluate_collection(collection, HashEncoder(), top=2)
    assert result.metrics["mrr"] == 1.0
    assert result.run.keys() == {"N1", "N2", "N3"}
    assert all(len(ranked) == 2 for ranked in result.run.values())
    assert (result.partners, result.needs) == (4, 3)


def test_only_one_kind_can_be_ranked() -> None:
    collection = Collection(list(PARTNERS), list(NEEDS), {})
    result = evaluate_collection(collection, HashEncoder(), kind=PartnerKind.SOCIETY)
    assert {p for ranked in result.run.values() for p, _ in ranked} == {"S1"}
