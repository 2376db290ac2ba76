"""Queries on how many associations there are, and how many there shall be."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from matcher.casework.associations import STANDING, AssociationKind, Coverage
from matcher.store.associations import association_counties
from matcher.store.tables_casework import AssociationRow, AssociationTargetRow


def coverage(session: Session, year: int, county: str = "") -> list[Coverage]:
    """Founded associations against the targets of a year: the whole city first, then counties.

    Counted are those founded by the end of the year that stand now. When one was cancelled is not
    kept, so that of earlier years those cancelled since are left out.

    Args:
        session: of the store.
        year: by the end of which.
        county: only this county, without the city; empty for all.
    """
    given = targets(session, year)
    founded, liaison = _founded(session, year)
    if county:
        return [_coverage(county, founded, liaison, given)]
    counties = sorted({*association_counties(session), *given, *founded, *liaison} - {""})
    city = Coverage(
        county="",
        founded=founded.total(),
        target=given.get(""),
        liaison=liaison.total(),
    )
    return [city, *(_coverage(each, founded, liaison, given) for each in counties)]


def targets(session: Session, year: int) -> dict[str, int]:
    """The targets of a year by county; that of the whole city is under the empty name."""
    query = select(AssociationTargetRow).where(AssociationTargetRow.year == year)
    return {row.county: row.target for row in session.scalars(query)}


def set_targets(session: Session, year: int, wanted: Mapping[str, int | None]) -> None:
    """Set targets of a year, by county; None removes one, those not named stay."""
    session.execute(
        delete(AssociationTargetRow).where(
            AssociationTargetRow.year == year, AssociationTargetRow.county.in_(wanted)
        )
    )
    session.add_all(
        AssociationTargetRow(year=year, county=county, target=target)
        for county, target in wanted.items()
        if target is not None
    )
    session.flush()


def target_years(session: Session) -> list[int]:
    """The years that have targets, in order."""
    query = select(AssociationTargetRow.year).distinct().order_by(AssociationTargetRow.year)
    return list(session.scalars(query))


def _founded(session: Session, year: int) -> tuple[Counter[str], Counter[str]]:
    """Associations, and liaison offices, by county."""
    query = (
        select(AssociationRow.county, AssociationRow.kind, func.count())
        .where(
            AssociationRow.status.in_(STANDING),
            AssociationRow.founded_on <= date(year, 12, 31),
        )
        .group_by(AssociationRow.county, AssociationRow.kind)
    )
    founded: Counter[str] = Counter()
    liaison: Counter[str] = Counter()
    for county, kind, count in session.execute(query):
        (liaison if kind == AssociationKind.LIAISON else founded)[county] += count
    return founded, liaison


def _coverage(
    county: str, founded: Counter[str], liaison: Counter[str], given: Mapping[str, int]
) -> Coverage:
    return Coverage(
        county=county, founded=founded[county], target=given.get(county), liaison=liaison[county]
    )
