"""One closed list: its entries, and how their probabilities come about."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.screening.classifier.network import (
    Network,
    Weights,
    log_softmax,
    mean_log_probabilities,
)
from matcher.screening.classifier.term_table import TermTable
from matcher.screening.classifier.terms import TermVector

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fusion:
    """Weights under which the views of a text make probabilities.

    The scores of the terms and of the embedding are added up with `terms` and `embedding`; where
    there is no embedding those of the terms count with `terms_alone`. Their size is what
    temperature scaling fits (Guo et al., "On calibration of modern neural networks", ICML 2017).
    """

    terms: float
    embedding: float
    terms_alone: float


@dataclass(frozen=True, slots=True)
class LabelList:
    """A closed list; `codes` and `labels` name the classes of the table and the networks."""

    codes: tuple[str, ...]
    labels: tuple[str, ...]
    table: TermTable
    networks: tuple[Network, ...]
    fusion: Fusion

    def probabilities(self, terms: TermVector, embedding: Weights | None) -> Floats:
        """Probability of each entry, shape (entries,).

        Args:
            terms: of the text.
            embedding: of the text, shape (dimension,), or None.
        """
        said_by_terms = self.table.scores(terms)
        if embedding is None:
            scores = self.fusion.terms_alone * said_by_terms
        else:
            said = mean_log_probabilities(self.networks, embedding[None, :])[0]
            scores = self.fusion.terms * said_by_terms + self.fusion.embedding * said
        probabilities: Floats = np.exp(log_softmax(scores))
        return probabilities
