"""Passages: derived from records on every write, read by the indexes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from matcher.records import OwnerFacts, Passage, Side
from matcher.store.batches import batched
from matcher.store.codec import digest, passage_from
from matcher.store.tables import NeedRow, PartnerRow, PassageRow
from matcher.text.passages import PassageText


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
                    fresh.append(
                        {
                            "side": side,
                            "owner_id": owner_id,
                            "evidence_id": text.evidence_id,
                            "text": text.text,
                            "content_hash": content_hash,
                        }
                    )
        stale.extend(passage_id for ids in kept.values() for passage_id in ids)
    for ids in batched(stale):
        session.execute(delete(PassageRow).where(PassageRow.id.in_(ids)))
    for rows in batched(fresh):
        session.execute(insert(PassageRow), rows)


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
            select(PassageRow)
            .where(PassageRow.side == side, PassageRow.owner_id.in_(owners))
            .order_by(PassageRow.id)
        )
        found.extend(map(passage_from, session.scalars(query)))
    return found


def passages_by_id(session: Session, ids: Iterable[int]) -> dict[int, Passage]:
    """The passages with these ids that exist."""
    found: dict[int, Passage] = {}
    for batch in batched(ids):
        for row in session.scalars(select(PassageRow).where(PassageRow.id.in_(batch))):
            found[row.id] = passage_from(row)
    return found


def owner_facts(session: Session, side: Side, owner_ids: Iterable[str]) -> dict[str, OwnerFacts]:
    """What a search can be restricted by, for the owners among these that exist."""
    facts: dict[str, OwnerFacts] = {}
    for batch in batched(owner_ids):
        if side is Side.PARTNER:
            query = select(PartnerRow.id, PartnerRow.kind, PartnerRow.region).where(
                PartnerRow.id.in_(batch)
            )
            facts.update({row.id: OwnerFacts(*row) for row in session.execute(query)})
        else:
            needs = select(NeedRow.id, NeedRow.status, NeedRow.county).where(NeedRow.id.in_(batch))
            facts.update({row.id: OwnerFacts(*row) for row in session.execute(needs)})
    return facts


def passage_owners(session: Session, side: Side) -> dict[int, str]:
    """Owner of every passage of one side."""
    query = select(PassageRow.id, PassageRow.owner_id).where(PassageRow.side == side)
    return {row.id: row.owner_id for row in session.execute(query)}
