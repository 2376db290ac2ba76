"""Accounts over HTTP, and who it is that asks."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api.auth import ActorDep, DeskDep, begin_session
from api.deps import MatcherDep
from api.openapi import PREFIX, problems
from api.parameters import Limit, Offset, Search
from api.people_input import flag_of, said, yes_or_no
from api.schemas.people import (
    AccountChange,
    AccountInput,
    AccountOut,
    AccountPage,
    MeOut,
    NewAccountOut,
    PasswordChange,
)
from matcher.desk import people
from matcher.desk.signing_in import change_own_password
from matcher.people import Role

router = APIRouter(tags=["账号"])

UsernamePath = Annotated[str, Path(max_length=40, description="账号名")]


@router.get("/me", summary="查看调用者自己")
def show_me(actor: ActorDep) -> MeOut:
    """调用者是谁、有哪些权限；程序可以用来检查自己的密钥。"""
    return MeOut.of(actor)


@router.post("/me/password", status_code=204, summary="修改自己的口令", responses=problems(422))
def change_password(
    request: Request, response: Response, body: PasswordChange, matcher: MatcherDep, actor: ActorDep
) -> None:
    """只有用账号登录的人可以；成功后其他电脑上的登录随即结束，本次登录继续。"""
    old, new = said(body.old, "old"), said(body.new, "new")
    begin_session(request, response, change_own_password(matcher, actor, old, new))


@router.get("/accounts", summary="列出账号", responses=problems(422))
def list_all(
    desk: DeskDep,
    *,
    q: Annotated[Search, Query(description="账号名、姓名或县区中的文字")] = "",
    role: Annotated[Search, Query(description="角色，英文值或中文名")] = "",
    active: Annotated[Search, Query(description="能否登录：yes 或 no")] = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> AccountPage:
    """按账号名列出。账号只由登录的市级管理员管理，接口密钥没有这个权限。"""
    found, total = people.find(
        desk,
        text=q,
        role=Role.parse(role, field="role") if role else None,
        active=yes_or_no(active, "active"),
        offset=offset,
        limit=limit,
    )
    items = [AccountOut.model_validate(account) for account in found]
    return AccountPage(items=items, total=total, offset=offset, limit=limit)


@router.post("/accounts", status_code=201, summary="新建账号", responses=problems(409, 413, 422))
def create(body: AccountInput, desk: DeskDep, response: Response) -> NewAccountOut:
    """返回随机生成的口令，只此一次。"""
    account, password = people.create_account(
        desk,
        said(body.username, "username"),
        name=said(body.name, "name"),
        role=Role.parse(said(body.role, "role"), field="role"),
        county=said(body.county, "county"),
    )
    response.headers["Location"] = f"{PREFIX}/accounts/{account.username}"
    response.headers["Cache-Control"] = "no-store"
    return NewAccountOut.shown(account, password)


@router.get("/accounts/{username}", summary="查看账号", responses=problems(404))
def show(username: UsernamePath, desk: DeskDep) -> AccountOut:
    """一个账号。"""
    return AccountOut.model_validate(people.get(desk, said(username, "username")))


@router.put("/accounts/{username}", summary="修改账号", responses=problems(404, 409, 413, 422))
def change(username: UsernamePath, body: AccountChange, desk: DeskDep) -> AccountOut:
    """修改姓名、角色、县区和能否登录；此账号在各处的登录随即结束。"""
    account = people.change(
        desk,
        said(username, "username"),
        name=said(body.name, "name"),
        role=Role.parse(said(body.role, "role"), field="role"),
        county=said(body.county, "county"),
        active=flag_of(body.active, "active"),
        seen=said(body.version, "version"),
    )
    return AccountOut.model_validate(account)


@router.post("/accounts/{username}/password", summary="重设口令", responses=problems(404, 422))
def reset_password(username: UsernamePath, desk: DeskDep, response: Response) -> NewAccountOut:
    """返回新的随机口令，只此一次；此账号在各处的登录随即结束。"""
    identifier = said(username, "username")
    password = people.reset_password(desk, identifier)
    response.headers["Cache-Control"] = "no-store"
    return NewAccountOut.shown(people.get(desk, identifier), password)
