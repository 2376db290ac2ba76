"""The list of plans, and making one: its form, its progress, cancelling it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import DeskDep
from api.pages.forms import FormTexts
from api.pages.paging import asked_page
from api.pages.render import address, page
from api.parameters import Search
from matcher.casework.plans import month_named
from matcher.desk import Desk, plan_jobs, plan_overview
from matcher.errors import ConflictError, InvalidInputError, MatcherError
from matcher.pairing.records import WantedKind
from matcher.people import Permission
from matcher.people.days import today
from matcher.planning import PlanSettings, load_settings
from matcher.planning.jobs import JobState
from matcher.planning.settings import LABELS, MOST_PARTNERS

router = APIRouter(prefix="/plans")

_REFRESH: Final = 2
"""Seconds after which the page of the progress is loaded again."""
_NUMBERS: Final = ("partners_per_need", "time_limit")


@router.get("")
def show_list(request: Request, desk: DeskDep, month: Search = "", done: Search = "") -> Response:
    """The plans, the latest first, and the form to make one."""
    named = month_named(month) if month else ""
    told = "已取消，没有保存任何内容。" if done == "cancelled" else ""
    return _list(request, desk, named, done=told)


@router.post("")
def make(request: Request, desk: DeskDep, sent: FormTexts) -> Response:
    """Begin to make a plan, and go on to its progress."""
    desk.actor.require(Permission.PLAN)
    try:
        plan_jobs.start(desk, sent.get("month", ""), _settings(desk, sent))
    except (ConflictError, InvalidInputError) as error:
        field = error.field if isinstance(error, InvalidInputError) else None
        return _list(
            request,
            desk,
            "",
            typed=sent,
            wrong={field: error.message} if field else {},
            refusal="" if field else error.message,
            status=422 if isinstance(error, InvalidInputError) else 409,
        )
    return RedirectResponse(address(request, "/plans/making"), status_code=303)


@router.get("/making")
def making(request: Request, desk: DeskDep) -> Response:
    """How far the plan is that is being made; when it is made, the plan itself."""
    job = plan_jobs.current(desk)
    if job is None:
        return RedirectResponse(address(request, "/plans"), status_code=303)
    if job.state is JobState.FINISHED and job.plan_id is not None:
        target = address(request, f"/plans/{job.plan_id}", done="made")
        return RedirectResponse(target, status_code=303)
    now = datetime.now(UTC)
    return page(
        request,
        "plan_making.html",
        job=job,
        is_running=job.state is JobState.RUNNING,
        seconds=round((now - job.started_at).total_seconds()),
        left=job.seconds_left(now),
        refresh=_REFRESH,
    )


@router.post("/making/cancel")
def cancel(request: Request, desk: DeskDep) -> Response:
    """Stop making it."""
    plan_jobs.cancel(desk)
    return RedirectResponse(address(request, "/plans/making"), status_code=303)


def _settings(desk: Desk, sent: Mapping[str, str]) -> PlanSettings:
    """What the form says, in the place of what the files say.

    Raises:
        InvalidInputError: a number is none, or too small or too large.
    """
    numbers = {name: _number(name, sent.get(name, "")) for name in _NUMBERS}
    wanted = sent.get("wanted_kind", "")
    per_need = numbers["partners_per_need"]
    return load_settings(desk.matcher.home).changed(
        partners_per_need=None if per_need is None else int(per_need),
        wanted_kind=WantedKind.parse(wanted, field="wanted_kind") if wanted else None,
        time_limit=numbers["time_limit"],
    )


def _number(name: str, text: str) -> float | None:
    written = text.strip()
    if not written:
        return None
    if not (written.isascii() and written.isdecimal() and len(written) < 7):
        raise InvalidInputError(f"{LABELS[name]}应填整数", field=name)
    return float(written)


def _list(
    request: Request,
    desk: Desk,
    month: str,
    *,
    status: int = 200,
    **context: Any,  # noqa: ANN401 - passed on to the template
) -> Response:
    asked = asked_page(request)
    cards, total = plan_overview.find(desk, month, offset=asked.offset, limit=asked.size)
    may_plan = desk.actor.may(Permission.PLAN)
    empty: dict[str, Any] = {"typed": {}, "wrong": {}, "refusal": "", "done": ""}
    return page(
        request,
        "plans.html",
        cards=cards,
        months=plan_overview.months(desk),
        month=month,
        paging=asked.of(total),
        job=plan_jobs.current(desk) if may_plan else None,
        JobState=JobState,
        this_month=f"{today():%Y-%m}",
        most=MOST_PARTNERS,
        wanted_kinds=tuple(WantedKind),
        labels=LABELS,
        status=status,
        **_usual(desk, may_plan),
        **(empty | context),
    )


def _usual(desk: Desk, may_plan: bool) -> dict[str, Any]:
    """The settings of the files for the form, or what is wrong with them."""
    if not may_plan:
        return {"settings": None, "settings_fault": ""}
    try:
        return {"settings": load_settings(desk.matcher.home), "settings_fault": ""}
    except MatcherError as error:
        return {"settings": None, "settings_fault": error.message}
