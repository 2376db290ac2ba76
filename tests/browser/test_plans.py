"""A monthly plan in a real browser: made, decided about, and within every window."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from matcher.service import Matcher
from matcher.store.plans import add_plan
from tests.browser.conftest import WIDTHS, Watched, watching
from tests.plans import PAIRS, plan

pytestmark = pytest.mark.browser

PATHS = (
    "/plans",
    "/plans/1",
    "/plans/1?view=partners",
    "/plans/1?view=unmet",
    "/plans/1/print",
    "/plans/marks",
)


@pytest.fixture
def kept(filled: Matcher) -> Matcher:
    with filled.writing() as session:
        add_plan(session, plan(), PAIRS)
    return filled


@pytest.fixture(params=[True, False], ids=["with JS", "without JS"])
def staff(
    request: pytest.FixtureRequest, browser: Browser, server: str, kept: Matcher
) -> Iterator[Watched]:
    """Staff of the city, with JavaScript and without."""
    with watching(browser, server, scripted=request.param) as watched:
        watched.sign_in(kept)
        yield watched


def test_a_plan_is_made_and_shows_itself(staff: Watched) -> None:
    page = staff.open("/plans")
    page.locator("summary", has_text="生成方案").click()
    page.fill("#f-partners_per_need", "2")
    page.get_by_role("button", name="开始生成").click()
    page.wait_for_url("**/plans/2?done=made", timeout=60_000)
    expect(page.get_by_role("status")).to_contain_text("方案已经做好")


def test_pairs_are_decided_one_by_one_and_all_at_once(staff: Watched) -> None:
    page = staff.open("/plans/1")
    staff.press(page.get_by_role("button", name="采纳触头专家", exact=True))
    expect(page).to_have_url(re.compile("#p1$"))
    expect(page.locator("#p1").get_by_text("已推荐")).to_be_visible()
    refused = page.locator("#p2")
    refused.locator("summary", has_text="不合适").click()
    staff.press(refused.get_by_role("button", name="专业方向不符"))
    expect(page).to_have_url(re.compile("done=dropped"))
    expect(refused).to_contain_text("不合适")
    page.locator("summary", has_text="全部采纳（1 对）").click()
    staff.press(page.get_by_role("button", name="采纳，先不推送"))
    expect(page.get_by_role("status")).to_contain_text("已采纳 1 对")


@pytest.mark.usefixtures("kept")
def test_no_page_is_wider_than_the_window(watched: Watched) -> None:
    for path in PATHS:
        watched.open(path)
        watched.fits(*WIDTHS)


@pytest.mark.usefixtures("kept")
def test_on_paper_there_are_no_buttons(watched: Watched) -> None:
    page = watched.open("/plans/1")
    page.emulate_media(media="print")
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".plan-work").first).to_be_hidden()
    page.emulate_media(media="screen")
    page = watched.open("/plans/1/print")
    expect(page.locator("button[data-print]")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("button[data-print]")).to_be_hidden()
    expect(page.get_by_text("触头专家").first).to_be_visible()
