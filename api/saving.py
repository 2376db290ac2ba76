"""Saving of one record that came in: what must not be there yet, what must be there already."""

from collections.abc import Sequence
from typing import TypeVar

from api.urls import why_no_address
from matcher.errors import InvalidInputError
from matcher.intake.results import Fault, Parsed, RecordFaultsError
from matcher.text.fold import tidy

Record = TypeVar("Record")


def accepted(parsed: Parsed[Record], more: Sequence[Fault] = ()) -> Record:
    """The record that intake read.

    Args:
        parsed: what intake made of the values.
        more: faults beyond those of intake.

    Raises:
        RecordFaultsError: intake refused it, or there are further faults.
    """
    if parsed.record is None or more:
        raise RecordFaultsError([*more, *parsed.faults])
    return parsed.record


def id_faults(given: object) -> list[Fault]:
    """A fault if a record with the given id could be stored but not fetched.

    Args:
        given: the id of a need or a partner as it was given; None if none was.
    """
    identifier = tidy(given) if isinstance(given, str) else ""
    message = why_no_address(identifier)
    return [Fault(field="id", label="编号", value=identifier, message=message)] if message else []


def addressed(address: str, given: object, saved: str) -> None:
    """Check that a record is saved under the id of its address.

    Args:
        address: the id in the address.
        given: the id in the body, if there is one.
        saved: the id that intake read from the address.

    Raises:
        InvalidInputError: they are not the same.
    """
    if given not in (None, "", address):
        raise InvalidInputError(
            f"编号与地址里的“{tidy(address)}”不一致，请改成一样或不填", field="id"
        )
    if saved != address:
        raise InvalidInputError(
            f"地址里的“{tidy(address)}”不能用作编号：编号不能为空，前后不能有空格，也不能有控制字符",
            field="id",
        )
