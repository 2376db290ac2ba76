"""A server's connections: shared out, limited, and replaced when they break."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import URL, make_url, text
from sqlalchemy.orm import Session

from matcher.bootstrap import open_library
from matcher.errors import StoreError
from matcher.settings import Settings
from matcher.store import database as database_module
from matcher.store.changes import library_state
from matcher.store.database import Database, open_database
from matcher.store.engines import make_engine
from tests.databases import Databases
from tests.postgres import NoServerError, Server, running_server


@pytest.fixture
def postgres_url(postgres_databases: Databases) -> Iterator[URL]:
    """Address of an empty library on a PostgreSQL server."""
    url = postgres_databases.migrated()
    yield url
    postgres_databases.drop(url)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that this test may stop."""
    try:
        with running_server() as started:
            yield started
    except NoServerError as error:
        pytest.skip(f"no PostgreSQL: {error}")


def asked_for(url: URL, **limits: str) -> URL:
    """The address with limits of the session that a test need not wait for."""
    options = " ".join(f"-c {name}={value}" for name, value in limits.items())
    return url.update_query_dict({"options": options})


def shown(session: Session, name: str) -> str:
    return str(session.execute(text(f"SHOW {name}")).scalar_one())


def test_a_session_tells_the_server_how_long_it_may_wait(postgres_url: URL) -> None:
    with closing(open_database(postgres_url)) as opened, opened.writing() as session:
        assert shown(session, "application_name") == "need-matcher"
        assert shown(session, "lock_timeout") == "30s"
        assert shown(session, "statement_timeout") == "10min"
        assert shown(session, "idle_in_transaction_session_timeout") == "5min"
    with closing(open_database(postgres_url)) as opened, opened.reading() as session:
        assert shown(session, "idle_in_transaction_session_timeout") == "0"
        assert shown(session, "transaction_isolation") == "repeatable read"


def test_the_address_has_the_last_word(postgres_url: URL) -> None:
    url = asked_for(postgres_url, lock_timeout="3s", work_mem="5MB")
    named = url.update_query_dict({"application_name": "乐清"})
    with closing(open_database(named)) as opened, opened.reading() as session:
        assert shown(session, "application_name").isascii()  # the server shows "?" for it
        assert shown(session, "application_name") != "need-matcher"
        assert shown(session, "lock_timeout") == "3s"
        assert shown(session, "work_mem") == "5MB"
        assert shown(session, "statement_timeout") == "10min"


def test_another_driver_is_told_nothing_that_it_does_not_know() -> None:
    url = make_url("postgresql+pg8000://matcher@localhost/matcher")
    with pytest.raises(ImportError):
        make_engine(url)


@pytest.mark.any_database
def test_there_are_no_more_connections_than_allowed(database_url: URL) -> None:
    refused = pytest.raises(StoreError, match="MATCHER_DATABASE_POOL")
    with closing(open_database(database_url, pool_size=2, patience=0.1)) as opened:
        with opened.reading(), opened.reading(), refused, opened.reading():
            pass
        with opened.reading() as session:
            assert library_state(session).revision == 0


def test_the_setting_says_how_many(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url="", database_pool=3)
    with closing(open_library(settings)) as opened:
        assert "Pool size: 3 " in opened.engine.pool.status()


@pytest.mark.any_database
def test_who_waits_gets_a_connection_as_soon_as_one_is_free(database_url: URL) -> None:
    with closing(open_database(database_url, pool_size=1)) as opened:
        seen: list[int] = []

        def read() -> None:
            with opened.reading() as session:
                seen.append(library_state(session).revision)

        threads = [Thread(target=read) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seen == [0] * 20


def test_a_writer_does_not_wait_for_ever_on_a_server(postgres_url: URL) -> None:
    url = asked_for(postgres_url, lock_timeout="200ms")
    refused = pytest.raises(StoreError, match="别人正在保存")
    with closing(open_database(url)) as opened, opened.writing(), refused, opened.writing():
        pass


def test_a_writer_does_not_wait_for_ever_on_a_file(database: Database) -> None:
    with database.reading() as first, database.reading() as second:
        for session in (first, second):
            session.execute(text("PRAGMA busy_timeout=100"))  # these two are what is in the pool
    with database.writing(), pytest.raises(StoreError, match="别人正在保存"), database.writing():
        pass


def test_a_writer_that_does_nothing_loses_the_lock(
    postgres_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "LONGEST_PAUSE", 1)
    with closing(open_database(postgres_url)) as opened:
        with pytest.raises(StoreError, match="停顿太久"):
            _fall_asleep(opened)
        with opened.writing() as session:
            assert library_state(session).revision == 0


def _fall_asleep(opened: Database) -> None:
    with opened.writing() as asleep:
        with opened.writing() as other:  # waits for the lock, and is given it
            assert library_state(other).revision == 0
        library_state(asleep)


def test_a_statement_does_not_run_for_ever(postgres_url: URL) -> None:
    url = asked_for(postgres_url, statement_timeout="100ms")
    with closing(open_database(url)) as opened:
        with pytest.raises(StoreError, match="已经停止"), opened.reading() as session:
            session.execute(text("SELECT pg_sleep(5)"))
        with opened.reading() as session:
            assert library_state(session).revision == 0


def test_a_restarted_server_is_found_again(server: Server) -> None:
    with closing(open_database(server.url())) as opened:
        with opened.reading(), opened.reading():
            pass  # two connections wait in the pool
        with pytest.raises(StoreError, match="断了"):
            _read_over_a_restart(opened, server)
        for _ in range(2):
            with opened.writing() as session:
                assert library_state(session).revision == 0


def _read_over_a_restart(opened: Database, server: Server) -> None:
    with opened.reading() as session:
        server.restart()
        library_state(session)


def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    url = "postgresql+psycopg://matcher:secret@127.0.0.1:1/matcher"
    started = time.monotonic()
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:1") as raised:
        open_database(url)
    assert "secret" not in raised.value.message
    assert time.monotonic() - started < 15
