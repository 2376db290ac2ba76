"""Which field, discipline and industry a need belongs to, with calibrated confidences."""

from matcher.screening.classifier.model import ScreeningModel
from matcher.screening.classifier.suggestions import Classification, Suggestion

__all__ = ["Classification", "ScreeningModel", "Suggestion"]
