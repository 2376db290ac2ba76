"""Saving of records by comparing fingerprints, so that saving again changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import DeclarativeBase, Session

from matcher.store.batches import batched
from matcher.store.codec import Record, columns, fingerprint
from matcher.store.tables import EnterpriseRow, NeedRow, PartnerRow


@dataclass(frozen=True, slots=True)
class SaveCounts:
    """What a save did, in records."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: "SaveCounts") -> "SaveCounts":
        """Counts of two saves together."""
        return SaveCounts(
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
        )


@dataclass(frozen=True, slots=True)
class Saved(Generic[Record]):
    """The records that a save inserted and those that it changed, and the counts."""

    created: list[Record]
    updated: list[Record]
    counts: SaveCounts

    @property
    def written(self) -> list[Record]:
        """All that it wrote."""
        return self.created + self.updated


def save_rows(
    session: Session,
    row_class: type[EnterpriseRow | NeedRow | PartnerRow],
    records: Sequence[Record],
) -> Saved[Record]:
    """Insert records that are new and update those that differ from what is stored.

    Of several records with one id the last counts.
    """
    by_id = {record.id: record for record in records}
    prints = {record.id: fingerprint(record) for record in by_id.values()}
    stored = _stored_fingerprints(session, row_class, list(by_id))
    created = [record for key, record in by_id.items() if key not in stored]
    updated = [
        record for key, record in by_id.items() if key in stored and stored[key] != prints[key]
    ]
    insert_rows(session, row_class, [columns(r) | {"fingerprint": prints[r.id]} for r in created])
    if updated:
        table = table_of(row_class)
        rows = [columns(r) | {"fingerprint": prints[r.id], "_id": r.id} for r in updated]
        session.connection().execute(update(table).where(table.c.id == bindparam("_id")), rows)
        session.expire_all()
    counts = SaveCounts(len(created), len(updated), len(by_id) - len(created) - len(updated))
    return Saved(created, updated, counts)


def insert_rows(
    session: Session, row_class: type[DeclarativeBase], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows by name of the column, as they are: no mapped objects are made of them."""
    if rows:
        session.execute(insert(table_of(row_class)), rows)


def table_of(row_class: type[DeclarativeBase]) -> Table:
    """The table of a mapped class."""
    table = row_class.__table__
    assert isinstance(table, Table)
    return table


def _stored_fingerprints(
    session: Session, row_class: type[EnterpriseRow | NeedRow | PartnerRow], ids: list[str]
) -> dict[str, str]:
    stored: dict[str, str] = {}
    for batch in batched(ids):
        query = select(row_class.id, row_class.fingerprint).where(row_class.id.in_(batch))
        stored.update({row.id: row.fingerprint for row in session.execute(query)})
    return stored
