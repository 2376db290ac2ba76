"""Queries on merges of partners: what hangs on a record, moving it, and what undoing needs."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from matcher.casework.contacts import ContactOwner
from matcher.casework.merging import PartnerMerge, WholePartner
from matcher.casework.partners import PartnerFacts
from matcher.casework.plans import Mark, PlanMark
from matcher.casework.site_facts import SiteFact
from matcher.errors import NotFoundError
from matcher.records import Evidence, EvidenceType, Partner, PartnerKind
from matcher.store.partner_facts import get_facts
from matcher.store.partners import get_partner
from matcher.store.plan_marks import marks_of_partner
from matcher.store.plan_pairs import pair_keys_of
from matcher.store.site_facts import delete_site_facts, save_site_facts, site_facts_of
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
        site_facts=tuple(
            site_facts_of(session, "partner", [partner_id]).get(partner_id, {}).values()
        ),
        marks=marks_of_partner(session, partner_id),
        plan_pairs=pair_keys_of(session, partner_id),
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


def join_site_facts(session: Session, kept: WholePartner, merged: WholePartner) -> None:
    """Give a record what was found out of the one that goes into it, where it says nothing."""
    own = kept.partner.id
    save_site_facts(session, (replace(each, owner_id=own) for each in merged.beyond(kept)))


def part_site_facts(session: Session, kept: WholePartner, merged: WholePartner) -> None:
    """Give the record that had been merged back what was found out of it.

    What was entered since stays with the kept one.
    """
    own = kept.partner.id
    present = site_facts_of(session, "partner", [own]).get(own, {})
    back = [
        each.name
        for each in merged.beyond(kept)
        if present.get(each.name) == replace(each, owner_id=own)
    ]
    delete_site_facts(session, "partner", own, back)
    save_site_facts(session, merged.site_facts)


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
    site_facts = [asdict(f) | {"noted_on": f.noted_on.isoformat()} for f in whole.site_facts]
    marks = [asdict(mark) | {"marked_at": mark.marked_at.isoformat()} for mark in whole.marks]
    told = {"facts": _facts_json(whole.facts), "site_facts": site_facts, "marks": marks}
    return asdict(whole) | told


def _whole(values: Mapping[str, Any]) -> WholePartner:
    return WholePartner(
        partner=_partner(values["partner"]),
        facts=_facts(values["facts"]),
        contacts=tuple(values["contacts"]),
        pairings=tuple(values["pairings"]),
        stations=tuple((station, position) for station, position in values["stations"]),
        # Merges of earlier versions do not tell them.
        site_facts=tuple(
            SiteFact(**{**each, "noted_on": date.fromisoformat(each["noted_on"])})
            for each in values.get("site_facts", ())
        ),
        marks=tuple(map(_plan_mark, values.get("marks", ()))),
        plan_pairs=tuple((plan, need) for plan, need in values.get("plan_pairs", ())),
    )


def _plan_mark(values: Mapping[str, Any]) -> PlanMark:
    at = datetime.fromisoformat(values["marked_at"])
    return PlanMark(**{**values, "mark": Mark(values["mark"]), "marked_at": at})


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
