"""Enterprise associations: the list, its spreadsheet, and one with its history and its steps."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from api.association_input import AssociationId, read_day, read_step, read_what
from api.auth import DeskDep
from api.export import MOST_ROWS, ExportColumn, spreadsheet
from api.pages.forms import FormTexts
from api.pages.paging import asked_page
from api.pages.render import address, page
from api.pages.sorting import asked_sorting
from api.parameters import Search
from matcher.casework.association_rules import needs_reason
from matcher.casework.associations import (
    ASSOCIATION_FLOW,
    CONGRESS_YEARS,
    QUIET_YEARS,
    STANDING,
    Association,
    AssociationKind,
    AssociationStatus,
    EndReason,
)
from matcher.desk import Desk, Subject
from matcher.desk import associations as desk_of
from matcher.desk.association_checks import this_day
from matcher.errors import ConflictError, InvalidInputError
from matcher.records import Enterprise
from matcher.store.associations import SORTS, AssociationFilter

router = APIRouter(prefix="/associations")

Row = tuple[Association, Enterprise | None]
"""An association, and its enterprise if it is one's."""

_COLUMNS: list[ExportColumn[Row]] = [
    ExportColumn("编号", lambda row: row[0].id, 8),
    ExportColumn("名称", lambda row: row[0].name, 36),
    ExportColumn("类型", lambda row: row[0].kind.label, 12),
    ExportColumn("状态", lambda row: row[0].status.label, 16),
    ExportColumn("县区", lambda row: row[0].county, 12),
    ExportColumn("企业", lambda row: row[1].name if row[1] else "", 32),
    ExportColumn("园区", lambda row: row[0].park, 24),
    ExportColumn("批复日期", lambda row: row[0].approved_on, 12),
    ExportColumn("批复单位", lambda row: row[0].approved_by, 20),
    ExportColumn("成立日期", lambda row: row[0].founded_on, 12),
    ExportColumn("主席", lambda row: row[0].chair, 12),
    ExportColumn("秘书长", lambda row: row[0].secretary, 12),
    ExportColumn("联络员", lambda row: row[0].liaison, 12),
    ExportColumn("会员人数", lambda row: row[0].members, 10),
    ExportColumn("最近一次会员大会", lambda row: row[0].last_congress, 16),
    ExportColumn("下次会员大会", lambda row: row[0].next_congress, 16),
    ExportColumn("最近一次活动", lambda row: row[0].last_activity, 16),
    ExportColumn(
        "一强五有缺少", lambda row: "、".join(row[0].check.missing) if row[0].is_checked else "", 40
    ),
    ExportColumn("备注", lambda row: row[0].note, 40),
]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is restricted to, and the same as it stands in addresses."""

    filter: AssociationFilter
    chosen: dict[str, str]

    @property
    def narrowed(self) -> bool:
        """Whether anything beside the status, which has tabs of its own, restricts the list."""
        return any(value for name, value in self.chosen.items() if name != "status")


def _wanted(
    *,
    kind: Search = "",
    county: Search = "",
    status: Search = "",
    q: Search = "",
    weak: Search = "",
    overdue: Search = "",
    quiet: Search = "",
) -> Wanted:
    of_kind = AssociationKind.parse(kind, field="kind") if kind else None
    in_status = AssociationStatus.parse(status, field="status") if status else None
    wanted = AssociationFilter(
        kind=of_kind,
        county=county,
        status=in_status,
        text=q,
        weak=bool(weak),
        overdue=bool(overdue),
        quiet=bool(quiet),
    )
    chosen = {
        "kind": of_kind.value if of_kind else "",
        "county": county,
        "status": in_status.value if in_status else "",
        "q": q,
        **{
            name: "1" if value else ""
            for name, value in (("weak", weak), ("overdue", overdue), ("quiet", quiet))
        },
    }
    return Wanted(wanted, chosen)


WantedDep = Annotated[Wanted, Depends(_wanted)]


@router.get("")
def show_list(request: Request, desk: DeskDep, wanted: WantedDep) -> Response:
    """Associations by form, county, status and what needs attention."""
    asked, sorting = asked_page(request), asked_sorting(request, SORTS)
    found = desk_of.find(
        desk,
        wanted.filter,
        sort=sorting.name,
        descending=sorting.descending,
        offset=asked.offset,
        limit=asked.size,
    )
    return page(
        request,
        "associations.html",
        rows=_rows(found),
        counts=found.counts,
        counties=desk_of.counties(desk),
        chosen=wanted.chosen,
        narrowed=wanted.narrowed,
        sorting=sorting,
        today=this_day(),
        quiet_years=QUIET_YEARS,
        kinds=AssociationKind,
        paging=asked.of(found.total),
    )


@router.get("/export")
def export(request: Request, desk: DeskDep, wanted: WantedDep) -> Response:
    """The whole list as a spreadsheet."""
    sorting = asked_sorting(request, SORTS)
    found = desk_of.find(
        desk, wanted.filter, sort=sorting.name, descending=sorting.descending, limit=MOST_ROWS
    )
    return spreadsheet(desk, Subject.ASSOCIATION, "企业科协", _COLUMNS, _rows(found))


@router.get("/{association_id:int}")
def show(request: Request, association_id: AssociationId, desk: DeskDep) -> Response:
    """One association."""
    return _detail(request, desk, association_id)


@router.post("/{association_id:int}/step")
def step(
    request: Request, association_id: AssociationId, sent: FormTexts, desk: DeskDep
) -> Response:
    """Take it a step further; what is missing is asked for beside the fields."""
    try:
        then = AssociationStatus.parse(sent.get("then", ""), field="then")
        desk_of.step(desk, association_id, then, read_step({**sent}), seen=_version(sent))
    except (InvalidInputError, ConflictError) as error:
        return _detail(request, desk, association_id, sent=sent, error=error)
    return _to(request, association_id, "step")


@router.post("/{association_id:int}/activity")
def activity(
    request: Request, association_id: AssociationId, sent: FormTexts, desk: DeskDep
) -> Response:
    """Note an activity or a congress."""
    try:
        desk_of.note_activity(
            desk,
            association_id,
            read_day({**sent}, "on"),
            what=read_what({**sent}),
            congress=bool(sent.get("congress")),
            seen=_version(sent),
        )
    except (InvalidInputError, ConflictError) as error:
        return _detail(request, desk, association_id, sent=sent, error=error)
    return _to(request, association_id, "activity")


@router.post("/{association_id:int}/delete")
def remove(
    request: Request, association_id: AssociationId, sent: FormTexts, desk: DeskDep
) -> Response:
    """Remove an application that was entered by mistake."""
    try:
        desk_of.remove(desk, association_id, seen=_version(sent))
    except ConflictError as error:
        return _detail(request, desk, association_id, sent=sent, error=error)
    return RedirectResponse(address(request, "/associations", deleted=1), status_code=303)


def _detail(
    request: Request,
    desk: Desk,
    association_id: int,
    *,
    sent: dict[str, str] | None = None,
    error: InvalidInputError | ConflictError | None = None,
) -> Response:
    """The page; with an error, what was typed stands in the form that was sent."""
    opened = desk_of.open_association(desk, association_id)
    association, today = opened.association, this_day()
    status = 200
    if error is not None:
        status = 409 if isinstance(error, ConflictError) else 422
    return page(
        request,
        "association.html",
        status=status,
        opened=opened,
        association=association,
        today=today,
        steps=[
            (then, needs_reason(association.status, then))
            for then in ASSOCIATION_FLOW.after(association.status)
        ],
        standing=association.status in STANDING,
        quiet=association.is_quiet(today),
        quiet_years=QUIET_YEARS,
        congress_years=CONGRESS_YEARS,
        reasons=EndReason,
        sent=sent or {},
        error=error.message if error else "",
        wrong=getattr(error, "field", None) or "",
    )


def _rows(found: desk_of.AssociationList) -> list[Row]:
    return [(each, found.enterprises.get(each.enterprise_id or "")) for each in found.associations]


def _version(sent: dict[str, str]) -> int:
    """The version that a form was made of; one that is missing fits none."""
    text = sent.get("seen", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _to(request: Request, association_id: int, done: str) -> Response:
    return RedirectResponse(
        address(request, f"/associations/{association_id}", done=done), status_code=303
    )
