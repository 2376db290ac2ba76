"""Reports as plain JSON and back.

A day is written as YYYY-MM-DD; that it is one again when it is read follows from the kind of its
column, so a day may stand only in a column of days, and no words may.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from matcher.errors import InvalidInputError
from matcher.reports.records import (
    Cell,
    CellKind,
    Chart,
    ChartKind,
    Column,
    Edition,
    Report,
    Section,
    Table,
)


def report_to_json(report: Report) -> dict[str, Any]:
    """A report as dictionaries, lists, texts and numbers.

    Raises:
        ValueError: a cell does not fit its column, or is not a finite number.
    """
    return {
        "edition": asdict(report.edition) | {"month": report.edition.month.isoformat()},
        "title": report.title,
        "issue": report.issue,
        "period": report.period,
        "issuer": report.issuer,
        "made_on": report.made_on.isoformat(),
        "sections": [_section_to_json(section) for section in report.sections],
        "appendices": [_table_to_json(table) for table in report.appendices],
        "notes": list(report.notes),
    }


def report_from_json(values: Mapping[str, Any]) -> Report:
    """The report that was written as JSON.

    Raises:
        InvalidInputError: the values are no report.
    """
    try:
        edition = values["edition"]
        return Report(
            edition=Edition(**{**edition, "month": date.fromisoformat(edition["month"])}),
            title=values["title"],
            issue=values["issue"],
            period=values["period"],
            issuer=values["issuer"],
            made_on=date.fromisoformat(values["made_on"]),
            sections=tuple(map(_section_from_json, values["sections"])),
            appendices=tuple(map(_table_from_json, values["appendices"])),
            notes=tuple(values["notes"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInputError(f"保存的月报数据已损坏：{error!r}") from error


def _section_to_json(section: Section) -> dict[str, Any]:
    return {
        "key": section.key,
        "heading": section.heading,
        "paragraphs": list(section.paragraphs),
        "charts": [
            asdict(chart) | {"kind": chart.kind.value, "series": list(chart.series)}
            for chart in section.charts
        ],
        "tables": [_table_to_json(table) for table in section.tables],
    }


def _section_from_json(values: Mapping[str, Any]) -> Section:
    return Section(
        key=values["key"],
        heading=values["heading"],
        paragraphs=tuple(values["paragraphs"]),
        charts=tuple(
            Chart(**{**each, "kind": ChartKind(each["kind"]), "series": tuple(each["series"])})
            for each in values["charts"]
        ),
        tables=tuple(map(_table_from_json, values["tables"])),
    )


def _table_to_json(table: Table) -> dict[str, Any]:
    return {
        "key": table.key,
        "title": table.title,
        "columns": [asdict(column) | {"kind": column.kind.value} for column in table.columns],
        "rows": [_row_to_json(table, row) for row in table.rows],
        "total": None if table.total is None else _row_to_json(table, table.total),
        "empty": table.empty,
    }


def _table_from_json(values: Mapping[str, Any]) -> Table:
    columns = tuple(
        Column(**{**each, "kind": CellKind(each["kind"])}) for each in values["columns"]
    )
    total = values["total"]
    return Table(
        key=values["key"],
        title=values["title"],
        columns=columns,
        rows=tuple(_row_from_json(columns, row) for row in values["rows"]),
        total=None if total is None else _row_from_json(columns, total),
        empty=values["empty"],
    )


def _row_to_json(table: Table, row: Sequence[Cell]) -> list[str | int | float | None]:
    return [
        _cell_to_json(table, column, cell) for column, cell in zip(table.columns, row, strict=True)
    ]


def _row_from_json(columns: Sequence[Column], row: Sequence[Any]) -> tuple[Cell, ...]:
    return tuple(
        date.fromisoformat(cell) if column.kind is CellKind.DATE and cell is not None else cell
        for column, cell in zip(columns, row, strict=True)
    )


def _cell_to_json(table: Table, column: Column, cell: Cell) -> str | int | float | None:
    is_day = isinstance(cell, date)
    if cell is not None and is_day is not (column.kind is CellKind.DATE):
        raise ValueError(f"{table.key}.{column.key}: {cell!r} is no {column.kind.value}")
    if isinstance(cell, float) and not math.isfinite(cell):
        raise ValueError(f"{table.key}.{column.key}: {cell!r} is no number that JSON can hold")
    return cell.isoformat() if isinstance(cell, date) else cell
