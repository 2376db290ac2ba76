"""Opening the store: engine, schema version, sessions."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, Function, func, make_url, select
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session, sessionmaker

from matcher.errors import StoreError
from matcher.store.engines import LONGEST_PAUSE, PATIENCE, POOL_SIZE, WRITE, make_engine
from matcher.store.faults import told
from matcher.store.tables import LibraryRow

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_SNAPSHOT: Final = {"isolation_level": "REPEATABLE READ"}
_MIGRATION_LOCK: Final = 0x6D617463
"""Any number will do, as long as every process of this program takes the same."""
_MIGRATION_PATIENCE: Final = 60
"""Seconds that a migration waits for whoever uses a table. All others queue up behind it."""


class Database:
    """An opened store, which hands out units of work.

    Errors of the database leave a unit of work as `StoreError` or `ConflictError`.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._sessions = sessionmaker(engine, expire_on_commit=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session over one consistent state of the store, for reading."""
        options = _SNAPSHOT if self.engine.dialect.name == "postgresql" else {}
        with self._unit_of_work(options) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that changes records: it commits when the block ends, or rolls back whole.

        Only one such session is open at a time, in all processes; others wait for it. On SQLite
        it takes the write lock at once: a transaction that read first and then wants to write
        would fail at the first other writer, however long it is ready to wait. A server takes
        the lock back from whoever does nothing with it for `LONGEST_PAUSE` seconds.
        """
        with self._unit_of_work(WRITE) as session:
            if self.engine.dialect.name == "postgresql":
                pause = _local("idle_in_transaction_session_timeout", LONGEST_PAUSE)
                session.execute(select(LibraryRow.id, pause).with_for_update())
            yield session

    @contextmanager
    def appending(self) -> Iterator[Session]:
        """A session that only adds what concerns no record: cached vectors, match runs."""
        with self._unit_of_work(WRITE) as session:
            yield session

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def _unit_of_work(self, options: dict[str, Any]) -> Iterator[Session]:
        try:
            with self._sessions.begin() as session:
                session.connection(execution_options=options)
                yield session
        except (DBAPIError, PoolTimeoutError) as error:
            raise told(error) from error


def open_database(
    url: str | URL, *, pool_size: int = POOL_SIZE, patience: float = PATIENCE
) -> Database:
    """Open the store at `url`, creating or upgrading its schema.

    Args:
        url: any SQLAlchemy URL of SQLite or PostgreSQL.
        pool_size: connections that this process has open at most.
        patience: seconds that a unit of work waits for one of them while all are in use.

    Raises:
        StoreError: the URL is not usable, the server does not answer, the file is no database,
            or its schema is newer than this program.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            _prepare_sqlite_file(parsed)
        engine = make_engine(parsed, pool_size=pool_size, patience=patience)
        if not _is_current(engine):
            migrate(engine)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise StoreError(f"数据库地址不可用：{error}。请检查 MATCHER_DATABASE_URL") from error
    except (DatabaseError, OSError) as error:
        shown = make_url(url).render_as_string(hide_password=True)
        raise StoreError(f"无法打开数据库 {shown}：{error}") from error
    return Database(engine)


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the schema up or down to `revision`; of several processes that try at once one does it.

    Raises:
        StoreError: the schema in the database is unknown to this program.
    """
    config = alembic_config()
    with engine.connect().execution_options(**WRITE) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            _queue_up(connection)
        current = _check_known(connection)
        config.attributes["connection"] = connection
        if current is not None and revision in _below(current):
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)


def _queue_up(connection: Connection) -> None:
    """Wait for whoever migrates this PostgreSQL database now, however long it takes."""
    unlimited = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    connection.execute(select(*(_local(name, 0) for name in unlimited)))
    connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
    connection.execute(select(_local("lock_timeout", _MIGRATION_PATIENCE)))


def _local(name: str, seconds: int) -> Function[str]:
    """Sets one of PostgreSQL's limits until the transaction ends."""
    return func.set_config(name, f"{seconds}s", True)


def _below(revision: str) -> set[str]:
    """The revisions that lie before this one."""
    older = _scripts().iterate_revisions(revision, "base")
    return {"base", *(script.revision for script in older)} - {revision}


def _is_current(engine: Engine) -> bool:
    """Whether the schema is that of this program; asks without locking anything.

    Raises:
        StoreError: the schema is unknown to this program.
    """
    with engine.connect() as connection:
        return _check_known(connection) == _scripts().get_current_head()


def _check_known(connection: Connection) -> str | None:
    """The schema's revision, None for an empty database."""
    current = MigrationContext.configure(connection).get_current_revision()
    try:
        if current is not None:
            _scripts().get_revision(current)
    except CommandError as error:
        raise StoreError(
            f"数据库结构版本 {current} 不为本程序所知，可能由更新的版本建立。请升级程序"
        ) from error
    return current


@cache
def _scripts() -> ScriptDirectory:
    """The migrations; they are files, which are read once."""
    return ScriptDirectory.from_config(alembic_config())


def _prepare_sqlite_file(url: URL) -> None:
    """Make the folder of a database file; refuse one in memory, which threads can't share."""
    if url.database in (None, "", ":memory:"):
        raise StoreError("SQLite 数据库必须是文件，请在 MATCHER_DATABASE_URL 中写明路径")
    Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)


def alembic_config() -> Config:
    """Alembic's configuration, made here so that no file has to be found at run time."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config
