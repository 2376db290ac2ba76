"""What forms of single records have in common: what was typed, and what was wrong with it."""

from collections.abc import Iterable, Mapping

from api.pages.form_fields import FieldGroup
from matcher.intake.results import Fault
from matcher.records import LabelledEnum


class YesNo(LabelledEnum):
    """The answer to a question that may also be left open."""

    YES = "yes", "是"
    NO = "no", "否"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "是否"


def typed(groups: Iterable[FieldGroup], sent: Mapping[str, str]) -> dict[str, str]:
    """What was typed into the fields of a form."""
    return {field.name: sent.get(field.name, "") for group in groups for field in group.fields}


def as_typed(groups: Iterable[FieldGroup], record: object) -> dict[str, str]:
    """A stored record as it stands in the fields of its form."""
    values = {
        field.name: getattr(record, field.name, "") for group in groups for field in group.fields
    }
    return {name: _shown(value) for name, value in values.items()}


def left_empty(groups: Iterable[FieldGroup], values: Mapping[str, str]) -> list[Fault]:
    """A fault for each required field without text."""
    return [
        Fault(
            field=field.name,
            label=field.label,
            value="",
            message=f"还没有填写{field.label}，请补上",
        )
        for group in groups
        for field in group.fields
        if field.required and not values[field.name].strip()
    ]


def in_order(groups: Iterable[FieldGroup], faults: Iterable[Fault]) -> dict[str, str]:
    """The first message of each field, in the order of the form; others behind."""
    messages: dict[str, str] = {}
    for fault in faults:
        messages.setdefault(fault.field, fault.message)
    order = [field.name for group in groups for field in group.fields]
    known = [name for name in order if name in messages]
    return {name: messages[name] for name in known} | messages


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return YesNo.YES.value if value else YesNo.NO.value
    if isinstance(value, tuple | list):
        return "、".join(map(str, value))
    return str(value)
