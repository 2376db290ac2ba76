"""From a signed pairing to a station and its outcome, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from matcher.casework.pairings import PairingStage
from matcher.service import Matcher
from matcher.store.pairings import get_pairing
from tests.browser.conftest import WIDTHS, Watched
from tests.stations import add_firms, found, pair, stored

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def firms(filled: Matcher) -> None:
    add_firms(filled)


def test_a_pairing_becomes_a_station_with_an_outcome(watched: Watched, filled: Matcher) -> None:
    pairing = pair(filled)
    page = watched.open(f"/stations/new?pairing={pairing.id}")
    page.select_option("#f-type", label="协同创新共同体")
    page.fill("#f-agreed_on", "2025-03-01")
    page.fill("#f-partner_ids", "学会")
    watched.press("#pick-partner button:has-text('查找')")
    watched.press(".found li:has-text('中国电工技术学会') button")
    expect(page.locator("#f-agreed_on")).to_have_value("2025-03-01")
    watched.enter("#f-agreed_on")
    alert = page.get_by_role("alert")
    expect(alert, "the Enter key saves").to_contain_text("还没有填写到期日期")
    expect(page.locator("#f-ends_on")).to_be_focused()
    page.fill("#f-ends_on", "2028-02-29")
    watched.press(".form-actions button, .actions button")
    expect(page.locator("h1")).to_have_text(re.compile("^示例电气有限公司协同创新共同体"))
    assert stored(filled, 1).partner_ids == ("X1", "S1")
    with filled.reading() as session:
        assert get_pairing(session, pairing.id).stage is PairingStage.STATIONED

    page.click("summary:has-text('登记考核')")
    page.fill("#f-score", "92")
    watched.press("text=保存考核")
    expect(page.locator("#assessments + .table-box")).to_contain_text("优秀")
    watched.press("text=登记成果")
    page.select_option("#f-kind", label="新增销售额")
    page.fill("#f-title", "新型触头销售")
    page.fill("#f-on", "2025-12-31")
    page.fill("#f-amount", "120.5")
    watched.press(".actions button")
    watched.open("/outcomes")
    expect(page.locator(".figures")).to_contain_text("120.5 万元")
    watched.press("text=示例电气有限公司协同创新共同体")
    expect(page.locator("main")).to_contain_text("新型触头销售")


def test_no_page_is_wider_than_the_window(watched: Watched, filled: Matcher) -> None:
    station = found(filled)
    own = f"/stations/{station.id}"
    paths = ("/stations", "/stations/new", "/stations/types", own, f"{own}/edit")
    for path in (*paths, "/outcomes", f"/outcomes/new?station={station.id}"):
        watched.open(path)
        watched.fits(*WIDTHS)
