"""What needs reach on their way from the form to a station, and when.

The store counts the same for the first page with queries of its own; reports count it here, over
records. Tests hold the two together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from matcher.casework.needs import NeedStatus
from matcher.records import LabelledEnum

BEFORE_LISTING: Final = frozenset(
    {NeedStatus.DRAFT, NeedStatus.PENDING, NeedStatus.RETURNED, NeedStatus.CLOSED}
)
"""Statuses of a need that may never have been in the library."""

WAY: Final = (
    (NeedStatus.PENDING, "提交"),
    (NeedStatus.LISTED, "入库"),
    (NeedStatus.MATCHING, "对接"),
    (NeedStatus.SIGNED, "签约"),
    (NeedStatus.STATIONED, "建站"),
    (NeedStatus.COMPLETED, "完成"),
)
"""The statuses that follow each other, and what it is called to have come there."""


class Milestone(LabelledEnum):
    """What a need reaches on its way; each need reaches each of them once, the first time."""

    SUBMITTED = "submitted", "新需求"
    LISTED = "listed", "入库"
    MATCHING = "matching", "对接中"
    SIGNED = "signed", "已签约"
    STATIONED = "stationed", "已建站"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "办理节点"


@dataclass(frozen=True, slots=True)
class Move:
    """A step of a need, by its day in China; `before` is None where its story begins."""

    on: date
    before: NeedStatus | None
    after: NeedStatus


@dataclass(frozen=True, slots=True)
class Level:
    """How many needs have come this far, and how many of them stand here.

    `share` is of those that came as far as the level before, None where there are none.
    """

    status: NeedStatus
    label: str
    reached: int
    standing: int
    share: float | None


def reached_on(
    status: NeedStatus, submitted: date | None, moves: Iterable[Move]
) -> dict[Milestone, date]:
    """The day on which a need reached each milestone that it has reached.

    Args:
        status: where it stands.
        submitted: when it was handed in, None if that is not known.
        moves: its steps, in any order.
    """
    days: dict[Milestone, date] = {}
    if submitted is not None and status is not NeedStatus.DRAFT:
        days[Milestone.SUBMITTED] = submitted
    for move in moves:
        if move.after in _LATER:
            milestone = Milestone(move.after.value)
            days[milestone] = min(move.on, days.get(milestone, move.on))
    if Milestone.LISTED not in days and submitted is not None and status not in BEFORE_LISTING:
        # A need that was imported into the library has no step that says when it came; what is
        # known of it is the day of its submission.
        days[Milestone.LISTED] = submitted
    return days


def status_on(
    day: date, status: NeedStatus, submitted: date | None, moves: Sequence[Move]
) -> NeedStatus | None:
    """Where a need stood at the end of a day; None if it was not there yet.

    Args:
        day: a day that is over.
        status: where it stands now.
        submitted: when it was handed in, None if that is not known.
        moves: its steps, the earliest first.
    """
    if submitted is not None and submitted > day:
        return None
    later = next((move for move in moves if move.on > day), None)
    return status if later is None else later.before


def funnel_of(statuses: Mapping[NeedStatus, int]) -> tuple[Level, ...]:
    """The way of the needs from their submission on, by where they stand.

    Who stands at a later level has come past the earlier ones. Drafts, returned and closed needs
    are not on their way and not counted.
    """
    levels: list[Level] = []
    for place, (status, label) in enumerate(WAY):
        reached = sum(statuses.get(later, 0) for later, _ in WAY[place:])
        before = levels[-1].reached if levels else 0
        share = reached / before if before else None
        levels.append(Level(status, label, reached, statuses.get(status, 0), share))
    return tuple(levels)


_LATER: Final = frozenset(
    NeedStatus(milestone.value) for milestone in Milestone if milestone is not Milestone.SUBMITTED
)
