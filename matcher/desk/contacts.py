"""Contact data: masked at a glance, shown on request, changed by those who may.

The audit log tells who saw or changed whose contact data. It never holds the data themselves,
which would otherwise outlive their removal.
"""

import re
from dataclasses import replace

from sqlalchemy.orm import Session

from matcher.casework.contacts import Contact, ContactOwner, may_see, seen_by
from matcher.desk.core import Act, Desk, Subject
from matcher.errors import ForbiddenError, InvalidInputError, NotFoundError
from matcher.people import Permission
from matcher.store.contacts import contacts_of, delete_contact, get_contact, save_contact
from matcher.store.enterprises import get_enterprise
from matcher.store.needs import get_need
from matcher.store.partners import get_partner
from matcher.text.fold import tidy

LIMITS = {
    "name": ("姓名", 60),
    "phone": ("电话", 60),
    "email": ("邮箱", 120),
    "position": ("职务", 60),
}
"""What a contact says: the Chinese name of each field, and how many characters it may have."""

_LABELS = {name: label for name, (label, _) in LIMITS.items()} | {"secrecy": "公开范围"}
_PHONE = re.compile(r"[0-9+()（）\-—/、,，;；转 ]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_TO_CHANGE = {
    ContactOwner.ENTERPRISE: Permission.EDIT,
    ContactOwner.NEED: Permission.EDIT,
    ContactOwner.PARTNER: Permission.DIRECTORY,
}


def seen(desk: Desk, owner: ContactOwner, owner_id: str, county: str) -> list[Contact]:
    """The contacts of a record at a glance: public ones whole, all others masked.

    Who may see more asks for one contact (`reveal`), which is logged.

    Args:
        desk: whoever asks.
        owner: what kind of record it is.
        owner_id: which one.
        county: county of the record; of no account for a partner, who belongs to all of the city.

    Raises:
        NotFoundError: the record is not the actor's to see.
    """
    if owner is not ContactOwner.PARTNER:
        desk.check_county(county, owner.label, owner_id)
    with desk.reading() as session:
        return seen_in(desk, session, owner, owner_id)


def seen_in(desk: Desk, session: Session, owner: ContactOwner, owner_id: str) -> list[Contact]:
    """`seen` within a session, of a record that the actor is known to see."""
    at_a_glance = replace(desk.actor, permissions=frozenset({Permission.READ}))
    return [seen_by(at_a_glance, each) for each in contacts_of(session, owner, owner_id)]


def seen_of(desk: Desk, owner: ContactOwner, owner_id: str) -> list[Contact]:
    """`seen` for a record of which no more is known than its id.

    Raises:
        NotFoundError: there is no such record, or it is not the actor's to see.
    """
    with desk.reading() as session:
        county = _county_of_record(desk, session, owner, owner_id)
    return seen(desk, owner, owner_id, county)


def check_may_change(desk: Desk, owner: ContactOwner, owner_id: str) -> None:
    """Refuse who may not change the contacts of a record, before they fill in a form.

    Raises:
        NotFoundError: there is no such record, or it is not the actor's to see.
        ForbiddenError: the actor may not change such records.
    """
    desk.actor.require(_TO_CHANGE[owner])
    with desk.reading() as session:
        _county_of_record(desk, session, owner, owner_id)


def owner_of(desk: Desk, contact_id: int) -> tuple[ContactOwner, str]:
    """What kind of record a contact belongs to, and its id.

    Raises:
        NotFoundError: there is no such contact, or it is not the actor's to see.
    """
    with desk.reading() as session:
        contact, _ = _own(desk, session, contact_id)
        return contact.owner, contact.owner_id


def reveal(desk: Desk, contact_id: int) -> Contact:
    """One contact as it is; that somebody saw it is logged.

    Raises:
        NotFoundError: there is none, or its record is not the actor's to see.
        ForbiddenError: the actor may not see contact data, or not such as this.
    """
    desk.actor.require(Permission.READ)
    # Nothing is changed but the log, so the library keeps its revision and is not locked.
    with desk.matcher.database.appending() as session:
        contact, county = _own(desk, session, contact_id)
        _require_sight(desk, contact)
        _log(desk, session, Act.VIEW, contact, county)
        return contact


def save(desk: Desk, contact: Contact) -> Contact:
    """Create a contact (id 0) or change one; returns it with its number.

    The record that a contact belongs to stays the same when it is changed.

    Raises:
        NotFoundError: there is no such contact or record, or it is not the actor's to see.
        ForbiddenError: the actor may not change such records, or not see such a contact.
        InvalidInputError: it says nothing, or a field will not do; `field` names it.
    """
    desk.actor.require(_TO_CHANGE[contact.owner])
    with desk.writing(_TO_CHANGE[contact.owner]) as session:
        return save_in(desk, session, contact)


