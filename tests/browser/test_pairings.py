"""A pairing in a real browser: pushed from a need, moved on the board, with a file and a sheet."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from matcher.people import Role
from matcher.service import Matcher
from tests.browser.conftest import WIDTHS, Watched, watching

pytestmark = pytest.mark.browser


@pytest.fixture(params=[True, False], ids=["with JS", "without JS"])
def staff(
    request: pytest.FixtureRequest, browser: Browser, server: str, filled: Matcher
) -> Iterator[Watched]:
    """Staff of 乐清市, with JavaScript and without."""
    with watching(browser, server, scripted=request.param) as watched:
        watched.sign_in(filled, Role.COUNTY_STAFF, "乐清市")
        yield watched


def show_all(folded: Locator) -> None:
    """Open the candidates that are folded away."""
    for more in folded.all():
        more.locator("> summary").click()


def test_from_the_recommendation_to_the_agreement(staff: Watched, tmp_path: Path) -> None:
    page = staff.open("/needs/N1")
    show_all(page.locator("details.more"))
    staff.enter("button[aria-label='推送触头专家']")
    pushed = page.locator("li.match", has_text="触头专家").first
    expect(pushed.get_by_text("已推送")).to_be_visible()

    refused = page.locator("li.match", has_text="皮革专家")
    if not refused.is_visible():
        show_all(page.locator("details.more"))
    refused.locator("summary", has_text="不合适").click()
    staff.press(refused.get_by_role("button", name="专业方向不符"))
    expect(page.locator("main")).to_contain_text("已有对接")

    page = staff.open("/pairings")
    staff.enter("#p1 .mover button")
    expect(page).to_have_url(re.compile(r"/pairings\?moved=1"))
    lane = page.locator("section.lane", has=page.locator("#lane-contacted"))
    expect(lane.locator("#p1")).to_be_visible()
    expect(page.locator(".failed #p2")).to_have_count(1)
    expect(page.locator(".failed #p2")).to_be_hidden()

    staff.press("#p1 h3 a")
    page.select_option("#stage-stage", "signed")
    page.fill("#stage-note", "合同已寄出")
    staff.enter("form[action$='/stage'] button")
    expect(page.locator(".timeline")).to_contain_text("合同已寄出")

    agreement = tmp_path / "协议.txt"
    agreement.write_text("示例协议", encoding="utf-8")
    page.click("summary:has-text('上传附件')")
    page.set_input_files("#file-file", agreement)
    staff.enter("form[action$='/files'] button")
    with page.expect_download() as saved:
        page.click(".timeline a[download]")
    assert saved.value.suggested_filename == "协议.txt"
    assert saved.value.path().read_text(encoding="utf-8") == "示例协议"

    staff.press("a:has-text('推荐函')")
    expect(page.locator("article")).to_be_visible()
    expect(page.locator("article")).not_to_contain_text("触头专家")


def test_nothing_runs_over_on_a_narrow_screen(staff: Watched) -> None:
    staff.open("/needs/N1")
    staff.enter("button[aria-label='推送触头专家']")
    for path in ("/pairings", "/pairings?view=table", "/pairings/1", "/pairings/new", "/needs/N1"):
        staff.open(path)
        staff.fits(*WIDTHS)
