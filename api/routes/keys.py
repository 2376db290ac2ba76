"""Keys for programs over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.auth import DeskDep
from api.openapi import PREFIX, problems
from api.parameters import Limit, Offset, Search
from api.people_input import said
from api.schemas.people import KeyInput, KeyOut, KeyPage, NewKeyOut
from matcher.desk import keys
from matcher.people import Role, Validity

router = APIRouter(prefix="/keys", tags=["账号"])

Prefix = Annotated[str, Path(max_length=16, description="密钥的编号")]


@router.get("", summary="列出接口密钥", responses=problems(422))
def list_all(
    desk: DeskDep,
    *,
    q: Annotated[Search, Query(description="用途、编号、县区或建立者中的文字")] = "",
    validity: Annotated[Search, Query(description="状态：valid、expired 或 closed")] = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> KeyPage:
    """新的在前，停用的也列出。密钥只由登录的市级管理员管理，接口密钥没有这个权限。"""
    found, total = keys.find(
        desk,
        text=q,
        validity=Validity.parse(validity, field="validity") if validity else None,
        offset=offset,
        limit=limit,
    )
    items = [KeyOut.of(key) for key in found]
    return KeyPage(items=items, total=total, offset=offset, limit=limit)


@router.post("", status_code=201, summary="新建接口密钥", responses=problems(413, 422))
def create(body: KeyInput, desk: DeskDep, response: Response) -> NewKeyOut:
    """返回密钥，只此一次。"""
    key, text = keys.create(
        desk,
        said(body.name, "name"),
        role=Role.parse(said(body.role, "role"), field="role"),
        county=said(body.county, "county"),
        scope=body.scope_asked(),
        last_day=body.last_day_asked(),
    )
    response.headers["Location"] = f"{PREFIX}/keys/{key.prefix}"
    response.headers["Cache-Control"] = "no-store"
    return NewKeyOut.shown(key, text)


@router.get("/{prefix}", summary="查看接口密钥", responses=problems(404))
def show(prefix: Prefix, desk: DeskDep) -> KeyOut:
    """一个接口密钥，不含密钥本身。"""
    return KeyOut.of(keys.get(desk, said(prefix, "prefix")))


@router.post("/{prefix}/revoke", summary="停用接口密钥", responses=problems(404))
def revoke(prefix: Prefix, desk: DeskDep) -> KeyOut:
    """此后用它的程序得到 401；已停用的保持原样。"""
    return KeyOut.of(keys.revoke(desk, said(prefix, "prefix")))
