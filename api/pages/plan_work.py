"""What staff do with the pairs of a plan, and marks for the plans to come."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import DeskDep
from api.pages.forms import FormTexts
from api.pages.paging import asked_page
from api.pages.plan import Visit, VisitDep, plan_page
from api.pages.plan_filter import ChosenPairs
from api.pages.render import address, page
from api.parameters import Search
from matcher.casework.pairings import FailReason, PairingStage
from matcher.casework.plans import Mark
from matcher.desk import Desk, plan_decisions, plan_marks
from matcher.errors import ConflictError, InvalidInputError
from matcher.people import Permission

router = APIRouter(prefix="/plans")

_DONE = {
    "pin": "已指定，下次生成方案时生效。",
    "exclude": "已排除，下次生成方案时生效。",
    "unmarked": "标记已经取消。",
}


@router.post("/{plan_id:int}/adopt")
def adopt(visit: VisitDep, sent: FormTexts) -> Response:
    """Adopt one pair."""

    def act() -> object:
        need, partner = sent.get("need", ""), sent.get("partner", "")
        return plan_decisions.adopt(visit.desk, visit.plan_id, need, partner, stage=_stage(sent))

    return _after(visit, sent, act, "adopted")


@router.post("/{plan_id:int}/adopt-all")
def adopt_all(visit: VisitDep, sent: FormTexts) -> Response:
    """Adopt all open pairs that are shown, and tell which could not be."""
    visit.desk.actor.require(Permission.EDIT)
    chosen = ChosenPairs.read(sent)
    try:
        done = plan_decisions.adopt_open(
            visit.desk, visit.plan_id, chosen.filter, stage=_stage(sent)
        )
    except InvalidInputError as error:
        return plan_page(visit, chosen, refusal=error.message, status=422)
    return plan_page(visit, chosen, adoption=done)


@router.post("/{plan_id:int}/drop")
def drop(visit: VisitDep, sent: FormTexts) -> Response:
    """Note that a pair does not suit."""

    def act() -> object:
        need, partner = sent.get("need", ""), sent.get("partner", "")
        return plan_decisions.drop(visit.desk, visit.plan_id, need, partner, _reason(sent))

    return _after(visit, sent, act, "dropped")


@router.post("/{plan_id:int}/mark")
def mark(visit: VisitDep, sent: FormTexts) -> Response:
    """Pin or exclude a pair of the plan for those to come, or take the mark away."""
    need, partner = sent.get("need", ""), sent.get("partner", "")
    if not sent.get("mark"):
        return _after(visit, sent, lambda: plan_marks.remove(visit.desk, need, partner), "unmarked")

    def act() -> object:
        return plan_marks.put(visit.desk, need, partner, Mark.parse(sent["mark"], field="mark"))

    return _after(visit, sent, act, sent["mark"])


@router.get("/marks")
def list_marks(request: Request, desk: DeskDep, done: Search = "") -> Response:
    """All pairs that are pinned or excluded, and the form for another."""
    return _marks(request, desk, done=_DONE.get(done, ""))


@router.post("/marks")
def put_mark(request: Request, desk: DeskDep, sent: FormTexts) -> Response:
    """Pin or exclude a pair."""
    desk.actor.require(Permission.EDIT)
    try:
        chosen = Mark.parse(sent.get("mark", ""), field="mark")
        need = plan_marks.need_called(desk, sent.get("need", ""))
        partner = plan_marks.partner_called(desk, sent.get("partner", ""))
        plan_marks.put(desk, need, partner, chosen, note=sent.get("note", ""))
    except (ConflictError, InvalidInputError) as error:
        field = error.field if isinstance(error, InvalidInputError) else None
        return _marks(
            request,
            desk,
            typed=sent,
            wrong={field: error.message} if field else {},
            refusal="" if field else error.message,
            status=422 if isinstance(error, InvalidInputError) else 409,
        )
    return RedirectResponse(address(request, "/plans/marks", done=chosen.value), status_code=303)


@router.post("/marks/remove")
def remove_mark(request: Request, desk: DeskDep, sent: FormTexts) -> Response:
    """Take a mark away."""
    plan_marks.remove(desk, sent.get("need", ""), sent.get("partner", ""))
    return RedirectResponse(address(request, "/plans/marks", done="unmarked"), status_code=303)


def _stage(sent: dict[str, str]) -> PairingStage:
    given = sent.get("stage", "")
    return PairingStage.parse(given, field="stage") if given else PairingStage.RECOMMENDED


def _after(visit: Visit, sent: dict[str, str], act: Callable[[], object], done: str) -> Response:
    """Do something and show the plan again where one was."""
    chosen = ChosenPairs.read(sent)
    try:
        act()
    except (ConflictError, InvalidInputError) as error:
        status = 422 if isinstance(error, InvalidInputError) else 409
        return plan_page(visit, chosen, refusal=error.message, status=status)
    target = address(
        visit.request,
        f"/plans/{visit.plan_id}",
        done=done,
        page=sent.get("page", ""),
        size=sent.get("size", ""),
        **chosen.query,
    )
    place = sent.get("place", "")
    anchor = f"#p{place}" if place.isascii() and place.isdecimal() else ""
    return RedirectResponse(f"{target}{anchor}", status_code=303)


def _reason(sent: dict[str, str]) -> FailReason:
    if not sent.get("reason"):
        raise InvalidInputError("请选择不合适的原因", field="reason")
    return FailReason.parse(sent["reason"], field="reason")


def _marks(
    request: Request,
    desk: Desk,
    *,
    status: int = 200,
    **context: Any,  # noqa: ANN401 - passed on to the template
) -> Response:
    asked = asked_page(request)
    lines, total = plan_marks.find(desk, offset=asked.offset, limit=asked.size)
    empty: dict[str, Any] = {"typed": {}, "wrong": {}, "refusal": "", "done": ""}
    return page(
        request,
        "plan_marks.html",
        lines=lines,
        paging=asked.of(total),
        marks=tuple(Mark),
        longest=plan_marks.LONGEST_NOTE,
        status=status,
        **(empty | context),
    )
