"""The list of needs."""

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Request, Response

from api.auth import DeskDep
from api.export import MOST_ROWS, ExportColumn, spreadsheet
from api.pages.paging import asked_page
from api.pages.render import page
from api.pages.sorting import Sorting, asked_sorting
from api.parameters import Search
from matcher.casework.needs import NeedStatus
from matcher.desk import Desk, Subject, needs
from matcher.people import Permission
from matcher.records import Need, TechField
from matcher.store.needs import NEED_ORDERS, NeedQuery

router = APIRouter(prefix="/needs")

_AT_ONCE = 500


class Row(NamedTuple):
    """A line of the exported list."""

    need: Need
    firm: str
    status: NeedStatus


_COLUMNS: tuple[ExportColumn[Row], ...] = (
    ExportColumn("编号", lambda row: row.need.id, 14),
    ExportColumn("需求名称", lambda row: row.need.title, 36),
    ExportColumn("状态", lambda row: row.status.label, 10),
    ExportColumn("企业", lambda row: row.firm, 28),
    ExportColumn("县区", lambda row: row.need.county, 12),
    ExportColumn("所属领域", lambda row: row.need.field.label if row.need.field else "", 16),
    ExportColumn("应用行业", lambda row: row.need.industry, 24),
    ExportColumn("主要问题", lambda row: row.need.problem, 60),
    ExportColumn("技术关键与主要指标", lambda row: row.need.indicators, 40),
    ExportColumn("预期目标", lambda row: row.need.goal, 40),
    ExportColumn("关键词", lambda row: "、".join(row.need.keywords), 24),
    ExportColumn("拟投入资金（万元）", lambda row: row.need.budget, 12),
    ExportColumn("需求时限", lambda row: row.need.deadline, 12),
    ExportColumn(
        "解决方式", lambda row: row.need.solution_mode.label if row.need.solution_mode else "", 12
    ),
    ExportColumn(
        "意向建站类型", lambda row: row.need.wanted_site.label if row.need.wanted_site else "", 20
    ),
    ExportColumn("合作意向单位", lambda row: row.need.intended_partner, 24),
    ExportColumn("提交日期", lambda row: row.need.submitted, 12),
)


def _asked(
    county: Search = "", field: Search = "", status: Search = "", q: Search = ""
) -> NeedQuery:
    return NeedQuery(
        county=county,
        field=TechField.parse(field, field="field") if field else None,
        status=NeedStatus.parse(status, field="status") if status else None,
        text=q,
    )


AskedDep = Annotated[NeedQuery, Depends(_asked)]


@router.get("")
def show_list(request: Request, desk: DeskDep, asked: AskedDep) -> Response:
    """Needs, latest first or by a column, by county, field, status and text."""
    paged, sorting = asked_page(request), asked_sorting(request, NEED_ORDERS)
    found = needs.find(
        desk,
        asked,
        order=sorting.name,
        descending=sorting.descending,
        offset=paged.offset,
        limit=paged.size,
    )
    return page(
        request,
        "needs.html",
        found=found,
        needs=found.needs,
        enterprises=found.enterprises,
        counties=needs.counties(desk),
        tabs=[(each, found.counts[each]) for each in NeedStatus if found.counts.get(each)],
        everything=sum(found.counts.values()),
        chosen=_chosen(asked) | {"sort": sorting.text},
        sorting=sorting,
        paging=paged.of(found.total),
        may_export=desk.actor.may(Permission.EXPORT),
        may_edit=desk.actor.may(Permission.EDIT),
    )


@router.get("/export")
def export(request: Request, desk: DeskDep, asked: AskedDep) -> Response:
    """The same needs as a spreadsheet."""
    sorting = asked_sorting(request, NEED_ORDERS)
    return spreadsheet(desk, Subject.NEED, "技术需求", _COLUMNS, _rows(desk, asked, sorting))


def _chosen(asked: NeedQuery) -> dict[str, str]:
    """What was asked for, as it stands in the address."""
    return {
        "county": asked.county,
        "field": asked.field.value if asked.field else "",
        "status": asked.status.value if asked.status else "",
        "q": asked.text,
    }


def _rows(desk: Desk, asked: NeedQuery, sorting: Sorting) -> Iterator[Row]:
    for offset in range(0, MOST_ROWS, _AT_ONCE):
        found = needs.find(
            desk,
            asked,
            order=sorting.name,
            descending=sorting.descending,
            offset=offset,
            limit=_AT_ONCE,
        )
        for need in found.needs:
            firm = found.enterprises.get(need.enterprise_id or "")
            yield Row(need, firm.name if firm else "", found.statuses[need.id])
        if len(found.needs) < _AT_ONCE:
            return
