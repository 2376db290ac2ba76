"""The whole way of a need in a real browser, with everybody who takes part in it."""

import re

import pytest
from playwright.sync_api import Page, expect

from matcher.people import Role
from matcher.service import Matcher
from tests.browser.conftest import WIDTHS, Watched

pytestmark = pytest.mark.browser

COUNTY, ELSEWHERE = "乐清市", "平阳县"
FIRM, TITLE = "示例电气有限公司", "断路器触头熔焊"


def become(watched: Watched, matcher: Matcher, role: Role, county: str = "") -> None:
    """Let somebody else sit down at the browser."""
    watched.page.context.clear_cookies()
    watched.sign_in(matcher, role, county)


def make_link(watched: Watched) -> str:
    """The county's staff make a link; returns its path."""
    page = watched.open("/links/new")
    watched.press(".button-main")
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
    watched.press(".button-main")
    return page.inner_text(".receipt")


def months(page: Page) -> dict[str, str]:
    """The numbers of the first page, which is loaded, by their names."""
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
    watched.press(".chart a:has-text('提交')")
    watched.press(f"td.main a:has-text('{TITLE}')")
    expect(page).to_have_url(re.compile(f"/needs/{number}$"))
    watched.press("text=确认入库")
    expect(page.locator("main")).to_contain_text("已入库")

    become(watched, filled, Role.COUNTY_STAFF, ELSEWHERE)
    assert page.request.get(f"{watched.server}/needs/{number}").status == 404
    watched.open("/needs")
    expect(page.locator("main")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text(TITLE)

    become(watched, filled, Role.CITY_STAFF)
    page = watched.open(f"/needs/{number}")
    expect(page.locator(".match:first-child h3 a").first).to_have_text("触头专家")
    watched.press("button[aria-label='推送触头专家']")
    page = watched.open("/pairings")
    watched.press(f"a:has-text('{TITLE}') >> nth=0")
    expect(page).to_have_url(re.compile("/pairings/"))
    page.select_option("#stage-stage", label="已签约")
    watched.press("text=变更阶段")
    watched.press("text=登记建站")
    page.select_option("#f-type", label="院士专家工作站")
    page.select_option("#f-level", label="市级")
    page.fill("#f-agreed_on", "2026-11-01")
    page.fill("#f-ends_on", "2029-10-31")
    watched.press(".actions button")
    expect(page.locator("h1")).to_have_text(re.compile(f"^{FIRM}院士专家工作站"))
    watched.press("text=登记成果")
    page.select_option("#f-kind", label="专利")
    page.fill("#f-title", "示例：一种银氧化锡触头")
    page.fill("#f-on", "2026-11-20")
    watched.press(".actions button")

    page = watched.open("/")
    assert months(page) == {"新需求": "1", "入库": "1", "对接中": "1", "已签约": "1", "已建站": "1"}
    watched.press(".figures a:has-text('已建站')")
    expect(page.locator("main")).to_contain_text(TITLE)
    watched.press(f"td.main a:has-text('{TITLE}')")
    for status in ("待审核", "已入库", "对接中", "已签约", "已建站"):
        expect(page.locator("main")).to_contain_text(status)
    page = watched.open("/outcomes")
    expect(page.locator("main")).to_contain_text("银氧化锡触头")


def test_no_page_is_wider_than_the_window(watched: Watched) -> None:
    for path in ("/", "/progress", "/help"):
        watched.open(path)
        watched.fits(*WIDTHS)


def test_the_charts_are_reached_by_keyboard(watched: Watched) -> None:
    page = watched.open("/")
    watched.enter(".chart a:has-text('乐清市')")
    expect(page).to_have_url(re.compile(r"/needs\?county="))
    expect(page.locator("main")).to_contain_text("断路器触头温升过高")
    expect(page.locator("main")).not_to_contain_text("牛皮鞣制废水铬超标")
