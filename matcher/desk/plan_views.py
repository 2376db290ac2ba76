"""A plan as it is read: its pairs by need or in a row, its unmet needs, and the loads.

Whoever has a county sees its pairs and unmet needs alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from matcher.casework.needs import NeedStatus
from matcher.casework.pairings import Pairing, PairingStage
from matcher.casework.plans import PairState, Plan, PlanMark, PlanPair, UnmetNeed
from matcher.casework.progress import may_begin, year_start
from matcher.desk.core import Desk
from matcher.planning.problem import yearly_capacity_of
from matcher.planning.settings import settings_of
from matcher.records import Enterprise, Need, Partner
from matcher.store.enterprises import get_enterprises
from matcher.store.need_steps import need_statuses
from matcher.store.needs import counties_of_needs, get_needs
from matcher.store.pairings import Limits, count_active, limits_of, pairings_of_needs
from matcher.store.partners import get_partners
from matcher.store.plan_marks import marks_of_needs
from matcher.store.plan_pairs import (
    EVERY_PAIR,
    PairFilter,
    count_pairs,
    count_planned,
    needs_of_plan,
    pairs_of_needs,
    pairs_of_plan,
    partners_of_plan,
)
from matcher.store.plans import get_plan

_S = PairingStage


@dataclass(frozen=True, slots=True, kw_only=True)
class PairLoad:
    """How much a partner has to do with pairings.

    `planned` are pairs of the plan that may come on top of the `active` ones of this year.
    """

    active: int
    planned: int
    yearly: int
    is_known: bool

    @property
    def is_over(self) -> bool:
        """Whether it would be too much."""
        return self.active + self.planned > self.yearly


@dataclass(frozen=True, slots=True, kw_only=True)
class PairLine:
    """A pair with its partner, what has become of it, and what staff want of it."""

    pair: PlanPair
    partner: Partner
    pairing: Pairing | None
    mark: PlanMark | None
    load: PairLoad

    @property
    def may_be_decided(self) -> bool:
        """Whether it is still to be decided: a pairing that goes on has decided it already."""
        gone_on = self.pairing is not None and self.pairing.stage is not _S.RECOMMENDED
        return self.pair.state is PairState.PROPOSED and not gone_on


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedLines:
    """A need with the pairs that a plan proposes for it."""

    need: Need
    enterprise: Enterprise | None
    status: NeedStatus
    lines: tuple[PairLine, ...]

    @property
    def is_open(self) -> bool:
        """Whether it still looks for partners."""
        return may_begin(self.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetLine:
    """A need that gets nobody; `nearest` is the partner that came nearest, None if nobody did."""

    unmet: UnmetNeed
    need: Need
    enterprise: Enterprise | None
    nearest: Partner | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadLine:
    """A partner of a plan, how many pairs it gets (of the actor's county), and its load."""

    partner: Partner
    pairs: int
    load: PairLoad


def by_need(
    desk: Desk,
    plan_id: int,
    wanted: PairFilter = EVERY_PAIR,
    *,
    order: str = "place",
    descending: bool = False,
    offset: int = 0,
    limit: int = 20,
) -> tuple[list[NeedLines], int]:
    """A page of the needs of a plan with their wanted pairs, and how many needs there are.

    Raises:
        NotFoundError: there is no such plan.
    """
    with desk.reading() as session:
        plan, own = get_plan(session, plan_id), _own(desk, wanted)
        if own is None:
            return [], 0
        ids, total = needs_of_plan(
            session,
            plan_id,
            own,
            order=order,
            descending=descending,
            offset=offset,
            limit=limit,
        )
        found = pairs_of_needs(session, plan_id, ids, own)
        lines = _lines(session, plan, [pair for pairs in found.values() for pair in pairs])
        needs, statuses = get_needs(session, ids), need_statuses(session, ids)
        firms = _firms(session, needs.values())
        return [
            NeedLines(
                need=needs[id],
                enterprise=firms.get(needs[id].enterprise_id or ""),
                status=statuses[id],
                lines=tuple(lines[id, pair.partner_id] for pair in found[id]),
            )
            for id in ids
        ], total


def pair_list(
    desk: Desk,
    plan_id: int,
    wanted: PairFilter = EVERY_PAIR,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> list[tuple[Need, Enterprise | None, PairLine]]:
    """The wanted pairs of a plan in their order, each with its need.

    Raises:
        NotFoundError: there is no such plan.
    """
    with desk.reading() as session:
        plan, own = get_plan(session, plan_id), _own(desk, wanted)
        if own is None:
            return []
        pairs = pairs_of_plan(session, plan_id, own, offset=offset, limit=limit)
        lines = _lines(session, plan, pairs)
        needs = get_needs(session, {pair.need_id for pair in pairs})
        firms = _firms(session, needs.values())
    return [
        (
            needs[pair.need_id],
            firms.get(needs[pair.need_id].enterprise_id or ""),
            lines[pair.need_id, pair.partner_id],
        )
        for pair in pairs
    ]


def count(desk: Desk, plan_id: int, wanted: PairFilter = EVERY_PAIR) -> int:
    """How many pairs of a plan are wanted and are the actor's to see."""
    with desk.reading() as session:
        own = _own(desk, wanted)
        return 0 if own is None else count_pairs(session, plan_id, own)


def unmet(
    desk: Desk, plan_id: int, county: str = "", *, offset: int = 0, limit: int | None = None
) -> tuple[list[UnmetLine], int]:
    """A page of the needs that get nobody from a plan, and how many there are.

    Those deleted since are left out.

    Raises:
        NotFoundError: there is no such plan.
    """
    with desk.reading() as session:
        plan = get_plan(session, plan_id)
        where = counties_of_needs(session, [each.need_id for each in plan.unmet])
        there = [
            each
            for each in plan.unmet
            if (now := where.get(each.need_id)) is not None
            and desk.actor.covers(now)
            and county in ("", now)
        ]
        last = None if limit is None else offset + limit
        page = there[offset:last]
        needs = get_needs(session, [each.need_id for each in page])
        partners = get_partners(session, {each.partner_id for each in page if each.partner_id})
        firms = _firms(session, (needs[each.need_id] for each in page))
        lines = [
            UnmetLine(
                unmet=each,
                need=needs[each.need_id],
                enterprise=firms.get(needs[each.need_id].enterprise_id or ""),
                nearest=partners.get(each.partner_id),
            )
            for each in page
        ]
        return lines, len(there)


def loads(
    desk: Desk, plan_id: int, *, offset: int = 0, limit: int | None = None
) -> tuple[list[LoadLine], int]:
    """A page of the partners of a plan, those with most pairs first, and how many there are.

    Raises:
        NotFoundError: there is no such plan.
    """
    with desk.reading() as session:
        plan = get_plan(session, plan_id)
        counts = partners_of_plan(session, plan_id, desk.actor.county)
        order = sorted(counts, key=lambda id: (-counts[id], id))
        last = None if limit is None else offset + limit
        page = order[offset:last]
        partners = get_partners(session, page)
        known = _loads(session, plan, partners)
        lines = [LoadLine(partner=partners[id], pairs=counts[id], load=known[id]) for id in page]
        return lines, len(order)


def _own(desk: Desk, wanted: PairFilter) -> PairFilter | None:
    """What is wanted, narrowed to what the actor may see; None if that is nothing."""
    county = desk.actor.county
    if not desk.actor.covers(wanted.county or county):
        return None
    return replace(wanted, county=county or wanted.county)


def _lines(
    session: Session, plan: Plan, pairs: Sequence[PlanPair]
) -> dict[tuple[str, str], PairLine]:
    partners = get_partners(session, {pair.partner_id for pair in pairs})
    pairings = pairings_of_needs(session, {pair.need_id for pair in pairs})
    marks = marks_of_needs(session, {pair.need_id for pair in pairs})
    known = _loads(session, plan, partners)
    return {
        (pair.need_id, pair.partner_id): PairLine(
            pair=pair,
            partner=partners[pair.partner_id],
            pairing=pairings.get((pair.need_id, pair.partner_id)),
            mark=marks.get((pair.need_id, pair.partner_id)),
            load=known[pair.partner_id],
        )
        for pair in pairs
    }


def _loads(session: Session, plan: Plan, partners: Mapping[str, Partner]) -> dict[str, PairLoad]:
    settings, planned = settings_of(plan.settings), count_planned(session, plan.id)
    limits = limits_of(session, partners)
    active = count_active(session, partners, since=year_start(datetime.now(UTC)))
    return {
        id: PairLoad(
            active=active.get(id, 0),
            planned=planned.get(id, 0),
            yearly=yearly_capacity_of(limits.get(id, Limits()), partner.kind, settings),
            is_known=limits.get(id, Limits()).capacity is not None,
        )
        for id, partner in partners.items()
    }


def _firms(session: Session, needs: Iterable[Need]) -> dict[str, Enterprise]:
    return get_enterprises(session, {need.enterprise_id for need in needs if need.enterprise_id})
