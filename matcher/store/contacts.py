"""Queries on contact data."""

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matcher.casework.contacts import Contact, ContactOwner, Secrecy
from matcher.errors import NotFoundError
from matcher.store.batches import batched
from matcher.store.tables_casework import ContactRow


def contacts_of(session: Session, owner: ContactOwner, owner_id: str) -> list[Contact]:
    """All contacts of a record, as they are, the first one entered first."""
    query = (
        select(ContactRow)
        .where(ContactRow.owner == owner, ContactRow.owner_id == owner_id)
        .order_by(ContactRow.id)
    )
    return list(map(_contact, session.scalars(query)))


def contacts_of_many(
    session: Session, owner: ContactOwner, owner_ids: Iterable[str]
) -> dict[str, list[Contact]]:
    """All contacts of records of one kind, as they are, by record; those without any left out."""
    found: dict[str, list[Contact]] = {}
    for batch in batched(owner_ids):
        query = (
            select(ContactRow)
            .where(ContactRow.owner == owner, ContactRow.owner_id.in_(batch))
            .order_by(ContactRow.id)
        )
        for row in session.scalars(query):
            found.setdefault(row.owner_id, []).append(_contact(row))
    return found


def get_contact(session: Session, contact_id: int) -> Contact:
    """One contact, as it is.

    Raises:
        NotFoundError: there is none with this number.
    """
    return _contact(_row(session, contact_id))


def save_contact(session: Session, contact: Contact) -> Contact:
    """Create a contact (id 0) or replace one; returns it with its number.

    The record that it belongs to stays the same when it is replaced.

    Raises:
        NotFoundError: there is none with this number.
        ValueError: it is masked, so what it says is not what is known.
    """
    if contact.masked:
        raise ValueError("a masked contact would overwrite what it hides")
    if contact.id:
        row = _row(session, contact.id)
    else:
        row = ContactRow(owner=contact.owner, owner_id=contact.owner_id)
        session.add(row)
    row.name, row.position = contact.name, contact.position
    row.phone, row.email = contact.phone, contact.email
    row.secrecy = contact.secrecy
    session.flush()
    return _contact(row)


def delete_contact(session: Session, contact_id: int) -> None:
    """Remove a contact.

    Raises:
        NotFoundError: there is none with this number.
    """
    session.delete(_row(session, contact_id))
    session.flush()


def delete_contacts_of(session: Session, owner: ContactOwner, owner_id: str) -> int:
    """Remove all contacts of a record; returns how many there were."""
    removed = session.execute(
        delete(ContactRow)
        .where(ContactRow.owner == owner, ContactRow.owner_id == owner_id)
        .returning(ContactRow.id)
    )
    return len(removed.all())


def _row(session: Session, contact_id: int) -> ContactRow:
    row = session.get(ContactRow, contact_id)
    if row is None:
        raise NotFoundError("联系方式", str(contact_id))
    return row


def _contact(row: ContactRow) -> Contact:
    return Contact(
        id=row.id,
        owner=ContactOwner(row.owner),
        owner_id=row.owner_id,
        name=row.name,
        phone=row.phone,
        email=row.email,
        position=row.position,
        secrecy=Secrecy(row.secrecy),
    )
