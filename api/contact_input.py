"""Contact data as requests and forms send it."""

from collections.abc import Mapping

from matcher.casework.contacts import Contact, ContactOwner, Secrecy
from matcher.errors import InvalidInputError

FIELDS = ("name", "position", "phone", "email")


def contact_of(
    values: Mapping[str, object], owner: ContactOwner, owner_id: str, contact_id: int = 0
) -> Contact:
    """A contact from what was sent; the desk checks its texts.

    Args:
        values: texts by field name of `Contact`; others are ignored.
        owner: what kind of record it belongs to.
        owner_id: which one.
        contact_id: its number, 0 for a new one.

    Raises:
        InvalidInputError: a field is no text.
        UnknownNameError: the secrecy is unknown.
    """
    texts = {name: _text(values, name) for name in (*FIELDS, "secrecy")}
    secrecy = Secrecy.parse(texts.pop("secrecy") or Secrecy.INTERNAL.value, field="secrecy")
    return Contact(
        id=contact_id,
        owner=owner,
        owner_id=owner_id,
        name=texts["name"],
        phone=texts["phone"],
        email=texts["email"],
        position=texts["position"],
        secrecy=secrecy,
    )


def owner_of(values: Mapping[str, object]) -> tuple[ContactOwner, str]:
    """The record that a new contact is to belong to.

    Raises:
        InvalidInputError: it is not told.
        UnknownNameError: there is no such kind of record.
    """
    owner = ContactOwner.parse(_text(values, "owner"), field="owner")
    owner_id = _text(values, "owner_id").strip()
    if not owner_id:
        raise InvalidInputError("请写明联系方式属于哪条记录", field="owner_id")
    return owner, owner_id


def _text(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidInputError("应是文字", field=name)
    return value
