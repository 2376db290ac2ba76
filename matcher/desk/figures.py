"""What the first page shows: of the whole city, or of the actor's county."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from matcher.casework.milestones import WAY, Level, Milestone, funnel_of
from matcher.casework.months import Days, day_of, month_of, month_so_far, same_days_before
from matcher.casework.needs import NeedStatus
from matcher.casework.progress import OVERDUE_AFTER
from matcher.desk.core import Desk
from matcher.records import Enterprise, Need, PartnerKind, TechField
from matcher.store.enterprises import get_enterprises
from matcher.store.figures import (
    Ending,
    Waiting,
    count_associations,
    count_enterprises,
    count_reached,
    count_stations,
    ending_stations,
    idle_pairings,
    late_congresses,
    list_reached,
    needs_by_county,
    needs_by_field,
    needs_by_status,
    pending_needs,
)
from matcher.store.needs import get_needs
from matcher.store.partners import count_partners

SCREENING_DAYS: Final = 7
"""Days after which a need that waits for its screening is pointed out."""
MOVEMENT_DAYS: Final = OVERDUE_AFTER.days
"""Days without movement after which a pairing is pointed out."""


@dataclass(frozen=True, slots=True)
class Monthly:
    """How many needs reached a milestone this month, and on the same days of the month before."""

    milestone: Milestone
    count: int
    before: int

    @property
    def change(self) -> int:
        """More, or less, than before."""
        return self.count - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """What waits for somebody, by county."""

    needs: list[Waiting]
    pairings: list[Waiting]
    congresses: list[Waiting]
    stations: list[Ending]
    station_count: int

    @property
    def count(self) -> int:
        """All records that wait."""
        by_county = (*self.needs, *self.pairings, *self.congresses)
        return sum(waiting.count for waiting in by_county) + self.station_count


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How much there is in all."""

    needs: int
    enterprises: int
    partners: dict[PartnerKind, int]
    stations: int
    associations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """The first page. `beside` are the needs that are not on their way, by status."""

    today: date
    months: tuple[Monthly, ...]
    funnel: tuple[Level, ...]
    beside: dict[NeedStatus, int]
    by_county: dict[str, int]
    by_field: dict[TechField | None, int]
    overdue: Overdue
    totals: Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A page of the needs that reached a milestone in a month, each with the day."""

    milestone: Milestone
    month: Days
    needs: list[tuple[Need, date]]
    enterprises: dict[str, Enterprise]
    total: int


def dashboard(desk: Desk, now: datetime) -> Dashboard:
    """What the first page shows at a moment.

    Raises:
        ForbiddenError: the actor may not read.
    """
    today, county = day_of(now), desk.actor.county
    with desk.reading() as session:
        statuses = needs_by_status(session, county)
        stations, station_count = ending_stations(session, today, county)
        return Dashboard(
            today=today,
            months=tuple(
                Monthly(
                    milestone,
                    count_reached(session, milestone, month_so_far(today), county),
                    count_reached(session, milestone, same_days_before(today), county),
                )
                for milestone in Milestone
            ),
            funnel=funnel_of(statuses),
            beside={
                status: count
                for status, count in statuses.items()
                if count and status not in dict(WAY)
            },
            by_county=needs_by_county(session, county),
            by_field=needs_by_field(session, county),
            overdue=Overdue(
                needs=pending_needs(session, now - timedelta(days=SCREENING_DAYS), county),
                pairings=idle_pairings(session, now - OVERDUE_AFTER, county),
                congresses=late_congresses(session, today, county),
                stations=stations,
                station_count=station_count,
            ),
            totals=Totals(
                needs=sum(statuses.values()),
                enterprises=count_enterprises(session, county),
                partners=count_partners(session),
                stations=count_stations(session, county),
                associations=count_associations(session, county),
            ),
        )


def progress(
    desk: Desk, milestone: Milestone, day: date, *, offset: int = 0, limit: int = 50
) -> Progress:
    """The needs that reached a milestone in the month of a day, latest first.

    Raises:
        ForbiddenError: the actor may not read.
    """
    month, county = month_of(day), desk.actor.county
    with desk.reading() as session:
        page = list_reached(session, milestone, month, county, offset=offset, limit=limit)
        needs = get_needs(session, [reached.need_id for reached in page])
        owners = [need.enterprise_id for need in needs.values() if need.enterprise_id]
        return Progress(
            milestone=milestone,
            month=month,
            needs=[(needs[reached.need_id], reached.on) for reached in page],
            enterprises=get_enterprises(session, owners),
            total=count_reached(session, milestone, month, county),
        )
