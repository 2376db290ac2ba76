"""What went wrong in the database, told to people."""

from typing import Final

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from matcher.errors import ConflictError, MatcherError, StoreError
from matcher.store.engines import LOCK_PATIENCE, LONGEST_STATEMENT

_NOTHING: Final = "什么都没有保存"
_TOLD: Final = {
    "55P03": f"别人正在保存，等了 {LOCK_PATIENCE} 秒还没有轮到，{_NOTHING}。请稍后再试",
    "57014": f"数据库用了 {LONGEST_STATEMENT} 秒还没有完成，已经停止，{_NOTHING}。"
    "请缩小范围再试，仍有问题请联系管理员",
    "25P03": f"中间停顿太久，数据库已经放弃这次操作，{_NOTHING}。请再试一次",
    "53100": f"数据库所在的磁盘已满，{_NOTHING}。请联系管理员腾出空间",
    "53300": f"数据库的连接已经用完，{_NOTHING}。请稍后再试；经常这样，请管理员"
    "调小 MATCHER_DATABASE_POOL，或调大数据库的 max_connections",
}
"""By PostgreSQL's error code, https://www.postgresql.org/docs/current/errcodes-appendix.html"""
_SQLITE: Final = {"SQLITE_BUSY": "55P03", "SQLITE_LOCKED": "55P03", "SQLITE_FULL": "53100"}
_BROKEN: Final = f"与数据库的连接断了，{_NOTHING}。请再试一次，仍有问题请联系管理员"
_CROWDED: Final = (
    "现在使用的人太多，没有等到空闲的数据库连接。请稍后再试；经常这样，"
    "请管理员调大 MATCHER_DATABASE_POOL"
)


def told(error: DBAPIError | PoolTimeoutError) -> MatcherError:
    """The error of a unit of work, in words that say what happened and what to do."""
    if isinstance(error, PoolTimeoutError):
        return StoreError(_CROWDED)
    if isinstance(error, IntegrityError):
        return ConflictError(f"与库中已有的内容冲突，没有保存：{error.orig}")
    known = _TOLD.get(_code(error))
    if known is None and error.connection_invalidated:
        known = _BROKEN
    return StoreError(known or f"数据库没有完成操作，{_NOTHING}：{error.orig}")


def _code(error: DBAPIError) -> str:
    """PostgreSQL's code of the error, or that which comes nearest to SQLite's."""
    code = getattr(error.orig, "sqlstate", None)
    if code is not None:
        return str(code)
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    return next((like for prefix, like in _SQLITE.items() if name.startswith(prefix)), "")
