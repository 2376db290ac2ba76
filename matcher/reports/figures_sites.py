"""Figures of pairings, stations, outcomes and associations."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from matcher.casework.associations import COUNTED_KINDS, AssociationKind, Coverage
from matcher.casework.facts import LibraryFacts, OutcomeFacts, PairingFacts, StationFacts
from matcher.casework.months import Days
from matcher.casework.pairings import STAGES, PairingStage
from matcher.casework.progress import UNDERWAY
from matcher.casework.stations import OutcomeKind, StationStatus
from matcher.reports.counting import Change, summed
from matcher.reports.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingFigures:
    """Figures of pairings.

    Attributes:
        begun: how many were begun in the time, and in the one before.
        stages: how many stand at each stage.
        running: those under way with the stage of each, the farthest first.
    """

    begun: Change
    stages: Mapping[PairingStage, int]
    running: tuple[tuple[PairingFacts, PairingStage], ...]


@dataclass(frozen=True, slots=True)
class TypeRow:
    """Stations of a type: those that work, those agreed in the time, those about to end."""

    type: str
    active: int
    new: int
    ending: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StationFigures:
    """Figures of stations: by type, and those agreed in the time, about to end, and all known."""

    types: tuple[TypeRow, ...]
    founded: Change
    new: tuple[StationFacts, ...]
    ending: tuple[StationFacts, ...]
    known: tuple[StationFacts, ...]

    @property
    def active(self) -> int:
        """How many work."""
        return sum(row.active for row in self.types)


@dataclass(frozen=True, slots=True)
class KindRow:
    """Outcomes of a kind, and what they amount to in 万元; None where none names an amount."""

    kind: OutcomeKind
    change: Change
    amount: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeFigures:
    """Outcomes of the time, by kind and one by one, the latest first."""

    kinds: tuple[KindRow, ...]
    listed: tuple[OutcomeFacts, ...]

    @property
    def total(self) -> Change:
        """All kinds together."""
        return Change(
            sum(row.change.now for row in self.kinds), sum(row.change.before for row in self.kinds)
        )

    @property
    def amount(self) -> float:
        """All amounts together, in 万元."""
        return summed([row.amount for row in self.kinds])


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationFigures:
    """Associations against the targets of a year.

    Attributes:
        year: of the targets.
        rows: by county; where no county is noted, under the empty name.
        new: by county, how many were founded in the time.
        target: the city's own target, None without one.
    """

    year: int
    rows: tuple[Coverage, ...]
    new: Mapping[str, int]
    target: int | None

    @property
    def founded(self) -> int:
        """Those that count, in all."""
        return sum(row.founded for row in self.rows)

    @property
    def liaison(self) -> int:
        """Liaison offices, in all."""
        return sum(row.liaison for row in self.rows)

    @property
    def county_target(self) -> int | None:
        """The targets of the counties together; None where none has one."""
        known = [row.target for row in self.rows if row.target is not None]
        return sum(known) if known else None


def pairing_figures(pairings: Sequence[PairingFacts], period: Period) -> PairingFigures:
    """Count pairings."""
    stood = [
        (pairing, pairing.stage if period.is_present else pairing.standing(period.as_of))
        for pairing in pairings
    ]
    known = [(pairing, stage) for pairing, stage in stood if stage is not None]
    order: list[PairingStage] = list(reversed(STAGES))
    running = [(pairing, stage) for pairing, stage in known if stage in UNDERWAY]
    return PairingFigures(
        begun=_change((pairing.begun for pairing in pairings), period),
        stages=Counter(stage for _, stage in known),
        running=tuple(sorted(running, key=lambda each: (order.index(each[1]), each[0].id))),
    )


def station_figures(stations: Sequence[StationFacts], period: Period) -> StationFigures:
    """Count stations.

    When a station ended is not kept, so that it counts as it stands now.
    """
    known = [each for each in stations if period.is_present or each.agreed_on <= period.as_of]
    new = [each for each in known if _within(each.agreed_on, period.days)]
    ending = [each for each in known if each.is_ending(period.as_of)]
    active = [each for each in known if each.status is StationStatus.ACTIVE]
    counted = [Counter(each.type_label for each in group) for group in (active, new, ending)]
    names = sorted(
        set().union(*counted), key=lambda name: (*(-each[name] for each in counted), name)
    )
    return StationFigures(
        types=tuple(TypeRow(name, *(each[name] for each in counted)) for name in names),
        founded=_change((each.agreed_on for each in stations), period),
        new=tuple(sorted(new, key=lambda each: (each.agreed_on, each.id))),
        ending=tuple(sorted(ending, key=lambda each: (each.ends_on, each.id))),
        known=tuple(sorted(known, key=_by_status)),
    )


def outcome_figures(outcomes: Sequence[OutcomeFacts], period: Period) -> OutcomeFigures:
    """Count outcomes."""
    listed = [each for each in outcomes if _within(each.on, period.days)]
    rows = []
    for kind in OutcomeKind:
        change = _change((each.on for each in outcomes if each.kind is kind), period)
        amounts = [each.amount for each in listed if each.kind is kind and each.amount is not None]
        if change.now or change.before:
            rows.append(KindRow(kind, change, summed(amounts) if amounts else None))
    latest = sorted(listed, key=lambda each: (each.on, each.id), reverse=True)
    return OutcomeFigures(kinds=tuple(rows), listed=tuple(latest))


def association_figures(library: LibraryFacts, period: Period) -> AssociationFigures:
    """Count associations founded up to the end of the time, against the library's targets.

    When one was cancelled is not kept, so that those cancelled since are left out.
    """
    targets = library.targets
    known = [each for each in library.associations if each.founded_on <= period.as_of]
    founded = Counter(each.county for each in known if each.kind in COUNTED_KINDS)
    liaison = Counter(each.county for each in known if each.kind is AssociationKind.LIAISON)
    names = {*library.counties, *targets, *founded, *liaison} - {""}
    rows = [_coverage(name, founded, liaison, targets) for name in sorted(names)]
    rows.sort(key=lambda row: (-row.founded, -(row.target or 0)))
    if founded[""] or liaison[""]:
        rows.append(_coverage("", founded, liaison, {}))
    counted = (each for each in known if each.kind in COUNTED_KINDS)
    new = Counter(each.county for each in counted if _within(each.founded_on, period.days))
    return AssociationFigures(
        year=period.as_of.year, rows=tuple(rows), new=new, target=targets.get("")
    )


def _coverage(
    county: str, founded: Counter[str], liaison: Counter[str], targets: Mapping[str, int]
) -> Coverage:
    return Coverage(
        county=county,
        founded=founded[county],
        target=targets.get(county),
        liaison=liaison[county],
    )


def _by_status(station: StationFacts) -> tuple[int, str, date, int]:
    order = list(StationStatus).index(station.status)
    return order, station.county, station.ends_on, station.id


def _change(days: Iterable[date], period: Period) -> Change:
    known = list(days)
    return Change(
        sum(_within(day, period.days) for day in known),
        sum(_within(day, period.before) for day in known),
    )


def _within(day: date, days: Days) -> bool:
    return days.first <= day <= days.last
