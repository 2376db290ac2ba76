"""Opening the store: engine, schema version, sessions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError
from sqlalchemy.orm import Session, sessionmaker

from matcher.errors import StoreError

_MIGRATIONS = Path(__file__).parent / "migrations"
_WRITE = {"begin_mode": "IMMEDIATE"}


class Database:
    """An opened store, which hands out units of work."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._sessions = sessionmaker(engine, expire_on_commit=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session over one consistent state of the store, for reading."""
        with self._sessions.begin() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits when the block ends and rolls back when it raises.

        On SQLite it takes the write lock at once: a transaction that read first and then wants to
        write would fail at the first other writer, however long it is ready to wait.
        """
        with self._sessions.begin() as session:
            session.connection(execution_options=_WRITE)
            yield session

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Open the store at `url`, creating or upgrading its schema.

    Raises:
        StoreError: the URL is not usable, the server does not answer, the file is no database,
            or its schema is newer than this program.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
            Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, pool_pre_ping=True)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _configure_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        migrate(engine)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise StoreError(f"数据库地址不可用：{error}。请检查 MATCHER_DATABASE_URL") from error
    except (DatabaseError, OSError) as error:
        shown = make_url(url).render_as_string(hide_password=True)
        raise StoreError(f"无法打开数据库 {shown}：{error}") from error
    return Database(engine)


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to `revision`.

    Raises:
        StoreError: the schema in the database is unknown to this program.
    """
    config = alembic_config()
    with engine.connect().execution_options(**_WRITE) as connection, connection.begin():
        current = MigrationContext.configure(connection).get_current_revision()
        try:
            scripts = ScriptDirectory.from_config(config)
            if current is not None:
                scripts.get_revision(current)
            if revision == "head" and current == scripts.get_current_head():
                return
        except CommandError as error:
            raise StoreError(
                f"数据库结构版本 {current} 不为本程序所知，可能由更新的版本建立。请升级程序"
            ) from error
        config.attributes["connection"] = connection
        if revision == "base":
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)


def alembic_config() -> Config:
    """Alembic's configuration, made here so that no file has to be found at run time."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


def _configure_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - DBAPI object
    connection.isolation_level = None  # the driver's own BEGIN would not cover DDL
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA busy_timeout=15000")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("begin_mode", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
