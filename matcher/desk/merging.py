"""Merging two records of one partner, and undoing it."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from matcher.casework.contacts import Contact, ContactOwner
from matcher.casework.merging import (
    Joined,
    PartnerMerge,
    WholePartner,
    join,
    join_facts,
    likeness,
)
from matcher.casework.partners import PartnerFacts
from matcher.desk.core import Act, Desk, Subject
from matcher.errors import ConflictError, InvalidInputError
from matcher.intake.columns import Subject as Table
from matcher.intake.tables import TABLES
from matcher.people import Permission
from matcher.records import Need, Partner
from matcher.store.codec import digest, fingerprint
from matcher.store.contacts import contacts_of, delete_contact, save_contact
from matcher.store.merges import (
    add_merge,
    get_merge,
    join_site_facts,
    join_stations,
    mark_undone,
    merged_into,
    move_contacts,
    move_pairings,
    needs_paired_with_both,
    part_site_facts,
    part_stations,
    whole_partner,
)
from matcher.store.needs import get_needs
from matcher.store.partner_facts import facts_of, get_facts, save_facts
from matcher.store.partner_names import ids_named, pairs_of_one_name
from matcher.store.partners import delete_partner, get_partner, get_partners, save_partners
from matcher.store.plan_marks import move_marks, part_marks
from matcher.store.plan_pairs import move_pairs

_FACTS = {
    "aliases": "别名",
    "capacity": "每年可对接",
    "conflicts": "利益冲突",
    "stations_elsewhere": "外地站点",
    "retired": "是否退休",
    "note": "备注",
}
_MOST_PAIRS = 100


@dataclass(frozen=True, slots=True)
class Twins:
    """Two records that seem to be of one partner, and why."""

    one: Partner
    other: Partner
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePreview:
    """What a merge would result in.

    Attributes:
        kept: the record that stays.
        other: the one that goes into it.
        joined: the record that comes out, and the evidence that was there twice.
        facts: what is known beside it then.
        moved_contacts: how many contacts of `other` come along.
        same_contacts: how many do not, as `kept` has the same.
        stations: how many stations the one record has then.
        clashes: needs that have a pairing with both, which keeps the two from being merged.
        seen: tells this state of the two records from any other.
    """

    kept: WholePartner
    other: WholePartner
    joined: Joined
    facts: PartnerFacts
    moved_contacts: int
    same_contacts: int
    stations: int
    clashes: tuple[Need, ...]
    seen: str


def suggestions(desk: Desk, partner_id: str) -> list[Twins]:
    """Other records that seem to be of the same partner.

    Raises:
        NotFoundError: there is no such partner.
    """
    with desk.reading() as session:
        return suggestions_in(session, partner_id)


def suggestions_in(session: Session, partner_id: str) -> list[Twins]:
    """`suggestions` within a session."""
    partner = get_partner(session, partner_id)
    aliases = get_facts(session, partner_id).aliases
    ids = ids_named(session, (partner.name, partner.name_en, *aliases))
    return _twins(session, ((partner_id, other) for other in ids if other != partner_id))


def likely_pairs(desk: Desk) -> list[Twins]:
    """Pairs of records in the directory that seem to be of one partner each."""
    with desk.reading(Permission.DIRECTORY) as session:
        return _twins(session, pairs_of_one_name(session))[:_MOST_PAIRS]


def preview(desk: Desk, kept_id: str, other_id: str) -> MergePreview:
    """What it would result in to merge a record into another.

    Raises:
        NotFoundError: there is no such partner.
        InvalidInputError: they are the same record.
    """
    with desk.reading(Permission.DIRECTORY) as session:
        return _preview(session, kept_id, other_id)


def merge(desk: Desk, kept_id: str, other_id: str, *, seen: str = "") -> PartnerMerge:
    """Merge a record into another; it can be undone.

    Args:
        desk: whoever does it.
        kept_id: the record that stays.
        other_id: the one that goes into it.
        seen: of the preview that the actor saw; empty to merge whatever is there.

    Raises:
        NotFoundError: there is no such partner.
        InvalidInputError: they are the same record.
        ConflictError: both have a pairing with one need, or one has been changed since `seen`.
    """
    with desk.writing(Permission.DIRECTORY) as session:
        planned = _preview(session, kept_id, other_id)
        if seen and seen != planned.seen:
            raise ConflictError("打开页面以后，有人改过这两条记录，还没有合并。请核对下面的内容")
        if planned.clashes:
            titles = "、".join(f"“{need.title or need.id}”" for need in planned.clashes)
            raise ConflictError(
                f"两条记录与同一条需求都有对接，不能合并：{titles}。请保留两条记录，并在备注里互相注明"
            )
        return _carry_out(desk, session, planned)


def undo(desk: Desk, merge_id: int) -> PartnerMerge:
    """Make two records again of one that was merged, as they were.

    Contacts, pairings and stations go back to the record that they came from; those that were
    added since stay with the one that was kept, and so does a later day of contact.

    Raises:
        NotFoundError: there is no such merge.
        ConflictError: it was undone already, or something has changed since that would be lost.
    """
    with desk.writing(Permission.DIRECTORY) as session:
        done = get_merge(session, merge_id)
        _check_undoing(session, done)
        _take_back(session, done)
        kept, merged = done.kept.partner, done.merged.partner
        desk.log(
            session,
            Act.UNMERGE,
            Subject.PARTNER,
            kept.id,
            summary=f"{merged.name}（{merged.id}）重新成为单独的一条",
            details={"merge": merge_id, "merged": merged.id},
        )
        return done


def _twins(session: Session, pairs: Iterable[tuple[str, str]]) -> list[Twins]:
    wanted = list(pairs)
    ids = {identifier for pair in wanted for identifier in pair}
    partners, facts = get_partners(session, ids), facts_of(session, ids)

    def known_as(identifier: str) -> tuple[str, ...]:
        return facts[identifier].aliases if identifier in facts else ()

    found = []
    for one, other in wanted:
        why = likeness(partners[one], known_as(one), partners[other], known_as(other))
        if why:
            found.append(Twins(partners[one], partners[other], why))
    return found


def _preview(session: Session, kept_id: str, other_id: str) -> MergePreview:
    if kept_id == other_id:
        raise InvalidInputError("这是同一条记录，请另选一条", field="other")
    kept, other = whole_partner(session, kept_id), whole_partner(session, other_id)
    needs = get_needs(session, needs_paired_with_both(session, kept_id, other_id))
    same = _same_contacts(session, kept_id, other_id)
    return MergePreview(
        kept=kept,
        other=other,
        joined=join(kept.partner, other.partner),
        facts=join_facts(kept, other),
        moved_contacts=len(other.contacts) - len(same),
        same_contacts=len(same),
        stations=len({station for station, _ in (*kept.stations, *other.stations)}),
        clashes=tuple(needs[key] for key in sorted(needs)),
        seen=digest(
            "".join(
                f"{fingerprint(whole.partner)}{whole.facts.version}{whole.pairings}{whole.stations}"
                for whole in (kept, other)
            )
        ),
    )


def _carry_out(desk: Desk, session: Session, planned: MergePreview) -> PartnerMerge:
    kept, other = planned.kept, planned.other
    kept_id, other_id = kept.partner.id, other.partner.id
    same = _same_contacts(session, kept_id, other_id)
    for contact in same:
        delete_contact(session, contact)
    move_contacts(session, other.contacts, other_id, kept_id)
    move_pairings(session, other.pairings, other_id, kept_id)
    join_stations(session, other_id, kept_id)
    join_site_facts(session, kept, other)
    move_marks(session, other_id, kept_id)
    move_pairs(session, other.plan_pairs, other_id, kept_id)
    delete_partner(session, other_id)
    save_partners(session, [planned.joined.partner])
    facts = save_facts(session, planned.facts)
    done = add_merge(
        session,
        PartnerMerge(
            id=0,
            kept=kept,
            merged=other,
            after=planned.joined.partner,
            facts_after=facts,
            same_contacts=tuple(same.values()),
            merged_at=datetime.now(UTC),
            merged_by=desk.actor.name,
        ),
    )
    desk.log(
        session,
        Act.MERGE,
        Subject.PARTNER,
        kept_id,
        summary=f"{other.partner.name}（{other_id}）并入{kept.partner.name}",
        details={"merge": done.id, "merged": other_id},
    )
    return done


def _same_contacts(session: Session, kept_id: str, other_id: str) -> dict[int, int]:
    """Contacts of the other record that the kept one has too: number there, number here."""
    known = {_said(each): each.id for each in contacts_of(session, ContactOwner.PARTNER, kept_id)}
    others = contacts_of(session, ContactOwner.PARTNER, other_id)
    return {each.id: known[_said(each)] for each in others if _said(each) in known}


def _said(contact: Contact) -> Contact:
    return replace(contact, id=0, owner_id="")


def _check_undoing(session: Session, done: PartnerMerge) -> None:
    kept_id, merged_id = done.kept.partner.id, done.merged.partner.id
    if done.undone_at is not None:
        raise ConflictError("这次合并已经撤销过了")
    found = get_partners(session, [kept_id, merged_id])
    if merged_id in found:
        raise ConflictError(f"现在又有一条编号为“{merged_id}”的对象，不能撤销。请先核对那一条")
    if kept_id not in found:
        where = merged_into(session, kept_id)
        told = f"已经又并入“{where}”，请先撤销那一次合并" if where else "已经删除，不能再撤销"
        raise ConflictError(f"合并后的记录“{kept_id}”{told}")
    labels = {column.field: column.label for column in TABLES[Table.PARTNERS].columns}
    changed = [
        *_differing(done.after, found[kept_id], labels),
        *_differing(done.facts_after, get_facts(session, kept_id), _FACTS),
    ]
    if changed:
        raise ConflictError(
            f"合并以后又改过：{'、'.join(changed)}。撤销会丢掉这些改动，因此没有撤销；"
            "确实要分开的，请新建一条记录，并手工修改这一条"
        )


def _differing(before: object, now: object, labels: dict[str, str]) -> list[str]:
    """Chinese names of the labelled fields in which two records of one class differ."""
    names = (field.name for field in fields(before))  # type: ignore[arg-type]
    return [
        labels[name]
        for name in names
        if name in labels and getattr(before, name) != getattr(now, name)
    ]


def _take_back(session: Session, done: PartnerMerge) -> None:
    kept, merged = done.kept, done.merged
    kept_id, merged_id = kept.partner.id, merged.partner.id
    save_partners(session, [kept.partner, merged.partner])
    last = get_facts(session, kept_id).last_contacted
    spoken_since = last != done.facts_after.last_contacted
    facts = replace(kept.facts, last_contacted=last) if spoken_since else kept.facts
    save_facts(session, facts)
    if merged.facts.version:
        save_facts(session, merged.facts)
    move_pairings(session, merged.pairings, kept_id, merged_id)
    part_stations(session, kept, merged)
    part_site_facts(session, kept, merged)
    part_marks(session, kept_id, merged.marks, shared={mark.need_id for mark in kept.marks})
    move_pairs(session, set(merged.plan_pairs) - set(kept.plan_pairs), kept_id, merged_id)
    move_contacts(session, merged.contacts, kept_id, merged_id)
    present = {each.id: each for each in contacts_of(session, ContactOwner.PARTNER, kept_id)}
    for twin in done.same_contacts:
        if twin in present:
            save_contact(session, replace(present[twin], id=0, owner_id=merged_id))
    mark_undone(session, done.id)
