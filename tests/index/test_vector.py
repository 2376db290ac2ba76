"""Vectors by FAISS keep the contract of every backend, whichever way they are searched."""

import json
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.errors import IndexStateError
from matcher.index.faiss_index import FaissBackend, FaissIndex
from matcher.index.faiss_kinds import FEWEST_CODED, Tuning, candidates, trained_codes
from matcher.index.faiss_rows import ExactScan, one_thread
from matcher.index.selection import Selection
from tests.index.vector_contract import (
    DIMENSION,
    NAME,
    Course,
    VectorContract,
    check_course,
    check_search,
    courses,
    selection,
    some_ids,
    unit_vectors,
    write,
)

EXACT = Tuning()
CODED = Tuning(exact_up_to=0)
SHALLOW = Tuning(exact_up_to=0, rescored=400, rescored_per_result=6)
"""Compares so few exactly that the codes decide what is found.

Vectors without any pattern, as in these tests, are the worst case for codes.
"""


class TestAllCompared(VectorContract):
    @pytest.fixture
    def backend(self) -> FaissBackend:
        return FaissBackend(EXACT)


class TestByCodes(VectorContract):
    @pytest.fixture
    def backend(self) -> FaissBackend:
        return FaissBackend(CODED)


@pytest.mark.parametrize("tuning", [EXACT, CODED], ids=["exact", "coded"])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(course=courses())
def test_any_course_of_changes_agrees_with_numpy(
    tuning: Tuning, course: Course, tmp_path_factory: pytest.TempPathFactory
) -> None:
    base = tmp_path_factory.mktemp("course")
    check_course(FaissBackend(tuning), course, folders(base))
    shutil.rmtree(base)


def folders(base: Path) -> Iterator[Path]:
    return (base / str(number) for number in count())


BIG = 6000
BIG_DIMENSION = 64


