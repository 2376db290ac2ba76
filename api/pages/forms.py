"""What a form sends, and what was wrong with it."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import Depends, Request

from api.pages.form_fields import FIELDS
from api.plain import storable
from matcher.intake import Fault
from matcher.records import Enterprise, Need


async def _texts(request: Request) -> dict[str, str]:
    sent = await request.form()
    return {name: storable(value) for name, value in sent.items() if isinstance(value, str)}


FormTexts = Annotated[dict[str, str], Depends(_texts)]
"""The texts that a form sent, by name; of several with one name the last."""


def need_values(sent: dict[str, str]) -> dict[str, str]:
    """What was typed into the fields of the need form."""
    return {field.name: sent.get(field.name, "") for field in FIELDS}


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


def left_empty(values: dict[str, str]) -> list[Fault]:
    """A fault for each required field without text."""
    return [
        Fault(
            field=field.name,
            label=field.label,
            value="",
            message=f"还没有填写{field.label}，请补上",
        )
        for field in FIELDS
        if field.required and not values[field.name].strip()
    ]


def by_field(faults: Iterable[Fault]) -> dict[str, str]:
    """The first message of each field, in the order of the form."""
    messages: dict[str, str] = {}
    for fault in faults:
        messages.setdefault(fault.field, fault.message)
    order = [field.name for field in FIELDS]
    known = [name for name in order if name in messages]
    return {name: messages[name] for name in known + [n for n in messages if n not in known]}
