"""Dense vector indexes behind one protocol.

Similarity is the cosine, higher is nearer, from every backend; vectors have unit length.
"""

from pathlib import Path
from typing import Protocol

import faiss
import numpy as np
from numpy.typing import NDArray

from matcher.errors import IndexStateError

Vectors = NDArray[np.float32]
Ids = NDArray[np.int64]


class VectorIndex(Protocol):
    """Vectors by stable id, searched by cosine."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def __len__(self) -> int:
        """Number of vectors held."""
        ...

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add vectors, shape (n, dimension), unit length, under new ids, shape (n,)."""
        ...

    def remove(self, ids: Ids) -> None:
        """Remove the vectors of these ids; ids not there are passed over."""
        ...

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> tuple[Ids, Vectors]:
        """The `k` nearest ids and their cosines, best first, for one query, shape (dimension,).

        With `allowed`, only those ids are searched, so that up to `k` of them come back.
        """
        ...

    def search_many(
        self, queries: Vectors, k: int, allowed: Ids | None = None
    ) -> list[tuple[Ids, Vectors]]:
        """What `search` finds for each of many queries, shape (n, dimension), in one pass."""
        ...

    def similarities(self, query: Vectors, ids: Ids) -> Vectors:
        """Cosines of one query with the vectors of `ids`, all of which must be held."""
        ...

    def save(self, path: Path) -> None:
        """Write the index to a file."""
        ...


class FaissFlatIndex:
    """Exact search in process by FAISS."""

    def __init__(self, dimension: int) -> None:
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))

    @classmethod
    def load(cls, path: Path) -> "FaissFlatIndex":
        """Read an index that `save` wrote.

        Raises:
            IndexStateError: the file is missing or not such an index.
        """
        try:
            loaded = faiss.read_index(str(path))
        except RuntimeError as error:
            raise IndexStateError(
                f"向量索引文件 {path} 无法读取，请运行 matcher index build"
            ) from error
        if not isinstance(loaded, faiss.IndexIDMap2):
            raise IndexStateError(f"{path} 不是本程序的向量索引，请运行 matcher index build")
        index = cls(loaded.d)
        index._index = loaded
        return index

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def __len__(self) -> int:
        """Number of vectors held."""
        return int(self._index.ntotal)

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """See `VectorIndex.add`."""
        if len(ids):
            self._index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), ids)

    def remove(self, ids: Ids) -> None:
        """See `VectorIndex.remove`."""
        if len(ids):
            self._index.remove_ids(faiss.IDSelectorBatch(ids))

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> tuple[Ids, Vectors]:
        """See `VectorIndex.search`."""
        return self.search_many(query.reshape(1, -1), k, allowed)[0]

    def search_many(
        self, queries: Vectors, k: int, allowed: Ids | None = None
    ) -> list[tuple[Ids, Vectors]]:
        """See `VectorIndex.search_many`."""
        k = min(k, len(self) if allowed is None else len(allowed))
        if k == 0:
            return [(np.empty(0, np.int64), np.empty(0, np.float32))] * len(queries)
        parameters = None
        if allowed is not None:
            bitmap = _bitmap(allowed)
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bitmap))
        queries = np.ascontiguousarray(queries, dtype=np.float32)
        scores, ids = self._index.search(queries, k, params=parameters)
        return [
            (found[found >= 0], near[found >= 0]) for found, near in zip(ids, scores, strict=True)
        ]

    def similarities(self, query: Vectors, ids: Ids) -> Vectors:
        """See `VectorIndex.similarities`."""
        if len(ids) == 0:
            return np.empty(0, np.float32)
        vectors: Vectors = self._index.reconstruct_batch(ids)
        return vectors @ query

    def save(self, path: Path) -> None:
        """See `VectorIndex.save`."""
        faiss.write_index(self._index, str(path))


def _bitmap(ids: Ids) -> NDArray[np.uint8]:
    """One bit an id, least significant first, as `IDSelectorBitmap` reads it."""
    flags = np.zeros(int(ids.max()) + 1, dtype=bool)
    flags[ids] = True
    return np.packbits(flags, bitorder="little")
