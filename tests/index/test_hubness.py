from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import IndexStateError
from matcher.index.hubness import DenseHubness, References, mean_of_nearest

DIMENSION = 8


def unit_vectors(count: int, seed: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


REFERENCES = unit_vectors(25, seed=1)


def ids(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def by_hand(vector: np.ndarray) -> float:
    return float(np.mean(sorted(REFERENCES @ vector)[-10:]))


def test_the_mean_is_of_the_ten_best() -> None:
    first = [5, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12]  # 3 to 12
    second = [-1.0] * 11 + [9.0]  # nine of -1 and 9
    scores = np.array([first, second], dtype=np.float32).T
    assert mean_of_nearest(scores).tolist() == [7.5, 0.0]


def test_of_fewer_than_ten_it_is_of_all_and_of_none_it_is_0() -> None:
    assert mean_of_nearest(np.array([[1, 4], [2, 6]], np.float32)).tolist() == [1.5, 5.0]
    nothing = mean_of_nearest(np.empty((0, 3), np.float32))
    assert nothing.tolist() == [0, 0, 0]
    assert nothing.dtype == np.float32


def test_what_is_measured_is_left_as_it_was() -> None:
    scores = np.random.default_rng(0).random((30, 4)).astype(np.float32)
    before = scores.copy()
    mean_of_nearest(scores)
    assert np.array_equal(scores, before)


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("add"), st.integers(0, 6)),
            st.tuples(st.just("remove"), st.sets(st.integers(0, 40))),
        ),
        max_size=8,
    )
)
def test_after_any_changes_the_values_are_those_of_the_vectors(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, object]]
) -> None:
    vectors = unit_vectors(60, seed=2)
    hubness, held, following = DenseHubness(REFERENCES), set[int](), 0
    for kind, what in changes:
        if kind == "add":
            new = np.arange(following, following + what)  # type: ignore[operator]
            hubness.add(new, vectors[new])
            held |= set(new.tolist())
            following += len(new)
        else:
            hubness.remove(np.array(sorted(what), dtype=np.int64))  # type: ignore[call-overload]
            held -= what  # type: ignore[operator]
    order = sorted(held, reverse=True)
    expected = [by_hand(vectors[key]) for key in order]
    assert hubness.at(np.array(order, dtype=np.int64)) == pytest.approx(expected, abs=1e-6)
    path = tmp_path_factory.getbasetemp() / "hubness.npz"
    hubness.save(path)
    loaded = DenseHubness.load(path, REFERENCES)
    asked = np.array(order, dtype=np.int64)
    assert np.array_equal(loaded.at(asked), hubness.at(asked))


def test_an_id_can_come_back_with_another_vector() -> None:
    first, second = unit_vectors(2, seed=3)
    hubness = DenseHubness(REFERENCES)
    hubness.add(ids(4, 5), np.stack([first, first]))
    hubness.remove(ids(4, 999_999))
    hubness.add(ids(4), second[None])
    assert hubness.at(ids(4, 5)) == pytest.approx([by_hand(second), by_hand(first)], abs=1e-6)


def test_what_was_loaded_takes_more(tmp_path: Path) -> None:
    first, second = unit_vectors(2, seed=3)
    hubness = DenseHubness(REFERENCES)
    hubness.add(ids(1), first[None])
    hubness.save(tmp_path / "hubness.npz")
    loaded = DenseHubness.load(tmp_path / "hubness.npz", REFERENCES)
    loaded.add(ids(7), second[None])
    assert loaded.at(ids(7, 1)) == pytest.approx([by_hand(second), by_hand(first)], abs=1e-6)


@pytest.mark.parametrize("content", [b"", b"rubbish", b"PK\x03\x04 cut short", None])
def test_a_damaged_file_says_what_to_do(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "hubness.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(IndexStateError, match="matcher index build"):
        DenseHubness.load(path, REFERENCES)


def test_without_references_nothing_is_taken_off() -> None:
    none = References.none(DIMENSION)
    assert none.texts == ()
    assert none.vectors.shape == (0, DIMENSION)
    hubness = DenseHubness(none.vectors)
    hubness.add(ids(3), unit_vectors(1, seed=3))
    assert hubness.at(ids(3)).tolist() == [0]
