"""Partners, enterprises and contact data in a real browser."""

import pytest

from matcher.service import Matcher
from tests.browser.conftest import Watched
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
    page.select_option("#f-kind", "expert")
    page.fill("#f-name", "示例教授")
    page.click("text=添加一条证据")
    page.select_option("#f-evidence-type-2", "paper")
    page.fill("#f-evidence-title-2", "触头的磨损")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=已保存")
    assert "触头的磨损" in page.inner_text(".evidence")

    page.click("text=今天联系过")
    page.wait_for_selector("text=已记下今天联系过")
    page.click("text=添加联系方式")
    page.fill("#f-name", "示例教授")
    page.fill("#f-phone", "13800001234")
    page.click("main button:has-text('保存')")
    page.wait_for_selector("text=138******34")
    page.click("main button:has-text('查看')")
    page.wait_for_selector("text=13800001234")
    assert page.locator("main button:has-text('查看')").count() == 0

    page.click("text=比较并合并 >> nth=0")
    page.click("text=确认合并")
    page.wait_for_selector("text=已合并")
    page.click("main button:has-text('撤销合并')")
    page.wait_for_selector("text=已撤销合并")


@pytest.mark.parametrize("width", [1366, 400])
def test_pages_fit_the_window(watched: Watched, filled: Matcher, width: int) -> None:
    fill_directory(filled)
    watched.page.set_viewport_size({"width": width, "height": 768})
    for path in PATHS:
        page = watched.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
