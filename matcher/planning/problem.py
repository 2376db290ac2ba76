"""The question of a month's plan as the assignment takes it, and why a need gets nobody."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from matcher.casework.pairings import ACTIVE_STAGES, Pairing, PairingStage
from matcher.casework.plans import Mark, PlanMark, UnmetNeed, UnmetReason
from matcher.pairing.records import Candidate, FreePartner, OpenNeed, Problem
from matcher.planning.settings import PlanSettings
from matcher.records import Need, PartnerKind, RankedCandidate, SiteType
from matcher.store.pairings import Limits

Pair: TypeAlias = tuple[str, str]
"""Ids of a need and a partner."""

_NO_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything in the library that a plan depends on.

    Attributes:
        needs: the open needs.
        ranked: the candidates of each need, best first; a need that is not there has none.
        kinds: of the candidates and pinned partners that are still in the library.
        limits: what limits partners, of whom something is known.
        active: how many active pairings partners have this year.
        pairings: of the needs, those that failed too.
        marks: of the needs.
        failing: pairs that could not found the site that the need wants, and why.
        site_kinds: kinds of partners that each type of site takes that a need wants.
    """

    needs: tuple[Need, ...]
    ranked: Mapping[str, Sequence[RankedCandidate]]
    kinds: Mapping[str, PartnerKind]
    limits: Mapping[str, Limits] = field(default_factory=dict)
    active: Mapping[str, int] = field(default_factory=dict)
    pairings: Mapping[Pair, Pairing] = field(default_factory=dict)
    marks: Mapping[Pair, PlanMark] = field(default_factory=dict)
    failing: Mapping[Pair, str] = field(default_factory=dict)
    site_kinds: Mapping[SiteType, frozenset[PartnerKind]] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Outlook:
    """What a need could hope for before anything was assigned.

    Attributes:
        underway: partners that it has already.
        nearest: the best ranked, None if there is nobody.
        weak: how many are too improbable.
        barred: how many of the others must not be, by why.
        full: how many of the others can take no more this year.
        free: how many could be chosen.
    """

    underway: int = 0
    nearest: RankedCandidate | None = None
    weak: int = 0
    barred: Counter[str] = field(default_factory=Counter)
    full: int = 0
    free: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The problem of a month, and what each of its needs could hope for."""

    problem: Problem
    outlooks: Mapping[str, Outlook]

    @property
    def weak(self) -> int:
        """How many candidates were left out because they are too improbable."""
        return sum(outlook.weak for outlook in self.outlooks.values())


def yearly_capacity_of(limits: Limits, kind: PartnerKind, settings: PlanSettings) -> int:
    """How many pairings a year a partner takes: what is known of it, else the usual of its kind."""
    known = limits.capacity
    return settings.yearly_capacity.of(kind) if known is None else known


def pairs_to_check(material: Material, settings: PlanSettings) -> list[Pair]:
    """The pairs that may be proposed to needs that want a type of site which takes the partner.

    They are what `Material.failing` is to be told of; it is not looked at here.
    """
    lowest, pins = settings.lowest_probability, _pins(material.marks)
    taken = {
        need.id: material.site_kinds.get(need.wanted_site, frozenset())
        for need in material.needs
        if need.wanted_site is not None
    }
    found = [
        (need_id, each.partner_id)
        for need_id in sorted(taken)
        for each in material.ranked.get(need_id, ())
        if each.probability >= lowest
    ]
    pinned = [pair for pair in pins if pair[0] in taken]
    return [
        pair
        for pair in dict.fromkeys([*found, *pinned])
        if material.kinds.get(pair[1]) in taken[pair[0]]
    ]


def question_of(material: Material, settings: PlanSettings) -> Question:
    """The problem that a library poses.

    A need gets partners up to `partners_per_need`, those under way included; one that has them
    all is left out unless staff pinned another. A pair that is under way is no candidate. The
    others are barred by a conflict of interest, an earlier failure, a mark, or the rules of the
    site that the need wants, each with the reason.
    """
    capacities = {
        id: _capacity_left(id, kind, material, settings) for id, kind in material.kinds.items()
    }
    underway = Counter(
        pair[0] for pair, known in material.pairings.items() if known.stage in ACTIVE_STAGES
    )
    ahead = _Ahead.of(material, settings)
    needs: list[OpenNeed] = []
    candidates: list[Candidate] = []
    outlooks: dict[str, Outlook] = {}
    for need in sorted(material.needs, key=lambda each: each.id):
        outlook = outlooks[need.id] = Outlook(underway=underway[need.id])
        found = list(_candidates(need, ahead, outlook))
        open_to_choice = [each.partner_id for each in found if not each.barred]
        outlook.full = sum(not capacities[partner_id] for partner_id in open_to_choice)
        outlook.free = len(open_to_choice) - outlook.full
        places = max(0, settings.partners_per_need - outlook.underway)
        if places or any(each.pinned for each in found):
            wanted = _only_kind(material.site_kinds, need)
            needs.append(
                OpenNeed(id=need.id, county=need.county, places=places, wanted_kind=wanted)
            )
            candidates += found
    named = {each.partner_id for each in candidates}
    partners = tuple(
        FreePartner(id=id, kind=material.kinds[id], capacity=capacities[id]) for id in sorted(named)
    )
    problem = Problem(
        needs=tuple(needs),
        partners=partners,
        candidates=tuple(candidates),
        wanted=settings.wanted_kind,
    )
    return Question(problem=problem, outlooks=outlooks)


def unmet_of(
    needs: Iterable[Need], outlooks: Mapping[str, Outlook], served: Collection[str]
) -> tuple[UnmetNeed, ...]:
    """The needs that have nobody and get nobody, by county and id, each with the reason.

    Args:
        needs: the open needs.
        outlooks: what each of them could hope for.
        served: ids of the needs that get somebody.
    """
    left = [need for need in needs if need.id not in served and not outlooks[need.id].underway]
    return tuple(
        _unmet(need, outlooks[need.id])
        for need in sorted(left, key=lambda each: (each.county, each.id))
    )


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What is looked up for each candidate; most are found in none of it.

    Attributes:
        material: what the library says.
        lowest: the least probability that is proposed.
        pins: partners that staff pinned, by need.
        special: pairs of which more is known than their probability.
        conflicts: partners with a conflict of interest, by enterprise.
    """

    material: Material
    lowest: float
    pins: Mapping[str, Sequence[str]]
    special: Collection[Pair]
    conflicts: Mapping[str, Collection[str]]

    @classmethod
    def of(cls, material: Material, settings: PlanSettings) -> "_Ahead":
        pins: dict[str, list[str]] = {}
        for need_id, partner_id in _pins(material.marks):
            pins.setdefault(need_id, []).append(partner_id)
        conflicts: dict[str, set[str]] = {}
        for partner_id, limits in material.limits.items():
            for enterprise_id in limits.conflicts:
                conflicts.setdefault(enterprise_id, set()).add(partner_id)
        special = {*material.marks, *material.pairings, *material.failing}
        return cls(material, settings.lowest_probability, pins, special, conflicts)


