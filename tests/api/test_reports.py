"""Monthly reports over HTTP: the JSON, the page, the files."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from api import create_app
from api.pages.report_view import MOST_ROWS
from matcher.desk import Desk, reports
from matcher.people import Role, actor_of_program
from matcher.people.days import today
from matcher.records import Need, TechField
from matcher.reports.codec import report_from_json, report_to_json
from matcher.reports.formats import shown
from matcher.reports.records import Edition
from matcher.service import Matcher
from tests.api.html import check_page, links, text
from tests.desk.test_reports import keep
from tests.people import SESSIONS, account, sign_in

MONTH = "2026-11"
EDITION = Edition(month=date(2026, 11, 1))


@pytest.fixture
def busy(filled: Matcher) -> Matcher:
    filled.save_needs(
        [
            Need(
                id="甲/W1",
                title="=示例一",
                county="乐清市",
                submitted=date(2026, 11, 2),
                field=TechField.MATERIALS,
            ),
            Need(id="W2", title="示例二", county="平阳县", submitted=date(2026, 11, 3)),
        ]
    )
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


def rows(answer: dict, key: str) -> list:  # type: ignore[type-arg]
    tables = [table for each in answer["sections"] for table in each["tables"]]
    tables += answer["appendices"]
    return next(table["rows"] for table in tables if table["key"] == key)


def test_the_report_as_json(city: TestClient, busy: Matcher) -> None:
    answer = city.get(f"/api/v1/reports/{MONTH}").json()
    told = reports.report(Desk(busy, actor_of_program()), EDITION)
    assert report_from_json({name: answer[name] for name in report_to_json(told)}) == told
    assert (answer["batch_id"], answer["finished_at"]) == (None, None)
    assert rows(answer, "milestones")[0][:2] == ["新需求", 2]
    year = city.get(f"/api/v1/reports/{MONTH}", params={"year_to_date": True}).json()
    assert year["edition"] == {"month": "2026-11-01", "county": "", "year_to_date": True}


def test_the_reports_that_there_are(city: TestClient, county: TestClient) -> None:
    answer = city.get("/api/v1/reports").json()
    assert answer["months"][0] == {"month": f"{today():%Y-%m}-01", "finished_at": None}
    assert answer["counties"] == ["乐清市", "平阳县", "柳市镇"]
    assert county.get("/api/v1/reports").json()["counties"] == []
    assert county.get("/api/v1/reports", params={"county": "乐清市"}).status_code == 404


def test_a_county_gets_its_own(county: TestClient) -> None:
    answer = county.get(f"/api/v1/reports/{MONTH}")
    assert answer.json()["edition"]["county"] == "平阳县"
    assert "示例一" not in answer.text
    page = county.get(f"/reports/{MONTH}").text
    check_page(page)
    assert "平阳县企业技术需求对接工作月报" in text(page)
    assert "乐清市" not in page
    for path in ("/reports", f"/reports/{MONTH}", f"/reports/{MONTH}/export"):
        assert county.get(path, params={"county": "乐清市"}).status_code == 404, path


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("2026-13", "应写成 2026-11 的样子"),
        ("2026", "应写成 2026-11 的样子"),
        ("１２３４-01", "应写成 2026-11 的样子"),
        (f"{today().year + 1}-01", "还没有开始"),
        (f"{MONTH}?county=没有", "未知的县区"),
        (f"{MONTH}?year_to_date=maybe", "修改"),
    ],
)
def test_odd_addresses_are_told(city: TestClient, path: str, said: str) -> None:
    answer = city.get(f"/api/v1/reports/{path}")
    assert answer.status_code == 422
    assert said in answer.text
    if "year_to_date" not in path:
        page = city.get(f"/reports/{path}")
        assert page.status_code == 422
        assert said in page.text


def test_the_page_shows_text_charts_tables_and_lists(city: TestClient) -> None:
    page = city.get(f"/reports/{MONTH}").text
    check_page(page)
    told = text(page)
    assert "一、总体情况" in told
    assert "全市新征集企业技术需求2项" in told
    assert "还没有定稿" in told
    assert "附1 本期新需求名单" in told
    assert 'aria-label="各县区新需求"' in page
    found = links(page)
    assert "/needs/%E7%94%B2/W1" in found
    assert {"#s-overview", "#t-new_needs"} <= set(found)
    assert f"/reports/{MONTH}/export?format=docx" in found
    year = city.get(f"/reports/{MONTH}", params={"ytd": 1}).text
    check_page(year)
    assert "年度累计报告" in text(year)


def test_the_page_says_the_same_numbers_as_the_report(city: TestClient, busy: Matcher) -> None:
    told = text(city.get(f"/reports/{MONTH}").text)
    report = reports.report(Desk(busy, actor_of_program()), EDITION)
    for table in report.tables:
        for row in (*table.rows, *([table.total] if table.total else [])):
            cells = [
                cell.isoformat() if isinstance(cell, date) else shown(cell, column.kind) or "—"
                for column, cell in zip(table.columns, row, strict=True)
            ]
            assert " ".join(cells) in told, table.key


def test_a_long_list_is_cut_and_says_so(city: TestClient, busy: Matcher) -> None:
    more = range(MOST_ROWS)
    busy.save_needs([Need(id=f"L{n}", title="示例", submitted=date(2026, 11, 4)) for n in more])
    told = text(city.get(f"/reports/{MONTH}").text)
    assert f"显示前 {MOST_ROWS} 行，共 {MOST_ROWS + 2} 行" in told
    assert "其余 2 行请 下载 Excel 查看" in told


def test_a_kept_report_says_that_it_is(city: TestClient, busy: Matcher) -> None:
    batch = keep(busy, reports.report(Desk(busy, actor_of_program()), EDITION))
    busy.save_needs([Need(id="W3", title="示例三", submitted=date(2026, 11, 4))])
    page = city.get(f"/reports/{MONTH}").text
    check_page(page)
    assert "月度批次定稿的数据，不再变动" in text(page)
    assert "新征集企业技术需求2项" in text(page)
    assert {f"/batches/{batch}", f"/reports/{MONTH}?live=1"} <= set(links(page))
    live = city.get(f"/reports/{MONTH}", params={"live": 1}).text
    assert "新征集企业技术需求3项" in text(live)
    assert f"/reports/{MONTH}" in links(live)
    assert "定稿" in text(city.get("/reports").text)
    answer = city.get(f"/api/v1/reports/{MONTH}").json()
    assert answer["batch_id"] == batch
    assert rows(answer, "milestones")[0][1] == 2


def test_the_list_of_months(city: TestClient, reader: TestClient) -> None:
    page = city.get("/reports", params={"county": "乐清市"}).text
    check_page(page)
    assert "/reports/2026-11?county=%E4%B9%90%E6%B8%85%E5%B8%82" in links(page)
    assert any("format=xlsx" in link for link in links(page))
    own = reader.get("/reports").text
    check_page(own)
    assert not any("export" in link for link in links(own))
    assert not any("export" in link for link in links(reader.get(f"/reports/{MONTH}").text))


@pytest.mark.parametrize(
    ("format", "name"),
    [("docx", "2026年11月月报（全市）.docx"), ("xlsx", "2026年11月月报附表（全市）.xlsx")],
)
def test_the_files(city: TestClient, format: str, name: str) -> None:
    answer = city.get(f"/reports/{MONTH}/export", params={"format": format})
    assert answer.status_code == 200
    assert name in unquote(answer.headers["content-disposition"])
    if format == "xlsx":
        book = load_workbook(BytesIO(answer.content))
        cells = [cell for row in book["本期新需求名单"].iter_rows() for cell in row]
        assert [cell.data_type for cell in cells if cell.value == "=示例一"] == ["s"]


def test_an_unknown_file_format_is_told(city: TestClient) -> None:
    answer = city.get(f"/reports/{MONTH}/export", params={"format": "pdf"})
    assert answer.status_code == 422
    assert "docx" in answer.text


def test_who_only_reads_takes_no_file_along(reader: TestClient) -> None:
    assert reader.get(f"/reports/{MONTH}/export").status_code == 403
