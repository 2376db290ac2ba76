"""Queries on the pairs that plans propose."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, func, insert, or_, select, update
from sqlalchemy.orm import Session

from matcher.casework.pairings import PairingStage
from matcher.casework.plans import PairState, PlanPair, ProposedSite
from matcher.casework.stations import StationLevel
from matcher.errors import ConflictError, NotFoundError
from matcher.records import PartnerKind
from matcher.store.batches import batched
from matcher.store.tables import EnterpriseRow, NeedRow, PartnerRow
from matcher.store.tables_casework import PairingRow
from matcher.store.tables_monthly import PlanPairRow

Columns = TypeVarTuple("Columns")
_ORDERS: Final[Mapping[str, tuple[ColumnElement[Any], bool]]] = {
    "place": (func.min(PlanPairRow.position), False),
    "need": (func.min(NeedRow.title), False),
    "county": (func.min(NeedRow.county), False),
    "probability": (func.max(PlanPairRow.probability), True),
}
PLAN_ORDERS: Final = frozenset(_ORDERS)
"""What the needs of a plan can be sorted by; by `probability` the best pair of each counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFilter:
    """Which pairs of a plan are wanted; what is empty does not restrict.

    Attributes:
        county: where the need is now.
        kind: of the partner.
        state: what was decided.
        least: the least probability.
        below: the probability that is too much.
        text: in the need's title or id, the enterprise's or the partner's name, or its id.
        partner_id: only those of this partner.
    """

    county: str = ""
    kind: PartnerKind | None = None
    state: PairState | None = None
    least: float | None = None
    below: float | None = None
    text: str = ""
    partner_id: str = ""


EVERY_PAIR: Final = PairFilter()


def add_pairs(session: Session, plan_id: int, pairs: Sequence[PlanPair]) -> None:
    """Keep the pairs of a new plan."""
    for rows in batched(pairs):
        session.execute(insert(PlanPairRow), [_columns(pair, plan_id) for pair in rows])


