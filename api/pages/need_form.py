"""Filling in a need, and changing one."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.deps import MatcherDep
from api.errors import RecordFaultsError
from api.pages.form_fields import GROUPS
from api.pages.forms import FormTexts, by_field, left_empty, need_values, values_of
from api.pages.lookups import enterprises_of
from api.pages.render import address, page
from api.parameters import RecordId
from api.saving import accepted, create_need, put_need
from api.urls import quoted
from matcher.errors import ConflictError
from matcher.intake import Note, parse_need
from matcher.records import Need
from matcher.service import Matcher
from matcher.store.codec import fingerprint
from matcher.store.needs import get_need, get_needs, need_counties

router = APIRouter(prefix="/needs")


@router.get("/new")
def show_new(request: Request, matcher: MatcherDep) -> Response:
    """An empty form."""
    return _form(request, matcher, values=need_values({}))


@router.post("/new")
def create(request: Request, sent: FormTexts, matcher: MatcherDep) -> Response:
    """Save a new need and show it with its partners; or show the form again with what is wrong."""
    values = need_values(sent)
    parsed = parse_need({**values, "submitted": date.today()})
    try:
        need = create_need(matcher, accepted(parsed, left_empty(values)))
    except RecordFaultsError as error:
        return _form(request, matcher, values=values, errors=by_field(error.faults), status=422)
    except ConflictError:
        assert parsed.record is not None
        return _again(request, matcher, parsed.record.need, values)
    return _to_need(request, need, parsed.notes)


@router.get("/{need_id:path}/edit")
def show_edit(request: Request, need_id: RecordId, matcher: MatcherDep) -> Response:
    """The form with a stored need in it."""
    with matcher.reading() as session:
        need = get_need(session, need_id)
        enterprise = enterprises_of(session, [need]).get(need.enterprise_id)
    values = values_of(need, enterprise)
    return _form(request, matcher, values=values, need=need, seen=fingerprint(need))


@router.post("/{need_id:path}/edit")
def change(request: Request, need_id: RecordId, sent: FormTexts, matcher: MatcherDep) -> Response:
    """Save a changed need, unless somebody else has changed it since the form was opened."""
    values, seen = need_values(sent), sent.get("seen", "")
    with matcher.reading() as session:
        stored = get_need(session, need_id)
    kept: dict[str, object] = {
        "id": need_id,
        "submitted": stored.submitted,
        "sample": stored.sample,
    }
    parsed = parse_need({**values, **kept})
    try:
        record = accepted(parsed, left_empty(values))
        need, _ = put_need(matcher, record, seen=seen)
    except RecordFaultsError as error:
        return _form(
            request,
            matcher,
            values=values,
            errors=by_field(error.faults),
            need=stored,
            seen=seen,
            status=422,
        )
    except ConflictError as error:
        return _form(
            request,
            matcher,
            values=values,
            conflict=error.message,
            need=stored,
            seen=fingerprint(stored),
            status=409,
        )
    return _to_need(request, need, parsed.notes)


def _again(request: Request, matcher: Matcher, need: Need, values: dict[str, str]) -> Response:
    """The same need was sent again: show it if nothing differs, else say where it is."""
    with matcher.reading() as session:
        stored = get_needs(session, [need.id])[need.id]
        enterprise = enterprises_of(session, [stored]).get(stored.enterprise_id)
    known_county = {"county": stored.county}
    if values_of(need, enterprise) | known_county == values_of(stored, enterprise):
        return _to_need(request, stored, ())
    message = "这家企业已经填报过同样名称和问题的需求。要修改其他内容，请到那条需求里编辑"
    return _form(request, matcher, values=values, conflict=message, same=stored, status=409)


def _to_need(request: Request, need: Need, notes: Iterable[Note]) -> Response:
    noted = [note.field for note in notes]
    target = address(request, f"/needs/{quoted(need.id)}", saved=1, noted=noted)
    return RedirectResponse(target, status_code=303)


def _form(
    request: Request,
    matcher: Matcher,
    *,
    values: dict[str, str],
    status: int = 200,
    **context: Any,  # noqa: ANN401 - passed on to the template
) -> Response:
    with matcher.reading() as session:
        counties = need_counties(session)
    empty: dict[str, Any] = {"errors": {}, "conflict": "", "same": None, "need": None, "seen": ""}
    return page(
        request,
        "need_form.html",
        groups=GROUPS,
        values=values,
        counties=counties,
        status=status,
        **(empty | context),
    )
