import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.evaluation import significance
from matcher.evaluation.significance import paired_bootstrap

VALUES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=8)


def by_need(values: list[float]) -> dict[str, float]:
    return {f"N{number}": value for number, value in enumerate(values)}


def test_the_share_and_the_interval_are_those_of_all_samples() -> None:
    # Differences +1, +0.25 and -0.5: 27 equally likely samples of three. At most 0 are -0.5 three
    # times (once), and twice with 0.25 (thrice) or with 1 (thrice), and once with 0.25 twice
    # (thrice).
    ours, other = by_need([1.0, 0.5, 0.0]), by_need([0.0, 0.25, 0.5])
    found = paired_bootstrap(ours, other, samples=40_000)
    assert found is not None
    assert found.mean == pytest.approx((1 + 0.25 - 0.5) / 3)
    assert found.share_not_better == pytest.approx((1 + 3 + 3 + 3) / 27, abs=0.01)
    # 1 / 27 of the samples, more than 2.5 %, is the worst and as many the best
    assert (found.low, found.high) == pytest.approx((-0.5, 1.0))
    assert found.needs == 3


def test_a_difference_that_is_always_the_same_is_certain() -> None:
    found = paired_bootstrap(by_need([0.75, 0.5, 1.0]), by_need([0.5, 0.25, 0.75]))
    assert found is not None
    assert (found.mean, found.low, found.high) == (0.25, 0.25, 0.25)
    assert found.share_not_better == 0.0


def test_no_difference_is_not_better() -> None:
    found = paired_bootstrap(by_need([0.3, 0.9]), by_need([0.3, 0.9]))
    assert found is not None
    assert (found.mean, found.share_not_better) == (0.0, 1.0)


def test_needs_are_paired_by_name_not_by_place() -> None:
    found = paired_bootstrap({"a": 1.0, "b": 0.0}, {"b": 0.0, "a": 1.0})
    assert found is not None
    assert (found.low, found.high) == (0.0, 0.0)


def test_without_needs_it_is_not_defined() -> None:
    assert paired_bootstrap({}, {}) is None


def test_rankings_measured_on_other_needs_cannot_be_paired() -> None:
    with pytest.raises(ValueError, match="same needs"):
        paired_bootstrap({"a": 1.0}, {"b": 1.0})


def test_a_seed_repeats_and_a_confidence_widens() -> None:
    values = np.random.default_rng(1).random((2, 40))
    ours, other = by_need(list(values[0])), by_need(list(values[1]))
    narrow, again, other_seed, wide = (
        paired_bootstrap(ours, other, samples=2000, confidence=confidence, seed=seed)
        for confidence, seed in ((0.5, 3), (0.5, 3), (0.5, 4), (0.99, 3))
    )
    assert narrow is not None
    assert wide is not None
    assert narrow == again != other_seed
    assert wide.low < narrow.low < narrow.mean < narrow.high < wide.high


def test_many_needs_are_drawn_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(significance, "_DRAWN_AT_ONCE", 7)
    found = paired_bootstrap(by_need([1.0, 0.0]), by_need([0.0, 0.0]), samples=1001)
    assert found is not None
    assert found.share_not_better == pytest.approx(1 / 4, abs=0.05)


@given(VALUES)
def test_exchanged_rankings_have_the_mirrored_interval(values: list[tuple[float, float]]) -> None:
    ours, other = by_need([a for a, _ in values]), by_need([b for _, b in values])
    there, back = (paired_bootstrap(*pair, samples=99) for pair in ((ours, other), (other, ours)))
    assert there is not None
    assert back is not None
    assert (back.mean, back.low, back.high) == pytest.approx(
        (-there.mean, -there.high, -there.low), abs=1e-12
    )
