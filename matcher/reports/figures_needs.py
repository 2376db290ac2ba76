"""Figures of needs: what they reached in a time, where they come from, and how far they are."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from matcher.casework.facts import NeedFacts
from matcher.casework.milestones import Level, Milestone, funnel_of
from matcher.casework.months import Days
from matcher.casework.needs import NeedStatus
from matcher.reports.counting import Breakdown, Change, breakdown
from matcher.reports.periods import Period

Reached = Sequence[tuple[NeedFacts, Mapping[Milestone, date]]]
"""Needs, each with the days on which it reached its milestones."""


@dataclass(frozen=True, slots=True)
class Row:
    """How many needs reached each milestone, in their order; of a county or a month."""

    name: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """How many of the needs submitted in a time have come this far; `share` is of all of them."""

    milestone: Milestone
    count: int
    share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFigures:
    """Figures of needs.

    Attributes:
        milestones: needs that reached each milestone in the time, and in the one before.
        months: the same by month.
        by_county: new needs by county.
        by_field: new needs by field.
        by_industry: new needs by industry.
        counties: needs that reached each milestone, by county.
        cohort: how far the needs submitted in the time have come; it only narrows.
        standing: where all needs on their way stand; it only narrows.
        statuses: number of needs in each status.
        new: the needs submitted in the time, the latest first.
        open: the needs in the library that still look for a partner.
    """

    milestones: Mapping[Milestone, Change]
    months: tuple[Row, ...]
    by_county: Breakdown
    by_field: Breakdown
    by_industry: Breakdown
    counties: tuple[Row, ...]
    cohort: tuple[Step, ...]
    standing: tuple[Level, ...]
    statuses: Mapping[NeedStatus, int]
    new: tuple[NeedFacts, ...]
    open: tuple[NeedFacts, ...]


def need_figures(
    needs: Sequence[NeedFacts], period: Period, open_statuses: frozenset[NeedStatus]
) -> NeedFigures:
    """Count needs.

    Args:
        needs: all needs of the place.
        period: which days.
        open_statuses: statuses of needs that look for a partner.
    """
    reached: Reached = [(need, need.reached()) for need in needs]
    statuses = _statuses(needs, period)
    new = _new(reached, period.days)
    return NeedFigures(
        milestones={
            milestone: Change(
                _count(reached, milestone, period.days), _count(reached, milestone, period.before)
            )
            for milestone in Milestone
        },
        months=tuple(_month(reached, month, period.as_of.year) for month in period.months),
        by_county=_by(reached, period, lambda need: need.county, "个县区"),
        by_field=_by(
            reached, period, lambda need: need.tech_field.label if need.tech_field else "", "个领域"
        ),
        by_industry=_by(reached, period, lambda need: need.industry, "个行业"),
        counties=_counties(reached, period.days),
        cohort=_cohort(reached, period),
        standing=funnel_of(Counter(statuses.values())),
        statuses=Counter(statuses.values()),
        new=tuple(new),
        open=tuple(need for need in needs if statuses.get(need.id) in open_statuses),
    )


def _statuses(needs: Sequence[NeedFacts], period: Period) -> dict[str, NeedStatus]:
    """Where each need that was there stood at the end of the time."""
    if period.is_present:
        return {need.id: need.status for need in needs}
    then = ((need.id, need.standing(period.as_of)) for need in needs)
    return {need_id: status for need_id, status in then if status is not None}


def _within(day: date | None, days: Days) -> bool:
    return day is not None and days.first <= day <= days.last


def _count(reached: Reached, milestone: Milestone, days: Days) -> int:
    return sum(_within(on.get(milestone), days) for _, on in reached)


def _new(reached: Reached, days: Days) -> list[NeedFacts]:
    found = [
        (on[Milestone.SUBMITTED], need)
        for need, on in reached
        if _within(on.get(Milestone.SUBMITTED), days)
    ]
    return [need for _, need in sorted(found, key=lambda each: (each[0], each[1].id), reverse=True)]


def _by(reached: Reached, period: Period, name: Callable[[NeedFacts], str], unit: str) -> Breakdown:
    return breakdown(
        map(name, _new(reached, period.days)), map(name, _new(reached, period.before)), unit=unit
    )


def _month(reached: Reached, month: Days, year: int) -> Row:
    name = f"{month.first.month}月"
    if month.first.year != year:
        name = f"{month.first.year}年{name}"
    return Row(name, tuple(_count(reached, milestone, month) for milestone in Milestone))


def _counties(reached: Reached, days: Days) -> tuple[Row, ...]:
    """Counties of which a need reached anything, those of the most new needs first."""
    counts: dict[str, Counter[Milestone]] = {}
    for need, on in reached:
        for milestone, day in on.items():
            if _within(day, days):
                counts.setdefault(need.county, Counter())[milestone] += 1
    rows = [
        Row(county, tuple(counted[milestone] for milestone in Milestone))
        for county, counted in counts.items()
    ]
    return tuple(sorted(rows, key=lambda row: (not row.name, *(-n for n in row.counts), row.name)))


def _cohort(reached: Reached, period: Period) -> tuple[Step, ...]:
    farthest: Counter[int] = Counter()
    for _, on in reached:
        if _within(on.get(Milestone.SUBMITTED), period.days):
            come = [
                place
                for place, milestone in enumerate(Milestone)
                if milestone in on and on[milestone] <= period.as_of
            ]
            farthest[max(come)] += 1
    total = farthest.total()
    steps = []
    for place, milestone in enumerate(Milestone):
        count = sum(farthest[later] for later in range(place, len(Milestone)))
        steps.append(Step(milestone, count, count / total if total else None))
    return tuple(steps)
