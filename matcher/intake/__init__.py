"""Intake: files, forms and API bodies → records, or faults that say where and what is wrong."""

from matcher.intake.columns import Column, Subject, Table
from matcher.intake.enterprises import parse_enterprise
from matcher.intake.evidence import parse_evidence
from matcher.intake.files import read_records
from matcher.intake.needs import parse_need
from matcher.intake.needtext import NEED_TEXT_LIMIT, check_need_text
from matcher.intake.partners import parse_partner
from matcher.intake.report import IntakeReport, render_fault, render_report, summarise
from matcher.intake.results import Fault, Note, Parsed, ParsedNeed, RawRow, RowResult
from matcher.intake.rows import read_rows
from matcher.intake.tables import TABLES
from matcher.intake.templates import write_template

__all__ = [
    "NEED_TEXT_LIMIT",
    "TABLES",
    "Column",
    "Fault",
    "IntakeReport",
    "Note",
    "Parsed",
    "ParsedNeed",
    "RawRow",
    "RowResult",
    "Subject",
    "Table",
    "check_need_text",
    "parse_enterprise",
    "parse_evidence",
    "parse_need",
    "parse_partner",
    "read_records",
    "read_rows",
    "render_fault",
    "render_report",
    "summarise",
    "write_template",
]
