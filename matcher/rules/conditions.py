"""Conditions as the product holds them, after the files were read and checked."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Final, TypeAlias

from matcher.casework.stations import StationLevel
from matcher.errors import UnknownNameError
from matcher.records import PartnerKind
from matcher.rules.facts import FACTS
from matcher.rules.records import Source
from matcher.rules.values import amount

NATIONWIDE: Final = "全国"
"""The place of a rule that holds everywhere in the country."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question must have this answer."""

    fact: str
    wanted: bool

    def facts(self) -> Iterator[str]:
        """Names of the facts that it looks at."""
        yield self.fact

    def __str__(self) -> str:
        kind = FACTS[self.fact]
        return kind.yes if self.wanted else kind.no


@dataclass(frozen=True, slots=True)
class Bounded:
    """A number must lie between two bounds, both included."""

    fact: str
    low: float = 0.0
    high: float = math.inf

    def facts(self) -> Iterator[str]:
        """Names of the facts that it looks at."""
        yield self.fact

    def __str__(self) -> str:
        fact = FACTS[self.fact].fact
        if self.high == math.inf:
            return f"{fact.label}不少于 {amount(self.low)} {fact.unit}"
        if self.low <= 0:
            return f"{fact.label}不超过 {amount(self.high)} {fact.unit}"
        return f"{fact.label}为 {amount(self.low)} 至 {amount(self.high)} {fact.unit}"


@dataclass(frozen=True, slots=True)
class Joined:
    """Several tests: all of them must hold, or any one."""

    tests: "tuple[Test, ...]"
    all_of: bool

    def facts(self) -> Iterator[str]:
        """Names of the facts that they look at."""
        for test in self.tests:
            yield from test.facts()

    def __str__(self) -> str:
        if self.all_of:
            return "，并且".join(map(str, self.tests))
        parts = (f"（{t}）" if isinstance(t, Joined) else str(t) for t in self.tests)
        return "，或者".join(parts)


Test: TypeAlias = Asked | Bounded | Joined


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition of a site type.

    Attributes:
        id: its name within the site type.
        label: what it asks for, in Chinese.
        level: only of stations of this level; None: of all.
        place: where it holds: 全国, a province, a city.
        binding: whether it holds in this city; else it is for orientation.
        source: where it stands.
        since: the first day on which it holds, None: ever since.
        until: the last day, None: no end.
        test: what must hold.
        when: of whom it is asked at all, None: of everybody.
    """

    id: str
    label: str
    place: str
    binding: bool
    source: Source
    test: Test
    level: StationLevel | None = None
    since: date | None = None
    until: date | None = None
    when: Test | None = None

    @property
    def facts(self) -> tuple[str, ...]:
        """Names of the facts that it looks at, each once."""
        asked = self.when.facts() if self.when else ()
        return tuple(dict.fromkeys((*asked, *self.test.facts())))

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return (self.since or date.min) <= day <= (self.until or date.max)


@dataclass(frozen=True, kw_only=True)
class SiteRules:
    """The conditions of one site type.

    Attributes:
        code: code of the type, or of a type that the city added its name.
        label: what people call it.
        kinds: kinds of partners that found one together with an enterprise; empty: none is needed.
        kinds_source: where that stands.
        conditions: in the order of the file.
        note: remarks for people, in Chinese.
        file: name of the file.
    """

    code: str
    label: str
    kinds: frozenset[PartnerKind]
    kinds_source: Source
    conditions: tuple[Condition, ...]
    note: str = ""
    file: str = ""

    @cached_property
    def levels(self) -> tuple[StationLevel | None, ...]:
        """The levels that the conditions tell apart, the highest first; (None,) if they do not."""
        named = {each.level for each in self.conditions if each.level}
        return tuple(level for level in StationLevel if level in named) or (None,)

    def of_level(self, level: StationLevel | None, day: date) -> tuple[Condition, ...]:
        """What is asked for a level on a day."""
        return tuple(
            each for each in self.conditions if each.level in (None, level) and each.holds_on(day)
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where the association is, and of which other places it has taken over the rules."""

    name: str = ""
    adopts: tuple[str, ...] = ()

    def lies_in(self, place: str) -> bool:
        """Whether a rule of a place is one of this city, or of what it lies in."""
        return place == NATIONWIDE or bool(self.name and self.name.startswith(place))

    def is_bound_by(self, place: str) -> bool:
        """Whether a rule of a place holds here, also because it was taken over."""
        return self.lies_in(place) or place in self.adopts


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of all site types, in the order of the list of types."""

    types: tuple[SiteRules, ...]
    place: Place = field(default_factory=Place)

    def with_codes(self, codes: Mapping[str, str]) -> "Rules":
        """The same where files name a type that the city added: with the code of that type.

        Args:
            codes: codes of the types by their names.
        """
        own = (replace(each, code=codes.get(each.code, each.code)) for each in self.types)
        return Rules(tuple(own), self.place)

    def of(self, site_type: str) -> SiteRules:
        """The rules of a site type, by its code or name.

        Raises:
            UnknownNameError: there are none for it.
        """
        for each in self.types:
            if site_type in (each.code, each.label):
                return each
        known = (f"{each.label}（{each.code}）" for each in self.types)
        raise UnknownNameError("建站类型", site_type, known)

    def standing_of(self, condition: Condition) -> str:
        """How a condition stands here, in Chinese: 执行, 采用 or 参考."""
        if not condition.binding:
            return "参考"
        return "执行" if self.place.lies_in(condition.place) else "采用"

    def kinds_of(self, site_type: str) -> frozenset[PartnerKind]:
        """Kinds of partners that a site type takes.

        Raises:
            UnknownNameError: there are no rules for it.
        """
        return self.of(site_type).kinds
