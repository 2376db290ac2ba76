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
            found[content_hash] = np.frombuffer(stored, dtype=_STORED).astype(np.float32)
    return found


def save_vectors(
    session: Session, model_id: str, vectors: Mapping[str, NDArray[np.float32]]
) -> None:
    """Cache vectors by the hash of their text; those another process cached first are kept."""
    for batch in batched(vectors.items()):
        rows = [
            {"model_id": model_id, "content_hash": h, "vector": v.astype(_STORED).tobytes()}
            for h, v in batch
        ]
        session.execute(upsert(session, VectorRow).on_conflict_do_nothing(), rows)


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
