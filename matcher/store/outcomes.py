"""Queries on outcomes."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, extract, func, or_, select
from sqlalchemy.orm import Session

from matcher.casework.stations import Outcome, OutcomeKind
from matcher.errors import ConflictError, NotFoundError
from matcher.store.codec import digest
from matcher.store.tables_casework import OutcomeRow

SORTS: Final = {
    "kind": OutcomeRow.kind,
    "title": OutcomeRow.title,
    "on": OutcomeRow.on,
    "county": OutcomeRow.county,
    "amount": OutcomeRow.amount,
}
"""What a list of outcomes can be sorted by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeFilter:
    """Which outcomes are listed; what is empty restricts nothing.

    Attributes:
        kind: what came out.
        county: of the enterprise.
        since: first day.
        until: last day.
        text: in the title or the number.
        station_id: only those of this station.
        pairing_id: only those of this pairing.
    """

    kind: OutcomeKind | None = None
    county: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""
    station_id: int | None = None
    pairing_id: int | None = None


@dataclass(frozen=True, slots=True)
class OutcomeTotal:
    """How many outcomes of a kind a year saw, and what amount they add up to, in 万元."""

    kind: OutcomeKind
    year: int
    count: int
    amount: float


def add_outcome(session: Session, outcome: Outcome) -> Outcome:
    """Create an outcome; returns it with its number."""
    row = OutcomeRow()
    _fill(row, outcome)
    session.add(row)
    session.flush()
    return replace(outcome, id=row.id)


def change_outcome(session: Session, outcome: Outcome, *, seen: str) -> Outcome:
    """Store a changed outcome; returns it as it was.

    Args:
        session: of the store.
        outcome: as it shall be.
        seen: the mark (`outcome_mark`) of what was changed.

    Raises:
        NotFoundError: there is no such outcome.
        ConflictError: somebody else has changed it meanwhile.
    """
    row = _row(session, outcome.id)
    before = _outcome(row)
    if outcome_mark(before) != seen:
        raise ConflictError("打开页面以后，别人改过这项成果，没有保存。请核对现在的内容以后再保存")
    _fill(row, outcome)
    session.flush()
    return before


def delete_outcome(session: Session, outcome_id: int) -> None:
    """Remove an outcome.

    Raises:
        NotFoundError: there is no such outcome.
    """
    session.delete(_row(session, outcome_id))
    session.flush()


def get_outcome(session: Session, outcome_id: int) -> Outcome:
    """One outcome.

    Raises:
        NotFoundError: there is no such outcome.
    """
    return _outcome(_row(session, outcome_id))


def outcome_mark(outcome: Outcome) -> str:
    """Hash of everything an outcome says; two persons who change one notice each other by it."""
    return digest(repr(astuple(outcome)))


def list_outcomes(
    session: Session,
    wanted: OutcomeFilter,
    *,
    sort: str = "",
    descending: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Outcome], int]:
    """A page of outcomes and how many there are in all; latest first if unsorted.

    Args:
        session: of the store.
        wanted: which outcomes.
        sort: one of `SORTS`, or empty.
        descending: the largest first, where `sort` is given.
        offset: outcomes to pass over.
        limit: outcomes of the page.
    """
    query = select(OutcomeRow).where(*_conditions(wanted))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    if sort:
        column = SORTS[sort]
        # An amount that there is none of stands last either way, in every database.
        ordered = column.desc() if descending else column.asc()
        query = query.order_by(column.is_(None), ordered, OutcomeRow.id)
    else:
        query = query.order_by(OutcomeRow.on.desc(), OutcomeRow.id.desc())
    return [_outcome(row) for row in session.scalars(query.offset(offset).limit(limit))], total


def totals(
    session: Session, since: date | None = None, until: date | None = None, county: str = ""
) -> list[OutcomeTotal]:
    """Outcomes by kind and year, years upwards and kinds in their order.

    Args:
        session: of the store.
        since: first day that counts, None for the beginning.
        until: last day that counts, None for the end.
        county: only of this county; empty for the city.
    """
    year = extract("year", OutcomeRow.on)
    amount = func.sum(OutcomeRow.amount)
    wanted = OutcomeFilter(since=since, until=until, county=county)
    query = (
        select(OutcomeRow.kind, year, func.count(), amount)
        .where(*_conditions(wanted))
        .group_by(OutcomeRow.kind, year)
    )
    found = [
        OutcomeTotal(OutcomeKind(kind), int(in_year), count, sum_of or 0.0)
        for kind, in_year, count, sum_of in session.execute(query)
    ]
    order = list(OutcomeKind)
    return sorted(found, key=lambda total: (total.year, order.index(total.kind)))


def outcome_counties(session: Session) -> list[str]:
    """All counties of outcomes, in order."""
    query = select(OutcomeRow.county).where(OutcomeRow.county != "").distinct()
    return list(session.scalars(query.order_by(OutcomeRow.county)))


def outcome_years(session: Session, county: str = "") -> list[int]:
    """All years that saw outcomes, the latest first."""
    return sorted({total.year for total in totals(session, county=county)}, reverse=True)


def sum_by_kind(found: Iterable[OutcomeTotal]) -> dict[OutcomeKind, tuple[int, float]]:
    """Count and amount of each kind over all years, in the kinds' order."""
    sums = dict.fromkeys(OutcomeKind, (0, 0.0))
    for total in found:
        count, amount = sums[total.kind]
        sums[total.kind] = (count + total.count, amount + total.amount)
    return sums


def _conditions(wanted: OutcomeFilter) -> list[ColumnElement[bool]]:
    exact = {
        OutcomeRow.kind: wanted.kind,
        OutcomeRow.county: wanted.county,
        OutcomeRow.station_id: wanted.station_id,
        OutcomeRow.pairing_id: wanted.pairing_id,
    }
    conditions = [column == value for column, value in exact.items() if value]
    if wanted.since is not None:
        conditions.append(OutcomeRow.on >= wanted.since)
    if wanted.until is not None:
        conditions.append(OutcomeRow.on <= wanted.until)
    if wanted.text:
        searched = (OutcomeRow.title, OutcomeRow.number)
        conditions.append(or_(*(c.icontains(wanted.text, autoescape=True) for c in searched)))
    return conditions


def _fill(row: OutcomeRow, outcome: Outcome) -> None:
    row.kind, row.title, row.on = outcome.kind, outcome.title, outcome.on
    row.county, row.number, row.amount = outcome.county, outcome.number, outcome.amount
    row.pairing_id, row.station_id = outcome.pairing_id, outcome.station_id
    row.note = outcome.note


def _row(session: Session, outcome_id: int) -> OutcomeRow:
    row = session.get(OutcomeRow, outcome_id)
    if row is None:
        raise NotFoundError("成果", str(outcome_id))
    return row


def _outcome(row: OutcomeRow) -> Outcome:
    return Outcome(
        id=row.id,
        kind=OutcomeKind(row.kind),
        title=row.title,
        on=row.on,
        county=row.county,
        pairing_id=row.pairing_id,
        station_id=row.station_id,
        number=row.number,
        amount=row.amount,
        note=row.note,
    )
