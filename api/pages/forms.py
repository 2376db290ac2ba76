"""What a form sends, and what was wrong with it."""

from collections.abc import Collection, Iterable, Mapping
from typing import Annotated

from fastapi import Depends, Request

from api.pages.form_fields import CONTACT, FIELDS
from api.plain import storable
from matcher.casework.contacts import Contact, ContactOwner
from matcher.desk.contacts import checked
from matcher.errors import InvalidInputError
from matcher.intake import Fault
from matcher.records import Enterprise, Need


async def _texts(request: Request) -> dict[str, str]:
    sent = await request.form()
    return {name: storable(value) for name, value in sent.items() if isinstance(value, str)}


_CONTACT = "contact_"
_CONTACT_NAMES = tuple(field.name for field in CONTACT.fields)

FormTexts = Annotated[dict[str, str], Depends(_texts)]
"""The texts that a form sent, by name; of several with one name the last."""


def need_values(sent: dict[str, str]) -> dict[str, str]:
    """What was typed into the fields of the need form, those of the contact too."""
    return {field.name: sent.get(field.name, "") for field in FIELDS}


def typed_contact(values: Mapping[str, str]) -> tuple[Contact | None, list[Fault]]:
    """Whom to call, None if nothing was typed; and what is wrong with that."""
    texts = {name.removeprefix(_CONTACT): values[name].strip() for name in _CONTACT_NAMES}
    if not any(texts.values()):
        return None, []
    contact = Contact(
        id=0,
        owner=ContactOwner.NEED,
        owner_id="",
        name=texts["name"],
        phone=texts["phone"],
        email=texts["email"],
        position=texts["position"],
    )
    try:
        return checked(contact), []
    except InvalidInputError as error:
        name = f"{_CONTACT}{error.field or 'name'}"
        label = next(field.label for field in CONTACT.fields if field.name == name)
        return None, [Fault(field=name, label=label, value="", message=error.message)]


def values_of(need: Need, enterprise: Enterprise | None) -> dict[str, str]:
    """A stored need as it stands in the form."""
    values: dict[str, object] = {field.name: getattr(need, field.name, "") for field in FIELDS}
    budget = "" if need.budget is None else f"{need.budget:.6f}".rstrip("0").rstrip(".")
    values |= {
        "enterprise_name": enterprise.name if enterprise else "",
        "keywords": "、".join(need.keywords),
        "budget": budget,
    }
    return {name: "" if value is None else str(value) for name, value in values.items()}


def left_empty(values: Mapping[str, str], more: Collection[str] = ()) -> list[Fault]:
    """A fault for each field without text that is required always, or named in `more`."""
    return [
        Fault(
            field=field.name,
            label=field.label,
            value="",
            message=f"还没有填写{field.label}，请补上",
        )
        for field in FIELDS
        if (field.required or field.name in more) and not values[field.name].strip()
    ]


def by_field(faults: Iterable[Fault]) -> dict[str, str]:
    """The first message of each field, in the order of the form."""
    messages: dict[str, str] = {}
    for fault in faults:
        messages.setdefault(fault.field, fault.message)
    order = [field.name for field in FIELDS]
    known = [name for name in order if name in messages]
    return {name: messages[name] for name in known + [n for n in messages if n not in known]}
