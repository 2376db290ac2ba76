"""Verbs that ask: rank, needs-for, similar."""

import json
import sys
from typing import Annotated

import typer

from matcher.cli.shared import console, opened, read_settings
from matcher.cli.show import ranking_data, ranking_table
from matcher.errors import InvalidInputError
from matcher.records import Match, PartnerKind, Ranking, SearchFilter
from matcher.text.fold import tidy

Top = Annotated[int, typer.Option("--top", min=1, max=1000, help="列出前几名")]
AsJson = Annotated[bool, typer.Option("--json", help="以 JSON 输出")]
Kinds = Annotated[
    list[str] | None, typer.Option("--kind", help="只要这类对象（可重复）：专家、学会……")
]
Region = Annotated[str, typer.Option("--region", help="只要这个地区的，如 浙江省")]

_NO_PARTNERS = "没有找到可推荐的对象。可放宽类型或地区，或先用 matcher import partners 导入对象。"
_NO_NEEDS = "没有找到合适的需求。可放宽县区，或先用 matcher import needs 导入需求。"
_NO_SIMILAR = "没有找到相似的需求。可先用 matcher import needs 导入更多需求。"


def rank(
    *,
    text: Annotated[str, typer.Option("--text", help="需求文字；写 - 则从标准输入读取")] = "",
    need: Annotated[str, typer.Option("--need", help="库中需求的编号")] = "",
    top: Top = 10,
    kind: Kinds = None,
    region: Region = "",
    as_json: AsJson = False,
) -> None:
    """为一条需求排出最合适的对象，并列出证据。"""
    if bool(text) == bool(need):
        raise InvalidInputError("请给出 --text 或 --need 之一")
    restriction = search_filter(kind, region)
    need, words = tidy(need), tidy(standard_input() if text == "-" else text)
    with opened(read_settings()) as matcher:
        if need:
            ranking = matcher.match_need(need, top=top, restriction=restriction)
        else:
            ranking = matcher.match_text(words, top=top, restriction=restriction)
    show(ranking, f"需求：{need or words[:60]}", as_json, empty=_NO_PARTNERS)


def needs_for(
    partner: Annotated[str, typer.Argument(help="对象的编号")],
    top: Top = 10,
    region: Annotated[str, typer.Option("--county", help="只要这个县区的需求")] = "",
    as_json: AsJson = False,
) -> None:
    """为一个对象找出它可能解决的需求。"""
    partner = tidy(partner)
    with opened(read_settings()) as matcher:
        ranking = matcher.needs_for(partner, top=top, restriction=SearchFilter(region=region))
    show(ranking, f"对象：{partner}", as_json, empty=_NO_NEEDS)


def similar(
    need: Annotated[str, typer.Argument(help="需求的编号")],
    top: Top = 10,
    as_json: AsJson = False,
) -> None:
    """找出与一条需求相似的其他需求。"""
    need = tidy(need)
    with opened(read_settings()) as matcher:
        ranking = matcher.similar_needs(need, top=top)
    show(ranking, f"与 {need} 相似的需求", as_json, empty=_NO_SIMILAR)


def search_filter(kinds: list[str] | None, region: str) -> SearchFilter:
    """A filter from what was typed; unknown kinds raise UnknownNameError."""
    parsed = (PartnerKind.parse(name, field="kind") for name in kinds or ())
    return SearchFilter(kinds=frozenset(parsed), region=region.strip())


def show(ranking: Ranking[Match], title: str, as_json: bool, *, empty: str) -> None:
    """Print a ranking with its warnings, or `empty` where nothing was found."""
    if as_json:
        typer.echo(json.dumps(ranking_data(ranking), ensure_ascii=False, indent=2))
        return
    for warning in ranking.warnings:
        console.print(f"提示：{warning}")
    if not ranking.matches:
        console.print(empty)
        return
    console.print(ranking_table(ranking, title))
    console.print(
        f"考察 {ranking.considered} 个候选，用时 {ranking.milliseconds:.0f} 毫秒", style="dim"
    )


def standard_input() -> str:
    """What stands on the standard input.

    Raises:
        InvalidInputError: it is not UTF-8.
    """
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise InvalidInputError("标准输入不是 UTF-8 文字，请先转换编码") from error
