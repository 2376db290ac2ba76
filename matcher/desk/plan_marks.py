"""Marks of staff that every plan keeps to: pairs that must be in it, and pairs that must not."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.orm import Session

from matcher.casework.pairings import ACTIVE_STAGES, PairingStage
from matcher.casework.plans import Mark, PlanMark
from matcher.casework.progress import may_begin
from matcher.desk import pairing_views
from matcher.desk.core import Act, Desk, Subject
from matcher.errors import ConflictError, InvalidInputError, NotFoundError
from matcher.people.rules import check_text
from matcher.records import Enterprise, Need, Partner
from matcher.store.enterprises import get_enterprises
from matcher.store.need_steps import need_status
from matcher.store.needs import get_need, get_needs
from matcher.store.pairings import Limits, find_pairing, limits_of
from matcher.store.partners import get_partner, get_partners
from matcher.store.plan_marks import drop_mark, find_mark, list_marks, set_mark
from matcher.text.fold import tidy

_FEW: Final = 10
LONGEST_NOTE: Final = 300
"""Characters that the note of a mark may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkLine:
    """A mark with its two sides."""

    mark: PlanMark
    need: Need
    enterprise: Enterprise | None
    partner: Partner


def put(desk: Desk, need_id: str, partner_id: str, mark: Mark, *, note: str = "") -> PlanMark:
    """Pin a pair or exclude it, from the next plan on; an earlier mark of it is replaced.

    Raises:
        NotFoundError: there is no such need or partner, or the need is not the actor's to see.
        ConflictError: it is to be pinned, but cannot come about: the need does not look for a
            partner, the two are together or came to nothing, or there is a conflict of interest.
        InvalidInputError: the note is too long.
    """
    text = tidy(note)
    check_text(text, "说明", "note", LONGEST_NOTE, required=False)
    with desk.writing() as session:
        need, partner = _own_need(desk, session, need_id), get_partner(session, partner_id)
        if mark is Mark.PIN:
            _check_possible(session, need, partner)
        made = PlanMark(
            need_id=need_id,
            partner_id=partner_id,
            mark=mark,
            note=text,
            marked_at=datetime.now(UTC),
            marked_by=desk.actor.name,
        )
        set_mark(session, made)
        _log(desk, session, need, made, f"{mark.label} {need_id} 与 {partner.name}")
        return made


def remove(desk: Desk, need_id: str, partner_id: str) -> None:
    """Take the mark of a pair away.

    Raises:
        NotFoundError: it has none, or the need is not the actor's to see.
    """
    with desk.writing() as session:
        need = _own_need(desk, session, need_id)
        mark = find_mark(session, need_id, partner_id)
        if mark is None or not drop_mark(session, need_id, partner_id):
            raise NotFoundError("指定或排除", f"{need_id} 与 {partner_id}")
        _log(desk, session, need, mark, f"取消{mark.mark.label} {need_id} 与 {partner_id}")


def find(
    desk: Desk, mark: Mark | None = None, *, offset: int = 0, limit: int = 50
) -> tuple[list[MarkLine], int]:
    """A page of the marks that are the actor's to see, the latest first, and how many there are."""
    with desk.reading() as session:
        marks, total = list_marks(
            session, county=desk.actor.county, mark=mark, offset=offset, limit=limit
        )
        needs = get_needs(session, {each.need_id for each in marks})
        partners = get_partners(session, {each.partner_id for each in marks})
        owners = {need.enterprise_id for need in needs.values() if need.enterprise_id}
        firms = get_enterprises(session, owners)
        lines = [
            MarkLine(
                mark=each,
                need=needs[each.need_id],
                enterprise=firms.get(needs[each.need_id].enterprise_id or ""),
                partner=partners[each.partner_id],
            )
            for each in marks
        ]
        return lines, total


def need_called(desk: Desk, text: str) -> str:
    """Id of the open need that somebody means by its id, its name or a part of that.

    Raises:
        InvalidInputError: none is meant, or several are.
    """
    if not text:
        raise InvalidInputError("请填写需求的编号或名称", field="need")
    found = pairing_views.open_needs(desk, text, limit=_FEW)
    exact = [each.id for each in found if text in (each.id, each.title)]
    return _only(exact or [each.id for each in found], text, "在库的需求", "need")


def partner_called(desk: Desk, text: str) -> str:
    """Id of the partner that somebody means; likewise."""
    if not text:
        raise InvalidInputError("请填写对象的编号或名称", field="partner")
    with desk.reading() as session:
        if get_partners(session, [text]):
            return text
    found = pairing_views.partners_named(desk, text, limit=_FEW)
    exact = [each.id for each in found if each.name == text]
    return _only(exact or [each.id for each in found], text, "对象", "partner")


def _only(ids: list[str], text: str, what: str, field: str) -> str:
    if not ids:
        raise InvalidInputError(f"没有找到编号或名称是“{text}”的{what}", field=field)
    if len(ids) > 1:
        listed = "、".join(ids)
        raise InvalidInputError(f"“{text}”对应几个{what}：{listed}。请填写编号", field=field)
    return ids[0]


def _check_possible(session: Session, need: Need, partner: Partner) -> None:
    status = need_status(session, need.id)
    if not may_begin(status):
        raise ConflictError(f"这条需求现在是“{status.label}”，不再寻找对象，不能指定")
    if need.enterprise_id in limits_of(session, [partner.id]).get(partner.id, Limits()).conflicts:
        raise ConflictError(
            f"“{partner.name}”与这条需求的企业有利益冲突，不能指定。"
            "情况有变的，请先在对象资料中修改利益冲突的企业"
        )
    known = find_pairing(session, need.id, partner.id)
    if known is not None and known.stage in ACTIVE_STAGES:
        raise ConflictError(
            f"“{partner.name}”与这条需求已经在对接，现在是“{known.stage.label}”，不用再指定"
        )
    if known is not None and known.stage is PairingStage.FAILED:
        why = known.reason.label if known.reason else known.stage.label
        raise ConflictError(
            f"“{partner.name}”与这条需求记过未成（{why}）。要指定，请先在那项对接中撤销"
        )


def _own_need(desk: Desk, session: Session, need_id: str) -> Need:
    need = get_need(session, need_id)
    desk.check_county(need.county, "需求", need_id)
    return need


def _log(desk: Desk, session: Session, need: Need, mark: PlanMark, summary: str) -> None:
    desk.log(
        session,
        Act.CHANGE,
        Subject.PLAN,
        "",
        county=need.county,
        summary=summary,
        details={"need": mark.need_id, "partner": mark.partner_id, "note": mark.note},
    )
