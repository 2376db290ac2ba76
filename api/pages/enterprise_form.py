"""Entering an enterprise, changing one, and removing one."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import DeskDep
from api.pages.enterprise_fields import GROUPS
from api.pages.forms import FormTexts
from api.pages.record_form import as_typed, in_order, left_empty, typed
from api.pages.render import address, page
from api.parameters import RecordId
from api.saving import accepted
from api.urls import quoted
from matcher.desk import Desk, enterprises
from matcher.errors import ConflictError
from matcher.intake import parse_enterprise
from matcher.intake.results import RecordFaultsError
from matcher.people import Permission
from matcher.records import Enterprise
from matcher.store.codec import fingerprint

router = APIRouter(prefix="/enterprises")


@router.get("/new")
def show_new(request: Request, desk: DeskDep) -> Response:
    """An empty form, with the county of whoever has one."""
    return _form(request, desk, typed(GROUPS, {"county": desk.actor.county}))


@router.post("/new")
def create(request: Request, sent: FormTexts, desk: DeskDep) -> Response:
    """Save a new enterprise."""
    values = _typed(desk, sent)
    try:
        parsed = parse_enterprise(values)
        enterprise = enterprises.create(desk, accepted(parsed, left_empty(GROUPS, values)))
    except RecordFaultsError as error:
        errors = in_order(GROUPS, error.faults)
        return _form(request, desk, values, errors=errors, status=422)
    except ConflictError as error:
        return _form(request, desk, values, conflict=error.message, status=409)
    return _to_enterprise(request, enterprise)


@router.get("/{enterprise_id:path}/edit")
def show_edit(request: Request, enterprise_id: RecordId, desk: DeskDep) -> Response:
    """The form with a stored enterprise in it."""
    enterprise = enterprises.get(desk, enterprise_id)
    values = as_typed(GROUPS, enterprise)
    return _form(request, desk, values, enterprise=enterprise, seen=fingerprint(enterprise))


@router.post("/{enterprise_id:path}/edit")
def change(request: Request, enterprise_id: RecordId, sent: FormTexts, desk: DeskDep) -> Response:
    """Save a changed enterprise, unless somebody else has changed it since the form was opened."""
    stored = enterprises.get(desk, enterprise_id)
    values, seen = _typed(desk, sent), sent.get("seen", "")

    def again(*, seen: str = seen, **context: Any) -> Response:  # noqa: ANN401 - passed on
        return _form(request, desk, values, enterprise=stored, seen=seen, **context)

    try:
        parsed = parse_enterprise({**values, "id": enterprise_id, "sample": stored.sample})
        record = accepted(parsed, left_empty(GROUPS, values))
        enterprise, _ = enterprises.put(desk, record, seen=seen)
    except RecordFaultsError as error:
        return again(errors=in_order(GROUPS, error.faults), status=422)
    except ConflictError as error:
        return again(conflict=error.message, seen=fingerprint(stored), status=409)
    return _to_enterprise(request, enterprise)


@router.post("/{enterprise_id:path}/delete")
def remove(request: Request, enterprise_id: RecordId, desk: DeskDep) -> Response:
    """Remove an enterprise and go back to the list."""
    enterprises.remove(desk, enterprise_id)
    return RedirectResponse(address(request, "/enterprises"), status_code=303)


def _typed(desk: Desk, sent: dict[str, str]) -> dict[str, str]:
    """What was typed; whoever has a county enters nothing in another one."""
    values = typed(GROUPS, sent)
    return values | {"county": desk.actor.county} if desk.actor.county else values


def _to_enterprise(request: Request, enterprise: Enterprise) -> Response:
    target = address(request, f"/enterprises/{quoted(enterprise.id)}", done="saved")
    return RedirectResponse(target, status_code=303)


def _form(
    request: Request,
    desk: Desk,
    values: dict[str, str],
    *,
    enterprise: Enterprise | None = None,
    status: int = 200,
    **context: Any,  # noqa: ANN401 - passed on to the template
) -> Response:
    desk.actor.require(Permission.EDIT)
    counties, industries = enterprises.choices(desk)
    empty: dict[str, Any] = {"errors": {}, "conflict": "", "seen": ""}
    return page(
        request,
        "enterprise_form.html",
        groups=GROUPS,
        values=values,
        enterprise=enterprise,
        counties=counties,
        industries=industries,
        fixed=("county",) if desk.actor.county else (),
        status=status,
        **(empty | context),
    )
