"""Common needs (共性需求): needs of several firms that tell of one problem."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.errors import InvalidInputError
from matcher.screening.duplicates import NEIGHBOURS, DuplicateJudge, Floats, Vectors, background
from matcher.screening.keywords import KeywordSuggester
from matcher.screening.linkage import average_linkage

LEAST_COHESION: Final = 0.6
"""More than even: the groups are the best of very many pairs."""
_BLOCK = 512
"""Rows of the similarity matrix that are in memory at one time."""
_LABEL_WORDS = 3


@dataclass(frozen=True, slots=True)
class FirmNeed:
    """A need as far as grouping is concerned; `enterprise_id` is None where the firm is unknown."""

    id: str
    enterprise_id: str | None
    text: str


@dataclass(frozen=True, slots=True)
class CommonNeed:
    """A group of needs of one problem.

    Attributes:
        label: keywords that the needs share, or each of them its own if they share none.
        needs: ids of the needs, the one nearest to all others first.
        enterprises: ids of the known firms, ascending, at least two.
        cohesion: mean probability that two of the needs are of one problem, up to 1.
    """

    label: tuple[str, ...]
    needs: tuple[str, ...]
    enterprises: tuple[str, ...]
    cohesion: float


def find_common_needs(
    needs: Sequence[FirmNeed],
    vectors: Vectors,
    judge: DuplicateJudge,
    suggester: KeywordSuggester,
    *,
    least_cohesion: float = LEAST_COHESION,
) -> list[CommonNeed]:
    """Group the needs of different firms that are of one problem.

    Average linkage over the probability that two needs are of one problem, so that a group holds
    together as a whole. The result does not depend on the order of the needs. A group needs two
    known firms; a need of an unknown firm may be in it, but does not count as one.

    Args:
        needs: needs with different ids, some thousands at most: time and memory grow with the
            square of the largest crowd of needs that hang together.
        vectors: their unit vectors, shape (needs, dimension), of the model that the judge's
            weights are for.
        judge: says of two needs how probably they are of one problem.
        suggester: gives the groups their labels.
        least_cohesion: clusters are merged while the mean probability over their pairs is at
            least this.

    Returns:
        Groups, those of the most firms first, then the most coherent.

    Raises:
        InvalidInputError: two needs have one id, or there are more or fewer vectors than needs.
    """
    if len({need.id for need in needs}) != len(needs) or len(vectors) != len(needs):
        raise InvalidInputError("需求编号须互不相同，且每条需求须有一个向量")
    order = sorted(range(len(needs)), key=lambda row: needs[row].id)
    ordered = [needs[row] for row in order]
    table = _Relatedness(np.ascontiguousarray(vectors[order], dtype=np.float32), judge)
    groups = []
    for rows in table.components(least_cohesion):
        between = table.between(rows)
        for cluster in average_linkage(between, least_cohesion):
            members = [ordered[rows[place]] for place in cluster]
            if len({need.enterprise_id for need in members} - {None}) > 1:
                groups.append(_common_need(members, between[np.ix_(cluster, cluster)], suggester))
    return sorted(groups, key=lambda group: (-len(group.enterprises), -group.cohesion, group.needs))


class _Relatedness:
    """Probabilities that two of many needs are of one problem, computed where they are wanted."""

    def __init__(self, vectors: Vectors, judge: DuplicateJudge) -> None:
        self._vectors = vectors
        self._judge = judge
        self._backgrounds = np.empty(len(vectors))
        for start in range(0, len(vectors), _BLOCK):
            cosines = vectors[start : start + _BLOCK] @ vectors.T
            own = np.arange(len(cosines))
            cosines[own, start + own] = -np.inf
            nearest = -np.partition(-cosines, min(NEIGHBOURS, cosines.shape[1] - 1), axis=1)
            for row, near in zip(start + own, nearest[:, :NEIGHBOURS], strict=True):
                known = near[np.isfinite(near)].astype(np.float64)
                self._backgrounds[row] = background(known, judge.weights.background)

    def components(self, threshold: float) -> list[list[int]]:
        """Needs that hang together by pairs of at least `threshold`; single ones left out.

        Between two of these no average can reach the threshold, so each is clustered by itself.
        """
        parents = list(range(len(self._vectors)))

        def root(row: int) -> int:
            while parents[row] != row:
                parents[row] = row = parents[parents[row]]
            return row

        for start in range(0, len(parents), _BLOCK):
            rows = np.arange(start, min(start + _BLOCK, len(parents)))
            near = self._probabilities(rows, np.arange(len(parents))) >= threshold
            for row, other in np.argwhere(np.triu(near, k=start + 1)).tolist():
                low, high = sorted((root(start + row), root(other)))
                parents[high] = low
        components: dict[int, list[int]] = {}
        for row in range(len(parents)):
            components.setdefault(root(row), []).append(row)
        return [rows for rows in components.values() if len(rows) > 1]

    def between(self, rows: Sequence[int]) -> Floats:
        """Probabilities between some needs, shape (rows, rows)."""
        chosen = np.array(rows)
        between = self._probabilities(chosen, chosen)
        symmetric: Floats = (between + between.T) / 2
        return symmetric

    def _probabilities(self, rows: NDArray[np.int64], others: NDArray[np.int64]) -> Floats:
        cosines = (self._vectors[rows] @ self._vectors[others].T).astype(np.float64)
        levels = (self._backgrounds[rows][:, None] + self._backgrounds[others][None, :]) / 2
        flat = self._judge.related(cosines.ravel(), levels.ravel())
        return flat.reshape(cosines.shape)


def _common_need(
    members: Sequence[FirmNeed], between: Floats, suggester: KeywordSuggester
) -> CommonNeed:
    count = len(members)
    sums = between.sum(axis=1) - between.diagonal()
    typical = sorted(range(count), key=lambda row: (-round(float(sums[row]), 9), members[row].id))
    return CommonNeed(
        label=suggester.shared([members[row].text for row in typical], most=_LABEL_WORDS),
        needs=tuple(members[row].id for row in typical),
        enterprises=tuple(sorted({need.enterprise_id for need in members if need.enterprise_id})),
        cohesion=round(float(sums.sum() / (count * (count - 1))), 4),
    )
