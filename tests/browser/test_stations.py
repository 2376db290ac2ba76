"""From a signed pairing to a station and its outcome, in a real browser."""

import pytest
from playwright.sync_api import Page

from matcher.casework.pairings import PairingStage
from matcher.service import Matcher
from matcher.store.pairings import get_pairing
from tests.browser.conftest import Watched
from tests.stations import add_firms, found, pair, stored

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def firms(filled: Matcher) -> None:
    add_firms(filled)


def send(page: Page, selector: str) -> None:
    """Press a button that sends a form."""
    with page.expect_navigation(wait_until="networkidle"):
        page.click(selector)


def test_a_pairing_becomes_a_station_with_an_outcome(watched: Watched, filled: Matcher) -> None:
    pairing = pair(filled)
    page = watched.open(f"/stations/new?pairing={pairing.id}")
    page.select_option("#f-type", label="协同创新共同体")
    page.fill("#f-agreed_on", "2025-03-01")
    page.fill("#f-partner_ids", "学会")
    send(page, "#pick-partner button:has-text('查找')")
    send(page, ".found li:has-text('中国电工技术学会') button")
    assert page.input_value("#f-agreed_on") == "2025-03-01"
    page.focus("#f-agreed_on")
    with page.expect_navigation(wait_until="networkidle"):
        page.keyboard.press("Enter")
    assert "还没有填写到期日期" in page.inner_text("[role=alert]"), "the Enter key saves"
    assert page.evaluate("document.activeElement.id") == "f-ends_on"
    page.fill("#f-ends_on", "2028-02-29")
    send(page, ".form-actions button, .actions button")
    assert page.inner_text("h1").startswith("示例电气有限公司协同创新共同体")
    assert stored(filled, 1).partner_ids == ("X1", "S1")
    with filled.reading() as session:
        assert get_pairing(session, pairing.id).stage is PairingStage.STATIONED

    page.click("text=登记考核")
    page.fill("#f-score", "92")
    send(page, "text=保存考核")
    assert "优秀" in page.inner_text("#assessments + .table-box")
    send(page, "text=登记成果")
    page.select_option("#f-kind", label="新增销售额")
    page.fill("#f-title", "新型触头销售")
    page.fill("#f-on", "2025-12-31")
    page.fill("#f-amount", "120.5")
    send(page, ".actions button")
    page = watched.open("/outcomes")
    assert "120.5 万元" in page.inner_text(".figures")
    send(page, "text=示例电气有限公司协同创新共同体")
    assert "新型触头销售" in page.inner_text("main")


@pytest.mark.parametrize("width", [1366, 400, 320])
def test_no_page_is_wider_than_the_window(watched: Watched, filled: Matcher, width: int) -> None:
    station = found(filled)
    watched.page.set_viewport_size({"width": width, "height": 800})
    own = f"/stations/{station.id}"
    paths = ("/stations", "/stations/new", "/stations/types", own, f"{own}/edit")
    for path in (*paths, "/outcomes", f"/outcomes/new?station={station.id}"):
        page = watched.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
