"""Entering a partner, changing one, and removing one."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import DeskDep
from api.pages.evidence_rows import (
    EMPTY_ROW,
    EvidencePage,
    EvidenceRow,
    asked_page,
    joined,
    row_faults,
    sent_rows,
)
from api.pages.forms import FormTexts
from api.pages.lookups import provinces
from api.pages.partner_fields import EVIDENCE, GROUPS
from api.pages.record_form import as_typed, in_order, left_empty, typed
from api.pages.render import address, page
from api.parameters import RecordId
from api.saving import accepted
from api.urls import quoted
from matcher.desk import Desk, partners
from matcher.errors import ConflictError
from matcher.intake import parse_partner
from matcher.intake.results import RecordFaultsError
from matcher.people import Permission
from matcher.records import Partner
from matcher.store.codec import fingerprint

router = APIRouter(prefix="/partners")


@router.get("/new")
def show_new(request: Request, desk: DeskDep) -> Response:
    """An empty form."""
    return _form(request, desk, typed(GROUPS, {}), [EMPTY_ROW])


@router.post("/new")
def create(request: Request, sent: FormTexts, desk: DeskDep) -> Response:
    """Save a new partner; the form comes back where a row was asked for or something is wrong."""
    values, rows = typed(GROUPS, sent), sent_rows(sent)
    if _is_asked(sent):
        return _form(request, desk, values, rows)
    try:
        partner = _partner(values, rows, joined((), (), rows), {})
        partners.create(desk, partner)
    except RecordFaultsError as error:
        errors = in_order(GROUPS, error.faults)
        return _form(request, desk, values, rows, errors=errors, status=422)
    except ConflictError:
        conflict = "目录里已经有这个类型、名称和单位的对象，请在列表中查找它再编辑"
        return _form(request, desk, values, rows, conflict=conflict, status=409)
    return _to_partner(request, partner.id)


@router.get("/{partner_id:path}/edit")
def show_edit(
    request: Request, partner_id: RecordId, desk: DeskDep, evidence: str = ""
) -> Response:
    """The form with a stored partner in it, and a page of its evidence."""
    partner = partners.get(desk, partner_id)
    part = asked_page(evidence, partner.evidence)
    return _form(
        request,
        desk,
        as_typed(GROUPS, partner),
        part.of(partner.evidence),
        partner=partner,
        part=part,
        seen=fingerprint(partner),
    )


@router.post("/{partner_id:path}/edit")
def change(request: Request, partner_id: RecordId, sent: FormTexts, desk: DeskDep) -> Response:
    """Save a changed partner, unless somebody else has changed it since the form was opened."""
    stored = partners.get(desk, partner_id)
    values, rows = typed(GROUPS, sent), sent_rows(sent)
    part, seen = asked_page(sent.get("part", ""), stored.evidence), sent.get("seen", "")

    def again(*, seen: str = seen, **context: Any) -> Response:  # noqa: ANN401 - passed on
        return _form(request, desk, values, rows, partner=stored, part=part, seen=seen, **context)

    if _is_asked(sent):
        return again()
    evidence = joined(stored.evidence, sent.get("shown", "").split(), rows)
    kept: dict[str, object] = {"id": partner_id, "sample": stored.sample}
    try:
        partners.put(desk, _partner(values, rows, evidence, kept), seen=seen)
    except RecordFaultsError as error:
        return again(errors=in_order(GROUPS, error.faults), status=422)
    except ConflictError as error:
        return again(conflict=error.message, seen=fingerprint(stored), status=409)
    return _to_partner(request, partner_id)


@router.post("/{partner_id:path}/delete")
def remove(request: Request, partner_id: RecordId, desk: DeskDep) -> Response:
    """Remove a partner and go back to the directory."""
    partners.remove(desk, partner_id)
    return RedirectResponse(address(request, "/partners"), status_code=303)


def _is_asked(sent: dict[str, str]) -> bool:
    """Whether a button for rows was pressed, and none to save."""
    return "add" in sent or "drop" in sent


def _partner(
    values: dict[str, str],
    rows: Sequence[EvidenceRow],
    evidence: list[dict[str, Any]],
    kept: dict[str, object],
) -> Partner:
    """The partner that was typed.

    Raises:
        RecordFaultsError: something is wrong with it or with its evidence.
    """
    faults = [*left_empty(GROUPS, values), *row_faults(rows)]
    whole = {**values, **kept, "evidence": [] if faults else evidence}
    return accepted(parse_partner(whole), faults)


def _to_partner(request: Request, partner_id: str) -> Response:
    target = address(request, f"/partners/{quoted(partner_id)}", done="saved")
    return RedirectResponse(target, status_code=303)


def _form(
    request: Request,
    desk: Desk,
    values: dict[str, str],
    rows: Sequence[EvidenceRow],
    *,
    partner: Partner | None = None,
    part: EvidencePage | None = None,
    status: int = 200,
    **context: Any,  # noqa: ANN401 - passed on to the template
) -> Response:
    desk.actor.require(Permission.DIRECTORY)
    with desk.reading() as session:
        regions = provinces(session)
    shown: list[EvidenceRow] = part.of(partner.evidence) if partner and part else []
    empty: dict[str, Any] = {"errors": {}, "conflict": "", "seen": ""}
    return page(
        request,
        "partner_form.html",
        groups=GROUPS,
        evidence_fields=EVIDENCE,
        values=values,
        rows=rows,
        partner=partner,
        part=part,
        shown=" ".join(row.id for row in shown),
        regions=regions,
        status=status,
        **(empty | context),
    )
