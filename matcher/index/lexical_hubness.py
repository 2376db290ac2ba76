"""How near documents are, by their terms, to needs at large; see `matcher.index.hubness`."""

import numpy as np
from numpy.typing import NDArray

from matcher.index.bm25 import K1, idf, query_terms
from matcher.index.hubness import NEIGHBOURS
from matcher.index.kernels import nearest_references
from matcher.index.postings import Forward
from matcher.index.vocabulary import ABSENT, Vocabulary
from matcher.text.terms import Terms

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]


class ReferenceQueries:
    """The reference queries with the weights that their terms have in one state of an index."""

    def __init__(
        self,
        references: Terms,
        vocabulary: Vocabulary,
        frequencies: NDArray[np.int32],
        present: int,
    ) -> None:
        """Weigh the terms of the references.

        Args:
            references: the queries.
            vocabulary: of the index.
            frequencies: documents present that hold each term, by its number.
            present: documents present.
        """
        terms, queries, weights = [], [], []
        for query in range(len(references)):
            keys, repeats = query_terms(references.of_document(query))
            numbers = vocabulary.numbers(keys)
            known = numbers != ABSENT
            held = np.zeros(len(keys), dtype=np.int64)
            held[known] = frequencies[numbers[known]]
            weighed = repeats * idf(held, present)
            terms.append(numbers[known])
            queries.append(np.full(int(known.sum()), query, dtype=np.int32))
            ideal = (K1 + 1) * float(weighed.sum())
            weights.append(weighed[known] / max(ideal, 1e-12))
        found = np.concatenate([np.empty(0, np.int32), *terms])
        order = np.argsort(found, kind="stable")
        self._count = len(references)
        self._starts = np.searchsorted(found[order], np.arange(len(vocabulary) + 1))
        self._queries = np.concatenate([np.empty(0, np.int32), *queries])[order]
        self._weights = np.concatenate([np.empty(0), *weights])[order].astype(np.float32)

    def measure(self, forward: Forward, documents: Rows, average_length: float) -> Floats:
        """Hubness of some of the documents of `forward`, shape as `documents`."""
        means = np.zeros(len(documents), dtype=np.float32)
        neighbours = min(NEIGHBOURS, self._count)
        if neighbours:
            nearest_references(
                forward.starts,
                forward.terms,
                forward.counts,
                forward.lengths,
                average_length,
                documents,
                self._starts,
                self._queries,
                self._weights,
                neighbours,
                means,
            )
        return means
