"""Stations at the desk: whose they are, who may do what, and what the log says."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from matcher.casework.needs import NeedStatus
from matcher.casework.pairings import PairingStage
from matcher.casework.stations import Assessment, StationLevel, StationStatus
from matcher.desk import Act, Desk, Subject, needs, stations
from matcher.desk.station_forms import StepDraft
from matcher.desk.station_life import assess, drop_assessment, step
from matcher.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from matcher.intake.results import RecordFaultsError
from matcher.people import AuditEntry, Role
from matcher.people.days import today
from matcher.service import Matcher
from matcher.store.audit import list_audit
from matcher.store.enterprises import save_enterprises
from matcher.store.need_steps import need_status, set_status
from matcher.store.pairings import get_pairing
from matcher.store.stations import StationFilter, expiring
from tests.stations import YUEQING, add_firms, desk_of, draft, found, pair, stored

pytestmark = pytest.mark.any_database

ACTIVE, EXPIRED, CANCELLED = StationStatus
ALL = StationFilter()


@pytest.fixture
def library(filled: Matcher) -> Matcher:
    add_firms(filled)
    return filled


@pytest.fixture
def city(library: Matcher) -> Desk:
    return desk_of(library)


@pytest.fixture
def county(library: Matcher) -> Desk:
    return desk_of(library, Role.COUNTY_STAFF, "乐清市")


@pytest.fixture
def elsewhere(library: Matcher) -> Desk:
    return desk_of(library, Role.COUNTY_STAFF, "平阳县")


def log_of(desk: Desk) -> list[AuditEntry]:
    with desk.matcher.reading() as session:
        return list_audit(session, subject=Subject.STATION)[0]


def names(desk: Desk, wanted: StationFilter = ALL, **options: object) -> list[str]:
    lines, total = stations.find(desk, wanted, **options)  # type: ignore[arg-type]
    assert total == len(lines)
    return [line.station.name for line in lines]


def to(status: StationStatus, ends_on: date | None = None, note: str = "") -> StepDraft:
    return StepDraft(status=status, ends_on=ends_on, note=note)


def test_a_station_is_founded_in_the_county_of_its_enterprise(city: Desk) -> None:
    made = stations.create(city, draft(city))
    assert (made.county, made.status, made.version) == ("乐清市", ACTIVE, 1)
    assert stored(city.matcher, made.id) == made
    (entry,) = log_of(city)
    assert (entry.action, entry.subject_id, entry.county) == (Act.CREATE, str(made.id), "乐清市")
    opened = stations.open_station(city, made.id)
    assert opened.enterprise == YUEQING
    assert [partner.name for partner in opened.partners] == ["触头专家"]
    assert [line.summary for line in opened.history] == ["示例专家站"]


def test_without_a_name_it_is_called_after_its_enterprise(city: Desk) -> None:
    made = stations.create(city, draft(city, name=""))
    assert made.name == "示例电气有限公司院士专家工作站"


def test_the_parties_must_exist(city: Desk) -> None:
    wrong = draft(
        city, enterprise_id="E404", type="innovation_community", partner_ids=["X1", "X404"]
    )
    with pytest.raises(RecordFaultsError) as caught:
        stations.create(city, wrong)
    assert [fault.field for fault in caught.value.faults] == ["enterprise_id", "partner_ids"]
    assert log_of(city) == []


@pytest.mark.parametrize("role", [Role.READ_ONLY, Role.ENTERPRISE])
def test_who_may_not_edit_founds_nothing(library: Matcher, role: Role) -> None:
    allowed = draft(desk_of(library))
    with pytest.raises(ForbiddenError):
        stations.create(desk_of(library, role), allowed)


def test_county_staff_keep_to_their_county(county: Desk, elsewhere: Desk) -> None:
    made = stations.create(county, draft(county))
    assert names(county) == ["示例专家站"]
    assert names(elsewhere) == []
    assert names(elsewhere, StationFilter(county="乐清市")) == []
    assert stations.counties(elsewhere) == []
    one = Assessment(year=2025, score=80)
    refused = [
        lambda: stations.get(elsewhere, made.id),
        lambda: stations.open_station(elsewhere, made.id),
        lambda: stations.change(elsewhere, made.id, draft(elsewhere), seen=1),
        lambda: assess(elsewhere, made.id, one, seen=1),
        lambda: drop_assessment(elsewhere, made.id, 2025, seen=1),
        lambda: step(elsewhere, made.id, to(EXPIRED), seen=1),
    ]
    for attempt in refused:
        with pytest.raises(NotFoundError):
            attempt()
    assert stored(county.matcher, made.id) == made


def test_an_enterprise_of_another_county_does_not_exist_for_county_staff(county: Desk) -> None:
    with pytest.raises(RecordFaultsError) as caught:
        stations.create(county, draft(county, enterprise_id="E2"))
    assert [fault.field for fault in caught.value.faults] == ["enterprise_id"]
    made = stations.create(county, draft(county))
    with pytest.raises(RecordFaultsError):
        stations.change(county, made.id, draft(county, enterprise_id="E2"), seen=1)


def test_a_change_keeps_status_and_assessments(city: Desk) -> None:
    made = stations.create(city, draft(city))
    assess(city, made.id, Assessment(year=2025, score=91), seen=1)
    new = draft(city, level="provincial", enterprise_id="E2", partner_ids=["X2"])
    changed = stations.change(city, made.id, new, seen=2)
    assert (changed.level, changed.county, changed.version) == (
        StationLevel.PROVINCIAL,
        "平阳县",
        3,
    )
    assert changed.assessments == (Assessment(year=2025, score=91),)
    assert stored(city.matcher, made.id) == changed
    details = log_of(city)[0].details
    assert details["level"] == ["city", "provincial"]
    assert details["partner_ids"] == [["X1"], ["X2"]]


def test_saving_without_a_change_is_none(city: Desk) -> None:
    made = stations.create(city, draft(city))
    assert stations.change(city, made.id, draft(city), seen=1) == made
    assert len(log_of(city)) == 1


def test_who_saw_an_older_version_is_told(city: Desk) -> None:
    made = stations.create(city, draft(city))
    stations.change(city, made.id, draft(city, level="county"), seen=1)
    for attempt in (
        lambda: stations.change(city, made.id, draft(city), seen=1),
        lambda: assess(city, made.id, Assessment(year=2025, score=80), seen=1),
        lambda: step(city, made.id, to(EXPIRED), seen=1),
    ):
        with pytest.raises(ConflictError, match="别人改过"):
            attempt()
    assert stored(city.matcher, made.id).version == 2


def test_two_failed_years_propose_cancellation(city: Desk) -> None:
    made = stations.create(city, draft(city))
    for version, (year, score) in enumerate([(2024, 60), (2026, 60), (2025, 69.9)], start=1):
        last = assess(city, made.id, Assessment(year=year, score=score), seen=version)
        assert last.proposes_cancellation == (year == 2025)
    assert [each.year for each in last.assessments] == [2024, 2025, 2026]
    better = assess(city, made.id, Assessment(year=2026, score=70), seen=4)
    assert not better.proposes_cancellation
    fewer = drop_assessment(city, made.id, 2026, seen=5)
    assert fewer.proposes_cancellation
    assert log_of(city)[0].summary == "示例专家站：删除 2026 年度考核"
    assert log_of(city)[1].summary == "示例专家站：2026 年度考核 70 分，合格"
    with pytest.raises(NotFoundError):
        drop_assessment(city, made.id, 2026, seen=6)


def test_no_year_before_the_agreement_is_assessed(city: Desk) -> None:
    made = stations.create(city, draft(city))
    with pytest.raises(InvalidInputError, match="2024 年签订"):
        assess(city, made.id, Assessment(year=2023, score=80), seen=1)


def test_renewal_before_and_after_the_end(city: Desk) -> None:
    made = stations.create(city, draft(city))
    done = step(city, made.id, to(ACTIVE, date(2030, 2, 28)), seen=1)
    assert (done.station.ends_on, done.station.status, done.notes) == (
        date(2030, 2, 28),
        ACTIVE,
        (),
    )
    step(city, made.id, to(EXPIRED, note="企业停产"), seen=2)
    again = step(city, made.id, to(ACTIVE, date(2031, 2, 28)), seen=3)
    assert again.station.status is ACTIVE
    assert "约 1 年" in again.notes[0]
    told = [(entry.summary, entry.details.get("note", "")) for entry in log_of(city)[:3]]
    assert told == [
        ("示例专家站：续签至 2031-02-28", ""),
        ("示例专家站：运行中 → 协议到期", "企业停产"),
        ("示例专家站：续签至 2030-02-28", ""),
    ]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (to(ACTIVE), "ends_on"),
        (to(ACTIVE, date(2027, 2, 28)), "ends_on"),
        (to(EXPIRED, date(2030, 1, 1)), "ends_on"),
        (to(CANCELLED), "note"),
    ],
)
def test_steps_that_lack_something(city: Desk, wanted: StepDraft, field: str) -> None:
    made = stations.create(city, draft(city))
    with pytest.raises(InvalidInputError) as caught:
        step(city, made.id, wanted, seen=1)
    assert caught.value.field == field
    assert stored(city.matcher, made.id) == made


def test_a_cancellation_is_final(city: Desk) -> None:
    made = stations.create(city, draft(city))
    step(city, made.id, to(CANCELLED, note="连续两年不合格"), seen=1)
    for wanted in (to(ACTIVE, date(2035, 1, 1)), to(EXPIRED)):
        with pytest.raises(ConflictError, match="已撤销"):
            step(city, made.id, wanted, seen=2)


def test_filters_sorting_and_pages(city: Desk) -> None:
    matcher = city.matcher
    found(matcher, name="甲", type="society_station", partner_ids=["S1"], level="county")
    found(matcher, name="乙", enterprise_id="E2", agreed_on="2025-01-01", ends_on="2028-01-01")
    last = found(matcher, name="丙", agreed_on="2020-01-01", ends_on="2023-01-01")
    step(city, last.id, to(EXPIRED), seen=1)
    assert names(city) == ["乙", "甲", "丙"]
    assert names(city, sort="ends_on") == ["丙", "甲", "乙"]
    assert names(city, sort="ends_on", descending=True) == ["乙", "甲", "丙"]
    assert names(city, StationFilter(type="society_station")) == ["甲"]
    assert names(city, StationFilter(level=StationLevel.CITY)) == ["乙", "丙"]
    assert names(city, StationFilter(county="平阳县")) == ["乙"]
    assert names(city, StationFilter(status=EXPIRED)) == ["丙"]
    assert names(city, StationFilter(text="皮革有限")) == ["乙"], "name of the enterprise"
    assert names(city, StationFilter(text="电工技术")) == ["甲"], "name of the partner"
    assert names(city, StationFilter(text="%")) == []
    page, total = stations.find(city, ALL, offset=1, limit=1)
    assert ([line.station.name for line in page], total) == (["甲"], 3)
    assert stations.counties(city) == ["乐清市", "平阳县"]


def test_what_ends_within_sixty_days_or_has_ended(city: Desk) -> None:
    day, matcher = today(), city.matcher
    ends = {"过期": -1, "今天": 0, "六十天": 60, "六十一天": 61}
    for name, days in ends.items():
        found(matcher, name=name, ends_on=(day + timedelta(days=days)).isoformat())
    gone = found(matcher, name="已办", ends_on=day.isoformat())
    step(city, gone.id, to(EXPIRED), seen=1)
    with matcher.reading() as session:
        soon = expiring(session, day)
        assert [station.name for station in soon] == ["过期", "今天", "六十天"]
        assert expiring(session, day, county="平阳县") == []
    assert names(city, StationFilter(expiring=day), sort="ends_on") == ["过期", "今天", "六十天"]
    assert all(station.expires_soon(day) for station in soon)


def test_a_station_from_a_signed_pairing_takes_it_to_its_stage(county: Desk) -> None:
    matcher, pairing = county.matcher, pair(county.matcher)
    with matcher.writing() as session:
        set_status(session, "N1", NeedStatus.SIGNED)
    basis = stations.basis_of(county, pairing.id)
    assert (basis.enterprise_id, basis.partner_id, basis.county) == ("E1", "X1", "乐清市")
    made = stations.create(county, draft(county, pairing_id=pairing.id))
    assert made.pairing_id == pairing.id
    with matcher.reading() as session:
        assert get_pairing(session, pairing.id).stage is PairingStage.STATIONED
        assert need_status(session, "N1") is NeedStatus.STATIONED
    with pytest.raises(ConflictError, match="已经建站"):
        stations.create(county, draft(county, pairing_id=pairing.id))
    opened = stations.open_station(county, made.id)
    assert opened.basis is not None
    assert opened.basis.need_id == "N1"


def test_a_pairing_that_was_taken_there_by_hand_may_have_its_station(city: Desk) -> None:
    pairing = pair(city.matcher, PairingStage.STATIONED)
    stations.create(city, draft(city, pairing_id=pairing.id))
    with city.matcher.reading() as session:
        assert get_pairing(session, pairing.id).version == pairing.version


def test_only_a_signed_pairing_leads_to_a_station(city: Desk, elsewhere: Desk) -> None:
    pairing = pair(city.matcher, PairingStage.VISITED)
    with pytest.raises(ConflictError, match="签约以后才能建站"):
        stations.create(city, draft(city, pairing_id=pairing.id))
    with pytest.raises(NotFoundError):
        stations.basis_of(elsewhere, pairing.id)
    with pytest.raises(NotFoundError):
        stations.create(city, draft(city, pairing_id=404))
    assert names(city) == []


def test_a_station_has_the_parties_of_its_pairing(city: Desk) -> None:
    pairing = pair(city.matcher)
    others = draft(city, pairing_id=pairing.id, enterprise_id="E2", partner_ids=["X2"])
    with pytest.raises(RecordFaultsError) as caught:
        stations.create(city, others)
    assert [fault.field for fault in caught.value.faults] == ["enterprise_id", "partner_ids"]


def test_if_the_pairing_cannot_go_on_nothing_is_founded(city: Desk) -> None:
    matcher, pairing = city.matcher, pair(city.matcher)
    with matcher.writing() as session:
        set_status(session, "N1", NeedStatus.CLOSED)
    with pytest.raises(ConflictError, match="已关闭"):
        stations.create(city, draft(city, pairing_id=pairing.id))
    assert names(city) == []
    assert needs.get(city, "N1").id == "N1"


def test_an_enterprise_without_a_county_takes_that_of_the_pairing(city: Desk) -> None:
    pairing = pair(city.matcher)
    with city.matcher.writing() as session:
        save_enterprises(session, [replace(YUEQING, county="")])
    assert stations.create(city, draft(city, pairing_id=pairing.id)).county == "乐清市"
