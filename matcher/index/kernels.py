"""The inner loops of the lexical index, compiled by numba and free of the interpreter's lock.

They are compiled at their first use on a machine and kept beside this file, or, where that folder
may not be written to, in the user's cache folder. All arrays are plain and contiguous.

The saturation of a term that stands c times in a document is c (K1 + 1) / (c + norm), with
norm = K1 (1 - B + B length / average length); see `matcher.index.lexical`.
"""

import numba
import numpy as np
from numpy.typing import NDArray

K1 = 1.2
B = 0.75

Floats = NDArray[np.float32]
Counts = NDArray[np.uint8]
Numbers = NDArray[np.int32]
Offsets = NDArray[np.int64]

FULL_IMPACT = 255.0
"""The impact of a saturation of K1 + 1."""


@numba.njit(nogil=True, cache=True)
def add_impacts(
    starts: Offsets,
    rows: Numbers,
    impacts: Counts,
    terms: Numbers,
    weights: Floats,
    totals: Floats,
) -> None:
    """Add weight times impact of each term to the total of each document that holds it."""
    for i in range(len(terms)):
        weight = weights[i]
        for place in range(starts[terms[i]], starts[terms[i] + 1]):
            totals[rows[place]] += weight * impacts[place]


@numba.njit(nogil=True, cache=True)
def score_documents(
    starts: Offsets,
    terms: Numbers,
    counts: Counts,
    lengths: Numbers,
    documents: Offsets,
    asked: Counts,
    weights: Floats,
    average_length: float,
    scores: Floats,
) -> None:
    """For each of some documents the sum of weight times saturation over its terms.

    Args:
        starts: where each document's terms begin, and the end, shape (n + 1,).
        terms: term numbers.
        counts: how often each stands there.
        lengths: of the documents, shape (n,).
        documents: which to score, shape (m,).
        asked: a bit for every term number, lowest first: whether it has a weight. Nearly all
            have none, and bits stay in the processor's nearest cache where weights would not.
        weights: of every term number that is asked for.
        average_length: of the documents present.
        scores: is overwritten, shape (m,).
    """
    known = 8 * len(asked)
    for i in range(len(documents)):
        document = documents[i]
        norm = K1 * (1.0 - B + B * lengths[document] / average_length)
        total = 0.0
        for place in range(starts[document], starts[document + 1]):
            term = terms[place]
            if term < known and asked[term >> 3] >> (term & 7) & 1:
                count = counts[place]
                total += weights[term] * count * (K1 + 1.0) / (count + norm)
        scores[i] = total


@numba.njit(nogil=True, cache=True)
def invert(
    starts: Offsets,
    terms: Numbers,
    counts: Counts,
    lengths: Numbers,
    first_document: int,
    average_length: float,
    filled: Offsets,
    rows: Numbers,
    impacts: Counts,
) -> None:
    """Enter some documents into postings.

    Args:
        starts: where each document's terms begin within `terms`, and the end, shape (n + 1,).
        terms: term numbers of these documents.
        counts: how often each stands there.
        lengths: of these documents, shape (n,).
        first_document: the row of the first of them.
        average_length: by which impacts are reckoned.
        filled: for each term the place of its next posting; is moved on.
        rows: of all postings, sorted by term; is written to.
        impacts: of all postings; is written to.
    """
    for document in range(len(lengths)):
        norm = K1 * (1.0 - B + B * lengths[document] / average_length)
        for place in range(starts[document], starts[document + 1]):
            target = filled[terms[place]]
            filled[terms[place]] = target + 1
            count = counts[place]
            rows[target] = first_document + document
            impacts[target] = np.uint8(round(FULL_IMPACT * count / (count + norm)))


@numba.njit(nogil=True, cache=True)
def nearest_references(
    starts: Offsets,
    terms: Numbers,
    counts: Counts,
    lengths: Numbers,
    average_length: float,
    documents: Offsets,
    reference_starts: Offsets,
    references: Numbers,
    weights: Floats,
    neighbours: int,
    means: Floats,
) -> None:
    """For each of some documents the mean of its best scores among the reference queries.

    Args:
        starts: where each document's terms begin, and the end.
        terms: term numbers.
        counts: how often each stands there.
        lengths: of the documents.
        average_length: of the documents present.
        documents: which to measure, shape (m,).
        reference_starts: for each term number where its references begin, and the end.
        references: the queries that hold the term.
        weights: what the term weighs in that query.
        neighbours: how many of the best scores are averaged.
        means: is overwritten, shape (m,).
    """
    count_references = 0
    for place in range(len(references)):
        count_references = max(count_references, references[place] + 1)
    scores = np.zeros(max(count_references, neighbours), dtype=np.float32)
    known = len(reference_starts) - 1
    for i in range(len(documents)):
        document = documents[i]
        norm = K1 * (1.0 - B + B * lengths[document] / average_length)
        scores[:] = 0.0
        for place in range(starts[document], starts[document + 1]):
            term = terms[place]
            if term < known:
                count = counts[place]
                saturation = np.float32(count * (K1 + 1.0) / (count + norm))
                for at in range(reference_starts[term], reference_starts[term + 1]):
                    scores[references[at]] += weights[at] * saturation
        means[i] = _mean_of_largest(scores, neighbours)


@numba.njit(nogil=True, cache=True)
def mean_of_largest(values: Floats, count: int, means: Floats) -> None:
    """The mean of the `count` largest values of each row; `means` is overwritten."""
    for row in range(len(values)):
        means[row] = _mean_of_largest(values[row], count)


@numba.njit(nogil=True, cache=True)
def _mean_of_largest(values: Floats, count: int) -> float:
    """Mean of the `count` largest values, kept in a sorted buffer as they come."""
    largest = np.full(count, -np.inf, dtype=np.float32)
    for value in values:
        if value > largest[0]:
            place = 0
            while place + 1 < count and largest[place + 1] < value:
                largest[place] = largest[place + 1]
                place += 1
            largest[place] = value
    mean: float = largest.mean()
    return mean
