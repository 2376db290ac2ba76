"""Fitting the table of terms."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.screening.classifier.term_table import TermTable
from matcher.screening.classifier.terms import TermVector


def fit_term_table(
    vectors: Sequence[TermVector],
    targets: NDArray[np.int64],
    weights: NDArray[np.float64],
    *,
    terms: int,
    classes: int,
    smoothing: float,
    least_weight: float,
) -> TermTable:
    """Complement naive Bayes; see `TermTable`.

    With F the weight of a term in a class and T in all, and s the smoothing, the weight of the
    pair is ln(T + s) - ln(T - F + s): zero where F is, so that only pairs that occurred are kept.
    What Rennie et al. divide T - F + s by, its sum over all terms, becomes the class's offset.

    Args:
        vectors: of the texts.
        targets: class of each text, shape (n,).
        weights: of each text, shape (n,).
        terms: size of the vocabulary.
        classes: number of classes.
        smoothing: s above.
        least_weight: pairs with less are left out.
    """
    lengths = [len(vector.rows) for vector in vectors]
    rows = np.concatenate([vector.rows for vector in vectors])
    columns = np.repeat(targets, lengths)
    values = np.concatenate([vector.weights for vector in vectors]) * np.repeat(weights, lengths)
    pairs, place = np.unique(rows * classes + columns, return_inverse=True)
    in_class = np.bincount(place, weights=values)
    totals = np.bincount(rows, weights=values, minlength=terms)
    in_all = totals[pairs // classes] + smoothing
    # In classes with nearly all of a term's weight the difference is below zero by rounding only.
    said = np.log(in_all) - np.log(np.maximum(in_all - in_class, smoothing))
    kept = said >= least_weight
    counts = np.bincount(pairs[kept] // classes, minlength=terms)
    of_class = np.bincount(columns, weights=values, minlength=classes)
    offsets = np.log(totals.sum() - of_class + smoothing * terms)
    return TermTable(
        classes=classes,
        starts=np.concatenate([[0], np.cumsum(counts)]),
        columns=(pairs[kept] % classes).astype(np.uint16),
        weights=said[kept].astype(np.float16),
        offsets=(offsets - offsets.mean()).astype(np.float32),
    )
