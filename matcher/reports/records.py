"""A report as data: every document, page and answer of the API is drawn from the same one."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from matcher.records import LabelledEnum

Cell: TypeAlias = str | int | float | date | None
"""A share is a number from 0 to 1; None is shown as a dash."""


class CellKind(LabelledEnum):
    """How the cells of a column are to be written."""

    TEXT = "text", "文字"
    COUNT = "count", "数量"
    AMOUNT = "amount", "金额"
    SHARE = "share", "比例"
    DATE = "date", "日期"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "列类型"


class ChartKind(LabelledEnum):
    """How a chart is drawn."""

    BARS = "bars", "条形图"
    COLUMNS = "columns", "柱形图"
    LINE = "line", "折线图"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "图表类型"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """For which time and place a report is.

    `month` is its first day; with `year_to_date` it reaches from January to that month. An empty
    county is the whole city.
    """

    month: date
    county: str = ""
    year_to_date: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table.

    `unit` is such as 项, 万元, empty where there is none. A column that is not `printed` stands in
    spreadsheets and on pages, but not in a document on paper, where it would squeeze the others.
    """

    key: str
    label: str
    kind: CellKind = CellKind.TEXT
    unit: str = ""
    printed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    r"""A table.

    Attributes:
        key: its name in the API and of its sheet's address, such as needs_by_county.
        title: its Chinese title, at most 31 characters and without []:*?/\\, as a sheet's must be.
        columns: the columns.
        rows: the rows, each with a cell for every column.
        total: a last row with totals, None where there is nothing to add up.
        empty: what to say where there are no rows.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None
    empty: str = "本期没有"

    @property
    def on_paper(self) -> "Table":
        """The table with the columns alone that are printed."""
        kept = [place for place, column in enumerate(self.columns) if column.printed]
        return replace(
            self,
            columns=tuple(self.columns[place] for place in kept),
            rows=tuple(tuple(row[place] for place in kept) for row in self.rows),
            total=self.total and tuple(self.total[place] for place in kept),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart of columns of a table: labels from the first of them, a series of each other.

    `most` is how many rows are drawn, the first ones of the table.
    """

    table: str
    title: str
    kind: ChartKind
    label: str
    series: tuple[str, ...]
    most: int = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a report. Paragraphs come first, then charts, then tables."""

    key: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A monthly report.

    Attributes:
        edition: for which time and place.
        title: such as 温州市企业技术需求对接工作月报.
        issue: such as 2026 年第 11 期.
        period: such as 2026年11月1日至11月30日.
        issuer: who issues it.
        made_on: the day of its figures.
        sections: the text with its tables.
        appendices: lists that are too long for the text.
        notes: how the figures were obtained: model, revision, what was counted how.
    """

    edition: Edition
    title: str
    issue: str
    period: str
    issuer: str
    made_on: date
    sections: tuple[Section, ...]
    appendices: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """All tables, those of the text first."""
        return (*(table for section in self.sections for table in section.tables), *self.appendices)
