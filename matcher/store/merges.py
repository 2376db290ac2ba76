"""Queries on merges of partners: what hangs on a record, moving it, and what undoing needs."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from matcher.casework.contacts import ContactOwner
from matcher.casework.merging import PartnerMerge, WholePartner
from matcher.casework.partners import PartnerFacts
from matcher.errors import NotFoundError
from matcher.records import Evidence, EvidenceType, Partner, PartnerKind
from matcher.store.partner_facts import get_facts
from matcher.store.partners import get_partner
from matcher.store.tables_casework import (
    ContactRow,
    PairingRow,
    PartnerMergeRow,
    StationPartnerRow,
    StationRow,
)


def whole_partner(session: Session, partner_id: str) -> WholePartner:
    """A partner with all that hangs on it.

    Raises:
        NotFoundError: there is no such partner.
    """
    contacts = select(ContactRow.id).where(
        ContactRow.owner == ContactOwner.PARTNER, ContactRow.owner_id == partner_id
    )
    pairings = select(PairingRow.id).where(PairingRow.partner_id == partner_id)
    stations = select(StationPartnerRow.station_id, StationPartnerRow.position).where(
        StationPartnerRow.partner_id == partner_id
    )
    return WholePartner(
        partner=get_partner(session, partner_id),
        facts=get_facts(session, partner_id),
        contacts=tuple(session.scalars(contacts.order_by(ContactRow.id))),
        pairings=tuple(session.scalars(pairings.order_by(PairingRow.id))),
        stations=tuple(
            (row.station_id, row.position)
            for row in session.execute(stations.order_by(StationPartnerRow.station_id))
        ),
    )


def needs_paired_with_both(session: Session, one: str, other: str) -> list[str]:
    """Ids of the needs that have a pairing with each of two partners."""
    of_other = select(PairingRow.need_id).where(PairingRow.partner_id == other)
    query = select(PairingRow.need_id).where(
        PairingRow.partner_id == one, PairingRow.need_id.in_(of_other)
    )
    return list(session.scalars(query.order_by(PairingRow.need_id)))


def move_contacts(session: Session, contacts: Iterable[int], before: str, after: str) -> None:
    """Give a partner's contacts to another; those no longer its own stay."""
    session.execute(
        update(ContactRow)
        .where(
            ContactRow.id.in_(list(contacts)),
            ContactRow.owner == ContactOwner.PARTNER,
            ContactRow.owner_id == before,
        )
        .values(owner_id=after)
    )


def move_pairings(session: Session, pairings: Iterable[int], before: str, after: str) -> None:
    """Give a partner's pairings to another; those that are no longer its own stay as they are."""
    session.execute(
        update(PairingRow)
        .where(PairingRow.id.in_(list(pairings)), PairingRow.partner_id == before)
        .values(partner_id=after)
    )


def join_stations(session: Session, before: str, after: str) -> None:
    """Put a partner in the place of another at its stations; once, where it is there already."""
    there = select(StationPartnerRow.station_id).where(StationPartnerRow.partner_id == after)
    own = StationPartnerRow.partner_id == before
    session.execute(delete(StationPartnerRow).where(own, StationPartnerRow.station_id.in_(there)))
    session.execute(update(StationPartnerRow).where(own).values(partner_id=after))


def part_stations(session: Session, kept: WholePartner, merged: WholePartner) -> None:
    """Give the record that had been merged its stations back, where both are still there.

    At a station where both were, the merged one stands beside the kept one again.
    """
    both = {station for station, _ in kept.stations}
    for station, position in merged.stations:
        present = session.get(StationPartnerRow, (station, kept.partner.id))
        if present is None or session.get(StationRow, station) is None:
            continue
        if station not in both:
            session.delete(present)
        session.add(
            StationPartnerRow(station_id=station, partner_id=merged.partner.id, position=position)
        )
    session.flush()
    session.expire_all()


