"""What a classifier is made of, as it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.screening.classifier.calibration import AnswerCalibration
from matcher.screening.classifier.label_list import LabelList
from matcher.screening.classifier.terms import Vocabulary

DIVISION_LENGTH = 3
"""A division (大类) of GB/T 4754 is a letter and two digits; its groups begin with its code."""

LISTS = ("fields", "disciplines", "industry_groups")
"""Lists with a table and networks; the probability of a division is the sum of its groups'."""

ANSWERS = ("fields", "disciplines", "industries", "industry_groups")
"""What `Classification` holds."""


@dataclass(frozen=True, slots=True)
class ScreeningParts:
    """The parts of a model.

    Attributes:
        encoder_id: model id of the encoder whose embeddings the networks were trained with.
        vocabulary: the known terms.
        lists: for each of `LISTS` its entries and what scores them.
        divisions: code and name of each division (大类); each group lies in one.
        calibrations: for each of `ANSWERS` what makes its confidences.
    """

    encoder_id: str
    vocabulary: Vocabulary
    lists: Mapping[str, LabelList]
    divisions: Mapping[str, str]
    calibrations: Mapping[str, AnswerCalibration]

    @property
    def dimension(self) -> int:
        """Length of the embeddings."""
        return self.lists[LISTS[0]].networks[0].dimension
