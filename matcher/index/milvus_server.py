"""The calls to a Milvus: each with a time limit, and its errors in our own words.

Limits: at most 16,384 results a search or query, 64 MB a message
(https://milvus.io/docs/limitations.md).
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from hashlib import blake2b
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matcher.errors import IndexStateError
from matcher.index.milvus_address import SETTING, Address, IndexKind
from matcher.index.milvus_errors import explained

MOST_RESULTS: Final = 16_384
_ROWS_AT_ONCE: Final = 1000
_VECTORS_AT_ONCE: Final = 4096

_CONNECT_SECONDS: Final = 10.0
_READ_SECONDS: Final = 15.0
_WRITE_SECONDS: Final = 60.0
_LOAD_SECONDS: Final = 600.0
"""A server reads a whole collection into memory before it can be searched."""

_SESSION: Final = "Session"
"""A search sees at least what this process wrote itself, and waits for nothing else."""
_STRONG: Final = "Strong"
"""A query sees everything that any process has written."""

Vectors = NDArray[np.float32]
Ids = NDArray[np.int64]


class Server:
    """An open connection to a Milvus; threads may share it.

    Every method raises `IndexStateError` when the server does not answer or refuses.
    """

    def __init__(self, client: Any, address: Address) -> None:  # noqa: ANN401 - has no types
        """Take over a client of pymilvus."""
        self._client = client
        self._address = address
        with self._answering():
            version = str(client.get_server_version(timeout=_READ_SECONDS))
        # The small edition for one process knows neither half precision nor filter templates.
        self._lite = "lite" in version

    @classmethod
    def connect(cls, address: Address) -> "Server":
        """Connect to it.

        Raises:
            IndexStateError: it does not answer, refuses the login, or the package is missing.
        """
        try:
            from pymilvus import MilvusClient  # noqa: PLC0415 - slow, and needed by few

            if address.file:
                import milvus_lite  # noqa: F401, PLC0415 - pymilvus asks for it much later
        except ImportError as error:
            raise IndexStateError(
                f"{SETTING} 指定了 Milvus，但没有安装它的程序包。"
                "请运行 pip install 'need-matcher[milvus]'"
                + ("，再运行 pip install milvus-lite" if address.file else "")
            ) from error
        # It writes a traceback for every error before raising it; we report the error instead.
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
        with explained(address):
            client = MilvusClient(
                address.uri,
                token=address.token,
                db_name=address.database,
                timeout=_CONNECT_SECONDS,
                dedicated=True,  # a shared one would stay open after `close`
            )
        return cls(client, address)

    @property
    def kind(self) -> IndexKind:
        """The kind of index that collections are made with."""
        return self._address.kind

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def dimension(self, collection: str) -> int | None:
        """Length of the vectors in a collection, None if there is no such collection."""
        with self._answering():
            if not self._client.has_collection(collection, timeout=_READ_SECONDS):
                return None
            fields = self._client.describe_collection(collection, timeout=_READ_SECONDS)["fields"]
        return next(int(f["params"]["dim"]) for f in fields if f["name"] == "vector")

    def create(self, collection: str, dimension: int) -> None:
        """Make an empty collection; that another process just made it does not matter."""
        from pymilvus import DataType  # noqa: PLC0415
        from pymilvus.exceptions import MilvusException  # noqa: PLC0415

        schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("digest", DataType.INT64)
        vector = DataType.FLOAT_VECTOR if self._lite else DataType.FLOAT16_VECTOR
        schema.add_field("vector", vector, dim=dimension)
        index = self._client.prepare_index_params()
        index.add_index(
            "vector",
            index_type=self.kind.value,
            metric_type="IP",
            params=self.kind.build_parameters,
        )
        with self._answering():
            try:
                self._client.create_collection(
                    collection,
                    schema=schema,
                    index_params=index,
                    consistency_level=_SESSION,
                    timeout=_WRITE_SECONDS,
                )
            except MilvusException:
                if not self._client.has_collection(collection, timeout=_READ_SECONDS):
                    raise

    def load(self, collection: str) -> None:
        """Have the server hold a collection ready for searches."""
        with self._answering():
            self._client.load_collection(collection, timeout=_LOAD_SECONDS)

    def drop(self, collection: str) -> None:
        """Remove a collection with everything in it; one that is not there is passed over."""
        with self._answering():
            self._client.drop_collection(collection, timeout=_WRITE_SECONDS)

    def count(self, collection: str) -> int:
        """Number of rows."""
        with self._answering():
            rows = self._client.query(
                collection,
                output_fields=["count(*)"],
                consistency_level=_STRONG,
                timeout=_READ_SECONDS,
            )
        return int(rows[0]["count(*)"])

    def flush(self, collection: str) -> None:
        """Have the server write out what it took in lately."""
        with self._answering():
            self._client.flush(collection, timeout=_LOAD_SECONDS)

    def upsert(self, collection: str, ids: Ids, vectors: Vectors) -> None:
        """Put vectors, shape (n, d), under their ids, shape (n,), in place of what is there."""
        for start in range(0, len(ids), _ROWS_AT_ONCE):
            part = slice(start, start + _ROWS_AT_ONCE)
            stored = self._stored(vectors[part])
            columns = zip(ids[part].tolist(), _digests(stored), stored, strict=True)
            rows = [{"id": i, "digest": d, "vector": vector} for i, d, vector in columns]
            with self._answering():
                self._client.upsert(collection, rows, timeout=_WRITE_SECONDS)

    def differing(self, collection: str, ids: Ids, vectors: Vectors) -> NDArray[np.bool_]:
        """Which of these the collection lacks or has with another vector, shape (n,)."""
        there: dict[int, int] = {}
        for start in range(0, len(ids), _VECTORS_AT_ONCE):
            rows = self._query(collection, ids[start : start + _VECTORS_AT_ONCE], "digest", _STRONG)
            there |= {row["id"]: row["digest"] for row in rows}
        digests = _digests(self._stored(vectors))
        differ = [there.get(i) != d for i, d in zip(ids.tolist(), digests, strict=True)]
        return np.array(differ, dtype=bool)

    def vectors(self, collection: str, ids: Ids) -> tuple[Ids, Vectors]:
        """The vectors of those of `ids` that are there, in any order: (m,) and (m, d)."""
        found: list[int] = []
        parts: list[Vectors] = []
        for start in range(0, len(ids), _VECTORS_AT_ONCE):
            rows = self._query(
                collection, ids[start : start + _VECTORS_AT_ONCE], "vector", _SESSION
            )
            found += [row["id"] for row in rows]
            parts += [_unpacked([row["vector"] for row in rows])] if rows else []
        vectors = np.concatenate(parts) if parts else np.empty((0, 0), dtype=np.float32)
        return np.array(found, dtype=np.int64), vectors

    def search(
        self,
        collection: str,
        queries: Vectors,
        limit: int,
        *,
        share: float = 1.0,
        among: Ids | None = None,
    ) -> list[tuple[Ids, Vectors]]:
        """For each query, shape (q, d), the nearest ids and their cosines, best first.

        Args:
            collection: where to search.
            queries: unit vectors.
            limit: how many for each, at most `MOST_RESULTS`.
            share: what part of the rows may be found; see `IndexKind.search_parameters`.
            among: only these ids may be found, at most `MOST_RESULTS` of them.
        """
        restriction = {} if among is None else self._restriction(among)
        with self._answering():
            hits = self._client.search(
                collection,
                data=list(self._stored(queries)),
                limit=limit,
                output_fields=["id"],
                search_params={"params": self.kind.search_parameters(limit, share)},
                consistency_level=_SESSION,
                timeout=_READ_SECONDS,
                **restriction,
            )
        return [
            (np.array(found.ids, dtype=np.int64), np.array(found.distances, dtype=np.float32))
            for found in hits
        ]

    def ids_up_to(self, collection: str, last: int) -> Iterator[Ids]:
        """All ids in a collection up to `last`, ascending, in blocks."""
        with self._answering():
            pages = self._client.query_iterator(
                collection,
                batch_size=MOST_RESULTS // 2,
                filter=f"id <= {last}",
                output_fields=["id"],
                consistency_level=_STRONG,
                timeout=_READ_SECONDS,
            )
            try:
                while rows := pages.next():
                    yield np.array([row["id"] for row in rows], dtype=np.int64)
            finally:
                pages.close()

    def delete(self, collection: str, ids: Ids) -> None:
        """Remove rows; those not there are passed over."""
        for start in range(0, len(ids), MOST_RESULTS):
            restriction = self._restriction(ids[start : start + MOST_RESULTS])
            with self._answering():
                self._client.delete(collection, timeout=_WRITE_SECONDS, **restriction)

    def _query(self, collection: str, ids: Ids, field: str, level: str) -> Sequence[Any]:
        with self._answering():
            rows: Sequence[Any] = self._client.query(
                collection,
                output_fields=["id", field],
                consistency_level=level,
                timeout=_READ_SECONDS,
                **self._restriction(ids),
            )
        return rows

    def _restriction(self, ids: Ids) -> dict[str, Any]:
        """A filter on ids; a template spares the server the parsing of a long expression."""
        if self._lite:
            return {"filter": f"id in {ids.tolist()}"}
        return {"filter": "id in {ids}", "filter_params": {"ids": ids.tolist()}}

    def _stored(self, vectors: Vectors) -> NDArray[np.floating]:
        return np.asarray(vectors, dtype=np.float32 if self._lite else np.float16)

    def _answering(self) -> AbstractContextManager[None]:
        return explained(self._address)


def _digests(stored: NDArray[np.floating]) -> list[int]:
    """A number for each vector by which to see whether it is the same one."""
    return [
        int.from_bytes(blake2b(row.tobytes(), digest_size=8).digest(), "little", signed=True)
        for row in stored
    ]


def _unpacked(cells: Sequence[Any]) -> Vectors:
    """Vectors as pymilvus gives them: lists of numbers, or half-precision bytes."""
    if isinstance(cells[0], bytes):
        return np.frombuffer(b"".join(cells), np.float16).reshape(len(cells), -1).astype(np.float32)
    if isinstance(cells[0], list) and isinstance(cells[0][0], bytes):
        return _unpacked([cell[0] for cell in cells])
    return np.array(cells, dtype=np.float32)
