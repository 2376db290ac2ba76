"""Partners, enterprises and contact data in a real browser."""

import pytest
from playwright.sync_api import expect

from matcher.service import Matcher
from tests.browser.conftest import WIDTHS, Watched
from tests.directory import fill_directory

pytestmark = pytest.mark.browser

PATHS = (
    *("/partners", "/partners/P1", "/partners/P1/edit", "/partners/P1/facts", "/partners/new"),
    *("/partners/P1/merge?other=P2", "/partners/twins", "/enterprises", "/enterprises/E1"),
    *("/enterprises/E1/edit", "/contacts/new?owner=partner&owner_id=P1"),
)


def test_a_partner_is_entered_called_and_merged(watched: Watched, filled: Matcher) -> None:
    fill_directory(filled)
    page = watched.open("/partners/new")
    main = page.locator("main")
    page.select_option("#f-kind", "expert")
    page.fill("#f-name", "示例教授")
    watched.press("text=添加一条证据")
    page.select_option("#f-evidence-type-2", "paper")
    page.fill("#f-evidence-title-2", "触头的磨损")
    watched.enter("#f-evidence-title-2")
    expect(main).to_contain_text("已保存")
    expect(page.locator("ul.evidence")).to_contain_text("触头的磨损")

    watched.press("text=今天联系过")
    expect(main).to_contain_text("已记下今天联系过")
    watched.press("text=添加联系方式")
    page.fill("#f-name", "示例教授")
    page.fill("#f-phone", "13800001234")
    watched.press("main button:has-text('保存')")
    expect(page.get_by_text("138******34")).to_be_visible()
    page.click("main button:has-text('查看')")
    expect(page.get_by_text("13800001234")).to_be_visible()
    expect(page.locator("main button:has-text('查看')")).to_have_count(0)

    watched.press("text=比较并合并")
    watched.press("text=确认合并")
    expect(main).to_contain_text("已合并")
    watched.press("main button:has-text('撤销合并')")
    expect(main).to_contain_text("已撤销合并")


def test_pages_fit_the_window(watched: Watched, filled: Matcher) -> None:
    fill_directory(filled)
    for path in PATHS:
        watched.open(path)
        watched.fits(*WIDTHS)
