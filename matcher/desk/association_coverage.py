"""Enterprise associations and their targets, and who could found one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from matcher.casework.associations import POLICY_TARGETS, Coverage
from matcher.desk.core import Act, Desk, Subject
from matcher.errors import InvalidInputError
from matcher.people import Permission
from matcher.records import Enterprise
from matcher.store.association_candidates import (
    CandidateFilter,
    CandidateGroup,
    Park,
    candidate_parks,
    count_candidates,
    list_candidates,
    with_office,
)
from matcher.store.association_targets import coverage, set_targets, target_years, targets
from matcher.text.fold import tidy

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Years that associations are counted for."""
MOST = 100_000
"""More associations no county will ever have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateList:
    """A page of enterprises without an association.

    `offices` are the numbers of the liaison offices that some of them have, by enterprise.
    """

    enterprises: list[Enterprise]
    offices: dict[str, int]
    total: int


def covered(desk: Desk, year: int) -> list[Coverage]:
    """Associations against the targets of a year; of county staff their own county alone.

    Raises:
        InvalidInputError: nothing is counted for this year.
    """
    _check_year(year)
    with desk.reading() as session:
        return coverage(session, year, desk.actor.county)


def years_with_targets(desk: Desk) -> list[int]:
    """The years that have targets, in order."""
    with desk.reading() as session:
        return target_years(session)


def change_targets(desk: Desk, year: int, wanted: Mapping[str, int | None]) -> None:
    """Set targets of a year; the empty county is the whole city, None removes a target.

    Raises:
        InvalidInputError: the year or a number cannot be; `field` is the county.
        ForbiddenError: the actor may not.
    """
    _check_year(year)
    wanted = {tidy(county): target for county, target in wanted.items()}
    for county, target in wanted.items():
        if target is not None and not 0 <= target <= MOST:
            raise InvalidInputError(f"目标应是 0 到 {MOST} 之间的整数", field=county)
        if len(county) > 50:
            raise InvalidInputError("县区名称最多 50 字", field=county)
    with desk.writing(Permission.ADMIN) as session:
        before = targets(session, year)
        changes = {
            county or "全市": [before.get(county), target]
            for county, target in wanted.items()
            if before.get(county) != target
        }
        if not changes:
            return
        set_targets(session, year, wanted)
        desk.log(
            session,
            Act.CHANGE,
            Subject.LIBRARY,
            f"association-targets-{year}",
            summary=f"{year} 年企业科协目标：{'、'.join(changes)}",
            details=changes,
        )


def adopt_policy_targets(desk: Desk) -> list[int]:
    """Take over the targets of Wenzhou's policy for years without one; returns these years.

    Raises:
        ForbiddenError: the actor may not.
    """
    desk.actor.require(Permission.ADMIN)
    with desk.reading() as session:
        missing = [year for year in POLICY_TARGETS if "" not in targets(session, year)]
    for year in missing:
        change_targets(desk, year, {"": POLICY_TARGETS[year]})
    return missing


def candidates(
    desk: Desk,
    group: CandidateGroup,
    wanted: CandidateFilter,
    *,
    sort: str = "staff",
    descending: bool = True,
    offset: int = 0,
    limit: int = 50,
) -> CandidateList:
    """A page of enterprises of a group that the actor may see; see `list_candidates`."""
    with desk.reading() as session:
        own = _own(desk, wanted)
        if own is None:
            return CandidateList(enterprises=[], offices={}, total=0)
        found, total = list_candidates(
            session, group, own, sort=sort, descending=descending, offset=offset, limit=limit
        )
        offices = with_office(session, [firm.id for firm in found])
        return CandidateList(enterprises=found, offices=offices, total=total)


def candidate_counts(desk: Desk, wanted: CandidateFilter) -> dict[CandidateGroup, int]:
    """How many enterprises that the actor may see each group has."""
    with desk.reading() as session:
        own = _own(desk, wanted)
        return dict.fromkeys(CandidateGroup, 0) if own is None else count_candidates(session, own)


def parks(desk: Desk, wanted: CandidateFilter) -> list[Park]:
    """Parks that the actor may see, with several enterprises and without an association."""
    with desk.reading() as session:
        own = _own(desk, wanted)
        return [] if own is None else candidate_parks(session, own)


def _own(desk: Desk, wanted: CandidateFilter) -> CandidateFilter | None:
    """The restriction narrowed to the actor's county; None if it is to another."""
    own = desk.actor.county
    if own and wanted.county not in {"", own}:
        return None
    return replace(wanted, county=own or wanted.county)


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidInputError(f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间", field="year")
