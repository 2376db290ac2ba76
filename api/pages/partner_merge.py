"""Merging two records of one partner: what is likely, what would result, doing and undoing it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import DeskDep
from api.pages.forms import FormTexts
from api.pages.render import address, page
from api.parameters import RecordId, Search
from api.plain import existing_id
from api.urls import quoted
from matcher.desk import Desk, merging, partners
from matcher.errors import ConflictError, InvalidInputError
from matcher.people import Permission
from matcher.store.partners import PartnerQuery

router = APIRouter(prefix="/partners")

_MOST_FOUND = 20


@router.get("/twins")
def show_twins(request: Request, desk: DeskDep) -> Response:
    """Pairs of records in the directory that seem to be of one partner each."""
    return page(request, "partner_twins.html", pairs=merging.likely_pairs(desk))


@router.get("/{partner_id:path}/merge")
def show(
    request: Request,
    partner_id: RecordId,
    desk: DeskDep,
    other: Annotated[str, Query(max_length=64)] = "",
    q: Search = "",
) -> Response:
    """The choice of the other record, and what would result from it."""
    return _page(request, desk, partner_id, other, q=q)


@router.post("/{partner_id:path}/merge")
def merge(request: Request, partner_id: RecordId, sent: FormTexts, desk: DeskDep) -> Response:
    """Merge, unless one of the records has been changed since it was shown."""
    other = existing_id(sent.get("other", ""))
    try:
        merging.merge(desk, partner_id, other, seen=sent.get("seen", ""))
    except (ConflictError, InvalidInputError) as error:
        return _page(request, desk, partner_id, other, refusal=error.message, status=409)
    return _to(request, partner_id, "merged")


@router.post("/merges/{merge_id}/undo")
def undo(
    request: Request, merge_id: Annotated[int, Path(ge=1, le=2**63 - 1)], desk: DeskDep
) -> Response:
    """Make two records again of one that was merged."""
    done = merging.undo(desk, merge_id)
    return _to(request, done.kept.partner.id, "unmerged")


def _page(
    request: Request,
    desk: Desk,
    partner_id: str,
    other: str,
    *,
    q: str = "",
    refusal: str = "",
    status: int = 200,
) -> Response:
    desk.actor.require(Permission.DIRECTORY)
    found, total = partners.find(desk, PartnerQuery(text=q), limit=_MOST_FOUND) if q else ([], 0)
    chosen = other and other != partner_id
    return page(
        request,
        "partner_merge.html",
        partner=partners.get(desk, partner_id),
        twins=merging.suggestions(desk, partner_id),
        found=[each for each in found if each.id != partner_id],
        total=total,
        q=q,
        preview=merging.preview(desk, partner_id, existing_id(other)) if chosen else None,
        refusal=refusal,
        status=status,
    )


def _to(request: Request, partner_id: str, done: str) -> Response:
    target = address(request, f"/partners/{quoted(partner_id)}", done=done)
    return RedirectResponse(target, status_code=303)
