"""What every vector backend has to keep, with numpy as the oracle.

A test module of a backend makes a class of `VectorContract` with a fixture `backend`:

    class TestMilvus(VectorContract):
        tolerance = 2e-3

        @pytest.fixture
        def backend(self) -> VectorBackend: ...

`Course` is any course of changes, for property tests: see `check_course`.
"""

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
import pytest
from hypothesis import strategies as st

from matcher.errors import IndexStateError
from matcher.index.selection import Selection
from matcher.index.vector import VectorBackend, VectorIndex

DIMENSION = 16
NAME = "partner-han"
NO_IDS = np.empty(0, dtype=np.int64)


def unit_vectors(count: int, seed: int, dimension: int = DIMENSION) -> np.ndarray:
    """Vectors of unit length that half precision keeps as they are."""
    vectors = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit.astype(np.float16).astype(np.float32)


def some_ids(count: int) -> np.ndarray:
    return np.arange(count, dtype=np.int64) * 3 + 5


def selection(ids: np.ndarray | list[int]) -> Selection:
    return Selection(np.unique(np.asarray(ids, dtype=np.int64)))


def write(backend: VectorBackend, folder: Path, ids: np.ndarray, vectors: np.ndarray) -> Path:
    """Write an index in two blocks."""
    writer = backend.writer(folder, NAME, vectors.shape[1])
    half = len(ids) // 2
    writer.append(ids[:half], vectors[:half])
    writer.append(ids[half:], vectors[half:])
    writer.finish()
    return folder


def check_search(
    index: VectorIndex,
    held: dict[int, np.ndarray],
    query: np.ndarray,
    k: int,
    *,
    allowed: Collection[int] | None = None,
    tolerance: float = 1e-5,
) -> None:
    """Whether a search returns the best of what is held and allowed, with the right cosines."""
    kept = [n for n in sorted(held) if allowed is None or n in allowed]
    cosines = {n: float(held[n] @ query) for n in kept}
    found, scores = index.search(query, k, None if allowed is None else selection([*allowed]))
    assert found.dtype == np.int64
    assert scores.dtype == np.float32
    assert len(set(found.tolist())) == len(found) == len(scores) == min(k, len(kept))
    assert set(found.tolist()) <= set(kept)
    assert scores == pytest.approx([cosines[n] for n in found.tolist()], abs=tolerance)
    best = sorted(cosines.values(), reverse=True)[:k]
    assert scores == pytest.approx(best, abs=tolerance)


