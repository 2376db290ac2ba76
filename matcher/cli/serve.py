"""The verb serve."""

import os
from typing import Annotated

import typer
import uvicorn

from matcher.cli.shared import console, opened, progress_bar, read_settings
from matcher.demo import load_demo

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def serve(
    host: Annotated[str, typer.Option("--host", help="监听地址")] = "",
    port: Annotated[int | None, typer.Option("--port", min=1, max=65535, help="监听端口")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="用演示数据（首次使用时装入）")] = False,
) -> None:
    """启动网页和接口。"""
    settings = read_settings()
    if demo:
        settings = settings.model_copy(update={"home": settings.home / "demo", "database_url": ""})
        with progress_bar() as report:
            load_demo(settings, report)
        # The application reads its settings itself, in whichever process it starts.
        os.environ["MATCHER_HOME"] = str(settings.home)
        os.environ["MATCHER_DATABASE_URL"] = ""
    with opened(settings):
        # A model or an index that cannot be used is told in one line, before the server starts;
        # an index that had to be built or to catch up is saved when this closes.
        pass
    host, port = host or settings.host, port or settings.port
    if host not in _LOOPBACK:
        console.print(
            "注意：本版本还没有登录，凡能访问此地址的人都能查看和修改数据", style="bold red"
        )
    console.print(f"网页 http://{host}:{port}/　接口文档 http://{host}:{port}/api/docs")
    # By name: the web imports the matcher, the matcher never the web.
    uvicorn.run("api.app:create_app", factory=True, host=host, port=port, log_level="info")
