"""Partners: the directory, what is known beside it, and what has come of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from matcher.casework.contacts import Contact, ContactOwner
from matcher.casework.merging import PartnerMerge
from matcher.casework.partners import PartnerFacts
from matcher.desk import contacts
from matcher.desk.core import Act, Desk, Subject, changed_fields
from matcher.desk.merging import Twins, suggestions_in
from matcher.desk.partner_facts import facts_in
from matcher.errors import ConflictError
from matcher.people import Permission
from matcher.records import Enterprise, Evidence, Partner, PartnerKind
from matcher.store.codec import fingerprint
from matcher.store.contacts import delete_contacts_of
from matcher.store.dossiers import (
    PairingLine,
    StationLine,
    pairings_with,
    partner_holds,
    stations_with,
)
from matcher.store.enterprises import get_enterprises
from matcher.store.merges import merged_into, merges_of
from matcher.store.partners import (
    PartnerQuery,
    count_by_kind,
    delete_partner,
    get_partner,
    get_partners,
    list_partners,
    save_partners,
)

_CHANGED = "打开表单以后，别人改过这个对象。核对以后再保存，会覆盖那些改动"
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerDossier:
    """A partner with all that staff see of it; what hangs on it as far as it is theirs to see."""

    partner: Partner
    facts: PartnerFacts
    conflicts: tuple[Enterprise, ...]
    contacts: tuple[Contact, ...]
    pairings: tuple[PairingLine, ...]
    stations: tuple[StationLine, ...]
    merges: tuple[PartnerMerge, ...]
    twins: tuple[Twins, ...]


def find(
    desk: Desk,
    asked: PartnerQuery,
    *,
    order: str = "",
    descending: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Partner], int]:
    """A page of partners, and how many there are in all; for the order see `PARTNER_ORDERS`."""
    with desk.reading() as session:
        return list_partners(
            session,
            kind=asked.kind,
            region=asked.region,
            discipline=asked.discipline,
            text=asked.text,
            order=order,
            descending=descending,
            offset=offset,
            limit=limit,
        )


def each(
    desk: Desk, asked: PartnerQuery, *, most: int, order: str = "", descending: bool = False
) -> Iterator[Partner]:
    """The partners that are meant, at most so many, read a few at a time."""
    for offset in range(0, most, _AT_ONCE):
        page, _ = find(
            desk, asked, order=order, descending=descending, offset=offset, limit=_AT_ONCE
        )
        yield from page[: most - offset]
        if len(page) < _AT_ONCE:
            return


def counts(desk: Desk, asked: PartnerQuery) -> dict[PartnerKind, int]:
    """Number of partners of each kind among those that are meant, whatever kind is asked for."""
    with desk.reading() as session:
        return count_by_kind(session, asked)


def get(desk: Desk, partner_id: str) -> Partner:
    """One partner.

    Raises:
        NotFoundError: there is no such partner.
    """
    with desk.reading() as session:
        return get_partner(session, partner_id)


def successor(desk: Desk, partner_id: str) -> str:
    """Id of the partner that one which is gone was merged into; empty if it was not."""
    with desk.reading() as session:
        after = merged_into(session, partner_id)
        return after if get_partners(session, [after]) else ""


def dossier(desk: Desk, partner_id: str) -> PartnerDossier:
    """A partner with all that staff see of it.

    Raises:
        NotFoundError: there is no such partner.
    """
    may_keep = desk.actor.may(Permission.DIRECTORY)
    with desk.reading() as session:
        partner, known = get_partner(session, partner_id), facts_in(desk, session, partner_id)
        conflicts = get_enterprises(session, known.conflicts)
        county = desk.actor.county
        return PartnerDossier(
            partner=partner,
            facts=known,
            conflicts=tuple(conflicts[key] for key in known.conflicts if key in conflicts),
            contacts=tuple(contacts.seen_in(desk, session, ContactOwner.PARTNER, partner_id)),
            pairings=tuple(pairings_with(session, partner_id, county)),
            stations=tuple(stations_with(session, partner_id, county)),
            merges=tuple(merges_of(session, partner_id)) if may_keep else (),
            twins=tuple(suggestions_in(session, partner_id)) if may_keep else (),
        )


def create(desk: Desk, partner: Partner) -> None:
    """Save a new partner.

    Raises:
        ForbiddenError: the actor may not change the directory.
        ConflictError: there is a partner with this id already.
    """
    with desk.writing(Permission.DIRECTORY) as session:
        if get_partners(session, [partner.id]):
            raise ConflictError(f"编号为“{partner.id}”的对象已经存在，要修改请用它的编号保存")
        _create(desk, session, partner)


def put(desk: Desk, partner: Partner, *, seen: str = "") -> bool:
    """Save a partner, new or not; returns whether it is new.

    Args:
        desk: whoever saves it.
        partner: as it is to be.
        seen: fingerprint of the partner that was changed; empty to replace whatever is there.

    Raises:
        ForbiddenError: the actor may not change the directory.
        ConflictError: the stored partner is not the one that was changed.
    """
    with desk.writing(Permission.DIRECTORY) as session:
        stored = get_partners(session, [partner.id]).get(partner.id)
        if seen and (stored is None or fingerprint(stored) != seen):
            raise ConflictError(_CHANGED)
        if stored is None:
            _create(desk, session, partner)
            return True
        if stored != partner:
            save_partners(session, [partner])
            _log(desk, session, Act.CHANGE, partner, _changes(stored, partner))
        return False


def remove(desk: Desk, partner_id: str) -> None:
    """Remove a partner that nothing hangs on, with its contacts.

    Raises:
        NotFoundError: there is no such partner.
        ForbiddenError: the actor may not change the directory.
        ConflictError: it has pairings or stations.
    """
    with desk.writing(Permission.DIRECTORY) as session:
        partner = get_partner(session, partner_id)
        holds = partner_holds(session, partner_id)
        if holds:
            told = "、".join(f"{count} 个{name}" for name, count in holds.items())
            raise ConflictError(f"这个对象还有{told}，不能删除。与别的记录重复的，可以合并")
        delete_contacts_of(session, ContactOwner.PARTNER, partner_id)
        delete_partner(session, partner_id)
        _log(desk, session, Act.DELETE, partner, {"profile": partner.profile})


def _create(desk: Desk, session: Session, partner: Partner) -> None:
    save_partners(session, [partner])
    _log(desk, session, Act.CREATE, partner)


def _changes(before: Partner, after: Partner) -> dict[str, list[object]]:
    """What differs, for the log; of the evidence the titles that went and came."""
    changes = changed_fields(before, after)
    if "evidence" in changes:
        gone = [_told(item) for item in before.evidence if item not in after.evidence]
        come = [_told(item) for item in after.evidence if item not in before.evidence]
        changes["evidence"] = [gone, come]
    return changes


def _told(item: Evidence) -> str:
    return item.title or item.text[:60]


def _log(
    desk: Desk,
    session: Session,
    act: Act,
    partner: Partner,
    details: Mapping[str, object] | None = None,
) -> None:
    told = f"{partner.name}（{partner.kind.label}）"
    desk.log(session, act, Subject.PARTNER, partner.id, summary=told, details=details)
