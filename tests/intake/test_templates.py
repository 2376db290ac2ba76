from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from matcher.intake import Subject, read_records, summarise, write_template
from matcher.intake.partner_columns import EVIDENCE
from matcher.intake.tables import EVIDENCE_SHEET, TABLES
from matcher.intake.templates import header_text, template_columns
from matcher.records import Partner

COMMITTED = Path(__file__).parents[2] / "data" / "templates"


def headers(path: Path, sheet: str) -> list[str]:
    return [cell.value for cell in load_workbook(path)[sheet][1]]


@pytest.mark.parametrize("subject", Subject)
def test_the_committed_templates_are_up_to_date(subject: Subject, tmp_path: Path) -> None:
    table = TABLES[subject]
    committed = COMMITTED / table.template
    assert headers(committed, table.noun) == [
        header_text(column) for column in template_columns(table.columns)
    ]
    write_template(subject, tmp_path / "new.xlsx")
    fresh, old = load_workbook(tmp_path / "new.xlsx"), load_workbook(committed)
    assert fresh.sheetnames == old.sheetnames
    for sheet in fresh:
        assert list(sheet.values) == list(old[sheet.title].values)


def test_the_partners_template_has_the_evidence_sheet() -> None:
    found = headers(COMMITTED / TABLES[Subject.PARTNERS].template, EVIDENCE_SHEET)
    assert found == [header_text(column) for column in template_columns(EVIDENCE.columns)]


@pytest.mark.parametrize("subject", Subject)
def test_an_untouched_template_holds_no_records(subject: Subject) -> None:
    report = summarise(read_records(COMMITTED / TABLES[subject].template, subject))
    assert (report.good, report.faulty) == (0, 0)


@pytest.mark.parametrize("subject", Subject)
def test_the_example_is_a_good_record(subject: Subject, tmp_path: Path) -> None:
    path = tmp_path / "filled.xlsx"
    write_template(subject, path)
    book = load_workbook(path)
    for sheet in book.worksheets[:-1]:
        sheet["A3"] = "T1"
        for cell in sheet[2][1:]:
            sheet.cell(3, cell.column).value = cell.value
    book.save(path)
    results = list(read_records(path, subject, today=date(2026, 11, 22)))
    assert {result.row for result in results} == {2, 3}
    assert all(not result.faults for result in results)
    (record,) = [result.record for result in results if result.record]
    if isinstance(record, Partner):
        assert [item.id for item in record.evidence] == ["T1-1"]


@pytest.mark.parametrize("subject", Subject)
def test_no_cell_is_a_formula_and_lists_are_offered(subject: Subject, tmp_path: Path) -> None:
    write_template(subject, tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    offered = [v.formula1 for v in book.worksheets[0].data_validations.dataValidation]
    for column in TABLES[subject].columns:
        if column.choices:
            assert f'"{",".join(member.label for member in column.choices)}"' in offered
    assert all(len(formula) <= 257 for formula in offered)
