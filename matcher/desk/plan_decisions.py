"""What staff decide about the pairs of a plan: adopting one, several or all, and dropping one.

A pair belongs to the county of its need. An adopted one becomes a pairing, a dropped one a
refusal, which teaches the ranking; both as if it had been done on the need's page.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from matcher.casework.pairings import FailReason, PairingStage
from matcher.casework.plans import PairState, PlanPair, month_title
from matcher.casework.progress import may_begin, year_start
from matcher.desk.core import Act, Desk, Subject
from matcher.desk.pairings import begin_in, refuse_in
from matcher.errors import ConflictError, InvalidInputError, NotFoundError
from matcher.people import Permission
from matcher.planning.material import kinds_of
from matcher.planning.problem import Pair, yearly_capacity_of
from matcher.planning.settings import settings_of
from matcher.store.batches import batched
from matcher.store.need_steps import need_status
from matcher.store.needs import get_need
from matcher.store.pairings import Limits, count_active, find_pairing, limits_of
from matcher.store.plan_pairs import PairFilter, decide_pair, get_pair, pairs_of_plan
from matcher.store.plans import get_plan

_AT_ONCE = 50
"""Pairs that are adopted in one unit of work, so that others get to write between them."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A pair that could not be adopted, and why."""

    pair: PlanPair
    why: str


@dataclass(slots=True)
class Adoption:
    """What became of pairs that somebody wanted to adopt."""

    adopted: list[PlanPair] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def adopt(
    desk: Desk,
    plan_id: int,
    need_id: str,
    partner_id: str,
    *,
    stage: PairingStage = PairingStage.RECOMMENDED,
) -> PlanPair:
    """Adopt one pair, also where the partner has enough to do already.

    Args:
        desk: whoever does it.
        plan_id: the plan.
        need_id: the need.
        partner_id: the partner.
        stage: RECOMMENDED, or SENT to ask the partner at once.

    Raises:
        NotFoundError: the plan does not propose it, or the need is not the actor's to see.
        ConflictError: it was decided already, or has become impossible meanwhile.
        InvalidInputError: a pairing does not begin at this stage.
    """
    with desk.writing() as session:
        pair = _own_pair(desk, session, plan_id, need_id, partner_id)
        adopted = _adopted(desk, session, pair, stage, _note(session, plan_id))
        _log(desk, session, pair, f"采纳 {need_id} 与 {partner_id}：{stage.label}")
        return adopted


def adopt_several(
    desk: Desk, plan_id: int, pairs: Sequence[Pair], *, stage: PairingStage
) -> Adoption:
    """Adopt some pairs; those that have become impossible meanwhile are told, the others adopted.

    Raises:
        NotFoundError: the plan does not propose one of them, or it is not the actor's to see.
        InvalidInputError: a pairing does not begin at this stage.
    """
    desk.actor.require(Permission.EDIT)
    _check_stage(stage)
    with desk.reading() as session:
        found = [_own_pair(desk, session, plan_id, *pair) for pair in dict.fromkeys(pairs)]
    return _adopt_all(desk, plan_id, found, stage)


def adopt_open(desk: Desk, plan_id: int, wanted: PairFilter, *, stage: PairingStage) -> Adoption:
    """Adopt all pairs that nobody has decided about, as far as they are the actor's.

    Args:
        desk: whoever does it.
        plan_id: the plan.
        wanted: which of them; its state counts for nothing.
        stage: RECOMMENDED, or SENT to ask the partners at once.

    Raises:
        NotFoundError: there is no such plan.
        InvalidInputError: a pairing does not begin at this stage.
    """
    desk.actor.require(Permission.EDIT)
    _check_stage(stage)
    county = desk.actor.county
    if not desk.actor.covers(wanted.county or county):
        return Adoption()
    open_ones = replace(wanted, county=county or wanted.county, state=PairState.PROPOSED)
    with desk.reading() as session:
        get_plan(session, plan_id)
        found = pairs_of_plan(session, plan_id, open_ones)
    return _adopt_all(desk, plan_id, found, stage)


def drop(
    desk: Desk,
    plan_id: int,
    need_id: str,
    partner_id: str,
    reason: FailReason,
    *,
    note: str = "",
) -> PlanPair:
    """Note that a proposed partner does not suit a need (不合适), and why.

    Raises:
        NotFoundError: the plan does not propose it, or the need is not the actor's to see.
        ConflictError: it was decided already, or the two are together meanwhile.
        InvalidInputError: the note is too long.
    """
    with desk.writing() as session:
        pair = _own_pair(desk, session, plan_id, need_id, partner_id)
        _check_open(pair)
        refuse_in(
            desk,
            session,
            need_id,
            partner_id,
            reason,
            probability=pair.probability,
            note=note,
        )
        dropped = _decided(desk, session, pair, PairState.DROPPED)
        _log(desk, session, pair, f"不合适 {need_id} 与 {partner_id}：{reason.label}")
        return dropped


