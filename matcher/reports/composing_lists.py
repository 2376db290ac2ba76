"""Lists in the appendices of a report: everything behind its figures, one by one."""

from matcher.casework.facts import NeedFacts
from matcher.casework.plans import PairState
from matcher.reports.composing_matches import site_told
from matcher.reports.composing_sites import station_columns, station_row
from matcher.reports.composing_tables import amount, day, filled, listed, share, text
from matcher.reports.figures import MonthFigures
from matcher.reports.records import Cell, Column, Table

_TO_THE_FIRM, _OF_THE_FIRM = "贵企业", "企业"
"""Reasons are worded for a letter to the enterprise; a report to the city speaks of it."""


def appendices(shown: MonthFigures) -> tuple[Table, ...]:
    """All lists that have any rows."""
    lists = (_new, _proposed, _unmet, _running, _stations, _got)
    return filled(*(make(shown) for make in lists))


def _need_columns() -> tuple[Column, ...]:
    return (
        text("need_id", "需求编号"),
        text("title", "需求名称"),
        text("enterprise", "企业"),
        text("county", "县区"),
    )


def _need_cells(need: NeedFacts) -> tuple[Cell, ...]:
    return need.id, need.title, need.enterprise, need.county


def _new(shown: MonthFigures) -> Table:
    columns = (
        *_need_columns(),
        text("field", "领域"),
        text("industry", "行业"),
        day("submitted", "提交日期"),
        text("status", "现状"),
    )
    rows = [
        (
            *_need_cells(need),
            need.tech_field.label if need.tech_field else "",
            need.industry,
            need.submitted,
            need.status.label,
        )
        for need in shown.needs.new
    ]
    return listed("new_needs", "本期新需求名单", columns, rows)


def _proposed(shown: MonthFigures) -> Table:
    columns = (
        *_need_columns(),
        text("partner", "拟对接对象"),
        text("kind", "对象类型", printed=False),
        text("band", "推荐档次"),
        share("probability", "合适的概率", printed=False),
        text("reason", "推荐理由"),
        text("site", "适合建站", printed=False),
    )
    pairs = shown.proposal.pairs if shown.proposal else ()
    decided = any(each.pair.state is not PairState.PROPOSED for _, each in pairs)
    if decided:
        columns = (*columns, text("state", "决定"))
    rows = [
        (
            *_need_cells(need),
            each.partner,
            each.kind.label,
            each.band.label,
            round(each.pair.probability, 4),
            each.pair.reason.replace(_TO_THE_FIRM, _OF_THE_FIRM),
            site_told(each),
            *((each.pair.state.label,) if decided else ()),
        )
        for need, each in pairs
    ]
    return listed("proposed_pairs", "拟开展的对接名单", columns, rows)


def _unmet(shown: MonthFigures) -> Table:
    columns = (
        *_need_columns(),
        text("field", "领域"),
        text("words", "关键词"),
        text("reason", "原因"),
    )
    rows = [
        (
            *_need_cells(need),
            need.tech_field.label if need.tech_field else "",
            "、".join(need.keywords),
            reason or "还没有推送",
        )
        for need, reason in shown.unmet.needs
    ]
    return listed("unmet_needs", "尚未落实对象的需求名单", columns, rows)


def _running(shown: MonthFigures) -> Table:
    columns = (
        text("pairing_id", "对接编号"),
        text("title", "需求名称"),
        text("enterprise", "企业"),
        text("county", "县区"),
        text("partner", "对象"),
        text("kind", "对象类型"),
        text("stage", "阶段"),
        day("begun", "开始日期"),
        day("moved", "最近办理"),
    )
    rows = [
        (
            str(pairing.id),
            pairing.need_title,
            pairing.enterprise,
            pairing.county,
            pairing.partner,
            pairing.kind.label,
            stage.label,
            pairing.begun,
            pairing.last_moved(shown.period.as_of, is_present=shown.period.is_present),
        )
        for pairing, stage in shown.pairings.running
    ]
    return listed("running_pairings", "正在办理的对接名单", columns, rows)


def _stations(shown: MonthFigures) -> Table:
    rows = [station_row(station) for station in shown.stations.known]
    return listed("stations", "站点名单", station_columns(), rows)


def _got(shown: MonthFigures) -> Table:
    columns = (
        text("outcome_id", "编号"),
        text("kind", "成果类型"),
        text("title", "成果名称"),
        day("on", "取得日期"),
        text("number", "专利号等编号"),
        amount("amount", "金额"),
        text("origin", "来自的站点或需求"),
        text("county", "县区"),
    )
    rows = [
        (
            str(each.id),
            each.kind.label,
            each.title,
            each.on,
            each.number,
            each.amount,
            each.origin,
            each.county,
        )
        for each in shown.outcomes.listed
    ]
    return listed("outcomes", "本期成果名单", columns, rows)
