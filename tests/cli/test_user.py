"""The verbs about people, as the operator types them; no model is loaded for them."""

import re
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from matcher.bootstrap import open_library
from matcher.cli import app
from matcher.cli.operating import tell_demo_account
from matcher.demo import demo_settings
from matcher.desk import Act
from matcher.people import ActorKind, AuditEntry, Permission
from matcher.people.passwords import password_fits
from matcher.people.secrets import key_prefix, token_digest
from matcher.settings import Settings
from matcher.store.accounts import find_account
from matcher.store.api_keys import find_key, find_link
from matcher.store.audit import list_audit
from matcher.store.database import Database

PASSWORD = re.compile(r"口令：((?:\w{4}-){3}\w{4})\n")


def run(*arguments: str, typed: str = "", fails: bool = False) -> str:
    result = CliRunner().invoke(app, list(arguments), input=typed)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert (result.exit_code != 0) == fails, result.output
    assert "Traceback" not in result.output
    return result.output


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MATCHER_DATABASE_URL", "")
    monkeypatch.setenv("MATCHER_MODEL", "no model is needed")
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path / "home"


@pytest.fixture
def library(home: Path) -> Database:
    opened = open_library(Settings())
    opened.close()
    return opened


def log(library: Database) -> list[AuditEntry]:
    with library.reading() as session:
        return list_audit(session)[0][::-1]


def test_an_account_is_made_with_a_password_that_is_shown(library: Database) -> None:
    output = run("user", "add", "Wang", "--name", "王示例", "--role", "市级管理员")
    found = PASSWORD.search(output)
    assert found
    with library.reading() as session:
        stored = find_account(session, "wang")
    assert stored is not None
    assert password_fits(found.group(1), stored[1])
    (entry,) = log(library)
    assert (entry.actor_kind, entry.action) == (ActorKind.PROGRAM, Act.CREATE)
    listed = run("user", "list")
    assert "王示例" in listed
    assert "从未登录" in listed


def test_a_given_password_is_not_shown(library: Database) -> None:
    output = run(
        *("user", "add", "wang", "--name", "王", "--role", "county_staff"),
        *("--county", "乐清市", "--password-stdin"),
        typed="correct horse battery\n",
    )
    assert "horse" not in output
    with library.reading() as session:
        stored = find_account(session, "wang")
    assert stored is not None
    assert stored[0].county == "乐清市"
    assert password_fits("correct horse battery", stored[1])
    assert "没有口令" in run("user", "password", "wang", "--password-stdin", fails=True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["add", "9x", "--name", "王", "--role", "只读"], "账号名要以字母开头"),
        (["add", "wang", "--name", "王", "--role", "boss"], "未知的角色"),
        (["add", "wang", "--name", "王", "--role", "县级工作人员"], "请填写县区"),
        (["password", "nobody"], "没有编号为“nobody”的账号"),
        (["disable", "nobody"], "没有编号为“nobody”的账号"),
    ],
)
def test_what_will_not_do_is_one_line(arguments: list[str], told: str) -> None:
    output = run("user", *arguments, fails=True)
    assert told in output
    assert output.startswith("错误：")
    assert output.count("\n") == 1


def test_an_account_is_disabled_enabled_and_given_a_new_password(library: Database) -> None:
    run("user", "add", "wang", "--name", "王", "--role", "只读")
    assert "已停用" in run("user", "disable", "wang")
    assert "已停用" in run("user", "list")
    assert "可以登录" in run("user", "enable", "wang")
    assert PASSWORD.search(run("user", "password", "wang"))
    acts = [entry.action for entry in log(library)]
    assert acts == [Act.CREATE, Act.REVOKE, Act.CHANGE, Act.PASSWORD]


def test_an_empty_list_says_what_to_do() -> None:
    assert "matcher user add" in run("user", "list")
    assert "matcher key add" in run("key", "list")
    assert "matcher link add" in run("link", "list")


def test_a_key_is_shown_once(library: Database) -> None:
    output = run(
        *("key", "add", "政务平台", "--role", "市级工作人员"),
        *("--scope", "read", "--scope", "查询匹配", "--days", "30"),
    )
    found = re.search(r"密钥：(nm_\S+)", output)
    assert found
    shown = found.group(1)
    with library.reading() as session:
        stored = find_key(session, key_prefix(shown))
    assert stored is not None
    assert stored[0].scope == {Permission.READ, Permission.MATCH}
    assert stored[1] == token_digest(shown)
    listed = run("key", "list")
    assert shown not in listed
    assert "有效" in listed
    assert "已停用" in run("key", "revoke", key_prefix(shown))
    assert "已停用" in run("key", "list")
    assert "角色应为" in run("key", "add", "x", "--role", "市级管理员", fails=True)
    assert "没有编号为“x”的接口密钥" in run("key", "revoke", "x", fails=True)


def test_a_link_is_shown_once(library: Database) -> None:
    output = run("link", "add", "乐清市", "--label", "征集", "--days", "1")
    found = re.search(r"/submit/(\S+)", output)
    assert found
    with library.reading() as session:
        link = find_link(session, token_digest(found.group(1)))
    assert link is not None
    assert link.county == "乐清市"
    assert "征集" in run("link", "list")
    assert "已停用" in run("link", "close", str(link.id))
    assert "没有编号为“9”的填报链接" in run("link", "close", "9", fails=True)


def test_the_demo_has_one_account(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = demo_settings(Settings())
    assert settings.home == home / "demo"
    tell_demo_account(settings)
    first = capsys.readouterr().out
    assert PASSWORD.search(first)
    tell_demo_account(settings)
    second = capsys.readouterr().out
    assert not PASSWORD.search(second)
    assert f"MATCHER_HOME={home / 'demo'}" in second
    assert "matcher user password demo" in second


def test_a_demo_with_accounts_gets_no_other(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MATCHER_HOME", str(home / "demo"))
    run("user", "add", "wang", "--name", "王", "--role", "市级管理员")
    tell_demo_account(Settings())
    assert not PASSWORD.search(capsys.readouterr().out)
    with closing(open_library(Settings())) as database, database.reading() as session:
        assert find_account(session, "demo") is None
