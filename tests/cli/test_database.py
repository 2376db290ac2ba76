"""The verb that moves a library, as the operator types it."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL
from typer.testing import CliRunner

from matcher.cli import app
from matcher.settings import Settings
from matcher.store.changes import library_state
from matcher.store.database import open_database
from matcher.store.needs import save_needs
from matcher.store.partners import count_partners, save_partners
from tests.conftest import NEEDS, PARTNERS


def run(*arguments: str, fails: bool = False) -> str:
    result = CliRunner().invoke(app, ["database", "copy", *arguments])
    assert (result.exit_code != 0) == fails, result.output
    assert "Traceback" not in result.output
    return result.output


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MATCHER_DATABASE_URL", "")
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path / "home"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A library that is a file."""
    path = tmp_path / "old.sqlite3"
    with closing(open_database(f"sqlite:///{path}")) as opened, opened.writing() as session:
        save_partners(session, PARTNERS)
        save_needs(session, NEEDS)
    return path


def copied(url: URL | str) -> int:
    """How many partners the target has, at which revision."""
    with closing(open_database(url)) as opened, opened.reading() as session:
        assert library_state(session).revision == 2
        return sum(count_partners(session).values())


@pytest.mark.any_database
def test_there_and_back_again(file: Path, database_url: URL, tmp_path: Path) -> None:
    address = database_url.render_as_string(hide_password=False)
    assert "数据库版本 2" in run(str(file), address)
    assert copied(database_url) == len(PARTNERS)
    back = tmp_path / "back.sqlite3"
    run(address, str(back))
    assert copied(f"sqlite:///{back}") == len(PARTNERS)


def test_without_a_target_it_goes_into_the_configured_one(file: Path) -> None:
    run(str(file))
    assert copied(Settings().effective_database_url) == len(PARTNERS)


def test_what_is_there_already_is_kept(file: Path, tmp_path: Path) -> None:
    run(str(file))
    assert "目标数据库里已经有数据" in run(str(file), fails=True)


def test_a_mistyped_source_is_told_and_not_made(home: Path, tmp_path: Path) -> None:
    assert "没有" in run("missing.sqlite3", fails=True)
    assert not (tmp_path / "missing.sqlite3").exists()
    assert "不是数据库地址" in run("://", fails=True)
    assert not home.exists()


def test_an_empty_source_is_told(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path / 'empty.sqlite3'}").close()
    assert "没有任何数据" in run("empty.sqlite3", "target.sqlite3", fails=True)
