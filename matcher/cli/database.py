"""The verb database copy."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from matcher.cli.shared import console, make_app, progress_bar, read_settings
from matcher.errors import InvalidInputError
from matcher.store.copying import copy_library
from matcher.store.database import open_database

app = make_app("数据库：把整个资料库搬到另一个数据库。")


@app.command("copy")
def copy(
    source: Annotated[
        str, typer.Argument(metavar="来源", help="SQLite 文件，或 postgresql:// 开头的地址")
    ],
    target: Annotated[
        str,
        typer.Argument(metavar="目标", help="空的数据库；不写则为 MATCHER_DATABASE_URL 所指的"),
    ] = "",
) -> None:
    """把一个资料库的全部数据复制到另一个空的数据库，要么全部，要么什么都不动。

    复制期间请先停止服务，此后的修改不会带过去。附件等文件在 MATCHER_HOME 里，不必搬动；
    原来的索引可以继续使用。
    """
    settings = read_settings()
    target_url = _address(target) if target else settings.effective_database_url
    with (
        closing(open_database(_existing(source))) as opened,
        closing(open_database(target_url, pool_size=settings.database_pool)) as filled,
        progress_bar() as report,
    ):
        copied = copy_library(opened, filled, report)
    console.print(
        f"已复制 {len(copied.tables)} 张表，共 {copied.rows} 行，数据库版本 {copied.revision}"
    )


def _existing(source: str) -> URL:
    """Address of the source; a file is not made where there is none."""
    url = _address(source)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).is_file():
        raise InvalidInputError(f"没有 {url.database} 这个文件，请检查来源")
    return url


def _address(given: str) -> URL:
    """What was given, as an address; what looks like no address is a file."""
    if "://" not in given:
        return URL.create("sqlite", database=given)
    try:
        return make_url(given)
    except ArgumentError as error:
        raise InvalidInputError(f"“{given}”不是数据库地址") from error
