"""Outcomes over HTTP."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.auth import DeskDep
from api.openapi import PREFIX, problems
from api.parameters import Limit, Offset, Search
from api.schemas.outcomes import (
    OutcomeChange,
    OutcomeInput,
    OutcomeOut,
    OutcomePage,
    OutcomeTotalOut,
)
from matcher.casework.stations import OutcomeKind
from matcher.desk import outcomes
from matcher.desk.station_forms import accepted
from matcher.people import Permission
from matcher.people.days import today
from matcher.store.outcomes import OutcomeFilter

router = APIRouter(prefix="/outcomes", tags=["成果"])

OutcomeId = Annotated[int, Path(ge=1, le=2**63 - 1, description="成果的编号")]
Reference = Annotated[int | None, Query(ge=1, le=2**63 - 1)]
County = Annotated[Search, Query(description="县区")]
Since = Annotated[date | None, Query(description="从哪一天起")]
Until = Annotated[date | None, Query(description="到哪一天止")]


@router.get("", summary="列出成果", responses=problems(422))
def list_all(
    desk: DeskDep,
    *,
    kind: Annotated[Search, Query(description="成果类型，英文值或中文名")] = "",
    county: County = "",
    since: Since = None,
    until: Until = None,
    q: Annotated[Search, Query(description="名称或编号中的文字")] = "",
    station_id: Reference = None,
    pairing_id: Reference = None,
    offset: Offset = 0,
    limit: Limit = 50,
) -> OutcomePage:
    """按取得日期从新到旧列出。"""
    wanted = OutcomeFilter(
        kind=OutcomeKind.parse(kind, field="kind") if kind else None,
        county=county,
        since=since,
        until=until,
        text=q,
        station_id=station_id,
        pairing_id=pairing_id,
    )
    found, total = outcomes.find(desk, wanted, offset=offset, limit=limit)
    items = [OutcomeOut.of(line.outcome) for line in found]
    return OutcomePage(items=items, total=total, offset=offset, limit=limit)


@router.post("", status_code=201, summary="登记成果", responses=problems(413, 422))
def create(body: OutcomeInput, desk: DeskDep, response: Response) -> OutcomeOut:
    """登记一项成果；县区取所属站点或对接的县区。"""
    desk.actor.require(Permission.EDIT)
    parsed = outcomes.parse_outcome(body.values(), today=today())
    outcome = outcomes.create(desk, accepted(parsed))
    response.headers["Location"] = f"{PREFIX}/outcomes/{outcome.id}"
    return OutcomeOut.of(outcome, parsed.notes)


@router.get("/totals", summary="成果汇总", responses=problems(422))
def totals(
    desk: DeskDep, county: County = "", since: Since = None, until: Until = None
) -> list[OutcomeTotalOut]:
    """按类型和年度的项数与金额（万元）。"""
    found = outcomes.sums(desk, since=since, until=until, county=county)
    return [OutcomeTotalOut.of(total) for total in found]


@router.get("/{outcome_id}", summary="查看成果", responses=problems(404, 422))
def show(outcome_id: OutcomeId, desk: DeskDep) -> OutcomeOut:
    """一项成果的全部内容。"""
    return OutcomeOut.of(outcomes.get(desk, outcome_id))


@router.put("/{outcome_id}", summary="修改成果", responses=problems(404, 409, 413, 422))
def replace(outcome_id: OutcomeId, body: OutcomeChange, desk: DeskDep) -> OutcomeOut:
    """整条修改一项成果。"""
    outcomes.check_editable(desk, outcome_id)
    parsed = outcomes.parse_outcome(body.values(), today=today())
    outcome = outcomes.change(desk, outcome_id, accepted(parsed), seen=body.mark)
    return OutcomeOut.of(outcome, parsed.notes)


@router.delete("/{outcome_id}", status_code=204, summary="删除成果", responses=problems(404, 422))
def remove(outcome_id: OutcomeId, desk: DeskDep) -> None:
    """删除一项成果；操作记录中留有它的内容。"""
    outcomes.remove(desk, outcome_id)
