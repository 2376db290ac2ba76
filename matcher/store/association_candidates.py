"""Queries on who could found an enterprise association: enterprises and parks without one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from matcher.casework.associations import (
    ENTERPRISES_FOR_PARK,
    STAFF_FOR_ASSOCIATION,
    AssociationKind,
    AssociationStatus,
)
from matcher.records import Enterprise, LabelledEnum
from matcher.store.codec import enterprise_from
from matcher.store.tables import EnterpriseRow
from matcher.store.tables_casework import AssociationRow


class CandidateGroup(LabelledEnum):
    """What enterprises could do, by the number of their science and technology staff."""

    ASSOCIATION = "association", "可建企业科协"
    LIAISON = "liaison", "可建联络站"
    UNKNOWN = "unknown", "科技人员数不明"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "建立建议"


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateFilter:
    """Which enterprises are listed; what is empty does not restrict.

    `policy_focus` are high-tech enterprises above the designated size, on which the policy lays
    the stress (article 8).
    """

    county: str = ""
    text: str = ""
    policy_focus: bool = False


@dataclass(frozen=True, slots=True)
class Park:
    """A park without an association of its own.

    `staff` are the science and technology staff as far as they are known, `unknown` the
    enterprises of which they are not, `with_own` those that have an association.
    """

    name: str
    county: str
    enterprises: int
    staff: int
    unknown: int
    with_own: int


SORTS: Final[dict[str, InstrumentedAttribute[Any]]] = {
    "name": EnterpriseRow.name,
    "county": EnterpriseRow.county,
    "staff": EnterpriseRow.st_staff_count,
    "size": EnterpriseRow.staff_count,
}
"""What candidates can be sorted by."""


def list_candidates(
    session: Session,
    group: CandidateGroup,
    wanted: CandidateFilter,
    *,
    sort: str = "staff",
    descending: bool = True,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Enterprise], int]:
    """A page of enterprises that could found an association or an office, and how many there are.

    An enterprise is left out once it has what is suggested, also if that is only applied for; one
    with an office is still listed when it is large enough for an association.
    """
    query = select(EnterpriseRow).where(*_conditions(group, wanted))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    column = SORTS[sort]
    direction = column.desc() if descending else column.asc()
    page = query.order_by(direction.nulls_last(), EnterpriseRow.name, EnterpriseRow.id)
    rows = session.scalars(page.offset(offset).limit(limit))
    return [enterprise_from(row) for row in rows], total


def count_candidates(session: Session, wanted: CandidateFilter) -> dict[CandidateGroup, int]:
    """How many enterprises each group has."""
    counts = {}
    for group in CandidateGroup:
        query = select(func.count(EnterpriseRow.id)).where(*_conditions(group, wanted))
        counts[group] = session.scalar(query) or 0
    return counts


def candidate_parks(session: Session, wanted: CandidateFilter) -> list[Park]:
    """Parks with several enterprises and without an association, those of the most first."""
    count = func.count()
    own = func.sum(case((_has(AssociationKind.ENTERPRISE), 1), else_=0))
    unknown = func.sum(case((EnterpriseRow.st_staff_count.is_(None), 1), else_=0))
    has_park = exists().where(
        AssociationRow.kind == AssociationKind.PARK,
        AssociationRow.status != AssociationStatus.CANCELLED,
        AssociationRow.park == EnterpriseRow.park,
        AssociationRow.county == EnterpriseRow.county,
    )
    query = (
        select(
            EnterpriseRow.park,
            EnterpriseRow.county,
            count,
            func.coalesce(func.sum(EnterpriseRow.st_staff_count), 0),
            unknown,
            own,
        )
        .where(EnterpriseRow.park != "", ~has_park)
        .group_by(EnterpriseRow.park, EnterpriseRow.county)
        .having(count >= ENTERPRISES_FOR_PARK)
        .order_by(count.desc(), EnterpriseRow.county, EnterpriseRow.park)
    )
    if wanted.county:
        query = query.where(EnterpriseRow.county == wanted.county)
    if wanted.text:
        query = query.where(EnterpriseRow.park.icontains(wanted.text, autoescape=True))
    return [Park(*row) for row in session.execute(query)]


def with_office(session: Session, ids: list[str]) -> dict[str, int]:
    """Of these enterprises those with a liaison office, and the office's number."""
    query = select(AssociationRow.enterprise_id, AssociationRow.id).where(
        AssociationRow.enterprise_id.in_(ids),
        AssociationRow.kind == AssociationKind.LIAISON,
        AssociationRow.status != AssociationStatus.CANCELLED,
    )
    return {enterprise: number for enterprise, number in session.execute(query) if enterprise}


def _conditions(group: CandidateGroup, wanted: CandidateFilter) -> Iterator[ColumnElement[bool]]:
    staff = EnterpriseRow.st_staff_count
    yield ~_has(AssociationKind.ENTERPRISE)
    if group is CandidateGroup.ASSOCIATION:
        yield staff >= STAFF_FOR_ASSOCIATION
    elif group is CandidateGroup.LIAISON:
        yield staff.between(1, STAFF_FOR_ASSOCIATION - 1)
        yield ~_has(AssociationKind.LIAISON)
    else:
        yield staff.is_(None)
    if wanted.county:
        yield EnterpriseRow.county == wanted.county
    if wanted.policy_focus:
        yield EnterpriseRow.above_designated.is_(True)
        yield EnterpriseRow.high_tech.is_(True)
    if wanted.text:
        searched = (EnterpriseRow.name, EnterpriseRow.park, EnterpriseRow.industry)
        yield or_(*(c.icontains(wanted.text, autoescape=True) for c in searched))


def _has(kind: AssociationKind) -> ColumnElement[bool]:
    return exists().where(
        AssociationRow.enterprise_id == EnterpriseRow.id,
        AssociationRow.kind == kind,
        AssociationRow.status != AssociationStatus.CANCELLED,
    )