def _candidates(need: Need, ahead: _Ahead, outlook: Outlook) -> Iterable[Candidate]:
    """The candidates of a need; `outlook` learns of those that are none."""
    ranked, kinds = ahead.material.ranked.get(need.id, ()), ahead.material.kinds
    known = [each for each in ranked if each.partner_id in kinds]
    outlook.nearest = known[0] if known else None
    conflicted = ahead.conflicts.get(need.enterprise_id or "", ())
    for each in known:
        plain = (
            each.partner_id not in conflicted and (need.id, each.partner_id) not in ahead.special
        )
        if plain and each.probability < ahead.lowest:
            outlook.weak += 1
        elif plain:
            yield Candidate(need_id=need.id, partner_id=each.partner_id, quality=each.probability)
        else:
            yield from _looked_at(need, each.partner_id, each.probability, ahead, outlook)
    found = {each.partner_id for each in known}
    for partner_id in ahead.pins.get(need.id, ()):
        if partner_id not in found:
            yield from _looked_at(need, partner_id, None, ahead, outlook)


def _looked_at(
    need: Need,
    partner_id: str,
    probability: float | None,
    ahead: _Ahead,
    outlook: Outlook,
) -> Iterable[Candidate]:
    """A pair of which more is known, if it is a candidate."""
    pinned = partner_id in ahead.pins.get(need.id, ())
    before = ahead.material.pairings.get((need.id, partner_id))
    if before is not None and before.stage in ACTIVE_STAGES:
        return
    if probability is None and before is not None:
        probability = before.probability
    quality = probability or 0.0
    if quality < ahead.lowest and not pinned:
        outlook.weak += 1
        return
    why, barred = _bar(need, partner_id, ahead.material)
    if barred:
        outlook.barred[why] += 1
    yield Candidate(
        need_id=need.id, partner_id=partner_id, quality=quality, pinned=pinned, barred=barred
    )


