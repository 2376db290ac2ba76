"""An enterprise association from the suggestion to its founding, in a real browser."""

import pytest
from playwright.sync_api import expect

from matcher.people import Role
from matcher.service import Matcher
from tests.associations import BIG, NAME, add_firms, desk_of, found
from tests.browser.conftest import WIDTHS, Watched

pytestmark = pytest.mark.browser


def test_a_county_founds_an_association(watched: Watched, filled: Matcher) -> None:
    add_firms(filled)
    watched.sign_in(filled, Role.COUNTY_STAFF, "乐清市")
    page = watched.open("/associations/candidates")
    told = page.get_by_role("status")
    watched.press(f"tr:has-text('{BIG.name}') >> text=建立")
    expect(page.locator("#f-name")).to_have_value(NAME)
    page.fill("#f-chair", "示例主席")
    watched.press("text=保存")
    expect(told).to_contain_text("已登记")
    page.fill("#approved-on", "2026-01-10")
    watched.press("text=确认批复")
    expect(told).to_contain_text("现在是“已批复”")
    page.fill("#founded-on", "2026-02-01")
    watched.press("text=确认成立")
    expect(page.get_by_role("alert")).to_contain_text("请填写秘书长")
    expect(page.locator("#founded-secretary")).to_be_focused()
    expect(page.locator("#founded-chair")).to_have_value("示例主席")
    page.fill("#founded-secretary", "示例秘书长")
    watched.press("text=确认成立")
    expect(told).to_contain_text("现在是“已成立”")
    watched.press("text=核对这六项")
    page.locator("#f-check_sign >> text=是").first.click()
    watched.press("text=保存")
    expect(page.locator(".check")).to_contain_text("有牌子 具备", use_inner_text=True)
    watched.open("/associations?weak=1")
    expect(page.locator("table")).to_contain_text(NAME)


def test_no_page_is_wider_than_the_window(watched: Watched, filled: Matcher) -> None:
    add_firms(filled)
    made = found(desk_of(filled), founded_on="2020-03-01")
    for path in (
        "/associations",
        f"/associations/{made.id}",
        f"/associations/{made.id}/edit",
        "/associations/new",
        "/associations/candidates",
        "/associations/candidates?group=park",
        "/associations/coverage",
    ):
        watched.open(path)
        watched.fits(*WIDTHS)
