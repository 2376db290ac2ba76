"""Copying a whole library into another database, whichever kinds the two are of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    JSON,
    Column,
    Insert,
    Select,
    Table,
    bindparam,
    column,
    delete,
    func,
    insert,
    select,
    table,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from matcher.errors import ConflictError, InvalidInputError, StoreError
from matcher.store import tables_casework, tables_monthly, tables_people  # noqa: F401 - they register their tables
from matcher.store.changes import library_state
from matcher.store.database import Database
from matcher.store.tables import Base, LibraryRow, VectorRow

Progress = Callable[[str, int, int], None]
"""Called with the name of a table, how many of its rows are done, and how many there are."""

_AT_ONCE: Final = 500
_UNTOUCHED: Final = "目标数据库没有改动"
_SQLITE_SEQUENCES: Final = table("sqlite_sequence", column("name"), column("seq"))


class CopiedTable(NamedTuple):
    """A table and how many rows were copied."""

    name: str
    rows: int


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy has brought over.

    Attributes:
        tables: in the order in which they depend on each other.
        revision: that of the library; the indexes that fit the source fit the copy.
    """

    tables: tuple[CopiedTable, ...]
    revision: int

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(each.rows for each in self.tables)


def copy_library(source: Database, target: Database, progress: Progress | None = None) -> Copied:
    """Copy all tables into an empty library, as they are at one moment; all of it or nothing.

    Rows are streamed: the memory that it takes does not grow with the library. Numbers that were
    given once are not given again in the copy either, also where their records are gone.

    Raises:
        InvalidInputError: there is nothing in the source.
        ConflictError: the target holds records already.
        StoreError: a table could not be copied, or came out otherwise than it went in.
    """
    with source.reading() as reading, target.writing() as writing:
        if not _is_filled(reading):
            raise InvalidInputError("来源数据库里没有任何数据，请检查它的地址")
        if _is_filled(writing):
            raise ConflictError("目标数据库里已经有数据。请换一个空的数据库，原有的数据不会动")
        for row in (LibraryRow, VectorRow):
            writing.execute(delete(row))
        copied = tuple(
            CopiedTable(each.name, _copy_table(reading, writing, each, progress))
            for each in Base.metadata.sorted_tables
        )
        return Copied(copied, library_state(writing).revision)


def _is_filled(session: Session) -> bool:
    """Whether there are records: vectors alone are there as soon as a program has looked."""
    own = {LibraryRow.__table__, VectorRow.__table__}
    tables = (each for each in Base.metadata.sorted_tables if each not in own)
    return any(session.execute(select(1).select_from(each).limit(1)).first() for each in tables)


def _copy_table(
    reading: Session, writing: Session, copied: Table, progress: Progress | None
) -> int:
    """Copy one table; returns how many rows it has."""
    total = _count(reading, copied)
    try:
        done = 0
        with reading.execute(_all_of(copied)) as found:
            for rows in found.mappings().partitions(_AT_ONCE):
                writing.connection().execute(_insert_into(copied), [dict(row) for row in rows])
                done += len(rows)
                if progress is not None:
                    progress(copied.name, done, total)
        _go_on_counting(reading, writing, copied)
    except DBAPIError as error:
        raise StoreError(
            f"表 {copied.name} 没有复制成，目标数据库没有改动：{error.orig}"
        ) from error
    if not total == done == _count(writing, copied):
        raise StoreError(f"表 {copied.name} 复制前后的行数不同，{_UNTOUCHED}。请再试一次")
    return total


def _all_of(copied: Table) -> Select[Any]:
    return select(copied).order_by(*copied.primary_key).execution_options(yield_per=_AT_ONCE)


def _count(session: Session, counted: Table) -> int:
    return session.execute(select(func.count()).select_from(counted)).scalar_one()


def _insert_into(copied: Table) -> Insert:
    """An insert of whole rows, by which a missing value stays one.

    By itself SQLAlchemy writes JSON's `null` for None, which is no NULL to whoever asks for it.
    """
    missing = JSON(none_as_null=True)
    return insert(copied).values(
        {
            each.name: bindparam(each.name, type_=missing if _may_miss_json(each) else each.type)
            for each in copied.columns
        }
    )


def _may_miss_json(asked: Column[Any]) -> bool:
    return isinstance(asked.type, JSON) and bool(asked.nullable)


def _go_on_counting(reading: Session, writing: Session, copied: Table) -> None:
    """Let the numbers that the target gives follow on the last one that the source gave."""
    counted = next((each for each in copied.columns if each.identity is not None), None)
    if counted is None:
        return
    last = _last_number(reading, copied, counted)
    if last is None:
        return
    if writing.get_bind().dialect.name == "postgresql":
        writing.execute(select(func.setval(_sequence(copied, counted), last)))
    elif copied.dialect_options["sqlite"]["autoincrement"]:
        named = _SQLITE_SEQUENCES.c.name == copied.name
        writing.execute(delete(_SQLITE_SEQUENCES).where(named))
        writing.execute(insert(_SQLITE_SEQUENCES).values(name=copied.name, seq=last))


def _last_number(session: Session, asked: Table, counted: Column[Any]) -> int | None:
    """The highest number that was ever given, as far as the database remembers it."""
    if session.get_bind().dialect.name == "postgresql":
        name = session.execute(select(_sequence(asked, counted))).scalar_one()
        row = session.execute(text(f"SELECT last_value, is_called FROM {name}")).one()
        given = int(row.last_value) if row.is_called else None
    else:
        named = _SQLITE_SEQUENCES.c.name == asked.name
        given = session.scalar(select(_SQLITE_SEQUENCES.c.seq).where(named))
    highest = session.scalar(select(func.max(counted)))
    return max((number for number in (given, highest) if number is not None), default=None)


def _sequence(asked: Table, counted: Column[Any]) -> Any:  # noqa: ANN401 - a SQL expression
    """The sequence that numbers a column, on PostgreSQL."""
    return func.pg_get_serial_sequence(asked.name, counted.name)
