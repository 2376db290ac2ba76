"""One plan: its pairs by need, its partners, its unmet needs; as a spreadsheet and on paper."""

from itertools import groupby
from typing import Annotated, Any, Final, NamedTuple

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import AfterValidator

from api.auth import DeskDep
from api.export import MOST_ROWS, ExportColumn, spreadsheet
from api.pages.paging import asked_page
from api.pages.plan_filter import ORDERS, ChosenDep, ChosenPairs, View
from api.pages.render import page
from api.parameters import Search
from matcher.casework.pairings import PairingStage
from matcher.casework.plans import PairState, ProposedSite, month_title
from matcher.casework.progress import REFUSAL_REASONS
from matcher.desk import Desk, Subject, plan_overview, plan_views
from matcher.desk.plan_overview import PlanSummary
from matcher.desk.plan_views import LoadLine, PairLine, UnmetLine
from matcher.errors import NotFoundError
from matcher.people import Permission
from matcher.planning.settings import LABELS
from matcher.ranking.calibration import band_of
from matcher.records import Band, Enterprise, Need

router = APIRouter(prefix="/plans")

_DONE: Final = {
    "made": "方案已经做好。请逐对查看，合适的采纳，不合适的选明原因。",
    "adopted": "已采纳，对接里有了这一对。",
    "dropped": "已记为不合适，原因会用来改进以后的排序。",
    "pin": "已指定，下次生成方案时一定安排这一对。",
    "exclude": "已排除，下次生成方案时不再安排这一对。",
    "unmarked": "标记已经取消。",
}
_LARGEST_NUMBER: Final = 2**31 - 1


def _existing(number: int) -> int:
    if not 0 < number <= _LARGEST_NUMBER:
        raise NotFoundError("月度方案", str(number))
    return number


PlanId = Annotated[int, Path(), AfterValidator(_existing)]
"""The number of a plan in an address."""


class Row(NamedTuple):
    """A line of the exported list."""

    need: Need
    firm: Enterprise | None
    line: PairLine


def sites_told(sites: tuple[ProposedSite, ...]) -> str:
    """The types of sites as one text: each with what is to be found out."""
    return "；".join(
        f"{site.title}（待核实：{'、'.join(site.missing)}）" if site.missing else site.title
        for site in sites
    )


_PAIRS: tuple[ExportColumn[Row], ...] = (
    ExportColumn("县区", lambda row: row.need.county, 12),
    ExportColumn("需求编号", lambda row: row.need.id),
    ExportColumn("需求名称", lambda row: row.need.title, 40),
    ExportColumn("企业", lambda row: row.firm.name if row.firm else "", 32),
    ExportColumn("名次", lambda row: row.line.pair.rank, 8),
    ExportColumn("对象编号", lambda row: row.line.partner.id),
    ExportColumn("对象", lambda row: row.line.partner.name, 24),
    ExportColumn("对象类型", lambda row: row.line.partner.kind.label, 14),
    ExportColumn("单位", lambda row: row.line.partner.affiliation, 32),
    ExportColumn("推荐档次", lambda row: band_of(row.line.pair.probability).label, 12),
    ExportColumn("推荐概率", lambda row: round(row.line.pair.probability, 4), 10),
    ExportColumn("推荐理由", lambda row: row.line.pair.reason, 60),
    ExportColumn("适合建站", lambda row: sites_told(row.line.pair.sites), 48),
    ExportColumn("工作人员指定", lambda row: "是" if row.line.pair.pinned else "", 14),
    ExportColumn("决定", lambda row: row.line.pair.state.label, 10),
    ExportColumn(
        "对接阶段", lambda row: row.line.pairing.stage.label if row.line.pairing else "", 12
    ),
)
_LOADS: tuple[ExportColumn[LoadLine], ...] = (
    ExportColumn("对象编号", lambda line: line.partner.id),
    ExportColumn("对象", lambda line: line.partner.name, 24),
    ExportColumn("对象类型", lambda line: line.partner.kind.label, 14),
    ExportColumn("单位", lambda line: line.partner.affiliation, 32),
    ExportColumn("方案配对", lambda line: line.pairs, 10),
    ExportColumn("今年已有对接", lambda line: line.load.active, 14),
    ExportColumn("方案还要安排", lambda line: line.load.planned, 14),
    ExportColumn("每年可对接", lambda line: line.load.yearly, 12),
    ExportColumn("可对接数来源", lambda line: "资料" if line.load.is_known else "按类型推定", 14),
)
_UNMET: tuple[ExportColumn[UnmetLine], ...] = (
    ExportColumn("县区", lambda line: line.need.county, 12),
    ExportColumn("需求编号", lambda line: line.need.id),
    ExportColumn("需求名称", lambda line: line.need.title, 40),
    ExportColumn("企业", lambda line: line.enterprise.name if line.enterprise else "", 32),
    ExportColumn("原因", lambda line: line.unmet.reason.label, 28),
    ExportColumn("说明", lambda line: line.unmet.told, 40),
    ExportColumn("所属领域", lambda line: line.need.field.label if line.need.field else "", 16),
    ExportColumn("缺少的专长", lambda line: "、".join(line.need.keywords), 40),
    ExportColumn("最接近的对象", lambda line: line.nearest.name if line.nearest else "", 24),
    ExportColumn("推荐概率", lambda line: round(line.unmet.best, 4) if line.nearest else None, 10),
)


