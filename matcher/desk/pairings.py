"""Pairings: beginning one, taking it from stage to stage, its end, notes and the release.

A pairing belongs to the county of its need, and its need follows it (`need_follows`).
"""

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from matcher.casework.needs import NeedStatus
from matcher.casework.pairings import (
    ACTIVE_STAGES,
    PAIRING_FLOW,
    EventKind,
    FailReason,
    Pairing,
    PairingStage,
)
from matcher.casework.progress import (
    is_backward,
    may_begin,
    may_go_on,
    need_follows,
    proposes_relisting,
)
from matcher.desk.core import Act, Desk
from matcher.desk.need_saving import move
from matcher.desk.timelines import add_line, checked_text, log_pairing, own_pairing
from matcher.errors import ConflictError, InvalidInputError
from matcher.people import Permission
from matcher.records import Need, Partner
from matcher.store.enterprises import get_enterprises
from matcher.store.need_steps import need_status
from matcher.store.needs import get_need
from matcher.store.pairings import (
    Limits,
    add_pairing,
    change_pairing,
    find_pairing,
    limits_of,
    pairings_of_need,
)
from matcher.store.partners import get_partner

_S = PairingStage
_FIRST = frozenset({_S.RECOMMENDED, _S.SENT})


def begin(
    desk: Desk,
    need_id: str,
    partner_id: str,
    *,
    stage: PairingStage = _S.SENT,
    probability: float | None = None,
    note: str = "",
) -> Pairing:
    """Bring a need and a partner together: recommend (推荐) or send (推送) the partner.

    A recommendation that is there already is sent on.

    Args:
        desk: whoever does it.
        need_id: the need, which must still look for a partner.
        partner_id: the partner.
        stage: RECOMMENDED or SENT.
        probability: what the ranking said, None if somebody chose the partner themselves.
        note: anything to add.

    Raises:
        NotFoundError: there is no such need or partner, or the need is not the actor's to see.
        ConflictError: they are together already, were refused, or have a conflict of interest;
            or the need does not look for a partner.
        InvalidInputError: a pairing does not begin at this stage, or the note is too long.
    """
    with desk.writing() as session:
        return begin_in(
            desk, session, need_id, partner_id, stage=stage, probability=probability, note=note
        )


def begin_in(
    desk: Desk,
    session: Session,
    need_id: str,
    partner_id: str,
    *,
    stage: PairingStage,
    probability: float | None,
    note: str,
) -> Pairing:
    """`begin` within a session; what it refuses it refuses before it changes anything."""
    if stage not in _FIRST:
        raise InvalidInputError(
            f"新的对接只能从“{_S.RECOMMENDED.label}”或“{_S.SENT.label}”开始", field="stage"
        )
    text = checked_text(note, required=False)
    need, partner = _own_need(desk, session, need_id), get_partner(session, partner_id)
    status = need_status(session, need_id)
    if not may_begin(status):
        raise ConflictError(
            f"这条需求现在是“{status.label}”。只有“{NeedStatus.LISTED.label}”和"
            f"“{NeedStatus.MATCHING.label}”的需求可以推送，请先办理需求的状态"
        )
    _refuse_conflict(session, need, partner)
    known = find_pairing(session, need_id, partner_id)
    if known is None:
        return _begun(desk, session, need, partner, stage, probability=probability, note=text)
    if known.stage is not _S.RECOMMENDED or stage is _S.RECOMMENDED:
        raise ConflictError(_why_not_again(known, partner))
    known = replace(known, probability=probability or known.probability)
    return _to_stage(desk, session, known, stage, seen=known.version, note=text)


def refuse(
    desk: Desk,
    need_id: str,
    partner_id: str,
    reason: FailReason,
    *,
    probability: float | None = None,
    note: str = "",
) -> Pairing:
    """Note that a recommended partner does not suit a need (不合适), and why.

    Raises:
        NotFoundError: there is no such need or partner, or the need is not the actor's to see.
        ConflictError: they are together already, or were refused before.
        InvalidInputError: the note is too long.
    """
    with desk.writing() as session:
        return refuse_in(
            desk, session, need_id, partner_id, reason, probability=probability, note=note
        )


def refuse_in(
    desk: Desk,
    session: Session,
    need_id: str,
    partner_id: str,
    reason: FailReason,
    *,
    probability: float | None,
    note: str,
) -> Pairing:
    """`refuse` within a session."""
    text = checked_text(note, required=False)
    need, partner = _own_need(desk, session, need_id), get_partner(session, partner_id)
    known = find_pairing(session, need_id, partner_id)
    if known is not None and known.stage is not _S.RECOMMENDED:
        raise ConflictError(_why_not_again(known, partner))
    if known is not None:
        failed = replace(known, reason=reason)
        return _to_stage(desk, session, failed, _S.FAILED, seen=known.version, note=text)
    return _begun(
        desk, session, need, partner, _S.FAILED, probability=probability, note=text, reason=reason
    )


