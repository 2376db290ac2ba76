"""How pairings move on, and what follows from it for their needs and partners."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from matcher.casework.needs import OPEN_STATUSES, NeedStatus
from matcher.casework.pairings import (
    ACTIVE_STAGES,
    NEED_STATUS_OF,
    PAIRING_FLOW,
    STAGES,
    FailReason,
    PairingStage,
)
from matcher.people.days import CHINA_TIME

OVERDUE_AFTER: Final = timedelta(days=30)
"""How long a pairing that is under way may lie without anything noted."""
UNDERWAY: Final = frozenset(PairingStage) - {PairingStage.STATIONED, PairingStage.FAILED}
"""Stages in which somebody is expected to act next."""
REFUSAL_REASONS: Final = (
    FailReason.WRONG_FIELD,
    FailReason.NO_CAPACITY,
    FailReason.NO_INTEREST,
    FailReason.NO_REPLY,
    FailReason.CONFLICT,
    FailReason.OTHER,
)
"""Why a recommendation is refused at once; the other reasons arise when one has talked."""


_WAY = (NeedStatus.LISTED, NeedStatus.MATCHING, NeedStatus.SIGNED, NeedStatus.STATIONED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much a partner has to do with pairings this year.

    `capacity` is how many it takes on a year, None: not known.
    """

    active: int
    capacity: int | None

    @property
    def is_full(self) -> bool:
        """Whether one more would be too much."""
        return self.capacity is not None and self.active >= self.capacity

    @property
    def warning(self) -> str:
        """What to tell whoever is about to give it one more; empty if nothing."""
        if not self.is_full:
            return ""
        return f"该对象今年已有 {self.active} 项对接，达到每年 {self.capacity} 项的上限，请先确认"


def year_start(now: datetime) -> datetime:
    """The moment at which the year began in China, for counting against a yearly capacity."""
    return datetime(now.astimezone(CHINA_TIME).year, 1, 1, tzinfo=CHINA_TIME).astimezone(UTC)


def next_stage(stage: PairingStage) -> PairingStage | None:
    """The usual next stage; None at the end and after a failure."""
    if stage is PairingStage.FAILED or stage is STAGES[-1]:
        return None
    return STAGES[STAGES.index(stage) + 1]


def later_stages(stage: PairingStage) -> tuple[PairingStage, ...]:
    """The stages ahead, the next one first; none after a failure."""
    return () if stage is PairingStage.FAILED else STAGES[STAGES.index(stage) + 1 :]


def is_backward(before: PairingStage, then: PairingStage) -> bool:
    """Whether a step goes back, which takes a word on why."""
    return then in STAGES and before in STAGES and STAGES.index(then) < STAGES.index(before)


def steps_back(stage: PairingStage) -> tuple[PairingStage, ...]:
    """The stages before, to which one may go back."""
    return tuple(then for then in PAIRING_FLOW.after(stage) if is_backward(stage, then))


def need_follows(now: NeedStatus, stage: PairingStage) -> tuple[NeedStatus, ...]:
    """The steps that a need takes when a pairing of it reaches a stage.

    A need goes forward only, and one step after the other. Going back is for people to decide:
    the need may have other pairings.
    """
    then = NEED_STATUS_OF.get(stage)
    if then is None or now not in _WAY:
        return ()
    return _WAY[_WAY.index(now) + 1 : _WAY.index(then) + 1]


def may_begin(status: NeedStatus) -> bool:
    """Whether a need looks for a partner, so that it may be sent to one."""
    return status in OPEN_STATUSES


def may_go_on(status: NeedStatus) -> bool:
    """Whether the pairings of a need in this status may go on."""
    return status in _WAY or status is NeedStatus.COMPLETED


def proposes_relisting(status: NeedStatus, stages: Iterable[PairingStage]) -> bool:
    """Whether a need should go back into the library because its last active pairing failed.

    Args:
        status: of the need.
        stages: of all its pairings.
    """
    seen = tuple(stages)
    failed = PairingStage.FAILED in seen
    return status is NeedStatus.MATCHING and failed and not ACTIVE_STAGES & set(seen)


def is_overdue(stage: PairingStage, moved: datetime, now: datetime) -> bool:
    """Whether a pairing under way has lain too long since it was last moved or noted on."""
    return stage in UNDERWAY and now - moved > OVERDUE_AFTER


def days_between(then: datetime, now: datetime) -> int:
    """Whole days that have passed."""
    return max(0, (now - then).days)
