"""One batch at a time for a library: a lock that vanishes with the process that holds it.

On SQLite it is a lock on a file of the home, on PostgreSQL one of the server's advisory locks, held
by a connection of its own. Neither is left behind by a process that is killed.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from matcher.casework.batches import Batch, BatchState
from matcher.errors import ConflictError, StoreError
from matcher.store.database import Database

_NAME: Final = "batch.lock"
_KEY: Final = 0x62617463
"""Any number will do, as long as every process of this program takes the same."""
_PATIENCE: Final = 1.0
"""Seconds after which a lock counts as held: whoever only looks holds it for a moment."""
_HOLDERS: Final = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 0"
    " AND objid = :key AND objsubid = 1"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class BatchLockedError(ConflictError):
    """Another process runs a batch of this library."""


@contextmanager
def held(database: Database, home: Path) -> Iterator[None]:
    """Hold the lock while the block runs.

    Args:
        database: the library.
        home: folder of the instance.

    Raises:
        BatchLockedError: somebody else holds it.
        StoreError: it cannot be asked for.
    """
    if _is_postgresql(database):
        with _advisory(database):
            yield
        return
    lock = _file_lock(home)
    try:
        lock.acquire(timeout=_PATIENCE)
    except Timeout as error:
        raise BatchLockedError("已有一个月度批次在运行") from error
    except OSError as error:
        raise StoreError(f"不能在 {home} 里建立批次锁：{error.strerror}") from error
    try:
        yield
    finally:
        lock.release()


def is_held(database: Database, home: Path) -> bool:
    """Whether somebody runs a batch now.

    Raises:
        StoreError: it cannot be found out.
    """
    if _is_postgresql(database):
        with database.reading() as session:
            return bool(session.scalar(_HOLDERS, {"key": _KEY}))
    if not (home / "batches" / _NAME).exists():
        return False
    lock = _file_lock(home)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return True
    except OSError as error:
        raise StoreError(f"不能查看 {home} 里的批次锁：{error.strerror}") from error
    lock.release()
    return False


def as_it_is(database: Database, home: Path, batch: Batch) -> Batch:
    """The batch; one that is noted as running though nobody holds the lock was interrupted.

    Raises:
        StoreError: it cannot be found out.
    """
    if batch.state is BatchState.RUNNING and not is_held(database, home):
        return replace(batch, state=BatchState.INTERRUPTED)
    return batch


def _is_postgresql(database: Database) -> bool:
    return database.engine.dialect.name == "postgresql"


def _file_lock(home: Path) -> FileLock:
    """A lock of its own each time, so that two threads of one process exclude each other too."""
    folder = home / "batches"
    with suppress(FileExistsError):
        folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / _NAME, is_singleton=False)


@contextmanager
def _advisory(database: Database) -> Iterator[None]:
    try:
        connection = database.engine.connect()
    except DBAPIError as error:
        raise StoreError(f"数据库没有回答：{error.orig}") from error
    with connection.execution_options(isolation_level="AUTOCOMMIT"):
        if not _taken(connection):
            raise BatchLockedError("已有一个月度批次在运行")
        try:
            yield
        finally:
            # A connection that broke has given the lock back already.
            with suppress(DBAPIError):
                connection.execute(select(func.pg_advisory_unlock(_KEY)))


def _taken(connection: Connection) -> bool:
    end = time.monotonic() + _PATIENCE
    while not connection.scalar(select(func.pg_try_advisory_lock(_KEY))):
        if time.monotonic() >= end:
            return False
        time.sleep(0.1)
    return True
