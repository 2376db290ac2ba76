"""The verb serve."""

import os
from typing import Annotated

import typer
import uvicorn

from matcher.cli.operating import tell_demo_account
from matcher.cli.shared import console, opened, progress_bar, read_settings
from matcher.demo import demo_settings, load_demo
from matcher.people.secrets import check_secret
from matcher.service import Matcher
from matcher.store.accounts import count_accounts

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
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
    proxy: Annotated[
        list[str] | None,
        typer.Option("--proxy", help="反向代理的地址，可给多次；不给则只相信本机上的代理"),
    ] = None,
) -> None:
    """启动网页和接口。"""
    settings = read_settings()
    if settings.secret:
        check_secret(settings.secret)
    if demo:
        settings = demo_settings(settings)
        with progress_bar() as report:
            load_demo(settings, report)
        # The application reads its settings itself, in whichever process it starts.
        os.environ["MATCHER_HOME"] = str(settings.home)
        os.environ["MATCHER_DATABASE_URL"] = ""
    with opened(settings) as matcher:
        # A model or an index that cannot be used is told in one line, before the server starts;
        # an index that had to be built or to catch up is saved when this closes.
        has_accounts = _has_accounts(matcher)
    host, port = host or settings.host, port or settings.port
    if demo:
        tell_demo_account(settings)
    elif not has_accounts:
        console.print(
            "还没有账号，请另开一个窗口建立：matcher user add 账号名 --name 姓名 --role 市级管理员"
        )
    if host not in _LOOPBACK:
        console.print(_OPEN.format(host=host, port=port), style="bold red", soft_wrap=True)
    console.print(f"网页 http://{host}:{port}/　接口文档 http://{host}:{port}/api/docs")
    # By name: the web imports the matcher, the matcher never the web. Of whom a proxy says that
    # they ask is believed only if it comes from one of its addresses.
    uvicorn.run(
        "api.app:create_app",
        factory=True,
        host=host,
        port=port,
        log_level="info",
        forwarded_allow_ips=proxy or None,
    )


def _has_accounts(matcher: Matcher) -> bool:
    with matcher.reading() as session:
        return count_accounts(session) > 0
