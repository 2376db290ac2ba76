"""Screening in a real browser, with JavaScript and without, over the demo needs."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page

from matcher.service import Matcher
from matcher.store.needs import get_need
from tests.browser.conftest import Watched, serving
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
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, java_script_enabled=scripted
    )
    watched = Watched(context.new_page(), demo_server)
    watched.sign_in(demo)
    yield watched
    context.close()
    assert watched.complaints == []
    assert watched.outside == []


def fill_in(page: Page, demo: Matcher, name: str) -> None:
    """A version of a demo need, sent by a firm of this name."""
    with demo.reading() as session:
        need = get_need(session, CONTACTOR)
    page.fill("#f-enterprise_name", name)
    for field in TEXTS:
        page.fill(f"#f-{field}", getattr(need, field))
    page.fill("#f-title", f"{need.title}求助")


def send(page: Page, selector: str) -> None:
    """Press a button that sends a form."""
    with page.expect_navigation(wait_until="networkidle"):
        page.click(selector)


def choose(page: Page, selector: str, *, scripted: bool) -> str:
    """Press a suggestion; returns what it stands for."""
    value = str(page.locator(selector).get_attribute("value")).partition(":")[2]
    if scripted:
        page.click(selector)
    else:
        send(page, selector)
    return value


@SCRIPTED
def test_suggested_filled_in_warned_and_saved(
    visitor: Watched, demo: Matcher, scripted: bool
) -> None:
    page = visitor.open("/needs/new")
    fill_in(page, demo, f"第{int(scripted)}电器有限公司")
    send(page, "text=自动识别领域、行业和关键词")
    assert page.input_value("#f-enterprise_name") == f"第{int(scripted)}电器有限公司"
    assert page.locator("#suggest").is_visible()
    assert page.url.endswith("#suggest")

    choose(page, "#field-field .pick:has-text('新材料及应用')", scripted=scripted)
    assert page.input_value("#f-field") == "materials"
    pressed = page.locator("#field-field .pick[aria-pressed=true]")
    assert "新材料及应用" in pressed.inner_text()
    industry = choose(page, "#field-industry .pick >> nth=1", scripted=scripted)
    assert page.input_value("#f-industry") == industry
    unpressed = "#field-keywords .pick[aria-pressed=false] >> nth=0"
    words = [choose(page, unpressed, scripted=scripted) for _ in range(2)]
    assert page.input_value("#f-keywords") == "、".join(words)

    send(page, "button:text-is('提交审核')")
    assert "看起来与这条重复" in page.inner_text("#repeats")
    assert page.input_value("#f-keywords") == "、".join(words)
    assert "#" not in page.url, "the notice is in sight"
    with page.context.expect_page() as opened:
        page.click(f"#repeats a[href$='/{CONTACTOR}']")
    opened.value.close()

    page.focus("#f-title")
    with page.expect_navigation(wait_until="networkidle"):
        page.keyboard.press("Enter")
    assert page.is_visible("#repeats"), "the Enter key is no answer to the question"
    send(page, "text=不是重复，仍然保存")
    assert "已保存" in page.inner_text("[role=status]")
    assert words[1] in page.inner_text(".words")
    assert "重复需求" in page.inner_text(".similar")
    demo.delete_need(page.url.rpartition("/")[2].partition("?")[0])


@SCRIPTED
def test_a_suggestion_is_adopted_on_the_page(visitor: Watched, demo: Matcher) -> None:
    page = visitor.open(f"/needs/{CONTACTOR}")
    with demo.reading() as session:
        before = get_need(session, CONTACTOR)
    button = page.locator(".adopt button").first
    word = str(button.get_attribute("value")).partition(":")[2]
    send(page, ".adopt button >> nth=0")
    assert "已采纳关键词的建议" in page.inner_text("#screening")
    assert word in page.inner_text(".words")
    demo.save_needs([before])


@pytest.mark.parametrize("scripted", [True])
def test_a_mark_goes_when_a_person_decides(visitor: Watched) -> None:
    page = visitor.open("/needs/new")
    page.fill("#f-title", "印染废水脱色")
    page.fill(
        "#f-problem", "印染废水色度高，化学需氧量超标，现有生化处理不稳定，想找深度处理工艺。"
    )
    send(page, "text=自动识别领域、行业和关键词")
    assert page.input_value("#f-field") == "environment"
    assert page.is_visible("[data-mark=field]")
    page.select_option("#f-field", "materials")
    assert not page.is_visible("[data-mark=field]")
    page.fill("#f-keywords", "印染 废水")
    choose(page, "#field-keywords .pick >> nth=0", scripted=True)
    assert page.input_value("#f-keywords").startswith("印染、废水、")


@pytest.mark.parametrize("scripted", [True])
@pytest.mark.parametrize("width", [1366, 400, 320])
def test_no_page_is_wider_than_the_window(visitor: Watched, demo: Matcher, width: int) -> None:
    visitor.page.set_viewport_size({"width": width, "height": 800})
    for path in ("/needs", "/needs/common", f"/needs/{CONTACTOR}"):
        page = visitor.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page = visitor.open("/needs/new")
    fill_in(page, demo, "某公司")
    for button in ("text=自动识别领域、行业和关键词", "button:text-is('提交审核')"):
        send(page, button)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, button
