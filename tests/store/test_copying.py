"""A library moves to another database, whichever kinds the two are of."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import URL, delete, event, insert, select
from sqlalchemy.engine import Connection

from matcher.errors import ConflictError, InvalidInputError, StoreError
from matcher.people import actor_of_program
from matcher.records import Need, Side
from matcher.store.audit import add_audit
from matcher.store.changes import library_state
from matcher.store.copying import Copied, copy_library
from matcher.store.database import Database, open_database
from matcher.store.needs import save_needs
from matcher.store.partners import delete_partner, save_partners
from matcher.store.passages import passages_of
from matcher.store.tables import Base, MatchRunRow, VectorRow
from matcher.store.tables_monthly import BatchNeedRow, BatchRow, SiteFactRow
from tests.conftest import CONTACTS, NEEDS, PARTNERS
from tests.databases import Databases

NOW = datetime(2026, 11, 22, 8, 30, 0, 123456, tzinfo=UTC)
WAYS = [
    ("sqlite", "sqlite"),
    ("sqlite", "postgresql"),
    ("postgresql", "sqlite"),
    ("postgresql", "postgresql"),
]


@pytest.fixture(params=WAYS, ids="-to-".join)
def both(request: pytest.FixtureRequest) -> Iterator[tuple[Database, Database]]:
    """Two empty libraries."""
    makers: list[Databases] = [
        request.getfixturevalue(f"{'sqlite' if kind == 'sqlite' else 'postgres'}_databases")
        for kind in request.param
    ]
    urls: list[URL] = [maker.migrated() for maker in makers]
    opened = [open_database(url) for url in urls]
    yield opened[0], opened[1]
    for maker, url, database in zip(makers, urls, opened, strict=True):
        database.close()
        maker.drop(url)


def rows(database: Database) -> dict[str, list[Any]]:
    """Everything that a library holds."""
    with database.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(_in_order(table))]
            for table in Base.metadata.sorted_tables
        }


def _in_order(table: Any) -> Any:  # noqa: ANN401 - any table, any statement
    return select(table).order_by(*table.primary_key)


def fill(database: Database) -> None:
    """Records with all kinds of values, among them numbers that are not used any more."""
    batch = BatchRow(
        month="2026-10",
        state="finished",
        out="/data",
        settings={"深": [1, 2.5, None, {"层": True}]},
        model_id="m",
        revision=1,
        token="t",
        started_at=NOW,
        finished_at=None,
        started_by="示例",
        host="server",
        pid=1,
        cancel=False,
        error="",
        runs=0,
    )
    run = MatchRunRow(
        created_at=NOW,
        need_id=None,
        query_text="问“题”\n\t\U0001f600",
        filter={},
        model_id="m",
        revision=1,
        milliseconds=0.1 + 0.2,
        results={"a": 1e-17},
    )
    with database.writing() as session:
        save_partners(session, PARTNERS)
        save_needs(session, [*NEEDS, Need(id="N9", title="只有题目")])
        delete_partner(session, CONTACTS.id)
        add_audit(session, actor_of_program(), action="create", subject="need", subject_id="N1")
        session.add_all([batch, run])
        session.flush()
        session.add_all(
            [
                BatchNeedRow(batch_id=batch.id, need_id="N1", position=0, candidates=[["X1", 0.5]]),
                BatchNeedRow(batch_id=batch.id, need_id="N2", position=1, screening={}),
                VectorRow(model_id="m", content_hash="h", vector=bytes(range(256))),
                SiteFactRow(
                    owner="need",
                    owner_id="N1",
                    name="f",
                    value=None,
                    note="",
                    noted_on=NOW.date(),
                    noted_by="示例",
                ),
            ]
        )


def test_everything_is_copied(both: tuple[Database, Database]) -> None:
    source, target = both
    fill(source)
    seen: list[tuple[str, int, int]] = []
    copied = copy_library(source, target, lambda *step: seen.append(step))
    assert rows(target) == rows(source)
    assert dict(copied.tables) == {name: len(found) for name, found in rows(source).items()}
    assert copied.rows == sum(len(found) for found in rows(target).values()) > 20
    assert ("partners", 3, 3) in seen
    with source.reading() as before, target.reading() as after:
        assert library_state(after) == library_state(before)
        assert copied.revision == library_state(before).revision > 0


def test_what_is_missing_stays_missing(both: tuple[Database, Database]) -> None:
    """A JSON `null` would read alike, and yet be no NULL to whoever asks for what is missing."""
    source, target = both
    fill(source)
    with source.writing() as session:  # what the program leaves out where a part is not there yet
        values = {"batch_id": 1, "need_id": "N3", "position": 2}
        session.connection().execute(insert(BatchNeedRow), [values])
    copy_library(source, target)
    for database in both:
        with database.reading() as session:
            missing = select(BatchNeedRow.need_id).where(BatchNeedRow.screening.is_(None))
            assert "N3" in session.scalars(missing).all()


def test_numbers_go_on_where_they_were(both: tuple[Database, Database]) -> None:
    source, target = both
    fill(source)
    with source.writing() as session:
        save_partners(session, [CONTACTS])
        newest = max(each.id for each in passages_of(session, Side.PARTNER, [CONTACTS.id]))
        delete_partner(session, CONTACTS.id)
    copy_library(source, target)
    with target.writing() as session:
        save_partners(session, [CONTACTS])  # its evidence gets numbers that nobody has
        numbers = [each.id for each in passages_of(session, Side.PARTNER, [CONTACTS.id])]
        assert min(numbers) > newest, "an index may still hold the number of what was deleted"


def test_a_filled_target_is_left_alone(both: tuple[Database, Database]) -> None:
    source, target = both
    fill(source)
    with target.writing() as session:
        save_needs(session, NEEDS[:1])
    before = rows(target)
    with pytest.raises(ConflictError, match="已经有数据"):
        copy_library(source, target)
    assert rows(target) == before


def test_vectors_that_are_there_already_are_no_records(both: tuple[Database, Database]) -> None:
    source, target = both
    fill(source)
    with target.writing() as session:
        session.add(VectorRow(model_id="m", content_hash="h", vector=b"another"))
        session.add(VectorRow(model_id="m", content_hash="of no passage here", vector=b"x"))
    copy_library(source, target)
    assert rows(target) == rows(source)


def test_an_empty_source_is_a_mistake(both: tuple[Database, Database]) -> None:
    with pytest.raises(InvalidInputError, match="没有任何数据"):
        copy_library(*both)


def test_what_fails_on_the_way_leaves_nothing(both: tuple[Database, Database]) -> None:
    source, target = both
    fill(source)
    before = rows(target)

    def stop(name: str, done: int, total: int) -> None:
        if name == "passages":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_library(source, target, stop)
    assert rows(target) == before


def test_a_row_that_does_not_fit_is_told(
    sqlite_databases: Databases, postgres_databases: Databases
) -> None:
    """SQLite minds no length; a table that another program wrote into may hold too long a text."""
    file, server = sqlite_databases.migrated(), postgres_databases.migrated()
    with closing(open_database(file)) as source, closing(open_database(server)) as target:
        with source.writing() as session:
            save_needs(session, [Need(id="N1", title="长" * 201)])
        with pytest.raises(StoreError, match="表 needs 没有复制成"):
            copy_library(source, target)
        assert not any(found for name, found in rows(target).items() if name != "library")
    postgres_databases.drop(server)


def test_a_row_that_was_lost_is_noticed(both: tuple[Database, Database]) -> None:
    source, target = both
    fill(source)

    @event.listens_for(target.engine, "after_cursor_execute")
    def lose(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:  # noqa: ANN401
        if statement.startswith("INSERT INTO vectors"):
            connection.execute(delete(VectorRow))

    with pytest.raises(StoreError, match="行数不同"):
        copy_library(source, target)
    assert not any(found for name, found in rows(target).items() if name != "library")


def test_the_sum_is_that_of_its_parts() -> None:
    assert Copied((), 0).rows == 0
