import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
import torch
import typer
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from typer.testing import CliRunner

from matcher.cli import train_screening as verb
from matcher.errors import InvalidInputError, TrainingError
from matcher.screening.classifier.training import ScreeningConfig, train_screening_model
from matcher.screening.classifier.training.folds import deal_folds
from matcher.screening.classifier.training.fusion import (
    fit_fusion,
    fit_scale,
    mean_reciprocal_rank,
)
from matcher.screening.classifier.training.measures import (
    calibration_error,
    found_within,
    least_confidence,
)
from tests.fakes import HashEncoder
from tests.models import save_static_model
from tests.screening.classifier.conftest import Trained, read_small_corpus
from tests.screening.classifier.small_data import PAPERS, TINY, corpus_rows, write_rows

FILES = ("model.json", "weights.npz", "README.md")


def test_same_corpus_and_seed_give_the_same_bytes(
    corpus_folder: Path, trained: Trained, tmp_path: Path
) -> None:
    train_screening_model(read_small_corpus(corpus_folder), HashEncoder(), tmp_path, TINY)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (trained.folder / name).read_bytes()


def test_another_seed_gives_another_model(
    corpus_folder: Path, trained: Trained, tmp_path: Path
) -> None:
    other = dataclasses.replace(TINY, seed=1)
    train_screening_model(read_small_corpus(corpus_folder), HashEncoder(), tmp_path, other)
    assert (tmp_path / "weights.npz").read_bytes() != (trained.folder / "weights.npz").read_bytes()


def test_training_leaves_torch_as_it_was(corpus_folder: Path, tmp_path: Path) -> None:
    before = torch.get_num_threads(), torch.random.get_rng_state()
    few = dataclasses.replace(TINY, ensemble=1, folds=2)
    train_screening_model(read_small_corpus(corpus_folder), HashEncoder(), tmp_path, few)
    assert torch.get_num_threads() == before[0]
    assert torch.equal(torch.random.get_rng_state(), before[1])


def test_report(trained: Trained) -> None:
    report = trained.report
    judged = [(each.answer, each.kind, each.texts) for each in report.scores]
    assert judged == [
        ("fields", "need", PAPERS - 1),
        ("disciplines", "need", PAPERS - 1),
        ("disciplines", "abstract", PAPERS - 1),
        ("industries", "need", PAPERS - 1),
        ("industry_groups", "need", PAPERS - 1),
    ]
    for each in report.scores:
        assert 0.9 <= each.hits.top1 <= each.hits.top3 <= 1
        assert each.prefill_right is not None
        assert each.prefill_right >= 0.8
    files = [trained.folder / name for name in FILES[:2]]
    assert report.bytes == sum(file.stat().st_size for file in files)


def test_progress_counts_every_network(trained: Trained) -> None:
    total = TINY.ensemble * (TINY.folds + 1)
    for name in ("fields", "disciplines", "industry_groups"):
        assert [event[1:] for event in trained.heard if event[0] == name] == [
            (done, total) for done in range(total + 1)
        ]


def test_the_card_tells_figures_and_sources(trained: Trained) -> None:
    card = (trained.folder / "README.md").read_text(encoding="utf-8")
    discipline = next(each for each in trained.report.scores if each.kind == "abstract")
    assert f"{discipline.hits.top1:.3f}" in card
    for word in ("CSL", "Apache-2.0", "GB/T 4754-2017", "hash-64", "train-screening"):
        assert word in card


@pytest.mark.parametrize("name", sorted(corpus_rows()))
def test_a_missing_file_is_named(name: str, tmp_path: Path) -> None:
    rows = corpus_rows()
    del rows[name]
    with pytest.raises(TrainingError, match=name):
        read_small_corpus(write_rows(tmp_path / "corpus", rows))


@pytest.mark.parametrize(
    ("name", "row", "message"),
    [
        ("labels.jsonl", {"id": "T999", "field": "marine", "industry": "C345"}, "T999"),
        ("labels.jsonl", {"id": "T0", "field": "marine", "industry": "C34"}, "C34"),
        ("labels.jsonl", {"id": "T0", "field": "sea", "industry": "C345"}, "第 48 行.*sea"),
        ("labels.jsonl", {"id": "T0", "field": "marine"}, "industry"),
        ("needpairs.jsonl", {"id": "T999", "title": "x", "text": "x"}, "T999"),
        ("abstracts.jsonl", {"id": "T999", "abstract": " "}, "abstract"),
        ("industries.jsonl", {"code": "E471", "name": "住宅房屋建筑"}, "E471"),
    ],
)
def test_a_bad_row_is_named(name: str, row: dict[str, str], message: str, tmp_path: Path) -> None:
    rows = corpus_rows()
    rows[name].append(row)
    with pytest.raises(TrainingError, match=message):
        read_small_corpus(write_rows(tmp_path / "corpus", rows))


