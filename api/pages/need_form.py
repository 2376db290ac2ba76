"""Filling in a need, and changing one."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.deps import MatcherDep
from api.pages.form_fields import GROUPS
from api.pages.form_help import SUGGESTED, TEXTS, Help, help_with, is_asked
from api.pages.forms import FormTexts, by_field, left_empty, need_values, values_of
from api.pages.lookups import enterprises_of
from api.pages.render import address, page
from api.pages.screened import screened
from api.parameters import RecordId
from api.saving import accepted, create_need, put_need
from api.urls import quoted
from matcher.errors import ConflictError
from matcher.intake import Note, parse_need
from matcher.intake.results import RecordFaultsError
from matcher.records import Need
from matcher.screener import SimilarNeed
from matcher.service import Matcher
from matcher.store.codec import fingerprint
from matcher.store.needs import get_need, get_needs, need_counties

router = APIRouter(prefix="/needs")


@router.get("/new")
def show_new(request: Request, matcher: MatcherDep) -> Response:
    """An empty form."""
    return _form(request, matcher, Help(need_values({})), fresh=True)


@router.post("/new")
def create(request: Request, sent: FormTexts, matcher: MatcherDep) -> Response:
    """Save a new need and show it with its partners.

    The form is shown again where help was asked for, something is wrong, or the need seems to be
    in the library already.
    """
    values = need_values(sent)
    if is_asked(sent):
        return _form(request, matcher, help_with(matcher, sent, values))
    parsed = parse_need({**values, "submitted": date.today()})
    try:
        record = accepted(parsed, left_empty(values))
        repeats = _new_repeats(matcher, record.need, sent)
        if repeats:
            back = help_with(matcher, sent, values)
            return _form(request, matcher, back, repeats=repeats, status=409)
        need = create_need(matcher, record)
    except RecordFaultsError as error:
        back = help_with(matcher, sent, values)
        return _form(request, matcher, back, errors=by_field(error.faults), status=422)
    except ConflictError:
        assert parsed.record is not None
        return _again(request, matcher, parsed.record.need, help_with(matcher, sent, values))
    return _to_need(request, need, parsed.notes)


@router.get("/{need_id:path}/edit")
def show_edit(request: Request, need_id: RecordId, matcher: MatcherDep) -> Response:
    """The form with a stored need in it."""
    with matcher.reading() as session:
        need = get_need(session, need_id)
        enterprise = enterprises_of(session, [need]).get(need.enterprise_id)
    values = values_of(need, enterprise)
    return _form(request, matcher, Help(values), need=need, seen=fingerprint(need))


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

    def again(*, seen: str = seen, **context: Any) -> Response:  # noqa: ANN401 - passed on
        back = help_with(matcher, sent, values)
        return _form(request, matcher, back, need=stored, seen=seen, **context)

    if is_asked(sent):
        return again()
    parsed = parse_need({**values, **kept})
    try:
        need, _ = put_need(matcher, accepted(parsed, left_empty(values)), seen=seen)
    except RecordFaultsError as error:
        return again(errors=by_field(error.faults), status=422)
    except ConflictError as error:
        return again(conflict=error.message, seen=fingerprint(stored), status=409)
    return _to_need(request, need, parsed.notes)


def _new_repeats(matcher: Matcher, need: Need, sent: dict[str, str]) -> Sequence[SimilarNeed]:
    """Needs that this one seems to be a version of, if the person has not seen them all.

    Those that were shown count only where the person pressed the button that says so. A need that
    is stored already, such as one sent twice, is told of by its id alone.
    """
    with matcher.reading() as session:
        if get_needs(session, [need.id]):
            return ()
    shown = set(sent.get("shown", "").split()) if "anyway" in sent else set()
    repeats = screened(matcher, need).repeated
    return repeats if {quoted(found.need.id) for found in repeats} - shown else ()


def _again(request: Request, matcher: Matcher, need: Need, back: Help) -> Response:
    """The same need was sent again: show it if nothing differs, else say where it is."""
    with matcher.reading() as session:
        stored = get_needs(session, [need.id])[need.id]
        enterprise = enterprises_of(session, [stored]).get(stored.enterprise_id)
    known_county = {"county": stored.county}
    if values_of(need, enterprise) | known_county == values_of(stored, enterprise):
        return _to_need(request, stored, ())
    message = "这家企业已经填报过同样名称和问题的需求。要修改其他内容，请到那条需求里编辑"
    return _form(request, matcher, back, conflict=message, same=stored, status=409)


def _to_need(request: Request, need: Need, notes: Iterable[Note]) -> Response:
    noted = [note.field for note in notes]
    target = address(request, f"/needs/{quoted(need.id)}", saved=1, noted=noted)
    return RedirectResponse(target, status_code=303)


def _form(
    request: Request,
    matcher: Matcher,
    back: Help,
    *,
    repeats: Sequence[SimilarNeed] = (),
    status: int = 200,
    **context: Any,  # noqa: ANN401 - passed on to the template
) -> Response:
    with matcher.reading() as session:
        counties = need_counties(session)
        enterprises = enterprises_of(session, (found.need for found in repeats))
    empty: dict[str, Any] = {
        "errors": {},
        "conflict": "",
        "same": None,
        "need": None,
        "seen": "",
        "fresh": False,
    }
    return page(
        request,
        "need_form.html",
        groups=GROUPS,
        help=back,
        repeats=repeats,
        enterprises=enterprises,
        last_text=TEXTS[-1],
        suggested=SUGGESTED,
        counties=counties,
        status=status,
        **(empty | context),
    )
