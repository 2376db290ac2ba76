"""What the verbs about people share: the desk of whoever operates the machine, and their words."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from shlex import quote

from matcher.bootstrap import open_library
from matcher.cli.shared import console, read_settings
from matcher.demo import DEMO_USERNAME, create_demo_account
from matcher.desk import RecordDesk
from matcher.errors import InvalidInputError
from matcher.people import actor_of_program
from matcher.people.days import today
from matcher.settings import Settings

_PASSWORD_READ = 1000
"""Characters read of a password; longer ones are refused anyway."""


@contextmanager
def operators_desk(settings: Settings | None = None) -> Iterator[RecordDesk]:
    """The desk of the operator, over the store alone: no model is loaded.

    Raises:
        StoreError: the store cannot be opened.
    """
    with closing(open_library(settings or read_settings())) as database:
        yield RecordDesk(database, actor_of_program())


def tell_demo_account(settings: Settings) -> None:
    """Create the account of the demo's workspace if it has none; say how to sign in."""
    password = create_demo_account(settings)
    if password:
        console.print(f"演示账号：{DEMO_USERNAME}　口令：{password}", soft_wrap=True)
        console.print("口令只显示这一次，请记下；登录后可点右上角的名字修改")
        return
    where = f"MATCHER_HOME={quote(str(settings.home))} MATCHER_DATABASE_URL="
    console.print(f"用已有的演示账号 {DEMO_USERNAME} 登录。忘记口令请运行：")
    console.print(f"  {where} matcher user password {DEMO_USERNAME}", soft_wrap=True)


def password_from_input() -> str:
    """The password on the first line of the standard input.

    Raises:
        InvalidInputError: there is none.
    """
    password = sys.stdin.readline(_PASSWORD_READ).rstrip("\r\n")
    if not password:
        raise InvalidInputError("标准输入里没有口令，请把口令写在第一行")
    return password


def last_day_after(days: int | None) -> date | None:
    """The last day of something that is valid for so many days, today counted; None for ever."""
    return None if days is None else today() + timedelta(days=days - 1)
