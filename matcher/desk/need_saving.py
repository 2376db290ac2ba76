"""Writing a need into the library within a session: its enterprise, its county, its steps."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from matcher.casework.needs import NEED_FLOW, NeedStatus, NeedStep, ReturnReason
from matcher.desk.core import Act, Desk, Subject, changed_fields
from matcher.importing import resolve_enterprises
from matcher.intake import ParsedNeed
from matcher.intake.results import Fault, RecordFaultsError
from matcher.people import ActorKind
from matcher.records import Need
from matcher.store.enterprises import get_enterprises
from matcher.store.need_steps import add_step, set_status, set_statuses
from matcher.store.needs import save_needs


def save_parsed(desk: Desk, session: Session, parsed: ParsedNeed) -> Need:
    """Save a need as intake read it, with its enterprise if that is new.

    Where somebody of a county says no county, it is theirs.

    Raises:
        ForbiddenError: it would be in a county that is not the actor's.
        RecordFaultsError: it names an enterprise by an id that does not exist, or that the actor
            does not see.
    """
    (need,), _ = resolve_enterprises(session, [in_own_county(desk, parsed)])
    desk.actor.require_county(need.county)
    if need.enterprise_id:
        enterprise = get_enterprises(session, [need.enterprise_id]).get(need.enterprise_id)
        named = parsed.enterprise is not None
        if enterprise is None or not (named or desk.actor.covers(enterprise.county)):
            raise RecordFaultsError([_unknown_enterprise(need.enterprise_id)])
    save_needs(session, [need])
    return need


def in_own_county(desk: Desk, parsed: ParsedNeed) -> ParsedNeed:
    """The same; where it says no county and the actor has one, in that."""
    county, enterprise = desk.actor.county, parsed.enterprise
    if not county or parsed.need.county:
        return parsed
    return ParsedNeed(
        need=replace(parsed.need, county=county),
        enterprise=replace(enterprise, county=county) if enterprise else None,
    )


def begin(desk: Desk, session: Session, need: Need, status: NeedStatus) -> None:
    """Put a need that was just saved into its first status, and log that it is there."""
    begin_all(desk, session, [need], status)


def begin_all(desk: Desk, session: Session, needs: Sequence[Need], status: NeedStatus) -> None:
    """`begin` for several needs, under one revision of the library."""
    set_statuses(session, [need.id for need in needs], status)
    for need in needs:
        _note_step(desk, session, need.id, None, status)
        desk.log(session, Act.CREATE, Subject.NEED, need.id, county=need.county, summary=need.title)


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
    _note_step(desk, session, need.id, now, then, reason=reason, note=note)
    desk.log(
        session,
        Act.STEP,
        Subject.NEED,
        need.id,
        county=need.county,
        summary=f"{need.title}：{now.label} → {then.label}",
        details={"reason": reason.label if reason else "", "note": note},
    )


def log_change(desk: Desk, session: Session, before: Need, need: Need) -> None:
    """Log what differs between a need as it was and as it is; nothing if nothing does."""
    changes = changed_fields(before, need)
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


def _note_step(
    desk: Desk,
    session: Session,
    need_id: str,
    before: NeedStatus | None,
    after: NeedStatus,
    *,
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
