"""Passages whose texts have no vector by a model yet."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from matcher.store.tables import PassageRow, VectorRow


@dataclass(frozen=True, slots=True)
class UnembeddedTexts:
    """Some texts without a vector.

    Attributes:
        texts: by the hash of their content, each once.
        last_id: of the passages looked at; there may be more behind it.
    """

    texts: dict[str, str]
    last_id: int


def next_unembedded(
    session: Session, model_id: str, *, after: int = 0, at_once: int = 2000
) -> UnembeddedTexts | None:
    """The next texts without a vector by this model, by the ids of their passages.

    Args:
        session: to read with; a new one for each call lets others write meanwhile.
        model_id: whose vectors.
        after: id of a passage; those up to it are left out.
        at_once: so many passages at most.

    Returns:
        The texts; None if there are no more behind `after`.
    """
    query = (
        select(PassageRow.id, PassageRow.content_hash, PassageRow.text)
        .where(PassageRow.id > after, _has_none(model_id))
        .order_by(PassageRow.id)
        .limit(at_once)
    )
    rows = session.execute(query).all()
    if not rows:
        return None
    return UnembeddedTexts({row.content_hash: row.text for row in rows}, rows[-1].id)


def count_unembedded(session: Session, model_id: str) -> int:
    """Number of different texts without a vector by this model."""
    query = select(func.count(PassageRow.content_hash.distinct())).where(_has_none(model_id))
    return session.scalar(query) or 0


def _has_none(model_id: str) -> ColumnElement[bool]:
    cached = select(VectorRow.content_hash).where(
        VectorRow.model_id == model_id, VectorRow.content_hash == PassageRow.content_hash
    )
    return ~cached.exists()
