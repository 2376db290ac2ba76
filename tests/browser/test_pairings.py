"""A pairing in a real browser: pushed from a need, moved on the board, with a file and a sheet."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from matcher.people import Role
from matcher.service import Matcher
from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser


@pytest.fixture(params=[True, False], ids=["with JS", "without JS"])
def staff(
    request: pytest.FixtureRequest, browser: Browser, server: str, filled: Matcher
) -> Iterator[Watched]:
    """Staff of 乐清市, with JavaScript and without."""
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, java_script_enabled=request.param
    )
    watched = Watched(context.new_page(), server)
    watched.sign_in(filled, Role.COUNTY_STAFF, "乐清市")
    yield watched
    context.close()
    assert watched.complaints == []
    assert watched.outside == []


def press(page: Page, selector: str) -> None:
    """Press a button that sends a form, with the keyboard."""
    with page.expect_navigation(wait_until="networkidle"):
        page.focus(selector)
        page.keyboard.press("Enter")


def test_from_the_recommendation_to_the_agreement(staff: Watched, tmp_path: Path) -> None:
    page = staff.open("/needs/N1")
    for more in page.locator("details.more").all():
        more.locator("> summary").click()
    press(page, "button[aria-label='推送触头专家']")
    assert page.locator("li.match", has_text="触头专家").first.get_by_text("已推送").is_visible()

    refused = page.locator("li.match", has_text="皮革专家")
    if not refused.is_visible():
        for more in page.locator("details.more").all():
            more.locator("> summary").click()
    refused.locator("summary", has_text="不合适").click()
    with page.expect_navigation(wait_until="networkidle"):
        refused.get_by_role("button", name="专业方向不符").click()
    assert "已有对接" in page.inner_text("main")

    page = staff.open("/pairings")
    press(page, "#p1 .mover button")
    assert "/pairings?moved=1" in page.url
    lane = page.locator("section.lane", has=page.locator("#lane-contacted"))
    assert lane.locator("#p1").is_visible()
    assert page.locator(".failed #p2").count() == 1
    assert not page.locator(".failed #p2").is_visible()

    page.click("#p1 h3 a")
    page.select_option("#stage-stage", "signed")
    page.fill("#stage-note", "合同已寄出")
    press(page, "form[action$='/stage'] button")
    assert "合同已寄出" in page.inner_text(".timeline")

    agreement = tmp_path / "协议.txt"
    agreement.write_text("示例协议", encoding="utf-8")
    page.click("summary:has-text('上传附件')")
    page.set_input_files("#file-file", agreement)
    press(page, "form[action$='/files'] button")
    with page.expect_download() as saved:
        page.click(".timeline a[download]")
    assert saved.value.suggested_filename == "协议.txt"
    assert saved.value.path().read_text(encoding="utf-8") == "示例协议"

    page.click("a:has-text('推荐函')")
    page.wait_for_load_state("networkidle")
    assert "触头专家" not in page.inner_text("article")


def test_nothing_runs_over_on_a_narrow_screen(staff: Watched) -> None:
    page = staff.open("/needs/N1")
    press(page, "button[aria-label='推送触头专家']")
    page.set_viewport_size({"width": 400, "height": 800})
    for path in ("/pairings", "/pairings?view=table", "/pairings/1", "/pairings/new", "/needs/N1"):
        staff.open(path)
        width = page.locator("html").bounding_box()
        assert width is not None
        assert page.locator("main").bounding_box()["width"] <= 400, path  # type: ignore[index]