def add_merge(session: Session, merge: PartnerMerge) -> PartnerMerge:
    """Keep a merge; returns it with its number."""
    row = PartnerMergeRow(
        kept_id=merge.kept.partner.id,
        merged_id=merge.merged.partner.id,
        kept={
            "before": _whole_json(merge.kept),
            "after": {"partner": asdict(merge.after), "facts": _facts_json(merge.facts_after)},
        },
        merged={"before": _whole_json(merge.merged), "same_contacts": list(merge.same_contacts)},
        merged_at=merge.merged_at,
        merged_by=merge.merged_by[:60],
        undone_at=merge.undone_at,
    )
    session.add(row)
    session.flush()
    return _merge(row)


def get_merge(session: Session, merge_id: int) -> PartnerMerge:
    """One merge.

    Raises:
        NotFoundError: there is none with this number.
    """
    row = session.get(PartnerMergeRow, merge_id)
    if row is None:
        raise NotFoundError("合并记录", str(merge_id))
    return _merge(row)


def merges_of(session: Session, partner_id: str) -> list[PartnerMerge]:
    """The merges that hold and that a record took part in, the latest first."""
    query = (
        select(PartnerMergeRow)
        .where(
            or_(PartnerMergeRow.kept_id == partner_id, PartnerMergeRow.merged_id == partner_id),
            PartnerMergeRow.undone_at.is_(None),
        )
        .order_by(PartnerMergeRow.id.desc())
    )
    return list(map(_merge, session.scalars(query)))


def merged_into(session: Session, partner_id: str) -> str:
    """Id of the record that this one was merged into and that is there; empty if it was not."""
    seen: set[str] = set()
    current = partner_id
    while current not in seen:
        seen.add(current)
        query = (
            select(PartnerMergeRow.kept_id)
            .where(PartnerMergeRow.merged_id == current, PartnerMergeRow.undone_at.is_(None))
            .order_by(PartnerMergeRow.id.desc())
            .limit(1)
        )
        current = session.scalar(query) or current
    return current if current != partner_id else ""


def mark_undone(session: Session, merge_id: int) -> None:
    """Note that a merge was undone, now."""
    session.execute(
        update(PartnerMergeRow)
        .where(PartnerMergeRow.id == merge_id)
        .values(undone_at=datetime.now(UTC))
    )
    session.expire_all()


def _merge(row: PartnerMergeRow) -> PartnerMerge:
    after = row.kept["after"]
    return PartnerMerge(
        id=row.id,
        kept=_whole(row.kept["before"]),
        merged=_whole(row.merged["before"]),
        after=_partner(after["partner"]),
        facts_after=_facts(after["facts"]),
        same_contacts=tuple(row.merged["same_contacts"]),
        merged_at=row.merged_at,
        merged_by=row.merged_by,
        undone_at=row.undone_at,
    )


def _whole_json(whole: WholePartner) -> dict[str, Any]:
    return asdict(whole) | {"facts": _facts_json(whole.facts)}


def _whole(values: Mapping[str, Any]) -> WholePartner:
    return WholePartner(
        partner=_partner(values["partner"]),
        facts=_facts(values["facts"]),
        contacts=tuple(values["contacts"]),
        pairings=tuple(values["pairings"]),
        stations=tuple((station, position) for station, position in values["stations"]),
    )


def _partner(values: Mapping[str, Any]) -> Partner:
    lists = {name: tuple(values[name]) for name in ("disciplines", "languages")}
    evidence = tuple(
        Evidence(
            **{
                **item,
                "type": EvidenceType(item["type"]),
                "keywords": tuple(item["keywords"]),
            }
        )
        for item in values["evidence"]
    )
    kind = PartnerKind(values["kind"])
    return Partner(**{**values, **lists, "kind": kind, "evidence": evidence})


def _facts_json(facts: PartnerFacts) -> dict[str, Any]:
    day = facts.last_contacted
    return asdict(facts) | {"last_contacted": day.isoformat() if day else None}


def _facts(values: Mapping[str, Any]) -> PartnerFacts:
    day = values["last_contacted"]
    lists = {name: tuple(values[name]) for name in ("aliases", "conflicts")}
    return PartnerFacts(
        **{**values, **lists, "last_contacted": date.fromisoformat(day) if day else None}
    )
