"""The verb serve."""

import multiprocessing
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer
import uvicorn
from filelock import FileLock, Timeout

from matcher.bootstrap import open_library
from matcher.cli.operating import tell_demo_account
from matcher.cli.shared import (
    console,
    describe_error,
    opened,
    print_problem,
    progress_bar,
    read_settings,
)
from matcher.demo import demo_settings, load_demo
from matcher.errors import ConflictError, InvalidInputError, MatcherError
from matcher.logs import logging_config, set_up
from matcher.people.secrets import check_secret
from matcher.settings import Settings
from matcher.store.accounts import count_accounts

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_COUNTED_IN: Final = "PROMETHEUS_MULTIPROC_DIR"
_TOKEN_SHORTEST: Final = 16
_PATIENCE: Final = 20
"""Seconds until a worker that gives no sign counts as hung. Loading libraries takes it a while; and
while it is waited for, nothing else is heeded."""
_OPEN = """\
注意：监听的是 {host}，别的电脑也能访问；但这里不加密，口令和数据会在网络上以明文传送。正式使用请：
  1. 在前面放一个有 TLS 证书的反向代理（如 nginx），由它把 https 请求转到本机 http://127.0.0.1:{port}，
     并传来 X-Forwarded-For 和 X-Forwarded-Proto；
  2. 去掉 --host，让本服务只听本机；代理在另一台机器上时，用 --proxy 写明那台机器的地址。
登录用的 Cookie 只有经 https 访问时才标为 Secure（浏览器只在加密连接上发送）。"""


def serve(
    host: Annotated[str, typer.Option("--host", help="监听地址")] = "",
    port: Annotated[int | None, typer.Option("--port", min=1, max=65535, help="监听端口")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="用演示数据（首次使用时装入）")] = False,
    workers: Annotated[
        int,
        typer.Option("--workers", min=1, max=64, help="用几个进程同时服务；索引共用一份"),
    ] = 1,
    proxy: Annotated[
        list[str] | None,
        typer.Option("--proxy", help="反向代理的地址，可给多次；不给则只相信本机上的代理"),
    ] = None,
) -> None:
    """启动网页和接口。"""
    settings = read_settings()
    _check(settings)
    if demo:
        settings = demo_settings(settings)
        with progress_bar() as report:
            load_demo(settings, report)
        # The application reads its settings itself, in whichever process it starts.
        os.environ["MATCHER_HOME"] = str(settings.home)
        os.environ["MATCHER_DATABASE_URL"] = ""
    # A model or an index that cannot be used is told in one line, before the server starts; an
    # index that had to be built or to catch up is saved, and each worker loads it.
    _prepare(settings, apart=workers > 1)
    host, port = host or settings.host, port or settings.port
    if demo:
        tell_demo_account(settings)
    elif not _has_accounts(settings):
        console.print(
            "还没有账号，请另开一个窗口建立：matcher user add 账号名 --name 姓名 --role 市级管理员"
        )
    if host not in _LOOPBACK:
        console.print(_OPEN.format(host=host, port=port), style="bold red", soft_wrap=True)
    console.print(f"网页 http://{host}:{port}/　接口文档 http://{host}:{port}/api/docs")
    log = (settings.log_format, settings.log_level, settings.log_file)
    set_up(*log)
    with _counting_together(settings.home, port, workers):
        # By name: the web imports the matcher, the matcher never the web. Of whom a proxy says
        # that they ask is believed only if it comes from one of its addresses. The application
        # writes a line of its own for each request.
        uvicorn.run(
            "api.app:create_app",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            log_config=logging_config(*log),
            access_log=False,
            timeout_worker_healthcheck=_PATIENCE,
            forwarded_allow_ips=proxy or None,
        )


def _check(settings: Settings) -> None:
    if settings.secret:
        check_secret(settings.secret)
    if settings.metrics_token and len(settings.metrics_token) < _TOKEN_SHORTEST:
        raise InvalidInputError(
            f"MATCHER_METRICS_TOKEN 至少要有 {_TOKEN_SHORTEST} 个随机字符；"
            "不设时只有本机能读运行指标"
        )


def _prepare(settings: Settings, *, apart: bool) -> None:
    """Open all once and close it; `apart`, in a process of its own, which gives its memory back.

    Raises:
        MatcherError: something cannot be used.
        Exit: the same, and the other process has told what.
    """
    if not apart:
        with opened(settings):
            return
    process = multiprocessing.get_context("spawn").Process(target=_prepare_alone, args=(settings,))
    process.start()
    process.join()
    if process.exitcode:
        raise typer.Exit(1)


def _prepare_alone(settings: Settings) -> None:
    set_up(settings.log_format, settings.log_level, settings.log_file)
    try:
        with opened(settings):
            return
    except (MatcherError, OSError) as error:
        print_problem(f"错误：{describe_error(error)}")
    except KeyboardInterrupt:
        pass  # the process that waits says so
    sys.exit(1)


@contextmanager
def _counting_together(home: Path, port: int, workers: int) -> Iterator[None]:
    """A folder that the workers count into, empty at the start; one worker counts for itself.

    It is that of this machine and port, and locked: another server of the same home keeps to its
    own.

    Raises:
        ConflictError: another server of this home is at this port.
    """
    if workers == 1:
        # Set for whoever runs the application with another server; here it would only be slower.
        os.environ.pop(_COUNTED_IN, None)
        yield
        return
    folder = home.resolve() / "metrics" / f"{socket.gethostname()}-{port}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(f"{folder}.lock", is_singleton=False)
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise ConflictError(
            f"端口 {port} 上已有这个资料库的服务在运行，请先停掉它，或换一个端口"
        ) from error
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        # Read when a worker imports the library that counts.
        os.environ[_COUNTED_IN] = str(folder)
        yield
    finally:
        lock.release()


def _has_accounts(settings: Settings) -> bool:
    with closing(open_library(settings)) as database, database.reading() as session:
        return count_accounts(session) > 0
