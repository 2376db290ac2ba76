"""The audit log over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.auth import DeskDep
from api.openapi import problems
from api.parameters import Limit, Offset, Search
from api.people_input import day_of_text
from api.schemas.people import AuditOut, AuditPage
from matcher.desk import Act, Subject, people

router = APIRouter(prefix="/audit", tags=["账号"])

_DAY = {"format": "date"}


@router.get("", summary="查询操作记录", responses=problems(422))
def list_all(
    desk: DeskDep,
    *,
    actor: Annotated[Search, Query(description="账号名、密钥编号，或姓名中的文字")] = "",
    action: Annotated[Search, Query(description="操作，英文值或中文名，如 change 或 修改")] = "",
    subject: Annotated[Search, Query(description="记录类型，如 need 或 需求")] = "",
    subject_id: Annotated[Search, Query(description="记录的编号")] = "",
    q: Annotated[Search, Query(description="摘要中的文字")] = "",
    since: Annotated[Search, Query(description="第一天", json_schema_extra=_DAY)] = "",
    until: Annotated[Search, Query(description="最后一天", json_schema_extra=_DAY)] = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> AuditPage:
    """谁在什么时候对哪条记录做了什么，新的在前；只给市级管理员，只能查看，不能修改。"""
    found, total = people.audit(
        desk,
        actor=actor,
        action=Act.parse(action, field="action") if action else "",
        subject=Subject.parse(subject, field="subject") if subject else "",
        subject_id=subject_id,
        text=q,
        since=day_of_text(since, "since"),
        until=day_of_text(until, "until"),
        offset=offset,
        limit=limit,
    )
    items = [AuditOut.of(entry) for entry in found]
    return AuditPage(items=items, total=total, offset=offset, limit=limit)
