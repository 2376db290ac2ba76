"""A corpus folder and a model trained on it, made once."""

from pathlib import Path
from typing import NamedTuple

import pytest

from matcher.screening.classifier import ScreeningModel
from matcher.screening.classifier.training import (
    ScreeningCorpus,
    ScreeningReport,
    read_screening_corpus,
    train_screening_model,
)
from tests.fakes import HashEncoder
from tests.screening.classifier.small_data import TINY, corpus_rows, write_rows


class Trained(NamedTuple):
    """A model folder and what its training told."""

    folder: Path
    report: ScreeningReport
    heard: list[tuple[str, int, int]]


def read_small_corpus(folder: Path) -> ScreeningCorpus:
    return read_screening_corpus(folder, folder / "labels.jsonl", folder / "industries.jsonl")


@pytest.fixture(scope="package")
def corpus_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rows(tmp_path_factory.mktemp("classifier") / "corpus", corpus_rows())


@pytest.fixture(scope="package")
def trained(corpus_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp("classifier") / "model"
    heard: list[tuple[str, int, int]] = []
    report = train_screening_model(
        read_small_corpus(corpus_folder),
        HashEncoder(),
        folder,
        TINY,
        lambda step, done, total: heard.append((step, done, total)),
    )
    return Trained(folder, report, heard)


@pytest.fixture(scope="package")
def model(trained: Trained) -> ScreeningModel:
    return ScreeningModel.load(trained.folder)
