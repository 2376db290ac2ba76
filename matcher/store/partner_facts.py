"""Queries on what the association knows of partners beside their profiles."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.casework.partners import PartnerFacts
from matcher.store.batches import batched
from matcher.store.tables_casework import PartnerFactsRow


def facts_of(session: Session, partner_ids: Iterable[str]) -> dict[str, PartnerFacts]:
    """What is known of these partners; those of whom nothing was ever entered are left out."""
    found: dict[str, PartnerFacts] = {}
    for batch in batched(partner_ids):
        query = select(PartnerFactsRow).where(PartnerFactsRow.partner_id.in_(batch))
        found.update({row.partner_id: _facts(row) for row in session.scalars(query)})
    return found


def get_facts(session: Session, partner_id: str) -> PartnerFacts:
    """What is known of a partner; of version 0 and empty if nothing was ever entered."""
    row = session.get(PartnerFactsRow, partner_id)
    return PartnerFacts(partner_id=partner_id) if row is None else _facts(row)


def save_facts(session: Session, facts: PartnerFacts) -> PartnerFacts:
    """Write what is known of a partner, who must exist; returns it with its next version."""
    row = session.get(PartnerFactsRow, facts.partner_id)
    if row is None:
        row = PartnerFactsRow(partner_id=facts.partner_id, version=0)
        session.add(row)
    row.aliases, row.conflicts = list(facts.aliases), list(facts.conflicts)
    row.capacity, row.stations_elsewhere = facts.capacity, facts.stations_elsewhere
    row.retired, row.last_contacted = facts.retired, facts.last_contacted
    row.note = facts.note
    row.version += 1
    session.flush()
    return replace(facts, version=row.version)


def _facts(row: PartnerFactsRow) -> PartnerFacts:
    return PartnerFacts(
        partner_id=row.partner_id,
        aliases=tuple(row.aliases),
        capacity=row.capacity,
        conflicts=tuple(row.conflicts),
        stations_elsewhere=row.stations_elsewhere,
        retired=row.retired,
        last_contacted=row.last_contacted,
        note=row.note,
        version=row.version,
    )
