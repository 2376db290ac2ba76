"""BM25, as this index reckons it.

Formula: S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009,
with the idf that is never negative, ln(1 + (N - n + 0.5) / (n + 0.5)), and with Okapi's third
factor, (K3 + 1) * q / (K3 + q), for a term that stands q times in the query.

A score is a share of what an ideal document would have, one that is full of every term of the
query, so that the scores of a short and of a long query can be compared.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.index.kernels import K1, B

__all__ = ["K1", "K3", "B", "idf", "query_terms"]

K3: Final = 3.0
"""Damping of a term that the query repeats; a factory's need says one thing several times over."""

Floats = NDArray[np.float64]
Keys = NDArray[np.uint64]


def query_terms(keys: Keys) -> tuple[Keys, Floats]:
    """The terms of a query, each once, and what its repetitions make it weigh."""
    terms, repeats = np.unique(keys, return_counts=True)
    return terms, repeats * (K3 + 1) / (K3 + repeats)


def idf(containing: NDArray[np.int64], present: int) -> Floats:
    """Inverse document frequency of terms that so many of the `present` documents have."""
    found: Floats = np.log1p((present - containing + 0.5) / (containing + 0.5))
    return found