def advance(
    desk: Desk, pairing_id: int, then: PairingStage, *, seen: int, note: str = ""
) -> Pairing:
    """Take a pairing to another stage; its need follows where it goes forward.

    Args:
        desk: whoever does it.
        pairing_id: which.
        then: a later stage, the one before (with a note that says why), or, of a failed one,
            RECOMMENDED to begin again. For a failure there is `fail`.
        seen: the version that the actor saw.
        note: anything to add.

    Raises:
        NotFoundError: there is no such pairing, or it is not the actor's to see.
        ConflictError: the stage does not follow, the pairing has changed meanwhile, or its need
            was closed or sent back.
        InvalidInputError: a note is missing or too long, or `then` is FAILED.
    """
    with desk.writing() as session:
        return advance_in(desk, session, pairing_id, then, seen=seen, note=note)


def advance_in(
    desk: Desk,
    session: Session,
    pairing_id: int,
    then: PairingStage,
    *,
    seen: int,
    note: str = "",
) -> Pairing:
    """`advance` within a session; the caller has checked that the actor may edit."""
    pairing = own_pairing(desk, session, pairing_id)
    if then is _S.FAILED:
        raise InvalidInputError("记为未成要说明原因，请用“未成”办理", field="stage")
    text = checked_text(note, required=False)
    PAIRING_FLOW.check(pairing.stage, then)
    if is_backward(pairing.stage, then) and not text:
        raise InvalidInputError("退回上一阶段时，请写明原因", field="note")
    status = need_status(session, pairing.need_id)
    if then in ACTIVE_STAGES and not may_go_on(status):
        raise ConflictError(
            f"这条需求现在是“{status.label}”，对接不能推进。请先把需求恢复为"
            f"“{NeedStatus.LISTED.label}”，或把这项对接记为未成"
        )
    return _to_stage(desk, session, replace(pairing, reason=None), then, seen=seen, note=text)


def fail(desk: Desk, pairing_id: int, reason: FailReason, *, seen: int, note: str = "") -> Pairing:
    """Note that a pairing came to nothing (未成), and why.

    Raises:
        NotFoundError: there is no such pairing, or it is not the actor's to see.
        ConflictError: it has failed already or led to a station, or has changed meanwhile.
        InvalidInputError: the note is too long.
    """
    text = checked_text(note, required=False)
    with desk.writing() as session:
        pairing = own_pairing(desk, session, pairing_id)
        PAIRING_FLOW.check(pairing.stage, _S.FAILED)
        failed = replace(pairing, reason=reason)
        return _to_stage(desk, session, failed, _S.FAILED, seen=seen, note=text)


def reopen(desk: Desk, pairing_id: int, *, seen: int) -> Pairing:
    """Take back a failure or a refusal (撤销): the partner is as recommended again.

    Raises:
        NotFoundError: there is no such pairing, or it is not the actor's to see.
        ConflictError: it has not failed, or has changed meanwhile.
    """
    with desk.writing() as session:
        pairing = own_pairing(desk, session, pairing_id)
        if pairing.stage is not _S.FAILED:
            raise ConflictError(f"这项对接现在是“{pairing.stage.label}”，没有可以撤销的")
        text = "撤销“未成”"
        return advance_in(desk, session, pairing_id, _S.RECOMMENDED, seen=seen, note=text)


def relist(desk: Desk, pairing_id: int) -> None:
    """Put the need of a failed pairing back into the library, as is proposed then.

    Raises:
        NotFoundError: there is no such pairing, or it is not the actor's to see.
        ConflictError: the need has other pairings that go on, or was moved meanwhile.
    """
    with desk.writing() as session:
        pairing = own_pairing(desk, session, pairing_id)
        status = need_status(session, pairing.need_id)
        stages = [each.stage for each in pairings_of_need(session, pairing.need_id)]
        if not proposes_relisting(status, stages):
            raise ConflictError(
                f"这条需求现在是“{status.label}”，或者还有别的对接在进行，不必退回项目库"
            )
        need = get_need(session, pairing.need_id)
        note = "对接未成，继续寻找对象"
        move(desk, session, need, status, NeedStatus.LISTED, note=note)


