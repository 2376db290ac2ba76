import pytest

from matcher.evaluation.ablation import COMPARED, EVERYTHING, LABELS, compare_runs
from matcher.evaluation.collection import Collection
from matcher.evaluation.evaluate import evaluate_collection
from matcher.records import PartnerKind
from tests.conftest import NEEDS, PARTNERS
from tests.fakes import HashEncoder

pytestmark = pytest.mark.filterwarnings("ignore::Warning")

QRELS = {"N1": {"X1": 1}, "N2": {"X2": 1}}
RIGHT = {"N1": [("X1", 2.0), ("X2", 1.0)], "N2": [("X2", 2.0), ("X1", 1.0)]}
HALF = {"N1": [("X1", 2.0), ("X2", 1.0)], "N2": [("X1", 2.0), ("X2", 1.0)]}


def test_everything_is_compared_with_the_best_single_bm25() -> None:
    runs = {key: {} for key in LABELS} | {EVERYTHING: RIGHT, "bm25-pairs": HALF}
    found = compare_runs(QRELS, runs)
    assert [row.key for row in found.rows] == list(LABELS)
    assert {row.key: row.metrics["mrr"] for row in found.rows if row.metrics["mrr"]} == {
        EVERYTHING: 1.0,
        "bm25-pairs": (1 + 1 / 2) / 2,
    }
    assert found.baseline == "bm25-pairs"
    assert tuple(found.differences) == COMPARED
    difference = found.differences["mrr"]
    assert difference is not None
    assert difference.mean == pytest.approx(0.25)
    # a sample in which the second need is never drawn, one of four, shows no difference
    assert difference.share_not_better == pytest.approx(1 / 4, abs=0.03)
    assert (difference.low, difference.high) == (0.0, 0.5)


def test_without_a_relevant_partner_nothing_is_defined() -> None:
    found = compare_runs({"N1": {"X1": 0}}, dict.fromkeys(LABELS, RIGHT))
    assert {value for row in found.rows for value in row.metrics.values()} == {None}
    assert set(found.differences.values()) == {None}


def test_the_parts_of_a_ranking_are_measured_one_after_another() -> None:
    encoder = HashEncoder()
    collection = Collection(list(PARTNERS), list(NEEDS), QRELS)
    result = evaluate_collection(collection, encoder, ablation=True)
    assert result.ablation is not None
    metrics = {row.key: row.metrics for row in result.ablation.rows}
    assert metrics[EVERYTHING] == result.metrics
    assert metrics["bm25-characters"]["mrr"] == 1.0
    assert len(encoder.encoded) == len(set(encoder.encoded)), "a passage was embedded twice"


def test_the_parts_are_kept_to_the_wanted_kind() -> None:
    collection = Collection(list(PARTNERS), list(NEEDS), {"N1": {"X1": 1, "S1": 1}})
    result = evaluate_collection(collection, HashEncoder(), kind=PartnerKind.SOCIETY, ablation=True)
    assert result.ablation is not None
    # of the two right ones only the society is ranked, by every part
    assert {row.metrics["recall@10"] for row in result.ablation.rows} == {1 / 2}
