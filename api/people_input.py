"""Reading what forms and programs send about people: texts, days, choices."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from api.plain import storable
from matcher.errors import InvalidInputError
from matcher.records import LabelledEnum

_FIRST: Final = date(1990, 1, 1)
_LAST: Final = date(2199, 12, 31)
_CHOICES: Final = {"yes": True, "no": False}


def said(value: object, field: str) -> str:
    """A text that was sent, fit to be stored and shown; empty if there is none.

    Raises:
        InvalidInputError: it is something else than a text.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidInputError("应是文字", field=field)
    return storable(value)


def day_of_text(value: object, field: str) -> date | None:
    """A day as browsers and programs write it, 2026-11-22; None if there is none.

    Raises:
        InvalidInputError: it is no day, or one of another age.
    """
    text = said(value, field).strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError("日期应写成 2026-11-22 的样子", field=field) from error
    if not _FIRST <= day <= _LAST:
        raise InvalidInputError(f"日期应在 {_FIRST} 和 {_LAST} 之间", field=field)
    return day


def flag_of(value: object, field: str) -> bool:
    """A yes or no that was sent.

    Raises:
        InvalidInputError: it is neither.
    """
    if isinstance(value, bool):
        return value
    raise InvalidInputError("应是 true 或 false", field=field)


def chosen_in(query: Mapping[str, str], name: str, choices: type[LabelledEnum]) -> str:
    """The value of a choice in a list's filter row, empty for all.

    Raises:
        UnknownNameError: there is no such choice.
    """
    text = query.get(name, "")
    return choices.parse(text, field=name).value if text else ""


def yes_or_no(text: str, field: str) -> bool | None:
    """The filter `yes`, `no` or empty for both.

    Raises:
        InvalidInputError: it is something else.
    """
    if not text:
        return None
    if text not in _CHOICES:
        raise InvalidInputError("应是 yes 或 no", field=field)
    return _CHOICES[text]
