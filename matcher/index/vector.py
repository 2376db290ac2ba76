"""Dense vector indexes behind one protocol.

Similarity is the cosine, higher is nearer, from every backend; vectors have unit length.
"""

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.index.selection import Selection

Vectors = NDArray[np.float32]
Ids = NDArray[np.int64]


class VectorIndex(Protocol):
    """Vectors by stable id, searched by cosine.

    Backends may keep vectors in half precision, so that cosines agree to about three digits.
    Several threads may search at once; whoever changes an index keeps searches out meanwhile.
    """

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    @property
    def ids(self) -> Ids:
        """All ids held, ascending."""
        ...

    def __len__(self) -> int:
        """Number of vectors held."""
        ...

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add vectors under ids; an id that is held already gets the new vector.

        Args:
            ids: shape (n,), without repetition.
            vectors: shape (n, dimension), unit length.
        """
        ...

    def remove(self, ids: Ids) -> None:
        """Remove the vectors of these ids; ids not held are passed over."""
        ...

    def search(
        self, query: Vectors, k: int, allowed: Selection | None = None
    ) -> tuple[Ids, Vectors]:
        """The nearest ids and their cosines, best first.

        Args:
            query: shape (dimension,), unit length.
            k: how many are wanted; so many come back wherever so many are held and allowed.
            allowed: which ids may come back; None allows all.
        """
        ...

    def search_many(
        self, queries: Vectors, k: int, allowed: Selection | None = None
    ) -> list[tuple[Ids, Vectors]]:
        """What `search` finds for each of many queries, shape (n, dimension), in one pass."""
        ...

    def similarities(self, query: Vectors, ids: Ids) -> Vectors:
        """Cosines of one query, shape (dimension,), with the vectors of `ids`, in their order.

        Raises:
            KeyError: one of the ids is not held.
        """
        ...

    def vectors(self, ids: Ids) -> Vectors:
        """The vectors of `ids`, in their order, shape (n, dimension).

        Raises:
            KeyError: one of the ids is not held.
        """
        ...


class VectorWriter(Protocol):
    """Writes an index into a folder, block by block, without holding the vectors in memory."""

    def append(self, ids: Ids, vectors: Vectors) -> None:
        """Write vectors, shape (n, dimension), unit length, under ids not appended before.

        Raises:
            OSError: the disk is full or cannot be written.
        """
        ...

    def finish(self) -> None:
        """Complete the folder; what was appended can be loaded from now on.

        Raises:
            OSError: the disk is full or cannot be written.
        """
        ...


class VectorBackend(Protocol):
    """Makes, writes and loads the indexes of one library."""

    def empty(self, name: str, dimension: int) -> VectorIndex:
        """An index that holds nothing.

        Args:
            name: tells the indexes of one library apart, such as "partner-han".
            dimension: length of a vector.
        """
        ...

    def writer(self, folder: Path, name: str, dimension: int) -> VectorWriter:
        """Begin to write the index of that name into a folder, which is made.

        Raises:
            OSError: the folder is there already or cannot be made.
        """
        ...

    def load(self, folder: Path, name: str) -> VectorIndex:
        """The index that was written into a folder.

        Raises:
            IndexStateError: something in it is missing or damaged.
        """
        ...
