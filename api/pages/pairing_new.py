"""Beginning a pairing: beside a recommendation, or with a need and a partner chosen by hand."""

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import DeskDep
from api.pages.forms import FormTexts
from api.pages.pairing import back_to_need
from api.pages.render import address, page
from api.parameters import Search
from matcher.casework.pairings import FailReason, PairingStage
from matcher.casework.progress import REFUSAL_REASONS
from matcher.desk import Desk, pairing_views, pairings
from matcher.desk.pairing_views import NeedPairings
from matcher.errors import ConflictError, InvalidInputError
from matcher.people import Permission
from matcher.records import PartnerMatch, Ranking

router = APIRouter(prefix="/pairings")

_MOST = 12
_FIRST: Final = (PairingStage.SENT, PairingStage.RECOMMENDED)


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the recommendations of a need; the macro `partner_match` shows it.

    `kind` and `region` are those that the recommendations were asked for with, to come back to.
    """

    known: NeedPairings
    may_edit: bool
    kind: str = ""
    region: str = ""
    reasons: tuple[FailReason, ...] = REFUSAL_REASONS


def beside(
    desk: Desk, need_id: str, ranking: Ranking[PartnerMatch], *, kind: str = "", region: str = ""
) -> Beside:
    """The buttons and marks beside the partners recommended for a need.

    Raises:
        NotFoundError: there is no such need, or it is not the actor's to see.
    """
    shown = [match.partner.id for match in ranking.matches]
    known = pairing_views.beside(desk, need_id, shown)
    return Beside(known, desk.actor.may(Permission.EDIT), kind, region)


@router.get("/new")
def ask(
    request: Request,
    desk: DeskDep,
    *,
    need: Search = "",
    partner: Search = "",
    need_q: Search = "",
    partner_q: Search = "",
) -> Response:
    """Choose a need and a partner, by id or by a text in them."""
    return _form(request, desk, need, partner, need_q=need_q, partner_q=partner_q)


@router.post("/new")
def begin(request: Request, desk: DeskDep, sent: FormTexts) -> Response:
    """Bring the two together that were chosen."""
    need, partner, note = (sent.get(name, "").strip() for name in ("need", "partner", "note"))
    try:
        stage = PairingStage.parse(sent.get("stage", ""), field="stage")
        pairing = pairings.begin(desk, need, partner, stage=stage, note=note)
    except (ConflictError, InvalidInputError) as error:
        return _refused(request, desk, need, partner, error, note=note)
    own = address(request, f"/pairings/{pairing.id}", done="begun")
    return RedirectResponse(own, status_code=303)


@router.post("/push")
def push(request: Request, desk: DeskDep, sent: FormTexts) -> Response:
    """Send a recommended partner, with the probability that stands beside it."""
    need, partner = sent.get("need", ""), sent.get("partner", "")
    try:
        pairings.begin(desk, need, partner, probability=_probability(sent))
    except (ConflictError, InvalidInputError) as error:
        return _refused(request, desk, need, partner, error)
    return RedirectResponse(back_to_need(request, need, sent), status_code=303)


@router.post("/refuse")
def refuse(request: Request, desk: DeskDep, sent: FormTexts) -> Response:
    """Note that a recommended partner does not suit."""
    need, partner = sent.get("need", ""), sent.get("partner", "")
    try:
        reason = FailReason.parse(sent.get("reason", ""), field="reason")
        pairings.refuse(desk, need, partner, reason, probability=_probability(sent))
    except (ConflictError, InvalidInputError) as error:
        return _refused(request, desk, need, partner, error)
    return RedirectResponse(back_to_need(request, need, sent), status_code=303)


def _probability(sent: dict[str, str]) -> float | None:
    """What stood beside the recommendation; the desk refuses what is no probability.

    Raises:
        InvalidInputError: it is no number.
    """
    text = sent.get("probability", "")
    try:
        return float(text) if text else None
    except ValueError:
        raise InvalidInputError("概率应在 0 与 1 之间", field="probability") from None


def _refused(
    request: Request,
    desk: Desk,
    need: str,
    partner: str,
    error: ConflictError | InvalidInputError,
    *,
    note: str = "",
) -> Response:
    field = (error.field or "") if isinstance(error, InvalidInputError) else ""
    return _form(
        request,
        desk,
        need,
        partner,
        refusal=f"还没有办理。{error.message}",
        wrong={field: error.message} if field else {},
        note=note,
        status=422 if isinstance(error, InvalidInputError) else 409,
    )


def _form(
    request: Request,
    desk: Desk,
    need: str,
    partner: str,
    *,
    need_q: str = "",
    partner_q: str = "",
    status: int = 200,
    **context: Any,  # noqa: ANN401 - passed on to the template
) -> Response:
    desk.actor.require(Permission.EDIT)
    chosen_need, chosen_partner, load = pairing_views.sides(desk, need, partner)
    needs = pairing_views.open_needs(desk, need_q, limit=_MOST) if chosen_need is None else []
    partners = (
        pairing_views.partners_named(desk, partner_q, limit=_MOST)
        if chosen_partner is None and partner_q
        else []
    )
    empty: dict[str, Any] = {"refusal": "", "wrong": {}, "note": ""}
    return page(
        request,
        "pairing_new.html",
        need=chosen_need,
        partner=chosen_partner,
        load=load,
        needs=needs,
        partners=partners,
        need_q=need_q,
        partner_q=partner_q,
        most=_MOST,
        stages=_FIRST,
        status=status,
        **(empty | context),
    )
