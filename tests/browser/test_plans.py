"""A monthly plan in a real browser: made, decided about, and within every window."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from matcher.service import Matcher
from matcher.store.plans import add_plan
from tests.browser.conftest import Watched
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
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, java_script_enabled=request.param
    )
    watched = Watched(context.new_page(), server)
    watched.sign_in(kept)
    yield watched
    context.close()
    assert watched.complaints == []
    assert watched.outside == []


def test_a_plan_is_made_and_shows_itself(staff: Watched) -> None:
    page = staff.open("/plans")
    page.locator("summary", has_text="生成方案").click()
    page.fill("#f-partners_per_need", "2")
    page.get_by_role("button", name="开始生成").click()
    page.wait_for_url("**/plans/2?done=made", timeout=60_000)
    assert "方案已经做好" in page.inner_text("[role=status]")


def test_pairs_are_decided_one_by_one_and_all_at_once(staff: Watched) -> None:
    page = staff.open("/plans/1")
    page.get_by_role("button", name="采纳触头专家", exact=True).click()
    page.wait_for_url("**#p1")
    assert page.locator("#p1").get_by_text("已推荐").is_visible()
    refused = page.locator("#p2")
    refused.locator("summary", has_text="不合适").click()
    refused.get_by_role("button", name="专业方向不符").click()
    page.wait_for_url("**done=dropped**")
    assert "不合适" in page.locator("#p2").inner_text()
    page.locator("summary", has_text="全部采纳（1 对）").click()
    page.get_by_role("button", name="采纳，先不推送").click()
    page.wait_for_load_state("networkidle")
    assert "已采纳 1 对" in page.inner_text("[role=status]")


@pytest.mark.parametrize("width", [1366, 800, 390, 320])
@pytest.mark.usefixtures("kept")
def test_no_page_is_wider_than_the_window(watched: Watched, width: int) -> None:
    watched.page.set_viewport_size({"width": width, "height": 800})
    for path in PATHS:
        page = watched.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.usefixtures("kept")
def test_on_paper_there_are_no_buttons(watched: Watched) -> None:
    page = watched.open("/plans/1")
    page.emulate_media(media="print")
    assert page.is_visible("h1")
    assert not page.locator(".plan-work").first.is_visible()
    page.emulate_media(media="screen")
    page = watched.open("/plans/1/print")
    assert page.is_visible("button[data-print]")
    page.emulate_media(media="print")
    assert not page.is_visible("button[data-print]")
    assert page.is_visible("text=触头专家")
