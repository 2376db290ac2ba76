"""Loading what reports are counted from."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from matcher.casework.associations import AssociationKind, AssociationStatus
from matcher.casework.batches import BatchState
from matcher.casework.facts import AssociationFacts, LibraryFacts, StageMove
from matcher.casework.milestones import Milestone, Move
from matcher.casework.months import Days
from matcher.casework.needs import NeedStatus
from matcher.casework.pairings import PairingStage
from matcher.records import Enterprise, Need, Partner, PartnerKind, TechField
from matcher.reports.facts import MonthRecords
from matcher.reports.figures import figures
from matcher.reports.records import Edition
from matcher.store.association_targets import coverage
from matcher.store.database import Database
from matcher.store.enterprises import save_enterprises
from matcher.store.figures import count_reached, count_stations
from matcher.store.needs import save_needs
from matcher.store.partners import save_partners
from matcher.store.report_records import (
    first_submission,
    kept_months,
    kept_report,
    load_facts,
    planned_partners,
    report_counties,
)
from matcher.store.stations import expiring
from matcher.store.tables import NeedRow
from matcher.store.tables_casework import (
    AssociationRow,
    AssociationTargetRow,
    NeedStepRow,
    OutcomeRow,
    PairingEventRow,
    PairingRow,
    StationPartnerRow,
    StationRow,
)
from matcher.store.tables_monthly import BatchFiguresRow, BatchRow, PlanPairRow, PlanRow

pytestmark = pytest.mark.any_database

TODAY = date(2026, 11, 22)
YUEQING, PINGYANG = "乐清市", "平阳县"
# In China it is already the first of November.
NIGHT = datetime(2026, 10, 31, 16, tzinfo=UTC)
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


def fill(session: Session, count: int = 1) -> None:
    """So many needs of each of two counties, each with a story."""
    save_partners(session, [Partner(id="P", kind=PartnerKind.EXPERT, name="示例专家")])
    session.add(AssociationTargetRow(year=2026, county="", target=9))
    session.add(AssociationTargetRow(year=2026, county=YUEQING, target=4))
    for place, county in enumerate((YUEQING, PINGYANG)):
        firm = f"E{place}"
        save_enterprises(session, [Enterprise(id=firm, name=f"示例公司{place}", county=county)])
        for number in range(count):
            _story(session, f"N{place}-{number}", firm, county)
    session.flush()


def _story(session: Session, identifier: str, firm: str, county: str) -> None:
    save_needs(
        session,
        [
            Need(
                id=identifier,
                title=f"示例需求{identifier}",
                keywords=("触头",),
                field=TechField.MATERIALS,
                industry="电气",
                county=county,
                enterprise_id=firm,
                submitted=date(2026, 10, 20),
            )
        ],
    )
    session.get_one(NeedRow, identifier).status = NeedStatus.MATCHING
    session.add_all(
        [
            _step(identifier, NIGHT, NeedStatus.PENDING, NeedStatus.LISTED),
            _step(identifier, NOON, NeedStatus.LISTED, NeedStatus.MATCHING),
        ]
    )
    pairing = PairingRow(
        need_id=identifier,
        partner_id="P",
        county=county,
        stage=PairingStage.SENT,
        reason=None,
        probability=0.5,
        created_at=NIGHT,
        updated_at=NOON,
        released_at=None,
        version=1,
    )
    session.add(pairing)
    session.flush()
    session.add(_event(pairing.id, NIGHT, None, PairingStage.RECOMMENDED))
    session.add(_event(pairing.id, NOON, PairingStage.RECOMMENDED, PairingStage.SENT))
    station = StationRow(
        name="示例站",
        type="removed_type",
        level="city",
        enterprise_id=firm,
        county=county,
        agreed_on=date(2026, 11, 2),
        ends_on=date(2029, 11, 1),
        status="active",
        pairing_id=None,
        note="",
        version=1,
    )
    session.add(station)
    session.flush()
    session.add(StationPartnerRow(station_id=station.id, partner_id="P", position=0))
    session.add_all(
        [
            _outcome(county, station_id=station.id),
            _outcome(county, pairing_id=pairing.id),
            _association(county, AssociationStatus.FOUNDED, date(2020, 1, 1)),
            _association(county, AssociationStatus.CANCELLED, date(2020, 1, 1)),
            _association(county, AssociationStatus.FOUNDED, None),
        ]
    )


def _step(need_id: str, at: datetime, before: NeedStatus, after: NeedStatus) -> NeedStepRow:
    told = {"need_id": need_id, "at": at, "actor_name": "示例", "reason": None, "note": ""}
    return NeedStepRow(**told, before=before, after=after)


def _event(
    pairing_id: int, at: datetime, before: PairingStage | None, after: PairingStage
) -> PairingEventRow:
    told = {"pairing_id": pairing_id, "at": at, "actor_name": "示例", "kind": "stage"}
    more = {"reason": None, "text": "", "file_id": None}
    return PairingEventRow(**told, **more, before=before, after=after)


def _outcome(county: str, **parent: int) -> OutcomeRow:
    told = {"kind": "patent", "title": "示例专利", "on": date(2026, 11, 3), "county": county}
    given = {"station_id": None, "pairing_id": None, **parent}
    return OutcomeRow(**told, **given, number="", amount=None, note="")


def _association(county: str, status: AssociationStatus, founded: date | None) -> AssociationRow:
    empty = dict.fromkeys(("park", "approved_by", "chair", "secretary", "liaison", "note"), "")
    none = dict.fromkeys(
        ("enterprise_id", "approved_on", "members", "last_congress", "last_activity")
    )
    return AssociationRow(
        name="示例科协",
        kind=AssociationKind.ENTERPRISE,
        county=county,
        status=status,
        founded_on=founded,
        check={},
        version=1,
        **empty,
        **none,
    )


@contextmanager
def counting(database: Database) -> Iterator[list[str]]:
    """The statements that are sent to the store meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine, "before_cursor_execute", note)


