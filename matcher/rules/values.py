"""What is known of a fact, and how it is read and told.

What is known of a number is a range: the library counts the stations that it knows of, and there
may be more elsewhere.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from matcher.errors import InvalidInputError
from matcher.rules.records import Fact, FactValue


class Range(NamedTuple):
    """A number that lies between two others, both included."""

    low: float = 0.0
    high: float = math.inf

    @property
    def is_exact(self) -> bool:
        """Whether the number itself is known."""
        return self.low == self.high


Known: TypeAlias = Mapping[str, bool | Range]
"""What is known, by the name of the fact; of what is not there nothing is known."""

UNKNOWN_NUMBER: Final = Range()
LARGEST: Final = 100_000_000
"""Largest number that can be entered, in the unit of the fact."""


@dataclass(frozen=True, slots=True)
class FactKind:
    """A fact with the words by which it is told.

    Attributes:
        fact: name, label, owner, unit.
        yes: part of a sentence for yes; empty for a number.
        no: part of a sentence for no.
    """

    fact: Fact
    yes: str = ""
    no: str = ""

    def told(self, known: Known) -> str:
        """Part of a sentence with what is known; empty if nothing is."""
        value = known.get(self.fact.name)
        if isinstance(value, bool):
            return self.yes if value else self.no
        if value is None or value == UNKNOWN_NUMBER:
            return ""
        if value.is_exact:
            return f"{self.fact.label} {amount(value.low)} {self.fact.unit}"
        if value.high == math.inf:
            return f"{self.fact.label}至少 {amount(value.low)} {self.fact.unit}"
        return f"{self.fact.label} {amount(value.low)} 至 {amount(value.high)} {self.fact.unit}"

    def is_known(self, known: Known) -> bool:
        """Whether there is nothing more to learn."""
        value = known.get(self.fact.name)
        return isinstance(value, bool) or (value is not None and value.is_exact)


def amount(number: float) -> str:
    """A number as it stands in a sentence: 3000, 2.5."""
    return str(int(number)) if number == int(number) else f"{number:.2f}".rstrip("0")


def read_value(fact: Fact, given: object) -> FactValue | None:
    """The answer that somebody gave to a question; None if it is not known (any more).

    Args:
        fact: what was asked.
        given: a yes or no, a number, or either as text; None or blank for not known.

    Raises:
        InvalidInputError: it is no answer to this question; `field` is the fact's name.
    """
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    return _flag(fact, given) if fact.yes_no else _number(fact, given)


def _flag(fact: Fact, given: object) -> bool:
    if isinstance(given, bool):
        return given
    answer = _ANSWERS.get(given.strip().lower()) if isinstance(given, str) else None
    if answer is None:
        raise InvalidInputError(f"{fact.label}请选“是”“否”或“不清楚”", field=fact.name)
    return answer


def _number(fact: Fact, given: object) -> int | float:
    if isinstance(given, str):
        text = given.strip().translate(_DIGITS).removesuffix(fact.unit).replace(" ", "")
        given = float(text.replace(",", "")) if _NUMBER.fullmatch(text) else None
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    if not is_number or not 0 <= given <= LARGEST:  # type: ignore[operator]
        raise InvalidInputError(
            f"{fact.label}应是 0 到 {LARGEST} 之间的数字，单位是{fact.unit}，如 3；不清楚的请留空",
            field=fact.name,
        )
    number = float(given)  # type: ignore[arg-type]
    if fact.unit not in _DIVISIBLE and number != int(number):
        raise InvalidInputError(f"{fact.label}应是整数", field=fact.name)
    return int(number) if number == int(number) else round(number, 2)


_ANSWERS: Final = {
    **dict.fromkeys(("yes", "true", "是", "有", "1"), True),
    **dict.fromkeys(("no", "false", "否", "没有", "0"), False),
}
_DIGITS: Final = str.maketrans("０１２３４５６７８９．，", "0123456789.,")
_NUMBER: Final = re.compile(r"\d+(,\d{3})*(\.\d+)?")
_DIVISIBLE: Final = frozenset({"万元", "平方米", "年", "个月"})
"""Units of which there may be a part."""
