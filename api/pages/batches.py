"""Monthly batches: list, progress, documents; starting and cancelling one."""

from datetime import date, timedelta
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import DeskDep
from api.deps import LauncherDep
from api.downloads import handed_out
from api.pages.forms import FormTexts
from api.pages.paging import asked_page
from api.pages.pairing import Number
from api.pages.render import address, page
from api.parameters import Search
from matcher.batch.launching import Launcher
from matcher.casework.batches import BatchState, DocumentKind
from matcher.casework.plans import month_title
from matcher.desk import Desk, batches
from matcher.desk.batch_screening import screened
from matcher.errors import ConflictError, InvalidInputError, StoreError
from matcher.people import Permission
from matcher.people.days import today
from matcher.planning.settings import LABELS
from matcher.records import PartnerKind
from matcher.store.batch_results import BatchDocument

router = APIRouter(prefix="/batches")

_MONTHS: Final = 12
"""Months that can be chosen: this one and those before it."""
_MOST_LETTERS: Final = 100
"""Letters of a county that are listed; the archive has them all."""
_MOST_FOUND: Final = 50
"""Needs of a kind that the screening found and that are listed."""
_MEANINGS: Final = {
    BatchState.RUNNING: "",
    BatchState.FINISHED: "全部步骤已经做完，文档可以下载。",
    BatchState.FAILED: "做到一半出了错，已做完的部分都在。解决下面的问题以后按“接着做”。",
    BatchState.CANCELLED: "已按要求停下，已做完的部分都在。按“接着做”从停下的地方继续。",
    BatchState.INTERRUPTED: "运行到一半意外停了（比如服务器重新启动），已做完的部分都在。"
    "按“接着做”从停下的地方继续。",
    BatchState.OUTDATED: "没有做完，后来资料库、设置或模型有了改动，不能再接着做。"
    "已由同一个月的新批次代替。",
}
_RESUMED: Final = frozenset({BatchState.FAILED, BatchState.CANCELLED, BatchState.INTERRUPTED})
_FORMATS: Final = {DocumentKind.WORD: "Word", DocumentKind.EXCEL: "Excel 附表"}


@router.get("")
def show_list(
    request: Request, desk: DeskDep, launcher: LauncherDep, started: str = ""
) -> Response:
    """All batches; after a start on to the one that has begun."""
    if started and desk.actor.may(Permission.PLAN):
        begun = batches.last_start(desk, launcher).begun
        if begun is not None:
            return RedirectResponse(address(request, f"/batches/{begun}"), status_code=303)
    return _list_page(request, desk, launcher)


@router.post("")
def start(request: Request, desk: DeskDep, launcher: LauncherDep, sent: FormTexts) -> Response:
    """Start a batch in a process of its own."""
    month = sent.get("month", "")
    try:
        batches.start(desk, launcher, month, fresh="fresh" in sent)
    except (ConflictError, InvalidInputError, StoreError) as error:
        status = 422 if isinstance(error, InvalidInputError) else 409
        return _list_page(request, desk, launcher, refusal=error.message, status=status)
    return RedirectResponse(address(request, "/batches", started=1), status_code=303)


@router.get("/{batch_id:int}")
def show(request: Request, desk: DeskDep, batch_id: Number) -> Response:
    """A batch: how far it is, or what it has written."""
    return _page(request, desk, batch_id)


@router.post("/{batch_id:int}/cancel")
def cancel(request: Request, desk: DeskDep, batch_id: Number) -> Response:
    """Ask it to stop."""
    try:
        batches.cancel(desk, batch_id)
    except ConflictError as error:
        return _page(request, desk, batch_id, refusal=error.message, status=409)
    return RedirectResponse(address(request, f"/batches/{batch_id}"), status_code=303)


@router.get("/{batch_id:int}/documents")
def download_all(desk: DeskDep, batch_id: Number, county: Search = "") -> Response:
    """All documents that whoever asks may have, or those of a county, as one archive."""
    name, content = batches.download_all(desk, batch_id, county)
    return Response(
        content,
        media_type="application/zip",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "Cache-Control": "private, no-store",
        },
    )


@router.get("/{batch_id:int}/documents/{document_id:int}")
def download(desk: DeskDep, batch_id: Number, document_id: Number) -> Response:
    """A document, to be saved."""
    return handed_out(*batches.download(desk, batch_id, document_id))


def _list_page(
    request: Request,
    desk: Desk,
    launcher: Launcher | None,
    *,
    refusal: str = "",
    status: int = 200,
) -> Response:
    asked = asked_page(request)
    found, total = batches.find(desk, offset=asked.offset, limit=asked.size)
    plans = desk.actor.may(Permission.PLAN)
    start = batches.last_start(desk, launcher) if plans else batches.StartView()
    return page(
        request,
        "batches.html",
        batches=found,
        paging=asked.of(total),
        running=next((each for each in found if each.state is BatchState.RUNNING), None),
        start=start,
        may_start=plans and launcher is not None,
        months=_months(today()),
        month_title=month_title,
        long_time=long_time,
        refusal=refusal,
        status=status,
    )


def _page(
    request: Request, desk: Desk, batch_id: int, *, refusal: str = "", status: int = 200
) -> Response:
    view = batches.open_batch(desk, batch_id)
    return page(
        request,
        "batch.html",
        view=view,
        batch=view.batch,
        screened=screened(desk, batch_id),
        most_found=_MOST_FOUND,
        meaning=_MEANINGS[view.batch.state],
        resumed=view.batch.state in _RESUMED,
        editions=_editions(view.documents),
        contents=[each for each in view.documents if each.kind is DocumentKind.CONTENTS],
        letters=_letters(view.documents),
        may_plan=desk.actor.may(Permission.PLAN),
        may_take=desk.actor.may(Permission.EXPORT),
        month_title=month_title,
        long_time=long_time,
        file_size=file_size,
        formats=_FORMATS,
        most_letters=_MOST_LETTERS,
        labels=LABELS,
        kinds={kind.value: kind.label for kind in PartnerKind},
        refusal=refusal,
        status=status,
    )


def _months(day: date) -> list[str]:
    """This month and those before it, as addresses have them."""
    months = []
    for _ in range(_MONTHS):
        months.append(f"{day:%Y-%m}")
        day = day.replace(day=1) - timedelta(days=1)
    return months


def _editions(documents: tuple[BatchDocument, ...]) -> dict[str, list[BatchDocument]]:
    """The files of each report, by the report's name."""
    editions: dict[str, list[BatchDocument]] = {}
    for each in documents:
        if each.kind in _FORMATS:
            editions.setdefault(each.name.rpartition(".")[0], []).append(each)
    return editions


def _letters(documents: tuple[BatchDocument, ...]) -> dict[str, list[BatchDocument]]:
    """The letters by county, in the order of their paths."""
    letters: dict[str, list[BatchDocument]] = {}
    for each in sorted(documents, key=lambda document: document.path):
        if each.kind is DocumentKind.LETTER:
            letters.setdefault(each.county, []).append(each)
    return letters


def long_time(seconds: float | None) -> str:
    """A time that something takes, as people say it."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{max(1, round(seconds))} 秒"
    if seconds < 3600:
        return f"{int(seconds) // 60} 分 {int(seconds) % 60} 秒"
    return f"{int(seconds) // 3600} 小时 {int(seconds) % 3600 // 60} 分"


def file_size(size: int) -> str:
    """A size as people say it."""
    return f"{max(1, round(size / 1024))} KB" if size < 1024 * 1024 else f"{size / 1048576:.1f} MB"
