"""Needs: submitting, changing, screening, listing, and the steps of their life."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from matcher.casework.needs import NEED_FLOW, NeedStatus, NeedStep, ReturnReason
from matcher.casework.steps import require_reason
from matcher.desk.core import Act, Desk, Subject, changed_fields
from matcher.errors import ConflictError
from matcher.importing import resolve_enterprises
from matcher.intake import ParsedNeed
from matcher.intake.results import Fault, RecordFaultsError
from matcher.people import ActorKind
from matcher.records import Enterprise, Need, TechField
from matcher.store.codec import fingerprint
from matcher.store.enterprises import get_enterprises
from matcher.store.need_steps import add_step, need_status, need_statuses, set_status, steps_of
from matcher.store.needs import delete_need, get_need, get_needs, list_needs, save_needs

_CHANGED_MEANWHILE = "打开表单以后，别人改过这条需求。核对以后再保存，会覆盖那些改动"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFile:
    """A need with all that staff see of it beside its text."""

    need: Need
    enterprise: Enterprise | None
    status: NeedStatus
    steps: tuple[NeedStep, ...]


def open_need(desk: Desk, need_id: str) -> NeedFile:
    """A need with its enterprise, status and history.

    Raises:
        NotFoundError: there is no such need, or it is not the actor's to see.
    """
    with desk.reading() as session:
        need = _own(desk, session, need_id)
        enterprises = get_enterprises(session, [need.enterprise_id] if need.enterprise_id else [])
        return NeedFile(
            need=need,
            enterprise=enterprises.get(need.enterprise_id or ""),
            status=need_status(session, need_id),
            steps=steps_of(session, need_id),
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
    *,
    county: str = "",
    field: TechField | None = None,
    status: NeedStatus | None = None,
    text: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Need], dict[str, NeedStatus], int]:
    """A page of needs, latest submission first, their statuses, and how many there are in all."""
    with desk.reading() as session:
        needs, total = list_needs(
            session,
            county=desk.actor.county or county,
            field=field,
            status=status,
            text=text,
            offset=offset,
            limit=limit,
        )
        if county and not desk.actor.covers(county):
            return [], {}, 0
        return needs, need_statuses(session, [need.id for need in needs]), total


def submit(desk: Desk, parsed: ParsedNeed, *, status: NeedStatus = NeedStatus.PENDING) -> Need:
    """Save a new need, and its enterprise if that is new.

    Raises:
        ConflictError: there is a need with this id already.
        ForbiddenError: the actor may not, or not in this county.
        RecordFaultsError: it names an enterprise by an id that does not exist.
    """
    with desk.writing() as session:
        return submit_in(desk, session, parsed, status)


def submit_in(desk: Desk, session: Session, parsed: ParsedNeed, status: NeedStatus) -> Need:
    """`submit` within a session; the caller has checked that the actor may."""
    if get_needs(session, [parsed.need.id]):
        raise ConflictError(f"编号为“{parsed.need.id}”的需求已经存在，要修改请用它的编号保存")
    need = _save(desk, session, parsed)
    set_status(session, need.id, status)
    _note_step(desk, session, need.id, before=None, after=status)
    desk.log(session, Act.CREATE, Subject.NEED, need.id, county=need.county, summary=need.title)
    return need


def put(desk: Desk, parsed: ParsedNeed, *, seen: str = "") -> tuple[Need, bool]:
    """Save a need, new or not; returns it and whether it is new.

    Args:
        desk: whoever saves it.
        parsed: the need, with its enterprise.
        seen: fingerprint of the need that was changed; empty to replace whatever is there.

    Raises:
        ConflictError: the stored need is not the one that was changed.
        NotFoundError: the stored need is not the actor's to see.
        RecordFaultsError: it names an enterprise by an id that does not exist.
    """
    with desk.writing() as session:
        stored = get_needs(session, [parsed.need.id]).get(parsed.need.id)
        if stored is None and not seen:
            return submit_in(desk, session, parsed, NeedStatus.PENDING), True
        if stored is None or (seen and fingerprint(stored) != seen):
            raise ConflictError(_CHANGED_MEANWHILE)
        desk.check_county(stored.county, "需求", stored.id)
        need = _save(desk, session, parsed)
        changes = changed_fields(stored, need)
        if changes:
            desk.log(
                session,
                Act.CHANGE,
                Subject.NEED,
                need.id,
                county=need.county,
                summary=need.title,
                details=changes,
            )
        return need, False


def remove(desk: Desk, need_id: str) -> None:
    """Remove a need that no pairing hangs on.

    Raises:
        NotFoundError: there is no such need, or it is not the actor's to see.
        ConflictError: it has pairings.
    """
    with desk.writing() as session:
        need = _own(desk, session, need_id)
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
        note: anything to add.
        seen: the status that the actor saw, to notice that somebody was faster.

    Raises:
        NotFoundError: there is no such need, or it is not the actor's to see.
        ConflictError: the step does not follow, or the status has changed meanwhile.
        InvalidInputError: the reason is missing or superfluous.
    """
    with desk.writing() as session:
        need = _own(desk, session, need_id)
        now = need_status(session, need_id)
        if seen is not None and seen is not now:
            raise ConflictError(f"这条需求的状态已经被改为“{now.label}”，请核对后再操作")
        require_reason(then is NeedStatus.RETURNED, reason, ReturnReason)
        move(desk, session, need, now, then, reason=reason, note=note)
        return then


def move(
    desk: Desk,
    session: Session,
    need: Need,
    now: NeedStatus,
    then: NeedStatus,
    *,
    reason: ReturnReason | None = None,
    note: str = "",
) -> None:
    """A step within a session, as part of another change.

    Raises:
        ConflictError: the step does not follow.
    """
    NEED_FLOW.check(now, then)
    set_status(session, need.id, then)
    _note_step(desk, session, need.id, before=now, after=then, reason=reason, note=note)
    desk.log(
        session,
        Act.STEP,
        Subject.NEED,
        need.id,
        county=need.county,
        summary=f"{need.title}：{now.label} → {then.label}",
        details={"reason": reason.label if reason else "", "note": note},
    )


def _own(desk: Desk, session: Session, need_id: str) -> Need:
    need = get_need(session, need_id)
    desk.check_county(need.county, "需求", need_id)
    return need


def _save(desk: Desk, session: Session, parsed: ParsedNeed) -> Need:
    (need,), _ = resolve_enterprises(session, [parsed])
    if need.enterprise_id and not get_enterprises(session, [need.enterprise_id]):
        raise RecordFaultsError([_unknown_enterprise(need.enterprise_id)])
    desk.actor.require_county(need.county)
    save_needs(session, [need])
    return need


def _note_step(
    desk: Desk,
    session: Session,
    need_id: str,
    *,
    before: NeedStatus | None,
    after: NeedStatus,
    reason: ReturnReason | None = None,
    note: str = "",
) -> None:
    step = NeedStep(
        id=0,
        need_id=need_id,
        at=datetime.now(UTC),
        actor_name=_shown_name(desk),
        before=before,
        after=after,
        reason=reason,
        note=note,
    )
    add_step(session, step)


def _shown_name(desk: Desk) -> str:
    actor = desk.actor
    return actor.name if actor.kind is ActorKind.ACCOUNT else f"{actor.name}（{actor.kind.label}）"


def _unknown_enterprise(identifier: str) -> Fault:
    return Fault(
        field="enterprise_id",
        label="企业编号",
        value=identifier,
        message=f"没有编号为“{identifier}”的企业，请改正，或改填企业名称",
    )
