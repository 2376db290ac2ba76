"""The classifier of needs: text and embedding in, suggestions of closed lists out."""

from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ModelError
from matcher.screening.classifier.calibration import Calibration, likeliest
from matcher.screening.classifier.files import read_parts
from matcher.screening.classifier.parts import ANSWERS, DIVISION_LENGTH, ScreeningParts
from matcher.screening.classifier.suggestions import Classification, Suggestion

Floats = NDArray[np.float64]


class _Scored(NamedTuple):
    """The entries of a list and the probability of each."""

    codes: tuple[str, ...]
    labels: tuple[str, ...]
    probabilities: Floats


class ScreeningModel:
    """Classifies needs; trained by `matcher train-screening`, run with numpy alone."""

    def __init__(self, parts: ScreeningParts) -> None:
        self.parts = parts
        rows = {code: row for row, code in enumerate(parts.divisions)}
        self._divisions = np.array(
            [rows[code[:DIVISION_LENGTH]] for code in parts.lists["industry_groups"].codes]
        )

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Load a model folder.

        Raises:
            ModelError: a file is missing, damaged or of another format or training.
        """
        return cls(read_parts(folder))

    @property
    def encoder_id(self) -> str:
        """Id of the encoder whose embeddings `classify` takes; those of another mean nothing."""
        return self.parts.encoder_id

    def classify(self, text: str, embedding: NDArray[np.float32] | None = None) -> Classification:
        """The three likeliest entries of each list.

        Args:
            text: a need's title and text, or any text about a technical subject.
            embedding: of the same text by the encoder `encoder_id`, shape (dimension,), unit
                length; None where that encoder is not at hand, which costs accuracy.

        Raises:
            ModelError: the embedding has another dimension than that of the encoder.
        """
        terms = self.parts.vocabulary.vector(text)
        known = self._checked(embedding)
        if known is None and len(terms.rows) == 0:
            return Classification(**{name: () for name in ANSWERS})
        scored = {
            name: _Scored(entries.codes, entries.labels, entries.probabilities(terms, known))
            for name, entries in self.parts.lists.items()
        }
        scored["industries"] = self._by_division(scored["industry_groups"].probabilities)
        answers = {}
        for name in ANSWERS:
            calibration = self.parts.calibrations[name]
            view = calibration.alone if known is None else calibration.embedded
            answers[name] = _suggestions(scored[name], view, calibration.prefill)
        return Classification(**answers)

    def _checked(self, embedding: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
        """The embedding; None for one that says nothing, as of a text without a known piece."""
        if embedding is None:
            return None
        if embedding.shape != (self.parts.dimension,):
            raise ModelError(
                f"分类模型需要 {self.parts.dimension} 维向量（向量模型 {self.encoder_id}），"
                f"收到的形状是 {embedding.shape}。请传入同一向量模型的向量，或不传向量"
            )
        return embedding if embedding.any() else None

    def _by_division(self, groups: Floats) -> _Scored:
        """Divisions with the sums of their groups' probabilities."""
        names = self.parts.divisions
        sums = np.bincount(self._divisions, weights=groups, minlength=len(names))
        return _Scored(tuple(names), tuple(names.values()), sums.astype(np.float64))


def _suggestions(
    scored: _Scored, calibration: Calibration, prefill: float
) -> tuple[Suggestion, ...]:
    best = likeliest(scored.probabilities)
    confidences = calibration.confidences(scored.probabilities[best]).tolist()
    return tuple(
        Suggestion(
            code=scored.codes[entry],
            label=scored.labels[entry],
            confidence=confidence,
            confident=place == 0 and confidence >= prefill,
        )
        for place, (entry, confidence) in enumerate(zip(best.tolist(), confidences, strict=True))
    )
