"""Monthly plans over HTTP."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from api.auth import DeskDep
from api.openapi import PREFIX, problems
from api.parameters import Limit, Offset, Search
from api.schemas.plan_decisions import (
    AdoptedOut,
    AdoptInput,
    DropInput,
    MarkInput,
    MarkOut,
    MarkPage,
)
from api.schemas.plans import (
    JobOut,
    LoadOut,
    LoadPage,
    PlanDetail,
    PlanInput,
    PlanOut,
    PlanPage,
    PlanPairOut,
    PlanPairPage,
    UnmetOut,
    UnmetPage,
)
from matcher.casework.plans import Mark, PairState, month_named
from matcher.desk import plan_decisions, plan_jobs, plan_marks, plan_overview, plan_views
from matcher.errors import NotFoundError
from matcher.people import Permission
from matcher.planning import load_settings
from matcher.records import PartnerKind
from matcher.store.plan_pairs import EVERY_PAIR, PairFilter

router = APIRouter(prefix="/plans", tags=["月度方案"])

PlanId = Annotated[int, Path(ge=1, le=2**31 - 1, description="方案的编号")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which pairs a request asks for."""

    county: Annotated[Search, Query(description="县区")] = ""
    kind: Annotated[
        Search,
        Query(
            description="对象类型，英文值或中文名",
            json_schema_extra={"enum": [kind.value for kind in PartnerKind]},
        ),
    ] = ""
    state: Annotated[
        Search,
        Query(
            description="决定，英文值或中文名",
            json_schema_extra={"enum": [state.value for state in PairState]},
        ),
    ] = ""
    q: Annotated[Search, Query(description="需求、企业或对象的名称或编号中的文字")] = ""

    @property
    def filter(self) -> PairFilter:
        """The same for the store.

        Raises:
            UnknownNameError: a kind or a state that there is not.
        """
        return PairFilter(
            county=self.county,
            kind=PartnerKind.parse(self.kind, field="kind") if self.kind else None,
            state=PairState.parse(self.state, field="state") if self.state else None,
            text=self.q,
        )


@router.get("", summary="列出月度方案", responses=problems(422))
def list_all(
    desk: DeskDep,
    month: Annotated[Search, Query(description="月份，如 2026-11")] = "",
    offset: Offset = 0,
    limit: Limit = 20,
) -> PlanPage:
    """列出各月的方案，最新的在前。县级看到的数字只计本县区。"""
    named = month_named(month) if month else ""
    cards, total = plan_overview.find(desk, named, offset=offset, limit=limit)
    return PlanPage(
        items=[PlanOut.of(card) for card in cards], total=total, offset=offset, limit=limit
    )


@router.post("", status_code=202, summary="生成月度方案", responses=problems(409, 413, 422))
def make(body: PlanInput, desk: DeskDep, response: Response) -> JobOut:
    """开始为全部在库需求配对，立即返回；进度用 `GET /plans/making` 查看。

    同一时间只能生成一个方案，已有一个在生成时得到 409。需要“月度方案和批次”的权限。
    """
    desk.actor.require(Permission.PLAN)
    settings = load_settings(desk.matcher.home).changed(
        partners_per_need=body.partners_per_need,
        wanted_kind=body.wanted_kind,
        time_limit=body.time_limit,
    )
    plan_jobs.start(desk, body.month, settings)
    response.headers["Location"] = f"{PREFIX}/plans/making"
    return making(desk)


@router.get("/making", summary="生成的进度", responses=problems(404))
def making(desk: DeskDep) -> JobOut:
    """正在生成、或最近一次生成的方案。需要“月度方案和批次”的权限。"""
    job = plan_jobs.current(desk)
    if job is None:
        raise NotFoundError("生成中的方案", "making")
    return JobOut.of(job)


@router.delete("/making", status_code=204, summary="取消生成")
def cancel(desk: DeskDep) -> None:
    """停止正在生成的方案，不保存任何内容；没有在生成时什么也不做。"""
    plan_jobs.cancel(desk)


