"""Making the engine of a database: its pool of connections and what each connection is told.

A server outlives the programs that talk to it, so a connection tells it how long it may wait and
how long it may be lost: nobody who has gone holds a lock that others wait for.
"""

from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event

POOL_SIZE: Final = 20
"""Connections that one process has open at most, unless it is said otherwise."""
PATIENCE: Final = 10.0
"""Seconds that somebody waits for a connection while all of them are in use."""
LOCK_PATIENCE: Final = 30
"""Seconds that a writer waits for another one."""
LONGEST_STATEMENT: Final = 600
"""Seconds after which a server stops a single statement; migrations are spared."""
LONGEST_PAUSE: Final = 300
"""Seconds that a transaction with the write lock may do nothing before the server ends it."""

WRITE: Final = {"begin_mode": "IMMEDIATE"}
"""Execution options of a transaction that will write."""

_LIFETIME: Final = 1800
"""Seconds after which an idle connection is replaced; firewalls drop silent ones."""
_SESSION: Final = {
    "lock_timeout": f"{LOCK_PATIENCE}s",
    "statement_timeout": f"{LONGEST_STATEMENT}s",
    # A client that was cut off is noticed within a minute and a half; by default a server waits
    # two hours.
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "15",
    "tcp_keepalives_count": "4",
}
"""What a session asks of a PostgreSQL server."""
_CONNECT: Final = {
    "application_name": "need-matcher",
    "connect_timeout": "10",
    # And the same the other way: the client notices a server that is gone.
    "keepalives_idle": "30",
    "keepalives_interval": "15",
    "keepalives_count": "4",
}
"""What libpq is told. See https://www.postgresql.org/docs/current/libpq-connect.html"""


def make_engine(url: URL, *, pool_size: int = POOL_SIZE, patience: float = PATIENCE) -> Engine:
    """An engine that hands out up to `pool_size` connections; nothing is connected yet.

    Args:
        url: of a SQLite file or a PostgreSQL server; parameters in it have the last word.
        pool_size: connections at most; there is no overflow beside it.
        patience: seconds to wait for one while all are in use.

    Raises:
        ArgumentError: there is no such kind of database.
        ImportError: the driver of the database is not installed.
    """
    engine = create_engine(
        url,
        connect_args=_connect_arguments(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=patience,
        pool_recycle=_LIFETIME,
        pool_use_lifo=True,
        pool_pre_ping=True,
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _connect_arguments(url: URL) -> dict[str, Any]:
    """Arguments for libpq's drivers; none for others, which would not know them."""
    if url.get_backend_name() != "postgresql" or not url.get_driver_name().startswith("psycopg"):
        return {}
    session = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
    own = url.query.get("options", ())
    asked = [own] if isinstance(own, str) else list(own)
    given = {name: value for name, value in _CONNECT.items() if name not in url.query}
    return given | {"options": " ".join([session, *asked])}


def _configure_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - DBAPI object
    connection.isolation_level = None  # the driver's own BEGIN would not cover DDL
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute(f"PRAGMA busy_timeout={LOCK_PATIENCE * 1000}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("begin_mode", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
