"""An enterprise association from the suggestion to its founding, in a real browser."""

import pytest

from matcher.people import Role
from matcher.service import Matcher
from tests.associations import BIG, NAME, add_firms, desk_of, found
from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser


def test_a_county_founds_an_association(watched: Watched, filled: Matcher) -> None:
    add_firms(filled)
    watched.sign_in(filled, Role.COUNTY_STAFF, "乐清市")
    page = watched.open("/associations/candidates")
    page.click(f"tr:has-text('{BIG.name}') >> text=建立")
    assert page.input_value("#f-name") == NAME
    page.fill("#f-chair", "示例主席")
    page.click("text=保存")
    page.wait_for_selector("text=已登记")
    page.fill("#approved-on", "2026-01-10")
    page.click("text=确认批复")
    page.wait_for_selector("text=现在是“已批复”")
    page.fill("#founded-on", "2026-02-01")
    page.click("text=确认成立")
    page.wait_for_selector("text=请填写秘书长")
    assert page.evaluate("document.activeElement.id") == "founded-secretary"
    assert page.input_value("#founded-chair") == "示例主席"
    page.fill("#founded-secretary", "示例秘书长")
    page.click("text=确认成立")
    page.wait_for_selector("text=现在是“已成立”")
    page.click("text=核对这六项")
    page.locator("#f-check_sign >> text=是").first.click()
    page.click("text=保存")
    assert "有牌子 具备" in page.inner_text(".check")
    assert NAME in watched.open("/associations?weak=1").inner_text("table")


@pytest.mark.parametrize("width", [1366, 400])
def test_no_page_is_wider_than_the_window(watched: Watched, filled: Matcher, width: int) -> None:
    add_firms(filled)
    made = found(desk_of(filled), founded_on="2020-03-01")
    watched.page.set_viewport_size({"width": width, "height": 768})
    for path in (
        "/associations",
        f"/associations/{made.id}",
        f"/associations/{made.id}/edit",
        "/associations/new",
        "/associations/candidates",
        "/associations/candidates?group=park",
        "/associations/coverage",
    ):
        page = watched.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
