"""Contact data (联系方式): whose it is, and who may see it."""

from dataclasses import dataclass, replace

from matcher.people import Actor, Permission
from matcher.records import LabelledEnum


class ContactOwner(LabelledEnum):
    """What kind of record a contact belongs to."""

    ENTERPRISE = "enterprise", "企业"
    NEED = "need", "需求"
    PARTNER = "partner", "对象"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "联系方式归属"


class Secrecy(LabelledEnum):
    """Who may see contact data (公开范围)."""

    PUBLIC = "public", "公开"
    INTERNAL = "internal", "内部"
    CONFIDENTIAL = "confidential", "保密"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "公开范围"


_NEEDED = {
    Secrecy.PUBLIC: Permission.READ,
    Secrecy.INTERNAL: Permission.CONTACTS,
    Secrecy.CONFIDENTIAL: Permission.CONFIDENTIAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to call. `masked` is set on what somebody gets who may not see it all."""

    id: int
    owner: ContactOwner
    owner_id: str
    name: str
    phone: str = ""
    email: str = ""
    position: str = ""
    secrecy: Secrecy = Secrecy.INTERNAL
    masked: bool = False


def may_see(actor: Actor, contact: Contact) -> bool:
    """Whether somebody may see a contact as it is."""
    return actor.may(_NEEDED[contact.secrecy])


def seen_by(actor: Actor, contact: Contact) -> Contact:
    """A contact as somebody may see it: as it is, or with names and numbers masked."""
    if may_see(actor, contact):
        return contact
    return replace(
        contact,
        name=f"{contact.name[:1]}**" if contact.name else "",
        phone=_masked_digits(contact.phone),
        email=_masked_email(contact.email),
        masked=True,
    )


def _masked_digits(phone: str) -> str:
    """138****5678: the first three and the last two of a number with enough digits."""
    if len(phone) < 7:
        return "*" * len(phone)
    return f"{phone[:3]}{'*' * (len(phone) - 5)}{phone[-2:]}"


def _masked_email(email: str) -> str:
    name, at, host = email.partition("@")
    return f"{name[:1]}***{at}{host}" if at else "*" * len(email)
