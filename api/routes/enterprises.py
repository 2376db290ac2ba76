"""Enterprises over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.deps import MatcherDep
from api.openapi import PREFIX, problems
from api.parameters import Limit, Offset, RecordId, Search
from api.saving import accepted, create_enterprise
from api.schemas.enterprises import (
    EnterpriseInput,
    EnterpriseOut,
    EnterprisePage,
    EnterpriseSaved,
)
from api.urls import quoted
from matcher.intake import parse_enterprise
from matcher.store.enterprises import get_enterprise, list_enterprises

router = APIRouter(prefix="/enterprises", tags=["企业"])


@router.get("", summary="列出企业", responses=problems(422))
def list_all(
    matcher: MatcherDep,
    county: Annotated[Search, Query(description="县区")] = "",
    q: Annotated[Search, Query(description="名称或信用代码中的文字")] = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> EnterprisePage:
    """按名称列出，可按县区和文字筛选。"""
    with matcher.reading() as session:
        enterprises, total = list_enterprises(
            session, county=county, text=q, offset=offset, limit=limit
        )
    items = [EnterpriseOut.of(enterprise) for enterprise in enterprises]
    return EnterprisePage(items=items, total=total, offset=offset, limit=limit)


@router.post("", status_code=201, summary="新建企业", responses=problems(409, 413, 422))
def create(body: EnterpriseInput, matcher: MatcherDep, response: Response) -> EnterpriseSaved:
    """存入一家企业。没有编号时用信用代码，没有信用代码时按名称编号，重复提交得到 409。"""
    parsed = parse_enterprise(body.values())
    enterprise = accepted(parsed)
    create_enterprise(matcher, enterprise)
    response.headers["Location"] = f"{PREFIX}/enterprises/{quoted(enterprise.id)}"
    return EnterpriseSaved.saved(enterprise, parsed.notes)


@router.get("/{enterprise_id:path}", summary="查看企业", responses=problems(404))
def show(enterprise_id: RecordId, matcher: MatcherDep) -> EnterpriseOut:
    """一家企业的全部内容。"""
    with matcher.reading() as session:
        return EnterpriseOut.of(get_enterprise(session, enterprise_id))