@given(
    st.dictionaries(st.text(max_size=3), st.sampled_from("ABC"), max_size=40),
    st.integers(2, 5),
)
def test_folds_are_even_within_each_entry(codes: dict[str, str], folds: int) -> None:
    dealt = deal_folds(codes, folds, seed=0)
    assert set(dealt) == set(codes)
    for wanted in ({"A"}, {"B"}, {"C"}, {"A", "B", "C"}):
        sizes = [0] * folds
        for source, fold in dealt.items():
            sizes[fold] += codes[source] in wanted
        assert max(sizes) - min(sizes) <= 1


def test_found_within_by_hand() -> None:
    probabilities = np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.4, 0.4, 0.2]])
    targets = np.array([1, 2, 1])
    assert found_within(probabilities, targets, 1) == pytest.approx(1 / 3)
    assert found_within(probabilities, targets, 2) == 1


def test_calibration_error_by_hand() -> None:
    confidences = np.array([0.92, 0.98, 0.55, 1.0])
    right = np.array([True, False, True, True])
    # Bin 0.9 to 1: mean confidence 2.9/3, 2/3 right; bin 0.5 to 0.6: 0.55, all right.
    expected = 3 / 4 * (2.9 / 3 - 2 / 3) + 1 / 4 * (1 - 0.55)
    assert calibration_error(confidences, right) == pytest.approx(expected)


def test_least_confidence_by_hand() -> None:
    confidences = np.array([0.9, 0.8, 0.705, 0.3])
    right = np.array([True, False, True, False])
    assert least_confidence(confidences, right, 0.5) == 0
    assert least_confidence(confidences, right, 0.6) == 0.31
    assert least_confidence(confidences, right, 0.7) == 0.81
    assert least_confidence(confidences, ~right, 0.9) == 1.01


@given(arrays(np.float64, 20, elements=st.floats(0, 1)), arrays(np.bool_, 20))
def test_from_the_least_confidence_on_enough_is_right(
    confidences: np.ndarray, right: np.ndarray
) -> None:
    above = confidences >= least_confidence(confidences, right, 0.8)
    assert not above.any() or right[above].mean() >= 0.8


def test_reciprocal_ranks_by_hand() -> None:
    scores = np.array([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0], [1.0, 1.0, 0.0]])
    # Ranks 1 and 3, and of two equal ones the second.
    expected = (1 + 1 / 3 + 1 / 2) / 3
    assert mean_reciprocal_rank(scores, np.array([0, 2, 0])) == pytest.approx(expected)


def test_the_scale_makes_the_odds_those_of_the_texts() -> None:
    # The first of two classes is better by 1 and right in 3 of 4 texts: odds of 3 to 1.
    scores = np.tile([1.0, 0.0], (4, 1))
    assert fit_scale(scores, np.array([0, 0, 0, 1])) == pytest.approx(math.log(3), abs=1e-4)


@given(st.floats(0.1, 10))
def test_scaled_scores_get_the_inverse_scale(factor: float) -> None:
    random = np.random.default_rng(0)
    targets = random.integers(0, 3, 60)
    scores = np.eye(3)[targets] + random.normal(0, 1, (60, 3))
    scale = fit_scale(scores, targets)
    assert fit_scale(scores * factor, targets) * factor == pytest.approx(scale, abs=2e-3)


def test_the_view_that_ranks_better_weighs_more() -> None:
    random = np.random.default_rng(0)
    targets = random.integers(0, 3, 60)
    good = np.eye(3)[targets] + random.normal(0, 0.3, (60, 3))
    noise = random.normal(0, 1, (60, 3))
    of_terms = fit_fusion(np.stack([good, noise]), targets)
    of_embedding = fit_fusion(np.stack([noise, good]), targets)
    assert of_terms.terms > of_terms.embedding
    assert of_embedding.terms < of_embedding.embedding


@pytest.fixture
def small_training(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Settings of the tests for the verb, and a small embedding model."""
    monkeypatch.setenv("MATCHER_MODEL", str(save_static_model(tmp_path / "encoder")))
    monkeypatch.setattr(ScreeningConfig.__init__, "__defaults__", _defaults(TINY))


def _defaults(config: ScreeningConfig) -> tuple[object, ...]:
    return tuple(getattr(config, each.name) for each in dataclasses.fields(config))


@pytest.mark.usefixtures("small_training")
def test_the_verb_trains_and_tells_figures(corpus_folder: Path, tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(verb.train_screening)
    options = [
        str(corpus_folder),
        *("--out", str(tmp_path / "out")),
        *("--labels", str(corpus_folder / "labels.jsonl")),
        *("--industries", str(corpus_folder / "industries.jsonl")),
    ]
    result = CliRunner().invoke(app, options)
    assert result.exit_code == 0, result.output
    assert all((tmp_path / "out" / name).is_file() for name in FILES)
    told = result.output.replace("\n", "")
    for word in ("所属领域", "学科", "行业大类", "行业中类", "47 篇论文摘要"):
        assert word in told


def test_the_verb_overwrites_nothing(corpus_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "something").touch()
    with pytest.raises(InvalidInputError, match="已存在"):
        verb.train_screening(corpus_folder, tmp_path)
