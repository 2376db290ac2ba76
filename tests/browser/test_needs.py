"""The way of a need in a real browser: sent by an enterprise, reviewed, listed; an import."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from matcher.people import Role, SubmissionLink
from matcher.people.secrets import new_token, token_digest
from matcher.service import Matcher
from matcher.store.api_keys import add_link
from tests.browser.conftest import Watched

SHEET = "需求名称,主要问题,企业名称,县区,需求时限\n" + "\n".join(
    (
        "阀体砂眼,铸造阀体加工后发现砂眼，报废率高。,示例铸造有限公司,永嘉县,2027-06",
        "坏的一行,期限写错的一行需求文字。,示例铸造有限公司,永嘉县,明年",
    )
)


def fits(page: Page) -> bool:
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
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
    watched.page.set_viewport_size({"width": width, "height": 768})
    watched.page.context.clear_cookies()
    page = watched.open(f"/submit/{token}")
    page.fill("#f-enterprise_name", "示例阀门有限公司")
    page.fill("#f-title", "阀门填料泄漏")
    page.fill("#f-problem", "高温闸阀填料函泄漏，换过柔性石墨填料仍超标。")
    page.fill("#f-contact_name", "示例联系人")
    page.click("button.button-main")
    expect(page.locator("#f-contact_phone")).to_be_focused()
    assert fits(page)
    page.fill("#f-contact_phone", "0577-00000000")
    page.click("button.button-main")
    number = page.inner_text(".receipt")
    assert fits(page)

    watched.sign_in(filled, Role.COUNTY_STAFF, "永嘉县")
    page = watched.open("/needs?status=pending")
    assert fits(page)
    page.click("text=阀门填料泄漏")
    assert fits(page)
    expect(page.locator("#contacts")).to_contain_text("057*")
    page.click("button:has-text('查看')")
    expect(page.locator("#contacts")).to_contain_text("0577-00000000")
    page.click("summary:has-text('退回')")
    page.select_option("#reason", "incomplete")
    page.click("form[action*='/step'] button:has-text('退回')")
    expect(page.locator("h1 .chip")).to_have_text("退回")
    page.click("summary:has-text('提交审核')")
    page.click("form[action*='/step'] button:has-text('提交审核')")
    page.click("button:has-text('确认入库')")
    expect(page.locator("h1 .chip")).to_have_text("已入库")
    assert number in page.url
    assert fits(page)


@pytest.mark.parametrize("width", [1366, 400])
def test_an_import(watched: Watched, tmp_path: Path, width: int) -> None:
    watched.page.set_viewport_size({"width": width, "height": 768})
    sheet = tmp_path / "征集表.csv"
    sheet.write_text(SHEET, encoding="utf-8")
    page = watched.open("/needs/import")
    page.set_input_files("#file", sheet)
    assert fits(page)
    page.click("text=上传并检查")
    assert fits(page)
    page.reload()
    page.check("input[name=keep_good]")
    page.click("button.button-main")
    expect(page.locator(".notice")).to_contain_text("新增需求 1 条")
    watched.open("/needs/new")
    assert fits(page)
