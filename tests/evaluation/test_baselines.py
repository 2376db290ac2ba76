import numpy as np
import pytest

from matcher.evaluation.baselines import BM25, bm25_run
from matcher.evaluation.collection import Collection
from matcher.index.bm25 import K1, B
from matcher.records import Evidence, EvidenceType, Need, Partner, PartnerKind
from tests.conftest import NEEDS, PARTNERS

COLLECTION = Collection(list(PARTNERS), list(NEEDS), {})


def partner(name: str, *texts: str, kind: PartnerKind = PartnerKind.EXPERT) -> Partner:
    evidence = tuple(
        Evidence(id=f"{name}-{number}", type=EvidenceType.PAPER, title=text)
        for number, text in enumerate(texts)
    )
    return Partner(id=name, kind=kind, name="某", evidence=evidence)


def test_a_partner_has_the_score_of_its_best_passage() -> None:
    partners = [partner("P1", "铬", "皮"), partner("P2", "铬铬铬")]
    run = bm25_run(Collection(partners, [Need(id="N", title="铬")], {}), BM25["bm25-characters"])
    # Of the ideal document's K1 + 1 a passage with n of the need's one term, itself `length`
    # terms long among passages of 5 / 3 on average, has n (K1 + 1) / (n + K1 norm).
    average = (1 + 1 + 3) / 3
    short = 1 / (1 + K1 * (1 - B + B * 1 / average))
    long = 3 / (3 + K1 * (1 - B + B * 3 / average))
    assert [owner for owner, _ in run["N"]] == ["P2", "P1"]
    assert [score for _, score in run["N"]] == pytest.approx([long, short], rel=1e-5)


def test_who_shares_no_term_is_not_ranked() -> None:
    partners = [partner("P1", "阀门"), partner("P2", "皮革"), partner("P0")]
    run = bm25_run(Collection(partners, [Need(id="N", title="阀门")], {}), BM25["bm25-pairs"])
    assert [owner for owner, _ in run["N"]] == ["P1"]


def test_equal_scores_stand_in_the_order_of_their_ids_and_the_rest_is_cut() -> None:
    partners = [partner("P3", "阀"), partner("P1", "阀"), partner("P2", "阀")]
    collection = Collection(partners, [Need(id="N", title="阀")], {})
    run = bm25_run(collection, BM25["bm25-characters"], top=2)
    assert [owner for owner, _ in run["N"]] == ["P1", "P2"]


def test_one_kind_is_ranked_by_the_statistics_of_all() -> None:
    everybody = bm25_run(COLLECTION, BM25["bm25-words"])
    societies = bm25_run(COLLECTION, BM25["bm25-words"], kind=PartnerKind.SOCIETY)
    scores = dict(everybody["N1"])
    assert societies["N1"] == [("S1", scores["S1"])]


@pytest.mark.parametrize("key", BM25)
def test_every_baseline_finds_the_plain_answers(key: str) -> None:
    run = bm25_run(COLLECTION, BM25[key])
    assert run["N1"][0][0] == "X1"
    assert run["N2"][0][0] == "X2"
    for ranked in run.values():
        assert np.all(np.diff([score for _, score in ranked]) <= 0)


def test_an_empty_collection_has_an_empty_run() -> None:
    run = bm25_run(Collection([], [Need(id="N", title="阀")], {}), BM25["bm25-words"])
    assert run == {"N": []}
