"""What commands write into the log."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from matcher.cli import app
from tests.logged import log_put_back

ADD = ["user", "add", "wang", "--name", "王某", "--role", "只读"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "home"))
    with log_put_back():
        yield tmp_path


def ended(*arguments: str, **settings: str) -> Result:
    names = {f"MATCHER_LOG_{name.upper()}": value for name, value in settings.items()}
    return CliRunner().invoke(app, list(arguments), env=names)


@pytest.mark.parametrize("to_file", [True, False])
def test_a_line_for_a_verb_that_has_ended(home: Path, to_file: bool) -> None:
    file = home / "log.jsonl"
    result = ended(*ADD, format="json", file=str(file) if to_file else "")
    (line,) = (file.read_text("utf-8") if to_file else result.stderr).splitlines()
    read = json.loads(line)
    assert (read["message"], read["verb"], read["outcome"]) == ("verb ended", "user", "ok")
    assert read["seconds"] >= 0
    assert "王" not in line
    assert "口令" in result.stdout


def test_on_a_terminal_only_what_is_for_people() -> None:
    assert ended(*ADD).stderr == ""
    again = ended(*ADD)
    assert again.exit_code == 1
    (told,) = again.stderr.splitlines()
    assert told.startswith("错误：")


def test_a_refusal_is_logged_by_its_kind() -> None:
    result = ended("user", "disable", "王某", format="json")
    told, line = result.stderr.splitlines()
    assert told.startswith("错误：")
    assert json.loads(line)["outcome"] == "exit 1"
    assert "王" not in line


def test_settings_that_are_wrong_are_named(home: Path) -> None:
    result = ended(*ADD, format="xml")
    assert result.exit_code == 1
    assert result.stderr.startswith("错误：MATCHER_LOG_FORMAT 的值“xml”不可用，可用的有")
    missing = ended(*ADD, file=str(home / "none" / "log"))
    assert missing.stderr.startswith("错误：磁盘或文件夹不可用")
