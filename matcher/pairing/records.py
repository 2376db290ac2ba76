"""The question of the monthly assignment, and its answer."""

from dataclasses import dataclass

from matcher.errors import MatcherError
from matcher.records import LabelledEnum


class WantedKind(LabelledEnum):
    """How strictly a need gets at least one partner of the kind that it wants."""

    REQUIRED = "required", "必须满足"
    PREFERRED = "preferred", "尽量满足"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "意向类型要求"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenNeed:
    """A need that looks for partners.

    `places` is how many it may still get; `wanted_kind` a value of `PartnerKind`, empty if any
    will do.
    """

    id: str
    county: str
    places: int
    wanted_kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreePartner:
    """A partner and how many pairings it can still take; `kind` is a value of `PartnerKind`."""

    id: str
    kind: str
    capacity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A need and a partner who may be brought together.

    `quality` is the calibrated probability, 0 to 1; `barred` says in Chinese why they must not be
    (a conflict of interest, an earlier refusal, a rule), empty if they may.
    """

    need_id: str
    partner_id: str
    quality: float
    pinned: bool = False
    barred: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A month to be assigned. Every candidate names a need and a partner of the problem."""

    needs: tuple[OpenNeed, ...]
    partners: tuple[FreePartner, ...]
    candidates: tuple[Candidate, ...]
    wanted: WantedKind = WantedKind.PREFERRED


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFigures:
    """What a choice of pairs amounts to.

    `overloaded` counts partners beyond their capacity, `wanted_met` needs that got a partner of
    the kind that they want, `counties_empty` counties whose needs all got nobody though somebody
    was eligible.
    """

    quality: float
    pairs: int
    needs_served: int
    wanted_met: int
    overloaded: int
    counties_empty: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The pairs that are chosen.

    Attributes:
        chosen: candidates, by need and then by falling quality.
        figures: what they amount to.
        greedy: what the best of each need would amount to, taken need by need with an eye on
            capacities, as one does by hand.
        naive: what it would amount to if every need simply got its best.
        gap: how far the total quality may lie below the best possible one, as a share of it; 0.0
            if the choice is proven to be the best.
        seconds: how long it took.
    """

    chosen: tuple[Candidate, ...]
    figures: PlanFigures
    greedy: PlanFigures
    naive: PlanFigures
    gap: float
    seconds: float


class InfeasiblePlanError(MatcherError):
    """No choice satisfies everything that was asked.

    `constraints` are Chinese sentences, one for each constraint that binds; `changes` the smallest
    set of changes that would free it. Where only required kinds bind, a last sentence says what
    preferring them instead would cost.
    """

    def __init__(self, constraints: tuple[str, ...], changes: tuple[str, ...]) -> None:
        self.constraints = constraints
        self.changes = changes
        super().__init__(
            f"没有满足全部要求的配对方案。{'；'.join(constraints)}。可以这样调整：{'；'.join(changes)}"
        )