def note(desk: Desk, pairing_id: int, text: str) -> None:
    """Put a note on the timeline.

    Raises:
        NotFoundError: there is no such pairing, or it is not the actor's to see.
        InvalidInputError: it is empty or too long.
    """
    written = checked_text(text, required=True)
    with desk.writing() as session:
        pairing = own_pairing(desk, session, pairing_id)
        add_line(desk, session, pairing, EventKind.NOTE, text=written)
        log_pairing(desk, session, Act.CHANGE, pairing, "加了备注")


def release(desk: Desk, pairing_id: int, *, seen: int, note: str = "") -> Pairing:
    """Let the two parties know each other's names and contact data (公开联系方式).

    It cannot be taken back: what somebody knows they know.

    Raises:
        NotFoundError: there is no such pairing, or it is not the actor's to see.
        ForbiddenError: the actor may not see contact data.
        ConflictError: the partner was not asked yet, the pairing failed, they know each other
            already, or it has changed meanwhile.
    """
    desk.actor.require(Permission.CONTACTS)
    text = checked_text(note, required=False)
    with desk.writing() as session:
        pairing = own_pairing(desk, session, pairing_id)
        if pairing.released_at is not None:
            raise ConflictError("双方的联系方式已经公开")
        if pairing.stage not in ACTIVE_STAGES:
            raise ConflictError(
                f"这项对接现在是“{pairing.stage.label}”，推送以后、进行当中才能公开联系方式"
            )
        now = datetime.now(UTC)
        changed = replace(pairing, released_at=now, updated_at=now)
        released = change_pairing(session, changed, seen=seen)
        add_line(desk, session, released, EventKind.RELEASE, text=text)
        log_pairing(desk, session, Act.RELEASE, released, "向双方公开了名称和联系方式")
        return released


def _begun(
    desk: Desk,
    session: Session,
    need: Need,
    partner: Partner,
    stage: PairingStage,
    *,
    probability: float | None,
    note: str,
    reason: FailReason | None = None,
) -> Pairing:
    if probability is not None and not 0 <= probability <= 1:
        raise InvalidInputError("概率应在 0 与 1 之间", field="probability")
    now = datetime.now(UTC)
    pairing = Pairing(
        id=0,
        need_id=need.id,
        partner_id=partner.id,
        county=need.county,
        stage=stage,
        reason=reason,
        probability=probability,
        created_at=now,
        updated_at=now,
    )
    pairing = add_pairing(session, pairing)
    add_line(desk, session, pairing, EventKind.STAGE, after=stage, reason=reason, text=note)
    told = f"{need.title or need.id} 与 {partner.name}：{stage.label}"
    log_pairing(desk, session, Act.CREATE, pairing, told, reason=reason)
    _move_need(desk, session, pairing)
    return pairing


def _to_stage(
    desk: Desk,
    session: Session,
    pairing: Pairing,
    then: PairingStage,
    *,
    seen: int,
    note: str,
) -> Pairing:
    """A step whose conditions have been checked; `pairing` carries the reason of a failure."""
    before, now = pairing.stage, datetime.now(UTC)
    moved = change_pairing(session, replace(pairing, stage=then, updated_at=now), seen=seen)
    add_line(
        desk,
        session,
        moved,
        EventKind.STAGE,
        before=before,
        after=then,
        reason=moved.reason,
        text=note,
    )
    log_pairing(
        desk, session, Act.STEP, moved, f"{before.label} → {then.label}", reason=moved.reason
    )
    _move_need(desk, session, moved)
    return moved


def _move_need(desk: Desk, session: Session, pairing: Pairing) -> None:
    need = get_need(session, pairing.need_id)
    now = need_status(session, need.id)
    for then in need_follows(now, pairing.stage):
        told = f"随对接 {pairing.id}：{pairing.stage.label}"
        move(desk, session, need, now, then, note=told)
        now = then


def _own_need(desk: Desk, session: Session, need_id: str) -> Need:
    need = get_need(session, need_id)
    desk.check_county(need.county, "需求", need_id)
    return need


def _refuse_conflict(session: Session, need: Need, partner: Partner) -> None:
    limits = limits_of(session, [partner.id]).get(partner.id, Limits())
    if need.enterprise_id in limits.conflicts:
        firm = get_enterprises(session, [need.enterprise_id]).get(need.enterprise_id)
        raise ConflictError(
            f"“{partner.name}”与“{firm.name if firm else need.enterprise_id}”有利益冲突，不能推送。"
            "情况有变的，请先在对象资料中修改利益冲突的企业"
        )


def _why_not_again(known: Pairing, partner: Partner) -> str:
    if known.stage is _S.FAILED:
        reason = known.reason.label if known.reason else _S.FAILED.label
        return f"“{partner.name}”已记为不合适（{reason}）。要重新推送，请先撤销"
    return f"“{partner.name}”与这条需求已经在对接，现在是“{known.stage.label}”"
