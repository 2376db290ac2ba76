"""What staff have found out for the rules of site types, and who told it."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

Answer: TypeAlias = bool | int | float | str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFact:
    """An answer to a question that rules ask.

    Attributes:
        owner: of what it is known: enterprise, partner or pairing.
        owner_id: which one.
        name: what the rules call the fact.
        value: yes, no or a number.
        note: where it is known from.
        noted_on: the day on which it was entered.
        noted_by: by whom.
    """

    owner: str
    owner_id: str
    name: str
    value: Answer
    note: str = ""
    noted_on: date
    noted_by: str
