"""Screening in a real browser, with JavaScript and without, over the demo needs."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, expect

from matcher.service import Matcher
from matcher.store.needs import get_need
from tests.browser.conftest import WIDTHS, Watched, serving, watching
from tests.demo_needs import open_demo_needs

pytestmark = pytest.mark.browser

SCRIPTED = pytest.mark.parametrize("scripted", [True, False], ids=["with JS", "without JS"])
TEXTS = ("title", "problem", "indicators", "goal")
CONTACTOR = "2026-0019"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matcher]:
    with closing(open_demo_needs(tmp_path_factory.mktemp("home"))) as opened:
        yield opened


@pytest.fixture(scope="module")
def demo_server(demo: Matcher) -> Iterator[str]:
    with serving(demo) as address:
        yield address


@pytest.fixture
def visitor(browser: Browser, demo: Matcher, demo_server: str, scripted: bool) -> Iterator[Watched]:
    """A page whose complaints fail the test; without JavaScript where a test asks for that."""
    with watching(browser, demo_server, scripted=scripted) as watched:
        watched.sign_in(demo)
        yield watched


def fill_in(page: Page, demo: Matcher, name: str) -> None:
    """A version of a demo need, sent by a firm of this name."""
    with demo.reading() as session:
        need = get_need(session, CONTACTOR)
    page.fill("#f-enterprise_name", name)
    for field in TEXTS:
        page.fill(f"#f-{field}", getattr(need, field))
    page.fill("#f-title", f"{need.title}求助")


def choose(visitor: Watched, selector: str, *, scripted: bool) -> str:
    """Press a suggestion; returns what it stands for."""
    suggestion = visitor.page.locator(selector)
    value = str(suggestion.get_attribute("value")).partition(":")[2]
    if scripted:
        suggestion.click()
    else:
        visitor.press(suggestion)
    return value


@SCRIPTED
def test_suggested_filled_in_warned_and_saved(
    visitor: Watched, demo: Matcher, scripted: bool
) -> None:
    page = visitor.open("/needs/new")
    fill_in(page, demo, f"第{int(scripted)}电器有限公司")
    visitor.press("text=自动识别领域、行业和关键词")
    expect(page.locator("#f-enterprise_name")).to_have_value(f"第{int(scripted)}电器有限公司")
    expect(page.locator("#suggest")).to_be_visible()
    expect(page).to_have_url(re.compile("#suggest$"))

    choose(visitor, "#field-field .pick:has-text('新材料及应用')", scripted=scripted)
    expect(page.locator("#f-field")).to_have_value("materials")
    pressed = page.locator("#field-field .pick[aria-pressed=true]")
    expect(pressed).to_contain_text("新材料及应用")
    industry = choose(visitor, "#field-industry .pick >> nth=1", scripted=scripted)
    expect(page.locator("#f-industry")).to_have_value(industry)
    unpressed = "#field-keywords .pick[aria-pressed=false] >> nth=0"
    words = [choose(visitor, unpressed, scripted=scripted) for _ in range(2)]
    expect(page.locator("#f-keywords")).to_have_value("、".join(words))

    visitor.press("button:text-is('提交审核')")
    expect(page.locator("#repeats")).to_contain_text("看起来与这条重复")
    expect(page.locator("#f-keywords")).to_have_value("、".join(words))
    expect(page, "the notice is in sight").not_to_have_url(re.compile("#"))
    with page.context.expect_page() as opened:
        page.click(f"#repeats a[href$='/{CONTACTOR}']")
    opened.value.close()

    visitor.enter("#f-title")
    expect(page.locator("#repeats"), "the Enter key is no answer").to_be_visible()
    visitor.press("text=不是重复，仍然保存")
    expect(page.get_by_role("status")).to_contain_text("已保存")
    expect(page.locator(".words")).to_contain_text(words[1])
    expect(page.locator(".similar")).to_contain_text("重复需求")
    demo.delete_need(page.url.rpartition("/")[2].partition("?")[0])


@SCRIPTED
def test_a_suggestion_is_adopted_on_the_page(visitor: Watched, demo: Matcher) -> None:
    page = visitor.open(f"/needs/{CONTACTOR}")
    with demo.reading() as session:
        before = get_need(session, CONTACTOR)
    button = page.locator(".adopt button").first
    word = str(button.get_attribute("value")).partition(":")[2]
    visitor.press(".adopt button >> nth=0")
    expect(page.locator("#screening")).to_contain_text("已采纳关键词的建议")
    expect(page.locator(".words")).to_contain_text(word)
    demo.save_needs([before])


@pytest.mark.parametrize("scripted", [True])
def test_a_mark_goes_when_a_person_decides(visitor: Watched) -> None:
    page = visitor.open("/needs/new")
    page.fill("#f-title", "印染废水脱色")
    page.fill(
        "#f-problem", "印染废水色度高，化学需氧量超标，现有生化处理不稳定，想找深度处理工艺。"
    )
    visitor.press("text=自动识别领域、行业和关键词")
    expect(page.locator("#f-field")).to_have_value("environment")
    expect(page.locator("[data-mark=field]")).to_be_visible()
    page.select_option("#f-field", "materials")
    expect(page.locator("[data-mark=field]")).to_be_hidden()
    page.fill("#f-keywords", "印染 废水")
    choose(visitor, "#field-keywords .pick >> nth=0", scripted=True)
    expect(page.locator("#f-keywords")).to_have_value(re.compile("^印染、废水、"))


@pytest.mark.parametrize("scripted", [True])
def test_no_page_is_wider_than_the_window(visitor: Watched, demo: Matcher) -> None:
    for path in ("/needs", "/needs/common", f"/needs/{CONTACTOR}"):
        visitor.open(path)
        visitor.fits(*WIDTHS)
    page = visitor.open("/needs/new")
    fill_in(page, demo, "某公司")
    for button in ("text=自动识别领域、行业和关键词", "button:text-is('提交审核')"):
        visitor.press(button)
        visitor.fits(*WIDTHS)
