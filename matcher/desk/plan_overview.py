"""The list of plans, and what one amounts to.

Whoever has a county sees the figures of its pairs and unmet needs alone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from matcher.casework.plans import PairState, Plan
from matcher.desk.core import Desk
from matcher.pairing.records import PlanFigures
from matcher.planning.comparison import compared, figures_named
from matcher.planning.settings import PlanSettings, settings_of
from matcher.store.needs import counties_of_needs
from matcher.store.plan_pairs import count_needs_served, count_states, counties_of_plan
from matcher.store.plans import get_plan, latest_plan_ids, list_plans, plan_months


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCard:
    """A plan with what was decided so far, of the actor's county or of all.

    Attributes:
        plan: the plan.
        states: pairs by what was decided.
        needs_served: needs that it has pairs for.
        unmet: needs that get nobody, without those deleted since.
        is_latest: whether it is the one of its month that counts.
    """

    plan: Plan
    states: Mapping[PairState, int]
    needs_served: int
    unmet: int
    is_latest: bool

    @property
    def pairs(self) -> int:
        """All pairs."""
        return sum(self.states.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSummary:
    """A plan with what it amounts to.

    Attributes:
        card: the plan.
        settings: what it was made with.
        figures: of the whole city; None for whoever sees a county alone.
        greedy: the same of the choice need by need; None likewise.
        naive: the same of taking the best of each; None likewise.
        sentences: how the three compare, in Chinese; none for a county.
        counties: that it has pairs of and that are the actor's to see.
    """

    card: PlanCard
    settings: PlanSettings
    figures: PlanFigures | None
    greedy: PlanFigures | None
    naive: PlanFigures | None
    sentences: tuple[str, ...]
    counties: tuple[str, ...]

    @property
    def plan(self) -> Plan:
        """The plan itself."""
        return self.card.plan


def find(
    desk: Desk, month: str = "", *, offset: int = 0, limit: int = 20
) -> tuple[list[PlanCard], int]:
    """A page of plans, the latest first, and how many there are in all."""
    with desk.reading() as session:
        plans, total = list_plans(session, month=month, offset=offset, limit=limit)
        newest = latest_plan_ids(session, {plan.month for plan in plans})
        return _cards(session, desk.actor.county, plans, newest), total


def months(desk: Desk) -> list[str]:
    """The months of which there are plans, the latest first."""
    with desk.reading() as session:
        return plan_months(session)


def summary(desk: Desk, plan_id: int) -> PlanSummary:
    """A plan with what it amounts to.

    Raises:
        NotFoundError: there is no such plan.
    """
    county = desk.actor.county
    with desk.reading() as session:
        plan = get_plan(session, plan_id)
        newest = latest_plan_ids(session, [plan.month])
        (card,) = _cards(session, county, [plan], newest)
        there = counties_of_plan(session, plan_id)
    whole = not county
    named = [figures_named(plan.figures, name) for name in ("assignment", "greedy", "naive")]
    figures, greedy, naive = named if whole else (None, None, None)
    return PlanSummary(
        card=card,
        settings=settings_of(plan.settings),
        figures=figures,
        greedy=greedy,
        naive=naive,
        sentences=compared(plan.figures) if whole else (),
        counties=tuple(each for each in there if desk.actor.covers(each)),
    )


def _cards(
    session: Session, county: str, plans: Sequence[Plan], newest: Collection[int]
) -> list[PlanCard]:
    ids = [plan.id for plan in plans]
    states = count_states(session, ids, county)
    served = count_needs_served(session, ids, county)
    where = counties_of_needs(session, {each.need_id for plan in plans for each in plan.unmet})
    return [
        PlanCard(
            plan=plan,
            states=states[plan.id],
            needs_served=served[plan.id],
            unmet=sum(
                each.need_id in where and county in ("", where[each.need_id]) for each in plan.unmet
            ),
            is_latest=plan.id in newest,
        )
        for plan in plans
    ]
