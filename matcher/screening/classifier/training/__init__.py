"""Training of the classifier of needs: corpus, labels and standard in, a model folder out."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.screening.classifier.files import write_parts
from matcher.screening.classifier.parts import LISTS, ScreeningParts
from matcher.screening.classifier.training.card import model_card
from matcher.screening.classifier.training.config import (
    AnswerScores,
    Hits,
    ListWeights,
    NetworkConfig,
    OnProgress,
    ScreeningConfig,
    ScreeningReport,
)
from matcher.screening.classifier.training.corpus import ScreeningCorpus, read_screening_corpus
from matcher.screening.classifier.training.examples import (
    discipline_examples,
    entries_of,
    field_examples,
    industry_examples,
    make_set,
    make_vocabulary,
)
from matcher.screening.classifier.training.fitting import ListFitter, networks_to_fit
from matcher.screening.classifier.training.judging import judge

__all__ = [
    "AnswerScores",
    "Hits",
    "ListWeights",
    "NetworkConfig",
    "OnProgress",
    "PassageEncoder",
    "ScreeningConfig",
    "ScreeningCorpus",
    "ScreeningReport",
    "read_screening_corpus",
    "train_screening_model",
]

_MAKERS = {
    "fields": field_examples,
    "disciplines": discipline_examples,
    "industry_groups": industry_examples,
}


class PassageEncoder(Protocol):
    """What training needs of an embedding model."""

    @property
    def model_id(self) -> str:
        """Name of the model, kept with the classifier."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts: shape (n, dimension), rows of unit length."""
        ...


def train_screening_model(
    corpus: ScreeningCorpus,
    encoder: PassageEncoder,
    out: Path,
    config: ScreeningConfig | None = None,
    on_progress: OnProgress | None = None,
) -> ScreeningReport:
    """Train the classifier, judge it on held-out folds, and write it with its card.

    The same corpus, encoder, settings, machine and library versions give the same files.

    Args:
        corpus: see `read_screening_corpus`.
        encoder: the model whose embeddings the classifier will be given.
        out: folder of the model; made if missing, files of the same names overwritten.
        config: settings; None for those of the shipped model.
        on_progress: called after every network with the name of the list.
    """
    started = time.monotonic()
    settings = config or ScreeningConfig()
    progress = on_progress or _ignore
    vocabulary = make_vocabulary(
        [*corpus.abstracts.values(), *corpus.needs.values()], settings.fewest_texts
    )
    entries = entries_of(corpus)
    lists, held_out = {}, {}
    for name in LISTS:
        examples = _MAKERS[name](corpus, settings.weights[name])
        data = make_set(examples, entries[name], vocabulary, encoder.encode_passages)
        tick = _Ticker(progress, name, networks_to_fit(settings))
        fitter = ListFitter(name, data, len(vocabulary), settings, tick)
        held_out[name] = fitter.hold_out()
        lists[name] = fitter.finish(held_out[name])
    calibrations, scores = judge(
        held_out, lists["industry_groups"].codes, settings.prefill_precision
    )
    parts = ScreeningParts(
        encoder_id=encoder.model_id,
        vocabulary=vocabulary,
        lists=lists,
        divisions=corpus.divisions,
        calibrations=calibrations,
    )
    size = write_parts(out, parts)
    card = model_card(scores, corpus, parts, settings)
    (out / "README.md").write_text(card, encoding="utf-8")
    return ScreeningReport(scores, len(vocabulary), size, time.monotonic() - started)


class _Ticker:
    """Counts the networks of a list for whoever watches."""

    def __init__(self, progress: OnProgress, name: str, total: int) -> None:
        self._progress, self._name, self._total, self._done = progress, name, total, 0
        progress(name, 0, total)

    def __call__(self) -> None:
        self._done += 1
        self._progress(self._name, self._done, self._total)


def _ignore(step: str, done: int, total: int) -> None:
    """Tell nobody."""