def _bar(need: Need, partner_id: str, material: Material) -> tuple[str, str]:
    """Why a pair must not be, in a word and as a sentence; empty if it may."""
    pair = (need.id, partner_id)
    mark = material.marks.get(pair)
    if mark is not None and mark.mark is Mark.EXCLUDE:
        return "工作人员排除", f"工作人员排除了这一对{f'：{mark.note}' if mark.note else ''}"
    if need.enterprise_id in material.limits.get(partner_id, _NO_LIMITS).conflicts:
        return "利益冲突", "对象与这家企业有利益冲突"
    known = material.pairings.get(pair)
    if known is not None and known.stage is PairingStage.FAILED:
        return "曾记为未成", f"以前对接未成{f'：{known.reason.label}' if known.reason else ''}"
    if pair in material.failing:
        return "不符合意向站点的条件", material.failing[pair]
    return "", ""


def _capacity_left(
    partner_id: str, kind: PartnerKind, material: Material, settings: PlanSettings
) -> int:
    yearly = yearly_capacity_of(material.limits.get(partner_id, _NO_LIMITS), kind, settings)
    return max(0, yearly - material.active.get(partner_id, 0))


def _only_kind(site_kinds: Mapping[SiteType, frozenset[PartnerKind]], need: Need) -> str:
    """The kind that a need must get: that of its site type, where this takes one kind alone."""
    kinds = site_kinds.get(need.wanted_site, frozenset()) if need.wanted_site else frozenset()
    return next(iter(kinds)) if len(kinds) == 1 else ""


def _pins(marks: Mapping[Pair, PlanMark]) -> list[Pair]:
    return sorted(pair for pair, mark in marks.items() if mark.mark is Mark.PIN)


def _unmet(need: Need, outlook: Outlook) -> UnmetNeed:
    reason, told = _why_unmet(outlook)
    nearest = outlook.nearest
    return UnmetNeed(
        need_id=need.id,
        county=need.county,
        reason=reason,
        told=told,
        best=nearest.probability if nearest else 0.0,
        partner_id=nearest.partner_id if nearest else "",
    )


def _why_unmet(outlook: Outlook) -> tuple[UnmetReason, str]:
    bars = [f"{why} {count} 个" for why, count in sorted(outlook.barred.items())]
    full = [f"今年已排满 {outlook.full} 个"] if outlook.full else []
    if outlook.free:
        taken = f"今年还有名额的 {outlook.free} 个，都安排给了别的需求"
        return UnmetReason.TAKEN, "；".join([taken, *full, *bars])
    if outlook.full:
        return UnmetReason.FULL, "；".join([*full, *bars])
    if outlook.barred:
        return UnmetReason.BARRED, "；".join(bars)
    if outlook.nearest is not None:
        return UnmetReason.WEAK, ""
    return UnmetReason.NOBODY, ""
