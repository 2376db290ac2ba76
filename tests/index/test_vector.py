"""The contract that every vector backend has to keep, with numpy as the oracle."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import IndexStateError
from matcher.index.vector import FaissFlatIndex

DIMENSION = 16


def unit_vectors(count: int, seed: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def filled(count: int = 50, seed: int = 0) -> tuple[FaissFlatIndex, np.ndarray, np.ndarray]:
    index = FaissFlatIndex(DIMENSION)
    ids = np.arange(count, dtype=np.int64) * 3 + 5
    vectors = unit_vectors(count, seed)
    index.add(ids, vectors)
    return index, ids, vectors


@settings(max_examples=50, deadline=None)
@given(
    st.integers(0, 1000),
    st.integers(1, 60),
    st.sets(st.integers(0, 49)),
    st.sets(st.integers(0, 49)) | st.none(),
)
def test_search_agrees_with_numpy(
    seed: int, k: int, removed: set[int], allowed: set[int] | None
) -> None:
    index, ids, vectors = filled(seed=seed)
    index.remove(ids[sorted(removed)])
    query = unit_vectors(1, seed + 1)[0]
    kept = [n for n in range(50) if n not in removed and (allowed is None or n in allowed)]
    expected = sorted(kept, key=lambda n: -float(vectors[n] @ query))[:k]
    restriction = None if allowed is None else ids[sorted(allowed)]
    found, scores = index.search(query, k, restriction)
    assert found.tolist() == ids[expected].tolist()
    assert scores == pytest.approx(vectors[expected] @ query, abs=1e-5)


def test_similarities_are_cosines_in_the_order_asked() -> None:
    index, ids, vectors = filled()
    query = unit_vectors(1, 9)[0]
    asked = ids[[7, 0, 3]]
    assert index.similarities(query, asked) == pytest.approx(vectors[[7, 0, 3]] @ query, abs=1e-6)
    assert index.similarities(query, ids[:0]).shape == (0,)


def test_an_empty_index_finds_nothing() -> None:
    found, scores = FaissFlatIndex(DIMENSION).search(unit_vectors(1, 0)[0], 5)
    assert len(found) == len(scores) == 0


def test_removing_what_is_not_there_changes_nothing() -> None:
    index, ids, _ = filled()
    index.remove(np.array([1, 2], dtype=np.int64))
    assert len(index) == len(ids)


def test_saving_and_loading_round_trips(tmp_path: Path) -> None:
    index, ids, _ = filled()
    index.remove(ids[:3])
    index.save(tmp_path / "vectors.faiss")
    loaded = FaissFlatIndex.load(tmp_path / "vectors.faiss")
    query = unit_vectors(1, 4)[0]
    assert loaded.search(query, 10)[0].tolist() == index.search(query, 10)[0].tolist()
    loaded.add(np.array([1000], dtype=np.int64), query[None])
    assert loaded.search(query, 1)[0].tolist() == [1000]


@pytest.mark.parametrize("content", [b"", b"rubbish", None])
def test_a_damaged_file_says_what_to_do(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "vectors.faiss"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(IndexStateError, match="matcher index build"):
        FaissFlatIndex.load(path)


@pytest.mark.parametrize("allowed", [None, [5, 11, 20]], ids=["all", "some"])
def test_many_queries_find_what_each_finds_alone(allowed: list[int] | None) -> None:
    index, _, _ = filled()
    restriction = None if allowed is None else np.array(allowed, dtype=np.int64)
    queries = unit_vectors(40, 3)
    for query, (found, scores) in zip(
        queries, index.search_many(queries, 6, restriction), strict=True
    ):
        alone, nearness = index.search(query, 6, restriction)
        assert found.tolist() == alone.tolist()
        assert scores == pytest.approx(nearness, abs=1e-5)
    assert [len(found) for found, _ in index.search_many(queries[:2], 0)] == [0, 0]
