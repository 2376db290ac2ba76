"""The way of a need in a real browser: sent by an enterprise, reviewed, listed; an import."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from matcher.people import Role, SubmissionLink
from matcher.people.secrets import new_token, token_digest
from matcher.service import Matcher
from matcher.store.api_keys import add_link
from tests.browser.conftest import HEIGHT, Watched

pytestmark = pytest.mark.browser

SHEET = "需求名称,主要问题,企业名称,县区,需求时限\n" + "\n".join(
    (
        "阀体砂眼,铸造阀体加工后发现砂眼，报废率高。,示例铸造有限公司,永嘉县,2027-06",
        "坏的一行,期限写错的一行需求文字。,示例铸造有限公司,永嘉县,明年",
    )
)


@pytest.mark.parametrize("width", [1366, 400])
def test_from_the_link_to_the_library(watched: Watched, filled: Matcher, width: int) -> None:
    token = new_token()
    made = SubmissionLink(
        id=0, county="永嘉县", label="示例", created_at=datetime.now(UTC), created_by="示例"
    )
    with filled.writing() as session:
        add_link(session, made, token_digest(token))
    watched.page.set_viewport_size({"width": width, "height": HEIGHT})
    watched.page.context.clear_cookies()
    page = watched.open(f"/submit/{token}")
    page.fill("#f-enterprise_name", "示例阀门有限公司")
    page.fill("#f-title", "阀门填料泄漏")
    page.fill("#f-problem", "高温闸阀填料函泄漏，换过柔性石墨填料仍超标。")
    page.fill("#f-contact_name", "示例联系人")
    watched.press("button.button-main")
    expect(page.locator("#f-contact_phone")).to_be_focused()
    watched.fits()
    page.fill("#f-contact_phone", "0577-00000000")
    watched.press("button.button-main")
    number = page.inner_text(".receipt")
    watched.fits()

    watched.sign_in(filled, Role.COUNTY_STAFF, "永嘉县")
    page = watched.open("/needs?status=pending")
    watched.fits()
    watched.press("text=阀门填料泄漏")
    watched.fits()
    expect(page.locator("#contacts")).to_contain_text("057*")
    page.click("button:has-text('查看')")
    expect(page.locator("#contacts")).to_contain_text("0577-00000000")
    page.click("summary:has-text('退回')")
    page.select_option("#reason", "incomplete")
    watched.press("form[action*='/step'] button:has-text('退回')")
    expect(page.locator("h1 .chip")).to_have_text("退回")
    page.click("summary:has-text('提交审核')")
    watched.press("form[action*='/step'] button:has-text('提交审核')")
    watched.press("button:has-text('确认入库')")
    expect(page.locator("h1 .chip")).to_have_text("已入库")
    expect(page).to_have_url(re.compile(number))
    watched.fits()


@pytest.mark.parametrize("width", [1366, 400])
def test_an_import(watched: Watched, tmp_path: Path, width: int) -> None:
    watched.page.set_viewport_size({"width": width, "height": HEIGHT})
    sheet = tmp_path / "征集表.csv"
    sheet.write_text(SHEET, encoding="utf-8")
    page = watched.open("/needs/import")
    page.set_input_files("#file", sheet)
    watched.fits()
    watched.press("text=上传并检查")
    watched.fits()
    page.reload()
    page.check("input[name=keep_good]")
    watched.press("button.button-main")
    expect(page.locator(".notice")).to_contain_text("新增需求 1 条")
    watched.open("/needs/new")
    watched.fits()
