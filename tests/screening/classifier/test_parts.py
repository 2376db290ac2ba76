"""Terms, the table of terms, and networks."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matcher.screening.classifier.network import Layer, Network, log_softmax
from matcher.screening.classifier.terms import TermVector, Vocabulary, text_terms
from matcher.screening.classifier.training.bayes import fit_term_table


def test_terms_are_characters_pairs_longer_words_and_latin() -> None:
    assert text_terms("高炉炉渣 ＳＵＳ304，pH") == [
        *"高炉炉渣",
        "高炉",
        "炉炉",
        "炉渣",
        "sus304",
        "ph",
    ]
    assert "计算机" in text_terms("计算机")


def test_term_weights_are_log_counts_times_rarity_of_unit_length() -> None:
    vocabulary = Vocabulary(("渣", "炉", "高炉"), np.array([1, 2, 3], dtype=np.float32))
    rows, weights = vocabulary.vector("高炉炉")
    raw = np.array([(1 + math.log(2)) * 2, 3])
    assert rows.tolist() == [1, 2]
    np.testing.assert_allclose(weights, raw / np.linalg.norm(raw))


def test_a_text_without_known_terms_is_empty() -> None:
    vector = Vocabulary(("炉",), np.ones(1, dtype=np.float32)).vector("abc")
    assert len(vector.rows) == len(vector.weights) == 0


def test_complement_naive_bayes_by_hand() -> None:
    texts = [
        TermVector(np.array([0]), np.array([1.0])),
        TermVector(np.array([0, 1]), np.array([0.5, 2.0])),
    ]
    table = fit_term_table(
        texts,
        np.array([0, 1]),
        np.array([1.0, 2.0]),
        terms=3,
        classes=3,
        smoothing=0.5,
        least_weight=0.0,
    )
    # Term 0 weighs 1 in class 0 and 2 · 0.5 = 1 in class 1; term 1 weighs 2 · 2 = 4 in class 1.
    both, only = math.log(2.5 / 1.5), math.log(4.5 / 0.5)
    # All weigh 6, the classes 1, 5 and 0; three terms are smoothed by 0.5 each.
    outside = np.log([6 - 1 + 1.5, 6 - 5 + 1.5, 6 - 0 + 1.5])
    scores = table.scores(TermVector(np.array([0, 1, 2]), np.array([1.0, 10.0, 5.0])))
    expected = np.array([both, both + 10 * only, 0.0]) + 16 * (outside - outside.mean())
    np.testing.assert_allclose(scores, expected, rtol=1e-3)


def test_small_weights_are_left_out() -> None:
    texts = [TermVector(np.array([0]), np.array([1.0]))] * 3
    table = fit_term_table(
        texts,
        np.array([0, 1, 1]),
        np.ones(3),
        terms=1,
        classes=2,
        smoothing=0.1,
        least_weight=math.log(3.1 / 2.1) + 0.01,
    )
    assert table.columns.tolist() == [1]


def test_an_empty_text_scores_nothing() -> None:
    table = fit_term_table(
        [TermVector(np.array([0]), np.array([1.0]))],
        np.array([0]),
        np.ones(1),
        terms=1,
        classes=2,
        smoothing=0.1,
        least_weight=0.0,
    )
    empty = TermVector(np.empty(0, dtype=np.int64), np.empty(0))
    assert table.scores(empty).tolist() == [0.0, 0.0]


@given(
    arrays(np.float32, (3, 4), elements=st.floats(-100, 100, width=32)),
    arrays(np.float32, (3,), elements=st.floats(-10, 10, width=32)),
)
def test_eight_bits_are_near_and_stay_as_they_are(weights: np.ndarray, bias: np.ndarray) -> None:
    layer = Layer.quantised(weights, bias)
    real = layer.numbers * layer.scales[:, None]
    largest = np.abs(weights).max(axis=1, keepdims=True)
    assert (np.abs(real - weights) <= largest / 127 / 2 * 1.001 + 1e-30).all()
    again = Layer.quantised(real.astype(np.float32), bias)
    np.testing.assert_array_equal(again.numbers, layer.numbers)


def test_a_network_is_two_layers_with_rectified_units() -> None:
    hidden = Layer.quantised(np.array([[1, 0], [0, -1]], np.float32), np.zeros(2, np.float32))
    output = Layer.quantised(np.eye(2, dtype=np.float32), np.array([0, 1], np.float32))
    network = Network(hidden, output)
    found = network.log_probabilities(np.array([[2, 3]], np.float32))
    np.testing.assert_allclose(
        np.exp(found[0]), np.array([math.e**2, math.e]) / (math.e**2 + math.e)
    )
    assert (network.dimension, network.classes) == (2, 2)


def test_softmax_of_large_scores() -> None:
    np.testing.assert_allclose(np.exp(log_softmax(np.array([1e4, 1e4]))), [0.5, 0.5])


@pytest.mark.parametrize("shift", [-3.0, 1000.0])
def test_softmax_knows_no_constant(shift: float) -> None:
    scores = np.array([[0.0, 1.0, 2.0]])
    np.testing.assert_allclose(log_softmax(scores + shift), log_softmax(scores))
