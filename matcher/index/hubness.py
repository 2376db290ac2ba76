"""How near passages are to needs at large, so that nobody is recommended for everything.

Some texts are near to almost any query: they crowd rankings in which they are not the answer
(hubness: M. Radovanović, A. Nanopoulos, M. Ivanović, "Hubs in space", JMLR 2010,
https://jmlr.org/papers/v11/radovanovic10a.html). A passage's hubness is its mean score for the
reference queries nearest to it; a share of it is taken off every score, as CSLS does for one side
(A. Conneau et al., "Word translation without parallel data", 2018,
https://arxiv.org/abs/1710.04087), with queries that stand in for those to come (S.-V. Bogolin
et al., "Cross modal retrieval with querybank normalisation", 2022,
https://arxiv.org/abs/2112.12777).
"""

from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.index.kernels import mean_of_largest
from matcher.text.terms import LexicalTerms, lexical_terms

NEIGHBOURS = 10
"""How many of the reference queries, the nearest, a passage's hubness is the mean of."""

CORRECTION: Final = 0.6
"""Share of its hubness that is taken off a passage's score; from a development set."""

Floats = NDArray[np.float32]


class References:
    """Queries that stand in for those to come."""

    def __init__(self, texts: tuple[str, ...], vectors: Floats) -> None:
        """Take n queries, none if nothing is to be corrected.

        Args:
            texts: the queries.
            vectors: their embeddings, shape (n, dimension), unit length.
        """
        self.texts = texts
        self.vectors = vectors

    @classmethod
    def none(cls, dimension: int) -> "References":
        """No references: scores stay as they are."""
        return cls((), np.empty((0, dimension), dtype=np.float32))

    @cached_property
    def terms(self) -> LexicalTerms:
        """Their terms in the lexical views."""
        return lexical_terms(self.texts)


def dense_hubness(references: Floats, vectors: Floats) -> Floats:
    """Hubness of vectors, shape (n,).

    Args:
        references: of the reference queries, shape (references, dimension); with none it is 0.
        vectors: shape (n, dimension).
    """
    means = np.zeros(len(vectors), dtype=np.float32)
    neighbours = min(NEIGHBOURS, len(references))
    if neighbours:
        mean_of_largest(np.ascontiguousarray(vectors @ references.T), neighbours, means)
    return means
