"""Choosing records in a form: what is searched for comes back as buttons, one per record.

Everything works by sending the form, which comes back with all that was typed; nothing is saved
by that. The buttons are `search` (what is looked for), `pick` and `drop` (`what:id`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from matcher.desk import Desk, stations
from matcher.records import Enterprise, Partner
from matcher.store.enterprises import find_enterprises, get_enterprises, list_enterprises
from matcher.store.partners import get_partners, list_partners
from matcher.store.stations import StationFilter, get_stations
from matcher.text.fold import tidy

_MOST = 8
_MOST_NAMESAKES = 50
_NUMBER = re.compile(r"[1-9]\d{0,17}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Option:
    """A record that can be chosen: its id, its name, and what tells it from its namesakes."""

    id: str
    name: str
    note: str = ""


class Source(Protocol):
    """Where records of one kind are found."""

    def named(self, desk: Desk, ids: list[str]) -> list[Option]:
        """Those with these ids, as far as they exist and are the actor's to see."""

    def called(self, desk: Desk, text: str) -> list[Option]:
        """Those that are called exactly that, or have it as their id."""

    def found(self, desk: Desk, text: str) -> list[Option]:
        """A few of those with the text in their name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picks:
    """What is chosen of one kind, and what was found to choose from.

    Attributes:
        chosen: the records that are chosen.
        text: what was searched for.
        options: what was found.
        searched: whether anything was searched for.
    """

    chosen: tuple[Option, ...] = ()
    text: str = ""
    options: tuple[Option, ...] = ()
    searched: bool = False

    @property
    def ids(self) -> list[str]:
        """Ids of what is chosen."""
        return [option.id for option in self.chosen]

    @property
    def is_open(self) -> bool:
        """Whether something was typed that is not chosen yet."""
        return bool(self.text)


def is_asked(sent: Mapping[str, str]) -> bool:
    """Whether a button of a picker was pressed, and none to save."""
    return any(name in sent for name in ("search", "pick", "drop"))


def picks(
    desk: Desk,
    what: str,
    ids: Iterable[str],
    sent: Mapping[str, str],
    *,
    several: bool = False,
) -> Picks:
    """What comes back of one picker, whatever button the form was sent with.

    A text that names exactly one record chooses it, so that who knows the full name need not
    press a second button.

    Args:
        desk: whoever chooses.
        what: `enterprise`, `partner` or `station`.
        ids: of what was chosen before.
        sent: what the form sent: `find_…` what was typed, `search`, `pick` and `drop`.
        several: whether more than one can be chosen.
    """
    source, text = SOURCES[what], tidy(sent.get(f"find_{what}", ""))
    kept = [each for each in ids if each and sent.get("drop") != f"{what}:{each}"]
    added = sent.get("pick", "").removeprefix(f"{what}:")
    if added != sent.get("pick", ""):
        kept, text = _with(kept, added, several), ""
    exact = source.called(desk, text) if text else []
    if len(exact) == 1:
        kept, text = _with(kept, exact[0].id, several), ""
    options = source.found(desk, text) if text else []
    return Picks(
        chosen=tuple(source.named(desk, kept)),
        text=text,
        options=tuple(option for option in options if option.id not in kept),
        searched=bool(text),
    )


def _with(kept: list[str], added: str, several: bool) -> list[str]:
    return list(dict.fromkeys([*kept, added])) if several else [added]


def _in_order(options: Iterable[Option], ids: list[str]) -> list[Option]:
    known = {option.id: option for option in options}
    return [known[each] for each in ids if each in known]


class _Enterprises:
    def named(self, desk: Desk, ids: list[str]) -> list[Option]:
        with desk.reading() as session:
            found = get_enterprises(session, ids).values()
        return _in_order(self._own(desk, found), ids)

    def called(self, desk: Desk, text: str) -> list[Option]:
        with desk.reading() as session:
            found = find_enterprises(session, ids=[text], names=[text], credit_codes=[text])
        return self._own(desk, found)

    def found(self, desk: Desk, text: str) -> list[Option]:
        with desk.reading() as session:
            county = desk.actor.county
            found, _ = list_enterprises(session, county=county, text=text, limit=_MOST)
        return self._own(desk, found)

    def _own(self, desk: Desk, enterprises: Iterable[Enterprise]) -> list[Option]:
        own = (each for each in enterprises if desk.actor.covers(each.county))
        return [Option(each.id, each.name, each.county) for each in own]


class _Partners:
    def named(self, desk: Desk, ids: list[str]) -> list[Option]:
        with desk.reading() as session:
            return _in_order(map(self._option, get_partners(session, ids).values()), ids)

    def called(self, desk: Desk, text: str) -> list[Option]:
        with desk.reading() as session:
            by_id = get_partners(session, [text])
            like, _ = list_partners(session, text=text, limit=_MOST_NAMESAKES)
        found = by_id | {each.id: each for each in like if each.name == text}
        return list(map(self._option, found.values()))

    def found(self, desk: Desk, text: str) -> list[Option]:
        with desk.reading() as session:
            found, _ = list_partners(session, text=text, limit=_MOST)
        return list(map(self._option, found))

    def _option(self, partner: Partner) -> Option:
        known = (partner.kind.label, partner.title, partner.affiliation or partner.region)
        return Option(partner.id, partner.name, " · ".join(filter(None, known)))


class _Stations:
    def named(self, desk: Desk, ids: list[str]) -> list[Option]:
        numbers = [int(each) for each in ids if _NUMBER.fullmatch(each)]
        with desk.reading() as session:
            found = get_stations(session, numbers).values()
        own = [each for each in found if desk.actor.covers(each.county)]
        return _in_order((Option(str(each.id), each.name, each.county) for each in own), ids)

    def called(self, desk: Desk, text: str) -> list[Option]:
        return [option for option in self.found(desk, text) if option.name == text]

    def found(self, desk: Desk, text: str) -> list[Option]:
        lines, _ = stations.find(desk, StationFilter(text=text), limit=_MOST)
        return [
            Option(
                str(line.station.id),
                line.station.name,
                f"{line.kind.label} · {line.station.county}",
            )
            for line in lines
        ]


SOURCES: Final[Mapping[str, Source]] = {
    "enterprise": _Enterprises(),
    "partner": _Partners(),
    "station": _Stations(),
}
"""What can be chosen."""
