"""Sections on the whole, on needs and on their progress."""

from typing import Final

from matcher.casework.milestones import Milestone
from matcher.casework.needs import NeedStatus
from matcher.casework.pairings import PairingStage
from matcher.reports.composing_tables import (
    NEEDS,
    by_milestone,
    count,
    filled,
    listed,
    share,
    split,
    summed_up,
    text,
)
from matcher.reports.figures import MonthFigures
from matcher.reports.records import Chart, ChartKind, Section, Table
from matcher.reports.wording import (
    amount_text,
    compared,
    counted,
    day_text,
    leading,
    percent_text,
    sentence,
)

_DONE: Final = {
    Milestone.LISTED: "审核入库",
    Milestone.MATCHING: "开展对接",
    Milestone.SIGNED: "签约",
    Milestone.STATIONED: "建站",
}
_STANDING: Final = (
    NeedStatus.PENDING,
    NeedStatus.LISTED,
    NeedStatus.MATCHING,
    NeedStatus.SIGNED,
    NeedStatus.STATIONED,
)
_COME: Final = {Milestone.SUBMITTED: "提交"} | {
    milestone: word[-2:] for milestone, word in _DONE.items()
}


def overview(shown: MonthFigures, place: str) -> Section:
    """What happened in a few sentences, and by month."""
    needs = shown.needs
    milestones = listed(
        "milestones",
        "办理情况",
        (
            text("milestone", "办理环节"),
            count("now", "本期", NEEDS),
            count("before", "对比期", NEEDS),
            count("change", "增减", NEEDS),
        ),
        [
            (milestone.label, change.now, change.before, change.difference)
            for milestone, change in needs.milestones.items()
        ],
    )
    several = len(needs.months) > 1
    months = by_milestone("months", "逐月办理情况", "月份", needs.months)
    chart = Chart(
        table="months",
        title="逐月新需求和签约数",
        kind=ChartKind.LINE,
        label="name",
        series=(Milestone.SUBMITTED.value, Milestone.SIGNED.value),
    )
    told = (_came(shown, place), _stands(shown), _sites(shown))
    return Section(
        key="overview",
        heading="总体情况",
        paragraphs=tuple(filter(None, told)),
        charts=(chart,) if several else (),
        tables=(milestones, months) if several else (milestones,),
    )


def needs_section(shown: MonthFigures, place: str) -> Section:
    """New needs by county, field and industry."""
    needs = shown.needs
    parts = [
        ("needs_by_county", "县区", needs.by_county),
        ("needs_by_field", "领域", needs.by_field),
        ("needs_by_industry", "行业", needs.by_industry),
    ]
    if shown.edition.county:
        del parts[0]
    tables = [split(key, f"各{name}新需求", name, each) for key, name, each in parts]
    new = needs.milestones[Milestone.SUBMITTED].now
    told = [f"按{name}分，{words}" for _, name, each in parts if (words := leading(each, NEEDS))]
    if not new:
        paragraph = f"{shown.period.name}{place}没有新征集的企业技术需求。"
    elif told:
        paragraph = f"新征集的{new}项需求，{'；'.join(told)}。"
    else:
        paragraph = f"新征集的{new}项需求都没有注明{'、'.join(name for _, name, _ in parts)}。"
    return Section(
        key="needs",
        heading="需求征集情况",
        paragraphs=(paragraph,),
        charts=tuple(
            _bars(table, "name", "now") for table in tables if len(table.rows) > 1 and new
        ),
        tables=filled(*tables),
    )


def progress_section(shown: MonthFigures) -> Section:
    """How far needs and pairings have come."""
    needs, pairings = shown.needs, shown.pairings
    funnel = _funnel(shown)
    tables = [
        funnel,
        listed(
            "cohort",
            "新需求走到哪一步",
            (text("step", "环节"), count("needs", "需求", NEEDS), share("share", "占新需求")),
            [(_COME[step.milestone], step.count, step.share) for step in needs.cohort if needs.new],
        ),
        summed_up(
            "pairings_by_stage",
            "对接所处阶段",
            (text("stage", "阶段"), count("pairings", "对接", NEEDS)),
            [
                (stage.label, pairings.stages[stage])
                for stage in PairingStage
                if pairings.stages.get(stage)
            ],
        ),
    ]
    if not shown.edition.county:
        county = by_milestone("progress_by_county", "各县区办理情况", "县区", needs.counties)
        tables.insert(0, county)
    return Section(
        key="progress",
        heading="对接进展",
        paragraphs=(_cohort(shown), _pairings(shown)),
        charts=(_bars(funnel, "step", "reached"),) if needs.standing[0].reached else (),
        tables=filled(*tables),
    )


