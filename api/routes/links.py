"""Links for the enterprises of a county over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api.auth import DeskDep
from api.openapi import PREFIX, problems
from api.parameters import Limit, Offset, Search
from api.people_input import said
from api.schemas.people import LinkInput, LinkOut, LinkPage, NewLinkOut
from api.urls import submission_url
from matcher.desk import links
from matcher.people import Validity

router = APIRouter(prefix="/links", tags=["账号"])

LinkId = Annotated[int, Path(ge=1, le=2**31 - 1, description="链接的编号")]


@router.get("", summary="列出填报链接", responses=problems(422))
def list_all(
    desk: DeskDep,
    *,
    county: Annotated[Search, Query(description="县区")] = "",
    q: Annotated[Search, Query(description="用途、县区或建立者中的文字")] = "",
    validity: Annotated[Search, Query(description="状态：valid、expired 或 closed")] = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> LinkPage:
    """新的在前，停用的也列出；县级工作人员只看到本县区的。"""
    found, total = links.find(
        desk,
        county=county,
        text=q,
        validity=Validity.parse(validity, field="validity") if validity else None,
        offset=offset,
        limit=limit,
    )
    items = [LinkOut.of(link) for link in found]
    return LinkPage(items=items, total=total, offset=offset, limit=limit)


@router.post("", status_code=201, summary="新建填报链接", responses=problems(413, 422))
def create(request: Request, body: LinkInput, desk: DeskDep, response: Response) -> NewLinkOut:
    """返回发给企业的链接，只此一次。"""
    link, token = links.create(
        desk,
        said(body.county, "county"),
        label=said(body.label, "label"),
        last_day=body.last_day_asked(),
    )
    response.headers["Location"] = f"{PREFIX}/links/{link.id}"
    response.headers["Cache-Control"] = "no-store"
    return NewLinkOut.shown(link, submission_url(request, token))


@router.get("/{link_id}", summary="查看填报链接", responses=problems(404))
def show(link_id: LinkId, desk: DeskDep) -> LinkOut:
    """一个填报链接，不含链接本身。"""
    return LinkOut.of(links.get(desk, link_id))


@router.post("/{link_id}/close", summary="停用填报链接", responses=problems(404))
def close(link_id: LinkId, desk: DeskDep) -> LinkOut:
    """此后企业打开它会看到说明；已停用的保持原样。"""
    return LinkOut.of(links.close(desk, link_id))
