"""One collection of a Milvus as an index of vectors."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.errors import IndexStateError
from matcher.index.milvus_server import MOST_RESULTS, Server
from matcher.index.selection import Selection

Vectors = NDArray[np.float32]
Ids = NDArray[np.int64]
Found = tuple[Ids, Vectors]

_COMPARED_FROM: Final = 256
"""From how many vectors on it pays to ask first which of them are there already."""
_COMPARED_UP_TO: Final = 2048
"""Up to how many vectors are fetched and compared rather than looked for in an inexact index."""
_HITS_AT_ONCE: Final = 200_000
_QUERIES_AT_ONCE: Final = 1000
_DEEPER: Final = 4
_BLOCK: Final = 4096


class MilvusIndex:
    """Vectors in a collection that several processes share.

    Each process follows the store and puts the same vectors under the same ids, so what one
    writes another only finds there. What an index *holds* is what this process has followed: the
    ids are kept in memory, and whatever else is found in the collection is passed over. `remove`
    changes nothing on the server for that reason; see `MilvusBackend.tidy`.
    """

    def __init__(self, server: Server, collection: str, dimension: int, ids: Ids) -> None:
        """Take over a collection that exists.

        Args:
            server: where it lies.
            collection: its name.
            dimension: length of a vector.
            ids: those held from the start, ascending.
        """
        self._server = server
        self._collection = collection
        self._dimension = dimension
        self._ids = ids
        self._last_wanted: tuple[Selection, Ids, Ids] | None = None

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    @property
    def ids(self) -> Ids:
        """Ids of all vectors held, ascending."""
        return self._ids

    def __len__(self) -> int:
        """Number of vectors held."""
        return len(self._ids)

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """See `VectorIndex.add`."""
        put(self._server, self._collection, ids, vectors)
        new = np.sort(ids[~contains(self._ids, ids)])
        self._ids = np.insert(self._ids, np.searchsorted(self._ids, new), new)

    def remove(self, ids: Ids) -> None:
        """See `VectorIndex.remove`."""
        gone = np.searchsorted(self._ids, ids[contains(self._ids, ids)])
        if len(gone):
            self._ids = np.delete(self._ids, gone)

    def search(self, query: Vectors, k: int, allowed: Selection | None = None) -> Found:
        """See `VectorIndex.search`."""
        return self.search_many(query.reshape(1, -1), k, allowed)[0]

    def search_many(
        self, queries: Vectors, k: int, allowed: Selection | None = None
    ) -> list[Found]:
        """See `VectorIndex.search_many`."""
        wanted = self._wanted(allowed)
        k = min(k, len(wanted))
        if k == 0:
            return [_nothing() for _ in queries]
        found: list[Found] = []
        for part in _parts(len(queries), k):
            if len(wanted) <= MOST_RESULTS:
                found += self._search_among(queries[part], k, wanted)
            else:
                found += self._search_deeper(queries[part], k, wanted)
        return found

    def similarities(self, query: Vectors, ids: Ids) -> Vectors:
        """See `VectorIndex.similarities`.

        Where searches return exact cosines they are asked for by a search, since that moves a
        hundredth of what fetching the vectors does; what it does not return is fetched.

        Raises:
            KeyError: one of the ids is not held.
            IndexStateError: one is held, but the server lacks it.
        """
        asked, places = self._asked(ids)
        cosines = np.full(len(asked), np.nan, dtype=np.float32)
        if self._server.kind.keeps_vectors:
            for start in range(0, len(asked), MOST_RESULTS):
                block = asked[start : start + MOST_RESULTS]
                found, scores = self._search_server(query.reshape(1, -1), len(block), block)[0]
                cosines[np.searchsorted(asked, found)] = scores
        missing = np.isnan(cosines)
        cosines[missing] = self.vectors(asked[missing]) @ np.asarray(query, dtype=np.float32)
        ordered: Vectors = cosines[places]
        return ordered

    def vectors(self, ids: Ids) -> Vectors:
        """See `VectorIndex.vectors`.

        Raises:
            KeyError: one of the ids is not held.
            IndexStateError: one is held, but the server lacks it.
        """
        asked, places = self._asked(ids)
        if len(asked) == 0:
            return np.empty((0, self._dimension), dtype=np.float32)
        found, vectors = self._server.vectors(self._collection, asked)
        if len(found) < len(asked):
            raise lacking(len(asked) - len(found))
        ordered: Vectors = vectors[np.argsort(found)][places]
        return ordered

    def _asked(self, ids: Ids) -> tuple[Ids, NDArray[np.intp]]:
        """Ids that must be held, ascending and each once, and where among them each one is."""
        if not (held := contains(self._ids, ids)).all():
            raise KeyError(int(ids[~held][0]))
        asked, places = np.unique(ids, return_inverse=True)
        return asked, places

    def _wanted(self, allowed: Selection | None) -> Ids:
        """The ids that may be found, worked out once for a selection that is used again."""
        if allowed is None:
            return self._ids
        known = self._last_wanted
        if known is not None and known[0] is allowed and known[1] is self._ids:
            return known[2]
        wanted = self._ids[allowed.mask(self._ids)]
        self._last_wanted = (allowed, self._ids, wanted)
        return wanted

    def _search_deeper(self, queries: Vectors, k: int, wanted: Ids) -> list[Found]:
        """Search everything, further down until enough of what was found is wanted."""
        share = len(wanted) / len(self._ids)
        depth = min(MOST_RESULTS, int(1.2 * k / share) + 16)
        found: dict[int, Found] = {}
        missing = np.arange(len(queries))
        while True:
            for part in _parts(len(missing), depth):
                asked = missing[part]
                hits = self._server.search(self._collection, queries[asked], depth, share=share)
                for n, (ids, scores) in zip(asked.tolist(), hits, strict=True):
                    inside = contains(wanted, ids)
                    if inside.sum() >= k:
                        found[n] = ids[inside][:k], scores[inside][:k]
            missing = np.array([n for n in range(len(queries)) if n not in found], dtype=np.intp)
            if len(missing) == 0 or depth == MOST_RESULTS:
                break
            depth = min(MOST_RESULTS, depth * _DEEPER)
        if len(missing):
            among = self._search_among(queries[missing], k, wanted)
            found |= dict(zip(missing.tolist(), among, strict=True))
        return [found[n] for n in range(len(queries))]

    def _search_among(self, queries: Vectors, k: int, wanted: Ids) -> list[Found]:
        """Search a few ids, or many in blocks."""
        best = [_nothing() for _ in queries]
        for start in range(0, len(wanted), MOST_RESULTS):
            block = wanted[start : start + MOST_RESULTS]
            enough = min(k, len(block))
            found = self._search_block(queries, enough, block)
            if any(len(ids) < enough for ids, _ in found):
                found = self._compare(queries, enough, block)
            best = [_best(k, *pair) for pair in zip(best, found, strict=True)]
        return best

    def _search_block(self, queries: Vectors, k: int, block: Ids) -> list[Found]:
        """An approximate index may find fewer than `k`, for it does not look everywhere."""
        if len(block) <= _COMPARED_UP_TO and not self._server.kind.keeps_vectors:
            return self._compare(queries, k, block)
        return self._search_server(queries, k, block)

    def _search_server(self, queries: Vectors, k: int, block: Ids) -> list[Found]:
        share = len(block) / len(self._ids)
        return self._server.search(self._collection, queries, k, share=share, among=block)

    def _compare(self, queries: Vectors, k: int, ids: Ids) -> list[Found]:
        """Compare with each of these vectors, exactly."""
        best = [_nothing() for _ in queries]
        for start in range(0, len(ids), _BLOCK):
            block = ids[start : start + _BLOCK]
            scores = np.asarray(queries, dtype=np.float32) @ self.vectors(block).T
            best = [_best(k, have, (block, row)) for have, row in zip(best, scores, strict=True)]
        return best


def put(server: Server, collection: str, ids: Ids, vectors: Vectors) -> None:
    """Put vectors into a collection; of many only those that are not there yet are sent.

    A few are sent without asking: a search of this process then waits until the server has them,
    which it does for the process's own writes only.
    """
    if len(ids) >= _COMPARED_FROM:
        differ = server.differing(collection, ids, vectors)
        ids, vectors = ids[differ], vectors[differ]
    server.upsert(collection, ids, vectors)


def lacking(count: int) -> IndexStateError:
    """The error of a server that lacks vectors which the index holds."""
    return IndexStateError(
        f"向量服务 Milvus 中缺少 {count} 段文字的向量。请稍后再试；"
        "如果一直这样，请管理员运行 matcher index build"
    )


def contains(ids: Ids, asked: Ids) -> NDArray[np.bool_]:
    """Which of `asked` are in the ascending `ids`, shape as `asked`."""
    if len(ids) == 0:
        return np.zeros(len(asked), dtype=bool)
    places = np.minimum(np.searchsorted(ids, asked), len(ids) - 1)
    found: NDArray[np.bool_] = ids[places] == asked
    return found


def _best(k: int, one: Found, other: Found) -> Found:
    """The best `k` of two results, equal ones by id."""
    ids, scores = np.concatenate([one[0], other[0]]), np.concatenate([one[1], other[1]])
    order = np.lexsort((ids, -scores))[:k]
    return ids[order], scores[order]


def _nothing() -> Found:
    return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)


def _parts(count: int, depth: int) -> Iterator[slice]:
    """So many queries in parts whose answers stay small enough for one message."""
    size = max(1, min(_QUERIES_AT_ONCE, _HITS_AT_ONCE // depth))
    return (slice(start, start + size) for start in range(0, count, size))
