"""Queries on marks: pairs that staff want in every plan, or in none."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from matcher.casework.plans import Mark, PlanMark
from matcher.store.batches import batched
from matcher.store.dialect import upsert
from matcher.store.tables import NeedRow
from matcher.store.tables_monthly import PlanMarkRow


def set_mark(session: Session, mark: PlanMark) -> None:
    """Mark a pair; a mark that it has already is replaced. Need and partner must exist."""
    values = {
        "mark": mark.mark,
        "note": mark.note,
        "marked_at": mark.marked_at,
        "marked_by": mark.marked_by[:60],
    }
    statement = upsert(session, PlanMarkRow).values(
        need_id=mark.need_id, partner_id=mark.partner_id, **values
    )
    key = [PlanMarkRow.need_id, PlanMarkRow.partner_id]
    session.execute(statement.on_conflict_do_update(index_elements=key, set_=values))
    session.expire_all()


def drop_mark(session: Session, need_id: str, partner_id: str) -> bool:
    """Take the mark of a pair away; returns whether it had one."""
    result = session.execute(
        delete(PlanMarkRow)
        .where(PlanMarkRow.need_id == need_id, PlanMarkRow.partner_id == partner_id)
        .returning(PlanMarkRow.need_id)
    )
    return result.first() is not None


def find_mark(session: Session, need_id: str, partner_id: str) -> PlanMark | None:
    """The mark of a pair, None if it has none."""
    row = session.get(PlanMarkRow, (need_id, partner_id))
    return None if row is None else _mark(row)


def marks_of_needs(session: Session, need_ids: Iterable[str]) -> dict[tuple[str, str], PlanMark]:
    """The marks of these needs, by need and partner."""
    found: dict[tuple[str, str], PlanMark] = {}
    for batch in batched(need_ids):
        query = select(PlanMarkRow).where(PlanMarkRow.need_id.in_(batch))
        found.update({(row.need_id, row.partner_id): _mark(row) for row in session.scalars(query)})
    return found


def marks_of_partner(session: Session, partner_id: str) -> tuple[PlanMark, ...]:
    """The marks of a partner, in the order of the needs."""
    query = select(PlanMarkRow).where(PlanMarkRow.partner_id == partner_id)
    return tuple(map(_mark, session.scalars(query.order_by(PlanMarkRow.need_id))))


def list_marks(
    session: Session,
    *,
    county: str = "",
    mark: Mark | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[PlanMark], int]:
    """A page of marks, the latest first, and how many there are in all.

    Args:
        session: where to read.
        county: only of the needs of this one; empty for all.
        mark: only these; None for all.
        offset: how many to pass over.
        limit: how many to return at most.
    """
    query: Select[Any] = select(PlanMarkRow)
    if county:
        query = query.join(NeedRow, NeedRow.id == PlanMarkRow.need_id)
        query = query.where(NeedRow.county == county)
    if mark is not None:
        query = query.where(PlanMarkRow.mark == mark)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    order = (PlanMarkRow.marked_at.desc(), PlanMarkRow.need_id, PlanMarkRow.partner_id)
    page = query.order_by(*order).offset(offset).limit(limit)
    return list(map(_mark, session.scalars(page))), total


def move_marks(session: Session, before: str, after: str) -> None:
    """Give a partner's marks to another; where that one has a mark of the need, its own counts."""
    there = select(PlanMarkRow.need_id).where(PlanMarkRow.partner_id == after)
    own = PlanMarkRow.partner_id == before
    session.execute(delete(PlanMarkRow).where(own, PlanMarkRow.need_id.in_(there)))
    session.execute(update(PlanMarkRow).where(own).values(partner_id=after))
    session.expire_all()


def part_marks(
    session: Session, kept_id: str, marks: Iterable[PlanMark], *, shared: Collection[str]
) -> None:
    """Give the record that had been merged its marks back.

    What was marked anew or taken away since stays as it is.

    Args:
        session: where to write.
        kept_id: the record that has them now.
        marks: what the merged one had.
        shared: needs of which both had a mark.
    """
    present = {mark.need_id: mark for mark in marks_of_partner(session, kept_id)}
    for mark in marks:
        now = present.get(mark.need_id)
        if now is None:
            continue
        if mark.need_id in shared:
            set_mark(session, mark)
        elif replace(now, partner_id=mark.partner_id) == mark:
            drop_mark(session, mark.need_id, kept_id)
            set_mark(session, mark)


def _mark(row: PlanMarkRow) -> PlanMark:
    return PlanMark(
        need_id=row.need_id,
        partner_id=row.partner_id,
        mark=Mark(row.mark),
        note=row.note,
        marked_at=row.marked_at,
        marked_by=row.marked_by,
    )
