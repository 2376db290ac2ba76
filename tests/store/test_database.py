import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import URL, text

from matcher.errors import StoreError
from matcher.records import Side
from matcher.store.changes import library_state
from matcher.store.database import Database, open_database
from matcher.store.partners import save_partners
from matcher.store.passages import passages_of
from matcher.store.vectors import drop_unused_vectors, load_vectors, round_as_stored, save_vectors
from tests.conftest import CONTACTS, PARTNERS


def test_sqlite_writes_ahead_and_checks_foreign_keys(tmp_path: Path) -> None:
    with open_database(f"sqlite:///{tmp_path / 'library.sqlite3'}").reading() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA foreign_keys")) == 1


def test_opening_again_keeps_the_library(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'deep' / 'down' / 'library.sqlite3'}"
    with open_database(url).writing() as session:
        first = library_state(session)
    with open_database(url).reading() as session:
        assert library_state(session) == first


@pytest.mark.any_database
def test_writers_wait_for_each_other(database_url: URL) -> None:
    databases = [open_database(database_url), open_database(database_url)]
    failures = []

    def write(database: Database, start: int) -> None:
        try:
            for number in range(start, start + 10):
                with database.writing() as session:
                    library_state(session)
                    save_partners(session, [replace(CONTACTS, id=f"P{number}")])
        except Exception as error:
            failures.append(error)

    threads = [
        threading.Thread(target=write, args=(database, 100 * number))
        for number, database in enumerate(databases)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with databases[0].reading() as session:
        assert library_state(session).revision == 20
    for database in databases:
        database.close()


@pytest.mark.parametrize("url", ["nonsense", "no-such-database://x/y", "sqlite:////proc/no/file"])
def test_an_unusable_address_is_named(url: str) -> None:
    with pytest.raises(StoreError):
        open_database(url)


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    path.write_bytes(b"this is not a database at all, but somebody's file")
    with pytest.raises(StoreError, match="library"):
        open_database(f"sqlite:///{path}")
    assert path.read_bytes().startswith(b"this is not")


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    open_database(f"sqlite:///{path}").close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="9999"):
        open_database(f"sqlite:///{path}")


@pytest.mark.any_database
def test_vectors_are_kept_apart_by_model(database: Database) -> None:
    vector = np.array([0.6, 0.8], dtype=np.float32)
    with database.writing() as session:
        save_vectors(session, "one", {"h": vector})
        save_vectors(session, "one", {"h": -vector})
        save_vectors(session, "two", {"h": -vector, "other": vector})
        stored = load_vectors(session, "one", ["h", "missing"])
        assert stored.keys() == {"h"}
        assert stored["h"] == pytest.approx(round_as_stored(vector))
        assert load_vectors(session, "two", ["h"])["h"] == pytest.approx(-round_as_stored(vector))


@pytest.mark.any_database
def test_vectors_of_no_passage_can_be_dropped(database: Database) -> None:
    with database.writing() as session:
        save_partners(session, PARTNERS)
        used = passages_of(session, Side.PARTNER, ["X1"])[0].content_hash
        vector = np.array([1.0, 0.0], dtype=np.float32)
        save_vectors(session, "m", {used: vector, "unused": vector})
        assert drop_unused_vectors(session) == 1
        assert load_vectors(session, "m", [used, "unused"]).keys() == {used}
