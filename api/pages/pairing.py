"""A pairing: its two sides, its timeline, and what can be done with it from there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Path, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from pydantic import AfterValidator

from api.auth import DeskDep
from api.downloads import handed_out
from api.pages.forms import FormTexts
from api.pages.pairings import ChosenPairings, board_page
from api.pages.render import address, page
from api.pages.site_checks import site_panel
from api.plain import storable
from api.urls import quoted
from matcher.casework.pairings import FailReason, PairingStage
from matcher.casework.progress import later_stages, steps_back
from matcher.casework.stations import Outcome
from matcher.desk import Desk, outcomes, pairing_files, pairing_views, pairings
from matcher.desk.pairing_letters import Reader, letter
from matcher.desk.timelines import LONGEST_TEXT
from matcher.errors import ConflictError, InvalidInputError, MatcherError, NotFoundError
from matcher.files import ACCEPTED, LARGEST
from matcher.store.outcomes import OutcomeFilter

router = APIRouter(prefix="/pairings")

_DONE = {
    "begun": "对接已经建立。",
    "stage": "阶段已经变更。",
    "fail": "已记为未成。",
    "reopen": "已撤销，回到“已推荐”。",
    "note": "备注已经保存。",
    "file": "附件已经上传。",
    "release": "双方的联系方式已经公开，下面的函件里都有了。",
    "relist": "需求已退回项目库。",
    "sites": "情况已经保存，建站条件重新核对过了。",
}
_WITH_OUTCOMES = frozenset({PairingStage.SIGNED, PairingStage.STATIONED})
_SHOWN_OUTCOMES = 20
_LARGEST_NUMBER = 2**31 - 1


def _existing(number: int) -> int:
    if not 0 < number <= _LARGEST_NUMBER:
        raise NotFoundError("记录", str(number))
    return number


Number = Annotated[int, Path(), AfterValidator(_existing)]
"""The number of a record in an address."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at the page of a pairing."""

    request: Request
    desk: Desk
    pairing_id: int


def _visit(request: Request, desk: DeskDep, pairing_id: Number) -> Visit:
    return Visit(request, desk, pairing_id)


VisitDep = Annotated[Visit, Depends(_visit)]


@router.get("/{pairing_id:int}")
def show(visit: VisitDep, done: str = "") -> Response:
    """A pairing."""
    return _page(visit, done=_DONE.get(done, ""))


@router.post("/{pairing_id:int}/stage")
def advance(visit: VisitDep, sent: FormTexts) -> Response:
    """Take it to another stage, from its page or from the board."""

    def act() -> object:
        then = PairingStage.parse(sent.get("stage", ""), field="stage")
        seen, note = _seen(sent), sent.get("note", "")
        return pairings.advance(visit.desk, visit.pairing_id, then, seen=seen, note=note)

    if sent.get("back") == "board":
        return _from_board(visit, sent, act)
    return _after(visit, act, "stage", sent)


@router.post("/{pairing_id:int}/fail")
def fail(visit: VisitDep, sent: FormTexts) -> Response:
    """Note that it came to nothing."""

    def act() -> object:
        reason = _reason(sent)
        seen, note = _seen(sent), sent.get("note", "")
        return pairings.fail(visit.desk, visit.pairing_id, reason, seen=seen, note=note)

    return _after(visit, act, "fail", sent)


@router.post("/{pairing_id:int}/reopen")
def reopen(visit: VisitDep, sent: FormTexts) -> Response:
    """Take a failure back, from its page or from that of the need."""

    def act() -> object:
        return pairings.reopen(visit.desk, visit.pairing_id, seen=_seen(sent))

    back = sent.get("need", "")
    if not back:
        return _after(visit, act, "reopen", sent)
    act()
    return RedirectResponse(back_to_need(visit.request, back, sent), status_code=303)


@router.post("/{pairing_id:int}/relist")
def relist(visit: VisitDep, sent: FormTexts) -> Response:
    """Put its need back into the library."""
    return _after(visit, lambda: pairings.relist(visit.desk, visit.pairing_id), "relist", sent)


@router.post("/{pairing_id:int}/notes")
def note(visit: VisitDep, sent: FormTexts) -> Response:
    """Put a note on the timeline."""
    text = sent.get("note", "")
    return _after(visit, lambda: pairings.note(visit.desk, visit.pairing_id, text), "note", sent)


@router.post("/{pairing_id:int}/release")
def release(visit: VisitDep, sent: FormTexts) -> Response:
    """Let the parties know each other."""

    def act() -> object:
        seen, note = _seen(sent), sent.get("note", "")
        return pairings.release(visit.desk, visit.pairing_id, seen=seen, note=note)

    return _after(visit, act, "release", sent)


