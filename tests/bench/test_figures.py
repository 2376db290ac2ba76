import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from tests.bench.figures import FIGURES, Measured, against_baseline, as_table, judged, write_json


@pytest.mark.parametrize(
    ("value", "met", "words"),
    [(20.0, True, "met, 2.00x better"), (40.0, True, "met, 1.00x better"), (60.0, False, "NOT")],
)
def test_less_is_better_for_times(value: float, met: bool, words: str) -> None:
    verdict = judged(Measured("ranking.median", value), 100_000)
    assert verdict is not None
    assert verdict.met is met
    assert words in verdict.words


def test_more_is_better_for_rates() -> None:
    slow, fast = (judged(Measured("http.rate", rate), 100_000) for rate in (20.0, 80.0))
    assert slow is not None and not slow.met  # noqa: PT018
    assert slow.words == "NOT met, 2.00x off"
    assert fast is not None and fast.met  # noqa: PT018
    assert fast.factor == 2


def test_no_error_is_no_error() -> None:
    none, one = (judged(Measured("http.errors", errors), 10_000) for errors in (0, 1))
    assert none is not None and none.met  # noqa: PT018
    assert one is not None and not one.met  # noqa: PT018
    assert one.words == "NOT met"


def test_a_floor_holds_for_smaller_directories_and_grows_for_larger_ones() -> None:
    figure = FIGURES["ranking.median"]
    bounds = [figure.floor(size) for size in (10_000, 100_000, 1_000_000, 2_000_000)]
    assert [bound and bound.bound for bound in bounds] == [40, 40, 120, None]


def test_some_floors_ask_for_a_large_directory() -> None:
    figure = FIGURES["batch.ratio"]
    bounds = [figure.floor(size) for size in (10_000, 100_000, 1_000_000)]
    assert [bound and bound.bound for bound in bounds] == [None, 5, 5]


def test_what_has_no_floor_or_no_value_is_not_judged() -> None:
    assert judged(Measured("encoding.rate", 9000), 10_000) is None
    assert judged(Measured("ranking.median", None, "failed"), 10_000) is None
    with pytest.raises(KeyError):
        judged(Measured("ranking.mean", 1), 10_000)


def test_the_table_shows_every_value_with_its_floor() -> None:
    results = [Measured("ranking.median", 55.5, "400 needs"), Measured("http.p99", None, "failed")]
    console = Console(record=True, width=200, file=StringIO())
    console.print(as_table(results, 100_000))
    told = console.export_text()
    for part in ("100,000 partners", "55.5 ms", "≤ 40", "≤ 25", "NOT met, 1.39x off", "failed"):
        assert part in told


def test_the_file_holds_the_same_and_serves_as_baseline(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    write_json([Measured("ranking.median", 20)], 100_000, {"cores": "2"}, path)
    told = json.loads(path.read_text(encoding="utf-8"))
    assert told["partners"] == 100_000
    assert told["machine"] == {"cores": "2"}
    assert told["figures"][0]["met"] is True
    assert told["figures"][0]["floor"] == 40
    within, beyond = (
        against_baseline([Measured("ranking.median", value)], path)[0] for value in (50, 70)
    )
    assert "2.50x that at 100,000 partners (floor 3x: met)" in within
    assert "NOT met" in beyond