def test_everything_comes_with_its_names_and_days(database: Database) -> None:
    with database.writing() as session:
        fill(session)
        facts = load_facts(session, 2026)
    need, pairing = facts.needs[0], facts.pairings[0]
    assert (need.enterprise, need.keywords, need.status) == (
        "示例公司0",
        ("触头",),
        NeedStatus.MATCHING,
    )
    assert need.moves == (
        Move(date(2026, 11, 1), NeedStatus.PENDING, NeedStatus.LISTED),
        Move(date(2026, 11, 20), NeedStatus.LISTED, NeedStatus.MATCHING),
    )
    assert (pairing.begun, pairing.moved) == (date(2026, 11, 1), date(2026, 11, 20))
    assert pairing.moves == (
        StageMove(date(2026, 11, 20), PairingStage.RECOMMENDED, PairingStage.SENT),
    )
    assert (pairing.partner, pairing.enterprise) == ("示例专家", "示例公司0")
    assert pairing.standing(date(2026, 11, 19)) is PairingStage.RECOMMENDED
    assert pairing.standing(date(2026, 10, 31)) is None
    assert pairing.last_moved(date(2026, 11, 19), is_present=False) == date(2026, 11, 1)
    station = facts.stations[0]
    assert (station.partners, station.type_label) == (("示例专家",), "removed_type")
    assert [each.origin for each in facts.outcomes[:2]] == ["示例站", "示例需求N0-0"]
    assert facts.associations[0] == AssociationFacts(
        kind=AssociationKind.ENTERPRISE, county=YUEQING, founded_on=date(2020, 1, 1)
    )
    assert len(facts.associations) == 2
    assert facts.targets == {"": 9, YUEQING: 4}
    assert facts.counties == (YUEQING, PINGYANG)


def test_a_county_is_the_part_of_the_city(database: Database) -> None:
    with database.writing() as session:
        fill(session, 2)
        city = load_facts(session, 2026)
        for county in (YUEQING, PINGYANG):
            own = load_facts(session, 2026, county)
            assert asdict(own) == asdict(city.of(county))
            assert {each.county for each in own.needs} == {county}
        assert load_facts(session, 2026, "别处") == LibraryFacts(counties=("别处",))
        assert report_counties(session) == [YUEQING, PINGYANG]
        assert first_submission(session) == date(2026, 10, 20)
        assert first_submission(session, "别处") is None


