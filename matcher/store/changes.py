"""The revision of the library, and what changed since an earlier one."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from matcher.records import Side
from matcher.store.tables import ChangeRow, LibraryRow


@dataclass(frozen=True, slots=True)
class LibraryState:
    """Which library this is and how far it has come."""

    library_id: str
    revision: int


def library_state(session: Session) -> LibraryState:
    """Identity and current revision of the library."""
    row = session.execute(select(LibraryRow.id, LibraryRow.revision)).one()
    return LibraryState(row.id, row.revision)


def record_changes(session: Session, side: Side, owner_ids: Iterable[str]) -> None:
    """Note that the passages of these owners changed, under a new revision."""
    owners = list(dict.fromkeys(owner_ids))
    if not owners:
        return
    session.execute(update(LibraryRow).values(revision=LibraryRow.revision + 1))
    revision = library_state(session).revision
    session.execute(
        insert(ChangeRow),
        [{"revision": revision, "side": side, "owner_id": owner_id} for owner_id in owners],
    )


def changed_owners(session: Session, side: Side, after: int) -> list[str]:
    """Owners whose passages changed after revision `after`, earliest change first."""
    return list(
        session.scalars(
            select(ChangeRow.owner_id)
            .where(ChangeRow.side == side, ChangeRow.revision > after)
            .group_by(ChangeRow.owner_id)
            .order_by(func.max(ChangeRow.revision), ChangeRow.owner_id)
        )
    )
