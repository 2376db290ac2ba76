"""The first page and the needs behind its numbers."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from api import create_app
from matcher.casework.months import day_of
from matcher.casework.needs import NeedStatus
from matcher.people import Role
from matcher.records import Need, TechField
from matcher.service import Matcher
from matcher.store.tables import NeedRow
from tests.api.html import check_page, links, text
from tests.people import SESSIONS, account, sign_in

TODAY = day_of(datetime.now(UTC))
MONTH = f"{TODAY:%Y-%m}"


@pytest.fixture
def busy(filled: Matcher) -> Matcher:
    """With needs sent in today, one of which has waited for its screening for long."""
    filled.save_needs(
        [
            Need(
                id="W1",
                title="示例：等了很久",
                county="乐清市",
                submitted=TODAY,
                field=TechField.MATERIALS,
            ),
            Need(id="W2", title="示例：平阳的需求", county="平阳县", submitted=TODAY),
        ]
    )
    with filled.database.writing() as session:
        row = session.get_one(NeedRow, "W1")
        row.status = NeedStatus.PENDING
        row.status_since = datetime.now(UTC) - timedelta(days=30)
    return filled


def as_role(matcher: Matcher, role: Role, county: str = "") -> Iterator[TestClient]:
    app = create_app(matcher, sessions=SESSIONS)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield sign_in(opened, account(matcher, role, county))


@pytest.fixture
def city(busy: Matcher) -> Iterator[TestClient]:
    yield from as_role(busy, Role.CITY_STAFF)


@pytest.fixture
def county(busy: Matcher) -> Iterator[TestClient]:
    yield from as_role(busy, Role.COUNTY_STAFF, "平阳县")


@pytest.fixture
def reader(busy: Matcher) -> Iterator[TestClient]:
    yield from as_role(busy, Role.READ_ONLY)


def test_the_first_page_of_the_city(city: TestClient) -> None:
    page = city.get("/").text
    check_page(page)
    shown = text(page)
    assert "全市企业技术需求" in shown
    assert "新需求 2 条 比上月多 2" in shown
    assert "待审核超过 7 天的需求 乐清市 1 条" in shown
    assert "各县区的需求 5 条" in shown
    assert {
        f"/progress?kind=submitted&month={MONTH}",
        "/needs?county=%E4%B9%90%E6%B8%85%E5%B8%82&status=pending",
        "/needs?status=listed",
        "/needs?county=%E5%B9%B3%E9%98%B3%E5%8E%BF",
        "/needs?field=materials",
        "/partners?kind=expert",
        "/needs/new",
    } <= set(links(page))


def test_the_first_page_of_a_county(county: TestClient) -> None:
    page = county.get("/").text
    check_page(page)
    shown = text(page)
    assert "平阳县企业技术需求" in shown
    assert "新需求 1 条" in shown
    assert "没有超期的审核和对接" in shown
    assert "乐清市" not in shown
    assert "各县区的需求" not in shown


def test_who_only_reads_is_offered_nothing_to_change(reader: TestClient) -> None:
    page = reader.get("/").text
    check_page(page)
    assert not {"/needs/new", "/needs/import", "/links", "/accounts"} & set(links(page))


def test_an_empty_library_says_what_next(empty_client: TestClient) -> None:
    page = empty_client.get("/").text
    check_page(page)
    assert "全市还没有需求" in text(page)
    assert {"/needs/new", "/needs/import", "/links", "/help"} <= set(links(page))


def test_the_needs_behind_a_number(city: TestClient, county: TestClient) -> None:
    page = city.get("/progress", params={"kind": "submitted", "month": MONTH}).text
    check_page(page)
    assert {"/needs/W1", "/needs/W2"} <= set(links(page))
    assert "新需求 2 条" in text(page)
    own = county.get("/progress", params={"kind": "submitted", "month": MONTH}).text
    assert "/needs/W2" in links(own)
    assert "/needs/W1" not in links(own)
    assert "等了很久" not in own


def test_going_through_the_months(city: TestClient) -> None:
    this = links(city.get("/progress").text)
    before = f"{TODAY.replace(day=1) - timedelta(days=1):%Y-%m}"
    assert f"/progress?kind=submitted&month={before}" in this
    ahead = f"{TODAY.replace(day=1) + timedelta(days=31):%Y-%m}"
    assert not [link for link in this if ahead in link]
    page = city.get("/progress", params={"kind": "signed", "month": before}).text
    check_page(page)
    assert "没有需求走到这一步" in text(page)
    assert f"/progress?kind=signed&month={MONTH}" in links(page)
    earliest = city.get("/progress", params={"month": "2000-01"}).text
    assert "上一个月" not in text(earliest)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"month": "2026"}, "月份应写成 2026-11 的样子"),
        ({"month": "1999-12"}, "月份应写成"),
        ({"month": f"{date.today().year + 1}-01"}, "月份应写成"),
        ({"kind": "nothing"}, "办理节点"),
    ],
)
def test_odd_addresses_are_told(city: TestClient, query: dict[str, str], said: str) -> None:
    answer = city.get("/progress", params=query)
    assert answer.status_code == 422
    check_page(answer.text)
    assert said in text(answer.text)


def test_a_page_beyond_the_last(city: TestClient) -> None:
    page = city.get("/progress", params={"month": MONTH, "page": 9}).text
    check_page(page)
    assert "回到第一页" in text(page)


def test_many_counties_are_summed_up(busy: Matcher, city: TestClient) -> None:
    assert "其余县区" not in city.get("/").text
    busy.save_needs([Need(id=f"C{n}", title="示例", county=f"示例{n}县") for n in range(14)])
    page = city.get("/").text
    check_page(page)
    assert "其余县区" in page
