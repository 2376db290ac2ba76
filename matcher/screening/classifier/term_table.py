"""What the terms of a text say: complement naive Bayes, kept as a sparse table."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.screening.classifier.terms import TermVector

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TermTable:
    """For each term the classes it speaks for, and how strongly.

    J. Rennie et al., "Tackling the poor assumptions of naive Bayes text classifiers", ICML 2003:
    a class is judged by what is rare in all the *other* classes, which serves classes with few
    texts. A term that a class never had says the same of all such classes, so that only the
    pairs that occurred need to be kept.

    Attributes:
        classes: number of classes.
        starts: where each term's pairs begin, shape (terms + 1,).
        columns: class of each pair, shape (pairs,).
        weights: of each pair, shape (pairs,), not negative.
        offsets: added to the score of a class for every unit of a text's term weights, shape
            (classes,); they make up for some classes having more text than others.
    """

    classes: int
    starts: NDArray[np.int64]
    columns: NDArray[np.uint16]
    weights: NDArray[np.float16]
    offsets: NDArray[np.float32]

    def scores(self, vector: TermVector) -> Floats:
        """Score of each class, shape (classes,), natural logarithms up to a common constant."""
        first = self.starts[vector.rows]
        counts = self.starts[vector.rows + 1] - first
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        pairs = np.repeat(first, counts) + within
        said = self.weights[pairs] * np.repeat(vector.weights, counts)
        scores = np.bincount(self.columns[pairs], weights=said, minlength=self.classes)
        total: Floats = scores + self.offsets * vector.weights.sum()
        return total
