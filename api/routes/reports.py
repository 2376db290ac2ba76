"""Monthly reports over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.auth import DeskDep
from api.openapi import problems
from api.parameters import Search
from api.schemas.reports import ReportListOut, ReportOut
from matcher.casework.batches import month_day
from matcher.desk import reports
from matcher.people.days import today
from matcher.reports.records import Edition

router = APIRouter(prefix="/reports", tags=["月报"])

Month = Annotated[str, Path(max_length=20, description="月份，如 2026-11", examples=["2026-11"])]
County = Annotated[Search, Query(description="县区；不填是全市，县级人员不填是本县区")]


@router.get("", summary="列出月报", responses=problems(404, 422))
def list_all(desk: DeskDep, county: County = "") -> ReportListOut:
    """有月报的月份，新的在前，以及可以选择的县区。"""
    return ReportListOut.of(reports.list_reports(desk, county))


@router.get("/{month}", summary="查看月报", responses=problems(404, 422))
def show(
    desk: DeskDep,
    month: Month,
    *,
    county: County = "",
    year_to_date: Annotated[bool, Query(description="是否从一月累计")] = False,
    live: Annotated[bool, Query(description="是否不用定稿，按现在的数据统计")] = False,
) -> ReportOut:
    """一个月的全部数字、文字、表和名单。当月批次完成以后是定稿的数据。"""
    edition = Edition(
        month=month_day(month, today()),
        county=county or desk.actor.county,
        year_to_date=year_to_date,
    )
    return ReportOut.of(reports.shown_report(desk, edition, live=live))
