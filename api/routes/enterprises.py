"""Enterprises over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.auth import DeskDep
from api.openapi import PREFIX, problems
from api.parameters import Limit, NewId, Offset, RecordId, Search
from api.saving import accepted, addressed, id_faults
from api.schemas.enterprises import (
    EnterpriseInput,
    EnterpriseOut,
    EnterprisePage,
    EnterpriseSaved,
)
from api.sorted import known_order
from api.urls import quoted
from matcher.desk import enterprises
from matcher.errors import UnknownNameError
from matcher.intake import parse_enterprise
from matcher.records import EnterpriseSize
from matcher.store.enterprises import ENTERPRISE_MARKS, ENTERPRISE_ORDERS, EnterpriseQuery

router = APIRouter(prefix="/enterprises", tags=["企业"])

_SIZES = {"enum": [size.value for size in EnterpriseSize]}
_MARKS = {"items": {"type": "string", "enum": sorted(ENTERPRISE_MARKS)}}
_ORDERS = {"enum": sorted([*ENTERPRISE_ORDERS, *(f"-{order}" for order in ENTERPRISE_ORDERS)])}


@router.get("", summary="列出企业", responses=problems(422))
def list_all(
    desk: DeskDep,
    *,
    county: Annotated[Search, Query(description="县区")] = "",
    industry: Annotated[Search, Query(description="行业名称中的文字，或行业代码的前几位")] = "",
    size: Annotated[
        Search, Query(description="企业规模，英文值或中文名", json_schema_extra=_SIZES)
    ] = "",
    mark: Annotated[
        tuple[Search, ...],
        Query(description="只要有这些标志的，可以写几个", json_schema_extra=_MARKS),
    ] = (),
    q: Annotated[Search, Query(description="名称、信用代码或园区中的文字")] = "",
    sort: Annotated[
        Search, Query(description="排序，前面加减号为倒序", json_schema_extra=_ORDERS)
    ] = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> EnterprisePage:
    """按名称列出，可按县区、行业、规模、标志和文字筛选；县级账号只得到本县的企业。"""
    unknown = set(mark) - set(ENTERPRISE_MARKS)
    if unknown:
        raise UnknownNameError("企业标志", min(unknown), ENTERPRISE_MARKS, field="mark")
    asked = EnterpriseQuery(
        county=county,
        industry=industry,
        size=EnterpriseSize.parse(size, field="size") if size else None,
        marks=frozenset(mark),
        text=q,
    )
    found, total = enterprises.find(
        desk,
        asked,
        order=known_order(sort, ENTERPRISE_ORDERS),
        descending=sort.startswith("-"),
        offset=offset,
        limit=limit,
    )
    items = [EnterpriseOut.of(enterprise) for enterprise in found]
    return EnterprisePage(items=items, total=total, offset=offset, limit=limit)


@router.post("", status_code=201, summary="新建企业", responses=problems(403, 409, 413, 422))
def create(body: EnterpriseInput, desk: DeskDep, response: Response) -> EnterpriseSaved:
    """存入一家企业。没有编号时用信用代码，没有信用代码时按名称编号，重复提交得到 409。"""
    values = body.values()
    parsed = parse_enterprise(values)
    enterprise = enterprises.create(desk, accepted(parsed, id_faults(values.get("id"))))
    response.headers["Location"] = f"{PREFIX}/enterprises/{quoted(enterprise.id)}"
    return EnterpriseSaved.saved(enterprise, parsed.notes)


@router.get("/{enterprise_id:path}", summary="查看企业", responses=problems(404))
def show(enterprise_id: RecordId, desk: DeskDep) -> EnterpriseOut:
    """一家企业的全部内容。"""
    return EnterpriseOut.of(enterprises.get(desk, enterprise_id))


@router.put(
    "/{enterprise_id:path}",
    summary="保存企业",
    responses={
        201: {"model": EnterpriseSaved, "description": "新建了企业"},
        **problems(403, 404, 409, 413, 422),
    },
)
def replace(
    enterprise_id: NewId, body: EnterpriseInput, desk: DeskDep, response: Response
) -> EnterpriseSaved:
    """建立或整条替换一家企业；没有给出的字段变为空。"""
    values = body.values()
    parsed = parse_enterprise(values | {"id": enterprise_id})
    record = accepted(parsed, id_faults(enterprise_id))
    addressed(enterprise_id, values.get("id"), record.id)
    enterprise, is_new = enterprises.put(desk, record)
    response.status_code = 201 if is_new else 200
    return EnterpriseSaved.saved(enterprise, parsed.notes)


@router.delete(
    "/{enterprise_id:path}", status_code=204, summary="删除企业", responses=problems(403, 404, 409)
)
def remove(enterprise_id: RecordId, desk: DeskDep) -> None:
    """删除一家没有需求、站点和企业科协的企业，连同联系方式。"""
    enterprises.remove(desk, enterprise_id)
