"""The Word templates that ship with the product: the monthly report (月报) and the letter (对接函).

They are written by a program so that each of their sizes is on record; a city takes copies of
them and edits these in Word.
"""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

from matcher.errors import ConflictError
from matcher.reports.template_parts import control, document, paragraph
from matcher.reports.template_styles import HEI, KAI
from matcher.reports.word_template import WordTemplate

REPORT_TEMPLATE: Final = "月报.docx"
LETTER_TEMPLATE: Final = "对接函.docx"


def write_templates(folder: Path, *, overwrite: bool = False) -> list[Path]:
    """Write the templates as they ship into a folder; returns the files.

    Raises:
        ConflictError: one of them is there already, and may have been edited.
        OSError: the folder cannot be written to.
    """
    contents = {folder / name: content for name, content in shipped_templates().items()}
    there = [path.name for path in contents if path.exists()]
    if there and not overwrite:
        raise ConflictError(
            f"“{folder}”里已经有{'、'.join(there)}，可能是改过的，没有覆盖。"
            "要换回原样，请先把它改名或者移走"
        )
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in contents.items():
        path.write_bytes(content)
    return list(contents)


def shipped_templates() -> dict[str, bytes]:
    """The files of the templates, by name."""
    return {REPORT_TEMPLATE: document(_report()), LETTER_TEMPLATE: document(_letter())}


def template_in(folders: Iterable[Path], name: str) -> Path | None:
    """The template of this name in the first folder that has one; None if none has."""
    return next((path for folder in folders if (path := folder / name).is_file()), None)


@lru_cache(maxsize=1)
def shipped_report_template() -> WordTemplate:
    """The template of the report as it ships, compiled once."""
    return WordTemplate.read(REPORT_TEMPLATE, document(_report()))


@lru_cache(maxsize=1)
def shipped_letter_template() -> WordTemplate:
    """The template of the letter as it ships, compiled once."""
    return WordTemplate.read(LETTER_TEMPLATE, document(_letter()))


def _report() -> list[str]:
    return [
        paragraph("RedHead", "{{ report.issuer }}"),
        paragraph("IssueLine", "{{ report.issue }}"),
        paragraph("RedRule"),
        paragraph("Title", "{{ report.title }}"),
        paragraph("Period", "（{{ report.period }}）"),
        control("{%p for section in report.sections %}"),
        paragraph("Heading1", "{{ section.number }}、{{ section.heading }}"),
        control("{%p for paragraph in section.paragraphs %}"),
        paragraph("BodyText", ("{{ paragraph.lead }}", KAI), "{{ paragraph.text }}"),
        control("{%p endfor %}"),
        control("{%p for chart in section.charts %}"),
        control("{{p chart.drawing }}"),
        paragraph(
            "FigureTitle",
            "图{{ chart.number }}　{{ chart.title }}"
            "{% if chart.unit %}（单位：{{ chart.unit }}）{% endif %}",
        ),
        control("{%p endfor %}"),
        control("{%p for table in section.tables %}"),
        paragraph("TableTitle", "表{{ table.number }}　{{ table.title }}"),
        control("{{p table.grid }}"),
        paragraph("TableEnd"),
        control("{%p endfor %}"),
        control("{%p endfor %}"),
        control("{%p if report.notes %}"),
        paragraph("Heading1", "统计说明"),
        control("{%p for note in report.notes %}"),
        paragraph("Note", "{{ loop.index }}．{{ note }}"),
        control("{%p endfor %}"),
        control("{%p endif %}"),
        control("{%p if report.appendices %}"),
        paragraph("AppendixList"),
        control("{%p for appendix in report.appendices %}"),
        paragraph("AppendixList", "{{ appendix.listed }}"),
        control("{%p endfor %}"),
        control("{%p endif %}"),
        paragraph("Signature"),
        paragraph("Signature", "{{ report.issuer }}"),
        paragraph("SignedOn", "{{ report.made_on }}"),
        control("{%p for appendix in report.appendices %}"),
        control("{{p appendix.new_page }}"),
        paragraph("AppendixMark", "{{ appendix.mark }}"),
        paragraph("AppendixTitle", "{{ appendix.title }}"),
        control("{{p appendix.grid }}"),
        control("{%p endfor %}"),
        paragraph("TableEnd"),
    ]


def _letter() -> list[str]:
    return [
        paragraph("LetterHead", "{{ letter.issuer }}"),
        paragraph("LetterRule"),
        paragraph("LetterNumber", "{{ letter.number }}"),
        paragraph("LetterTitle", "{{ letter.title }}"),
        paragraph("LetterFlush", "{{ letter.to }}："),
        control('{%p if letter.addressee == "enterprise" %}'),
        paragraph(
            "LetterText",
            "贵单位提出的技术需求“{{ letter.need_title }}”已列入企业技术需求项目库。"
            "经比对专家和机构名录，现推荐{{ letter.partner_name }}与贵单位对接，请研究。",
        ),
        control('{%p elif letter.addressee == "partner" %}'),
        paragraph(
            "LetterText",
            "我会征集到一项企业技术需求“{{ letter.need_title }}”，经比对，与贵方的专业方向相近。"
            "现将需求函告，请考虑是否愿意与企业对接。",
        ),
        control("{%p else %}"),
        paragraph(
            "LetterText",
            "经我会推荐，现就技术需求“{{ letter.need_title }}”介绍双方直接对接，请予支持。",
        ),
        control("{%p endif %}"),
        paragraph("LetterText", ("需求内容：", HEI), "{{ letter.need_text }}"),
        control('{%p if letter.addressee != "partner" %}'),
        paragraph("LetterText", ("推荐对象：", HEI), "{{ letter.partner_text }}"),
        control("{%p endif %}"),
        paragraph("LetterText", ("推荐理由：", HEI), "{{ letter.reason }}"),
        control("{%p if letter.evidence %}"),
        paragraph("LetterText", ("相关成果：", HEI)),
        control("{%p for line in letter.evidence %}"),
        paragraph("LetterLine", "{{ loop.index }}．{{ line }}"),
        control("{%p endfor %}"),
        control("{%p endif %}"),
        control("{%p if letter.site %}"),
        paragraph(
            "LetterText",
            ("合作建议：", HEI),
            "双方达成合作后，可以申请建立{{ letter.site }}。"
            "{% if letter.to_clarify %}申请前请核实：{{ letter.to_clarify }}。{% endif %}",
        ),
        control("{%p endif %}"),
        control("{%p if letter.contacts %}"),
        paragraph("LetterText", ("联系方式：", HEI)),
        control("{%p for contact in letter.contacts %}"),
        paragraph("LetterLine", "{{ contact }}"),
        control("{%p endfor %}"),
        control("{%p else %}"),
        paragraph("LetterText", ("联系方式：", HEI), "{{ letter.forwarding }}"),
        control("{%p endif %}"),
        paragraph("LetterText", "此致"),
        paragraph("LetterFlush", "敬礼！"),
        paragraph("LetterSign", "{{ letter.issuer }}"),
        paragraph("LetterSign", "{{ letter.date }}"),
    ]
