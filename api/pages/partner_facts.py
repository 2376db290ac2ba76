"""What is known of a partner beside its profile: the form, and the button for a call today."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import DeskDep
from api.pages.forms import FormTexts
from api.pages.partner_fields import FACTS
from api.pages.record_form import as_typed, in_order, typed
from api.pages.render import address, page
from api.parameters import RecordId
from api.saving import accepted
from api.urls import quoted
from matcher.casework.partners import PartnerFacts
from matcher.desk import Desk, partner_facts, partners
from matcher.errors import ConflictError, InvalidInputError
from matcher.intake.partner_facts import parse_facts
from matcher.intake.results import RecordFaultsError
from matcher.people import Permission
from matcher.people.days import today
from matcher.store.enterprises import get_enterprises

router = APIRouter(prefix="/partners")


@router.get("/{partner_id:path}/facts")
def show(request: Request, partner_id: RecordId, desk: DeskDep) -> Response:
    """The form with what is known in it."""
    known = partner_facts.get(desk, partner_id)
    return _form(request, desk, partner_id, _as_typed(desk, known), known.version)


@router.post("/{partner_id:path}/facts")
def change(request: Request, partner_id: RecordId, sent: FormTexts, desk: DeskDep) -> Response:
    """Save what is known, unless somebody else has changed it since the form was opened."""
    values, seen = typed(FACTS, sent), sent.get("seen", "")
    version = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else 0
    try:
        known = accepted(parse_facts(values, partner_id))
        partner_facts.put_named(desk, known, seen=version)
    except RecordFaultsError as error:
        errors = in_order(FACTS, error.faults)
        return _form(request, desk, partner_id, values, version, errors=errors, status=422)
    except InvalidInputError as error:
        errors = {error.field or "note": error.message}
        return _form(request, desk, partner_id, values, version, errors=errors, status=422)
    except ConflictError as error:
        now = partner_facts.get(desk, partner_id).version
        return _form(request, desk, partner_id, values, now, conflict=error.message, status=409)
    return _back(request, partner_id, "facts")


@router.post("/{partner_id:path}/contacted")
def contacted(request: Request, partner_id: RecordId, desk: DeskDep) -> Response:
    """Note that somebody spoke with the partner today."""
    partner_facts.contacted(desk, partner_id, today())
    return _back(request, partner_id, "contacted")


def _as_typed(desk: Desk, known: PartnerFacts) -> dict[str, str]:
    """What is known as it stands in the form: one alias and one enterprise in a line."""
    with desk.reading() as session:
        enterprises = get_enterprises(session, known.conflicts)
    names = [enterprises[key].name for key in known.conflicts if key in enterprises]
    conflicts = [
        enterprises[key].credit_code or key
        if names.count(enterprises[key].name) > 1
        else enterprises[key].name
        for key in known.conflicts
        if key in enterprises
    ]
    lines = {"aliases": "\n".join(known.aliases), "conflicts": "\n".join(conflicts)}
    return as_typed(FACTS, known) | lines


def _back(request: Request, partner_id: str, done: str) -> Response:
    target = address(request, f"/partners/{quoted(partner_id)}", done=done)
    return RedirectResponse(target, status_code=303)


def _form(
    request: Request,
    desk: Desk,
    partner_id: str,
    values: dict[str, str],
    seen: int,
    *,
    status: int = 200,
    **context: Any,  # noqa: ANN401 - passed on to the template
) -> Response:
    desk.actor.require(Permission.DIRECTORY)
    empty: dict[str, Any] = {"errors": {}, "conflict": ""}
    return page(
        request,
        "partner_facts.html",
        partner=partners.get(desk, partner_id),
        groups=FACTS,
        values=values,
        seen=seen,
        status=status,
        **(empty | context),
    )
