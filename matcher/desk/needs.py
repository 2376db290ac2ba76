"""Needs: submitting, changing, screening, listing, and the steps of their life."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from matcher.casework.contacts import Contact, ContactOwner
from matcher.casework.needs import (
    FIRST_STATUSES,
    NeedStatus,
    NeedStep,
    ReturnReason,
    missing_of,
)
from matcher.casework.steps import require_reason
from matcher.desk import contacts as desk_contacts
from matcher.desk.core import Act, Desk, Subject
from matcher.desk.need_saving import begin, log_change, move, save_parsed
from matcher.errors import ConflictError, InvalidInputError
from matcher.intake import ParsedNeed
from matcher.intake.results import Fault, RecordFaultsError
from matcher.people import Permission
from matcher.records import Enterprise, Need
from matcher.store.codec import fingerprint
from matcher.store.contacts import contacts_of, delete_contacts_of
from matcher.store.enterprises import get_enterprises
from matcher.store.need_steps import need_status, need_statuses, steps_of
from matcher.store.needs import (
    NeedQuery,
    count_by_status,
    delete_need,
    get_need,
    get_needs,
    list_needs,
    need_counties,
    pairings_of_need,
)

__all__ = ["move"]

NOTE_LIMIT = 500
"""Longest note of a step, in characters."""
_CHANGED_MEANWHILE = "打开表单以后，别人改过这条需求。核对以后再保存，会覆盖那些改动"
_UNFINISHED = frozenset({NeedStatus.DRAFT, NeedStatus.RETURNED})


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFile:
    """A need with all that staff see of it beside its text.

    Attributes:
        need: the need.
        enterprise: whose it is, if that is known.
        status: where it stands.
        steps: how it came there, the earliest first.
        contacts: whom to call, masked.
        missing: what the paper form asks for and it does not say; see `missing_of`.
        version: fingerprint of the need, to notice a change by somebody else.
    """

    need: Need
    enterprise: Enterprise | None
    status: NeedStatus
    steps: tuple[NeedStep, ...]
    contacts: tuple[Contact, ...]
    missing: Mapping[str, str]
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedList:
    """A page of needs.

    Attributes:
        needs: those of the page.
        statuses: where they stand, by id.
        enterprises: theirs, by id of the enterprise.
        total: how many there are in all.
        counts: how many stand where, whatever status was asked for.
    """

    needs: list[Need]
    statuses: Mapping[str, NeedStatus]
    enterprises: Mapping[str, Enterprise]
    total: int
    counts: Mapping[NeedStatus, int]


def open_need(desk: Desk, need_id: str) -> NeedFile:
    """A need with its enterprise, status, history and contacts.

    Raises:
        NotFoundError: there is no such need, or it is not the actor's to see.
    """
    with desk.reading() as session:
        need = _own(desk, session, need_id)
        enterprises = get_enterprises(session, [need.enterprise_id] if need.enterprise_id else [])
        status, steps = need_status(session, need_id), steps_of(session, need_id)
    contacts = tuple(desk_contacts.seen(desk, ContactOwner.NEED, need_id, need.county))
    return NeedFile(
        need=need,
        enterprise=enterprises.get(need.enterprise_id or ""),
        status=status,
        steps=steps,
        contacts=contacts,
        missing=missing_of(need, has_contact=bool(contacts)),
        version=fingerprint(need),
    )


def get(desk: Desk, need_id: str) -> Need:
    """One need.

    Raises:
        NotFoundError: there is no such need, or it is not the actor's to see.
    """
    with desk.reading() as session:
        return _own(desk, session, need_id)


def find(
    desk: Desk,
    asked: NeedQuery,
    *,
    order: str = "",
    descending: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> NeedList:
    """A page of needs, latest submission first or by a column of `NEED_ORDERS`."""
    if asked.county and not desk.actor.covers(asked.county):
        desk.actor.require(Permission.READ)
        return NeedList(needs=[], statuses={}, enterprises={}, total=0, counts={})
    asked = replace(asked, county=desk.actor.county or asked.county)
    with desk.reading() as session:
        needs, total = list_needs(
            session,
            county=asked.county,
            field=asked.field,
            status=asked.status,
            text=asked.text,
            order=order,
            descending=descending,
            offset=offset,
            limit=limit,
        )
        return NeedList(
            needs=needs,
            statuses=need_statuses(session, [need.id for need in needs]),
            enterprises=get_enterprises(
                session, {need.enterprise_id for need in needs if need.enterprise_id}
            ),
            total=total,
            counts=count_by_status(session, asked),
        )


def counties(desk: Desk) -> list[str]:
    """The counties whose needs the actor may see."""
    if desk.actor.county:
        return [desk.actor.county]
    with desk.reading() as session:
        return need_counties(session)


def stored(desk: Desk, need_id: str) -> NeedFile | None:
    """The need with this id if there is one that the actor may see."""
    with desk.reading() as session:
        found = get_needs(session, [need_id]).get(need_id)
    return open_need(desk, need_id) if found and desk.actor.covers(found.county) else None


def submit(
    desk: Desk,
    parsed: ParsedNeed,
    *,
    status: NeedStatus = NeedStatus.PENDING,
    contact: Contact | None = None,
) -> Need:
    """Save a new need, with its enterprise if that is new and with whom to call.

    Args:
        desk: whoever saves it.
        parsed: the need, with its enterprise.
        status: where it begins, one of `FIRST_STATUSES`; 已入库 only if nothing is missing.
        contact: whom to call, if anybody.

    Raises:
        ConflictError: there is a need with this id already.
        ForbiddenError: the actor may not, or not in this county.
        RecordFaultsError: it names an enterprise by an id that does not exist, or something is
            missing that it needs to be listed.
        InvalidInputError: a field of the contact will not do, or no need begins there.
    """
    with desk.writing() as session:
        return submit_in(desk, session, parsed, status, contact)


def submit_in(
    desk: Desk,
    session: Session,
    parsed: ParsedNeed,
    status: NeedStatus,
    contact: Contact | None = None,
) -> Need:
    """`submit` within a session; the caller has checked that the actor may."""
    if status not in FIRST_STATUSES:
        labels = "、".join(each.label for each in NeedStatus if each in FIRST_STATUSES)
        raise InvalidInputError(f"新的需求只能存为：{labels}", field="status")
    if get_needs(session, [parsed.need.id]):
        raise ConflictError(f"编号为“{parsed.need.id}”的需求已经存在，要修改请用它的编号保存")
    if status is NeedStatus.LISTED:
        check_complete(parsed.need, has_contact=contact is not None)
    need = save_parsed(desk, session, parsed)
    begin(desk, session, need, status)
    _save_contact(desk, session, need, contact)
    return need


def put(
    desk: Desk,
    parsed: ParsedNeed,
    *,
    seen: str = "",
    seen_status: NeedStatus | None = None,
    contact: Contact | None = None,
    then: NeedStatus | None = None,
    complete: bool = True,
) -> tuple[Need, bool]:
    """Save a need, new or not; returns it and whether it is new.

    Args:
        desk: whoever saves it.
        parsed: the need, with its enterprise.
        seen: fingerprint of the need that was changed; empty to replace whatever is there.
        seen_status: the status that the actor saw; None if it does not matter.
        contact: whom to call, in addition to those known.
        then: 待审核 or 已入库, to take the need there too; one that stands there already stays.
        complete: whether a need may be listed only if nothing is missing.

    Raises:
        ConflictError: the stored need or its status is not the one that was seen.
        NotFoundError: the stored need is not the actor's to see.
        RecordFaultsError: it names an enterprise by an id that does not exist, or something is
            missing that it needs to be listed.
        InvalidInputError: a field of the contact will not do.
    """
    with desk.writing() as session:
        before = get_needs(session, [parsed.need.id]).get(parsed.need.id)
        if before is None and not seen:
            return submit_in(desk, session, parsed, then or NeedStatus.PENDING, contact), True
        if before is not None:
            desk.check_county(before.county, "需求", before.id)
        if before is None or (seen and fingerprint(before) != seen):
            raise ConflictError(_CHANGED_MEANWHILE)
        now = _seen(session, before.id, seen_status)
        need = save_parsed(desk, session, parsed)
        _save_contact(desk, session, need, contact)
        log_change(desk, session, before, need)
        if then is NeedStatus.LISTED and complete:
            known = bool(contacts_of(session, ContactOwner.NEED, need.id))
            check_complete(need, has_contact=known)
        _take_to(desk, session, need, now, then)
        return need, False


def remove(desk: Desk, need_id: str) -> None:
    """Remove a need that no pairing hangs on, with its contacts.

    Raises:
        NotFoundError: there is no such need, or it is not the actor's to see.
        ConflictError: it has pairings.
    """
    with desk.writing() as session:
        need = _own(desk, session, need_id)
        hanging = pairings_of_need(session, need_id)
        if hanging:
            raise ConflictError(
                f"这条需求有 {hanging} 条对接记录，不能删除。不再办理的，请把它关闭"
            )
        delete_contacts_of(session, ContactOwner.NEED, need_id)
        delete_need(session, need_id)
        desk.log(
            session,
            Act.DELETE,
            Subject.NEED,
            need_id,
            county=need.county,
            summary=need.title,
            details={"text": need.text},
        )


def step(
    desk: Desk,
    need_id: str,
    then: NeedStatus,
    *,
    reason: ReturnReason | None = None,
    note: str = "",
    seen: NeedStatus | None = None,
) -> NeedStatus:
    """Take a need a step further; returns its status.

    Args:
        desk: whoever takes it.
        need_id: which need.
        then: the new status.
        reason: why it is sent back, where it is.
        note: anything to add, at most `NOTE_LIMIT` characters.
        seen: the status that the actor saw, to notice that somebody was faster.

    Raises:
        NotFoundError: there is no such need, or it is not the actor's to see.
        ConflictError: the step does not follow, or the status has changed meanwhile.
        InvalidInputError: the reason is missing or superfluous, or the note is too long.
    """
    if len(note) > NOTE_LIMIT:
        raise InvalidInputError(f"说明有 {len(note)} 字，最多 {NOTE_LIMIT} 字", field="note")
    with desk.writing() as session:
        need = _own(desk, session, need_id)
        now = _seen(session, need_id, seen)
        require_reason(then is NeedStatus.RETURNED, reason, ReturnReason)
        move(desk, session, need, now, then, reason=reason, note=note)
        return then


def _own(desk: Desk, session: Session, need_id: str) -> Need:
    need = get_need(session, need_id)
    desk.check_county(need.county, "需求", need_id)
    return need


def _seen(session: Session, need_id: str, seen: NeedStatus | None) -> NeedStatus:
    """The status of a need, which must be the one that was seen."""
    now = need_status(session, need_id)
    if seen is not None and seen is not now:
        raise ConflictError(f"这条需求的状态已经被改为“{now.label}”，请核对后再操作")
    return now


def _take_to(
    desk: Desk, session: Session, need: Need, now: NeedStatus, then: NeedStatus | None
) -> None:
    """The steps to 待审核 or 已入库 from wherever a need stands; none if it is there."""
    if then is None or then is now:
        return
    if now in _UNFINISHED and then is NeedStatus.LISTED:
        move(desk, session, need, now, NeedStatus.PENDING)
        now = NeedStatus.PENDING
    move(desk, session, need, now, then)


def check_complete(need: Need, *, has_contact: bool) -> None:
    """Refuse to list a need at once from which something is missing.

    Raises:
        RecordFaultsError: a fault for each thing that is.
    """
    missing = missing_of(need, has_contact=has_contact)
    if missing:
        raise RecordFaultsError(
            [
                Fault(
                    field=name,
                    label=label,
                    value="",
                    message=f"入库前要填好{label}；还不清楚的，可以先提交审核",
                )
                for name, label in missing.items()
            ]
        )


def _save_contact(desk: Desk, session: Session, need: Need, contact: Contact | None) -> None:
    if contact is not None:
        own = replace(contact, owner=ContactOwner.NEED, owner_id=need.id, id=0)
        desk_contacts.save_in(desk, session, own)
