"""Filling a template on trial, so that a mistake in it shows when it is made."""

from datetime import date
from pathlib import Path
from typing import Final

from matcher.errors import UnknownNameError
from matcher.reports.letter_records import Addressee, Letter
from matcher.reports.letters import letter_bytes
from matcher.reports.records import (
    CellKind,
    Chart,
    ChartKind,
    Column,
    Edition,
    Report,
    Section,
    Table,
)
from matcher.reports.templates import LETTER_TEMPLATE, REPORT_TEMPLATE
from matcher.reports.word import word_bytes
from matcher.reports.word_template import WordTemplate

_DAY: Final = date(2026, 11, 30)
_ISSUER: Final = "示例市科学技术协会"


def try_template(path: Path) -> dict[str, bytes]:
    """Fill a template with invented content of every kind; returns the files, by name.

    Args:
        path: of the template, which has the name that it will be used under.

    Raises:
        UnknownNameError: no document is made from a template of this name.
        UnreadableFileError: it is not there, or is no Word file.
        InvalidInputError: a placeholder is unknown, or not written correctly.
    """
    if path.name == REPORT_TEMPLATE:
        return {"试填的月报.docx": word_bytes(_report(), WordTemplate.load(path))}
    if path.name == LETTER_TEMPLATE:
        template = WordTemplate.load(path)
        return {
            f"试填的对接函（{addressee.label}）.docx": letter_bytes(_letter(addressee), template)
            for addressee in Addressee
        }
    raise UnknownNameError("模板文件名", path.name, (REPORT_TEMPLATE, LETTER_TEMPLATE))


def _report() -> Report:
    table = Table(
        key="needs",
        title="各县（市、区）需求",
        columns=(
            Column(key="county", label="县（市、区）"),
            Column(key="count", label="需求", kind=CellKind.COUNT, unit="项"),
            Column(key="share", label="占比", kind=CellKind.SHARE),
        ),
        rows=(("甲县", 30, 0.75), ("乙区", 10, 0.25)),
        total=("合计", 40, 1.0),
    )
    chart = Chart(
        table="needs", title="各地需求", kind=ChartKind.BARS, label="county", series=("count",)
    )
    section = Section(
        key="overview",
        heading="总体情况",
        paragraphs=("本月新增需求40项。", "（一）需求有所增长。这是试填的内容。"),
        charts=(chart,),
        tables=(table,),
    )
    return Report(
        edition=Edition(month=_DAY.replace(day=1)),
        title="示例市企业技术需求对接工作月报（试填）",
        issue="2026年第11期",
        period="2026年11月1日至11月30日",
        issuer=_ISSUER,
        made_on=_DAY,
        sections=(section,),
        appendices=(table,),
        notes=("这份文件用虚构的内容试填，只用来检查模板。",),
    )


def _letter(addressee: Addressee) -> Letter:
    released = addressee is Addressee.BOTH
    return Letter(
        addressee=addressee,
        to="示例单位",
        number="对接函〔2026〕1-1号",
        need_title="虚构的需求",
        need_text="这是试填的内容，只用来检查模板。",
        partner_name="虚构的专家" if released else "该专家",
        partner_text="院士专家，研究方向为虚构的方向。",
        reason="这是试填的理由。",
        evidence=("《虚构的论文》（论文，2024年）",),
        site="院士专家工作站",
        to_clarify=("是否退休",),
        released=released,
        contacts=("企业联系人：示例·张某",) if released else (),
        issuer=_ISSUER,
        date=_DAY,
    )
