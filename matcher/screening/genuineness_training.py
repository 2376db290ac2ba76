"""Fitting what tells a technical need from other texts."""

from collections.abc import Sequence

import numpy as np

from matcher.screening.genuineness import Genuineness
from matcher.text.segment import words

_LEAST_TEXTS = 2
_PENALTY = 10.0
_KEPT = 6000
"""Terms kept, those that weigh most."""


def fit_genuineness(genuine: Sequence[str], others: Sequence[str]) -> Genuineness:
    """Fit on needs and on texts that are none; both count alike, however many there are.

    Args:
        genuine: texts of technical needs.
        others: texts that somebody sent and that are none.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    vectorizer = TfidfVectorizer(analyzer=words, sublinear_tf=True, min_df=_LEAST_TEXTS)
    rows = vectorizer.fit_transform([*genuine, *others])
    labels = np.repeat([True, False], [len(genuine), len(others)])
    model = LogisticRegression(C=_PENALTY, max_iter=1000, class_weight="balanced")
    model.fit(rows, labels)
    slopes, rarities = model.coef_[0], vectorizer.idf_
    terms = vectorizer.get_feature_names_out()
    kept = np.argsort(-np.abs(slopes * rarities), kind="stable")[:_KEPT]
    return Genuineness(
        float(model.intercept_[0]),
        {str(terms[row]): (float(rarities[row]), float(slopes[row])) for row in kept},
    )
