"""Two records of one partner made one (合并), and how to tell that they are of one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from matcher.casework.partners import PartnerFacts
from matcher.casework.plans import PlanMark
from matcher.casework.site_facts import SiteFact
from matcher.records import Evidence, Partner, PartnerKind

LONGEST_PROFILE: Final = 10_000
_MOST_DISCIPLINES = 20
_MOST_LANGUAGES = 10
_LONGEST_ID = 64
_NO_LETTERS = re.compile(r"[\W_]+")
_OWN_TEXTS = ("name_en", "title", "affiliation", "region", "website")


@dataclass(frozen=True, slots=True, kw_only=True)
class WholePartner:
    """A record of a partner with all that hangs on it.

    Attributes:
        partner: the record.
        facts: what is known beside it; of version 0 if nothing.
        contacts: numbers of its contacts.
        pairings: numbers of its pairings.
        stations: numbers of its stations, each with the place that it has among their partners.
        site_facts: what staff have found out of it for the rules of site types.
        marks: pairs with it that staff want in every plan, or in none.
        plan_pairs: plan and need of every pair with it that a plan proposes.
    """

    partner: Partner
    facts: PartnerFacts
    contacts: tuple[int, ...] = ()
    pairings: tuple[int, ...] = ()
    stations: tuple[tuple[int, int], ...] = ()
    site_facts: tuple[SiteFact, ...] = ()
    marks: tuple[PlanMark, ...] = ()
    plan_pairs: tuple[tuple[int, str], ...] = ()

    def beyond(self, kept: "WholePartner") -> tuple[SiteFact, ...]:
        """What was found out of this record and not of the one that it goes into."""
        known = {each.name for each in kept.site_facts}
        return tuple(each for each in self.site_facts if each.name not in known)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerMerge:
    """A merge that was done, with all that undoing it needs.

    Attributes:
        id: its number.
        kept: the record that stayed, as it was before.
        merged: the one that went into it, as it was before.
        after: what came out.
        facts_after: what was known beside it then.
        same_contacts: contacts of `merged` that were dropped, each told by the equal one of `kept`.
        merged_at: when.
        merged_by: by whom.
        undone_at: when it was undone, None if it holds.
    """

    id: int
    kept: WholePartner
    merged: WholePartner
    after: Partner
    facts_after: PartnerFacts
    same_contacts: tuple[int, ...] = ()
    merged_at: datetime
    merged_by: str
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """Two records joined: the result, and the evidence that is there once instead of twice."""

    partner: Partner
    repeated: tuple[Evidence, ...]


def join(kept: Partner, other: Partner) -> Joined:
    """One record from two: `kept` with whatever `other` says beyond it.

    Where both say something in a field of one line, `kept` counts. Profiles are put one behind
    the other, lists and evidence are united; evidence of the same type with the same title is
    there once, and what the one item leaves empty the other fills in.
    """
    evidence, repeated = _join_evidence(kept.evidence, other.evidence)
    texts = {name: getattr(kept, name) or getattr(other, name) for name in _OWN_TEXTS}
    partner = replace(
        kept,
        **texts,
        disciplines=_united(kept.disciplines, other.disciplines)[:_MOST_DISCIPLINES],
        languages=_united(kept.languages, other.languages)[:_MOST_LANGUAGES],
        profile=_join_texts(kept.profile, other.profile, LONGEST_PROFILE),
        evidence=evidence,
    )
    return Joined(partner, repeated)


def join_facts(kept: WholePartner, other: WholePartner) -> PartnerFacts:
    """What is known of the one partner, from what was known of both records.

    The names of `other` become aliases. What `kept` does not tell `other` does; the later day of
    contact counts. Of the stations elsewhere the larger number counts, as both may name the same.
    """
    mine, theirs = kept.facts, other.facts
    names = {kept.partner.name, join(kept.partner, other.partner).partner.name_en}
    candidates = (*mine.aliases, other.partner.name, other.partner.name_en, *theirs.aliases)
    aliases = [name for name in _united(candidates, ()) if name and name not in names]
    numbers = [n for n in (mine.stations_elsewhere, theirs.stations_elsewhere) if n is not None]
    days = [day for day in (mine.last_contacted, theirs.last_contacted) if day is not None]
    return replace(
        mine,
        aliases=tuple(aliases),
        capacity=theirs.capacity if mine.capacity is None else mine.capacity,
        conflicts=_united(mine.conflicts, theirs.conflicts),
        stations_elsewhere=max(numbers, default=None),
        retired=theirs.retired if mine.retired is None else mine.retired,
        last_contacted=max(days, default=None),
        note=_join_texts(mine.note, theirs.note),
    )


def likeness(
    one: Partner, one_aliases: Iterable[str], other: Partner, other_aliases: Iterable[str]
) -> str:
    """Why two records seem to be of one partner, in Chinese; empty if they do not.

    They share a name or an alias. Of experts, who often share their names with others, the
    affiliations must not contradict each other: the one holds the other, or one is not given.
    """
    if one.id == other.id or (one.kind is PartnerKind.EXPERT) != (other.kind is PartnerKind.EXPERT):
        return ""
    own, others = _key(one.name), _key(other.name)
    if own == others:
        named = "同名"
    elif _names(one, one_aliases) & _names(other, other_aliases):
        named = "名称与别名相同"
    else:
        return ""
    here, there = _key(one.affiliation), _key(other.affiliation)
    if here and there and (here in there or there in here):
        return f"{named}，单位相同"
    if one.kind is not PartnerKind.EXPERT:
        return named
    return "" if here and there else f"{named}，有一条没有注明单位"


def _names(partner: Partner, aliases: Iterable[str]) -> set[str]:
    return {_key(name) for name in (partner.name, partner.name_en, *aliases)} - {""}


def _key(text: str) -> str:
    """A text for comparing: without case, blanks and punctuation."""
    return _NO_LETTERS.sub("", text).casefold()


def _join_evidence(
    kept: tuple[Evidence, ...], other: tuple[Evidence, ...]
) -> tuple[tuple[Evidence, ...], tuple[Evidence, ...]]:
    joined = list(kept)
    places = {_evidence_key(item): place for place, item in enumerate(kept)}
    taken = {item.id for item in kept}
    repeated: list[Evidence] = []
    for item in other:
        place = places.get(_evidence_key(item))
        if place is not None:
            repeated.append(item)
            joined[place] = _filled_up(joined[place], item)
            continue
        fresh = replace(item, id=_free_id(item.id, taken))
        taken.add(fresh.id)
        places[_evidence_key(fresh)] = len(joined)
        joined.append(fresh)
    return tuple(joined), tuple(repeated)


def _evidence_key(item: Evidence) -> tuple[str, str]:
    return item.type.value, _key(item.title) or _key(item.text)


def _filled_up(item: Evidence, other: Evidence) -> Evidence:
    return replace(
        item,
        text=item.text or other.text,
        year=other.year if item.year is None else item.year,
        source=item.source or other.source,
        keywords=_united(item.keywords, other.keywords),
    )


def _free_id(identifier: str, taken: set[str]) -> str:
    """The id, or with a number behind it the first that is free."""
    candidate, number = identifier, 1
    while candidate in taken:
        number += 1
        ending = f"-{number}"
        candidate = identifier[: _LONGEST_ID - len(ending)] + ending
    return candidate


def _united(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _join_texts(one: str, other: str, longest: int = 2_000) -> str:
    """Both texts, a line each, unless the one holds the other or both would be too long."""
    if other in one:
        return one
    both = f"{one}\n{other}" if one else other
    return both if len(both) <= longest else one