class VectorContract:
    """Small indexes: a backend that is approximate only for many vectors is exact here."""

    tolerance: ClassVar[float] = 1e-5
    """By how much cosines may be off."""

    @pytest.fixture
    def filled(self, backend: VectorBackend, tmp_path: Path) -> VectorIndex:
        """Fifty vectors, of which forty lie in files and one there was replaced."""
        ids, vectors = some_ids(50), unit_vectors(50, seed=0)
        written = vectors[:40].copy()
        written[7] = -vectors[7]
        index = backend.load(write(backend, tmp_path / "filled", ids[:40], written), NAME)
        index.add(ids[40:], vectors[40:])
        index.add(ids[7:8], vectors[7:8])
        return index

    @pytest.fixture
    def held(self) -> dict[int, np.ndarray]:
        return dict(zip(some_ids(50).tolist(), unit_vectors(50, seed=0), strict=True))

    def test_an_empty_index_finds_nothing(self, backend: VectorBackend) -> None:
        index = backend.empty(NAME, DIMENSION)
        assert (len(index), index.dimension, index.ids.tolist()) == (0, DIMENSION, [])
        found, cosines = index.search(unit_vectors(1, 0)[0], 5)
        assert len(found) == len(cosines) == 0
        assert [len(ids) for ids, _ in index.search_many(unit_vectors(3, 0), 5)] == [0, 0, 0]
        assert index.similarities(unit_vectors(1, 0)[0], NO_IDS).shape == (0,)
        assert index.vectors(NO_IDS).shape == (0, DIMENSION)
        index.remove(some_ids(3))

    def test_what_it_holds(self, filled: VectorIndex, held: dict[int, np.ndarray]) -> None:
        assert (len(filled), filled.dimension) == (50, DIMENSION)
        assert filled.ids.dtype == np.int64
        assert filled.ids.tolist() == sorted(held)

    @pytest.mark.parametrize("k", [0, 1, 12, 50, 60])
    @pytest.mark.parametrize(
        "allowed",
        [None, set(), {5}, {1, 2, 4}, set(range(0, 90)), set(range(0, 1000, 2)), {5, 10_000_000}],
        ids=["all", "none", "one", "foreign", "low", "even", "far"],
    )
    def test_the_nearest_allowed_are_found(
        self, filled: VectorIndex, held: dict[int, np.ndarray], k: int, allowed: set[int] | None
    ) -> None:
        for query in unit_vectors(3, seed=1):
            check_search(filled, held, query, k, allowed=allowed, tolerance=self.tolerance)

    def test_the_removed_are_not_found(
        self, filled: VectorIndex, held: dict[int, np.ndarray]
    ) -> None:
        gone = some_ids(50)[[0, 7, 20, 39, 40, 49]]
        filled.remove(np.concatenate([gone, [1, 2, 10_000]]))
        filled.remove(gone)
        kept = {n: vector for n, vector in held.items() if n not in gone.tolist()}
        assert len(filled) == len(kept)
        assert filled.ids.tolist() == sorted(kept)
        for allowed in (None, set(range(0, 70))):
            check_search(
                filled, kept, held[int(gone[1])], 50, allowed=allowed, tolerance=self.tolerance
            )
        with pytest.raises(KeyError):
            filled.similarities(unit_vectors(1, 0)[0], gone[:1])
        with pytest.raises(KeyError):
            filled.vectors(gone[-1:])

    def test_what_was_removed_can_come_back(
        self, filled: VectorIndex, held: dict[int, np.ndarray]
    ) -> None:
        ids = some_ids(50)[[3, 45]]
        vectors = unit_vectors(2, seed=8)
        filled.remove(ids)
        filled.add(ids, vectors)
        held |= dict(zip(ids.tolist(), vectors, strict=True))
        for vector in vectors:
            check_search(filled, held, vector, 50, tolerance=self.tolerance)

    def test_many_queries_find_what_each_finds_alone(self, filled: VectorIndex) -> None:
        queries = unit_vectors(80, seed=3)
        for allowed in (None, selection(some_ids(50)[::3])):
            together = filled.search_many(queries, 6, allowed)
            for query, (found, cosines) in zip(queries, together, strict=True):
                alone, nearness = filled.search(query, 6, allowed)
                assert found.tolist() == alone.tolist()
                assert cosines == pytest.approx(nearness, abs=self.tolerance)
        assert [len(found) for found, _ in filled.search_many(queries[:2], 0)] == [0, 0]
        assert filled.search_many(queries[:0], 5) == []

    def test_similarities_and_vectors_come_in_the_order_asked(
        self, filled: VectorIndex, held: dict[int, np.ndarray]
    ) -> None:
        query = unit_vectors(1, seed=9)[0]
        asked = some_ids(50)[[7, 45, 0, 39, 40, 3]]
        vectors = np.stack([held[number] for number in asked.tolist()])
        assert filled.similarities(query, asked) == pytest.approx(
            vectors @ query, abs=self.tolerance
        )
        assert filled.vectors(asked) == pytest.approx(vectors, abs=1e-3)
        assert filled.vectors(asked).dtype == np.float32

    def test_an_id_that_is_not_held_is_an_error(self, filled: VectorIndex) -> None:
        for ids in ([1], [5, 6], [5, 10_000]):
            with pytest.raises(KeyError):
                filled.similarities(unit_vectors(1, 0)[0], np.array(ids, dtype=np.int64))
            with pytest.raises(KeyError):
                filled.vectors(np.array(ids, dtype=np.int64))

    def test_saved_and_loaded_it_is_the_same(
        self,
        backend: VectorBackend,
        filled: VectorIndex,
        held: dict[int, np.ndarray],
        tmp_path: Path,
    ) -> None:
        filled.remove(some_ids(3))
        kept = {n: held[n] for n in filled.ids.tolist()}
        folder = write(backend, tmp_path / "again", filled.ids, filled.vectors(filled.ids))
        loaded = backend.load(folder, NAME)
        assert loaded.ids.tolist() == filled.ids.tolist()
        for query in unit_vectors(3, seed=4):
            check_search(loaded, kept, query, 20, tolerance=self.tolerance)

    def test_ids_may_be_written_in_any_order(self, backend: VectorBackend, tmp_path: Path) -> None:
        ids, vectors = some_ids(60), unit_vectors(60, seed=5)
        order = np.random.default_rng(0).permutation(60)
        folder = write(backend, tmp_path / "any", ids[order], vectors[order])
        index = backend.load(folder, NAME)
        assert index.ids.tolist() == ids.tolist()
        assert index.vectors(ids) == pytest.approx(vectors, abs=1e-3)

    def test_an_index_may_be_written_empty(self, backend: VectorBackend, tmp_path: Path) -> None:
        backend.writer(tmp_path / "empty", NAME, DIMENSION).finish()
        index = backend.load(tmp_path / "empty", NAME)
        assert (len(index), index.dimension) == (0, DIMENSION)
        index.add(some_ids(1), unit_vectors(1, seed=1))
        assert index.search(unit_vectors(1, seed=1)[0], 5)[0].tolist() == [5]

    def test_two_indexes_are_apart(self, backend: VectorBackend) -> None:
        one, other = backend.empty("partner-han", DIMENSION), backend.empty("need-han", DIMENSION)
        one.add(some_ids(3), unit_vectors(3, seed=1))
        other.add(some_ids(2), unit_vectors(2, seed=2))
        assert (len(one), len(other)) == (3, 2)
        assert other.vectors(some_ids(1)) == pytest.approx(unit_vectors(2, seed=2)[:1], abs=1e-3)

    def test_a_folder_that_is_not_finished_cannot_be_loaded(
        self, backend: VectorBackend, tmp_path: Path
    ) -> None:
        writer = backend.writer(tmp_path / "begun", NAME, DIMENSION)
        writer.append(some_ids(3), unit_vectors(3, seed=1))
        for folder in (tmp_path / "begun", tmp_path / "missing"):
            with pytest.raises(IndexStateError, match="matcher index build"):
                backend.load(folder, NAME)

    def test_a_folder_is_not_written_over(self, backend: VectorBackend, tmp_path: Path) -> None:
        (tmp_path / "there").mkdir()
        with pytest.raises(FileExistsError):
            backend.writer(tmp_path / "there", NAME, DIMENSION)

    def test_several_threads_may_search(
        self, filled: VectorIndex, held: dict[int, np.ndarray]
    ) -> None:
        filled.remove(some_ids(2))
        allowed = selection(some_ids(50)[::2])
        queries = unit_vectors(40, seed=6)
        alone = [filled.search(query, 9, allowed)[0].tolist() for query in queries]
        with ThreadPoolExecutor(4) as pool:
            found = pool.map(lambda query: filled.search(query, 9, allowed)[0].tolist(), queries)
            assert list(found) == alone


