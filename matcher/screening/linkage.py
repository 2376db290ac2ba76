"""Average-linkage clustering of a matrix of similarities, cut at a threshold."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def average_linkage(similarities: Floats, threshold: float) -> list[list[int]]:
    """Merge the two most similar clusters until none are similar enough.

    The similarity of two clusters is the mean over their pairs (UPGMA: Sokal and Michener, 1958),
    so that a chain of neighbours, whose ends have nothing in common, is not taken for a group. Of
    equally similar clusters those with the lowest members are merged first. Time grows with the
    square of the rows, as a rule.

    Args:
        similarities: symmetric, shape (n, n); the diagonal does not count. Not changed.
        threshold: clusters less similar than this stay apart.

    Returns:
        Clusters of row numbers, ascending, in the order of their first members.
    """
    between = similarities.astype(np.float64)
    np.fill_diagonal(between, -np.inf)
    members = {row: [row] for row in range(len(between))}
    if len(members) < 2:
        return list(members.values())
    nearest = between.argmax(axis=1)
    best = between[np.arange(len(between)), nearest]
    while best[row := int(best.argmax())] >= threshold:
        kept, gone = sorted((row, int(nearest[row])))
        _merge(between, kept, gone, len(members[kept]), len(members[gone]))
        members[kept] += members.pop(gone)
        best[gone] = -np.inf
        stale = np.flatnonzero((nearest == kept) | (nearest == gone))
        for each in {kept, *stale.tolist()} & members.keys():
            nearest[each] = between[each].argmax()
            best[each] = between[each, nearest[each]]
        nearer = between[:, kept] > best
        nearest[nearer] = kept
        best[nearer] = between[nearer, kept]
    return [sorted(rows) for _, rows in sorted(members.items())]


def _merge(between: Floats, kept: int, gone: int, kept_size: int, gone_size: int) -> None:
    """Put the similarities of two merged clusters into the row and column of the one."""
    joined = (between[kept] * kept_size + between[gone] * gone_size) / (kept_size + gone_size)
    joined[[kept, gone]] = -np.inf
    between[kept] = between[:, kept] = joined
    between[gone] = between[:, gone] = -np.inf
