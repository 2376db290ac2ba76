"""Confidences and scores of held-out texts, answer by answer."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from matcher.screening.classifier.calibration import AnswerCalibration
from matcher.screening.classifier.parts import ANSWERS, DIVISION_LENGTH
from matcher.screening.classifier.training.calibrating import first_confidences, fit_calibration
from matcher.screening.classifier.training.config import AnswerScores, Hits
from matcher.screening.classifier.training.fitting import HeldOut
from matcher.screening.classifier.training.measures import (
    calibration_error,
    found_within,
    least_confidence,
)

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


def judge(
    held_out: Mapping[str, HeldOut], groups: tuple[str, ...], precision: float
) -> tuple[dict[str, AnswerCalibration], tuple[AnswerScores, ...]]:
    """Calibrate each answer, and tell how good its suggestions are.

    Calibrations, and the confidence from which a form is filled in, are fitted on needs: needs
    are what gets classified. A fold is judged with a calibration fitted on the other folds.

    Args:
        held_out: by list.
        groups: codes of the industry groups, in the order of their classes.
        precision: share of right first suggestions from which a form is filled in.

    Returns:
        The calibration of each answer, and the scores for each answer and kind of text.
    """
    calibrations: dict[str, AnswerCalibration] = {}
    scores: list[AnswerScores] = []
    for answer in ANSWERS:
        texts = held_out["industry_groups" if answer == "industries" else answer]
        probabilities, targets = texts.probabilities(), texts.targets
        if answer == "industries":
            probabilities, targets = _by_division(groups, probabilities, targets)
        needs = texts.kinds == "need"
        judged = _Judged(answer, probabilities, targets, texts.folds, needs)
        prefill = judged.least_confidence(precision)
        calibrations[answer] = AnswerCalibration(
            embedded=fit_calibration(probabilities[0, needs], targets[needs]),
            alone=fit_calibration(probabilities[1, needs], targets[needs]),
            prefill=prefill,
        )
        for kind in sorted(set(texts.kinds.tolist()), reverse=True):
            scores.append(judged.scores(kind, texts.kinds == kind, prefill))
    return calibrations, tuple(scores)


class _Judged:
    """Held-out texts of an answer with their confidences.

    `probabilities` are those with and without embedding, shape (2, texts, entries).
    """

    def __init__(
        self,
        answer: str,
        probabilities: Floats,
        targets: Rows,
        folds: Rows,
        needs: NDArray[np.bool_],
    ) -> None:
        self._answer = answer
        self._fused, self._alone = probabilities
        self._targets, self._folds, self._needs = targets, folds, needs
        self._right = self._fused.argmax(axis=1) == targets
        self._confidences = np.empty(len(targets))
        for fold in np.unique(folds):
            here, others = folds == fold, (folds != fold) & needs
            calibration = fit_calibration(self._fused[others], targets[others])
            self._confidences[here] = first_confidences(calibration, self._fused[here])

    def least_confidence(self, precision: float) -> float:
        needs = self._needs
        return least_confidence(self._confidences[needs], self._right[needs], precision)

    def scores(self, kind: str, here: NDArray[np.bool_], prefill: float) -> AnswerScores:
        sure = here & (self._confidences >= prefill)
        return AnswerScores(
            answer=self._answer,
            kind=kind,
            texts=int(here.sum()),
            hits=self._hits(self._fused, here),
            first_fold=self._hits(self._fused, here & (self._folds == 0)),
            alone=self._hits(self._alone, here),
            calibration_error=calibration_error(self._confidences[here], self._right[here]),
            prefill=prefill,
            prefilled=float(sure.sum() / here.sum()),
            prefill_right=float(self._right[sure].mean()) if sure.any() else None,
        )

    def _hits(self, probabilities: Floats, rows: NDArray[np.bool_]) -> Hits:
        found, targets = probabilities[rows], self._targets[rows]
        return Hits(found_within(found, targets, 1), found_within(found, targets, 3))


def _by_division(
    groups: tuple[str, ...], probabilities: Floats, targets: Rows
) -> tuple[Floats, Rows]:
    """Probabilities and targets of groups as those of their divisions."""
    divisions = sorted({code[:DIVISION_LENGTH] for code in groups})
    division_of = np.array([divisions.index(code[:DIVISION_LENGTH]) for code in groups])
    membership = np.eye(len(divisions))[division_of]
    return probabilities @ membership, division_of[targets]