def test_the_number_of_queries_does_not_grow(database: Database) -> None:
    numbers = []
    with database.writing() as session:
        fill(session)
    for _ in range(2):
        with counting(database) as sent, database.reading() as session:
            load_facts(session, 2026)
        numbers.append(len(sent))
        with database.writing() as session:
            for number in range(1, 30):
                _story(session, f"N0-{number}{len(numbers)}", "E0", YUEQING)
    assert numbers[0] == numbers[1] <= 13


@pytest.mark.parametrize("county", ["", YUEQING])
def test_the_report_counts_what_the_first_page_counts(database: Database, county: str) -> None:
    with database.writing() as session:
        fill(session, 3)
        records = MonthRecords(library=load_facts(session, 2026, county))
        for month in (date(2026, 10, 1), date(2026, 11, 1)):
            shown = figures(records, Edition(month=month, county=county), TODAY)
            period = shown.period
            for milestone in Milestone:
                change = shown.needs.milestones[milestone]
                assert change.now == count_reached(session, milestone, period.days, county)
                assert change.before == count_reached(session, milestone, period.before, county)
        assert count_reached(session, Milestone.LISTED, Days(date(2026, 11, 1), TODAY)) == 6
        own = {each.county: each for each in coverage(session, 2026, county) if each.county}
        assert {each.county: each for each in shown.associations.rows} == own
        assert len(shown.stations.ending) == len(expiring(session, TODAY, county))
        assert shown.stations.active == count_stations(session, county)


def _batch(session: Session, state: BatchState, finished: datetime | None) -> int:
    row = BatchRow(
        month="2026-10",
        state=state,
        out="",
        settings={},
        model_id="m",
        revision=1,
        token="t",
        started_at=NIGHT,
        finished_at=finished,
        started_by="示例",
        host="",
        pid=1,
        cancel=False,
        error="",
        runs=1,
    )
    session.add(row)
    session.flush()
    for county in ("", YUEQING):
        told = {"number": row.id}
        kept = BatchFiguresRow(batch_id=row.id, county=county, year_to_date=False, report=told)
        session.add(kept)
    session.flush()
    return row.id


def test_the_last_finished_batch_keeps_the_report(database: Database) -> None:
    with database.writing() as session:
        assert kept_report(session, "2026-10", "", year_to_date=False) is None
        assert kept_months(session, "") == {}
        _batch(session, BatchState.FINISHED, NIGHT)
        last = _batch(session, BatchState.FINISHED, NOON)
        _batch(session, BatchState.FAILED, NOON)
        found = kept_report(session, "2026-10", YUEQING, year_to_date=False)
        assert found is not None
        assert (found.batch_id, found.finished_at, found.report) == (last, NOON, {"number": last})
        assert kept_report(session, "2026-10", PINGYANG, year_to_date=False) is None
        assert kept_report(session, "2026-10", "", year_to_date=True) is None
        assert kept_months(session, "") == {"2026-10": NOON}
        assert kept_months(session, PINGYANG) == {}


def test_the_partners_of_a_plan(database: Database) -> None:
    with database.writing() as session:
        fill(session)
        plan = PlanRow(
            month="2026-11",
            batch_id=None,
            made_at=NOON,
            made_by="示例",
            model_id="m",
            revision=1,
            token="t",
            settings={},
            figures={},
        )
        session.add(plan)
        session.flush()
        session.add(
            PlanPairRow(
                plan_id=plan.id,
                need_id="N0-0",
                partner_id="P",
                county=YUEQING,
                position=0,
                rank=1,
                probability=0.5,
                reason="",
                pinned=False,
                sites=[],
                state="proposed",
                decided_at=None,
                decided_by="",
            )
        )
        session.flush()
        assert planned_partners(session, plan.id) == {"P": ("示例专家", PartnerKind.EXPERT)}
        assert planned_partners(session, plan.id + 1) == {}
