"""The report as a Word file in the layout of official documents (GB/T 9704-2012).

The layout stands in a template that a city can edit in Word; what the placeholders stand for is
made here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import Markup

from matcher.reports.charting import ChartData, chart_data
from matcher.reports.clean import one_line
from matcher.reports.column_widths import LANDSCAPE_WIDTH, TEXT_WIDTH, is_wide
from matcher.reports.formats import chinese_date, chinese_number
from matcher.reports.native_charts import chart_parts, drawing_xml, relation_to
from matcher.reports.opc import Part, Relation
from matcher.reports.records import Report, Section, Table
from matcher.reports.templates import shipped_report_template
from matcher.reports.word_sections import landscape, section_break
from matcher.reports.word_tables import table_xml
from matcher.reports.word_template import Properties, WordTemplate, loaded_template

_CHART_STYLE = "Figure"
_LEAD = re.compile(r"（[一二三四五六七八九十]{1,3}）[^。：]{1,40}[。：]?")
_NUMBERED = re.compile(r"^[一二三四五六七八九十]{1,3}、\s*")


def write_word(report: Report, path: Path, template: Path | None = None) -> None:
    """Write a report as a .docx file; the same report and template give the same bytes.

    Args:
        report: what is to be told.
        path: of the file.
        template: a Word file with placeholders, None for the one that ships with the product.

    Raises:
        UnreadableFileError: the template is not there, or is no Word file.
        InvalidInputError: a placeholder of the template is unknown or not written correctly.
        OSError: the file cannot be written.
    """
    used = shipped_report_template() if template is None else loaded_template(template)
    path.write_bytes(word_bytes(report, used))


def word_bytes(report: Report, template: WordTemplate) -> bytes:
    """The Word file of a report.

    Raises:
        InvalidInputError: a placeholder of the template is unknown.
        UnknownNameError: a chart names a table or column that is not there.
    """
    drawn = _Drawn(report)
    properties = Properties(title=report.title, author=report.issuer, made_on=report.made_on)
    turned = bool(report.appendices) and is_wide(report.appendices[-1].on_paper)
    return template.fill(
        {"report": _context(report, template, drawn)},
        properties,
        last_section=landscape(template.section) if turned else template.section,
        added=drawn.parts,
        relations=drawn.relations,
    )


@dataclass(slots=True)
class _Drawn:
    """The figures and tables of a text as they are numbered, with the parts that they need."""

    report: Report
    figures: int = 0
    tables: int = 0
    parts: list[Part] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)

    def figure(self, data: ChartData) -> dict[str, Any]:
        self.figures += 1
        chart, book = chart_parts(data, self.figures, self.report.made_on)
        self.parts += [chart, book]
        self.relations.append(relation_to(chart, self.figures))
        return {
            "number": self.figures,
            "title": data.title,
            "unit": data.unit,
            "drawing": Markup(drawing_xml(data, self.figures, _CHART_STYLE)),
        }

    def table(self, table: Table) -> dict[str, Any]:
        self.tables += 1
        return {
            "number": self.tables,
            "title": one_line(table.title),
            "grid": Markup(table_xml(table)),
        }


def _context(report: Report, template: WordTemplate, drawn: _Drawn) -> dict[str, Any]:
    """What the placeholders stand for; README.md beside the templates explains each."""
    return {
        "title": one_line(report.title),
        "issue": one_line(report.issue),
        "period": one_line(report.period),
        "issuer": one_line(report.issuer),
        "county": one_line(report.edition.county),
        "made_on": chinese_date(report.made_on),
        "sections": [
            _section(number, section, drawn)
            for number, section in enumerate(report.sections, start=1)
        ],
        "notes": [one_line(note) for note in report.notes],
        "appendices": _appendices(report.appendices, template.section),
    }


def _section(number: int, section: Section, drawn: _Drawn) -> dict[str, Any]:
    tables = drawn.report.tables
    charts = [chart_data(chart, tables) for chart in section.charts]
    return {
        "number": chinese_number(number),
        "heading": _NUMBERED.sub("", one_line(section.heading)),
        "paragraphs": [_paragraph(text) for text in section.paragraphs],
        "charts": [drawn.figure(data) for data in charts if data is not None],
        "tables": [drawn.table(table) for table in section.tables],
    }


def _paragraph(text: str) -> dict[str, str]:
    """A paragraph; one that begins with （一） has a heading in it, up to the first full stop."""
    told = one_line(text)
    lead = _LEAD.match(told)
    heading = lead[0] if lead else ""
    return {"lead": heading, "text": told[len(heading) :]}


def _appendices(tables: Sequence[Table], upright: str) -> list[dict[str, Any]]:
    """Each begins a page, which lies as wide tables need it."""
    found = []
    before = upright
    for number, table in enumerate((table.on_paper for table in tables), start=1):
        wide = is_wide(table)
        mark = "附件" if len(tables) == 1 else f"附件{number}"
        title = one_line(table.title)
        found.append(
            {
                "mark": mark,
                "title": title,
                "listed": _listed(number, title, len(tables)),
                "new_page": Markup(section_break(before)),
                "grid": Markup(table_xml(table, LANDSCAPE_WIDTH if wide else TEXT_WIDTH)),
            }
        )
        before = landscape(upright) if wide else upright
    return found


def _listed(number: int, title: str, count: int) -> str:
    """A line of the list of appendices: 附件：1．…, those that follow below the first title."""
    if count == 1:
        return f"附件：{title}"
    return f"{'附件：' if number == 1 else '　　　'}{number}．{title}"
