"""Verbs that screen: screen, common-needs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from matcher.cli.match import AsJson, standard_input
from matcher.cli.shared import console, opened, read_settings
from matcher.errors import InvalidInputError
from matcher.records import Need
from matcher.screener import CommonNeedGroup, Screening, SimilarNeed
from matcher.screening.classifier import Suggestion
from matcher.screening.duplicates import Likeness, LikenessKind
from matcher.text.fold import tidy

_DOUBTFUL = "这段文字不太像技术需求，可能是投错的内容，请核对。"
_LISTS = ("fields", "disciplines", "industries", "industry_groups")
_NOTHING_KNOWN = "看不出"
_NO_COMMON = "没有找到共性需求。需要两家以上企业提出同一个问题，可先导入更多需求。"


def screen(
    *,
    text: Annotated[str, typer.Option("--text", help="需求文字；写 - 则从标准输入读取")] = "",
    need: Annotated[str, typer.Option("--need", help="库中需求的编号")] = "",
    as_json: AsJson = False,
) -> None:
    """判断一条需求的领域、学科、行业和关键词，并找出库中重复或属于同一问题的需求。"""
    if bool(text) == bool(need):
        raise InvalidInputError("请给出 --text 或 --need 之一")
    need, words = tidy(need), tidy(standard_input() if text == "-" else text)
    with opened(read_settings()) as matcher:
        screener = matcher.screener
        screening = screener.screen_need(need) if need else screener.screen_text(words)
        warnings = screener.warnings
    if as_json:
        _print_json(_screening_data(screening) | {"warnings": list(warnings)})
        return
    _print_hints([*warnings, _DOUBTFUL] if screening.doubtful else warnings)
    console.print(_about_table(screening, f"需求：{need or words[:60]}"))
    if not screening.similar:
        console.print("库中没有重复的需求，也没有属于同一问题的需求。")
        return
    console.print(_similar_table(screening.similar))


def common_needs(as_json: AsJson = False) -> None:
    """列出库中的共性需求：两家以上企业提出的同一个问题。"""
    with opened(read_settings()) as matcher:
        groups = matcher.screener.common_needs()
        able, warnings = matcher.screener.tells_problems, matcher.screener.warnings
    if as_json:
        data = [_group_data(group) for group in groups]
        _print_json({"tells_problems": able, "groups": data, "warnings": list(warnings)})
        return
    _print_hints(warnings)
    if groups:
        console.print(_groups_table(groups))
    elif able:
        console.print(_NO_COMMON)


def _screening_data(screening: Screening) -> dict[str, Any]:
    return {
        **{
            name: [_suggestion_data(each) for each in getattr(screening.classification, name)]
            for name in _LISTS
        },
        "keywords": [
            {"text": keyword.text, "probability": keyword.probability}
            for keyword in screening.keywords
        ],
        "similar": [
            {
                **asdict(similar.likeness),
                "kind_label": similar.likeness.kind.label,
                "need": _need_data(similar.need),
            }
            for similar in screening.similar
        ],
        "doubtful": screening.doubtful,
    }


def _suggestion_data(suggestion: Suggestion) -> dict[str, Any]:
    return asdict(suggestion) | {"confidence": round(suggestion.confidence, 4)}


def _group_data(common: CommonNeedGroup) -> dict[str, Any]:
    return {
        "label": list(common.group.label),
        "cohesion": common.group.cohesion,
        "enterprise_count": len(common.group.enterprises),
        "enterprise_ids": list(common.group.enterprises),
        "needs": [_need_data(need) for need in common.needs],
    }


def _need_data(need: Need) -> dict[str, Any]:
    return {
        "id": need.id,
        "title": need.title,
        "enterprise_id": need.enterprise_id,
        "county": need.county,
        "sample": need.sample,
    }


def _about_table(screening: Screening, title: str) -> Table:
    """What a need is about, a line for each list."""
    table = _table(title)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    classified = screening.classification
    table.add_row("所属领域", _suggested(classified.fields))
    table.add_row("学科", _suggested(classified.disciplines))
    table.add_row("行业大类", _suggested(classified.industries, coded=True))
    table.add_row("行业中类", _suggested(classified.industry_groups, coded=True))
    keywords = "、".join(keyword.text for keyword in screening.keywords)
    table.add_row("推荐关键词", Text(keywords or _NOTHING_KNOWN))
    return table


def _suggested(found: Sequence[Suggestion], *, coded: bool = False) -> Text:
    """Suggestions with their confidence, a line each."""
    if not found:
        return Text(_NOTHING_KNOWN)
    return Text("\n").join(
        Text(f"{_percent(each.confidence)}  {f'{each.code} ' if coded else ''}{each.label}")
        for each in found
    )


def _percent(probability: float) -> str:
    """A probability to show to people, three signs wide; nothing here is ever certain."""
    return f"{min(probability, 0.99):3.0%}"


def _similar_table(similar: Sequence[SimilarNeed]) -> Table:
    table = _table("库中相似的需求")
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for each in similar:
        likeness = each.likeness
        words = Text(f"都有：{'、'.join(likeness.common_words)}", style="dim")
        shown = [_need(each.need), words] if likeness.common_words else [_need(each.need)]
        table.add_row(f"{likeness.kind.label}\n把握 {_percent(_sureness(likeness))}", Group(*shown))
    return table


def _sureness(likeness: Likeness) -> float:
    """Probability of what the likeness is said to be."""
    if likeness.kind is LikenessKind.SAME or likeness.related is None:
        return likeness.same
    return likeness.related


def _groups_table(groups: Iterable[CommonNeedGroup]) -> Table:
    table = _table("共性需求")
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for common in groups:
        label = Text("、".join(common.group.label), style="bold")
        table.add_row(
            f"{len(common.group.enterprises)} 家企业\n把握 {_percent(common.group.cohesion)}",
            Group(label, *map(_need, common.needs)),
        )
    return table


def _need(need: Need) -> Text:
    about = "，".join(filter(None, (need.id, need.county)))
    mark = "（示例）" if need.sample else ""
    return Text(f"{tidy(need.title or need.problem[:40])}{mark}　{about}")


def _table(title: str) -> Table:
    return Table(
        title=Text(title), title_justify="left", show_lines=True, show_header=False, expand=True
    )


def _print_hints(hints: Iterable[str]) -> None:
    for hint in hints:
        console.print(f"提示：{hint}")


def _print_json(data: dict[str, Any]) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
