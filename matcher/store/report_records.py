"""Loads what reports are counted from: a fixed number of queries, whatever the size."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from matcher.casework.associations import STANDING, AssociationKind
from matcher.casework.batches import BatchState
from matcher.casework.facts import (
    AssociationFacts,
    LibraryFacts,
    NeedFacts,
    OutcomeFacts,
    PairingFacts,
    StageMove,
    StationFacts,
)
from matcher.casework.milestones import Move
from matcher.casework.months import day_of
from matcher.casework.needs import NeedStatus
from matcher.casework.pairings import EventKind, PairingStage
from matcher.casework.stations import OutcomeKind, StationLevel, StationStatus
from matcher.records import PartnerKind, TechField
from matcher.store.association_targets import targets
from matcher.store.associations import association_counties
from matcher.store.site_types import all_types
from matcher.store.tables import EnterpriseRow, NeedRow, PartnerRow, UtcDateTime
from matcher.store.tables_casework import (
    AssociationRow,
    NeedStepRow,
    OutcomeRow,
    PairingEventRow,
    PairingRow,
    StationPartnerRow,
    StationRow,
)
from matcher.store.tables_monthly import BatchFiguresRow, BatchRow, PlanPairRow


class KeptReport(NamedTuple):
    """A report that a finished batch keeps as data, and when the batch was finished."""

    batch_id: int
    finished_at: datetime
    report: dict[str, Any]


def load_facts(session: Session, year: int, county: str = "") -> LibraryFacts:
    """All that figures are counted from.

    Args:
        session: of the store.
        year: whose targets of associations are wanted.
        county: only what concerns it; empty for the city.
    """
    given = targets(session, year)
    if county:
        given = {place: target for place, target in given.items() if place == county}
    return LibraryFacts(
        needs=_needs(session, county),
        pairings=_pairings(session, county),
        stations=_stations(session, county),
        outcomes=_outcomes(session, county),
        associations=_associations(session, county),
        targets=given,
        counties=(county,) if county else tuple(association_counties(session)),
    )


def planned_partners(session: Session, plan_id: int) -> dict[str, tuple[str, PartnerKind]]:
    """Name and kind of each partner that a plan proposes, by id."""
    of_plan = select(PlanPairRow.partner_id).where(PlanPairRow.plan_id == plan_id)
    query = select(PartnerRow.id, PartnerRow.name, PartnerRow.kind)
    rows = session.execute(query.where(PartnerRow.id.in_(of_plan)))
    return {partner_id: (name, PartnerKind(kind)) for partner_id, name, kind in rows}


def report_counties(session: Session) -> list[str]:
    """All counties that a report may be for: of needs, enterprises and associations, in order."""
    query = select(NeedRow.county).where(NeedRow.county != "").distinct()
    return sorted({*session.scalars(query), *association_counties(session)})


def first_submission(session: Session, county: str = "") -> date | None:
    """The day of the earliest submission of a need; None if none is noted."""
    query = select(func.min(NeedRow.submitted)).where(_within(NeedRow.county, county))
    return session.scalar(query)


def kept_report(
    session: Session, month: str, county: str, *, year_to_date: bool
) -> KeptReport | None:
    """The report of an edition that the last finished batch keeps; None if none does.

    Args:
        session: of the store.
        month: YYYY-MM.
        county: of the edition, empty for the city.
        year_to_date: whether it is the edition from January on.
    """
    query = (
        select(BatchRow.id, BatchRow.finished_at, BatchFiguresRow.report)
        .join(BatchFiguresRow, BatchFiguresRow.batch_id == BatchRow.id)
        .where(
            BatchRow.month == month,
            BatchRow.state == BatchState.FINISHED,
            BatchRow.finished_at.is_not(None),
            BatchFiguresRow.county == county,
            BatchFiguresRow.year_to_date.is_(year_to_date),
        )
        .order_by(BatchRow.id.desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else KeptReport(*row)


def kept_months(session: Session, county: str) -> dict[str, datetime]:
    """The months of which a finished batch keeps the report of a place, and when it was finished.

    Args:
        session: of the store.
        county: the place, empty for the city.
    """
    query = (
        select(BatchRow.month, func.max(BatchRow.finished_at, type_=UtcDateTime()))
        .join(BatchFiguresRow, BatchFiguresRow.batch_id == BatchRow.id)
        .where(BatchRow.state == BatchState.FINISHED, BatchFiguresRow.county == county)
        .group_by(BatchRow.month)
    )
    return {month: finished for month, finished in session.execute(query) if finished}


def _needs(session: Session, county: str) -> tuple[NeedFacts, ...]:
    steps = select(NeedStepRow.need_id, NeedStepRow.at, NeedStepRow.before, NeedStepRow.after)
    if county:
        steps = steps.join(NeedRow, NeedRow.id == NeedStepRow.need_id)
        steps = steps.where(NeedRow.county == county)
    moves: defaultdict[str, list[Move]] = defaultdict(list)
    ordered = steps.order_by(NeedStepRow.at, NeedStepRow.id)
    for need_id, at, before, after in session.execute(ordered):
        known = NeedStatus(before) if before else None
        moves[need_id].append(Move(day_of(at), known, NeedStatus(after)))
    query = (
        select(
            NeedRow.id,
            NeedRow.title,
            NeedRow.county,
            NeedRow.enterprise_id,
            EnterpriseRow.name,
            NeedRow.field,
            NeedRow.industry,
            NeedRow.keywords,
            NeedRow.status,
            NeedRow.submitted,
        )
        .outerjoin(EnterpriseRow, EnterpriseRow.id == NeedRow.enterprise_id)
        .order_by(NeedRow.id)
    )
    return tuple(
        NeedFacts(
            id=row.id,
            title=row.title,
            county=row.county,
            enterprise=row.name or "",
            enterprise_id=row.enterprise_id,
            tech_field=TechField(row.field) if row.field else None,
            industry=row.industry,
            keywords=tuple(row.keywords),
            status=NeedStatus(row.status),
            submitted=row.submitted,
            moves=tuple(moves.get(row.id, ())),
        )
        for row in session.execute(query.where(_within(NeedRow.county, county)))
    )


def _pairings(session: Session, county: str) -> tuple[PairingFacts, ...]:
    events = select(
        PairingEventRow.pairing_id,
        PairingEventRow.at,
        PairingEventRow.before,
        PairingEventRow.after,
    ).where(PairingEventRow.kind == EventKind.STAGE)
    if county:
        events = events.join(PairingRow, PairingRow.id == PairingEventRow.pairing_id)
        events = events.where(PairingRow.county == county)
    moves: defaultdict[int, list[StageMove]] = defaultdict(list)
    ordered = events.order_by(PairingEventRow.at, PairingEventRow.id)
    for pairing_id, at, before, after in session.execute(ordered):
        if before and after:
            move = StageMove(day_of(at), PairingStage(before), PairingStage(after))
            moves[pairing_id].append(move)
    query = (
        select(
            PairingRow.id,
            PairingRow.need_id,
            NeedRow.title,
            EnterpriseRow.name.label("enterprise"),
            PartnerRow.name.label("partner"),
            PartnerRow.kind,
            PairingRow.county,
            PairingRow.stage,
            PairingRow.created_at,
            PairingRow.updated_at,
        )
        .join(NeedRow, NeedRow.id == PairingRow.need_id)
        .join(PartnerRow, PartnerRow.id == PairingRow.partner_id)
        .outerjoin(EnterpriseRow, EnterpriseRow.id == NeedRow.enterprise_id)
        .order_by(PairingRow.id)
    )
    return tuple(
        PairingFacts(
            id=row.id,
            need_id=row.need_id,
            need_title=row.title,
            enterprise=row.enterprise or "",
            partner=row.partner,
            kind=PartnerKind(row.kind),
            county=row.county,
            stage=PairingStage(row.stage),
            begun=day_of(row.created_at),
            moved=day_of(row.updated_at),
            moves=tuple(moves.get(row.id, ())),
        )
        for row in session.execute(query.where(_within(PairingRow.county, county)))
    )


def _stations(session: Session, county: str) -> tuple[StationFacts, ...]:
    types = all_types(session)
    named = (
        select(StationPartnerRow.station_id, PartnerRow.name)
        .join(PartnerRow, PartnerRow.id == StationPartnerRow.partner_id)
        .order_by(StationPartnerRow.station_id, StationPartnerRow.position)
    )
    partners: defaultdict[int, list[str]] = defaultdict(list)
    for station_id, name in session.execute(named):
        partners[station_id].append(name)
    query = (
        select(
            StationRow.id,
            StationRow.name,
            StationRow.type,
            StationRow.level,
            EnterpriseRow.name.label("enterprise"),
            StationRow.county,
            StationRow.agreed_on,
            StationRow.ends_on,
            StationRow.status,
        )
        .join(EnterpriseRow, EnterpriseRow.id == StationRow.enterprise_id)
        .order_by(StationRow.id)
    )
    return tuple(
        StationFacts(
            id=row.id,
            name=row.name,
            type=row.type,
            # A code without its row was removed behind our back; it still names itself.
            type_label=types[row.type].label if row.type in types else row.type,
            level=StationLevel(row.level),
            enterprise=row.enterprise,
            county=row.county,
            partners=tuple(partners.get(row.id, ())),
            agreed_on=row.agreed_on,
            ends_on=row.ends_on,
            status=StationStatus(row.status),
        )
        for row in session.execute(query.where(_within(StationRow.county, county)))
    )


def _outcomes(session: Session, county: str) -> tuple[OutcomeFacts, ...]:
    query = (
        select(OutcomeRow, StationRow.name, NeedRow.title)
        .outerjoin(StationRow, StationRow.id == OutcomeRow.station_id)
        .outerjoin(PairingRow, PairingRow.id == OutcomeRow.pairing_id)
        .outerjoin(NeedRow, NeedRow.id == PairingRow.need_id)
        .order_by(OutcomeRow.id)
    )
    return tuple(
        OutcomeFacts(
            id=row.id,
            kind=OutcomeKind(row.kind),
            title=row.title,
            on=row.on,
            county=row.county,
            number=row.number,
            amount=row.amount,
            origin=station or need or "",
        )
        for row, station, need in session.execute(query.where(_within(OutcomeRow.county, county)))
    )


def _associations(session: Session, county: str) -> tuple[AssociationFacts, ...]:
    query = select(AssociationRow.kind, AssociationRow.county, AssociationRow.founded_on).where(
        AssociationRow.status.in_(STANDING)
    )
    return tuple(
        AssociationFacts(kind=AssociationKind(kind), county=place, founded_on=founded)
        for kind, place, founded in session.execute(
            query.where(_within(AssociationRow.county, county))
        )
        if founded is not None
    )


def _within(place: InstrumentedAttribute[str], county: str) -> ColumnElement[bool]:
    return place == county if county else true()