@dataclass(frozen=True, slots=True)
class Step:
    """One change of an index."""

    kind: Literal["add", "remove", "save"]
    ids: tuple[int, ...] = ()
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Course:
    """Changes, and then a search."""

    steps: tuple[Step, ...]
    k: int
    allowed: frozenset[int] | None
    seed: int


def courses(highest: int = 60, most_at_once: int = 30, most_steps: int = 8) -> st.SearchStrategy:
    """Courses of changes to ids from 1 to `highest`."""
    ids = st.sets(st.integers(1, highest), max_size=most_at_once).map(tuple)
    seeds = st.integers(0, 1000)
    step = (
        st.builds(Step, st.just("add"), ids, seeds)
        | st.builds(Step, st.just("remove"), ids)
        | st.builds(Step, st.just("save"))
    )
    return st.builds(
        Course,
        st.lists(step, max_size=most_steps).map(tuple),
        st.integers(0, highest + 5),
        st.none() | st.frozensets(st.integers(1, highest + 10)),
        seeds,
    )


def check_course(
    backend: VectorBackend, course: Course, folders: Iterator[Path], tolerance: float = 1e-5
) -> None:
    """Whether an index agrees with numpy after every change.

    Args:
        backend: makes the index.
        course: what happens.
        folders: that do not exist yet, one for each time it is saved.
        tolerance: by how much cosines may be off.
    """
    index = backend.empty(NAME, DIMENSION)
    held: dict[int, np.ndarray] = {}
    for step in course.steps:
        ids = np.array(step.ids, dtype=np.int64)
        if step.kind == "add":
            vectors = unit_vectors(len(ids), step.seed)
            index.add(ids, vectors)
            held |= dict(zip(step.ids, vectors, strict=True))
        elif step.kind == "remove":
            index.remove(ids)
            held = {n: vector for n, vector in held.items() if n not in step.ids}
        else:
            folder = write(backend, next(folders), index.ids, index.vectors(index.ids))
            index = backend.load(folder, NAME)
        assert len(index) == len(held)
        assert index.ids.tolist() == sorted(held)
    query = unit_vectors(1, course.seed)[0]
    check_search(index, held, query, course.k, allowed=course.allowed, tolerance=tolerance)
    check_search(index, held, query, course.k, tolerance=tolerance)
    asked = np.array(list(held), dtype=np.int64)
    vectors = np.array(list(held.values()), dtype=np.float32).reshape(-1, DIMENSION)
    assert index.similarities(query, asked) == pytest.approx(vectors @ query, abs=tolerance)
    assert index.vectors(asked) == pytest.approx(vectors, abs=1e-3)
