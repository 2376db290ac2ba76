"""What API and pages read of an association in the same way."""

from datetime import date
from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator

from matcher.casework.association_rules import StepFacts
from matcher.casework.associations import EndReason
from matcher.errors import InvalidInputError, NotFoundError
from matcher.intake.dates import read_date
from matcher.intake.values import read_choice, read_line, read_text

_LARGEST = 2**63 - 1


def _stored(number: int) -> int:
    if not 0 < number <= _LARGEST:
        raise NotFoundError("企业科协", str(number))
    return number


AssociationId = Annotated[
    int,
    Path(description="编号", json_schema_extra={"minimum": 1}),
    AfterValidator(_stored),
]
"""The number of an association in an address."""


def read_step(given: dict[str, object]) -> StepFacts:
    """What is told with a step, from what was typed or sent.

    Raises:
        InvalidInputError: a field cannot be read; it is named.
    """
    return StepFacts(
        on=read_day(given, "on"),
        by=_line(given, "by", 100),
        chair=_line(given, "chair", 60),
        secretary=_line(given, "secretary", 60),
        liaison=_line(given, "liaison", 60),
        reason=read_choice(given.get("reason"), EndReason, field="reason"),
        note=_short(read_text(given.get("note")), "note", 1000),
    )


def read_what(given: dict[str, object]) -> str:
    """What an activity was about.

    Raises:
        InvalidInputError: it is too long.
    """
    return _line(given, "what", 200)


def read_day(given: dict[str, object], field: str) -> date | None:
    """A day, None if none is given.

    Raises:
        InvalidInputError: it is no day; the field is named.
    """
    try:
        return read_date(given.get(field))
    except InvalidInputError as error:
        raise InvalidInputError(error.message, field=field) from error


def _line(given: dict[str, object], field: str, most: int) -> str:
    return _short(read_line(given.get(field)), field, most)


def _short(text: str, field: str, most: int) -> str:
    if len(text) > most:
        raise InvalidInputError(f"这里有 {len(text)} 字，最多 {most} 字，请删减", field=field)
    return text
