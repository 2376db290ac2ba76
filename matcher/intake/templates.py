"""Writing the spreadsheet templates that people fill in."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from matcher.intake.columns import Column, Content, Subject
from matcher.intake.partner_columns import EVIDENCE
from matcher.intake.tables import EVIDENCE_SHEET, TABLES

GUIDE_SHEET = "填写说明"

_LAST_ROW = 5000
_HEADER_FONT = Font(name="微软雅黑", bold=True, color="FFFFFF")
_REQUIRED_FILL = PatternFill("solid", fgColor="C00000")
_OPTIONAL_FILL = PatternFill("solid", fgColor="1F4E79")
_EXAMPLE_FONT = Font(name="微软雅黑", italic=True, color="808080")
_EXAMPLE_FILL = PatternFill("solid", fgColor="F2F2F2")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_FLAGS = ("是", "否")
_FLAG_FIELDS = {"above_designated", "high_tech", "leading"}
_WIDE, _NARROW = 42, 16

_RULES = (
    "红色表头、带 * 的列必须填写；蓝色表头的列可以不填。",
    "灰色斜体的一行是示例，编号以“示例”开头，导入时自动跳过，可以保留也可以删除。",
    "请不要改动表头的列名，不要在表格中填写联系人、电话、邮箱。",
)


def write_template(subject: Subject, path: Path) -> None:
    """Write the template of a subject: header, example row, drop-down lists and a guide.

    Every text is written as text, so that no cell is a formula.
    """
    table = TABLES[subject]
    book = Workbook()
    sheet = book.active
    sheet.title = table.noun
    columns = template_columns(table.columns)
    _write_table(sheet, columns)
    guided = [(table.noun, columns)]
    if subject is Subject.PARTNERS:
        evidence = template_columns(EVIDENCE.columns)
        _write_table(book.create_sheet(EVIDENCE_SHEET), evidence)
        guided.append((EVIDENCE_SHEET, evidence))
    _write_guide(book.create_sheet(GUIDE_SHEET), guided)
    book.save(path)


def template_columns(columns: Sequence[Column]) -> list[Column]:
    """The columns that stand in a template."""
    return [column for column in columns if column.in_template]


def header_text(column: Column) -> str:
    """What stands in the header of a template: the label, with an asterisk if required."""
    return f"{column.label} *" if column.required else column.label


def _write_table(sheet: Any, columns: Sequence[Column]) -> None:  # noqa: ANN401
    for place, column in enumerate(columns, start=1):
        letter = get_column_letter(place)
        head = _write(sheet.cell(1, place), header_text(column))
        head.font = _HEADER_FONT
        head.fill = _REQUIRED_FILL if column.required else _OPTIONAL_FILL
        head.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
        head.comment = Comment(column.hint, "导入模板", width=260, height=80)
        example = _write(sheet.cell(2, place), column.example)
        example.font, example.fill, example.alignment = _EXAMPLE_FONT, _EXAMPLE_FILL, _WRAPPED
        dimension = sheet.column_dimensions[letter]
        dimension.width = _WIDE if column.content is Content.TEXT else _NARROW
        dimension.number_format = example.number_format
        _add_choices(sheet, column, letter)
    sheet.row_dimensions[1].height = 34
    sheet.freeze_panes = "B2"


def _add_choices(sheet: Any, column: Column, letter: str) -> None:  # noqa: ANN401
    """A drop-down list; where the list is not strict it warns only."""
    labels: tuple[str, ...] = _FLAGS if column.field in _FLAG_FIELDS else ()
    if column.choices:
        labels = tuple(member.label for member in column.choices)
    if not labels:
        return
    validation = DataValidation(
        type="list",
        formula1=f'"{",".join(labels)}"',
        allow_blank=True,
        showErrorMessage=True,
        errorStyle="stop" if column.strict else "warning",
        errorTitle=column.label,
        error="请从下拉列表中选择",
    )
    validation.add(f"{letter}2:{letter}{_LAST_ROW}")
    sheet.add_data_validation(validation)


def _write_guide(sheet: Any, tables: Sequence[tuple[str, Sequence[Column]]]) -> None:  # noqa: ANN401
    rows: list[Sequence[str]] = [(rule,) for rule in _RULES]
    for name, columns in tables:
        rows += [(), (f"工作表“{name}”各列的填法",)]
        rows += [(header_text(column), column.hint, str(column.example)) for column in columns]
    for number, row in enumerate(rows, start=1):
        for place, text in enumerate(row, start=1):
            _write(sheet.cell(number, place), text).alignment = Alignment(vertical="top")
    for letter, width in zip("ABC", (24, 70, 60), strict=True):
        sheet.column_dimensions[letter].width = width


def _write(cell: Any, value: str | int | float) -> Any:  # noqa: ANN401
    """Write a value; a text as text, whatever it begins with."""
    if isinstance(value, str):
        cell.value = value or None
        cell.data_type = "s" if value else "n"
        cell.number_format = "@"
        cell.quotePrefix = value[:1] in {"=", "+", "-", "@"}
    else:
        cell.value = value
    return cell
