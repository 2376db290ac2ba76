"""Needs over HTTP."""

import logging
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.auth import DeskDep
from api.openapi import PREFIX, problems
from api.parameters import Limit, NewId, Offset, RecordId, Search, Top
from api.saving import accepted, addressed, id_faults
from api.schemas.match import NeedAnswer
from api.schemas.needs import (
    NeedDetail,
    NeedInput,
    NeedOut,
    NeedPage,
    NeedSaved,
    NeedStepInput,
)
from api.urls import quoted
from matcher.casework.needs import FIRST_STATUSES, NeedStatus
from matcher.desk import Desk, needs, screening
from matcher.errors import MatcherError
from matcher.intake import ParsedNeed, parse_need
from matcher.intake.results import Parsed
from matcher.records import Need, TechField
from matcher.store.needs import NeedQuery

router = APIRouter(prefix="/needs", tags=["需求"])

_log = logging.getLogger(__name__)

_FIELDS = {"enum": [field.value for field in TechField]}
_STATUSES = {"enum": [status.value for status in NeedStatus]}
_FIRST = {"enum": [status.value for status in NeedStatus if status in FIRST_STATUSES]}


@router.get("", summary="列出需求", responses=problems(422))
def list_all(
    desk: DeskDep,
    *,
    county: Annotated[Search, Query(description="县区")] = "",
    field: Annotated[
        Search, Query(description="所属领域，英文值或中文名", json_schema_extra=_FIELDS)
    ] = "",
    status: Annotated[
        Search, Query(description="办理状态，英文值或中文名", json_schema_extra=_STATUSES)
    ] = "",
    q: Annotated[Search, Query(description="名称、主要问题、编号或企业名称中的文字")] = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> NeedPage:
    """按提交日期从新到旧列出，可按县区、领域、状态和文字筛选；县级账号只看到本县区的。"""
    asked = NeedQuery(
        county=county,
        field=TechField.parse(field, field="field") if field else None,
        status=NeedStatus.parse(status, field="status") if status else None,
        text=q,
    )
    found = needs.find(desk, asked, offset=offset, limit=limit)
    return NeedPage(
        items=[NeedOut.at(need, found.statuses[need.id]) for need in found.needs],
        total=found.total,
        offset=offset,
        limit=limit,
    )


@router.post("", status_code=201, summary="新建需求", responses=problems(409, 413, 422))
def create(
    body: NeedInput,
    desk: DeskDep,
    response: Response,
    status: Annotated[
        str,
        Query(
            description="存为草稿、待审核还是已入库；有缺项的不能直接入库",
            json_schema_extra=_FIRST,
        ),
    ] = NeedStatus.PENDING.value,
) -> NeedSaved:
    """存入一条需求。只给了企业名称时，按名称或信用代码找到库中的企业，没有则建立。

    没有编号时由系统编号；同一企业的同样的名称和主要问题总是得到同一个编号，重复提交得到 409。

    `similar` 列出库中看来重复或属于同一问题的需求，供提醒提交的人；查重做不成时需求照样存入，
    `warnings` 说明原因。
    """
    chosen = NeedStatus.parse(status, field="status")
    values = body.values()
    parsed = parse_need(values)
    record = accepted(parsed, id_faults(values.get("id")))
    need = needs.submit(desk, record, status=chosen)
    response.headers["Location"] = f"{PREFIX}/needs/{quoted(need.id)}"
    return _saved(desk, need, chosen, parsed)


@router.get(
    "/{need_id:path}/similar", summary="找出与一条需求相似的需求", responses=problems(404, 422)
)
def similar(need_id: RecordId, desk: DeskDep, top: Top = 10) -> NeedAnswer:
    """用来发现重复需求和可以合并的共性需求；草稿、退回和已关闭的不在其中。"""
    return NeedAnswer.of(screening.similar(desk, need_id, top=top))


@router.post(
    "/{need_id:path}/steps", summary="办理一条需求", responses=problems(403, 404, 409, 422)
)
def step(need_id: RecordId, body: NeedStepInput, desk: DeskDep) -> NeedDetail:
    """审核、退回、入库、关闭等；现在的状态不允许这一步时得到 409，说明可以怎样办理。"""
    needs.step(
        desk, need_id, body.status, reason=body.reason, note=body.note.strip(), seen=body.seen
    )
    return NeedDetail.opened(needs.open_need(desk, need_id))


@router.get("/{need_id:path}", summary="查看需求", responses=problems(404))
def show(need_id: RecordId, desk: DeskDep) -> NeedDetail:
    """一条需求的全部内容，连同办理过程。"""
    return NeedDetail.opened(needs.open_need(desk, need_id))


@router.put(
    "/{need_id:path}",
    summary="保存需求",
    responses={201: {"model": NeedSaved, "description": "新建了需求"}, **problems(413, 422)},
)
def replace(need_id: NewId, body: NeedInput, desk: DeskDep, response: Response) -> NeedSaved:
    """建立或整条替换一条需求；没有给出的字段变为空，办理状态不变。`similar` 与新建时相同。"""
    values = body.values()
    parsed = parse_need(values | {"id": need_id})
    record = accepted(parsed, id_faults(need_id))
    addressed(need_id, values.get("id"), record.need.id)
    need, is_new = needs.put(desk, record)
    response.status_code = 201 if is_new else 200
    return _saved(desk, need, needs.open_need(desk, need.id).status, parsed)


@router.delete("/{need_id:path}", status_code=204, summary="删除需求", responses=problems(404, 409))
def remove(need_id: RecordId, desk: DeskDep) -> None:
    """删除一条没有对接记录的需求；以后的查询不再出现它，问答记录保留。"""
    needs.remove(desk, need_id)


def _saved(desk: Desk, need: Need, status: NeedStatus, parsed: Parsed[ParsedNeed]) -> NeedSaved:
    """The answer for a need that was saved; it is not lost where the needs cannot be compared."""
    saved = NeedSaved.saved(need, parsed.notes).model_copy(update={"status": status})
    try:
        warnings = desk.matcher.screener.warnings
        return saved.compared(screening.similar_to(desk, need), warnings)
    except MatcherError as error:
        _log.warning("a need was saved but not compared with others: %s", error.message)
        return saved.compared((), [f"需求已经保存，但没有与库中的需求比较：{error.message}"])
