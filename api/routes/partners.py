"""Partners over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.deps import MatcherDep
from api.openapi import PREFIX, problems
from api.parameters import Limit, NewId, Offset, RecordId, Search, Top
from api.saving import accepted, addressed, create_partner, id_faults, put_partner
from api.schemas.match import NeedAnswer
from api.schemas.partners import (
    PartnerInput,
    PartnerOut,
    PartnerPage,
    PartnerSaved,
    PartnerSummary,
)
from api.urls import quoted
from matcher.intake import parse_partner
from matcher.records import PartnerKind
from matcher.store.partners import get_partner, list_partners

router = APIRouter(prefix="/partners", tags=["对象"])

_KINDS = {"enum": [kind.value for kind in PartnerKind]}


@router.get("", summary="列出对象", responses=problems(422))
def list_all(
    matcher: MatcherDep,
    *,
    kind: Annotated[
        Search, Query(description="对象类型，英文值或中文名", json_schema_extra=_KINDS)
    ] = "",
    region: Annotated[Search, Query(description="所在地区包含的文字，如“温州”")] = "",
    q: Annotated[Search, Query(description="名称、英文名称或所在单位中的文字")] = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> PartnerPage:
    """按名称列出概要，可按类型、地区和文字筛选。"""
    chosen = PartnerKind.parse(kind, field="kind") if kind else None
    with matcher.reading() as session:
        partners, total = list_partners(
            session, kind=chosen, region=region, text=q, offset=offset, limit=limit
        )
    items = [PartnerSummary.of(partner) for partner in partners]
    return PartnerPage(items=items, total=total, offset=offset, limit=limit)


@router.post("", status_code=201, summary="新建对象", responses=problems(409, 413, 422))
def create(body: PartnerInput, matcher: MatcherDep, response: Response) -> PartnerSaved:
    """存入一个对象及其证据。没有编号时由系统按类型、名称和单位编号，重复提交得到 409。"""
    values = body.values()
    parsed = parse_partner(values)
    partner = accepted(parsed, id_faults(values.get("id")))
    create_partner(matcher, partner)
    response.headers["Location"] = f"{PREFIX}/partners/{quoted(partner.id)}"
    return PartnerSaved.saved(partner, parsed.notes)


@router.get(
    "/{partner_id:path}/needs", summary="找出一个对象可能解决的需求", responses=problems(404, 422)
)
def needs_for(partner_id: RecordId, matcher: MatcherDep, top: Top = 10) -> NeedAnswer:
    """反向匹配：用对象的简介和每条证据去找需求。"""
    return NeedAnswer.of(matcher.needs_for(partner_id, top=top))


@router.get("/{partner_id:path}", summary="查看对象", responses=problems(404))
def show(partner_id: RecordId, matcher: MatcherDep) -> PartnerOut:
    """一个对象的全部内容，连同证据。"""
    with matcher.reading() as session:
        return PartnerOut.of(get_partner(session, partner_id))


@router.put(
    "/{partner_id:path}",
    summary="保存对象",
    responses={201: {"model": PartnerSaved, "description": "新建了对象"}, **problems(413, 422)},
)
def replace(
    partner_id: NewId, body: PartnerInput, matcher: MatcherDep, response: Response
) -> PartnerSaved:
    """建立或整个替换一个对象，连同证据；没有给出的字段变为空。"""
    values = body.values()
    parsed = parse_partner(values | {"id": partner_id})
    partner = accepted(parsed, id_faults(partner_id))
    addressed(partner_id, values.get("id"), partner.id)
    response.status_code = 201 if put_partner(matcher, partner) else 200
    return PartnerSaved.saved(partner, parsed.notes)


@router.delete("/{partner_id:path}", status_code=204, summary="删除对象", responses=problems(404))
def remove(partner_id: RecordId, matcher: MatcherDep) -> None:
    """删除一个对象及其证据；以后的查询不再出现它，问答记录保留。"""
    matcher.delete_partner(partner_id)
