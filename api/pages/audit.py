"""The audit log: search it, page through it, take it away as a spreadsheet."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from api.auth import DeskDep
from api.export import MOST_ROWS, ExportColumn, spreadsheet
from api.pages.audit_view import action_label, details_of, record_path, subject_label
from api.pages.paging import asked_page
from api.pages.render import page
from api.people_input import day_of_text
from api.plain import storable
from matcher.desk import Act, Subject, people
from matcher.errors import InvalidInputError
from matcher.people import AuditEntry
from matcher.people.days import shown_moment
from matcher.text.fold import tidy

router = APIRouter(prefix="/audit")

_FILTERS = ("actor", "action", "subject", "subject_id", "q", "since", "until")
_LONGEST = 200


def _details_text(entry: AuditEntry) -> str:
    return "；".join(
        f"{each.label}：{each.value}"
        if each.before is None
        else f"{each.label}：{each.before} → {each.value}"
        for each in details_of(entry)
    )


_COLUMNS: tuple[ExportColumn[AuditEntry], ...] = (
    ExportColumn("时间", lambda each: shown_moment(each.at), 20),
    ExportColumn("操作者", lambda each: each.actor_name),
    ExportColumn("账号或密钥", lambda each: each.actor_id),
    ExportColumn("操作者类型", lambda each: each.actor_kind.label),
    ExportColumn("网络地址", lambda each: each.address),
    ExportColumn("操作", action_label),
    ExportColumn("记录类型", subject_label),
    ExportColumn("记录编号", lambda each: each.subject_id),
    ExportColumn("县区", lambda each: each.county),
    ExportColumn("摘要", lambda each: each.summary, 48),
    ExportColumn("内容", _details_text, 64),
)


@router.get("")
def show_list(request: Request, desk: DeskDep) -> Response:
    """Lines of the log by who, what, which record, words and days, the latest first."""
    asked, chosen = asked_page(request), _chosen(request.query_params)
    errors: dict[str, str] = {}
    try:
        found, total = people.audit(
            desk, **_criteria(chosen), offset=asked.offset, limit=asked.size
        )
    except InvalidInputError as error:
        found, total, errors = [], 0, {error.field or "": error.message}
    return page(
        request,
        "audit.html",
        entries=found,
        action_label=action_label,
        subject_label=subject_label,
        record_path=record_path,
        details_of=details_of,
        acts=Act,
        subjects=Subject,
        chosen=chosen,
        errors=errors,
        most=MOST_ROWS,
        paging=asked.of(total),
        status=422 if errors else 200,
    )


@router.get("/export")
def export(request: Request, desk: DeskDep) -> Response:
    """The same lines as a spreadsheet, the latest of them if there are very many."""
    criteria = _criteria(_chosen(request.query_params))
    found, _ = people.audit(desk, **criteria, limit=MOST_ROWS)
    return spreadsheet(desk, Subject.LIBRARY, "操作记录", _COLUMNS, found)


def _chosen(query: Mapping[str, str]) -> dict[str, str]:
    return {name: tidy(storable(query.get(name, "")[:_LONGEST])) for name in _FILTERS}


def _criteria(chosen: Mapping[str, str]) -> dict[str, Any]:
    """The criteria of a search.

    Raises:
        InvalidInputError: a day or a choice is none.
    """
    action, subject = chosen["action"], chosen["subject"]
    since, until = day_of_text(chosen["since"], "since"), day_of_text(chosen["until"], "until")
    if since and until and since > until:
        raise InvalidInputError("开始日期晚于结束日期，请核对", field="since")
    return {
        "actor": chosen["actor"],
        "action": Act.parse(action, field="action").value if action else "",
        "subject": Subject.parse(subject, field="subject").value if subject else "",
        "subject_id": chosen["subject_id"],
        "text": chosen["q"],
        "since": since,
        "until": until,
    }
