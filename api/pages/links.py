"""Links for the enterprises of a county: list, create, close."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import DeskDep
from api.export import MOST_ROWS, ExportColumn, spreadsheet
from api.pages.accounts import SECRET_HEADERS
from api.pages.forms import FormTexts
from api.pages.paging import asked_page
from api.pages.render import address, page
from api.pages.sorting import asked_sorting
from api.parameters import Search
from api.people_input import day_of_text
from api.urls import submission_url
from matcher.desk import Desk, Subject, links
from matcher.errors import ForbiddenError, InvalidInputError
from matcher.people import Permission, SubmissionLink, Validity
from matcher.people.days import last_day_before, shown_moment, today
from matcher.store.api_keys import LINKS_SORTED_BY
from matcher.store.needs import need_counties

router = APIRouter(prefix="/links")

LinkId = Annotated[int, Path(ge=1, le=2**31 - 1)]

_COLUMNS: tuple[ExportColumn[SubmissionLink], ...] = (
    ExportColumn("编号", lambda each: each.id, 8),
    ExportColumn("县区", lambda each: each.county),
    ExportColumn("用途", lambda each: each.label, 32),
    ExportColumn("状态", lambda each: each.validity(datetime.now(UTC)).label),
    ExportColumn("有效至", lambda each: last_day_before(each.expires_at)),
    ExportColumn("已填报（条）", lambda each: each.uses),
    ExportColumn("建立者", lambda each: each.created_by),
    ExportColumn("建立时间", lambda each: shown_moment(each.created_at), 20),
)


@router.get("")
def show_list(
    request: Request,
    desk: DeskDep,
    *,
    county: Search = "",
    q: Search = "",
    validity: Search = "",
    closed: Search = "",
) -> Response:
    """Links by county, state and text, the latest first."""
    asked, sorting = asked_page(request), asked_sorting(request, LINKS_SORTED_BY)
    criteria = _criteria(county, q, validity)
    found, total = links.find(
        desk,
        **criteria,
        sort=sorting.name or "created_at",
        descending=sorting.descending if sorting.name else True,
        offset=asked.offset,
        limit=asked.size,
    )
    return page(
        request,
        "links.html",
        links=found,
        now=datetime.now(UTC),
        last_day=last_day_before,
        counties=_counties(desk),
        validities=Validity,
        chosen={"county": county, "q": q, "validity": criteria["validity"] or ""},
        sorting=sorting,
        paging=asked.of(total),
        closed=bool(closed),
    )


@router.get("/export")
def export(desk: DeskDep, county: Search = "", q: Search = "", validity: Search = "") -> Response:
    """The same list as a spreadsheet."""
    found, _ = links.find(desk, **_criteria(county, q, validity), limit=MOST_ROWS)
    return spreadsheet(desk, Subject.LINK, "填报链接", _COLUMNS, found)


@router.get("/new")
def show_new(request: Request, desk: DeskDep) -> Response:
    """A form with the actor's own county in it."""
    return _form(request, desk, values={"county": desk.actor.county})


@router.post("/new")
def create(request: Request, desk: DeskDep, sent: FormTexts) -> Response:
    """Create a link and show it, this once."""
    try:
        link, token = links.create(
            desk,
            sent.get("county", "") or desk.actor.county,
            label=sent.get("label", ""),
            last_day=day_of_text(sent.get("last_day"), "last_day"),
        )
    except InvalidInputError as error:
        errors = {error.field or "county": error.message}
        return _form(request, desk, values=sent, errors=errors, status=422)
    except ForbiddenError as error:
        if not desk.actor.may(Permission.EDIT):
            raise
        return _form(request, desk, values=sent, errors={"county": error.message}, status=403)
    return page(
        request,
        "links_shown.html",
        link=link,
        text=submission_url(request, token),
        last_day=last_day_before(link.expires_at),
        headers=SECRET_HEADERS,
    )


@router.post("/{link_id}/close")
def close(request: Request, desk: DeskDep, link_id: LinkId) -> Response:
    """Make a link useless and go back to the list."""
    links.close(desk, link_id)
    return RedirectResponse(address(request, "/links", closed=1), status_code=303)


def _criteria(county: str, q: str, validity: str) -> dict[str, Any]:
    return {
        "county": county,
        "text": q,
        "validity": Validity.parse(validity, field="validity") if validity else None,
    }


def _counties(desk: Desk) -> list[str]:
    """The counties to choose from: one's own, or those that have needs."""
    with desk.reading(Permission.EDIT) as session:
        return [desk.actor.county] if desk.actor.county else need_counties(session)


def _form(
    request: Request,
    desk: Desk,
    *,
    values: dict[str, str],
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    return page(
        request,
        "links_new.html",
        values=values,
        counties=_counties(desk),
        today=today(),
        errors=errors or {},
        status=status,
    )
