"""Counts for the first page, each over the whole city or one county (`county` empty: the city)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Select, and_, cast, func, null, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from matcher.casework.associations import CONGRESS_YEARS, AssociationKind, AssociationStatus
from matcher.casework.milestones import BEFORE_LISTING, Milestone
from matcher.casework.months import Days, day_of, years_before
from matcher.casework.needs import NeedStatus
from matcher.casework.progress import UNDERWAY
from matcher.casework.stations import EXPIRY_NOTICE, StationStatus
from matcher.records import TechField
from matcher.store.tables import EnterpriseRow, NeedRow, UtcDateTime
from matcher.store.tables_casework import AssociationRow, NeedStepRow, PairingRow, StationRow

Column: TypeAlias = InstrumentedAttribute[str]
Key = TypeVar("Key", str, str | None)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Records of a county that wait, and since when the oldest of them does."""

    county: str
    count: int
    since: date


@dataclass(frozen=True, slots=True)
class Ending:
    """A station whose agreement ends soon, or has ended unnoticed."""

    id: int
    name: str
    county: str
    ends_on: date


@dataclass(frozen=True, slots=True)
class Reached:
    """A need that reached a milestone, and when."""

    need_id: str
    on: date


def count_reached(session: Session, milestone: Milestone, days: Days, county: str = "") -> int:
    """How many needs reached a milestone on these days."""
    query = _reached(milestone, days, county).subquery()
    return session.scalar(select(func.count()).select_from(query)) or 0


def list_reached(
    session: Session,
    milestone: Milestone,
    days: Days,
    county: str = "",
    *,
    offset: int = 0,
    limit: int = 50,
) -> list[Reached]:
    """The needs behind `count_reached`, latest first."""
    query = _reached(milestone, days, county)
    _, at, submitted = query.selected_columns
    page = query.order_by(at.desc().nulls_last(), submitted.desc().nulls_last(), NeedRow.id.desc())
    rows = session.execute(page.offset(offset).limit(limit))
    return [Reached(need_id, _day(at or submitted)) for need_id, at, submitted in rows]


def needs_by_status(session: Session, county: str = "") -> dict[NeedStatus, int]:
    """Number of needs in each status, those without any too."""
    found = _grouped(session, NeedRow.status, NeedRow.county, county)
    return {status: found.get(status.value, 0) for status in NeedStatus}


def needs_by_county(session: Session, county: str = "") -> dict[str, int]:
    """Number of needs of each county that has any, most first; "" where none is noted."""
    return _most_first(_grouped(session, NeedRow.county, NeedRow.county, county))


def needs_by_field(session: Session, county: str = "") -> dict[TechField | None, int]:
    """Number of needs of each field that has any, most first; None where none is chosen."""
    found = _most_first(_grouped(session, NeedRow.field, NeedRow.county, county))
    return {TechField(field) if field else None: count for field, count in found.items()}


def pending_needs(session: Session, before: datetime, county: str = "") -> list[Waiting]:
    """Needs that wait for their screening since before a moment, by county."""
    late = and_(NeedRow.status == NeedStatus.PENDING, NeedRow.status_since < before)
    return _waiting(session, NeedRow.county, NeedRow.status_since, late, county)


def idle_pairings(session: Session, before: datetime, county: str = "") -> list[Waiting]:
    """Pairings under way without any movement since before a moment, by county."""
    idle = and_(PairingRow.stage.in_(UNDERWAY), PairingRow.updated_at < before)
    return _waiting(session, PairingRow.county, PairingRow.updated_at, idle, county)


def late_congresses(session: Session, today: date, county: str = "") -> list[Waiting]:
    """Associations whose congress is overdue, by county; `since`: the earliest last congress.

    The same as `Association.congress_overdue` says of each.
    """
    last = func.coalesce(AssociationRow.last_congress, AssociationRow.founded_on)
    alive = (AssociationStatus.FOUNDED, AssociationStatus.INACTIVE)
    late = and_(
        AssociationRow.kind != AssociationKind.LIAISON,
        AssociationRow.status.in_(alive),
        last < years_before(today, CONGRESS_YEARS),
    )
    return _waiting(session, AssociationRow.county, last, late, county)


