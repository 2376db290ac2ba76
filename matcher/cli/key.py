"""The verbs key add, list and revoke."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from matcher.cli.operating import last_day_after, operators_desk
from matcher.cli.shared import console, make_app
from matcher.desk import keys
from matcher.people import Permission, Role
from matcher.people.days import last_day_before, shown_moment
from matcher.people.rules import ROLES_OF_KEYS

_ALL = 100_000

app = make_app("接口密钥：哪些程序可以调用接口。")


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="用途", help="密钥给谁用、做什么")],
    role: Annotated[
        str, typer.Option("--role", help="角色：" + "、".join(role.label for role in ROLES_OF_KEYS))
    ],
    county: Annotated[str, typer.Option("--county", help="县区，只有县级工作人员填写")] = "",
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", help="权限，可给多次，如 read、match；不给则有该角色的全部权限"),
    ] = None,
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=3650, help="有效天数，不给则不过期")
    ] = None,
) -> None:
    """新建接口密钥，并显示一次。"""
    chosen = frozenset(Permission.parse(each, field="scope") for each in scope) if scope else None
    with operators_desk() as desk:
        key, shown = keys.create(
            desk,
            name,
            role=Role.parse(role, field="role"),
            county=county,
            scope=chosen,
            last_day=last_day_after(days),
        )
    console.print(f"已新建接口密钥 {key.prefix}：{key.name}，{key.county or key.role.label}")
    console.print(f"密钥：{shown}", soft_wrap=True)
    console.print("密钥只显示这一次，请妥善转交。调用接口时写在请求头里：")
    console.print("Authorization: Bearer 密钥")


@app.command("list")
def list_all() -> None:
    """列出全部接口密钥，新的在前。"""
    with operators_desk() as desk:
        found, _ = keys.find(desk, limit=_ALL)
    if not found:
        console.print("还没有接口密钥。新建：matcher key add 用途 --role 只读")
        return
    now = datetime.now(UTC)
    table = Table("编号", "用途", "角色", "县区", "权限", "状态", "有效至", "最近使用")
    for key in found:
        table.add_row(
            key.prefix,
            key.name,
            key.role.label,
            key.county,
            "、".join(each.label for each in Permission if each in key.scope),
            key.validity(now).label,
            str(last_day_before(key.expires_at) or "不过期"),
            shown_moment(key.last_used) or "从未使用",
        )
    console.print(table)


@app.command("revoke")
def revoke(
    prefix: Annotated[str, typer.Argument(metavar="编号", help="密钥的编号，见 key list")],
) -> None:
    """停用一个接口密钥。"""
    with operators_desk() as desk:
        key = keys.revoke(desk, prefix)
    console.print(f"接口密钥 {key.prefix}（{key.name}）已停用")
