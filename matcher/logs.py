"""Log lines: one text line for a person, or one JSON object for a machine.

Every line carries what the code around it is about: the number of a request, of a batch. Nothing
that people wrote belongs into a log; where an error's message may quote it, the quotation is left
out, see `told`.
"""

import json
import logging
import logging.config
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Literal, TextIO

LogFormat = Literal["text", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]

_FIELDS: Final = "fields"
_LONGEST: Final = 300
_OWN: Final = ("matcher", "api", "uvicorn")
# What an error quotes may be a name, a number or a token; short identifiers help to find the fault.
_QUOTED = re.compile(r"'(?!\w{1,24}')[^']*'|\"(?!\w{1,24}\")[^\"]*\"")
_PERSONAL = re.compile(r"[^\x00-\x7f]+|[\w.+-]+@[\w.-]+|\w*\d[\w-]{5,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

_context: ContextVar[Mapping[str, object]] = ContextVar("context", default=MappingProxyType({}))


def about(**values: object) -> None:
    """Add to what all further lines of this task, or of this thread, are about."""
    _context.set({**_context.get(), **values})


@contextmanager
def concerning(**values: object) -> Iterator[None]:
    """Add to what the lines within the block are about."""
    token = _context.set({**_context.get(), **values})
    try:
        yield
    finally:
        _context.reset(token)


def fields(**values: object) -> dict[str, dict[str, object]]:
    """Values of one line: `log.info("message", extra=fields(seconds=2.5))`."""
    return {_FIELDS: values}


def told(error: BaseException) -> str:
    """Kind and message of an error for a log, without what the message may quote of the data.

    Messages of databases and parsers quote values: they are cut at the first line, and of quoted
    text, of words with many digits and of whatever is not ASCII only "…" is left.
    """
    first = str(error).partition("\n")[0][:_LONGEST]
    return f"{type(error).__name__}: {_one_line(_PERSONAL.sub('…', _QUOTED.sub('…', first)))}"


class TextFormatter(logging.Formatter):
    """`2026-11-22T20:37:58.123+08:00 INFO api.request_log: request path=/needs status=200`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the lines of a traceback under it."""
        values = "".join(f" {name}={_shown(value)}" for name, value in _values(record).items())
        head = f"{_moment(record)} {record.levelname} {record.name}: "
        return head + _one_line(record.getMessage()) + values + _traceback(record, "\n")


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as an object; a traceback is a text in it."""
        line: dict[str, object] = {
            "at": _moment(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "pid": record.process,
            "message": record.getMessage(),
            **_values(record),
        }
        if record.exc_info:
            line["traceback"] = _traceback(record)
        return json.dumps(line, ensure_ascii=False, default=str)


class StderrHandler(logging.StreamHandler[TextIO]):
    """Writes to what is the error output at the moment of writing."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """The error output."""
        return sys.stderr


def logging_config(log_format: LogFormat, level: LogLevel, file: str = "") -> dict[str, Any]:
    """Configuration for `logging.config.dictConfig`, in this process or in one that is started.

    Args:
        log_format: of the lines.
        level: of our own lines; of libraries only warnings are told: more may quote the data.
        file: appended to, by several processes too, and opened again when it was moved away;
            empty: the error output.
    """
    handler: dict[str, Any] = {"()": StderrHandler}
    if file:
        handler = {
            "class": "logging.handlers.WatchedFileHandler",
            "filename": file,
            "encoding": "utf-8",
            "errors": "backslashreplace",
        }
    formatter = JsonFormatter if log_format == "json" else TextFormatter
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": formatter}},
        "handlers": {"lines": handler | {"formatter": "lines"}},
        "root": {"level": "WARNING", "handlers": ["lines"]},
        "loggers": {
            name: {"level": level.upper(), "handlers": [], "propagate": True} for name in _OWN
        },
    }


def set_up(log_format: LogFormat, level: LogLevel, file: str = "") -> None:
    """Log in this process as `logging_config` says; uncaught errors and warnings too.

    Raises:
        OSError: the file cannot be written to.
    """
    try:
        logging.config.dictConfig(logging_config(log_format, level, file))
    except ValueError as error:
        if isinstance(error.__cause__, OSError):
            raise error.__cause__ from error
        raise
    logging.captureWarnings(capture=True)
    if log_format == "json":
        sys.excepthook = _log_uncaught


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: Any) -> None:  # noqa: ANN401
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        logging.getLogger("matcher").critical("uncaught error", exc_info=(kind, error, trace))


def _values(record: logging.LogRecord) -> dict[str, object]:
    return {**_context.get(), **getattr(record, _FIELDS, {})}


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds")


def _traceback(record: logging.LogRecord, before: str = "") -> str:
    """Where it happened, without the messages' quotations; errors that led to it come first."""
    error = record.exc_info[1] if record.exc_info else None
    parts: list[str] = []
    while error is not None:
        frames = "".join(traceback.format_tb(error.__traceback__))
        parts.insert(0, f"{frames}{told(error)}")
        hidden = error.__suppress_context__
        error = error.__cause__ or (None if hidden else error.__context__)
    return before + "\nwhich led to\n".join(parts) if parts else ""


def _one_line(text: str) -> str:
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)


def _shown(value: object) -> str:
    text = _one_line(str(value))
    return json.dumps(text, ensure_ascii=False) if re.search(r'[\s"=]', text) or not text else text
