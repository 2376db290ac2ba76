"""The schema goes up and down on every database, and takes along what it can."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Engine, inspect, select, text
from sqlalchemy.orm import Session

from matcher.casework.needs import NeedStatus
from matcher.people import Account, Role
from matcher.records import Side
from matcher.store.accounts import add_account, find_account
from matcher.store.changes import library_state
from matcher.store.database import Database, alembic_config, migrate, open_database
from matcher.store.engines import make_engine
from matcher.store.need_steps import set_status
from matcher.store.needs import get_needs, save_needs
from matcher.store.partners import get_partners, save_partners
from matcher.store.passages import passages_of
from matcher.store.plan_marks import Mark, PlanMark, set_mark
from matcher.store.tables import Base, LibraryRow
from tests.conftest import CONTACTS, HOT_CONTACTS, NEEDS, PARTNERS

pytestmark = pytest.mark.any_database

REVISIONS = [
    script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()
][::-1]
"""From the first to the latest."""
OPEN_IT = "import sys; from matcher.store.database import open_database; open_database(sys.argv[1])"


@pytest.fixture
def engine(blank_url: URL) -> Iterator[Engine]:
    """Of a database without any table."""
    made = make_engine(blank_url)
    yield made
    made.dispose()


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


def revision_of(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def functions(engine: Engine) -> int:
    """How many functions there are; SQLite knows none."""
    if engine.dialect.name == "sqlite":
        return 0
    with engine.connect() as connection:
        counted = text("SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
        return int(connection.execute(counted).scalar_one())


def test_the_migrations_make_what_the_tables_say(database: Database) -> None:
    assert differences(database.engine) == []


def test_each_step_can_be_taken_up_and_down(engine: Engine) -> None:
    for revision in REVISIONS:
        migrate(engine, revision)
        assert revision_of(engine) == revision
    for revision in [*REVISIONS[-2::-1], "base"]:
        migrate(engine, revision)
        assert revision_of(engine) == (None if revision == "base" else revision)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    assert functions(engine) == 0
    migrate(engine)
    assert differences(engine) == []
    with Session(engine) as session:
        assert library_state(session).revision == 0


def fill(database: Database) -> None:
    """Records of every revision."""
    now = datetime(2026, 11, 22, tzinfo=UTC)
    person = Account(username="wang", name="王示例", role=Role.READ_ONLY, county="", created_at=now)
    mark = PlanMark(
        need_id=HOT_CONTACTS.id,
        partner_id=CONTACTS.id,
        mark=Mark.PIN,
        note="",
        marked_at=now,
        marked_by="示例",
    )
    with database.writing() as session:
        save_partners(session, PARTNERS)
        save_needs(session, NEEDS)
        set_status(session, HOT_CONTACTS.id, NeedStatus.SIGNED)
        add_account(session, person, "hash")
        set_mark(session, mark)


@pytest.mark.parametrize("lowest", REVISIONS[:-1])
def test_what_an_older_schema_can_hold_is_kept(database: Database, lowest: str) -> None:
    fill(database)
    with database.reading() as session:
        before = library_state(session)
        passages = passages_of(session, Side.PARTNER, [CONTACTS.id])
    migrate(database.engine, lowest)
    migrate(database.engine)
    with database.reading() as session:
        partners = get_partners(session, [partner.id for partner in PARTNERS])
        needs = get_needs(session, [need.id for need in NEEDS])
        assert partners == {partner.id: partner for partner in PARTNERS}
        assert needs == {need.id: need for need in NEEDS}
        assert library_state(session) == before
        assert passages_of(session, Side.PARTNER, [CONTACTS.id]) == passages
        assert (find_account(session, "wang") is not None) == (lowest >= "0002")


def test_a_library_that_was_filled_can_be_taken_down(database: Database) -> None:
    fill(database)
    migrate(database.engine, "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}


def test_many_that_open_a_new_library_at_once_all_succeed(blank_url: URL) -> None:
    states, failures = set(), []

    def open_one() -> None:
        try:
            opened = open_database(blank_url)
            with opened.reading() as session:
                states.add(library_state(session))
            opened.close()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=open_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(states) == 1


def test_two_processes_migrate_at_once(blank_url: URL) -> None:
    address = blank_url.render_as_string(hide_password=False)
    started = [
        subprocess.Popen([sys.executable, "-c", OPEN_IT, address], stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    told = [process.communicate(timeout=120)[1].decode() for process in started]
    assert [process.returncode for process in started] == [0, 0], told
    with closing(open_database(blank_url)) as opened, opened.reading() as session:
        assert len(session.scalars(select(LibraryRow.id)).all()) == 1
