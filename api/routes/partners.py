"""Partners over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.auth import DeskDep
from api.openapi import PREFIX, problems
from api.parameters import Limit, NewId, Offset, RecordId, Search, Top
from api.saving import accepted, addressed, id_faults
from api.schemas.match import NeedAnswer
from api.schemas.partners import (
    PartnerInput,
    PartnerOut,
    PartnerPage,
    PartnerSaved,
    PartnerSummary,
)
from api.sorted import known_order
from api.urls import quoted
from matcher.desk import partners
from matcher.intake import parse_partner
from matcher.people import Permission
from matcher.records import PartnerKind
from matcher.store.partners import PARTNER_ORDERS, PartnerQuery

router = APIRouter(prefix="/partners", tags=["对象"])

_KINDS = {"enum": [kind.value for kind in PartnerKind]}
_ORDERS = {"enum": sorted([*PARTNER_ORDERS, *(f"-{order}" for order in PARTNER_ORDERS)])}


@router.get("", summary="列出对象", responses=problems(422))
def list_all(
    desk: DeskDep,
    *,
    kind: Annotated[
        Search, Query(description="对象类型，英文值或中文名", json_schema_extra=_KINDS)
    ] = "",
    region: Annotated[Search, Query(description="所在地区包含的文字，如“温州”")] = "",
    discipline: Annotated[Search, Query(description="学科方向包含的文字，如“电器”")] = "",
    q: Annotated[Search, Query(description="名称、英文名称、别名或所在单位中的文字")] = "",
    sort: Annotated[
        Search, Query(description="排序，前面加减号为倒序", json_schema_extra=_ORDERS)
    ] = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> PartnerPage:
    """列出概要，可按类型、地区、学科方向和文字筛选；不指定排序时按名称。"""
    asked = PartnerQuery(
        kind=PartnerKind.parse(kind, field="kind") if kind else None,
        region=region,
        discipline=discipline,
        text=q,
    )
    order = known_order(sort, PARTNER_ORDERS)
    found, total = partners.find(
        desk,
        asked,
        order=order,
        descending=sort.startswith("-"),
        offset=offset,
        limit=limit,
    )
    items = [PartnerSummary.of(partner) for partner in found]
    return PartnerPage(items=items, total=total, offset=offset, limit=limit)


@router.post("", status_code=201, summary="新建对象", responses=problems(403, 409, 413, 422))
def create(body: PartnerInput, desk: DeskDep, response: Response) -> PartnerSaved:
    """存入一个对象及其证据。没有编号时由系统按类型、名称和单位编号，重复提交得到 409。"""
    values = body.values()
    parsed = parse_partner(values)
    partner = accepted(parsed, id_faults(values.get("id")))
    partners.create(desk, partner)
    response.headers["Location"] = f"{PREFIX}/partners/{quoted(partner.id)}"
    return PartnerSaved.saved(partner, parsed.notes)


@router.get(
    "/{partner_id:path}/needs",
    summary="找出一个对象可能解决的需求",
    responses=problems(403, 404, 422),
)
def needs_for(partner_id: RecordId, desk: DeskDep, top: Top = 10) -> NeedAnswer:
    """反向匹配：用对象的简介和每条证据去找需求；县级账号只得到本县的需求。"""
    desk.actor.require(Permission.MATCH)
    ranking = desk.matcher.needs_for(partner_id, top=top, restriction=desk.own_needs())
    return NeedAnswer.of(ranking)


@router.get("/{partner_id:path}", summary="查看对象", responses=problems(404))
def show(partner_id: RecordId, desk: DeskDep) -> PartnerOut:
    """一个对象的全部内容，连同证据。"""
    return PartnerOut.of(partners.get(desk, partner_id))


@router.put(
    "/{partner_id:path}",
    summary="保存对象",
    responses={
        201: {"model": PartnerSaved, "description": "新建了对象"},
        **problems(403, 413, 422),
    },
)
def replace(
    partner_id: NewId, body: PartnerInput, desk: DeskDep, response: Response
) -> PartnerSaved:
    """建立或整个替换一个对象，连同证据；没有给出的字段变为空。"""
    values = body.values()
    parsed = parse_partner(values | {"id": partner_id})
    partner = accepted(parsed, id_faults(partner_id))
    addressed(partner_id, values.get("id"), partner.id)
    response.status_code = 201 if partners.put(desk, partner) else 200
    return PartnerSaved.saved(partner, parsed.notes)


@router.delete(
    "/{partner_id:path}", status_code=204, summary="删除对象", responses=problems(403, 404, 409)
)
def remove(partner_id: RecordId, desk: DeskDep) -> None:
    """删除一个没有对接和站点的对象，连同证据和联系方式；问答记录保留。"""
    partners.remove(desk, partner_id)
