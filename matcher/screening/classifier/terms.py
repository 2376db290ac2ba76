"""The terms of a text that the classifier knows, weighed."""

import re
from collections import Counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.text.fold import fold
from matcher.text.segment import words

_HAN_RUN = re.compile(r"[一-鿿㐀-䶿]+")


class TermVector(NamedTuple):
    """A text as rows of the vocabulary, ascending, and their weights, of unit length together."""

    rows: NDArray[np.int64]
    weights: NDArray[np.float64]


def text_terms(text: str) -> list[str]:
    """Chinese characters and pairs of them, longer words, and Latin terms, with repeats.

    Most Chinese words have two characters and are among the pairs already, however a segmenter
    cuts them.
    """
    terms: list[str] = []
    for run in _HAN_RUN.findall(fold(text)):
        terms.extend(run)
        terms.extend(run[start : start + 2] for start in range(len(run) - 1))
    terms.extend(word for word in words(text) if len(word) > 2 or not _HAN_RUN.match(word))
    return terms


class Vocabulary:
    """The known terms and how rare each is."""

    def __init__(self, terms: tuple[str, ...], rarities: NDArray[np.float32]) -> None:
        """Take the terms and their inverse document frequencies, shape (terms,)."""
        self.terms = terms
        self.rarities = rarities
        self._rows = {term: row for row, term in enumerate(terms)}

    def __len__(self) -> int:
        return len(self.terms)

    def vector(self, text: str) -> TermVector:
        """The known terms of a text, (1 + log count) × rarity, scaled to unit length.

        Empty where no term is known.
        """
        counts: Counter[int] = Counter()
        for term, count in Counter(text_terms(text)).items():
            row = self._rows.get(term)
            if row is not None:
                counts[row] = count
        rows = np.array(sorted(counts), dtype=np.int64)
        frequencies = np.array([counts[row] for row in rows.tolist()], dtype=np.float64)
        weights: NDArray[np.float64] = (1 + np.log(frequencies)) * self.rarities[rows]
        length = float(np.linalg.norm(weights))
        return TermVector(rows, weights / length if length > 0 else weights)
