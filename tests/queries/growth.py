"""A small library grown to a larger one: every row once more, so and so many times.

It knows nothing of the single tables, so that a new one is grown too. Records get new ids. What
hangs on a record is given both to the new records and, where no constraint forbids it, to the old
one: a library with more needs, and needs with more steps, contacts and pairings each.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from sqlalchemy import Column, Table, UniqueConstraint, insert, select
from sqlalchemy.orm import Session

from matcher.records import Side
from matcher.store import tables_casework, tables_monthly, tables_people  # noqa: F401 - they register their tables
from matcher.store.changes import record_changes
from matcher.store.tables import Base, NeedRow, PartnerRow

_LEFT_ALONE: Final = frozenset({"library", "revisions", "changes", "vectors"})
"""One row, or derived from the others."""
_LOOSE: Final = frozenset({"owner_id", "subject_id"})
"""Columns that name a record without a foreign key."""
_CLOSED: Final = frozenset({"step"})
"""Columns of constraints that hold a name from a closed list."""
_FAR: Final = 1000
"""Numbers of copies are this far apart from one way of copying to the next."""

_DISTINCT: Final = frozenset({"path"})
"""Columns in which two rows never agree, though no constraint says so."""

Row = dict[str, Any]
Key = tuple[tuple[str, ...], tuple[Any, ...]]


def grow(session: Session, times: int) -> None:
    """Add `times` copies of each row of the library, and of each way in which it may hang."""
    records = _ids_of_records(session)
    for table in Base.metadata.sorted_tables:
        if table.name in _LEFT_ALONE:
            continue
        known = [dict(row) for row in session.execute(select(table)).mappings()]
        taken = {key for row in known for key in _keys(table, row)}
        new = []
        for row in _copies(table, known, times, records):
            if taken.isdisjoint(_keys(table, row)):
                taken.update(_keys(table, row))
                new.append(row)
        if new:
            session.connection().execute(insert(table), new)
    record_changes(session, Side.PARTNER, session.scalars(select(PartnerRow.id)))
    record_changes(session, Side.NEED, session.scalars(select(NeedRow.id)))


def _copies(table: Table, known: list[Row], times: int, records: set[str]) -> Iterator[Row]:
    """Copies that hang on new records; then those that keep one of the old ones, then all."""
    links = [each.name for each in table.columns if _is_link(each)]
    ways = [frozenset[str](), *(frozenset({name}) for name in links), frozenset(links)]
    for way, kept in enumerate(dict.fromkeys(ways)):
        renamed = _to_rename(table, kept)
        for row in known:
            for number in range(1, times + 1):
                copy = dict(row)
                for name in links:
                    if name not in kept and _names_record(table.columns[name], row, records):
                        copy[name] = _other(row[name], number)
                for name in renamed:
                    copy[name] = _other(row[name], number + way * _FAR)
                if not kept:
                    copy.update(_elsewhere(row, number))
                yield copy


def _elsewhere(row: Row, number: int) -> Row:
    """Month and county of a copy that hangs on new records: what is counted by them grows too."""
    changed: Row = {}
    if row.get("county"):
        changed["county"] = f"第{number}县"
    if row.get("month"):
        year, month = map(int, row["month"].split("-"))
        months = 12 * year + month - 1 - number
        changed["month"] = f"{months // 12}-{months % 12 + 1:02}"
    return changed


def _is_link(column: Column[Any]) -> bool:
    return bool(column.foreign_keys) or column.name in _LOOSE


def _names_record(column: Column[Any], row: Row, records: set[str]) -> bool:
    value = row[column.name]
    return value is not None and (bool(column.foreign_keys) or value in records)


def _to_rename(table: Table, kept: frozenset[str]) -> set[str]:
    """Columns that must differ in copies which keep these links, so that no constraint is broken.

    Where a constraint has a link that is not kept, that makes the difference already.
    """
    renamed = {each.name for each in table.columns if each.name in _DISTINCT}
    for columns in _constraints(table):
        if any(_is_link(each) and each.name not in kept for each in columns):
            continue
        free = [each for each in columns if not _is_link(each)]
        texts = [each for each in free if each.type.python_type is str]
        renamed.update(each.name for each in texts[-1:] or free)
    return renamed - _CLOSED


def _constraints(table: Table) -> Iterator[list[Column[Any]]]:
    yield list(table.primary_key)
    for each in table.constraints:
        if isinstance(each, UniqueConstraint):
            yield list(each.columns)


def _keys(table: Table, row: Row) -> Iterable[Key]:
    """What no other row may have."""
    for columns in _constraints(table):
        names = tuple(each.name for each in columns)
        yield names, tuple(row[name] for name in names)


def _other(value: Any, number: int) -> Any:  # noqa: ANN401 - of a text a text, of a number one
    """Another value for each number; a year stays one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + (number % _FAR if 2000 <= value < 2100 else 100 * number)
    return f"{value[:50]}~{number}"


def _ids_of_records(session: Session) -> set[str]:
    """Ids that a column without a foreign key may name."""
    return {
        str(row.id)
        for table in Base.metadata.sorted_tables
        if "id" in table.columns
        for row in session.execute(select(table.c.id))
    }
