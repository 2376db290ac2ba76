"""The verbs link add, list and close."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from matcher.cli.operating import last_day_after, operators_desk
from matcher.cli.shared import console, make_app
from matcher.desk import links
from matcher.people.days import last_day_before, shown_moment

_ALL = 100_000

app = make_app("填报链接：企业不用登录，打开县区的链接就能填报需求。")


@app.command("add")
def add(
    county: Annotated[str, typer.Argument(metavar="县区", help="哪个县区的企业使用")],
    label: Annotated[str, typer.Option("--label", help="用途，如“2026 年下半年征集”")] = "",
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=3650, help="有效天数，不给则不过期")
    ] = None,
) -> None:
    """新建填报链接，并显示一次。"""
    with operators_desk() as desk:
        link, token = links.create(desk, county, label=label, last_day=last_day_after(days))
    console.print(f"已新建{link.county}的填报链接，编号 {link.id}")
    console.print(f"链接：网站地址/submit/{token}", soft_wrap=True)
    console.print("把“网站地址”换成企业打开本系统所用的地址。链接只显示这一次，请妥善转交")


@app.command("list")
def list_all() -> None:
    """列出全部填报链接，新的在前。"""
    with operators_desk() as desk:
        found, _ = links.find(desk, limit=_ALL)
    if not found:
        console.print("还没有填报链接。新建：matcher link add 县区")
        return
    now = datetime.now(UTC)
    table = Table("编号", "县区", "用途", "状态", "有效至", "已填报（条）", "建立")
    for link in found:
        table.add_row(
            str(link.id),
            link.county,
            link.label,
            link.validity(now).label,
            str(last_day_before(link.expires_at) or "不过期"),
            str(link.uses),
            shown_moment(link.created_at),
        )
    console.print(table)


@app.command("close")
def close(
    number: Annotated[int, typer.Argument(metavar="编号", min=1, help="链接的编号，见 link list")],
) -> None:
    """停用一个填报链接。"""
    with operators_desk() as desk:
        link = links.close(desk, number)
    console.print(f"{link.county}的填报链接 {link.id} 已停用，企业打开时会看到说明")
