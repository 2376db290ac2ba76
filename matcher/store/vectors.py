"""Cached embeddings by model and content."""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from matcher.store.batches import batched
from matcher.store.dialect import upsert
from matcher.store.tables import PassageRow, VectorRow

QUERY_PREFIX = "query-"
"""What the keys of cached queries begin with; those of passages are hexadecimal."""

_STORED = np.dtype("<f2")


def round_as_stored(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Vectors as they come back from the cache: half precision keeps a cosine to 0.001."""
    return vectors.astype(_STORED).astype(np.float32)


def load_vectors(
    session: Session, model_id: str, hashes: Iterable[str]
) -> dict[str, NDArray[np.float32]]:
    """The cached vectors, shape (d,), of those texts that have one by this model."""
    found: dict[str, NDArray[np.float32]] = {}
    for batch in batched(hashes):
        query = select(VectorRow.content_hash, VectorRow.vector).where(
            VectorRow.model_id == model_id, VectorRow.content_hash.in_(batch)
        )
        for content_hash, stored in session.execute(query):
            found[content_hash] = vector_from(stored).astype(np.float32)
    return found


def vector_from(stored: bytes) -> NDArray[np.float16]:
    """A vector as it lies in the cache, shape (d,), read-only."""
    return np.frombuffer(stored, dtype=_STORED)


def save_vectors(
    session: Session, model_id: str, vectors: Mapping[str, NDArray[np.float32]]
) -> None:
    """Cache vectors by the hash of their text; those another process cached first are kept.

    They go in by their hash: that is how the key lies on disk, and two processes that cache the
    same texts at once then wait for each other in the same order.
    """
    insert = upsert(session, VectorRow).on_conflict_do_nothing()
    for hashes in batched(sorted(vectors)):
        rows = [
            {"model_id": model_id, "content_hash": key, "vector": _as_stored(vectors[key])}
            for key in hashes
        ]
        session.connection().execute(insert, rows)


def _as_stored(vector: NDArray[np.float32]) -> bytes:
    return vector.astype(_STORED).tobytes()


def count_vectors(session: Session) -> dict[str, int]:
    """Number of cached vectors by model."""
    query = select(VectorRow.model_id, func.count()).group_by(VectorRow.model_id)
    return {model_id: count for model_id, count in session.execute(query)}


def drop_unused_vectors(session: Session) -> int:
    """Remove vectors of texts that no passage has any more; returns how many.

    Those of queries stay; their keys begin with `QUERY_PREFIX`.
    """
    used = select(PassageRow.content_hash).where(PassageRow.content_hash == VectorRow.content_hash)
    result = session.execute(
        delete(VectorRow).where(~used.exists(), ~VectorRow.content_hash.startswith(QUERY_PREFIX))
    )
    return int(getattr(result, "rowcount", 0))
