"""Entering an enterprise association, and changing one."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.association_input import AssociationId
from api.auth import DeskDep
from api.pages.association_fields import NAMES, NOTE, QUESTIONS, shown_groups, stored, typed
from api.pages.forms import FormTexts
from api.pages.render import address, page
from api.parameters import Search
from api.saving import accepted
from matcher.casework.associations import (
    Association,
    AssociationKind,
    AssociationStatus,
    suggested_kind,
    suggested_name,
)
from matcher.desk import Desk
from matcher.desk import associations as desk_of
from matcher.errors import ConflictError
from matcher.intake.associations import ParsedAssociation, parse_association
from matcher.intake.results import Fault, RecordFaultsError
from matcher.people import Permission
from matcher.records import Enterprise
from matcher.store.enterprises import get_enterprises

router = APIRouter(prefix="/associations")

_OPEN = (AssociationStatus.APPLIED, AssociationStatus.APPROVED, AssociationStatus.FOUNDED)
"""What a new one can be; the rest come later in its life."""


@router.get("/new")
def show_new(
    request: Request,
    desk: DeskDep,
    *,
    kind: Search = "",
    enterprise: Search = "",
    park: Search = "",
    county: Search = "",
) -> Response:
    """The form, with what is known of an enterprise or a park in it already."""
    desk.actor.require(Permission.EDIT)
    with desk.reading() as session:
        firm = get_enterprises(session, [enterprise]).get(enterprise)
    of_kind = AssociationKind.parse(kind, field="kind") if kind else _usual_kind(firm)
    values = typed({}) | {
        "kind": of_kind.value,
        "status": AssociationStatus.APPLIED.value,
        "county": county or desk.actor.county,
    }
    if firm is not None and desk.actor.covers(firm.county):
        values |= {
            "enterprise_name": firm.name,
            "county": firm.county or values["county"],
            "park": firm.park,
            "name": suggested_name(of_kind, firm.name),
        }
        return _form(request, desk, values, enterprise_id=firm.id)
    if of_kind is AssociationKind.PARK:
        values |= {"park": park, "name": suggested_name(of_kind, park)}
    return _form(request, desk, values)


@router.post("/new")
def create(request: Request, sent: FormTexts, desk: DeskDep) -> Response:
    """Save a new association; the form comes back where something is wrong."""
    desk.actor.require(Permission.EDIT)
    try:
        made = desk_of.create(desk, _read(sent, AssociationStatus.APPLIED))
    except (RecordFaultsError, ConflictError) as error:
        return _again(request, desk, sent, error)
    return _to(request, made, "created")


@router.get("/{association_id:int}/edit")
def show_edit(request: Request, association_id: AssociationId, desk: DeskDep) -> Response:
    """The form with a stored association in it."""
    desk.actor.require(Permission.EDIT)
    opened = desk_of.open_association(desk, association_id)
    return _form(
        request,
        desk,
        stored(opened.association, opened.enterprise),
        association=opened.association,
        enterprise_id=opened.association.enterprise_id or "",
        seen=str(opened.association.version),
    )


@router.post("/{association_id:int}/edit")
def change(
    request: Request, association_id: AssociationId, sent: FormTexts, desk: DeskDep
) -> Response:
    """Save a changed association, unless somebody else has changed it meanwhile."""
    desk.actor.require(Permission.EDIT)
    before = desk_of.get(desk, association_id)
    seen = sent.get("seen", "")
    try:
        parsed = _read(sent, before.status)
        version = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else 0
        saved = desk_of.change(desk, association_id, parsed, seen=version)
    except (RecordFaultsError, ConflictError) as error:
        # Who was told that somebody was faster may save again, over those changes.
        seen = str(before.version) if isinstance(error, ConflictError) else seen
        return _again(request, desk, sent, error, association=before, seen=seen)
    return _to(request, saved, "saved")


def _usual_kind(firm: Enterprise | None) -> AssociationKind:
    """What an enterprise of this size founds; an association if the size is not known."""
    if firm is None or firm.st_staff_count is None:
        return AssociationKind.ENTERPRISE
    return suggested_kind(firm.st_staff_count)


def _read(sent: dict[str, str], status: AssociationStatus) -> ParsedAssociation:
    """What was typed.

    Raises:
        RecordFaultsError: a field cannot be read.
    """
    values: dict[str, object] = {**typed(sent), "enterprise_id": sent.get("enterprise_id", "")}
    values["status"] = values["status"] or status.value
    return accepted(parse_association(values))


def _again(
    request: Request,
    desk: Desk,
    sent: dict[str, str],
    error: RecordFaultsError | ConflictError,
    **context: Any,  # noqa: ANN401 - passed on to the form
) -> Response:
    """The form as it was sent, with what is wrong."""
    wrong = isinstance(error, RecordFaultsError)
    return _form(
        request,
        desk,
        typed(sent),
        enterprise_id=sent.get("enterprise_id", ""),
        errors=_by_field(error.faults) if isinstance(error, RecordFaultsError) else {},
        conflict="" if wrong else error.message,
        status=422 if wrong else 409,
        **context,
    )


def _by_field(faults: tuple[Fault, ...]) -> dict[str, str]:
    """The first message of each field, in the order of the form."""
    messages: dict[str, str] = {}
    for fault in faults:
        name = "enterprise_name" if fault.field == "enterprise_id" else fault.field
        messages.setdefault(name, fault.message)
    return {name: messages[name] for name in NAMES if name in messages}


def _form(
    request: Request,
    desk: Desk,
    values: dict[str, str],
    *,
    association: Association | None = None,
    enterprise_id: str = "",
    seen: str = "",
    errors: dict[str, str] | None = None,
    conflict: str = "",
    status: int = 200,
) -> Response:
    return page(
        request,
        "association_form.html",
        status=status,
        association=association,
        values=values,
        enterprise_id=enterprise_id,
        seen=seen,
        errors=errors or {},
        conflict=conflict,
        groups=shown_groups(association.status if association else None),
        note=NOTE,
        questions=QUESTIONS,
        statuses=_OPEN,
        checked=association is None or association.is_checked,
        counties=desk_of.counties(desk),
        fixed_county=desk.actor.county,
    )


def _to(request: Request, association: Association, done: str) -> Response:
    target = address(request, f"/associations/{association.id}", done=done)
    return RedirectResponse(target, status_code=303)
