"""Passages: derived from records on every write, read by the indexes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from matcher.records import OwnerFacts, Passage, Side
from matcher.store.batches import batched
from matcher.store.codec import PASSAGE_COLUMNS, digest, passage_from
from matcher.store.saving import insert_rows
from matcher.store.tables import NeedRow, PartnerRow, PassageRow
from matcher.text.passages import PassageText


def add_passages(
    session: Session, side: Side, texts_of: Mapping[str, Sequence[PassageText]]
) -> None:
    """Give each owner these passages; none of them may have any yet."""
    rows = [
        _row(side, owner_id, text, digest(text.text))
        for owner_id, texts in texts_of.items()
        for text in texts
    ]
    insert_rows(session, PassageRow, rows)


def replace_passages(
    session: Session, side: Side, texts_of: Mapping[str, Sequence[PassageText]]
) -> None:
    """Give each owner these passages; a passage that stays the same keeps its id."""
    fresh: list[dict[str, Any]] = []
    stale: list[int] = []
    for owners in batched(texts_of):
        kept: dict[tuple[str, str | None, str], list[int]] = {}
        for passage in passages_of(session, side, owners):
            key = (passage.owner_id, passage.evidence_id, passage.content_hash)
            kept.setdefault(key, []).append(passage.id)
        for owner_id in owners:
            for text in texts_of[owner_id]:
                content_hash = digest(text.text)
                key = (owner_id, text.evidence_id, content_hash)
                if kept.get(key):
                    kept[key].pop()
                else:
                    fresh.append(_row(side, owner_id, text, content_hash))
        stale.extend(passage_id for ids in kept.values() for passage_id in ids)
    for ids in batched(stale):
        session.execute(delete(PassageRow).where(PassageRow.id.in_(ids)))
    insert_rows(session, PassageRow, fresh)


def _row(side: Side, owner_id: str, text: PassageText, content_hash: str) -> dict[str, Any]:
    return {
        "side": side,
        "owner_id": owner_id,
        "evidence_id": text.evidence_id,
        "text": text.text,
        "content_hash": content_hash,
    }


def delete_passages(session: Session, side: Side, owner_ids: Iterable[str]) -> None:
    """Remove all passages of these owners."""
    for owners in batched(owner_ids):
        session.execute(
            delete(PassageRow).where(PassageRow.side == side, PassageRow.owner_id.in_(owners))
        )


def passages_of(session: Session, side: Side, owner_ids: Iterable[str]) -> list[Passage]:
    """All passages of these owners, by id."""
    found: list[Passage] = []
    for owners in batched(owner_ids):
        query = (
            select(*PASSAGE_COLUMNS)
            .where(PassageRow.side == side, PassageRow.owner_id.in_(owners))
            .order_by(PassageRow.id)
        )
        found.extend(map(passage_from, session.execute(query)))
    return found


def passages_by_id(session: Session, ids: Iterable[int]) -> dict[int, Passage]:
    """The passages with these ids that exist."""
    found: dict[int, Passage] = {}
    for batch in batched(ids):
        query = select(*PASSAGE_COLUMNS).where(PassageRow.id.in_(batch))
        found.update({row.id: passage_from(row) for row in session.execute(query)})
    return found


def owner_facts(session: Session, side: Side, owner_ids: Iterable[str]) -> dict[str, OwnerFacts]:
    """What a search can be restricted by, for the owners among these that exist."""
    key, kind, region = facts_columns(side)
    facts: dict[str, OwnerFacts] = {}
    for batch in batched(owner_ids):
        query = select(key, kind, region).where(key.in_(batch))
        facts.update({row[0]: OwnerFacts(*row) for row in session.execute(query)})
    return facts


def facts_columns(side: Side) -> tuple[InstrumentedAttribute[str], ...]:
    """The columns that `OwnerFacts` of this side consist of: id, kind, region."""
    if side is Side.PARTNER:
        return PartnerRow.id, PartnerRow.kind, PartnerRow.region
    return NeedRow.id, NeedRow.status, NeedRow.county


def passage_owners(session: Session, side: Side) -> dict[int, str]:
    """Owner of every passage of one side."""
    query = select(PassageRow.id, PassageRow.owner_id).where(PassageRow.side == side)
    return {row.id: row.owner_id for row in session.execute(query)}
