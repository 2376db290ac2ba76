"""What all verbs share: consoles, error lines, settings, the opened Matcher, progress bar."""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from matcher.bootstrap import open_matcher
from matcher.errors import InvalidInputError, MatcherError
from matcher.logs import fields, set_up
from matcher.service import Matcher
from matcher.settings import Settings

# What is printed holds text of users and data: [brackets] and :colons: in it are only text.
console = Console(markup=False, emoji=False, highlight=False)
errors = Console(stderr=True, markup=False, emoji=False, highlight=False)

Report = Callable[[str, int, int], None]
"""Called with a step, how much of it is done, and how much there is."""

_log = logging.getLogger(__name__)

_INTERRUPTED = 130
_REASONS = {
    "int_parsing": "应是整数",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "literal_error": "可用的有 {expected}",
}


class _ErrorReportingGroup(typer.core.TyperGroup):
    """Turns errors that are nobody's bug into one line and an exit status."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - the signature is the library's
        try:
            with _logged(ctx):
                return super().invoke(ctx)
        except KeyboardInterrupt as interrupt:
            print_problem("已中断")
            raise typer.Exit(_INTERRUPTED) from interrupt
        except BrokenPipeError:
            raise  # who reads the output has seen enough; typer ends quietly
        except (MatcherError, OSError) as error:
            print_problem(f"错误：{describe_error(error)}")
            raise typer.Exit(1) from error


def make_app(help_text: str) -> typer.Typer:
    """A typer application that reports errors in the project's way."""
    return typer.Typer(
        help=help_text,
        cls=_ErrorReportingGroup,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )


def print_problem(message: str) -> None:
    """Print a message as one line of the error output."""
    errors.print(" ".join(message.splitlines()), style="bold red", soft_wrap=True)


def describe_error(error: MatcherError | OSError) -> str:
    """What went wrong, in Chinese."""
    if isinstance(error, MatcherError):
        return error.message
    return f"磁盘或文件夹不可用：{error}"


def read_settings() -> Settings:
    """The settings of the environment and the `.env` file; from here on the log is as they say.

    As lines of text only warnings are told, beside what a verb prints for a person.

    Raises:
        OSError: the file of the log cannot be written to.
        InvalidInputError: a value cannot be used; the message names the variables.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        wrong = "；".join(map(_describe_setting, error.errors()))
        raise InvalidInputError(f"{wrong}。请检查环境变量和 .env 文件") from error
    except UnicodeDecodeError as error:
        raise InvalidInputError(".env 文件不是 UTF-8 编码，请另存为 UTF-8") from error
    beside = settings.log_format == "text" and not settings.log_file
    set_up(settings.log_format, "warning" if beside else settings.log_level, settings.log_file)
    return settings


@contextmanager
def opened(settings: Settings) -> Iterator[Matcher]:
    """A ready Matcher, which is closed when the block ends; a bar shows the indexing."""
    with progress_bar() as report:
        matcher = open_matcher(settings, lambda done, total: report("索引", done, total))
    with closing(matcher):
        yield matcher


@contextmanager
def progress_bar() -> Iterator[Report]:
    """A bar on the terminal for each step; silent where the output is not a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, TimeRemainingColumn(), console=errors, disable=not sys.stderr.isatty()
    ) as bar:
        tasks: dict[str, Any] = {}

        def report(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step, total=total or None)
            bar.update(tasks[step], completed=done, total=total or None)

        yield report


@contextmanager
def _logged(context: Any) -> Iterator[None]:  # noqa: ANN401 - the library's
    """A line for a verb that has ended; never its arguments, which may be the text of a need."""
    started, outcome = time.monotonic(), "ok"
    try:
        yield
    except typer.Exit as end:
        outcome = f"exit {end.exit_code}"
        raise
    except BaseException as error:
        outcome = type(error).__name__
        raise
    finally:
        if context.parent is None and context.invoked_subcommand:
            seconds = round(time.monotonic() - started, 2)
            ended = fields(verb=context.invoked_subcommand, outcome=outcome, seconds=seconds)
            _log.info("verb ended", extra=ended)


def _describe_setting(problem: ErrorDetails) -> str:
    name = "MATCHER_" + "_".join(map(str, problem["loc"])).upper()
    reason = _REASONS.get(problem["type"], problem["msg"]).format(**problem.get("ctx", {}))
    return f"{name} 的值“{problem['input']}”不可用，{reason}"