def save_in(desk: Desk, session: Session, contact: Contact) -> Contact:
    """`save` within a session; the caller has checked that the actor may change the record.

    Raises:
        NotFoundError: there is no such contact or record, or it is not the actor's to see.
        ForbiddenError: the actor would replace what they may not see.
        InvalidInputError: it says nothing, or a field will not do; `field` names it.
    """
    contact = checked(contact)
    if not contact.id:
        county = _county_of_record(desk, session, contact.owner, contact.owner_id)
        saved = save_contact(session, contact)
        _log(desk, session, Act.CREATE, saved, county)
        return saved
    stored, county = _own(desk, session, contact.id)
    _require_sight(desk, stored)
    contact = replace(contact, owner=stored.owner, owner_id=stored.owner_id)
    changed = [
        label for name, label in _LABELS.items() if getattr(stored, name) != getattr(contact, name)
    ]
    if changed:
        save_contact(session, contact)
        _log(desk, session, Act.CHANGE, contact, county, changed=changed)
    return contact


def remove(desk: Desk, contact_id: int) -> Contact:
    """Remove a contact; returns what it was, masked.

    Raises:
        NotFoundError: there is none, or its record is not the actor's to see.
        ForbiddenError: the actor may not change such records, or not see such a contact.
    """
    desk.actor.require(Permission.EDIT)
    with desk.writing() as session:
        contact, county = _own(desk, session, contact_id)
        desk.actor.require(_TO_CHANGE[contact.owner])
        _require_sight(desk, contact)
        delete_contact(session, contact_id)
        _log(desk, session, Act.DELETE, contact, county)
        return seen_by(replace(desk.actor, permissions=frozenset()), contact)


def checked(contact: Contact) -> Contact:
    """A contact with its texts tidied.

    Raises:
        InvalidInputError: it says nothing, or a field will not do; `field` names it.
    """
    texts = {name: " ".join(tidy(getattr(contact, name)).split()) for name in LIMITS}
    for name, (label, most) in LIMITS.items():
        if len(texts[name]) > most:
            raise InvalidInputError(f"{label}最多 {most} 个字符，请缩短", field=name)
    if not (texts["phone"] or texts["email"]):
        raise InvalidInputError("电话和邮箱至少填一项", field="phone")
    if not texts["name"]:
        raise InvalidInputError("请填写联系人的姓名", field="name")
    if contact.masked or "*" in "".join(texts.values()):
        raise InvalidInputError("这是隐去了一部分的内容，请写完整的联系方式", field="phone")
    if texts["phone"] and not (
        _PHONE.fullmatch(texts["phone"]) and sum(map(str.isdecimal, texts["phone"])) >= 5
    ):
        raise InvalidInputError(
            "电话只写号码，如 13800000000 或 0577-00000000 转 801；几个号码用顿号分开",
            field="phone",
        )
    if texts["email"] and not _EMAIL.fullmatch(texts["email"]):
        raise InvalidInputError("邮箱写法不对，应像 name@example.com", field="email")
    return replace(
        contact,
        name=texts["name"],
        phone=texts["phone"],
        email=texts["email"],
        position=texts["position"],
    )


def _own(desk: Desk, session: Session, contact_id: int) -> tuple[Contact, str]:
    """A contact and the county of its record, which must be the actor's to see."""
    contact = get_contact(session, contact_id)
    try:
        return contact, _county_of_record(desk, session, contact.owner, contact.owner_id)
    except NotFoundError as error:
        # The id of the record may be one that the actor must not learn.
        raise NotFoundError("联系方式", str(contact_id)) from error


def _county_of_record(desk: Desk, session: Session, owner: ContactOwner, owner_id: str) -> str:
    """County of a record that has contacts; empty for a partner.

    Raises:
        NotFoundError: there is no such record, or it is not the actor's to see.
    """
    if owner is ContactOwner.PARTNER:
        get_partner(session, owner_id)
        return ""
    find = get_need if owner is ContactOwner.NEED else get_enterprise
    county = find(session, owner_id).county
    desk.check_county(county, owner.label, owner_id)
    return county


def _require_sight(desk: Desk, contact: Contact) -> None:
    if not may_see(desk.actor, contact):
        raise ForbiddenError(
            f"{desk.actor.name}（{desk.actor.role.label}）不能查看“{contact.secrecy.label}”"
            "的联系方式，请联系管理员"
        )


def _log(
    desk: Desk,
    session: Session,
    act: Act,
    contact: Contact,
    county: str,
    *,
    changed: list[str] | None = None,
) -> None:
    desk.log(
        session,
        act,
        Subject.CONTACT,
        contact.id,
        county=county,
        summary=f"{contact.owner.label} {contact.owner_id} 的联系方式",
        details={"changed": changed} if changed else None,
    )
