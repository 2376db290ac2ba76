"""Log lines for people and for machines, and what is kept out of them."""

import json
import logging
import os
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from matcher.logs import (
    JsonFormatter,
    TextFormatter,
    about,
    concerning,
    fields,
    logging_config,
    set_up,
    told,
)
from tests.logged import log_put_back


@pytest.fixture
def logging_as_it_was() -> Iterator[None]:
    """The log of the whole process is put back after the test."""
    with log_put_back():
        yield


def line(
    formatter: logging.Formatter, message: str = "said", error: BaseException | None = None
) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("matcher.x", logging.INFO, "f.py", 1, message, (), info)
    record.__dict__.update(fields(count=3, text="a b"))
    return formatter.format(record)


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:
        return caught


def test_a_json_line() -> None:
    with concerning(request="abc"):
        read = json.loads(line(JsonFormatter()))
    assert read.pop("at")[:2] == "20"
    assert read.pop("pid") == os.getpid()
    assert read == {
        "level": "info",
        "logger": "matcher.x",
        "message": "said",
        "request": "abc",
        "count": 3,
        "text": "a b",
    }


def test_a_text_line() -> None:
    with concerning(request="abc"):
        written = line(TextFormatter())
    assert written.partition(" ")[2] == 'INFO matcher.x: said request=abc count=3 text="a b"'


@given(st.text())
def test_a_message_is_one_line_in_both_formats(message: str) -> None:
    escaped = line(TextFormatter(), message.replace("%", ""))
    assert len(escaped.splitlines()) == 1
    written = line(JsonFormatter(), message.replace("%", ""))
    assert "\n" not in written
    assert json.loads(written)["message"] == message.replace("%", "")


def test_what_lines_are_about_ends_with_the_block() -> None:
    with concerning(batch=1):
        with concerning(step="plan"):
            about(more=True)
            inner = json.loads(line(JsonFormatter()))
        outer = json.loads(line(JsonFormatter()))
    assert (inner["batch"], inner["step"], inner["more"]) == (1, "plan", True)
    assert outer["batch"] == 1
    assert "step" not in outer
    assert "more" not in outer


def test_a_traceback_tells_where_and_what_led_to_it() -> None:
    try:
        try:
            raise KeyError("county")
        except KeyError as error:
            raise ValueError("no such thing") from error
    except ValueError as error:
        caught = error
    read = json.loads(line(JsonFormatter(), error=caught))
    assert "test_logs.py" in read["traceback"]
    assert read["traceback"].index("KeyError: 'county'") < read["traceback"].index("ValueError: no")
    assert line(TextFormatter(), error=caught).splitlines()[-1] == "ValueError: no such thing"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
        (KeyError("张三"), "KeyError: '…'"),
        (KeyError("county"), "KeyError: 'county'"),
        (ValueError("bad: '13800138000'"), "ValueError: bad: '…'"),
        (ValueError("bad: 0577-88887777 x"), "ValueError: bad: … x"),
        (ValueError("sent by wang@example.com"), "ValueError: sent by …"),
        (ValueError('bad "the need of somebody"'), "ValueError: bad …"),
        (ValueError("key nm_ab12cd34_aAbB9cCdD"), "ValueError: key …"),
        (ValueError("first\nsecond: 张三"), "ValueError: first"),
        (ValueError("a\x1b[0m b"), "ValueError: a\\x1b[0m b"),
        (
            IntegrityError("INSERT …", {"name": "张三"}, Exception("UNIQUE failed: needs.id")),
            "IntegrityError: (builtins.Exception) UNIQUE failed: needs.id",
        ),
    ],
)
def test_what_a_message_quotes_is_left_out(error: Exception, expected: str) -> None:
    assert told(error) == expected
    for formatter in (TextFormatter(), JsonFormatter()):
        assert "张三" not in line(formatter, error=raised(error))


@pytest.mark.usefixtures("logging_as_it_was")
def test_a_file_that_is_moved_away_is_begun_anew(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    set_up("json", "info", str(file))
    log = logging.getLogger("matcher.x")
    log.info("one")
    file.rename(tmp_path / "old")
    log.info("two")
    log.debug("not told")
    logging.getLogger("sqlalchemy").info("SELECT … parameters")
    assert [json.loads(text)["message"] for text in file.read_text().splitlines()] == ["two"]


@pytest.mark.usefixtures("logging_as_it_was")
def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        set_up("text", "info", str(tmp_path / "none" / "log"))


@pytest.mark.usefixtures("logging_as_it_was")
def test_the_error_output_is_that_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    set_up("json", "debug")
    output = StringIO()
    monkeypatch.setattr(sys, "stderr", output)
    logging.getLogger("api.x").debug("seen")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "__excepthook__", lambda *_: pytest.fail("printed"))
        error = raised(ZeroDivisionError("x"))
        sys.excepthook(type(error), error, error.__traceback__)
    first, second = (json.loads(text) for text in output.getvalue().splitlines())
    assert first["message"] == "seen"
    assert (second["level"], "ZeroDivisionError" in second["traceback"]) == ("critical", True)


def test_libraries_tell_only_warnings() -> None:
    config = logging_config("text", "debug")
    assert config["root"]["level"] == "WARNING"
    assert {each["level"] for each in config["loggers"].values()} == {"DEBUG"}
