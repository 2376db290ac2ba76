"""Records as far as a month's figures are counted from them; the store loads them all in one go."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from matcher.casework.associations import AssociationKind
from matcher.casework.milestones import Milestone, Move, reached_on, status_on
from matcher.casework.needs import NeedStatus
from matcher.casework.pairings import PairingStage
from matcher.casework.stations import EXPIRY_NOTICE, OutcomeKind, StationLevel, StationStatus
from matcher.records import PartnerKind, TechField


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFacts:
    """A need; `enterprise` is the firm's name, `moves` its steps, the earliest first."""

    id: str
    title: str
    county: str
    enterprise: str
    enterprise_id: str | None
    tech_field: TechField | None
    industry: str
    keywords: tuple[str, ...]
    status: NeedStatus
    submitted: date | None
    moves: tuple[Move, ...] = ()

    def reached(self) -> dict[Milestone, date]:
        """When it reached each milestone that it has reached."""
        return reached_on(self.status, self.submitted, self.moves)

    def standing(self, day: date) -> NeedStatus | None:
        """Where it stood at the end of an earlier day; None if it was not there yet."""
        return status_on(day, self.status, self.submitted, self.moves)


@dataclass(frozen=True, slots=True)
class StageMove:
    """A pairing's change of stage, by its day in China."""

    on: date
    before: PairingStage
    after: PairingStage


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingFacts:
    """A pairing with the names of both sides; `moves` has the earliest first."""

    id: int
    need_id: str
    need_title: str
    enterprise: str
    partner: str
    kind: PartnerKind
    county: str
    stage: PairingStage
    begun: date
    moved: date
    moves: tuple[StageMove, ...] = ()

    def standing(self, day: date) -> PairingStage | None:
        """Its stage at the end of an earlier day; None if it was not begun yet."""
        if self.begun > day:
            return None
        later = next((move for move in self.moves if move.on > day), None)
        return self.stage if later is None else later.before

    def last_moved(self, day: date, *, is_present: bool) -> date:
        """When something was last noted of it, up to a day; of earlier days stages alone tell."""
        if is_present:
            return self.moved
        return max((move.on for move in self.moves if move.on <= day), default=self.begun)


@dataclass(frozen=True, slots=True, kw_only=True)
class StationFacts:
    """A station; `type` is the code of its type, `type_label` what people call it."""

    id: int
    name: str
    type: str
    type_label: str
    level: StationLevel
    enterprise: str
    county: str
    partners: tuple[str, ...]
    agreed_on: date
    ends_on: date
    status: StationStatus

    def is_ending(self, day: date) -> bool:
        """Whether it works and its agreement ends within the time of notice, or has ended."""
        return self.status is StationStatus.ACTIVE and self.ends_on <= day + EXPIRY_NOTICE


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeFacts:
    """An outcome; `origin` names the station or the need that it came from, `amount` is in 万元."""

    id: int
    kind: OutcomeKind
    title: str
    on: date
    county: str
    number: str
    amount: float | None
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationFacts:
    """An association that stands, and when it was founded."""

    kind: AssociationKind
    county: str
    founded_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryFacts:
    """All that figures are counted from, but for the month's plan.

    Attributes:
        needs: all needs.
        pairings: all pairings.
        stations: all stations.
        outcomes: all outcomes.
        associations: those that stand and whose founding is known.
        targets: of a year, by county; the city's under the empty name.
        counties: the counties that associations are counted for.
    """

    needs: tuple[NeedFacts, ...] = ()
    pairings: tuple[PairingFacts, ...] = ()
    stations: tuple[StationFacts, ...] = ()
    outcomes: tuple[OutcomeFacts, ...] = ()
    associations: tuple[AssociationFacts, ...] = ()
    targets: Mapping[str, int] = field(default_factory=dict)
    counties: tuple[str, ...] = ()

    def of(self, county: str) -> "LibraryFacts":
        """What concerns a county alone; all of it for the empty name."""
        if not county:
            return self
        return LibraryFacts(
            needs=tuple(each for each in self.needs if each.county == county),
            pairings=tuple(each for each in self.pairings if each.county == county),
            stations=tuple(each for each in self.stations if each.county == county),
            outcomes=tuple(each for each in self.outcomes if each.county == county),
            associations=tuple(each for each in self.associations if each.county == county),
            targets={county: self.targets[county]} if county in self.targets else {},
            counties=(county,),
        )
