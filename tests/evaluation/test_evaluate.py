import pytest

from matcher.evaluation.collection import Collection
from matcher.evaluation.evaluate import evaluate_collection
from matcher.records import PartnerKind
from tests.conftest import NEEDS, PARTNERS
from tests.fakes import HashEncoder


@pytest.mark.filterwarnings("ignore::Warning")
def test_a_collection_is_ranked_and_measured() -> None:
    collection = Collection(list(PARTNERS), list(NEEDS), {"N1": {"X1": 1}, "N2": {"X2": 1}})
    result = evaluate_collection(collection, HashEncoder(), top=2)
    assert result.metrics["mrr"] == 1.0
    assert result.run.keys() == {"N1", "N2", "N3"}
    assert all(len(ranked) == 2 for ranked in result.run.values())
    assert (result.partners, result.needs) == (4, 3)
    assert result.ablation is None


def test_only_one_kind_can_be_ranked() -> None:
    collection = Collection(list(PARTNERS), list(NEEDS), {})
    result = evaluate_collection(collection, HashEncoder(), kind=PartnerKind.SOCIETY)
    assert {p for ranked in result.run.values() for p, _ in ranked} == {"S1"}
