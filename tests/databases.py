"""Empty libraries for the tests, of either kind: migrated once, then copied or emptied again."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Protocol

from alembic.script import ScriptDirectory
from sqlalchemy import URL, Engine, NullPool, create_engine, make_url
from sqlalchemy.exc import DBAPIError

from matcher.store import tables_casework, tables_monthly, tables_people  # noqa: F401 - they register their tables
from matcher.store.database import alembic_config, open_database
from matcher.store.tables import Base
from tests.postgres import running_server

KINDS: Final = ("sqlite", "postgresql")
SERVER_VARIABLE: Final = "MATCHER_TEST_DATABASE_URL"


class Databases(Protocol):
    """Makes databases of one kind."""

    def blank(self) -> URL:
        """A new database without any table."""

    def migrated(self) -> URL:
        """A new library without any record."""

    def drop(self, url: URL) -> None:
        """Take back a database that was made here, whoever is still connected to it."""


class SqliteDatabases:
    """Makes files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.sqlite3"
        open_database(f"sqlite:///{self._template}").close()

    def blank(self) -> URL:
        return URL.create("sqlite", database=str(self._folder / f"{secrets.token_hex(8)}.sqlite3"))

    def migrated(self) -> URL:
        url = self.blank()
        shutil.copyfile(self._template, str(url.database))
        return url

    def drop(self, url: URL) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(f"{url.database}{ending}").unlink(missing_ok=True)


_EMPTY_IT: Final = """
DO $$
DECLARE one text; filled boolean;
BEGIN
  SET LOCAL lock_timeout = '1s';
  IF (SELECT version_num FROM alembic_version) <> '{head}' THEN
    RAISE EXCEPTION 'another schema';
  END IF;
  ALTER TABLE audit DISABLE TRIGGER USER;
  FOREACH one IN ARRAY ARRAY[{tables}] LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', one) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM %I', one); END IF;
  END LOOP;
  ALTER TABLE audit ENABLE TRIGGER USER;
  UPDATE library SET revision = 0 WHERE revision <> 0;
  PERFORM setval(format('%I', sequencename), start_value, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""
"""Far quicker than another database: a copy of the template is a thousand files."""


class PostgresDatabases:
    """Makes databases on a server; those that are there already are left alone.

    A library that is given back is emptied and given out again, unless its schema was changed or
    somebody still works in it.
    """

    def __init__(self, server: URL) -> None:
        self._server = server
        self._admin: Engine = create_engine(server, isolation_level="AUTOCOMMIT")
        self._template = self.blank()
        open_database(self._template).close()
        head = ScriptDirectory.from_config(alembic_config()).get_current_head()
        dependants_first = [each.name for each in reversed(Base.metadata.sorted_tables)]
        tables = ", ".join(f"'{name}'" for name in dependants_first if name != "library")
        self._empty_it = _EMPTY_IT.format(head=head, tables=tables)
        self._given_out: set[URL] = set()
        self._free: list[URL] = []

    def blank(self) -> URL:
        return self._create("")

    def migrated(self) -> URL:
        url = self._free.pop() if self._free else self._copied()
        self._given_out.add(url)
        return url

    def drop(self, url: URL) -> None:
        if url in self._given_out and self._is_emptied(url):
            self._free.append(url)
        else:
            self._run(f'DROP DATABASE "{url.database}" WITH (FORCE)')
        self._given_out.discard(url)

    def close(self) -> None:
        for url in (*self._free, self._template):
            self.drop(url)
        self._admin.dispose()

    def _copied(self) -> URL:
        return self._create(f' TEMPLATE "{self._template.database}"')

    def _is_emptied(self, url: URL) -> bool:
        engine = create_engine(url, poolclass=NullPool)
        try:
            with engine.begin() as connection:
                connection.exec_driver_sql(self._empty_it)
        except DBAPIError:
            return False
        return True

    def _create(self, more: str) -> URL:
        name = f"matcher_test_{secrets.token_hex(8)}"
        self._run(f'CREATE DATABASE "{name}"{more}')
        return self._server.set(database=name)

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)


@contextmanager
def on_a_server() -> Iterator[PostgresDatabases]:
    """Databases on the server that is named to the tests, or on one that is started for them.

    Raises:
        NoServerError: none is named, and none can be started here.
    """
    named = os.environ.get(SERVER_VARIABLE, "")
    if named:
        with closing(PostgresDatabases(make_url(named))) as databases:
            yield databases
    else:
        with running_server() as server, closing(PostgresDatabases(server.url())) as databases:
            yield databases