def ending_stations(
    session: Session, today: date, county: str = "", *, limit: int = 5
) -> tuple[list[Ending], int]:
    """Stations that `Station.expires_soon` is true of, the most urgent first, and their number."""
    query = select(StationRow.id, StationRow.name, StationRow.county, StationRow.ends_on).where(
        StationRow.status == StationStatus.ACTIVE,
        StationRow.ends_on <= today + EXPIRY_NOTICE,
        _within(StationRow.county, county),
    )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(StationRow.ends_on, StationRow.id).limit(limit)
    return [Ending(*row) for row in session.execute(page)], total


def count_enterprises(session: Session, county: str = "") -> int:
    """Number of enterprises."""
    return _count(session, EnterpriseRow.county, county)


def count_stations(session: Session, county: str = "") -> int:
    """Number of stations that work."""
    return _count(session, StationRow.county, county, StationRow.status == StationStatus.ACTIVE)


def count_associations(session: Session, county: str = "") -> int:
    """Number of associations that are founded and active."""
    founded = AssociationRow.status == AssociationStatus.FOUNDED
    return _count(session, AssociationRow.county, county, founded)


def _reached(milestone: Milestone, days: Days, county: str) -> Select[*tuple[Any, ...]]:
    """Ids of needs that reached a milestone on these days; when, and when they were submitted."""
    if milestone is Milestone.SUBMITTED:
        return select(NeedRow.id, cast(null(), UtcDateTime()), NeedRow.submitted).where(
            NeedRow.status != NeedStatus.DRAFT,
            NeedRow.submitted.between(days.first, days.last),
            _within(NeedRow.county, county),
        )
    first = (
        select(NeedStepRow.need_id, func.min(NeedStepRow.at).label("at"))
        .where(NeedStepRow.after == milestone.value)
        .group_by(NeedStepRow.need_id)
        .subquery()
    )
    reached = and_(first.c.at >= days.begin, first.c.at < days.end)
    if milestone is Milestone.LISTED:
        # A need that was imported into the library has no step that says when it came; what is
        # known of it is the day of its submission.
        unnoted = and_(
            first.c.at.is_(None),
            NeedRow.status.not_in(BEFORE_LISTING),
            NeedRow.submitted.between(days.first, days.last),
        )
        reached = or_(reached, unnoted)
    return (
        select(NeedRow.id, first.c.at, NeedRow.submitted)
        .outerjoin(first, first.c.need_id == NeedRow.id)
        .where(reached, _within(NeedRow.county, county))
    )


def _waiting(
    session: Session,
    place: Column,
    since: ColumnElement[Any] | InstrumentedAttribute[Any],
    late: ColumnElement[bool],
    county: str,
) -> list[Waiting]:
    query = (
        select(place, func.count(), func.min(since))
        .where(late, _within(place, county))
        .group_by(place)
        .order_by(func.count().desc(), place)
    )
    return [Waiting(row[0], row[1], _day(row[2])) for row in session.execute(query)]


def _within(place: Column, county: str) -> ColumnElement[bool]:
    return place == county if county else true()


def _count(session: Session, place: Column, county: str, *criteria: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(place.class_)
    return session.scalar(query.where(_within(place, county), *criteria)) or 0


def _grouped(
    session: Session, column: InstrumentedAttribute[Any], place: Column, county: str
) -> dict[Any, int]:
    query = select(column, func.count()).where(_within(place, county)).group_by(column)
    return {value: count for value, count in session.execute(query)}


def _most_first(counts: dict[Key, int]) -> dict[Key, int]:
    """In order of the counts; those without a name last, whatever their number."""
    return dict(sorted(counts.items(), key=lambda item: (not item[0], -item[1], item[0] or "")))


def _day(when: datetime | date) -> date:
    return day_of(when) if isinstance(when, datetime) else when
