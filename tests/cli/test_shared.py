"""Errors that are nobody's bug become one line and an exit status."""

import errno
from pathlib import Path

import pytest
from typer.testing import CliRunner

from matcher.cli.shared import make_app, read_settings
from matcher.errors import InvalidInputError, StoreError

FAILURES = {
    "interrupted": KeyboardInterrupt(),
    "full": OSError(errno.ENOSPC, "No space left on device", "/data/x"),
    "store": StoreError("数据库\n打不开 [/b]"),
    "bug": ZeroDivisionError("a bug"),
    "pipe": BrokenPipeError(errno.EPIPE, "Broken pipe"),
}
app = make_app("试")


@app.command("fail")
def fail(name: str) -> None:
    raise FAILURES[name]


@app.command("other")
def other() -> None:
    """Makes the application a group."""


@pytest.mark.parametrize(
    ("name", "status", "line"),
    [
        ("interrupted", 130, "已中断"),
        ("full", 1, "错误：磁盘或文件夹不可用：[Errno 28] No space left on device: '/data/x'"),
        ("store", 1, "错误：数据库 打不开 [/b]"),
        ("pipe", 1, ""),
    ],
)
def test_a_failure_is_one_line_and_a_status(name: str, status: int, line: str) -> None:
    result = CliRunner().invoke(app, ["fail", name])
    assert (result.exit_code, result.stderr.strip(), result.stdout) == (status, line, "")


def test_a_bug_is_not_hidden() -> None:
    assert isinstance(CliRunner().invoke(app, ["fail", "bug"]).exception, ZeroDivisionError)


@pytest.mark.parametrize(
    ("value", "reason"), [("abc", "整数"), ("0", "不能小于 1"), ("65536", "不能大于 65535")]
)
def test_a_bad_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str, reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MATCHER_PORT", value)
    with pytest.raises(InvalidInputError, match=f"MATCHER_PORT 的值“{value}”不可用，.*{reason}"):
        read_settings()


def test_a_settings_file_in_another_encoding_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes("MATCHER_HOME=数据".encode("gb18030"))
    with pytest.raises(InvalidInputError, match=r"\.env.*UTF-8"):
        read_settings()
