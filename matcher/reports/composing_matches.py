"""Sections on common needs, on the pairings that are proposed, and on needs without anybody."""

from typing import Final

from matcher.casework.plans import PairState
from matcher.records import Band
from matcher.reports.composing_tables import (
    FIRMS,
    NEEDS,
    amount,
    count,
    filled,
    listed,
    summed_up,
    text,
)
from matcher.reports.facts import ProposedPair
from matcher.reports.figures import MonthFigures
from matcher.reports.figures_matches import Choice, ProposalFigures
from matcher.reports.records import Cell, Chart, ChartKind, Section, Table
from matcher.reports.wording import counted, day_text, percent_text, quoted, sentence

_NAMED: Final = 3
_PAIRS: Final = "对"
_MISSING: Final = 2
_GOOD_GAP: Final = 0.0005
"""Below it a choice is as good as the best one."""


def common_section(shown: MonthFigures) -> Section:
    """Needs of several firms that tell of one problem."""
    groups = shown.common
    if groups is None:
        told = "当前使用的语义模型不能识别共性需求，本期没有归并。"
        return Section(key="common", heading="共性需求", paragraphs=(told,))
    table = listed(
        "common_needs",
        "几家企业共有的需求",
        (
            text("label", "共性问题"),
            count("firms", "企业", FIRMS),
            count("needs", "需求", NEEDS),
            text("titles", "需求名称"),
        ),
        [
            (
                "、".join(group.label),
                group.firms,
                len(group.needs),
                "；".join(need.title or need.id for need in group.needs),
            )
            for group in groups
        ],
    )
    if not groups:
        told = "没有发现几家企业提出同一个问题的需求。"
    else:
        names = quoted(["、".join(group.label) for group in groups], _NAMED)
        total = sum(len(group.needs) for group in groups)
        told = (
            f"发现共性需求{len(groups)}组，涉及需求{total}项，主要是{names}。"
            "同组需求可以合并组织对接，一次请来专家，几家企业共同受益。"
        )
    return Section(key="common", heading="共性需求", paragraphs=(told,), tables=filled(table))


def proposal_section(shown: MonthFigures) -> Section:
    """What the month's plan proposes, and how it compares with choosing by hand."""
    proposal = shown.proposal
    if proposal is None:
        told = f"{_month(shown)}还没有生成对接方案。"
        return Section(key="proposal", heading="拟开展的对接", paragraphs=(told,))
    tables = [
        summed_up(
            "plan_by_county",
            "拟开展的对接按县区",
            (
                text("county", "县区"),
                count("needs", "安排的需求", NEEDS),
                count("pairs", "拟对接", _PAIRS),
            ),
            [(row.county, row.needs, row.pairs) for row in proposal.counties],
        ),
        _by_band(proposal),
    ]
    if proposal.choices:
        tables.append(_comparison(proposal))
    chart = Chart(
        table="plan_by_county",
        title="各县区拟开展的对接",
        kind=ChartKind.BARS,
        label="county",
        series=("pairs",),
    )
    return Section(
        key="proposal",
        heading="拟开展的对接",
        paragraphs=tuple(filter(None, (_proposed(shown, proposal), _compared(proposal)))),
        charts=(chart,) if len(proposal.counties) > 1 else (),
        tables=filled(*tables),
    )


def unmet_section(shown: MonthFigures) -> Section:
    """Needs for which nobody was found, and which expertise is missing."""
    unmet, planned = shown.unmet, shown.proposal is not None
    columns = [text("field", "领域"), count("needs", "需求", NEEDS)]
    if planned:
        columns.append(count("lacking", "目录中缺少专长", NEEDS))
    columns.append(text("words", "缺少的专长" if planned else "涉及的关键词"))
    rows: list[tuple[Cell, ...]] = []
    for row in unmet.rows:
        lacking: tuple[Cell, ...] = (row.lacking,) if planned else ()
        rows.append((row.field, row.needs, *lacking, "、".join(row.words)))
    table = summed_up(
        "unmet_by_field",
        "没有落实对象的需求按领域",
        columns,
        rows,
    )
    return Section(
        key="unmet",
        heading="尚未落实对象的需求",
        paragraphs=(_unmet(shown, planned=planned),),
        tables=filled(table),
    )


