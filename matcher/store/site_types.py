"""Queries on site types (建站类型): those of every city, and what this city added to them."""

from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matcher.errors import ConflictError, NotFoundError
from matcher.records import SiteType
from matcher.store.tables_casework import SiteTypeRow, StationRow

_WHAT = "建站类型"


class SiteKind(NamedTuple):
    """A type that a station may have.

    Attributes:
        code: what is stored with the stations.
        label: what people call it.
        several_partners: whether a station of this type may have more than one partner.
        own: whether the city added it; the others cannot be changed.
    """

    code: str
    label: str
    several_partners: bool
    own: bool = True


PRESET: Final = {
    member.value: SiteKind(
        member.value, member.label, member is SiteType.INNOVATION_COMMUNITY, own=False
    )
    for member in SiteType
}
"""The types of `SiteType`; of these only the community joins several partners."""


def all_types(session: Session) -> dict[str, SiteKind]:
    """All types by code: those of `SiteType` first, then the city's own by label."""
    rows = session.scalars(select(SiteTypeRow).order_by(SiteTypeRow.label))
    return PRESET | {row.code: _kind(row) for row in rows}


def add_type(session: Session, kind: SiteKind) -> None:
    """Add a type of the city's own.

    Raises:
        ConflictError: there is a type with this code or label.
    """
    _refuse_twins(session, kind)
    if kind.code in all_types(session):
        raise ConflictError(f"代码“{kind.code}”已经用于另一种建站类型，请换一个")
    session.add(
        SiteTypeRow(code=kind.code, label=kind.label, several_partners=kind.several_partners)
    )
    session.flush()


def change_type(session: Session, kind: SiteKind) -> SiteKind:
    """Change the label of a type of the city's own, and how many partners; returns it as it was.

    Raises:
        NotFoundError: the city has added no type with this code.
        ConflictError: another type has this label.
    """
    row = _row(session, kind.code)
    before = _kind(row)
    _refuse_twins(session, kind)
    row.label, row.several_partners = kind.label, kind.several_partners
    session.flush()
    return before


def delete_type(session: Session, code: str) -> SiteKind:
    """Remove a type that no station has; returns it as it was.

    Raises:
        NotFoundError: the city has added no type with this code.
        ConflictError: stations have it.
    """
    row = _row(session, code)
    used = type_uses(session).get(code, 0)
    if used:
        raise ConflictError(f"有 {used} 个站点属于“{row.label}”，不能删除这种类型")
    before = _kind(row)
    session.delete(row)
    session.flush()
    return before


def type_uses(session: Session) -> dict[str, int]:
    """How many stations have each type that any station has."""
    query = select(StationRow.type, func.count()).group_by(StationRow.type)
    return {row[0]: row[1] for row in session.execute(query)}


def _refuse_twins(session: Session, kind: SiteKind) -> None:
    for other in all_types(session).values():
        if other.code != kind.code and other.label == kind.label:
            raise ConflictError(f"已经有名为“{kind.label}”的建站类型")


def _row(session: Session, code: str) -> SiteTypeRow:
    row = session.get(SiteTypeRow, code)
    if row is None:
        raise NotFoundError(_WHAT, code)
    return row


def _kind(row: SiteTypeRow) -> SiteKind:
    return SiteKind(row.code, row.label, row.several_partners)
