"""The list of stations, and a station with its assessments, outcomes and steps."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import DeskDep
from api.export import MOST_ROWS, ExportColumn, spreadsheet
from api.pages.forms import FormTexts
from api.pages.paging import asked_page
from api.pages.render import address, page
from api.pages.sorting import asked_sorting
from api.pages.station_form import seen_version, to_station
from api.routes.stations import Asked, StationId, Year
from matcher.casework.stations import STATION_FLOW, StationLevel, StationStatus
from matcher.desk import Act, Desk, Subject, site_types, station_life, stations
from matcher.desk.station_forms import accepted, parse_assessment, parse_step
from matcher.desk.stations import StationLine
from matcher.errors import ConflictError, InvalidInputError
from matcher.intake.results import Note, RecordFaultsError
from matcher.people.days import today
from matcher.store.stations import SORTS, StationFilter

router = APIRouter(prefix="/stations")

_NOTED = {
    "ends_on": "协议期与一般的 3 至 5 年不同，请核对到期日期",
    "name": "站点名称里的个人号码已经隐去，请核对",
    "note": "文字里的电话、邮箱等个人号码已经隐去，请核对",
}
_OPINION = "opinion"
_STEPS = {
    StationStatus.ACTIVE: "续签",
    StationStatus.EXPIRED: "标记为协议到期",
    StationStatus.CANCELLED: "撤销站点",
}


def _last_assessment(line: StationLine) -> str:
    if not line.station.assessments:
        return ""
    last = line.station.assessments[-1]
    return f"{last.year} 年 {last.score:g} 分 {last.grade.label}"


_COLUMNS: tuple[ExportColumn[StationLine], ...] = (
    ExportColumn("编号", lambda line: line.station.id, 8),
    ExportColumn("站点名称", lambda line: line.station.name, 36),
    ExportColumn("建站类型", lambda line: line.kind.label, 18),
    ExportColumn("级别", lambda line: line.station.level.label, 10),
    ExportColumn("企业", lambda line: line.enterprise.name, 30),
    ExportColumn("县区", lambda line: line.station.county, 12),
    ExportColumn("合作对象", lambda line: "、".join(line.partners.values()), 30),
    ExportColumn("签订日期", lambda line: line.station.agreed_on, 12),
    ExportColumn("到期日期", lambda line: line.station.ends_on, 12),
    ExportColumn("状态", lambda line: line.station.status.label, 10),
    ExportColumn("最近考核", _last_assessment, 20),
    ExportColumn("备注", lambda line: line.station.note, 40),
)

AskedDep = Annotated[Asked, Depends()]


@router.get("")
def show_list(request: Request, desk: DeskDep, narrowed: AskedDep) -> Response:
    """Stations, latest agreement first, by type, level, county, status, expiry and text."""
    wanted = narrowed.filter
    asked, sorting = asked_page(request), asked_sorting(request, SORTS)
    lines, total = stations.find(
        desk,
        wanted,
        sort=sorting.name,
        descending=sorting.descending,
        offset=asked.offset,
        limit=asked.size,
    )
    return page(
        request,
        "stations.html",
        lines=lines,
        kinds=site_types.kinds(desk),
        levels=StationLevel,
        statuses=StationStatus,
        counties=stations.counties(desk),
        chosen=_chosen(wanted),
        sorting=sorting,
        today=today(),
        paging=asked.of(total),
    )


@router.get("/export")
def export(request: Request, desk: DeskDep, narrowed: AskedDep) -> Response:
    """The same list as a spreadsheet."""
    wanted, sorting = narrowed.filter, asked_sorting(request, SORTS)
    lines, _ = stations.find(
        desk, wanted, sort=sorting.name, descending=sorting.descending, limit=MOST_ROWS
    )
    return spreadsheet(desk, Subject.STATION, "站点", _COLUMNS, lines)


@router.get("/{station_id}")
def show(
    request: Request,
    station_id: StationId,
    desk: DeskDep,
    saved: str = "",
    noted: Annotated[tuple[str, ...], Query()] = (),
) -> Response:
    """A station with everything that is known of it."""
    told = [_NOTED[name] for name in dict.fromkeys(noted) if name in _NOTED]
    return _page(request, desk, station_id, saved=bool(saved), noted=told)


@router.post("/{station_id}/steps")
def take_step(request: Request, station_id: StationId, desk: DeskDep, sent: FormTexts) -> Response:
    """Renew, end or cancel a station."""
    stations.check_editable(desk, station_id)
    try:
        parsed = parse_step(sent)
        done = station_life.step(desk, station_id, accepted(parsed), seen=seen_version(sent))
    except (ConflictError, InvalidInputError) as error:
        return _again(request, desk, station_id, form="step", sent=sent, error=error)
    unusual = [Note(field="ends_on", label="到期日期", message=note) for note in done.notes]
    return to_station(request, station_id, [*parsed.notes, *unusual])


@router.post("/{station_id}/assessments")
def assess(request: Request, station_id: StationId, desk: DeskDep, sent: FormTexts) -> Response:
    """Note the assessment of a year."""
    stations.check_editable(desk, station_id)
    try:
        parsed = parse_assessment({**sent, "note": sent.get(_OPINION, "")}, today=today())
        station_life.assess(desk, station_id, accepted(parsed), seen=seen_version(sent))
    except (ConflictError, InvalidInputError) as error:
        return _again(request, desk, station_id, form="assess", sent=sent, error=error)
    return to_station(request, station_id, parsed.notes)


@router.post("/{station_id}/assessments/{year}/delete")
def drop_assessment(
    request: Request,
    station_id: StationId,
    year: Annotated[Year, Path()],
    desk: DeskDep,
    sent: FormTexts,
) -> Response:
    """Take back the assessment of a year."""
    stations.check_editable(desk, station_id)
    try:
        station_life.drop_assessment(desk, station_id, year, seen=seen_version(sent))
    except ConflictError as error:
        return _again(request, desk, station_id, form="assess", sent={}, error=error)
    return RedirectResponse(address(request, f"/stations/{station_id}", saved=1), status_code=303)


def _chosen(wanted: StationFilter) -> dict[str, str]:
    """A filter as it stands in addresses and in the form."""
    return {
        "type": wanted.type,
        "level": wanted.level.value if wanted.level else "",
        "county": wanted.county,
        "status": wanted.status.value if wanted.status else "",
        "expiring": "1" if wanted.expiring else "",
        "q": wanted.text,
    }


def _again(
    request: Request,
    desk: Desk,
    station_id: int,
    *,
    form: str,
    sent: Mapping[str, str],
    error: ConflictError | InvalidInputError,
) -> Response:
    """The station's page with one of its forms as it was sent, and what was wrong."""
    errors: dict[str, str] = {}
    if isinstance(error, RecordFaultsError):
        for fault in error.faults:
            # The two forms of the page have a field for a note each, with a name of its own.
            name = _OPINION if (form, fault.field) == ("assess", "note") else fault.field
            errors.setdefault(name, fault.message)
    elif isinstance(error, InvalidInputError):
        if not error.field:
            raise error
        errors[error.field] = error.message
    conflict = error.message if isinstance(error, ConflictError) else ""
    return _page(
        request,
        desk,
        station_id,
        status=409 if conflict else 422,
        conflict=conflict,
        typed={form: dict(sent)},
        errors={form: errors},
    )


def _page(
    request: Request,
    desk: Desk,
    station_id: int,
    *,
    status: int = 200,
    **context: Any,  # noqa: ANN401 - passed on to the template
) -> Response:
    opened = stations.open_station(desk, station_id)
    now = opened.station.status
    possible = STATION_FLOW.after(now)
    if now is StationStatus.ACTIVE:
        possible = (StationStatus.ACTIVE, *possible)
    empty: dict[str, Any] = {
        "saved": False,
        "noted": [],
        "conflict": "",
        "typed": {},
        "errors": {},
    }
    day = today()
    return page(
        request,
        "station.html",
        opened=opened,
        steps={each.value: _STEPS[each] for each in possible},
        days_left=(opened.station.ends_on - day).days,
        soon=opened.station.expires_soon(day),
        assessable=_latest_year(opened.station.agreed_on, day),
        acts={act.value: act.label for act in Act},
        status=status,
        **(empty | context),
    )


def _latest_year(agreed_on: date, day: date) -> int:
    """The year that is probably to be assessed: the one that is over, if it was one of theirs."""
    return max(agreed_on.year, day.year - 1)
