"""Filling in a need, and changing one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import DeskDep
from api.pages.form_fields import CONTACT, GROUPS
from api.pages.form_help import SUGGESTED, TEXTS, Help, help_with, is_asked
from api.pages.forms import (
    FormTexts,
    by_field,
    left_empty,
    need_values,
    typed_contact,
    values_of,
)
from api.pages.lookups import enterprises_of
from api.pages.render import address, page
from api.pages.screened import screened
from api.parameters import RecordId
from api.saving import accepted
from api.urls import quoted
from matcher.casework.needs import NeedStatus
from matcher.desk import Desk, needs
from matcher.desk.needs import NeedFile
from matcher.errors import ConflictError, InvalidInputError
from matcher.intake import Note, parse_need
from matcher.intake.results import RecordFaultsError
from matcher.people import Permission
from matcher.people.days import today
from matcher.records import Need
from matcher.screener import SimilarNeed

router = APIRouter(prefix="/needs")

_FIRST = {
    "draft": NeedStatus.DRAFT,
    "pending": NeedStatus.PENDING,
    "listed": NeedStatus.LISTED,
}
_LATER = {"pending": NeedStatus.PENDING, "listed": NeedStatus.LISTED}
_TO_LIST = (("pending", "保存并提交审核"), ("listed", "保存并入库"))
_BUTTONS = {
    NeedStatus.DRAFT: _TO_LIST,
    NeedStatus.RETURNED: _TO_LIST,
    NeedStatus.PENDING: _TO_LIST[1:],
}
"""What a stored need can be saved for, beside being saved: value and label of the button."""


@router.get("/new")
def show_new(request: Request, desk: DeskDep) -> Response:
    """An empty form."""
    desk.actor.require(Permission.EDIT)
    return _form(request, desk, Help(_values(desk, {})), fresh=True)


@router.post("/new")
def create(request: Request, sent: FormTexts, desk: DeskDep) -> Response:
    """Save a new need and show it with its partners.

    The form is shown again where help was asked for, something is wrong, or the need seems to be
    in the library already.
    """
    desk.actor.require(Permission.EDIT)
    values = _values(desk, sent)
    if is_asked(sent):
        return _form(request, desk, help_with(desk, sent, values))
    status = _FIRST.get(sent.get("then", ""), NeedStatus.PENDING)
    parsed = parse_need({**values, "submitted": today()})
    contact, faults = typed_contact(values)
    # A draft may still lack what a need must have.
    empty = [] if status is NeedStatus.DRAFT else left_empty(values)
    try:
        record = accepted(parsed, [*empty, *faults])
        if status is NeedStatus.LISTED:
            needs.check_complete(record.need, has_contact=contact is not None)
        repeats = () if status is NeedStatus.DRAFT else _new_repeats(desk, record.need, sent)
        if repeats:
            back = help_with(desk, sent, values)
            return _form(request, desk, back, repeats=repeats, then=status.value, status=409)
        need = needs.submit(desk, record, status=status, contact=contact)
    except RecordFaultsError as error:
        back = help_with(desk, sent, values)
        return _form(request, desk, back, errors=by_field(error.faults), status=422)
    except ConflictError:
        assert parsed.record is not None
        return _again(request, desk, parsed.record.need, help_with(desk, sent, values))
    return _to_need(request, need, parsed.notes)


@router.get("/{need_id:path}/edit")
def show_edit(request: Request, need_id: RecordId, desk: DeskDep) -> Response:
    """The form with a stored need in it."""
    desk.actor.require(Permission.EDIT)
    stored = needs.open_need(desk, need_id)
    values = values_of(stored.need, stored.enterprise)
    return _form(
        request,
        desk,
        Help(values),
        stored=stored,
        seen=stored.version,
        seen_status=stored.status.value,
    )


@router.post("/{need_id:path}/edit")
def change(request: Request, need_id: RecordId, sent: FormTexts, desk: DeskDep) -> Response:
    """Save a changed need, unless somebody else has changed it since the form was opened."""
    desk.actor.require(Permission.EDIT)
    values = _values(desk, sent)
    seen: dict[str, Any] = {"seen": sent.get("seen", ""), "seen_status": sent.get("status", "")}
    stored = needs.open_need(desk, need_id)
    kept: dict[str, object] = {
        "id": need_id,
        "submitted": stored.need.submitted,
        "sample": stored.need.sample,
    }

    def again(**context: Any) -> Response:  # noqa: ANN401 - passed on
        back = help_with(desk, sent, values)
        return _form(request, desk, back, stored=stored, **(seen | context))

    if is_asked(sent):
        return again()
    then = _LATER.get(sent.get("then", ""))
    parsed = parse_need({**values, **kept})
    contact, faults = typed_contact(values)
    is_draft = stored.status is NeedStatus.DRAFT and then is None
    try:
        record = accepted(parsed, [*([] if is_draft else left_empty(values)), *faults])
        need, _ = needs.put(
            desk,
            record,
            seen=seen["seen"],
            seen_status=_status(sent),
            contact=contact,
            then=then,
        )
    except RecordFaultsError as error:
        return again(errors=by_field(error.faults), status=422)
    except ConflictError as error:
        now: dict[str, Any] = {"seen": stored.version, "seen_status": stored.status.value}
        return again(conflict=error.message, status=409, **now)
    return _to_need(request, need, parsed.notes)


def _values(desk: Desk, sent: Mapping[str, str]) -> dict[str, str]:
    """What was typed; whoever works for one county fills in nothing for another."""
    values = need_values(dict(sent))
    return values | {"county": desk.actor.county} if desk.actor.county else values


def _status(sent: Mapping[str, str]) -> NeedStatus | None:
    """The status that the person saw, if the form says it."""
    try:
        return NeedStatus.parse(sent["status"], field="status") if sent.get("status") else None
    except InvalidInputError:
        return None


def _new_repeats(desk: Desk, need: Need, sent: Mapping[str, str]) -> Sequence[SimilarNeed]:
    """Needs that this one seems to be a version of, if the person has not seen them all.

    Those that were shown count only where the person pressed the button that says so. A need that
    is stored already, such as one sent twice, is told of by its id alone.
    """
    if needs.stored(desk, need.id):
        return ()
    shown = set(sent.get("shown", "").split()) if "anyway" in sent else set()
    repeats = screened(desk, need).repeated
    return repeats if {quoted(found.need.id) for found in repeats} - shown else ()


def _again(request: Request, desk: Desk, need: Need, back: Help) -> Response:
    """The same need was sent again: show it if nothing differs, else say where it is."""
    message = "这家企业已经填报过同样名称和问题的需求。要修改其他内容，请到那条需求里编辑"
    stored = needs.stored(desk, need.id)
    if stored is None:
        elsewhere = "同样名称和问题的需求已经由其他县区填报，请与市科协联系"
        return _form(request, desk, back, conflict=elsewhere, status=409)
    known_county = {"county": stored.need.county}
    mine = values_of(need, stored.enterprise) | known_county
    if mine == values_of(stored.need, stored.enterprise):
        return _to_need(request, stored.need, ())
    return _form(request, desk, back, conflict=message, same=stored.need, status=409)


def _to_need(request: Request, need: Need, notes: Iterable[Note]) -> Response:
    noted = [note.field for note in notes]
    target = address(request, f"/needs/{quoted(need.id)}", saved=1, noted=noted)
    return RedirectResponse(target, status_code=303)


def _form(
    request: Request,
    desk: Desk,
    back: Help,
    *,
    stored: NeedFile | None = None,
    repeats: Sequence[SimilarNeed] = (),
    status: int = 200,
    **context: Any,  # noqa: ANN401 - passed on to the template
) -> Response:
    with desk.reading() as session:
        enterprises = enterprises_of(session, (found.need for found in repeats))
    empty: dict[str, Any] = {
        "errors": {},
        "conflict": "",
        "same": None,
        "seen": "",
        "seen_status": "",
        "then": "",
        "fresh": False,
    }
    return page(
        request,
        "need_form.html",
        # Contacts that are known are changed on the page of the need, where they are masked.
        groups=GROUPS if stored and stored.contacts else (*GROUPS, CONTACT),
        stored=stored,
        need=stored.need if stored else None,
        buttons=_BUTTONS.get(stored.status, ()) if stored else (),
        help=back,
        repeats=repeats,
        enterprises=enterprises,
        last_text=TEXTS[-1],
        suggested=SUGGESTED,
        counties=needs.counties(desk),
        fixed_county=desk.actor.county,
        status=status,
        **(empty | context),
    )
