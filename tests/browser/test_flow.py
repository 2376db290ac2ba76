"""The whole way of a need in a real browser, with everybody who takes part in it."""

import pytest
from playwright.sync_api import Page

from matcher.people import Role
from matcher.service import Matcher
from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser

COUNTY, ELSEWHERE = "乐清市", "平阳县"
FIRM, TITLE = "示例电气有限公司", "断路器触头熔焊"


def send(page: Page, selector: str) -> None:
    """Press a button that sends a form."""
    with page.expect_navigation(wait_until="networkidle"):
        page.click(selector)


def become(watched: Watched, matcher: Matcher, role: Role, county: str = "") -> None:
    """Let somebody else sit down at the browser."""
    watched.page.context.clear_cookies()
    watched.sign_in(matcher, role, county)


def make_link(watched: Watched) -> str:
    """The county's staff make a link; returns its path."""
    page = watched.open("/links/new")
    send(page, ".button-main")
    return "/submit/" + page.inner_text("#link").rpartition("/submit/")[2]


def submit(watched: Watched, path: str) -> str:
    """An enterprise sends its need; returns the number that it is told."""
    watched.page.context.clear_cookies()
    page = watched.open(path)
    page.fill("#f-enterprise_name", FIRM)
    page.fill("#f-title", TITLE)
    page.fill("#f-problem", "断路器分断短路电流后触头熔焊粘连，想换银氧化锡触头材料，降低温升。")
    page.fill("#f-contact_name", "示例联系人")
    page.fill("#f-contact_phone", "0577-00000000")
    send(page, ".button-main")
    return page.inner_text(".receipt")


def months(page: Page) -> dict[str, str]:
    """The numbers of the first page by their names."""
    names = page.locator(".figures .figure-name").all_inner_texts()
    values = page.locator(".figures strong").all_inner_texts()
    return {name: value.split()[0] for name, value in zip(names, values, strict=True)}


def test_from_an_enterprise_to_a_station(watched: Watched, filled: Matcher) -> None:
    become(watched, filled, Role.COUNTY_STAFF, COUNTY)
    path = make_link(watched)
    number = submit(watched, path)

    become(watched, filled, Role.COUNTY_STAFF, COUNTY)
    page = watched.open("/")
    assert months(page)["新需求"] == "1"
    send(page, ".chart a:has-text('提交')")
    send(page, f"td.main a:has-text('{TITLE}')")
    assert page.url.endswith(number)
    send(page, "text=确认入库")
    assert "已入库" in page.inner_text("main")

    become(watched, filled, Role.COUNTY_STAFF, ELSEWHERE)
    assert page.request.get(f"{watched.server}/needs/{number}").status == 404
    assert TITLE not in watched.open("/needs").inner_text("main")

    become(watched, filled, Role.CITY_STAFF)
    page = watched.open(f"/needs/{number}")
    assert page.inner_text(".match:first-child h3 a") == "触头专家"
    send(page, "button[aria-label='推送触头专家']")
    page = watched.open("/pairings")
    send(page, f"a:has-text('{TITLE}') >> nth=0")
    assert "/pairings/" in page.url
    page.select_option("#stage-stage", label="已签约")
    send(page, "text=变更阶段")
    send(page, "text=登记建站")
    page.select_option("#f-type", label="院士专家工作站")
    page.select_option("#f-level", label="市级")
    page.fill("#f-agreed_on", "2026-11-01")
    page.fill("#f-ends_on", "2029-10-31")
    send(page, ".actions button")
    assert page.inner_text("h1").startswith(f"{FIRM}院士专家工作站")
    send(page, "text=登记成果")
    page.select_option("#f-kind", label="专利")
    page.fill("#f-title", "示例：一种银氧化锡触头")
    page.fill("#f-on", "2026-11-20")
    send(page, ".actions button")

    page = watched.open("/")
    assert months(page) == {"新需求": "1", "入库": "1", "对接中": "1", "已签约": "1", "已建站": "1"}
    send(page, ".figures a:has-text('已建站')")
    assert TITLE in page.inner_text("main")
    send(page, f"td.main a:has-text('{TITLE}')")
    for status in ("待审核", "已入库", "对接中", "已签约", "已建站"):
        assert status in page.inner_text("main"), status
    page = watched.open("/outcomes")
    assert "银氧化锡触头" in page.inner_text("main")


@pytest.mark.parametrize("width", [1366, 760, 400, 320])
def test_no_page_is_wider_than_the_window(watched: Watched, width: int) -> None:
    watched.page.set_viewport_size({"width": width, "height": 768})
    for path in ("/", "/progress", "/help"):
        page = watched.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_charts_are_reached_by_keyboard(watched: Watched) -> None:
    page = watched.open("/")
    link = page.locator(".chart a:has-text('乐清市')")
    link.focus()
    with page.expect_navigation(wait_until="networkidle"):
        page.keyboard.press("Enter")
    assert "/needs?county=" in page.url
    assert "断路器触头温升过高" in page.inner_text("main")
    assert "牛皮鞣制废水铬超标" not in page.inner_text("main")