@router.post("/{pairing_id:int}/files")
def attach(
    visit: VisitDep, sent: FormTexts, file: Annotated[UploadFile | None, File()] = None
) -> Response:
    """Attach a file."""
    name = storable(file.filename or "") if file else ""
    content = file.file.read(LARGEST + 1) if file else b""

    def act() -> object:
        note = sent.get("note", "")
        return pairing_files.attach(visit.desk, visit.pairing_id, name, content, note=note)

    return _after(visit, act, "file", sent)


@router.get("/{pairing_id:int}/files/{file_id:int}")
def download(visit: VisitDep, file_id: Number) -> Response:
    """A file, to be saved."""
    return handed_out(*pairing_files.download(visit.desk, visit.pairing_id, file_id))


@router.get("/{pairing_id:int}/letter/{reader}")
def sheet(visit: VisitDep, reader: str) -> Response:
    """What one party may be told, as a sheet to be printed."""
    if reader not in set(Reader):
        raise NotFoundError("函件", storable(reader))
    return page(
        visit.request,
        "pairing_letter.html",
        letter=letter(visit.desk, visit.pairing_id, Reader(reader)),
        Reader=Reader,
        headers={"Cache-Control": "private, no-store"},
    )


def back_to_need(request: Request, need_id: str, sent: dict[str, str]) -> str:
    """Address of a need's page where somebody pressed a button beside a recommendation."""
    own = f"/needs/{quoted(need_id)}"
    place = sent.get("place", "")
    target = address(request, own, kind=sent.get("kind", ""), region=sent.get("region", ""))
    return f"{target}#m{place}" if place.isascii() and place.isdecimal() else target


def _seen(sent: dict[str, str]) -> int:
    """The version that a form was made from; a form without any has seen none."""
    seen = sent.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else 0


def _reason(sent: dict[str, str]) -> FailReason:
    reason = sent.get("reason", "")
    if not reason:
        raise InvalidInputError("请选择原因", field="reason")
    return FailReason.parse(reason, field="reason")


def _after(visit: Visit, act: Callable[[], object], form: str, sent: dict[str, str]) -> Response:
    """Do something and show the pairing again; if it is refused, with what was typed."""
    try:
        act()
    except (ConflictError, InvalidInputError) as error:
        field = (error.field or "") if isinstance(error, InvalidInputError) else ""
        return _page(
            visit,
            refusal=f"还没有办理。{error.message}",
            wrong={f"{form}-{field}": error.message} if field else {},
            typed={f"{form}-{name}": value for name, value in sent.items()},
            status=422 if isinstance(error, InvalidInputError) else 409,
        )
    own = address(visit.request, f"/pairings/{visit.pairing_id}", done=form)
    return RedirectResponse(own, status_code=303)


def _from_board(visit: Visit, sent: dict[str, str], act: Callable[[], object]) -> Response:
    # The stage that was sent is where the card goes, not what the board was filtered by.
    chosen = ChosenPairings.read({name: text for name, text in sent.items() if name != "stage"})
    try:
        act()
    except (ConflictError, InvalidInputError) as error:
        told = f"还没有移动。{_without_stop(error)}"
        return board_page(visit.request, visit.desk, chosen, refusal=told, status=409)
    number = visit.pairing_id
    board = address(visit.request, "/pairings", moved=number, **chosen.query)
    return RedirectResponse(f"{board}#p{number}", status_code=303)


def _without_stop(error: MatcherError) -> str:
    return error.message.rstrip("。")


def _outcomes(visit: Visit, stage: PairingStage) -> list[Outcome]:
    """What came of it, the latest first; nothing can before it is signed."""
    if stage not in _WITH_OUTCOMES:
        return []
    wanted = OutcomeFilter(pairing_id=visit.pairing_id)
    lines, _ = outcomes.find(visit.desk, wanted, limit=_SHOWN_OUTCOMES)
    return [line.outcome for line in lines]


def _page(
    visit: Visit,
    *,
    status: int = 200,
    **context: Any,  # noqa: ANN401 - passed on to the template
) -> Response:
    file = pairing_views.open_pairing(visit.desk, visit.pairing_id)
    stage = file.card.pairing.stage
    empty: dict[str, Any] = {"done": "", "refusal": "", "wrong": {}, "typed": {}}
    return page(
        visit.request,
        "pairing.html",
        file=file,
        outcomes=_outcomes(visit, stage),
        sites=site_panel(visit.desk, file.card.need.id, file.card.partner.id),
        ahead=later_stages(stage),
        back=steps_back(stage),
        Stage=PairingStage,
        has_outcomes=stage in _WITH_OUTCOMES,
        reasons=tuple(FailReason),
        longest=LONGEST_TEXT,
        accepted=ACCEPTED,
        suffixes=",".join(f".{ending}" for ending in ACCEPTED.split("、")),
        status=status,
        **(empty | context),
    )
