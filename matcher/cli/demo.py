"""The verb demo."""

from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.operating import tell_demo_account
from matcher.cli.shared import console, opened, progress_bar, read_settings
from matcher.cli.show import ranking_table
from matcher.demo import demo_settings, load_demo
from matcher.records import Need
from matcher.service import Matcher
from matcher.store.needs import count_needs, list_needs
from matcher.store.partners import count_partners

_SHOWN_NEEDS = 5
_SHOWN_PARTNERS = 3


def demo(
    home: Annotated[
        Path | None, typer.Option("--home", help="工作区，默认 MATCHER_HOME 下的 demo")
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, max=20, help="每条需求列出几名")] = (
        _SHOWN_PARTNERS
    ),
) -> None:
    """装入演示数据，建立索引，为演示需求排序，并列出结果与证据。"""
    settings = demo_settings(read_settings())
    if home is not None:
        settings = settings.model_copy(update={"home": home})
    with progress_bar() as report:
        load_demo(settings, report)
    with opened(settings) as matcher:
        _describe(matcher)
        _rank_all(matcher, top)
    if home is None:
        console.print("\n打开网页：make serve（或 matcher serve --demo），然后用浏览器登录。")
        tell_demo_account(settings)


def _describe(matcher: Matcher) -> None:
    with matcher.reading() as session:
        partners = count_partners(session)
        needs = count_needs(session)
    counts = "，".join(f"{kind.label} {count}" for kind, count in partners.items())
    console.print(f"演示库：需求 {needs} 条；{counts}")


def _rank_all(matcher: Matcher, top: int) -> None:
    """Rank every need; print the tables of the first of each of several fields."""
    with matcher.reading() as session:
        needs, _ = list_needs(session, limit=1000)
    milliseconds = []
    shown = {need.id for need in _one_of_each_field(needs)[:_SHOWN_NEEDS]}
    with progress_bar() as report:
        for number, need in enumerate(needs, start=1):
            ranking = matcher.match_need(need.id, top=top)
            milliseconds.append(ranking.milliseconds)
            report("排序", number, len(needs))
            if need.id in shown:
                console.print(f"\n需求 {need.id} {need.title}", style="bold")
                console.print(ranking_table(ranking, need.problem))
    if milliseconds:
        median = sorted(milliseconds)[len(milliseconds) // 2]
        console.print(
            f"为 {len(needs)} 条需求排序，每条 {median:.0f} 毫秒（中位数）；"
            f"以上为其中 {len(shown)} 条。"
        )


def _one_of_each_field(needs: list[Need]) -> list[Need]:
    first: dict[str, Need] = {}
    for need in needs:
        first.setdefault(need.field or "", need)
    return list(first.values())
