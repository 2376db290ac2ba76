"""The revision of the library, and what changed since an earlier one."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from matcher.records import Side
from matcher.store.dialect import upsert
from matcher.store.tables import ChangeRow, LibraryRow, RevisionRow

START_TOKEN = "0"
"""Token of revision 0, the empty library."""


@dataclass(frozen=True, slots=True)
class LibraryState:
    """Which library this is and how far it has come; `token` belongs to this revision alone."""

    library_id: str
    revision: int
    token: str


def library_state(session: Session) -> LibraryState:
    """Identity and current revision of the library."""
    query = select(LibraryRow.id, LibraryRow.revision, RevisionRow.token).outerjoin(
        RevisionRow, RevisionRow.number == LibraryRow.revision
    )
    row = session.execute(query).one()
    return LibraryState(
        row.id, row.revision, row.token or (START_TOKEN if not row.revision else "")
    )


def revision_token(session: Session, number: int) -> str:
    """Token of a revision, empty if the library has never had it."""
    if number == 0:
        return START_TOKEN
    return session.scalar(select(RevisionRow.token).where(RevisionRow.number == number)) or ""


def record_changes(session: Session, side: Side, owner_ids: Iterable[str]) -> None:
    """Note that the passages of these owners changed, under a new revision."""
    owners = list(dict.fromkeys(owner_ids))
    if not owners:
        return
    session.execute(update(LibraryRow).values(revision=LibraryRow.revision + 1))
    number = session.execute(select(LibraryRow.revision)).scalar_one()
    session.execute(
        insert(RevisionRow).values(
            number=number, token=secrets.token_hex(16), created_at=datetime.now(UTC)
        )
    )
    noting = upsert(session, ChangeRow)
    noting = noting.on_conflict_do_update(
        index_elements=[ChangeRow.side, ChangeRow.owner_id],
        set_={"revision": noting.excluded.revision},
    )
    rows = [{"side": side, "owner_id": owner, "revision": number} for owner in owners]
    session.connection().execute(noting, rows)


def changed_owners(session: Session, side: Side, after: int) -> list[str]:
    """Owners whose passages changed after revision `after`, earliest change first."""
    return list(
        session.scalars(
            select(ChangeRow.owner_id)
            .where(ChangeRow.side == side, ChangeRow.revision > after)
            .order_by(ChangeRow.revision, ChangeRow.owner_id)
        )
    )
