import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.screening.classifier.calibration import Calibration, likeliest
from matcher.screening.classifier.training.calibrating import first_confidences, fit_calibration

NUMBERS = st.tuples(*[st.floats(-5, 5)] * 3)


def test_log_odds_are_stretched_and_shifted() -> None:
    calibration = Calibration((0.5, 1.0, 1.0), (0.0, 0.0, math.log(2)))
    # Odds of 9, 1/19 and 1/19 become 3, 1/19 and 2/19.
    found = calibration.confidences(np.array([0.9, 0.05, 0.05]))
    np.testing.assert_allclose(found, [3 / 4, 1 / 20, 1 / 20])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=3), NUMBERS, NUMBERS)
def test_confidences_keep_order_and_stay_below_one_together(
    numbers: list[float], slopes: tuple[float, ...], shifts: tuple[float, ...]
) -> None:
    probabilities = np.array(sorted(numbers, reverse=True)) / max(1.0, sum(numbers))
    found = Calibration(slopes, shifts).confidences(probabilities)
    assert found.shape == probabilities.shape
    assert (np.diff(found) <= 0).all()
    assert found.min() >= 0
    assert found.sum() <= 1 + 1e-9


def test_texts_together_are_calibrated_as_each_alone() -> None:
    calibration = Calibration((0.5, 2.0, 1.0), (1.0, 0.0, -1.0))
    rows = np.array([[0.9, 0.05, 0.05], [0.4, 0.35, 0.2]])
    alone = [calibration.confidences(row) for row in rows]
    np.testing.assert_array_equal(calibration.confidences(rows), alone)


def test_equally_likely_entries_come_in_the_order_of_the_list() -> None:
    assert likeliest(np.array([0.1, 0.3, 0.3, 0.3])).tolist() == [1, 2, 3]
    assert likeliest(np.array([[0.1, 0.9]])).tolist() == [[1, 0]]


def test_overconfident_probabilities_are_calibrated() -> None:
    # Whatever is said with 0.98 or 0.7 is right in 8 or 5 of 10 texts.
    sure, unsure = [0.98, 0.01, 0.006, 0.004], [0.7, 0.2, 0.06, 0.04]
    probabilities = np.array([sure, unsure] * 100)
    rank = np.arange(100) % 10
    targets = np.stack([np.where(rank < 8, 0, rank - 7), np.where(rank < 5, 0, rank % 3 + 1)], 1)
    calibration = fit_calibration(probabilities, targets.reshape(-1))
    found = first_confidences(calibration, np.array([sure, unsure]))
    np.testing.assert_allclose(found, [0.8, 0.5], atol=0.01)


def test_where_all_are_right_the_share_decides() -> None:
    probabilities = np.array([[0.7, 0.2, 0.1], [0.9, 0.06, 0.04]])
    calibration = fit_calibration(probabilities, np.array([0, 0]))
    assert calibration.slopes == (0.0, 0.0, 0.0)
    first, second, third = calibration.confidences(probabilities[0])
    # Half a text is added to two right ones of two, and to none of two.
    assert second == pytest.approx(third)
    assert first / second == pytest.approx((2.5 / 3) / (0.5 / 3), rel=1e-4)
