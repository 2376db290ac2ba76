import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.index.hubness import References, dense_hubness
from matcher.index.kernels import mean_of_largest

DIMENSION = 8


def unit_vectors(count: int, seed: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def means(scores: list[list[float]], count: int) -> list[float]:
    found = np.empty(len(scores), dtype=np.float32)
    mean_of_largest(np.array(scores, dtype=np.float32), count, found)
    return found.tolist()


def test_the_mean_is_of_the_best() -> None:
    first = [5, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12]  # 3 to 12
    second = [-1.0] * 11 + [9.0]  # nine of -1 and 9
    assert means([first, second], 10) == [7.5, 0.0]


@given(
    st.lists(st.floats(-5, 5, width=32), min_size=1, max_size=30).flatmap(
        lambda values: st.tuples(st.just(values), st.integers(1, len(values)))
    )
)
def test_the_mean_is_that_of_the_sorted_values(asked: tuple[list[float], int]) -> None:
    values, count = asked
    assert means([values], count) == pytest.approx(
        [float(np.mean(sorted(values)[-count:]))], abs=1e-5
    )


@pytest.mark.parametrize("count", [0, 4, 10, 25])
def test_hubness_is_the_mean_cosine_of_the_nearest_references(count: int) -> None:
    references, vectors = unit_vectors(count, seed=1), unit_vectors(7, seed=2)
    expected = [
        float(np.mean(sorted(references @ vector)[-10:])) if count else 0.0 for vector in vectors
    ]
    assert dense_hubness(references, vectors) == pytest.approx(expected, abs=1e-6)


def test_no_references() -> None:
    none = References.none(DIMENSION)
    assert none.texts == ()
    assert none.vectors.shape == (0, DIMENSION)
    assert len(none.terms.pairs) == 0
