"""Ranking for a text that is not saved."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import AfterValidator

from api.auth import DeskDep
from api.deps import restriction_of
from api.pages.forms import FormTexts
from api.pages.lookups import provinces
from api.pages.render import address, page
from api.pages.view import MOST, Answer
from api.parameters import Search
from api.plain import storable
from matcher.desk import Desk
from matcher.errors import NeedTextError
from matcher.intake import NEED_TEXT_LIMIT
from matcher.people import Permission
from matcher.records import PartnerKind

router = APIRouter(prefix="/match")

_SHORT = 200
"""Longest text, in characters, that goes into an address."""


@router.get("")
def show(
    request: Request,
    desk: DeskDep,
    text: Annotated[str, Query(max_length=NEED_TEXT_LIMIT), AfterValidator(storable)] = "",
    kind: Search = "",
    region: Search = "",
) -> Response:
    """The form, and with a text in the address its ranking."""
    return _answer(request, desk, text, kind, region, asked="text" in request.query_params)


@router.post("")
def ask(request: Request, sent: FormTexts, desk: DeskDep) -> Response:
    """Rank for a text; a short one gets an address that can be shared."""
    text, kind, region = (sent.get(name, "") for name in ("text", "kind", "region"))
    if 0 < len(text) <= _SHORT:
        target = address(request, "/match", text=text, kind=kind, region=region)
        return RedirectResponse(target, status_code=303)
    return _answer(request, desk, text, kind, region, asked=True)


def _answer(
    request: Request, desk: Desk, text: str, kind: str, region: str, *, asked: bool
) -> Response:
    chosen = PartnerKind.parse(kind, field="kind") if kind else None
    restriction = restriction_of([chosen.value] if chosen else [], region)
    answer, error = None, ""
    desk.actor.require(Permission.MATCH)
    if asked:
        try:
            answer = Answer.of(desk.matcher.match_text(text, top=MOST, restriction=restriction))
        except NeedTextError as refusal:
            error = refusal.message
    with desk.reading() as session:
        regions = provinces(session)
    return page(
        request,
        "match.html",
        text=text,
        answer=answer,
        error=error,
        regions=regions,
        chosen={"kind": chosen.value if chosen else "", "region": restriction.region},
        status=422 if error else 200,
    )