class Visit(NamedTuple):
    """Somebody at the page of a plan."""

    request: Request
    desk: Desk
    plan_id: int


def _visit(request: Request, desk: DeskDep, plan_id: PlanId) -> Visit:
    return Visit(request, desk, plan_id)


VisitDep = Annotated[Visit, Depends(_visit)]


@router.get("/{plan_id:int}")
def show(visit: VisitDep, chosen: ChosenDep, done: Search = "") -> Response:
    """A plan by needs, by partners, or what it could not serve."""
    return plan_page(visit, chosen, done=_DONE.get(done, ""))


@router.get("/{plan_id:int}/export")
def export(visit: VisitDep, chosen: ChosenDep) -> Response:
    """What is shown as a spreadsheet."""
    desk, plan_id = visit.desk, visit.plan_id
    desk.actor.require(Permission.EXPORT)
    title = month_title(plan_overview.summary(desk, plan_id).plan.month)
    if chosen.view is View.PARTNERS:
        loads, _ = plan_views.loads(desk, plan_id, limit=MOST_ROWS)
        return spreadsheet(desk, Subject.PLAN, f"{title}方案对象", _LOADS, loads)
    if chosen.view is View.UNMET:
        unmet, _ = plan_views.unmet(desk, plan_id, chosen.county, limit=MOST_ROWS)
        return spreadsheet(desk, Subject.PLAN, f"{title}未配上的需求", _UNMET, unmet)
    rows = plan_views.pair_list(desk, plan_id, chosen.filter, limit=MOST_ROWS)
    return spreadsheet(desk, Subject.PLAN, f"{title}方案", _PAIRS, [Row(*row) for row in rows])


@router.get("/{plan_id:int}/print")
def sheet(visit: VisitDep, chosen: ChosenDep) -> Response:
    """All wanted pairs and the unmet needs on one page, to be printed."""
    rows = [Row(*row) for row in plan_views.pair_list(visit.desk, visit.plan_id, chosen.filter)]
    unmet, _ = plan_views.unmet(visit.desk, visit.plan_id, chosen.county)
    return page(
        visit.request,
        "plan_sheet.html",
        summary=plan_overview.summary(visit.desk, visit.plan_id),
        counties=[
            (county, [list(of_need) for _, of_need in groupby(of_county, lambda r: r.need.id)])
            for county, of_county in groupby(rows, lambda row: row.need.county)
        ],
        unmet=unmet,
        chosen=chosen,
        month_title=month_title,
        band_of=band_of,
        sites_told=sites_told,
    )


def plan_page(
    visit: Visit,
    chosen: ChosenPairs,
    *,
    status: int = 200,
    **context: Any,  # noqa: ANN401 - passed on to the template
) -> Response:
    """A plan, perhaps with what was just done or why it was not."""
    summary = plan_overview.summary(visit.desk, visit.plan_id)
    empty: dict[str, Any] = {"done": "", "refusal": "", "adoption": None}
    return page(
        visit.request,
        "plan.html",
        summary=summary,
        chosen=chosen,
        View=View,
        orders=ORDERS,
        month_title=month_title,
        labels=LABELS,
        open_ones=_open_ones(visit, chosen, summary),
        states=tuple(PairState),
        State=PairState,
        Stage=PairingStage,
        Band=Band,
        band_of=band_of,
        reasons=REFUSAL_REASONS,
        status=status,
        **_shown(visit, chosen),
        **(empty | context),
    )


def _open_ones(visit: Visit, chosen: ChosenPairs, summary: PlanSummary) -> int:
    """How many of the pairs asked for nobody has decided about yet."""
    if not summary.card.states[PairState.PROPOSED] or chosen.view is not View.NEEDS:
        return 0
    wanted = ChosenPairs.read(chosen.query | {"state": PairState.PROPOSED.value})
    return plan_views.count(visit.desk, visit.plan_id, wanted.filter)


def _shown(visit: Visit, chosen: ChosenPairs) -> dict[str, Any]:
    """The lines of the view that is asked for; the others are empty."""
    asked = asked_page(visit.request)
    offset, limit = asked.offset, asked.size
    lines: dict[str, Any] = {"groups": [], "loads": [], "unmet": []}
    if chosen.view is View.PARTNERS:
        lines["loads"], total = plan_views.loads(
            visit.desk, visit.plan_id, offset=offset, limit=limit
        )
    elif chosen.view is View.UNMET:
        lines["unmet"], total = plan_views.unmet(
            visit.desk, visit.plan_id, chosen.county, offset=offset, limit=limit
        )
    else:
        lines["groups"], total = plan_views.by_need(
            visit.desk,
            visit.plan_id,
            chosen.filter,
            order=chosen.sort or "place",
            offset=offset,
            limit=limit,
        )
    return lines | {"paging": asked.of(total)}
