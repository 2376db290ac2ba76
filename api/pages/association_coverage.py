"""How many enterprise associations there are against the targets, by county."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.association_chart import target_bars
from api.auth import DeskDep
from api.export import ExportColumn, spreadsheet
from api.pages.forms import FormTexts
from api.pages.render import address, page
from matcher.casework.associations import POLICY_TARGETS, Coverage
from matcher.desk import Desk, Subject
from matcher.desk import association_coverage as desk_of
from matcher.desk.association_checks import this_day
from matcher.errors import InvalidInputError
from matcher.intake.values import read_whole
from matcher.people import Permission

router = APIRouter(prefix="/associations/coverage")

_TARGET = "target-"
"""Before the name of the county, in the names of the form's fields."""

_COLUMNS: list[ExportColumn[Coverage]] = [
    ExportColumn("县区", lambda row: row.county or "全市", 16),
    ExportColumn("已成立（家）", lambda row: row.founded, 14),
    ExportColumn("目标（家）", lambda row: row.target, 14),
    ExportColumn("完成比例", lambda row: "" if row.share is None else f"{row.share:.0%}", 12),
    ExportColumn("联络站（个，不计入）", lambda row: row.liaison, 20),
]

Year = Annotated[int | None, Query(ge=desk_of.FIRST_YEAR, le=desk_of.LAST_YEAR)]


@router.get("")
def show(request: Request, desk: DeskDep, year: Year = None) -> Response:
    """The city and its counties in a year."""
    return _show(request, desk, year or this_day().year)


@router.get("/export")
def export(desk: DeskDep, year: Year = None) -> Response:
    """The same as a spreadsheet."""
    of_year = year or this_day().year
    rows = desk_of.covered(desk, of_year)
    return spreadsheet(desk, Subject.ASSOCIATION, f"{of_year}年企业科协覆盖", _COLUMNS, rows)


@router.post("/targets")
def set_targets(request: Request, sent: FormTexts, desk: DeskDep) -> Response:
    """Set the targets of a year; a field that is left empty removes one."""
    desk.actor.require(Permission.ADMIN)
    year = _year(sent.get("year", ""))
    wanted: dict[str, int | None] = {}
    errors: dict[str, str] = {}
    for name, text in sent.items():
        if name.startswith(_TARGET):
            try:
                wanted[name.removeprefix(_TARGET)] = read_whole(text)
            except InvalidInputError as error:
                errors[name] = error.message
    if not errors:
        try:
            desk_of.change_targets(desk, year, wanted)
        except InvalidInputError as error:
            errors[f"{_TARGET}{error.field}"] = error.message
    if errors:
        return _show(request, desk, year, sent=sent, errors=errors)
    return _back(request, year=year, saved=1)


@router.post("/policy")
def adopt_policy(request: Request, desk: DeskDep) -> Response:
    """Take over the targets of the policy for years that have none."""
    adopted = desk_of.adopt_policy_targets(desk)
    year = adopted[0] if adopted else min(POLICY_TARGETS)
    return _back(request, year=year, adopted=len(adopted))


def _show(
    request: Request,
    desk: Desk,
    year: int,
    *,
    sent: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    found = desk_of.covered(desk, year)
    counties = sorted((row for row in found if row.county), key=_place)
    years = {year, this_day().year, *POLICY_TARGETS, *desk_of.years_with_targets(desk)}
    targets = [row.target for row in counties if row.target is not None]
    return page(
        request,
        "association_coverage.html",
        status=422 if errors else 200,
        year=year,
        years=sorted(years),
        city=next((row for row in found if not row.county), None),
        counties=counties,
        county_sum=sum(targets) if targets else None,
        chart=target_bars(request, counties, f"{year} 年各县区企业科协数与目标"),
        policy=POLICY_TARGETS,
        prefix=_TARGET,
        sent=sent or {},
        errors=errors or {},
    )


def _place(row: Coverage) -> tuple[int, str]:
    """Where a county stands: the largest target, or number founded, first."""
    return -max(row.founded, row.target or 0), row.county


def _year(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) == 4):
        raise InvalidInputError("年份应是四位数字", field="year")
    return int(text)


def _back(request: Request, **query: object) -> Response:
    return RedirectResponse(address(request, "/associations/coverage", **query), status_code=303)
