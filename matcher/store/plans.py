"""Queries on plans; their pairs are in `plan_pairs`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matcher.casework.plans import Plan, PlanPair, UnmetNeed, UnmetReason
from matcher.errors import NotFoundError
from matcher.store.plan_pairs import add_pairs
from matcher.store.tables_monthly import PlanRow

_UNMET: Final = "unmet"


def add_plan(session: Session, plan: Plan, pairs: Sequence[PlanPair]) -> Plan:
    """Keep a plan with its pairs; returns it with the number that the store gave it."""
    row = PlanRow(
        month=plan.month,
        batch_id=plan.batch_id,
        made_at=plan.made_at,
        made_by=plan.made_by[:60],
        model_id=plan.model_id,
        revision=plan.revision,
        token=plan.token,
        settings=dict(plan.settings),
        figures=dict(plan.figures) | {_UNMET: [asdict(need) for need in plan.unmet]},
    )
    session.add(row)
    session.flush()
    add_pairs(session, row.id, pairs)
    return _plan(row)


def get_plan(session: Session, plan_id: int) -> Plan:
    """One plan.

    Raises:
        NotFoundError: there is none with this number.
    """
    row = session.get(PlanRow, plan_id)
    if row is None:
        raise NotFoundError("月度方案", str(plan_id))
    return _plan(row)


def latest_plan(session: Session, month: str) -> Plan | None:
    """The plan of a month that counts, None if there is none."""
    query = select(PlanRow).where(PlanRow.month == month).order_by(PlanRow.id.desc()).limit(1)
    row = session.scalar(query)
    return None if row is None else _plan(row)


def latest_plan_ids(session: Session, months: Collection[str]) -> set[int]:
    """Numbers of the plans that count, of those of these months that have any."""
    query = select(func.max(PlanRow.id)).where(PlanRow.month.in_(months)).group_by(PlanRow.month)
    return set(session.scalars(query))


def list_plans(
    session: Session, *, month: str = "", offset: int = 0, limit: int = 20
) -> tuple[list[Plan], int]:
    """A page of plans, the latest month and the latest plan first, and how many there are."""
    query = select(PlanRow)
    if month:
        query = query.where(PlanRow.month == month)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(PlanRow.month.desc(), PlanRow.id.desc()).offset(offset).limit(limit)
    return list(map(_plan, session.scalars(page))), total


def plan_months(session: Session) -> list[str]:
    """The months of which there are plans, the latest first."""
    query = select(PlanRow.month).distinct().order_by(PlanRow.month.desc())
    return list(session.scalars(query))


def _plan(row: PlanRow) -> Plan:
    figures = dict(row.figures)
    return Plan(
        id=row.id,
        month=row.month,
        batch_id=row.batch_id,
        made_at=row.made_at,
        made_by=row.made_by,
        model_id=row.model_id,
        revision=row.revision,
        token=row.token,
        settings=row.settings,
        unmet=tuple(_unmet(need) for need in figures.pop(_UNMET)),
        figures=figures,
    )


def _unmet(values: Mapping[str, Any]) -> UnmetNeed:
    return UnmetNeed(**{**values, "reason": UnmetReason(values["reason"])})
