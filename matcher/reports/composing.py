"""From a month's figures to the report: headings, prose with the figures in it, tables, charts."""

from matcher.reports.composing_lists import appendices
from matcher.reports.composing_matches import common_section, proposal_section, unmet_section
from matcher.reports.composing_needs import needs_section, overview, progress_section
from matcher.reports.composing_sites import (
    associations_section,
    outcomes_section,
    stations_section,
)
from matcher.reports.figures import MonthFigures
from matcher.reports.issuers import Issuer
from matcher.reports.periods import Period
from matcher.reports.records import Edition, Report

_SUBJECT = "企业技术需求对接工作"


def report_of(shown: MonthFigures, issuer: Issuer) -> Report:
    """Compose the report of an edition.

    Args:
        shown: its figures.
        issuer: who issues it, and for which place.
    """
    edition = shown.edition
    place = edition.county or "全市"
    return Report(
        edition=edition,
        title=f"{edition.county or issuer.place}{_SUBJECT}{_kind(edition)}",
        issue=_issue(edition),
        period=shown.period.text,
        issuer=issuer.name,
        made_on=shown.made_on,
        sections=(
            overview(shown, place),
            needs_section(shown, place),
            progress_section(shown),
            stations_section(shown),
            outcomes_section(shown),
            common_section(shown),
            proposal_section(shown),
            unmet_section(shown),
            associations_section(shown, place),
        ),
        appendices=appendices(shown),
        notes=_notes(shown),
    )


def _kind(edition: Edition) -> str:
    return "年度累计报告" if edition.year_to_date else "月报"


def _issue(edition: Edition) -> str:
    year, month = edition.month.year, edition.month.month
    if not edition.year_to_date:
        return f"{year}年第{month}期"
    return f"{year}年1月" if month == 1 else f"{year}年1至{month}月"


def _notes(shown: MonthFigures) -> tuple[str, ...]:
    period = shown.period
    notes = [
        f"“本期”是{period.text}，“对比期”是{_before(period)}（{period.before_name}）。",
        "新需求按提交日期计，草稿不计；入库、对接、签约、建站按需求第一次走到该环节的日期计，"
        "每项需求每个环节只计一次。",
        f"各环节现有数量以{_full(period)}为准；站点和企业科协的状态以统计当日为准。",
    ]
    if shown.proposal is not None:
        notes.append(
            "“合适的概率”由系统根据需求和对象的材料推算，供参考，是否对接由工作人员决定；"
            "“总体匹配质量”是各对概率之和。"
        )
    model = f"，所用语义模型 {shown.model_id}" if shown.model_id else ""
    made = shown.made_on
    notes.append(
        f"数据统计日期{made.year}年{made.month}月{made.day}日，资料库版本 {shown.revision}{model}。"
    )
    return tuple(notes)


def _before(period: Period) -> str:
    first, last = period.before.first, period.before.last
    begin = f"{first.year}年{first.month}月{first.day}日"
    return begin if first == last else f"{begin}至{last.month}月{last.day}日"


def _full(period: Period) -> str:
    day = period.as_of
    return f"{day.year}年{day.month}月{day.day}日"
