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

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from matcher.errors import IndexStateError
from matcher.index.idmap import ABSENT, RowMap

NEIGHBOURS = 10
"""How many of the reference queries, the nearest, a passage's hubness is the mean of."""

CORRECTION: Final = 0.6
"""Share of its hubness that is taken off a passage's score; from a development set."""

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class References:
    """Queries that stand in for those to come.

    Attributes:
        texts: the queries, n of them; none means that nothing is corrected.
        vectors: their embeddings, shape (n, dimension), unit length.
    """

    texts: tuple[str, ...]
    vectors: Floats

    @classmethod
    def none(cls, dimension: int) -> "References":
        """No references: scores stay as they are."""
        return cls((), np.empty((0, dimension), dtype=np.float32))


def mean_of_nearest(scores: Floats) -> Floats:
    """Mean of the best scores of each column, shape (passages,).

    Args:
        scores: of every reference query for every passage, shape (references, passages); with no
            references the result is 0.
    """
    count = min(NEIGHBOURS, len(scores))
    if count == 0:
        return np.zeros(scores.shape[1], dtype=np.float32)
    nearest = np.partition(scores, len(scores) - count, axis=0)[-count:]
    mean: Floats = nearest.mean(axis=0, dtype=np.float32)
    return mean


class DenseHubness:
    """The hubness of passages in the dense view, by passage id."""

    def __init__(self, references: Floats) -> None:
        """Start empty; `references` has shape (n, dimension)."""
        self._references = references
        self._rows = RowMap()
        self._ids = np.empty(0, dtype=np.int64)
        self._values = np.empty(0, dtype=np.float32)

    def add(self, ids: Ids, vectors: Floats) -> None:
        """Note passages under new ids, shape (n,); vectors have shape (n, dimension)."""
        self._enter(ids, mean_of_nearest(self._references @ vectors.T))

    def measure(self, vector: Floats) -> float:
        """Hubness of a vector, shape (dimension,), held or not."""
        return float(mean_of_nearest(self._references @ vector[:, None])[0])

    def remove(self, ids: Ids) -> None:
        """Forget passages; those not there are passed over."""
        self._rows.forget(ids)
        kept = self._rows.rows(self._ids) != ABSENT
        if not kept.all():
            ids, values = self._ids[kept], self._values[kept]
            self._ids, self._values = np.empty(0, np.int64), np.empty(0, np.float32)
            self._enter(ids, values)

    def at(self, ids: Ids) -> Floats:
        """Hubness of passages, all of which must be held."""
        return self._values[self._rows.rows(ids)]

    def save(self, path: Path) -> None:
        """Write to a file."""
        with path.open("wb") as file:
            np.savez(file, ids=self._ids, values=self._values)

    @classmethod
    def load(cls, path: Path, references: Floats) -> "DenseHubness":
        """Read what `save` wrote.

        Raises:
            IndexStateError: the file is missing or damaged.
        """
        hubness = cls(references)
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as parts:
                hubness._enter(parts["ids"], parts["values"])
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise IndexStateError(
                f"索引文件 {path} 无法读取，请运行 matcher index build"
            ) from error
        return hubness

    def _enter(self, ids: Ids, values: Floats) -> None:
        first = len(self._ids)
        self._rows.assign(ids, np.arange(first, first + len(ids), dtype=np.int64))
        self._ids = np.concatenate([self._ids, ids])
        self._values = np.concatenate([self._values, values.astype(np.float32)])