@pytest.fixture(scope="module")
def big_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Many vectors by codes, with ids from 5 to 18,002 in steps of three."""
    vectors = unit_vectors(BIG, seed=0, dimension=BIG_DIMENSION)
    folder = tmp_path_factory.mktemp("big") / "vectors"
    return write(FaissBackend(SHALLOW), folder, some_ids(BIG), vectors)


@pytest.fixture
def big(big_folder: Path) -> FaissIndex:
    return FaissBackend(SHALLOW).load(big_folder, NAME)


def big_held() -> dict[int, np.ndarray]:
    vectors = unit_vectors(BIG, seed=0, dimension=BIG_DIMENSION)
    return dict(zip(some_ids(BIG).tolist(), vectors, strict=True))


def recall(
    index: FaissIndex, held: dict[int, np.ndarray], k: int, allowed: Selection | None
) -> float:
    """Share of the `k` nearest that are found, with filters and numbers checked on the way."""
    kept = np.array(sorted(held), dtype=np.int64)
    if allowed is not None:
        kept = np.intersect1d(kept, allowed.ids)
    matrix = np.stack([held[number] for number in kept.tolist()])
    queries = unit_vectors(40, seed=1, dimension=BIG_DIMENSION)
    hits = 0
    for query, (found, cosines) in zip(
        queries, index.search_many(queries, k, allowed), strict=True
    ):
        assert len(set(found.tolist())) == len(found) == min(k, len(kept))
        assert np.isin(found, kept).all()
        assert cosines == pytest.approx(np.sort(cosines)[::-1])
        assert cosines == pytest.approx(matrix[np.searchsorted(kept, found)] @ query, abs=1e-5)
        nearest = kept[np.argsort(-(matrix @ query), kind="stable")[:k]]
        hits += len(np.intersect1d(found, nearest))
    return hits / (len(queries) * min(k, len(kept)))


@pytest.mark.parametrize(
    ("k", "step", "least"),
    [
        (10, None, 0.9),
        (100, None, 0.85),
        (20, 1, 0.9),
        (20, 3, 0.95),
        (20, 20, 1.0),
        (20, 600, 1.0),
    ],
)
def test_nearly_all_of_the_nearest_are_found_by_codes(
    big: FaissIndex, k: int, step: int | None, least: float
) -> None:
    allowed = None if step is None else selection(some_ids(BIG)[::step])
    assert recall(big, big_held(), k, allowed) >= least


def test_codes_that_would_find_fewer_would_be_noticed(big: FaissIndex) -> None:
    """With a depth as small as the result the codes alone decide, and that is not enough."""
    blind = Tuning(exact_up_to=0, rescored=1, rescored_per_result=1)
    big._base._tuning = blind
    assert recall(big, big_held(), 20, None) < 0.75


def test_rescoring_everything_is_exact(big_folder: Path) -> None:
    index = FaissBackend(Tuning(exact_up_to=0, rescored=BIG)).load(big_folder, NAME)
    assert recall(index, big_held(), 50, None) == 1.0


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, 1000),
    st.floats(0, 1),
    st.floats(0, 1),
    st.integers(0, 200),
)
def test_as_many_as_wanted_come_back_whatever_is_removed_and_allowed(
    big_folder: Path, seed: int, gone: float, allowed: float, k: int
) -> None:
    index = FaissBackend(SHALLOW).load(big_folder, NAME)
    random = np.random.default_rng(seed)
    ids = some_ids(BIG)
    removed = ids[random.random(BIG) < gone]
    index.remove(removed)
    index.add(
        removed[:30],
        unit_vectors(BIG, seed=seed + 1, dimension=BIG_DIMENSION)[:30][: len(removed[:30])],
    )
    kept = np.union1d(np.setdiff1d(ids, removed), removed[:30])
    chosen = Selection(ids[random.random(BIG) < allowed])
    query = unit_vectors(1, seed=seed, dimension=BIG_DIMENSION)[0]
    for restriction, possible in (
        (None, kept),
        (chosen, np.intersect1d(kept, chosen.ids)),
    ):
        found, _ = index.search(query, k, restriction)
        assert len(np.unique(found)) == len(found) == min(k, len(possible))
        assert np.isin(found, possible).all()


def test_a_selection_of_which_little_is_held_is_searched_through(big: FaissIndex) -> None:
    foreign = np.arange(1, 3 * BIG, dtype=np.int64)
    foreign = foreign[(foreign - 5) % 3 != 0]
    own = some_ids(BIG)[[1, 17, 4000]]
    query = unit_vectors(1, seed=2, dimension=BIG_DIMENSION)[0]
    found, _ = big.search(query, 50, Selection(np.union1d(foreign, own)))
    assert sorted(found.tolist()) == own.tolist()


def test_a_replaced_vector_counts_and_the_old_one_does_not(big: FaissIndex) -> None:
    held = big_held()
    number = some_ids(BIG)[1234]
    query = held[int(number)]
    assert big.search(query, 1)[0].tolist() == [number]
    big.add(np.array([number]), -query[None])
    assert big.search(-query, 1)[0].tolist() == [number]
    found, cosines = big.search(query, BIG)
    assert found[-1] == number
    assert cosines[-1] == pytest.approx(-1, abs=1e-2)
    assert len(found) == len(big) == BIG


@pytest.mark.parametrize("dimension", [4, 6, 7, 30, 1024, 1536, 2560])
def test_any_dimension_can_be_coded(tmp_path: Path, dimension: int) -> None:
    ids, vectors = some_ids(40), unit_vectors(40, seed=1, dimension=dimension)
    backend = FaissBackend(CODED)
    index = backend.load(write(backend, tmp_path / "vectors", ids, vectors), NAME)
    held = dict(zip(ids.tolist(), vectors, strict=True))
    check_search(index, held, vectors[3], 10)


@pytest.mark.parametrize("number", [FEWEST_CODED - 1, FEWEST_CODED, 17])
def test_too_few_to_be_coded_are_all_compared(tmp_path: Path, number: int) -> None:
    backend = FaissBackend(CODED)
    vectors = unit_vectors(number, seed=1)
    folder = write(backend, tmp_path / "vectors", some_ids(number), vectors)
    assert (folder / "codes.faiss").exists() == (number >= FEWEST_CODED)
    assert len(backend.load(folder, NAME)) == number


def test_equal_vectors_are_all_found(tmp_path: Path) -> None:
    """Sample texts repeat; codes of equal vectors are equal, and none may be lost for it."""
    backend = FaissBackend(SHALLOW)
    vectors = np.tile(unit_vectors(1, seed=1), (500, 1))
    index = backend.load(write(backend, tmp_path / "same", some_ids(500), vectors), NAME)
    assert len(index.search(vectors[0], 500)[0]) == 500
    assert len(index.search(vectors[0], 100)[0]) == 100


def test_the_same_vectors_give_the_same_files(tmp_path: Path) -> None:
    backend = FaissBackend(CODED)
    vectors = unit_vectors(300, seed=1)
    one, other = (write(backend, tmp_path / n, some_ids(300), vectors) for n in ("a", "b"))
    names = sorted(path.name for path in one.iterdir())
    assert names == ["about.json", "codes.faiss", "ids.i64", "rows.f16"]
    for name in names:
        assert (one / name).read_bytes() == (other / name).read_bytes()


def test_an_id_may_not_be_written_twice(tmp_path: Path) -> None:
    writer = FaissBackend().writer(tmp_path / "twice", NAME, DIMENSION)
    for _ in range(2):
        writer.append(some_ids(3), unit_vectors(3, seed=1))
    with pytest.raises(ValueError, match="twice"):
        writer.finish()


def cut(name: str) -> Callable[[Path], object]:
    """Leave the first half of a file."""
    return lambda folder: (folder / name).write_bytes(
        (folder / name).read_bytes()[: (folder / name).stat().st_size // 2]
    )


def put(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


def about(**changes: object) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        content = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        (folder / "about.json").write_text(json.dumps(content | changes), encoding="utf-8")

    return change


def of_another_index(folder: Path) -> None:
    codes = trained_codes(unit_vectors(40, seed=1).astype(np.float16))
    faiss.write_index(codes, str(folder / "codes.faiss"))


def another_kind(folder: Path) -> None:
    faiss.write_index(faiss.IndexFlatIP(DIMENSION), str(folder / "codes.faiss"))


@pytest.mark.parametrize(
    "damage",
    [
        *(
            lambda folder, name=name: (folder / name).unlink()
            for name in ("about.json", "ids.i64", "rows.f16", "codes.faiss")
        ),
        *(cut(name) for name in ("about.json", "ids.i64", "rows.f16", "codes.faiss")),
        *(put(name, b"") for name in ("about.json", "ids.i64", "rows.f16", "codes.faiss")),
        put("codes.faiss", b"rubbish" * 100),
        put("about.json", b"\xff\xfe"),
        put("about.json", b"[]"),
        put("about.json", b"{}"),
        put("ids.i64", np.arange(40, 0, -1).astype(np.int64).tobytes()),
        about(format=2),
        about(count=39),
        about(count="many"),
        about(dimension=8),
        about(dimension=None),
        of_another_index,
        another_kind,
    ],
)
def test_a_damaged_folder_says_what_to_do(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    backend = FaissBackend(CODED)
    folder = write(backend, tmp_path / "vectors", some_ids(40), unit_vectors(40, seed=1))
    damage(folder)
    with pytest.raises(IndexStateError, match="matcher index build"):
        backend.load(folder, NAME)


def test_a_full_disk_is_reported(tmp_path: Path) -> None:
    """Also at the very end, when little is left to be written: that once went unnoticed."""
    backend = FaissBackend(CODED)
    for name in ("rows.f16", "ids.i64"):
        writer = backend.writer(tmp_path / f"full-{name}", NAME, DIMENSION)
        redirect(tmp_path / f"full-{name}" / name)
        with pytest.raises(OSError, match="No space left"):
            writer.append(some_ids(40), unit_vectors(40, seed=1))
    for name in ("codes.faiss", "about.json"):
        writer = backend.writer(tmp_path / f"full-{name}", NAME, DIMENSION)
        writer.append(some_ids(40), unit_vectors(40, seed=1))
        redirect(tmp_path / f"full-{name}" / name)
        with pytest.raises(OSError, match="No space left"):
            writer.finish()


def redirect(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to("/dev/full")


def test_changes_are_not_written_to_the_files(big_folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in big_folder.iterdir()}
    one, other = (FaissBackend(SHALLOW).load(big_folder, NAME) for _ in range(2))
    one.remove(some_ids(BIG)[:100])
    one.add(some_ids(1), unit_vectors(1, seed=3, dimension=BIG_DIMENSION))
    assert (len(one), len(other)) == (BIG - 99, BIG)
    assert {path.name: path.read_bytes() for path in big_folder.iterdir()} == before


def test_it_loads_without_reading_the_rows(big_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(big_folder, tmp_path / "copy")
    index = FaissBackend(SHALLOW).load(folder, NAME)
    assert kilobytes_in_memory(folder / "rows.f16") == 0
    index.vectors(index.ids)
    assert kilobytes_in_memory(folder / "rows.f16") * 1024 >= BIG * BIG_DIMENSION * 2


def kilobytes_in_memory(path: Path) -> int:
    """How much of a mapped file this process has in memory."""
    of_path, kilobytes = False, 0
    for line in Path("/proc/self/smaps").read_text(encoding="utf-8").splitlines():
        first = line.split()[0]
        if not first.endswith(":"):
            of_path = line.endswith(str(path))
        elif of_path and first == "Rss:":
            kilobytes += int(line.split()[1])
    return kilobytes


def test_one_thread_is_meant_for_the_calling_thread_only() -> None:
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(2)
    try:
        with one_thread():
            assert faiss.omp_get_max_threads() == 1
        assert faiss.omp_get_max_threads() == 2
        with pytest.raises(ZeroDivisionError), one_thread():
            raise ZeroDivisionError
        assert faiss.omp_get_max_threads() == 2
    finally:
        faiss.omp_set_num_threads(before)


def test_a_small_share_of_much_is_compared_exactly() -> None:
    tuning = Tuning()
    assert tuning.compared_exactly(selected=1_000, count=400_000, k=100)
    assert tuning.compared_exactly(selected=5_000, count=400_000, k=100)
    assert not tuning.compared_exactly(selected=50_000, count=400_000, k=100)
    assert tuning.compared_exactly(selected=20_000, count=4_000_000, k=100)
    assert tuning.compared_exactly(selected=0, count=0, k=0)


@settings(max_examples=30)
@given(st.integers(0, 30), st.integers(0, 40), st.sets(st.integers(0, 29)) | st.none())
def test_a_scan_finds_the_same_one_by_one_and_by_matrix(
    rows: int, k: int, chosen: set[int] | None
) -> None:
    vectors = unit_vectors(rows, seed=1)
    scan = ExactScan(DIMENSION)
    scan.append(vectors[: rows // 2].astype(np.float16))
    scan.append(vectors[rows // 2 :].astype(np.float16))
    mask = None
    kept = np.arange(rows)
    if chosen is not None:
        mask = np.isin(kept, list(chosen))
        kept = kept[mask]
    queries = unit_vectors(40, seed=2)
    together, cosines = scan.nearest(queries, k, mask)
    assert together.shape == cosines.shape == (40, min(k, len(kept)))
    for query, places, near in zip(queries, together, cosines, strict=True):
        alone, nearness = scan.nearest(query[None], k, mask)
        assert alone[0].tolist() == places.tolist()
        assert near == pytest.approx(nearness[0], abs=1e-5)
        assert near == pytest.approx(np.sort(vectors[kept] @ query)[::-1][:k], abs=1e-5)


def test_the_farthest_are_found_where_only_they_are_allowed(tmp_path: Path) -> None:
    """The scan passes over the codes that are farthest from the query, whoever else there is."""
    backend = FaissBackend(Tuning(exact_up_to=0, rescored=1, rescored_per_result=1))
    ids, vectors = some_ids(2000), unit_vectors(2000, seed=1, dimension=4)
    folder = write(backend, tmp_path / "vectors", ids, vectors)
    index = backend.load(folder, NAME)
    codes = faiss.read_index(str(folder / "codes.faiss"))
    query = unit_vectors(1, seed=2, dimension=4)[0]
    passed_over = np.setdiff1d(ids, candidates(codes, query[None], 2000, None)[0])
    assert len(passed_over) > 50
    found, _ = index.search(query, 5, Selection(passed_over))
    assert len(found) == 5
    assert np.isin(found, passed_over).all()


def test_rows_of_removed_vectors_do_not_pile_up() -> None:
    index = FaissBackend().empty(NAME, DIMENSION)
    for seed in range(50):
        index.add(some_ids(10), unit_vectors(10, seed))
    assert len(index) == 10
    assert len(index._fresh.rows) <= 30
    assert index.vectors(some_ids(10)) == pytest.approx(unit_vectors(10, 49))