def site_told(pair: ProposedPair) -> str:
    """The best fitting site that a pair may found, and what is to be found out first of it."""
    if not pair.pair.sites:
        return ""
    site = pair.pair.sites[0]
    if not site.missing:
        return site.title
    named = "、".join(site.missing[:_MISSING])
    count = len(site.missing)
    return f"{site.title}（待核实{named}{f'等{count}项' if count > _MISSING else ''}）"


def _month(shown: MonthFigures) -> str:
    return f"{shown.edition.month.month}月"


def _proposed(shown: MonthFigures, proposal: ProposalFigures) -> str:
    pairs = len(proposal.pairs)
    if not pairs:
        return f"{_month(shown)}的对接方案没有可以安排的对接。"
    first = f"经统筹安排，拟为{proposal.needs_served}项需求开展对接{pairs}对"
    bands = counted(
        ((band.label, sum(each.band is band for _, each in proposal.pairs)) for band in Band),
        _PAIRS,
    )
    states = counted(
        (
            ("已采纳", proposal.states.get(PairState.ADOPTED, 0)),
            ("不采用", proposal.states.get(PairState.DROPPED, 0)),
        ),
        _PAIRS,
    )
    decided = f"截至{day_text(shown.made_on)}，{states}" if states else ""
    return f"{sentence(first, f'其中{bands}')}{sentence(decided)}名单和理由见附表。"


def _compared(proposal: ProposalFigures) -> str:
    known = {choice.name: choice for choice in proposal.choices}
    if len(known) < 2 or not proposal.pairs:
        return ""
    ours, by_hand, *rest = proposal.choices
    told = _gain(ours, by_hand)
    crowded = rest[0].overloaded if rest else 0
    if crowded:
        told += f"；如果每项需求都取各自最合适的对象，会有{crowded}个对象超出每年可接的对接数"
    if proposal.gap > _GOOD_GAP:
        told += f"。方案离理论最优最多差{percent_text(proposal.gap)}"
    return f"{told}。"


def _gain(ours: Choice, by_hand: Choice) -> str:
    more = ours.needs_served - by_hand.needs_served
    if more > 0:
        served = f"多服务{more}项需求"
    elif more < 0:
        served = f"少服务{-more}项需求"
    else:
        served = "服务的需求数相同"
    quality = ours.quality - by_hand.quality
    if by_hand.quality and abs(quality) / by_hand.quality >= _GOOD_GAP:
        verb = "提高" if quality > 0 else "降低"
        share = percent_text(abs(quality) / by_hand.quality)
        better = f"总体匹配质量{verb}{share}"
    else:
        better = "总体匹配质量相当"
    return f"与逐项挑选相比，{served}，{better}"


def _by_band(proposal: ProposalFigures) -> Table:
    counts = [(band, sum(each.band is band for _, each in proposal.pairs)) for band in Band]
    return summed_up(
        "plan_by_band",
        "拟开展的对接按推荐档次",
        (text("band", "推荐档次"), count("pairs", "拟对接", _PAIRS)),
        [(band.label, number) for band, number in counts if number],
    )


def _comparison(proposal: ProposalFigures) -> Table:
    return listed(
        "plan_comparison",
        "几种安排方法的比较",
        (
            text("name", "安排方法"),
            count("pairs", "对接", _PAIRS),
            count("needs", "服务的需求", NEEDS),
            amount("quality", "总体匹配质量", unit=""),
            count("overloaded", "超出能力的对象", "个"),
        ),
        [
            (each.name, each.pairs, each.needs_served, round(each.quality, 2), each.overloaded)
            for each in proposal.choices
        ],
    )


def _unmet(shown: MonthFigures, *, planned: bool) -> str:
    unmet = shown.unmet
    total = len(unmet.needs)
    if not total:
        return "在库待对接的需求都有对象。" if shown.needs.open else "没有在库待对接的需求。"
    if not planned:
        return f"在库待对接的需求中，有{total}项还没有推送给任何对象。"
    first = f"有{total}项需求本次没有安排到对象"
    if not unmet.lacking:
        return f"{first}，原因见附表。"
    fields = counted(((row.field, row.lacking) for row in unmet.rows), NEEDS)
    words = list(dict.fromkeys(word for row in unmet.rows for word in row.words))
    told = f"{first}，其中{unmet.lacking}项是对象目录中缺少相应专长的：{fields}"
    need = f"。建议围绕{'、'.join(words[:8])}等方向引进或联系专家" if words else ""
    return f"{told}{need}。"