def _funnel(shown: MonthFigures) -> Table:
    """Only what stands at each level adds up: who has come farther is counted at every level."""
    levels = shown.needs.standing
    return Table(
        key="funnel",
        title="全部需求走到哪一步",
        columns=(
            text("step", "环节"),
            count("reached", "走到该环节", NEEDS),
            share("share", "占上一环节"),
            count("standing", "仍在该环节", NEEDS),
        ),
        rows=tuple((each.label, each.reached, each.share, each.standing) for each in levels),
        total=("合计", None, None, sum(each.standing for each in levels)),
    )


def _bars(table: Table, label: str, series: str) -> Chart:
    return Chart(
        table=table.key, title=table.title, kind=ChartKind.BARS, label=label, series=(series,)
    )


def _came(shown: MonthFigures, place: str) -> str:
    period, reached = shown.period, shown.needs.milestones
    new = reached[Milestone.SUBMITTED]
    came = f"新征集企业技术需求{new.now}项" if new.now else "没有新征集的企业技术需求"
    done = counted(((word, reached[each].now) for each, word in _DONE.items()), NEEDS)
    return sentence(
        f"{period.name}（{period.text}），{place}{came}",
        compared(new, period.before_name, NEEDS),
        done,
    )


def _stands(shown: MonthFigures) -> str:
    statuses = shown.needs.statuses
    total = sum(statuses.get(status, 0) for status in _STANDING)
    day = day_text(shown.period.as_of)
    if not total:
        return f"截至{day}，没有在办的需求。"
    parts = counted(((status.label, statuses.get(status, 0)) for status in _STANDING), NEEDS)
    done = statuses.get(NeedStatus.COMPLETED, 0)
    ended = f"累计办结{done}项" if done else ""
    return sentence(f"截至{day}，在办需求共{total}项，其中{parts}", ended)


def _sites(shown: MonthFigures) -> str:
    stations, outcomes = shown.stations, shown.outcomes
    sites = ""
    if stations.active or stations.new:
        new = f"，{shown.period.name}新建{len(stations.new)}个" if stations.new else ""
        ending = f"，60天内到期或到期未办理的{len(stations.ending)}个" if stations.ending else ""
        sites = f"现有运行中的站点{stations.active}个{new}{ending}。"
    got = outcomes.total.now
    if not got:
        return sites
    money = f"，新增销售额{amount_text(outcomes.amount)}万元" if outcomes.amount else ""
    return f"{sites}{shown.period.name}取得成果{got}项{money}。"


def _cohort(shown: MonthFigures) -> str:
    steps = shown.needs.cohort
    total = steps[0].count
    if not total:
        return f"{shown.period.name}没有新需求，以下为此前需求的办理情况。"
    come = [
        f"已{_DONE[step.milestone]}{step.count}项（{percent_text(step.share or 0.0)}）"
        for step in steps[1:]
        if step.count
    ]
    told = "、".join(come) if come else "都还没有审核入库"
    return f"{shown.period.name}提交的{total}项需求中，{told}。"


def _pairings(shown: MonthFigures) -> str:
    pairings, period = shown.pairings, shown.period
    begun = pairings.begun
    first = sentence(
        f"{period.name}新建立对接{begun.now}项" if begun.now else f"{period.name}没有新建立的对接",
        compared(begun, period.before_name, NEEDS),
    )
    running = [(stage.label, number) for stage, number in _underway(shown)]
    total = sum(number for _, number in running)
    if not total:
        return first
    told = f"正在办理的对接共{total}项：{counted(running, NEEDS)}"
    return f"{first}截至{day_text(period.as_of)}，{told}。"


def _underway(shown: MonthFigures) -> list[tuple[PairingStage, int]]:
    stages = [stage for _, stage in shown.pairings.running]
    return [(stage, stages.count(stage)) for stage in PairingStage if stage in stages]
