"""The verb batch: runs a month, shows runs, and runs the month before by the calendar."""

import getpass
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from matcher.batch.inputs import inputs_of
from matcher.batch.launching import documents_folder
from matcher.batch.lock import BatchLockedError, as_it_is
from matcher.batch.orders import Beginning, Order, Start, alone, run, start
from matcher.batch.runner import BatchCancelledError
from matcher.batch.schedule import DEFAULT, Memory, Schedule, run_by_calendar
from matcher.batch.steps import all_steps
from matcher.bootstrap import open_library
from matcher.casework.batches import Batch, BatchState, month_day
from matcher.cli.batch_show import batch_data, print_batch, print_documents
from matcher.cli.match import AsJson
from matcher.cli.shared import (
    console,
    make_app,
    opened,
    print_problem,
    progress_bar,
    read_settings,
)
from matcher.desk import Desk
from matcher.errors import InvalidInputError
from matcher.people import actor_of_program
from matcher.people.days import today
from matcher.planning import load_settings
from matcher.settings import Settings
from matcher.store.batch_results import documents_of
from matcher.store.batch_runs import latest_batch, list_batches
from matcher.store.database import Database

LOCKED: Final = 3
"""Exit status where another process runs a batch."""
CANCELLED: Final = 4
"""Exit status of a batch that was cancelled from a page."""

INTERRUPTED: Final = 130
"""Exit status of a batch that was stopped by Ctrl-C."""

_SHOWN: Final = 10

app = make_app("月度批次：筛选、匹配、配对方案、统计和文档，一条命令做完；中断以后接着做。")


@app.callback(invoke_without_command=True)
def batch(
    context: typer.Context,
    *,
    month: Annotated[str, typer.Option("--month", help="月份，如 2026-11")] = "",
    out: Annotated[
        Path | None,
        typer.Option("--out", help="文档放在哪个文件夹，默认 MATCHER_HOME/batches/月份"),
    ] = None,
    county: Annotated[
        list[str] | None,
        typer.Option("--county", help="只出这些县区的县区版，可给多次；不给则有记录的县区都出"),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="重新做一遍，即使这个月已经做完或可以接着做")
    ] = False,
    schedule: Annotated[
        bool, typer.Option("--schedule", help="一直运行，每月到时间自动做上个月的批次")
    ] = False,
    at: Annotated[
        str, typer.Option("--at", help="与 --schedule 同用：每月几日几点，如“1 02:00”（北京时间）")
    ] = DEFAULT,
    by: Annotated[str, typer.Option("--by", hidden=True)] = "",
    as_json: AsJson = False,
) -> None:
    """运行一个月的批次；没做完的接着做。"""
    if context.invoked_subcommand is not None:
        return
    settings, name = read_settings(), by or _operator()
    if schedule:
        _by_calendar(settings, Schedule.parse(at), out)
        return
    if not month:
        raise InvalidInputError("请用 --month 写明月份，如 --month 2026-11")
    first = month_day(month, today())
    folder = out or documents_folder(settings.home, f"{first:%Y-%m}")
    order = Order(month=first, out=folder, by=name, fresh=fresh)
    try:
        done = _run(settings, order, tuple(county or ()), quiet=as_json)
    except BatchLockedError as error:
        print_problem(error.message)
        raise typer.Exit(LOCKED) from error
    except BatchCancelledError as error:
        print_problem(error.message)
        raise typer.Exit(CANCELLED) from error
    except KeyboardInterrupt as interrupt:
        print_problem("批次已停下，做完的部分都在；再用同样的命令运行，会接着做")
        raise typer.Exit(INTERRUPTED) from interrupt
    with closing(open_library(settings)) as database, database.reading() as session:
        documents = documents_of(session, done.id)
    if as_json:
        typer.echo(json.dumps(batch_data(done, documents), ensure_ascii=False, indent=2))
        return
    print_documents(done, documents, folder)


