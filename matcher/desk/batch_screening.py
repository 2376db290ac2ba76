"""What the screening of a batch found, for whoever has to look at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from matcher.desk.core import Desk
from matcher.records import Need
from matcher.store.batch_results import screenings_of
from matcher.store.needs import get_needs

_SUGGESTED: Final = 0.3
"""Least confidence of a suggestion that is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incomplete:
    """A need that does not say its field or industry; the suggestions are empty where it does."""

    need: Need
    field: str
    industry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """A need that seems to be a version of another one, each two of them once."""

    need: Need
    other: Need
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """What is to be looked at, in the order of the needs.

    Attributes:
        doubtful: needs whose text reads like something else than a technical need.
        repeated: needs that seem to be in the library twice.
        incomplete: needs without field or industry, with suggestions.
    """

    doubtful: tuple[Need, ...] = ()
    repeated: tuple[Repeated, ...] = ()
    incomplete: tuple[Incomplete, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to be looked at."""
        return not (self.doubtful or self.repeated or self.incomplete)


def screened(desk: Desk, batch_id: int) -> Screened:
    """What a batch found that the actor may see and that is still so.

    A need that was deleted since, or has got a field and an industry, is left out, and so is one of
    another county, also where it is only the other half of a repeat.

    Raises:
        ForbiddenError: the actor may not read.
    """
    with desk.reading() as session:
        found = screenings_of(session, batch_id)
        told = {
            need_id: seen
            for need_id, seen in found.items()
            if seen.get("doubtful") or seen.get("versions") or seen.get("fields")
        }
        others = {other for seen in told.values() for other, _ in seen["versions"]}
        known = get_needs(session, {*told, *others})
    own = {need_id: need for need_id, need in known.items() if desk.actor.covers(need.county)}
    mine = {need_id: seen for need_id, seen in told.items() if need_id in own}
    return Screened(
        doubtful=tuple(own[need_id] for need_id, seen in mine.items() if seen["doubtful"]),
        repeated=tuple(
            Repeated(need=own[need_id], other=own[other], probability=probability)
            for need_id, seen in mine.items()
            for other, probability in seen["versions"]
            if other in own and (need_id < other or other not in mine)
        ),
        incomplete=tuple(
            Incomplete(need=own[need_id], field=field, industry=industry)
            for need_id, seen in mine.items()
            for field, industry in [_suggested(own[need_id], seen)]
            if field or industry
        ),
    )


def _suggested(need: Need, seen: Mapping[str, Any]) -> tuple[str, str]:
    """Names of the likeliest field and industry, as far as the need lacks them."""
    field = "" if need.field else _likeliest(seen["fields"])
    return field, "" if need.industry else _likeliest(seen["industries"])


def _likeliest(suggestions: list[list[Any]]) -> str:
    if not suggestions or suggestions[0][2] < _SUGGESTED:
        return ""
    return str(suggestions[0][1])