@router.get("/marks", summary="列出指定和排除", responses=problems(422))
def list_marks(
    desk: DeskDep,
    mark: Annotated[
        Search,
        Query(
            description="标记，英文值或中文名",
            json_schema_extra={"enum": [mark.value for mark in Mark]},
        ),
    ] = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> MarkPage:
    """列出本人可见的标记，新的在前。"""
    chosen = Mark.parse(mark, field="mark") if mark else None
    lines, total = plan_marks.find(desk, chosen, offset=offset, limit=limit)
    return MarkPage(
        items=[MarkOut.of(line) for line in lines], total=total, offset=offset, limit=limit
    )


@router.put(
    "/marks", status_code=204, summary="指定或排除一对", responses=problems(404, 409, 413, 422)
)
def put_mark(body: MarkInput, desk: DeskDep) -> None:
    """从下一个方案起生效；原有的标记被替换。指定做不到的一对得到 409。"""
    plan_marks.put(desk, body.need_id, body.partner_id, body.mark, note=body.note)


@router.delete("/marks", status_code=204, summary="取消标记", responses=problems(404, 422))
def remove_mark(
    desk: DeskDep,
    need_id: Annotated[Search, Query(description="需求的编号")],
    partner_id: Annotated[Search, Query(description="对象的编号")],
) -> None:
    """取消一对上的指定或排除。"""
    plan_marks.remove(desk, need_id, partner_id)


@router.get("/{plan_id}", summary="查看月度方案", responses=problems(404, 422))
def show(plan_id: PlanId, desk: DeskDep) -> PlanDetail:
    """一个方案的数字、设置和比较。配对另行列出。"""
    return PlanDetail.of_summary(plan_overview.summary(desk, plan_id))


@router.get("/{plan_id}/pairs", summary="列出方案的配对", responses=problems(404, 422))
def list_pairs(
    plan_id: PlanId,
    desk: DeskDep,
    asked: Annotated[Asked, Depends()],
    offset: Offset = 0,
    limit: Limit = 50,
) -> PlanPairPage:
    """按县区、需求和名次列出方案提出的配对。"""
    lines = plan_views.pair_list(desk, plan_id, asked.filter, offset=offset, limit=limit)
    return PlanPairPage(
        items=[PlanPairOut.of(need, firm, line) for need, firm, line in lines],
        total=plan_views.count(desk, plan_id, asked.filter),
        offset=offset,
        limit=limit,
    )


@router.get("/{plan_id}/unmet", summary="没有配上对象的需求", responses=problems(404, 422))
def list_unmet(
    plan_id: PlanId,
    desk: DeskDep,
    county: Annotated[Search, Query(description="县区")] = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> UnmetPage:
    """没有配上对象的需求，各有原因和缺少的专长。"""
    lines, total = plan_views.unmet(desk, plan_id, county, offset=offset, limit=limit)
    return UnmetPage(
        items=[UnmetOut.of(line) for line in lines], total=total, offset=offset, limit=limit
    )


@router.get("/{plan_id}/loads", summary="对象的对接数", responses=problems(404, 422))
def list_loads(plan_id: PlanId, desk: DeskDep, offset: Offset = 0, limit: Limit = 50) -> LoadPage:
    """方案中的对象，今年已有几项、本方案安排几项、每年可对接几项；安排得多的在前。"""
    lines, total = plan_views.loads(desk, plan_id, offset=offset, limit=limit)
    return LoadPage(
        items=[LoadOut.of(line) for line in lines], total=total, offset=offset, limit=limit
    )


@router.post("/{plan_id}/adopt", summary="采纳配对", responses=problems(404, 413, 422))
def adopt(plan_id: PlanId, body: AdoptInput, desk: DeskDep) -> AdoptedOut:
    """采纳几对，或全部待决定的；采纳的成为对接。

    中途已不可能的，在 `refused` 里逐对说明，其余照样采纳。县级只能采纳本县区的。
    """
    if body.pairs is None:
        done = plan_decisions.adopt_open(desk, plan_id, EVERY_PAIR, stage=body.stage)
    else:
        pairs = [(each.need_id, each.partner_id) for each in body.pairs]
        done = plan_decisions.adopt_several(desk, plan_id, pairs, stage=body.stage)
    return AdoptedOut.of(done)


@router.post(
    "/{plan_id}/drop",
    status_code=204,
    summary="记为不合适",
    responses=problems(404, 409, 413, 422),
)
def drop(plan_id: PlanId, body: DropInput, desk: DeskDep) -> None:
    """把一对记为不合适并说明原因；原因用来改进以后的排序。"""
    plan_decisions.drop(desk, plan_id, body.need_id, body.partner_id, body.reason, note=body.note)
