import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.evaluation.reliability import (
    Bin,
    brier_score,
    equal_mass_bins,
    equal_width_bins,
    expected_calibration_error,
)

PREDICTIONS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.55, 0.9, 1.0]), st.integers(0, 1)),
    min_size=1,
    max_size=30,
)


def test_bins_of_equal_width_spelled_out() -> None:
    assert equal_width_bins([0.2, 0.4, 0.9, 0.5], [0, 1, 1, 1], bins=2) == (
        Bin(low=0.0, high=0.5, count=2, predicted=pytest.approx(0.3), observed=0.5),
        Bin(low=0.5, high=1.0, count=2, predicted=pytest.approx(0.7), observed=1.0),
    )


def test_an_edge_belongs_to_the_upper_bin_and_one_to_the_last() -> None:
    counts = [each.count for each in equal_width_bins([0.0, 0.1, 0.3, 0.7, 1.0], [0] * 5)]
    assert counts == [1, 1, 0, 1, 0, 0, 0, 1, 0, 1]


def test_an_empty_bin_has_no_shares() -> None:
    low, high = equal_width_bins([0.1], [0], bins=2)
    assert (low.count, low.observed) == (1, 0.0)
    assert (high.count, high.predicted, high.observed) == (0, None, None)


def test_bins_of_equal_mass_spelled_out() -> None:
    assert equal_mass_bins([0.9, 0.1, 0.2, 0.8], [1, 0, 1, 1], bins=2) == (
        Bin(low=0.1, high=0.2, count=2, predicted=pytest.approx(0.15), observed=0.5),
        Bin(low=0.8, high=0.9, count=2, predicted=pytest.approx(0.85), observed=1.0),
    )


def test_equal_probabilities_are_not_parted() -> None:
    assert [each.count for each in equal_mass_bins([0.5, 0.5, 0.5, 0.9], [1, 0, 1, 1], 4)] == [3, 1]


def test_the_calibration_error_spelled_out() -> None:
    # |0.3 - 0.5| for two of four predictions, |0.7 - 1| for the other two
    bins = equal_width_bins([0.2, 0.4, 0.9, 0.5], [0, 1, 1, 1], bins=2)
    assert expected_calibration_error(bins) == pytest.approx((2 * 0.2 + 2 * 0.3) / 4)


def test_the_brier_score_spelled_out() -> None:
    expected = (0.2**2 + (1 - 0.4) ** 2) / 2
    assert brier_score([0.2, 0.4], [0, 1]) == pytest.approx(expected)


def test_without_predictions_nothing_is_defined() -> None:
    assert equal_mass_bins([], []) == ()
    assert expected_calibration_error(equal_width_bins([], [])) is None
    assert expected_calibration_error([]) is None
    assert brier_score([], []) is None


def test_what_always_comes_true_as_predicted_has_no_error() -> None:
    assert expected_calibration_error(equal_width_bins([0.0, 1.0, 1.0], [0, 1, 1])) == 0.0
    assert expected_calibration_error(equal_width_bins([1.0, 0.0], [0, 1])) == 1.0


@pytest.mark.parametrize(
    ("probabilities", "outcomes", "message"),
    [
        ([0.5], [1, 0], "shapes"),
        ([[0.5]], [[1]], "shapes"),
        ([1.5], [1], "between 0 and 1"),
        ([float("nan")], [1], "between 0 and 1"),
        ([0.5], [2], "0 or 1"),
    ],
)
def test_what_is_no_prediction_is_refused(
    probabilities: object, outcomes: object, message: str
) -> None:
    for function in (equal_width_bins, equal_mass_bins, brier_score):
        with pytest.raises(ValueError, match=message):
            function(probabilities, outcomes)  # type: ignore[operator]


@given(PREDICTIONS, st.randoms())
def test_every_prediction_is_in_one_bin_whatever_their_order(
    predictions: list[tuple[float, int]], random: object
) -> None:
    shuffled = list(predictions)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for bins_of in (equal_width_bins, equal_mass_bins):
        bins = bins_of(*zip(*predictions, strict=True))
        again = bins_of(*zip(*shuffled, strict=True))
        assert sum(each.count for each in bins) == len(predictions)
        assert [each.count for each in bins] == [each.count for each in again]
        error = expected_calibration_error(bins)
        assert error == pytest.approx(expected_calibration_error(again))
        assert error is not None
        assert 0 <= error <= 1


def test_a_calibrated_forecast_has_nearly_no_error() -> None:
    generator = np.random.default_rng(0)
    probabilities = generator.random(20_000)
    outcomes = generator.random(20_000) < probabilities
    for bins in (
        equal_width_bins(probabilities, outcomes),
        equal_mass_bins(probabilities, outcomes),
    ):
        assert len(bins) == 10
        error = expected_calibration_error(bins)
        assert error is not None
        assert error < 0.02
