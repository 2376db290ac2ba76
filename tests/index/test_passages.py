"""The views of one side together."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from matcher.index.faiss_index import FaissBackend
from matcher.index.hubness import CORRECTION, References
from matcher.index.passage_writer import PassageWriter
from matcher.index.passages import CHARACTERS, DENSE, PAIRS, PassageIndex
from matcher.records import Candidates, OwnerFacts, Passage, SearchFilter, Side
from tests.fakes import HashEncoder

TEXTS = (
    "断路器触头温升与银合金",
    "牛皮无铬鞣制与收缩温度",
    "断路器灭弧室结构，触头",
    "Thermal barrier coating of turbine blades",
    "泵的密封圈老化，泵漏油",
)
REFERENCES = ("触头发热，温升过高", "皮革鞣制废水", "水泵漏油怎么办", "阀门密封", "温度传感器")
QUERIES = ("断路器触头温升过高", "皮革 废水", "GB/T 9704", "blades of a turbine", "无关")


BACKEND = FaissBackend()


def filled(references: References, texts: Sequence[str] = TEXTS) -> PassageIndex:
    """One owner a text: owner `P3` has passage 3."""
    index = empty(references)
    put(index, dict(enumerate(texts)))
    return index


def empty(references: References) -> PassageIndex:
    return PassageIndex(references, BACKEND, "partner")


def reopened(index: PassageIndex, references: References, folder: Path) -> PassageIndex:
    """The index as it is after having been written and mapped."""
    writer = PassageWriter(folder, references, BACKEND, "partner", basis=index)
    writer.append_index(index)
    writer.finish()
    return PassageIndex.load(folder, references, BACKEND, "partner")


def put(index: PassageIndex, texts: dict[int, str]) -> None:
    owners = [
        (
            OwnerFacts(f"P{key}", "expert", ""),
            [
                Passage(
                    id=key,
                    side=Side.PARTNER,
                    owner_id=f"P{key}",
                    evidence_id=None,
                    text=text,
                    content_hash=str(key),
                )
            ],
        )
        for key, text in texts.items()
    ]
    index.put_many(owners, HashEncoder().encode_passages(list(texts.values())))


def needs(*texts: str) -> References:
    return References(texts, np.stack([HashEncoder().encode_query(text) for text in texts]))


def search(index: PassageIndex, query: str) -> Candidates:
    return index.search(query, HashEncoder().encode_query(query), SearchFilter())


def assert_same_answers(one: PassageIndex, other: PassageIndex) -> None:
    for query in QUERIES:
        first, second = search(one, query), search(other, query)
        assert first.owner_ids == second.owner_ids
        assert sorted(first.passage_ids) == sorted(second.passage_ids)
        assert np.array_equal(first.foreign, second.foreign)
        for view in (DENSE, CHARACTERS, PAIRS):
            assert first.scores[view] == pytest.approx(second.scores[view], abs=1e-3)


def test_every_passage_is_scored_in_every_view() -> None:
    found = search(filled(References.none(64)), "断路器触头")
    assert found.passage_ids.tolist() == list(range(5))
    assert set(found.scores) == {DENSE, CHARACTERS, PAIRS}
    assert found.foreign.tolist() == [False, False, False, True, False]
    assert (found.scores[PAIRS] > 0).tolist() == [True, False, True, False, False]
    assert found.scores[CHARACTERS][3] == 0


def test_without_references_the_dense_scores_are_cosines() -> None:
    encoder = HashEncoder()
    vectors = encoder.encode_passages(TEXTS)
    found = search(filled(References.none(64)), QUERIES[0])
    expected = vectors[found.passage_ids] @ encoder.encode_query(QUERIES[0])
    assert found.scores[DENSE] == pytest.approx(expected, abs=1e-3)


def test_with_references_their_mean_cosine_is_taken_off() -> None:
    encoder = HashEncoder()
    vectors, references = encoder.encode_passages(TEXTS), needs(*REFERENCES)
    found = search(filled(references), QUERIES[0])
    hubness = (references.vectors @ vectors[found.passage_ids].T).mean(axis=0)
    cosines = vectors[found.passage_ids] @ encoder.encode_query(QUERIES[0])
    assert found.scores[DENSE] == pytest.approx(cosines - CORRECTION * hubness, abs=1e-3)


def test_a_passage_near_to_every_reference_falls_behind_an_equal_one() -> None:
    # passages 0 and 1 are equally near to the query, and the references lie where 0 lies
    query = np.array([1, 0, 0], dtype=np.float32)
    vectors = np.array([[0.6, 0.8, 0], [0.6, -0.8, 0]], dtype=np.float32)
    owners = [
        (
            OwnerFacts(f"P{key}", "expert", ""),
            [
                Passage(
                    id=key,
                    side=Side.PARTNER,
                    owner_id=f"P{key}",
                    evidence_id=None,
                    text="文",
                    content_hash="",
                )
            ],
        )
        for key in (0, 1)
    ]
    for references, expected in (
        (References.none(3), [0.6, 0.6]),
        (References(("甲",) * 12, np.tile(vectors[0], (12, 1))), [0.0, 0.6 + 0.6 * 0.28]),
    ):
        index = empty(references)
        index.put_many(owners, vectors)
        found = index.search("无关", query, SearchFilter())
        assert found.scores[DENSE] == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("references", [References.none(64), needs(*REFERENCES)])
def test_saving_and_loading_gives_the_same_scores(tmp_path: Path, references: References) -> None:
    index = filled(references)
    put(index, {7: "皮革涂饰剂", 8: "触头焊接"})
    search(index, QUERIES[0])
    index.drop_many(["P1", "nobody"])
    loaded = reopened(index, references, tmp_path / "partner")
    assert_same_answers(loaded, index)
    for changing in (loaded, index):
        put(changing, {4: "皮革手感发硬", 9: "断路器外壳阻燃"})
    assert_same_answers(loaded, index)


def test_a_replaced_owner_has_the_scores_of_its_new_passages_alone() -> None:
    references = needs(*REFERENCES)
    changed = filled(references)
    search(changed, QUERIES[0])
    put(changed, {1: "断路器外壳阻燃"})
    anew = filled(references, [*TEXTS[:1], "断路器外壳阻燃", *TEXTS[2:]])
    found, expected = (
        dict(zip(each.passage_ids.tolist(), each.scores[DENSE].tolist(), strict=True))
        for each in (search(changed, QUERIES[0]), search(anew, QUERIES[0]))
    )
    assert found == pytest.approx(expected, abs=1e-3)


def test_an_empty_index_finds_nobody() -> None:
    assert len(search(empty(needs(*REFERENCES)), QUERIES[0])) == 0


@pytest.mark.parametrize(
    ("word", "share"),
    [
        ("触头", 2 / 5),
        ("断路器", 2 / 5),
        ("触头温升", 1 / 5),
        ("不锈钢", 0),
        ("thermal", 1 / 5),
        ("泵", 1 / 5),  # never alone between signs, and so no term of the pairs
        ("温", 2 / 5),
        ("", 0),
    ],
)
def test_share_of_the_passages_that_contain_a_word(word: str, share: float) -> None:
    assert filled(References.none(64)).passage_share(word) == pytest.approx(share)


def test_of_a_long_word_the_share_is_that_of_its_rarest_pair() -> None:
    index = filled(References.none(64), ["断路，路器", "断路器", "路器", "断路"])
    assert index.passage_share("断路器") == pytest.approx(3 / 4)


def test_many_searches_at_once_are_as_each_alone() -> None:
    index = filled(needs(*REFERENCES))
    vectors = np.stack([HashEncoder().encode_query(query) for query in QUERIES])
    together = index.search_many(QUERIES, vectors, SearchFilter())
    for query, found in zip(QUERIES, together, strict=True):
        alone = search(index, query)
        assert found.owner_ids == alone.owner_ids
        assert np.array_equal(found.passage_ids, alone.passage_ids)
        for view in (DENSE, CHARACTERS, PAIRS):
            assert found.scores[view] == pytest.approx(alone.scores[view], abs=1e-6)
