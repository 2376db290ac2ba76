"""All repeated needs (重复需求) among many at once.

One need against a library is compared with its neighbours (`matcher.screener`). Where every need is
asked about, it is quicker to count the letters that any two of them share, and to judge only those
pairs that share most.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matcher.screening.duplicates import DuplicateJudge
from matcher.screening.pair_features import TextFacts

Ints = NDArray[np.int32]

_COMPARED: Final = 10
"""How many of the others are judged for each text: those with most letters in common."""
_AT_ONCE: Final = 256
"""Texts whose shared letters are counted at once, so that a large library fits into the memory."""
_FEW: Final = 10
"""Added to what a share is divided by, as in `matcher.screening.pair_features`."""


def repeats_among(
    facts: Sequence[TextFacts], asked: Sequence[int], judge: DuplicateJudge
) -> list[list[tuple[int, float]]]:
    """The versions of each text that is asked about, among all texts.

    Args:
        facts: the texts, taken apart.
        asked: places in `facts`.
        judge: says whether two texts are versions of one.

    Returns:
        For each of `asked` the places of its versions with the probability, likeliest first.
    """
    letters = _letters(facts)
    sizes = np.array([len(each.trigrams) for each in facts], dtype=np.int32)
    found: list[list[tuple[int, float]]] = []
    for first in range(0, len(asked), _AT_ONCE):
        rows = np.array(asked[first : first + _AT_ONCE], dtype=np.int64)
        shared = (letters[rows] @ letters.T).toarray()
        shares = shared / (np.minimum(sizes[rows, None], sizes[None, :]) + _FEW)
        shares[np.arange(len(rows)), rows] = -1.0
        for row, own_shares in zip(rows.tolist(), shares, strict=True):
            nearest = _largest(own_shares, _COMPARED)
            nearest = [other for other in nearest if own_shares[other] > 0]
            same = judge.versions(facts[row], [facts[other] for other in nearest])
            versions = [pair for pair in zip(nearest, same, strict=True) if judge.is_same(pair[1])]
            found.append(sorted(versions, key=lambda pair: (-pair[1], pair[0])))
    return found


def _letters(facts: Sequence[TextFacts]) -> csr_matrix:
    """Which trigrams each text has, shape (texts, trigrams), ones and zeros."""
    numbers: dict[str, int] = {}
    columns = [
        numbers.setdefault(trigram, len(numbers))
        for each in facts
        for trigram in sorted(each.trigrams)
    ]
    starts = np.concatenate([[0], np.cumsum([len(each.trigrams) for each in facts])])
    ones = np.ones(len(columns), dtype=np.int32)
    return csr_matrix((ones, columns, starts), shape=(len(facts), max(len(numbers), 1)))


def _largest(values: NDArray[np.float64], most: int) -> list[int]:
    """Places of the largest values, largest first; of equal ones the earlier."""
    if len(values) > most:
        bound = np.partition(values, -most)[-most]
        places = np.flatnonzero(values >= bound)
    else:
        places = np.arange(len(values))
    ordered: list[int] = places[np.argsort(-values[places], kind="stable")].tolist()
    return ordered[:most]
