"""Counts for the first page."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from matcher.casework.associations import Association, AssociationKind, AssociationStatus
from matcher.casework.milestones import Milestone
from matcher.casework.months import Days, day_of
from matcher.casework.needs import NeedStatus
from matcher.casework.pairings import PairingStage
from matcher.casework.stations import Station, StationLevel, StationStatus
from matcher.records import Enterprise, Need, Partner, PartnerKind, TechField
from matcher.store.database import Database
from matcher.store.enterprises import save_enterprises
from matcher.store.figures import (
    Ending,
    Reached,
    Waiting,
    count_associations,
    count_enterprises,
    count_reached,
    count_stations,
    ending_stations,
    idle_pairings,
    late_congresses,
    list_reached,
    needs_by_county,
    needs_by_field,
    needs_by_status,
    pending_needs,
)
from matcher.store.needs import save_needs
from matcher.store.partners import save_partners
from matcher.store.tables import NeedRow
from matcher.store.tables_casework import AssociationRow, NeedStepRow, PairingRow, StationRow

pytestmark = pytest.mark.any_database

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
NOVEMBER = Days(date(2026, 11, 1), date(2026, 11, 30))
OCTOBER = Days(date(2026, 10, 1), date(2026, 10, 31))
YUEQING, PINGYANG = "乐清市", "平阳县"


def need(session: Session, identifier: str, **given: object) -> None:
    """A need in a county (乐清市 if none is given), with a status and since when."""
    status = given.pop("status", NeedStatus.LISTED)
    since = given.pop("since", None)
    values = {"county": YUEQING, "title": f"示例需求{identifier}", **given}
    save_needs(session, [Need(id=identifier, **values)])  # type: ignore[arg-type]
    row = session.get_one(NeedRow, identifier)
    row.status, row.status_since = str(status), since  # type: ignore[assignment]


def step(session: Session, need_id: str, after: NeedStatus, at: datetime) -> None:
    session.add(
        NeedStepRow(
            need_id=need_id,
            at=at,
            actor_name="示例",
            before=None,
            after=after,
            reason=None,
            note="",
        )
    )


def counted(session: Session, milestone: Milestone, days: Days, county: str = "") -> list[str]:
    """Ids of the needs, having checked that the number agrees."""
    found = list_reached(session, milestone, days, county)
    assert count_reached(session, milestone, days, county) == len(found)
    return [reached.need_id for reached in found]


def test_new_needs_are_those_submitted_in_the_month_but_no_drafts(database: Database) -> None:
    with database.writing() as session:
        need(session, "N1", submitted=date(2026, 11, 1))
        need(session, "N2", submitted=date(2026, 11, 30), status=NeedStatus.CLOSED)
        need(session, "N3", submitted=date(2026, 11, 5), status=NeedStatus.DRAFT)
        need(session, "N4", submitted=date(2026, 10, 31))
        need(session, "N5")
        session.flush()
        assert counted(session, Milestone.SUBMITTED, NOVEMBER) == ["N2", "N1"]
        assert counted(session, Milestone.SUBMITTED, OCTOBER) == ["N4"]


def test_a_step_counts_on_its_day_in_china(database: Database) -> None:
    with database.writing() as session:
        for identifier, at in (
            ("N1", datetime(2026, 10, 31, 16, 0, tzinfo=UTC)),
            ("N2", datetime(2026, 10, 31, 15, 59, tzinfo=UTC)),
        ):
            need(session, identifier, status=NeedStatus.SIGNED)
            step(session, identifier, NeedStatus.SIGNED, at)
        session.flush()
        assert list_reached(session, Milestone.SIGNED, NOVEMBER) == [
            Reached("N1", date(2026, 11, 1))
        ]
        assert list_reached(session, Milestone.SIGNED, OCTOBER) == [
            Reached("N2", date(2026, 10, 31))
        ]


def test_a_need_reaches_a_milestone_once(database: Database) -> None:
    with database.writing() as session:
        need(session, "N1", submitted=date(2026, 9, 1))
        step(session, "N1", NeedStatus.LISTED, datetime(2026, 10, 5, tzinfo=UTC))
        step(session, "N1", NeedStatus.MATCHING, datetime(2026, 10, 6, tzinfo=UTC))
        step(session, "N1", NeedStatus.LISTED, datetime(2026, 11, 7, tzinfo=UTC))
        step(session, "N1", NeedStatus.MATCHING, datetime(2026, 11, 8, tzinfo=UTC))
        session.flush()
        for milestone in (Milestone.LISTED, Milestone.MATCHING):
            assert counted(session, milestone, OCTOBER) == ["N1"]
            assert counted(session, milestone, NOVEMBER) == []


def test_an_imported_need_was_listed_when_it_was_submitted(database: Database) -> None:
    with database.writing() as session:
        need(session, "N1", submitted=date(2026, 11, 3))
        need(session, "N2", submitted=date(2026, 11, 3), status=NeedStatus.MATCHING)
        need(session, "N3", submitted=date(2026, 11, 3), status=NeedStatus.PENDING)
        need(session, "N4", submitted=date(2026, 11, 3))
        step(session, "N4", NeedStatus.LISTED, datetime(2026, 12, 3, tzinfo=UTC))
        session.flush()
        assert sorted(counted(session, Milestone.LISTED, NOVEMBER)) == ["N1", "N2"]


def test_a_county_sees_its_own(database: Database) -> None:
    with database.writing() as session:
        for identifier, county in (("N1", YUEQING), ("N2", PINGYANG), ("N3", PINGYANG)):
            need(session, identifier, county=county, submitted=TODAY, field=TechField.OTHER)
        need(session, "N4", county="", submitted=TODAY)
        session.flush()
        assert counted(session, Milestone.SUBMITTED, NOVEMBER, PINGYANG) == ["N3", "N2"]
        assert needs_by_county(session) == {PINGYANG: 2, YUEQING: 1, "": 1}
        assert needs_by_county(session, PINGYANG) == {PINGYANG: 2}
        assert needs_by_field(session) == {TechField.OTHER: 3, None: 1}
        assert needs_by_field(session, YUEQING) == {TechField.OTHER: 1}
        assert needs_by_status(session, PINGYANG)[NeedStatus.LISTED] == 2
        assert sum(needs_by_status(session).values()) == 4


def test_a_page_of_the_needs_behind_a_number(database: Database) -> None:
    with database.writing() as session:
        for day in range(1, 6):
            need(session, f"N{day}", submitted=date(2026, 11, day))
        session.flush()
        page = list_reached(session, Milestone.SUBMITTED, NOVEMBER, offset=1, limit=2)
        assert [reached.need_id for reached in page] == ["N4", "N3"]


def test_needs_that_wait_for_their_screening(database: Database) -> None:
    week_ago = NOW - timedelta(days=7)
    with database.writing() as session:
        for identifier, county, days in (
            ("N1", YUEQING, 8),
            ("N2", YUEQING, 20),
            ("N3", PINGYANG, 9),
            ("N4", PINGYANG, 7),
        ):
            since = NOW - timedelta(days=days)
            need(session, identifier, county=county, status=NeedStatus.PENDING, since=since)
        need(session, "N5", status=NeedStatus.LISTED, since=NOW - timedelta(days=90))
        session.flush()
        own = Waiting(PINGYANG, 1, day_of(NOW - timedelta(days=9)))
        assert pending_needs(session, week_ago) == [
            Waiting(YUEQING, 2, day_of(NOW - timedelta(days=20))),
            own,
        ]
        assert pending_needs(session, week_ago, PINGYANG) == [own]


def test_pairings_without_movement(database: Database) -> None:
    month_ago = NOW - timedelta(days=30)
    cases = (
        (PairingStage.SENT, 31, True),
        (PairingStage.SIGNED, 31, True),
        (PairingStage.SENT, 29, False),
        (PairingStage.FAILED, 90, False),
        (PairingStage.STATIONED, 90, False),
    )
    with database.writing() as session:
        save_partners(session, [Partner(id="P", kind=PartnerKind.EXPERT, name="示例专家")])
        for number, (stage, days, _) in enumerate(cases):
            need(session, f"N{number}")
            session.add(
                PairingRow(
                    need_id=f"N{number}",
                    partner_id="P",
                    county=YUEQING,
                    stage=stage,
                    reason=None,
                    probability=None,
                    created_at=NOW - timedelta(days=100),
                    updated_at=NOW - timedelta(days=days),
                    released_at=None,
                    version=1,
                )
            )
        session.flush()
        expected = sum(idle for _, _, idle in cases)
        (waiting,) = idle_pairings(session, month_ago)
        assert waiting == Waiting(YUEQING, expected, day_of(NOW - timedelta(days=31)))
        assert idle_pairings(session, month_ago, PINGYANG) == []


STATIONS = tuple(
    Station(
        id=number,
        name=f"示例站{number}",
        type="society_station",
        level=StationLevel.CITY,
        enterprise_id="E",
        county=county,
        partner_ids=(),
        agreed_on=date(2024, 1, 1),
        ends_on=TODAY + timedelta(days=days),
        status=status,
    )
    for number, (county, days, status) in enumerate(
        [
            (YUEQING, 60, StationStatus.ACTIVE),
            (YUEQING, 61, StationStatus.ACTIVE),
            (PINGYANG, -3, StationStatus.ACTIVE),
            (PINGYANG, 5, StationStatus.EXPIRED),
            (PINGYANG, 5, StationStatus.CANCELLED),
        ],
        start=1,
    )
)


def test_stations_that_end_are_those_that_say_so(database: Database) -> None:
    with database.writing() as session:
        save_enterprises(session, [Enterprise(id="E", name="示例公司", county=YUEQING)])
        for each in STATIONS:
            session.add(
                StationRow(
                    **{
                        name: getattr(each, name)
                        for name in StationRow.__table__.columns.keys()  # noqa: SIM118
                    }
                )
            )
        session.flush()
        due = [each for each in STATIONS if each.expires_soon(TODAY)]
        assert [each.id for each in due] == [1, 3]
        found, total = ending_stations(session, TODAY)
        assert total == len(due)
        assert found == [
            Ending(3, "示例站3", PINGYANG, date(2026, 11, 19)),
            Ending(1, "示例站1", YUEQING, date(2027, 1, 21)),
        ]
        assert ending_stations(session, TODAY, limit=1) == (found[:1], 2)
        assert ending_stations(session, TODAY, YUEQING) == (found[1:], 1)
        assert count_stations(session) == 3
        assert count_stations(session, PINGYANG) == 1
        assert count_enterprises(session) == 1
        assert count_enterprises(session, PINGYANG) == 0


def associations() -> Sequence[Association]:
    """Every kind and status, with congresses about four years ago."""
    days = (date(2022, 11, 21), date(2022, 11, 22), None)
    cases = [
        (kind, status, founded, last)
        for kind in AssociationKind
        for status in AssociationStatus
        for founded in days
        for last in (None, date(2018, 1, 1), date(2026, 1, 1))
    ]
    return [
        Association(
            id=number,
            name=f"示例{number}",
            kind=kind,
            county=YUEQING if number % 2 else PINGYANG,
            status=status,
            founded_on=founded,
            last_congress=last,
        )
        for number, (kind, status, founded, last) in enumerate(cases, start=1)
    ]


@pytest.mark.parametrize("county", ["", YUEQING, PINGYANG])
def test_late_congresses_are_those_that_say_so(database: Database, county: str) -> None:
    records = associations()
    with database.writing() as session:
        for each in records:
            session.add(
                AssociationRow(
                    **{
                        name: getattr(each, name)
                        for name in AssociationRow.__table__.columns.keys()  # noqa: SIM118
                        if name != "check"
                    },
                    check={},
                )
            )
        session.flush()
        own = [each for each in records if county in ("", each.county)]
        late = [each for each in own if each.congress_overdue(TODAY)]
        assert late
        found = late_congresses(session, TODAY, county)
        assert sum(waiting.count for waiting in found) == len(late)
        assert {waiting.county for waiting in found} == {each.county for each in late}
        assert all(waiting.since == date(2018, 1, 1) for waiting in found)
        founded = [each for each in own if each.status is AssociationStatus.FOUNDED]
        assert count_associations(session, county) == len(founded)