def pairs_of_plan(
    session: Session,
    plan_id: int,
    wanted: PairFilter = EVERY_PAIR,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> list[PlanPair]:
    """The pairs of a plan, in their order."""
    query = _pairs(plan_id, wanted).order_by(PlanPairRow.position).offset(offset).limit(limit)
    return list(map(_pair, session.scalars(query)))


def count_pairs(session: Session, plan_id: int, wanted: PairFilter = EVERY_PAIR) -> int:
    """How many pairs of a plan are wanted."""
    found = _pairs(plan_id, wanted).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def needs_of_plan(
    session: Session,
    plan_id: int,
    wanted: PairFilter = EVERY_PAIR,
    *,
    order: str = "place",
    descending: bool = False,
    offset: int = 0,
    limit: int = 20,
) -> tuple[list[str], int]:
    """A page of the needs that have wanted pairs in a plan, and how many there are.

    Args:
        session: where to read.
        plan_id: which plan.
        wanted: which pairs.
        order: one of `PLAN_ORDERS`; by probability the greatest first.
        descending: whether the order is turned round.
        offset: how many to pass over.
        limit: how many to return at most.
    """
    found = _pairs(plan_id, wanted).with_only_columns(PlanPairRow.need_id)
    found = found.group_by(PlanPairRow.need_id)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    column, greatest_first = _ORDERS[order]
    turned = column.desc() if greatest_first is not descending else column.asc()
    page = found.order_by(turned, func.min(PlanPairRow.position)).offset(offset).limit(limit)
    return list(session.scalars(page)), total


def pairs_of_needs(
    session: Session, plan_id: int, need_ids: Collection[str], wanted: PairFilter = EVERY_PAIR
) -> dict[str, list[PlanPair]]:
    """The wanted pairs of some needs of a plan, by need in the order that was asked for."""
    found: dict[str, list[PlanPair]] = {need_id: [] for need_id in need_ids}
    for batch in batched(need_ids):
        query = _pairs(plan_id, wanted).where(PlanPairRow.need_id.in_(batch))
        for row in session.scalars(query.order_by(PlanPairRow.position)):
            found[row.need_id].append(_pair(row))
    return found


def get_pair(session: Session, plan_id: int, need_id: str, partner_id: str) -> PlanPair:
    """One pair of a plan.

    Raises:
        NotFoundError: the plan does not propose it.
    """
    row = session.get(PlanPairRow, (plan_id, need_id, partner_id))
    if row is None:
        raise NotFoundError("方案配对", f"{need_id} 与 {partner_id}")
    return _pair(row)


def decide_pair(
    session: Session, pair: PlanPair, state: PairState, *, at: datetime, by: str
) -> None:
    """Note what was decided about a pair that is still open.

    Raises:
        ConflictError: it was decided meanwhile.
    """
    changed = session.execute(
        update(PlanPairRow)
        .where(
            PlanPairRow.plan_id == pair.plan_id,
            PlanPairRow.need_id == pair.need_id,
            PlanPairRow.partner_id == pair.partner_id,
            PlanPairRow.state == PairState.PROPOSED,
        )
        .values(state=state, decided_at=at, decided_by=by[:60])
        .returning(PlanPairRow.need_id)
    ).first()
    if changed is None:
        raise ConflictError("打开页面以后，别人已经对这一对作了决定。请刷新页面，核对现在的情况")


def count_states(
    session: Session, plan_ids: Collection[int], county: str = ""
) -> dict[int, dict[PairState, int]]:
    """How many pairs of each plan stand where, no state left out; in a county or in all."""
    counts = {plan_id: dict.fromkeys(PairState, 0) for plan_id in plan_ids}
    query = (
        select(PlanPairRow.plan_id, PlanPairRow.state, func.count())
        .where(PlanPairRow.plan_id.in_(plan_ids))
        .group_by(PlanPairRow.plan_id, PlanPairRow.state)
    )
    for plan_id, state, count in session.execute(_in_county(query, county)):
        counts[plan_id][PairState(state)] = count
    return counts


def count_needs_served(
    session: Session, plan_ids: Collection[int], county: str = ""
) -> dict[int, int]:
    """How many needs each plan has pairs for, none left out; in a county or in all."""
    query = (
        select(PlanPairRow.plan_id, func.count(PlanPairRow.need_id.distinct()))
        .where(PlanPairRow.plan_id.in_(plan_ids))
        .group_by(PlanPairRow.plan_id)
    )
    found = {plan_id: count for plan_id, count in session.execute(_in_county(query, county))}
    return dict.fromkeys(plan_ids, 0) | found


def count_planned(session: Session, plan_id: int) -> dict[str, int]:
    """How many pairs of a plan each partner may still have to take on.

    Those are the pairs that nobody has decided about, and those adopted whose partner was not
    asked yet: once it is asked, the pairing counts among the active ones.
    """
    pairing = and_(
        PairingRow.need_id == PlanPairRow.need_id, PairingRow.partner_id == PlanPairRow.partner_id
    )
    query = (
        select(PlanPairRow.partner_id, func.count())
        .outerjoin(PairingRow, pairing)
        .where(
            PlanPairRow.plan_id == plan_id,
            PlanPairRow.state != PairState.DROPPED,
            or_(PairingRow.id.is_(None), PairingRow.stage == PairingStage.RECOMMENDED),
        )
        .group_by(PlanPairRow.partner_id)
    )
    return {partner_id: count for partner_id, count in session.execute(query)}


def partners_of_plan(session: Session, plan_id: int, county: str = "") -> dict[str, int]:
    """How many pairs a plan proposes for each partner, in a county or in all."""
    query = (
        select(PlanPairRow.partner_id, func.count())
        .where(PlanPairRow.plan_id == plan_id)
        .group_by(PlanPairRow.partner_id)
    )
    return {partner_id: count for partner_id, count in session.execute(_in_county(query, county))}


def counties_of_plan(session: Session, plan_id: int) -> list[str]:
    """The counties that a plan has pairs of, in order."""
    query = select(NeedRow.county).join(PlanPairRow, PlanPairRow.need_id == NeedRow.id)
    query = query.where(PlanPairRow.plan_id == plan_id).distinct()
    return list(session.scalars(query.order_by(NeedRow.county)))


def pair_keys_of(session: Session, partner_id: str) -> tuple[tuple[int, str], ...]:
    """Plan and need of every pair that plans propose for a partner, in order."""
    query = select(PlanPairRow.plan_id, PlanPairRow.need_id).where(
        PlanPairRow.partner_id == partner_id
    )
    rows = session.execute(query.order_by(PlanPairRow.plan_id, PlanPairRow.need_id))
    return tuple((plan_id, need_id) for plan_id, need_id in rows)


def move_pairs(session: Session, keys: Iterable[tuple[int, str]], before: str, after: str) -> None:
    """Give pairs of a partner to another; one that the other has already stays where it is."""
    taken = set(pair_keys_of(session, after))
    for plan_id, need_id in keys:
        if (plan_id, need_id) not in taken:
            session.execute(
                update(PlanPairRow)
                .where(
                    PlanPairRow.plan_id == plan_id,
                    PlanPairRow.need_id == need_id,
                    PlanPairRow.partner_id == before,
                )
                .values(partner_id=after)
            )
    session.expire_all()


def _in_county(query: Select[*Columns], county: str) -> Select[*Columns]:
    """A query of pairs, narrowed to needs that are in a county now; whole for the empty name.

    A need may have been given to another county since the plan was made, and with it its pairs.
    """
    if not county:
        return query
    return query.join(NeedRow, NeedRow.id == PlanPairRow.need_id).where(NeedRow.county == county)


def _pairs(plan_id: int, wanted: PairFilter) -> Select[Any]:
    query = (
        select(PlanPairRow)
        .join(NeedRow, NeedRow.id == PlanPairRow.need_id)
        .join(PartnerRow, PartnerRow.id == PlanPairRow.partner_id)
        .where(PlanPairRow.plan_id == plan_id)
    )
    conditions = {
        "county": NeedRow.county == wanted.county,
        "kind": PartnerRow.kind == wanted.kind,
        "state": PlanPairRow.state == wanted.state,
        "partner_id": PlanPairRow.partner_id == wanted.partner_id,
    }
    query = query.where(*(test for name, test in conditions.items() if getattr(wanted, name)))
    if wanted.least is not None:
        query = query.where(PlanPairRow.probability >= wanted.least)
    if wanted.below is not None:
        query = query.where(PlanPairRow.probability < wanted.below)
    if wanted.text:
        query = query.outerjoin(EnterpriseRow, EnterpriseRow.id == NeedRow.enterprise_id)
        searched: Sequence[Any] = (
            NeedRow.title,
            NeedRow.id,
            EnterpriseRow.name,
            PartnerRow.name,
            PartnerRow.id,
        )
        query = query.where(or_(*(c.icontains(wanted.text, autoescape=True) for c in searched)))
    return query


def _columns(pair: PlanPair, plan_id: int) -> dict[str, Any]:
    values = {name: getattr(pair, name) for name in PlanPair.__slots__}
    return values | {"plan_id": plan_id, "sites": [asdict(site) for site in pair.sites]}


def _pair(row: PlanPairRow) -> PlanPair:
    values = {name: getattr(row, name) for name in PlanPair.__slots__}
    sites = tuple(_site(site) for site in row.sites)
    return PlanPair(**{**values, "sites": sites, "state": PairState(row.state)})


def _site(values: Mapping[str, Any]) -> ProposedSite:
    level = values["level"]
    return ProposedSite(
        **{
            **values,
            "level": StationLevel(level) if level else None,
            "missing": tuple(values["missing"]),
        }
    )
