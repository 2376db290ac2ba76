"""The verbs user add, list, password, disable and enable."""

from typing import Annotated

import typer
from rich.table import Table

from matcher.cli.operating import operators_desk, password_from_input
from matcher.cli.shared import console, make_app
from matcher.desk import people
from matcher.people import Role
from matcher.people.days import shown_moment
from matcher.people.rules import ROLES_OF_ACCOUNTS

_ALL = 100_000

app = make_app("账号：谁可以登录网页。")

Username = Annotated[str, typer.Argument(metavar="账号名", help="登录用的账号名")]
FromInput = Annotated[
    bool, typer.Option("--password-stdin", help="从标准输入读口令，不给则随机生成")
]


@app.command("add")
def add(
    username: Username,
    name: Annotated[str, typer.Option("--name", help="姓名")],
    role: Annotated[
        str,
        typer.Option("--role", help="角色：" + "、".join(role.label for role in ROLES_OF_ACCOUNTS)),
    ],
    county: Annotated[str, typer.Option("--county", help="县区，只有县级工作人员填写")] = "",
    password_stdin: FromInput = False,
) -> None:
    """新建账号，并显示一次口令。"""
    chosen = Role.parse(role, field="role")
    password = password_from_input() if password_stdin else ""
    with operators_desk() as desk:
        account, made = people.create_account(
            desk, username, name=name, role=chosen, county=county, password=password
        )
    place = account.county or account.role.label
    console.print(f"已新建账号 {account.username}：{account.name}，{place}")
    _show_password(made, was_given=password_stdin)


@app.command("list")
def list_all() -> None:
    """列出全部账号。"""
    with operators_desk() as desk:
        accounts, _ = people.find(desk, limit=_ALL)
    if not accounts:
        console.print("还没有账号。新建：matcher user add 账号名 --name 姓名 --role 市级管理员")
        return
    table = Table("账号名", "姓名", "角色", "县区", "状态", "最近登录")
    for account in accounts:
        table.add_row(
            account.username,
            account.name,
            account.role.label,
            account.county,
            "可登录" if account.active else "已停用",
            shown_moment(account.last_login) or "从未登录",
        )
    console.print(table)


@app.command("password")
def password(username: Username, password_stdin: FromInput = False) -> None:
    """重设口令，并显示一次；此账号在各处的登录随即结束。"""
    given = password_from_input() if password_stdin else ""
    with operators_desk() as desk:
        made = people.reset_password(desk, username, given)
    console.print(f"已重设账号 {username} 的口令，此前的登录都已结束")
    _show_password(made, was_given=password_stdin)


@app.command("disable")
def disable(username: Username) -> None:
    """停用账号；此账号在各处的登录随即结束。"""
    _switch(username, active=False)


@app.command("enable")
def enable(username: Username) -> None:
    """重新启用账号。"""
    _switch(username, active=True)


def _switch(username: str, *, active: bool) -> None:
    with operators_desk() as desk:
        account = people.set_active(desk, username, active)
    told = "可以登录" if active else "已停用，不能再登录"
    console.print(f"账号 {account.username}（{account.name}）{told}")


def _show_password(password: str, *, was_given: bool) -> None:
    if not was_given:
        console.print(f"口令：{password}", soft_wrap=True)
        console.print("口令只显示这一次，请妥善转交；本人登录后可在右上角自己的名字里修改")
