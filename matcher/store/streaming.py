"""Everything that an index of one side is built from, block by block in constant memory."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from matcher.records import OwnerFacts, Passage, Side
from matcher.store.codec import PASSAGE_COLUMNS, passage_from
from matcher.store.passages import facts_columns
from matcher.store.tables import PassageRow, VectorRow
from matcher.store.vectors import vector_from


@dataclass(frozen=True, slots=True)
class OwnerBlock:
    """Some owners with their passages and those vectors of them that are cached.

    Attributes:
        facts: the owners, by id.
        passages: of each of these owners its passages, by id; none if it has no text.
        vectors: shape (d,), unit length, by the hash of the text; a text that has not been
            embedded by the model yet is missing. They are read-only.
    """

    facts: list[OwnerFacts]
    passages: list[list[Passage]]
    vectors: dict[str, NDArray[np.float16]]


def stream_owners(
    session: Session, side: Side, model_id: str, *, at_once: int = 2000, after: str = ""
) -> Iterator[OwnerBlock]:
    """All owners of one side with their passages and cached vectors, by id.

    Two statements a block, which go on behind the last id (no OFFSET), and nothing is left open
    between blocks: whoever wants to write meanwhile can pass a new session with each `after`.

    Args:
        session: to read with.
        side: whose owners.
        model_id: whose vectors.
        at_once: so many owners to a block, at most.
        after: the id of an owner; those up to it are left out.
    """
    while True:
        facts = _facts(session, side, after, at_once)
        if not facts:
            return
        yield _block(session, side, model_id, facts, after)
        after = facts[-1].id


def _facts(session: Session, side: Side, after: str, at_once: int) -> list[OwnerFacts]:
    key, kind, region = facts_columns(side)
    query = select(key, kind, region).where(key > after).order_by(key).limit(at_once)
    return [OwnerFacts(*row) for row in session.execute(query)]


def _block(
    session: Session, side: Side, model_id: str, facts: list[OwnerFacts], after: str
) -> OwnerBlock:
    """The block of these owners, which are all that there are from `after` to the last of them."""
    owner_id = PassageRow.owner_id
    cached = and_(VectorRow.model_id == model_id, VectorRow.content_hash == PassageRow.content_hash)
    query = (
        select(*PASSAGE_COLUMNS, VectorRow.vector)
        .outerjoin(VectorRow, cached)
        .where(PassageRow.side == side, owner_id > after, owner_id <= facts[-1].id)
        .order_by(owner_id, PassageRow.id)
    )
    passages: dict[str, list[Passage]] = {owner.id: [] for owner in facts}
    vectors: dict[str, NDArray[np.float16]] = {}
    for *columns, stored in session.execute(query):
        passage = passage_from(columns)
        if passage.owner_id in passages:
            passages[passage.owner_id].append(passage)
            if stored is not None:
                vectors[passage.content_hash] = vector_from(stored)
    return OwnerBlock(facts, list(passages.values()), vectors)
