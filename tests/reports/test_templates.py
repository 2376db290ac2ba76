"""The shipped templates, where they are looked for, and their trial on the command line."""

from pathlib import Path

import pytest
from docx import Document
from typer.testing import CliRunner

from matcher.cli.report_templates import report_templates
from matcher.cli.shared import make_app
from matcher.errors import ConflictError, UnknownNameError
from matcher.reports.opc import read_package
from matcher.reports.template_parts import document, paragraph
from matcher.reports.templates import (
    LETTER_TEMPLATE,
    REPORT_TEMPLATE,
    shipped_templates,
    template_in,
    write_templates,
)
from matcher.reports.trial import try_template
from matcher.settings import data_folder

app = make_app("试")
app.command("report-templates")(report_templates)
app.command("other")(lambda: None)
SHIPPED = data_folder() / "report_templates"


@pytest.mark.parametrize("name", [REPORT_TEMPLATE, LETTER_TEMPLATE])
def test_the_files_are_those_that_the_program_writes(name: str) -> None:
    # The packages may be compressed differently on another machine; their parts are the same.
    assert read_package((SHIPPED / name).read_bytes()) == read_package(shipped_templates()[name])


def test_the_guide_explains_every_placeholder() -> None:
    guide = (SHIPPED / "README.md").read_text(encoding="utf-8")
    for name in shipped_templates():
        told = "\n".join(each.text for each in Document(str(SHIPPED / name)).paragraphs)
        for piece in told.replace("{{", "\n{{").replace("}}", "\n").split("\n"):
            if "{{" in piece:
                placeholder = piece.split("{{")[1].removeprefix("p ").strip()
                is_own = placeholder.startswith(("loop.", "note", "line", "contact"))
                assert is_own or placeholder in guide, placeholder


def test_templates_are_copied_but_never_over_edited_ones(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert [path.name for path in write_templates(folder)] == [REPORT_TEMPLATE, LETTER_TEMPLATE]
    (folder / LETTER_TEMPLATE).unlink()
    (folder / REPORT_TEMPLATE).write_bytes(b"edited")
    with pytest.raises(ConflictError, match=r"已经有月报.docx"):
        write_templates(folder)
    assert not (folder / LETTER_TEMPLATE).exists()
    write_templates(folder, overwrite=True)
    assert (folder / REPORT_TEMPLATE).read_bytes() == shipped_templates()[REPORT_TEMPLATE]


def test_the_first_folder_that_has_a_template_counts(tmp_path: Path) -> None:
    assert template_in([tmp_path, SHIPPED], REPORT_TEMPLATE) == SHIPPED / REPORT_TEMPLATE
    write_templates(tmp_path)
    assert template_in([tmp_path, SHIPPED], REPORT_TEMPLATE) == tmp_path / REPORT_TEMPLATE
    assert template_in([tmp_path / "none"], REPORT_TEMPLATE) is None


def test_a_template_is_filled_on_trial() -> None:
    assert list(try_template(SHIPPED / REPORT_TEMPLATE)) == ["试填的月报.docx"]
    assert len(try_template(SHIPPED / LETTER_TEMPLATE)) == 3
    with pytest.raises(UnknownNameError, match=r"月报.docx、对接函.docx"):
        try_template(SHIPPED / "别的.docx")


def test_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "home"))
    run = CliRunner()
    result = run.invoke(app, ["report-templates"])
    folder = tmp_path / "home" / "report_templates"
    assert result.exit_code == 0
    assert {path.name for path in folder.iterdir()} == {
        REPORT_TEMPLATE,
        LETTER_TEMPLATE,
        "README.md",
    }
    again = run.invoke(app, ["report-templates"])
    assert (again.exit_code, "没有覆盖" in again.stderr) == (1, True)
    assert run.invoke(app, ["report-templates", "--overwrite"]).exit_code == 0

    edited = folder / REPORT_TEMPLATE
    good = run.invoke(
        app, ["report-templates", "--check", str(edited), "--out", str(tmp_path / "look")]
    )
    assert good.exit_code == 0
    assert "没有错误" in good.stdout
    assert Document(str(tmp_path / "look" / "试填的月报.docx")).tables

    edited.write_bytes(document([paragraph("Title", "{{ report.titel }}")]))
    bad = run.invoke(app, ["report-templates", "--check", str(edited)])
    assert bad.exit_code == 1
    assert "不认识的占位符“titel”" in bad.stderr
