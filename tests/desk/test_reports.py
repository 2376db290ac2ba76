"""Monthly reports by who asks: counted now, or as a batch keeps them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from zipfile import is_zipfile

import pytest

from matcher.casework.batches import BatchState
from matcher.casework.months import day_of
from matcher.casework.plans import Plan, PlanPair
from matcher.desk import Desk, reports
from matcher.desk.figures import dashboard
from matcher.errors import ForbiddenError, InvalidInputError, NotFoundError, UnknownNameError
from matcher.people import Role, actor_of_program
from matcher.people.days import today
from matcher.records import Band, Need
from matcher.reports.codec import report_to_json
from matcher.reports.records import Edition, Report
from matcher.service import Matcher
from matcher.store.audit import list_audit
from matcher.store.plans import add_plan
from matcher.store.tables_monthly import BatchFiguresRow, BatchRow
from tests.demo_needs import screener_of
from tests.stations import desk_of

YUEQING = "乐清市"
NOVEMBER = date(2026, 11, 1)
CITY = Edition(month=NOVEMBER)
ON = date(2026, 11, 22)


@pytest.fixture
def busy(filled: Matcher) -> Matcher:
    """The small library with needs of two counties that came in November and October."""
    filled.screener = screener_of(filled)
    filled.save_needs(
        [
            Need(id="W1", title="示例一", county=YUEQING, submitted=date(2026, 11, 2)),
            Need(id="W2", title="示例二", county="平阳县", submitted=date(2026, 11, 3)),
            Need(id="W3", title="示例三", county=YUEQING, submitted=date(2026, 10, 3)),
        ]
    )
    return filled


@pytest.fixture
def city(busy: Matcher) -> Desk:
    return Desk(busy, actor_of_program())


def cells(report: Report, key: str) -> list[tuple[object, ...]]:
    return [tuple(row) for each in report.tables if each.key == key for row in each.rows]


def keep(matcher: Matcher, told: Report) -> int:
    """A finished batch that keeps this report."""
    with matcher.writing() as session:
        batch = BatchRow(
            month=f"{told.edition.month:%Y-%m}",
            state=BatchState.FINISHED,
            out="",
            settings={},
            model_id="m",
            revision=1,
            token="t",
            started_at=datetime.now(UTC),
            finished_at=datetime.now(UTC),
            started_by="示例",
            host="",
            pid=1,
            cancel=False,
            error="",
            runs=1,
        )
        session.add(batch)
        session.flush()
        session.add(
            BatchFiguresRow(
                batch_id=batch.id,
                county=told.edition.county,
                year_to_date=told.edition.year_to_date,
                report=report_to_json(told),
            )
        )
        return batch.id


def test_the_report_of_the_city(city: Desk) -> None:
    told = reports.report(city, CITY, on=ON)
    assert told.title == "温州市企业技术需求对接工作月报"
    assert cells(told, "milestones")[0] == ("新需求", 2, 1, 1)
    assert [row[0] for row in cells(told, "new_needs")] == ["W2", "W1"]
    assert any(
        "资料库版本" in note and city.matcher.encoder.model_id in note for note in told.notes
    )
    assert "不能识别共性需求" in told.sections[5].paragraphs[0], "the encoder is no trained one"


def test_a_county_gets_its_own_edition_alone(busy: Matcher) -> None:
    desk = desk_of(busy, Role.COUNTY_STAFF, YUEQING)
    own = reports.report(desk, replace(CITY, county=YUEQING), on=ON)
    assert cells(own, "milestones")[0] == ("新需求", 1, 1, 0)
    assert "平阳县" not in str(report_to_json(own))
    for other in ("", "平阳县", "没有这个县"):
        with pytest.raises(NotFoundError):
            reports.report(desk, replace(CITY, county=other), on=ON)
        with pytest.raises(NotFoundError):
            reports.shown_report(desk, replace(CITY, county=other))
        with pytest.raises(NotFoundError):
            reports.write_report(desk, replace(CITY, county=other), reports.Format.EXCEL)
    assert reports.list_reports(desk).counties == ()
    with pytest.raises(NotFoundError):
        reports.list_reports(desk, "平阳县")


def test_the_city_may_ask_for_any_county_that_there_is(city: Desk) -> None:
    own = reports.report(city, replace(CITY, county="平阳县"), on=ON)
    assert own.title == "平阳县企业技术需求对接工作月报"
    with pytest.raises(UnknownNameError, match="平阳县") as caught:
        reports.report(city, replace(CITY, county="没有这个县"), on=ON)
    assert caught.value.field == "county"


def test_a_month_that_has_not_begun_is_refused(city: Desk) -> None:
    with pytest.raises(InvalidInputError, match="2026年12月还没有开始"):
        reports.report(city, replace(CITY, month=date(2026, 12, 1)), on=ON)


def test_who_may_not_read_gets_no_report(busy: Matcher) -> None:
    with pytest.raises(ForbiddenError):
        reports.report(desk_of(busy, Role.ENTERPRISE, YUEQING), CITY, on=ON)


@pytest.mark.parametrize("county", ["", YUEQING])
def test_the_report_of_today_says_what_the_first_page_says(busy: Matcher, county: str) -> None:
    now = datetime.now(UTC)
    day = day_of(now)
    busy.save_needs([Need(id="T1", title="示例今天", county=YUEQING, submitted=day)])
    desk = desk_of(busy, Role.COUNTY_STAFF if county else Role.CITY_STAFF, county)
    page = dashboard(desk, now)
    told = reports.report(desk, Edition(month=day.replace(day=1), county=county), on=day)
    expected = [(each.milestone.label, each.count) for each in page.months]
    assert [row[:2] for row in cells(told, "milestones")] == expected
    levels = [(each.label, each.reached, each.share, each.standing) for each in page.funnel]
    assert cells(told, "funnel") == levels


def test_the_plan_of_the_month_is_told(city: Desk) -> None:
    told = "断路器触头方面的研究与需求相近。"
    choice = {"quality": 0.7, "pairs": 1, "needs_served": 1, "overloaded": 0}
    plan = Plan(
        id=0,
        month="2026-11",
        made_at=datetime.now(UTC),
        made_by="示例",
        model_id="m",
        revision=1,
        token="t",
        settings={},
        figures={"assignment": choice, "greedy": choice, "naive": choice, "gap": 0.0},
    )
    pair = PlanPair(
        plan_id=0,
        need_id="N1",
        partner_id="X1",
        county=YUEQING,
        position=0,
        rank=1,
        probability=0.7,
        reason=told,
    )
    with city.matcher.writing() as session:
        earlier = add_plan(session, plan, [pair])
        add_plan(session, plan, [])
    assert cells(reports.report(city, CITY, on=ON), "proposed_pairs") == []
    chosen = reports.report(city, CITY, plan=earlier.id, on=ON)
    ((*_, partner, kind, band, _, reason, _),) = cells(chosen, "proposed_pairs")
    assert (partner, kind, band, reason) == ("触头专家", "院士专家", Band.STRONG.label, told)
    other = reports.report(city, replace(CITY, county="平阳县"), plan=earlier.id, on=ON)
    assert cells(other, "proposed_pairs") == []
    with pytest.raises(NotFoundError):
        reports.report(city, CITY, plan=99, on=ON)


def test_a_finished_batch_keeps_its_report(city: Desk) -> None:
    batch = keep(city.matcher, reports.report(city, CITY, on=ON))
    city.matcher.save_needs([Need(id="W9", title="示例九", submitted=date(2026, 11, 4))])
    kept = reports.shown_report(city, CITY)
    assert kept.batch_id == batch
    assert kept.finished_at is not None
    assert cells(kept.report, "milestones")[0][1] == 2
    live = reports.shown_report(city, CITY, live=True)
    assert (live.batch_id, cells(live.report, "milestones")[0][1]) == (None, 3)
    assert reports.shown_report(city, replace(CITY, county=YUEQING)).batch_id is None


def test_the_months_that_there_are(city: Desk) -> None:
    found = reports.list_reports(city)
    assert found.months[0].month == today().replace(day=1)
    assert found.months[-1].month == date(2026, 10, 1)
    assert found.counties == ("乐清市", "平阳县", "柳市镇")
    keep(city.matcher, reports.report(city, CITY, on=ON))
    finished = {each.month: each.finished_at for each in reports.list_reports(city).months}
    assert finished[NOVEMBER] is not None
    assert finished[date(2026, 10, 1)] is None


def test_an_odd_day_of_submission_makes_no_endless_list(busy: Matcher) -> None:
    desk = desk_of(busy)
    busy.save_needs([Need(id="O1", title="示例", submitted=date(1950, 1, 1))])
    assert reports.list_reports(desk).months[-1].month == date(2000, 1, 1)
    later = today() + timedelta(days=90)
    busy.save_needs(
        [Need(id=each, title="示例", submitted=later) for each in ("O1", "W1", "W2", "W3")]
    )
    assert [each.month for each in reports.list_reports(desk).months] == [today().replace(day=1)]


@pytest.mark.parametrize("wanted", list(reports.Format))
def test_a_file_is_written_and_logged(busy: Matcher, wanted: reports.Format) -> None:
    desk = desk_of(busy)
    content = reports.write_report(desk, CITY, wanted)
    assert is_zipfile(BytesIO(content))
    with busy.reading() as session:
        entries, _ = list_audit(session, subject_id="report-2026-11")
    assert [(each.action, each.actor_name) for each in entries] == [("export", "测试员")]
    assert wanted.value in entries[0].summary


def test_who_only_reads_takes_no_file_along(busy: Matcher) -> None:
    with pytest.raises(ForbiddenError):
        reports.write_report(desk_of(busy, Role.READ_ONLY), CITY, reports.Format.WORD)