@app.command("show")
def show(
    month: Annotated[str, typer.Option("--month", help="月份，如 2026-11；不给则列出最近的")] = "",
    as_json: AsJson = False,
) -> None:
    """查看批次：由什么数据和设置得出，每一步做了多少、用了多久。"""
    with _library() as database, database.reading() as session:
        found, _ = list_batches(session, month=month, limit=1 if month else _SHOWN)
        documents = {each.id: documents_of(session, each.id) for each in found}
        found = [as_it_is(database, read_settings().home.resolve(), each) for each in found]
    if as_json:
        data: list[dict[str, Any]] = [batch_data(each, documents[each.id]) for each in found]
        typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    if not found:
        console.print(f"{f'{month} ' if month else ''}还没有月度批次")
    for each in found:
        print_batch(each, len(documents[each.id]), whole=bool(month))


def _run(settings: Settings, order: Order, counties: tuple[str, ...], *, quiet: bool) -> Batch:
    """Run an order, with a bar for each step; nobody else runs one meanwhile."""
    home = settings.home.resolve()
    with (
        closing(open_library(settings)) as database,
        alone(database, home),
        opened(settings) as matcher,
        progress_bar() as report,
    ):
        desk, chosen = Desk(matcher, actor_of_program(order.by)), load_settings(home)
        inputs = inputs_of(matcher, counties=counties, assignment=chosen.as_json())
        started = start(desk, order, inputs)
        if not quiet:
            _tell_start(started, order)
        return run(desk, order, started, all_steps(chosen, inputs), report)


def _tell_start(started: Start, order: Order) -> None:
    batch, why = started.batch, "；".join(started.given_up)
    month = f"{order.month.year} 年 {order.month.month} 月"
    told = {
        Beginning.NEW: f"{month}的批次开始运行（编号 {batch.id}）",
        Beginning.RESUMED: f"接着做 {month}没有做完的批次"
        f"（编号 {batch.id}，第 {batch.runs} 次启动）",
        Beginning.REPLACED: f"{month}有一个没做完的批次，{why}，不能接着做，已记为过期；"
        f"重新开始（编号 {batch.id}）",
        Beginning.DONE_BEFORE: f"{month}的批次已经做完（编号 {batch.id}）。"
        + (f"此后{why}。" if why else "")
        + "要重新做一遍，请加 --fresh",
    }
    console.print(told[started.beginning], soft_wrap=True)


def _by_calendar(settings: Settings, schedule: Schedule, out: Path | None) -> None:
    """Run whatever comes due in a process of its own, whose memory goes back afterwards."""

    def run_month(month: date) -> None:
        name = f"{month:%Y-%m}"
        folder = out / name if out else documents_folder(settings.home, name)
        command = [sys.executable, "-m", "matcher.cli", "batch", "--month", name]
        command += ["--out", str(folder), "--by", "定时任务"]
        status = subprocess.run(command, check=False).returncode
        if status:
            print_problem(
                f"{name} 的批次没有做完（退出状态 {status}），原因见上。"
                f"解决后请运行 matcher batch --month {name} --out {folder}"
            )

    with closing(open_library(settings)) as database, database.reading() as session:
        last = latest_batch(session)
    killed = last is not None and last.state in {BatchState.RUNNING, BatchState.INTERRUPTED}
    try:
        run_by_calendar(
            schedule,
            Memory(settings.home),
            run_month,
            interrupted=month_day(last.month, today()) if last is not None and killed else None,
            tell=lambda text: console.print(text, soft_wrap=True),
        )
    except KeyboardInterrupt as interrupt:
        print_problem("已停止，到时间不再自动运行")
        raise typer.Exit(INTERRUPTED) from interrupt


@contextmanager
def _library() -> Iterator[Database]:
    with closing(open_library(read_settings())) as database:
        yield database


def _operator() -> str:
    """Name of whoever is at the command line."""
    try:
        return f"命令行（{getpass.getuser()}）"
    except (OSError, KeyError):
        return "命令行"
