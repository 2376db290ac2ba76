"""Figures of common needs, of the month's plan, and of needs for which nobody was found."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from matcher.casework.facts import NeedFacts
from matcher.casework.plans import PairState, Plan, UnmetReason
from matcher.reports.counting import UNNAMED, by_size
from matcher.reports.facts import CommonGroup, MonthRecords, ProposedPair

NO_EXPERTISE: Final = frozenset({UnmetReason.NOBODY, UnmetReason.WEAK})
"""Reasons that say that the directory lacks somebody who knows the subject."""
LEAST_FIRMS: Final = 2
"""Firms that make a need a common one."""
_WORDS: Final = 6


@dataclass(frozen=True, slots=True)
class CommonRow:
    """Needs of several firms that tell of one problem; `firms` are known ones."""

    label: tuple[str, ...]
    needs: tuple[NeedFacts, ...]
    firms: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What a way of choosing pairs amounts to; `quality` is the sum of probabilities."""

    name: str
    pairs: int
    needs_served: int
    quality: float
    overloaded: int


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A county's part of a plan."""

    county: str
    needs: int
    pairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalFigures:
    """The month's plan.

    Attributes:
        plan: as it was made.
        pairs: its pairs with their needs, in the plan's order.
        counties: needs served and pairs, by county.
        states: how many pairs were decided how.
        choices: the plan, the greedy and the naive choice; empty for a county, whose part of
            them is not known.
        gap: how far the quality may lie below the best possible one, as a share of it.
    """

    plan: Plan
    pairs: tuple[tuple[NeedFacts, ProposedPair], ...]
    counties: tuple[PlanRow, ...]
    states: Mapping[PairState, int]
    choices: tuple[Choice, ...]
    gap: float

    @property
    def needs_served(self) -> int:
        """Needs that get at least one partner."""
        return sum(row.needs for row in self.counties)


@dataclass(frozen=True, slots=True)
class UnmetRow:
    """Needs of a field that have nobody; `lacking` of them because nobody knows the subject.

    `words` are the keywords of these; without a plan, which would tell them, of all.
    """

    field: str
    needs: int
    lacking: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetFigures:
    """Needs without a partner: by field, and one by one with the reason in Chinese."""

    rows: tuple[UnmetRow, ...]
    needs: tuple[tuple[NeedFacts, str], ...]

    @property
    def lacking(self) -> int:
        """Needs for which the directory has nobody who knows the subject."""
        return sum(row.lacking for row in self.rows)


def common_rows(
    groups: Iterable[CommonGroup] | None, needs: Sequence[NeedFacts]
) -> tuple[CommonRow, ...] | None:
    """Groups with their needs, those of the most firms first; those of one firm left out.

    None where they are not known.
    """
    if groups is None:
        return None
    known = {need.id: need for need in needs}
    rows = []
    for group in groups:
        members = tuple(known[need_id] for need_id in group.need_ids if need_id in known)
        firms = len({need.enterprise_id for need in members} - {None})
        if firms >= LEAST_FIRMS:
            rows.append(CommonRow(group.label, members, firms))
    return tuple(sorted(rows, key=lambda row: (-row.firms, -len(row.needs))))


def proposal_figures(records: MonthRecords, county: str) -> ProposalFigures | None:
    """Count the month's plan; None where there is none.

    Args:
        records: of the place.
        county: the place, empty for the city.
    """
    plan = records.plan
    if plan is None:
        return None
    needs = {need.id: need for need in records.library.needs}
    pairs = tuple(
        (needs[each.pair.need_id], each)
        for each in sorted(records.proposed, key=lambda each: each.pair.position)
        if each.pair.need_id in needs
    )
    return ProposalFigures(
        plan=plan,
        pairs=pairs,
        counties=_by_county(pairs),
        states=Counter(each.pair.state for _, each in pairs),
        choices=() if county else _choices(plan.figures),
        gap=float(plan.figures.get("gap", 0.0)),
    )


def unmet_figures(
    records: MonthRecords, open_needs: Sequence[NeedFacts], busy: frozenset[str]
) -> UnmetFigures:
    """Count needs without a partner: as the plan has found, else those that nobody works on.

    Args:
        records: of the place.
        open_needs: needs that look for a partner.
        busy: ids of needs with a pairing under way.
    """
    known = {need.id: need for need in records.library.needs}
    if records.plan is None:
        told = [(need, "", False) for need in open_needs if need.id not in busy]
    else:
        told = [
            (known[each.need_id], each.told or each.reason.label, each.reason in NO_EXPERTISE)
            for each in records.plan.unmet
            if each.need_id in known
        ]
    told.sort(key=lambda each: (each[0].county, each[0].id))
    return UnmetFigures(
        rows=_by_field(told, planned=records.plan is not None),
        needs=tuple((need, reason) for need, reason, _ in told),
    )


def _by_county(pairs: Sequence[tuple[NeedFacts, ProposedPair]]) -> tuple[PlanRow, ...]:
    served: dict[str, set[str]] = {}
    counted: Counter[str] = Counter()
    for need, _ in pairs:
        served.setdefault(need.county, set()).add(need.id)
        counted[need.county] += 1
    return tuple(
        PlanRow(county or UNNAMED, len(served[county]), counted[county])
        for county in by_size(counted)
    )


_CHOICES: Final = (
    ("assignment", "本方案"),
    ("greedy", "逐项挑选"),
    ("naive", "各取最优，不计对象能力"),
)


def _choices(figures: Mapping[str, Any]) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            name,
            int(figures[key]["pairs"]),
            int(figures[key]["needs_served"]),
            float(figures[key]["quality"]),
            int(figures[key]["overloaded"]),
        )
        for key, name in _CHOICES
        if key in figures
    )


def _by_field(
    told: Sequence[tuple[NeedFacts, str, bool]], *, planned: bool
) -> tuple[UnmetRow, ...]:
    counted: Counter[str] = Counter()
    lacking: Counter[str] = Counter()
    words: dict[str, Counter[str]] = {}
    for need, _, lacks in told:
        field = need.tech_field.label if need.tech_field else ""
        counted[field] += 1
        lacking[field] += lacks
        if lacks or not planned:
            words.setdefault(field, Counter()).update(dict.fromkeys(need.keywords, 1))
    return tuple(
        UnmetRow(
            field or UNNAMED,
            counted[field],
            lacking[field],
            tuple(word for word, _ in words.get(field, Counter()).most_common(_WORDS)),
        )
        for field in by_size(counted)
    )
