"""The first page: this month, the way of the needs, what is overdue; and the needs behind it."""

from datetime import UTC, date, datetime, timedelta

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from api.auth import DeskDep
from api.charts import Bar, bars
from api.pages.paging import asked_page
from api.pages.render import address, page
from api.parameters import Search
from matcher.casework.milestones import Level, Milestone
from matcher.casework.months import Days, day_of
from matcher.casework.plans import month_title
from matcher.desk.batches import last_batch
from matcher.desk.figures import (
    MOVEMENT_DAYS,
    SCREENING_DAYS,
    Dashboard,
    dashboard,
    progress,
)
from matcher.errors import InvalidInputError

router = APIRouter()

_BARS = 12
"""Rows of a chart; what is beyond is summed up in the last one."""

_FIRST_YEAR = 2000


@router.get("/")
def show(request: Request, desk: DeskDep) -> Response:
    """Figures of the city, or of one's county."""
    shown = dashboard(desk, datetime.now(UTC))
    return page(
        request,
        "home.html",
        shown=shown,
        month=f"{shown.today:%Y-%m}",
        screening_days=SCREENING_DAYS,
        movement_days=MOVEMENT_DAYS,
        last=last_batch(desk),
        month_title=month_title,
        funnel=_funnel(request, shown),
        counties=_counties(request, shown.by_county),
        fields=_fields(request, shown),
    )


@router.get("/progress")
def show_progress(
    request: Request, desk: DeskDep, kind: Search = "submitted", month: Search = ""
) -> Response:
    """The needs behind a number of the first page: which reached a milestone in a month."""
    milestone = Milestone.parse(kind, field="kind")
    today = day_of(datetime.now(UTC))
    asked = asked_page(request)
    shown = progress(desk, milestone, _month(month, today), offset=asked.offset, limit=asked.size)
    return page(
        request,
        "progress.html",
        shown=shown,
        enterprises=shown.enterprises,
        milestones=list(Milestone),
        months=_neighbours(shown.month, today),
        query={"kind": milestone.value, "month": f"{shown.month.first:%Y-%m}"},
        paging=asked.of(shown.total),
    )


def _funnel(request: Request, shown: Dashboard) -> Markup:
    rows = [
        Bar(
            level.label,
            level.reached,
            text=_share(level),
            href=address(request, "/needs", status=level.status.value),
            title=f"{level.label} {level.reached} 条，现在{level.status.label} {level.standing} 条",
        )
        for level in shown.funnel
    ]
    return bars(rows, "走到每一步的需求")


def _share(level: Level) -> str:
    share = "" if level.share is None else f" · {level.share:.0%}"
    return f"{level.reached}{share}"


def _counties(request: Request, counts: dict[str, int]) -> Markup:
    rows = [
        Bar(
            county or "未注明",
            count,
            href=address(request, "/needs", county=county) if county else "",
        )
        for county, count in counts.items()
    ]
    return bars(_summed_up(rows, "其余县区"), "各县区的需求")


def _fields(request: Request, shown: Dashboard) -> Markup:
    rows = [
        Bar(
            field.label if field else "未注明",
            count,
            href=address(request, "/needs", field=field.value) if field else "",
        )
        for field, count in shown.by_field.items()
    ]
    return bars(rows, "各领域的需求")


def _summed_up(rows: list[Bar], name: str) -> list[Bar]:
    if len(rows) <= _BARS:
        return rows
    rest = rows[_BARS - 1 :]
    return [*rows[: _BARS - 1], Bar(name, sum(row.value for row in rest))]


def _month(text: str, today: date) -> date:
    """The month that an address asks for, this one if it asks for none.

    Raises:
        InvalidInputError: it is no month.
    """
    if not text:
        return today
    try:
        month = datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        month = None
    if month is None or not _FIRST_YEAR <= month.year <= today.year:
        raise InvalidInputError("月份应写成 2026-11 的样子", field="month")
    return month


def _neighbours(month: Days, today: date) -> dict[str, str]:
    """The months before and after, as an address has them; empty where there is none."""
    before, after = month.first - timedelta(days=1), month.last + timedelta(days=1)
    return {
        "before": f"{before:%Y-%m}" if before.year >= _FIRST_YEAR else "",
        "after": f"{after:%Y-%m}" if after <= today else "",
    }
