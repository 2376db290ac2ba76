"""Founding a station, and changing one."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import DeskDep
from api.pages.forms import FormTexts
from api.pages.picking import Picks, is_asked, picks
from api.pages.render import address, page
from api.routes.stations import StationId
from matcher.casework.stations import StationLevel
from matcher.desk import Desk, site_types, stations
from matcher.desk.station_forms import STATIONS, StationDraft, accepted, parse_station
from matcher.desk.stations import StationLine
from matcher.errors import ConflictError, InvalidInputError
from matcher.intake.results import Fault, Note, RecordFaultsError
from matcher.people import Permission
from matcher.store.stations import PairingBasis

router = APIRouter(prefix="/stations")

_TYPED = ("name", "type", "level", "agreed_on", "ends_on", "note", "pairing_id", "enterprise_id")
_NOT_CHOSEN = "“{text}”还没有选定，请在查找结果中选一个，或清空后保存"
_PARTNERS = "partner_ids"
_SEPARATOR = "\n"

PairingNumber = Annotated[int | None, Query(ge=1, le=2**63 - 1)]


@router.get("/new")
def show_new(request: Request, desk: DeskDep, pairing: PairingNumber = None) -> Response:
    """An empty form, or one with what a signed pairing says."""
    desk.actor.require(Permission.EDIT)
    basis = stations.basis_of(desk, pairing) if pairing else None
    values = {"level": StationLevel.CITY.value, "pairing_id": str(pairing or "")}
    if basis:
        values |= {"enterprise_id": basis.enterprise_id or "", _PARTNERS: basis.partner_id}
    return _form(request, desk, values)


@router.post("/new")
def create(request: Request, desk: DeskDep, sent: FormTexts) -> Response:
    """Save a new station and show it, or the form again with everything that was typed."""
    desk.actor.require(Permission.EDIT)
    if is_asked(sent):
        return _form(request, desk, sent)
    try:
        draft, notes = _read(desk, sent)
        station = stations.create(desk, draft)
    except RecordFaultsError as error:
        return _form(request, desk, sent, errors=by_form(error.faults), status=422)
    except ConflictError as error:
        return _form(request, desk, sent, conflict=error.message, status=409)
    return to_station(request, station.id, notes)


@router.get("/{station_id}/edit")
def show_edit(request: Request, station_id: StationId, desk: DeskDep) -> Response:
    """The form with a station in it."""
    desk.actor.require(Permission.EDIT)
    line = stations.get(desk, station_id)
    return _form(request, desk, _values(line), line=line, seen=line.station.version)


@router.post("/{station_id}/edit")
def change(request: Request, station_id: StationId, desk: DeskDep, sent: FormTexts) -> Response:
    """Save a changed station, unless somebody else has changed it since the form was opened."""
    desk.actor.require(Permission.EDIT)
    line, seen = stations.get(desk, station_id), seen_version(sent)

    def again(*, seen: int = seen, **context: Any) -> Response:  # noqa: ANN401 - passed on
        return _form(request, desk, sent, line=line, seen=seen, **context)

    if is_asked(sent):
        return again()
    try:
        draft, notes = _read(desk, sent)
        stations.change(desk, station_id, draft, seen=seen)
    except RecordFaultsError as error:
        return again(errors=by_form(error.faults), status=422)
    except ConflictError as error:
        return again(conflict=error.message, seen=line.station.version, status=409)
    return to_station(request, station_id, notes)


def to_station(request: Request, station_id: int, notes: Iterable[Note] = ()) -> Response:
    """To the page of a station that was just saved; it tells what was noted about which field."""
    noted = list(dict.fromkeys(note.field for note in notes))
    target = address(request, f"/stations/{station_id}", saved=1, noted=noted)
    return RedirectResponse(target, status_code=303)


def by_form(faults: Iterable[Fault]) -> dict[str, str]:
    """The first message of each field, in the order of the form."""
    messages: dict[str, str] = {}
    for fault in faults:
        messages.setdefault(fault.field, fault.message)
    order = ("enterprise_id", _PARTNERS, *(column.field for column in STATIONS.columns))
    return {name: messages[name] for name in dict.fromkeys(order) if name in messages}


def seen_version(sent: Mapping[str, str]) -> int:
    """The version that the person saw, as the form says it.

    Raises:
        InvalidInputError: the form does not say it.
    """
    text = sent.get("seen", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise InvalidInputError("页面不完整，请返回上一页刷新后再提交")
    return int(text)


def _read(desk: Desk, sent: Mapping[str, str]) -> tuple[StationDraft, tuple[Note, ...]]:
    """The station that a form describes, and what reading noted.

    Raises:
        RecordFaultsError: something is wrong, or something was searched for and not chosen.
    """
    enterprise, partners = _picked(desk, sent)
    chosen = {"enterprise_id": enterprise.ids[0] if enterprise.ids else "", _PARTNERS: partners.ids}
    values: dict[str, object] = {name: sent.get(name, "") for name in _TYPED}
    parsed = parse_station(values | chosen, site_types.kinds(desk))
    waiting = [
        _unchosen(field, found.text)
        for field, found in (("enterprise_id", enterprise), (_PARTNERS, partners))
        if found.text
    ]
    if waiting:
        raise RecordFaultsError([*waiting, *parsed.faults])
    return accepted(parsed), parsed.notes


def _unchosen(field: str, text: str) -> Fault:
    message = _NOT_CHOSEN.format(text=text)
    return Fault(field=field, label=STATIONS.column(field).label, value=text, message=message)


def _picked(desk: Desk, sent: Mapping[str, str]) -> tuple[Picks, Picks]:
    partners = sent.get(_PARTNERS, "").split(_SEPARATOR)
    return (
        picks(desk, "enterprise", [sent.get("enterprise_id", "")], sent),
        picks(desk, "partner", [each.strip() for each in partners], sent, several=True),
    )


def _values(line: StationLine) -> dict[str, str]:
    """A stored station as it stands in the form."""
    station = line.station
    return {
        "name": station.name,
        "type": station.type,
        "level": station.level.value,
        "enterprise_id": station.enterprise_id,
        _PARTNERS: _SEPARATOR.join(station.partner_ids),
        "agreed_on": station.agreed_on.isoformat(),
        "ends_on": station.ends_on.isoformat(),
        "pairing_id": str(station.pairing_id or ""),
        "note": station.note,
    }


def _form(
    request: Request,
    desk: Desk,
    sent: Mapping[str, str],
    *,
    line: StationLine | None = None,
    seen: int = 0,
    errors: Mapping[str, str] | None = None,
    conflict: str = "",
    status: int = 200,
) -> Response:
    enterprise, partners = _picked(desk, sent)
    return page(
        request,
        "station_form.html",
        line=line,
        seen=seen,
        values={name: sent.get(name, "") for name in _TYPED},
        enterprise=enterprise,
        partners=partners,
        partner_ids=_SEPARATOR.join(partners.ids),
        basis=_basis(desk, sent, line),
        type_options=[(kind.code, kind.label) for kind in site_types.kinds(desk).values()],
        level_options=[(level.value, level.label) for level in StationLevel],
        errors=errors or {},
        conflict=conflict,
        status=status,
    )


def _basis(desk: Desk, sent: Mapping[str, str], line: StationLine | None) -> PairingBasis | None:
    """The pairing that a new station comes from; what is wrong with it is told on saving."""
    text = sent.get("pairing_id", "")
    if line or not (text.isascii() and text.isdecimal() and len(text) < 19):
        return None
    try:
        return stations.basis_of(desk, int(text))
    except (ConflictError, InvalidInputError):
        return None