def _adopt_all(
    desk: Desk, plan_id: int, pairs: Sequence[PlanPair], stage: PairingStage
) -> Adoption:
    """Adopt pairs in units of work of their own; what was done stays if a later one breaks off."""
    done = Adoption()
    for some in batched(pairs, _AT_ONCE):
        with desk.writing() as session:
            room, note = _room(session, plan_id, some), _note(session, plan_id)
            begun = len(done.adopted)
            for pair in some:
                why = _try(desk, session, pair, stage, room=room, note=note)
                if why:
                    done.refused.append(Refusal(pair, why))
                else:
                    done.adopted.append(pair)
            _log_several(desk, session, plan_id, done.adopted[begun:], stage)
    return done


def _try(
    desk: Desk,
    session: Session,
    pair: PlanPair,
    stage: PairingStage,
    *,
    room: Counter[str],
    note: str,
) -> str:
    """Adopt one of several; why it is not possible, empty if it was done."""
    if stage is PairingStage.SENT and room[pair.partner_id] <= 0:
        return "对象今年的对接已经排满。确实要推送的，请单独采纳这一对"
    try:
        fresh = get_pair(session, pair.plan_id, pair.need_id, pair.partner_id)
        _adopted(desk, session, fresh, stage, note)
    except (ConflictError, NotFoundError) as error:
        # Both are raised before anything is changed, so that the unit of work can go on.
        return error.message
    room[pair.partner_id] -= 1
    return ""


def _adopted(
    desk: Desk, session: Session, pair: PlanPair, stage: PairingStage, note: str
) -> PlanPair:
    _check_open(pair)
    known = find_pairing(session, pair.need_id, pair.partner_id)
    recommended = known is not None and known.stage is PairingStage.RECOMMENDED
    if recommended and stage is PairingStage.RECOMMENDED:
        _check_looks_for_partners(session, pair.need_id)
    else:
        begin_in(
            desk,
            session,
            pair.need_id,
            pair.partner_id,
            stage=stage,
            probability=pair.probability or None,
            note=note,
        )
    return _decided(desk, session, pair, PairState.ADOPTED)


def _note(session: Session, plan_id: int) -> str:
    """What the timeline of an adopted pairing says."""
    return f"采纳{month_title(get_plan(session, plan_id).month)}方案"


def _decided(desk: Desk, session: Session, pair: PlanPair, state: PairState) -> PlanPair:
    now = datetime.now(UTC)
    decide_pair(session, pair, state, at=now, by=desk.actor.name)
    return replace(pair, state=state, decided_at=now, decided_by=desk.actor.name)


def _own_pair(
    desk: Desk, session: Session, plan_id: int, need_id: str, partner_id: str
) -> PlanPair:
    """A pair, with the county where its need is now: it may have been given to another."""
    pair = get_pair(session, plan_id, need_id, partner_id)
    county = get_need(session, need_id).county
    desk.check_county(county, "方案配对", f"{need_id} 与 {partner_id}")
    return replace(pair, county=county)


def _check_open(pair: PlanPair) -> None:
    if pair.state is not PairState.PROPOSED:
        raise ConflictError(f"{pair.decided_by}已经办理过这一对，现在是“{pair.state.label}”")


def _check_looks_for_partners(session: Session, need_id: str) -> None:
    status = need_status(session, need_id)
    if not may_begin(status):
        raise ConflictError(f"这条需求现在是“{status.label}”，不再寻找对象，不能采纳")


def _check_stage(stage: PairingStage) -> None:
    if stage not in {PairingStage.RECOMMENDED, PairingStage.SENT}:
        first, second = PairingStage.RECOMMENDED.label, PairingStage.SENT.label
        raise InvalidInputError(f"采纳以后只能是“{first}”或“{second}”", field="stage")


def _room(session: Session, plan_id: int, pairs: Sequence[PlanPair]) -> Counter[str]:
    """How many more pairings the partners of some pairs can take this year."""
    ids = {pair.partner_id for pair in pairs}
    settings = settings_of(get_plan(session, plan_id).settings)
    limits, kinds = limits_of(session, ids), kinds_of(session, ids)
    active = count_active(session, ids, since=year_start(datetime.now(UTC)))
    return Counter(
        {
            id: yearly_capacity_of(limits.get(id, Limits()), kinds[id], settings)
            - active.get(id, 0)
            for id in kinds
        }
    )


def _log(desk: Desk, session: Session, pair: PlanPair, summary: str) -> None:
    desk.log(
        session,
        Act.STEP,
        Subject.PLAN,
        pair.plan_id,
        county=pair.county,
        summary=summary,
        details={"need": pair.need_id, "partner": pair.partner_id},
    )


def _log_several(
    desk: Desk,
    session: Session,
    plan_id: int,
    pairs: Sequence[PlanPair],
    stage: PairingStage,
) -> None:
    if not pairs:
        return
    desk.log(
        session,
        Act.STEP,
        Subject.PLAN,
        plan_id,
        county=desk.actor.county,
        summary=f"采纳 {len(pairs)} 对：{stage.label}",
        details={"pairs": [f"{pair.need_id} 与 {pair.partner_id}" for pair in pairs]},
    )
