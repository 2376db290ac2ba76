"""Needs over HTTP."""

import logging
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.deps import MatcherDep
from api.openapi import PREFIX, problems
from api.parameters import Limit, NewId, Offset, RecordId, Search, Top
from api.saving import accepted, addressed, create_need, id_faults, put_need
from api.schemas.match import NeedAnswer
from api.schemas.needs import NeedInput, NeedOut, NeedPage, NeedSaved
from api.urls import quoted
from matcher.errors import MatcherError
from matcher.intake import ParsedNeed, parse_need
from matcher.intake.results import Parsed
from matcher.records import Need, TechField
from matcher.service import Matcher
from matcher.store.needs import get_need, list_needs

router = APIRouter(prefix="/needs", tags=["需求"])

_log = logging.getLogger(__name__)

_FIELDS = {"enum": [field.value for field in TechField]}


@router.get("", summary="列出需求", responses=problems(422))
def list_all(
    matcher: MatcherDep,
    *,
    county: Annotated[Search, Query(description="县区")] = "",
    field: Annotated[
        Search, Query(description="所属领域，英文值或中文名", json_schema_extra=_FIELDS)
    ] = "",
    q: Annotated[Search, Query(description="名称、主要问题或编号中的文字")] = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> NeedPage:
    """按提交日期从新到旧列出，可按县区、领域和文字筛选。"""
    chosen = TechField.parse(field, field="field") if field else None
    with matcher.reading() as session:
        needs, total = list_needs(
            session, county=county, field=chosen, text=q, offset=offset, limit=limit
        )
    return NeedPage(
        items=[NeedOut.of(need) for need in needs], total=total, offset=offset, limit=limit
    )


@router.post("", status_code=201, summary="新建需求", responses=problems(409, 413, 422))
def create(body: NeedInput, matcher: MatcherDep, response: Response) -> NeedSaved:
    """存入一条需求。只给了企业名称时，按名称或信用代码找到库中的企业，没有则建立。

    没有编号时由系统编号；同一企业的同样的名称和主要问题总是得到同一个编号，重复提交得到 409。

    `similar` 列出库中看来重复或属于同一问题的需求，供提醒提交的人；查重做不成时需求照样存入，
    `warnings` 说明原因。
    """
    values = body.values()
    parsed = parse_need(values)
    need = create_need(matcher, accepted(parsed, id_faults(values.get("id"))))
    response.headers["Location"] = f"{PREFIX}/needs/{quoted(need.id)}"
    return _saved(matcher, need, parsed)


@router.get(
    "/{need_id:path}/similar", summary="找出与一条需求相似的需求", responses=problems(404, 422)
)
def similar(need_id: RecordId, matcher: MatcherDep, top: Top = 10) -> NeedAnswer:
    """用来发现重复需求和可以合并的共性需求。"""
    return NeedAnswer.of(matcher.similar_needs(need_id, top=top))


@router.get("/{need_id:path}", summary="查看需求", responses=problems(404))
def show(need_id: RecordId, matcher: MatcherDep) -> NeedOut:
    """一条需求的全部内容。"""
    with matcher.reading() as session:
        return NeedOut.of(get_need(session, need_id))


@router.put(
    "/{need_id:path}",
    summary="保存需求",
    responses={201: {"model": NeedSaved, "description": "新建了需求"}, **problems(413, 422)},
)
def replace(need_id: NewId, body: NeedInput, matcher: MatcherDep, response: Response) -> NeedSaved:
    """建立或整条替换一条需求；没有给出的字段变为空。`similar` 与新建时相同。"""
    values = body.values()
    parsed = parse_need(values | {"id": need_id})
    record = accepted(parsed, id_faults(need_id))
    addressed(need_id, values.get("id"), record.need.id)
    need, is_new = put_need(matcher, record)
    response.status_code = 201 if is_new else 200
    return _saved(matcher, need, parsed)


@router.delete("/{need_id:path}", status_code=204, summary="删除需求", responses=problems(404))
def remove(need_id: RecordId, matcher: MatcherDep) -> None:
    """删除一条需求；以后的查询不再出现它，问答记录保留。"""
    matcher.delete_need(need_id)


def _saved(matcher: Matcher, need: Need, parsed: Parsed[ParsedNeed]) -> NeedSaved:
    """The answer for a need that was saved; it is not lost where the needs cannot be compared."""
    saved = NeedSaved.saved(need, parsed.notes)
    try:
        return saved.compared(matcher.screener.similar_to(need), matcher.screener.warnings)
    except MatcherError as error:
        _log.warning("a need was saved but not compared with others: %s", error.message)
        return saved.compared((), [f"需求已经保存，但没有与库中的需求比较：{error.message}"])
