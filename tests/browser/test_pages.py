"""The pages in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import WIDTHS, Watched

pytestmark = pytest.mark.browser

PATHS = (
    "/",
    "/needs",
    "/needs/N1",
    "/needs/new",
    "/needs/common",
    "/partners",
    "/partners/X1",
    "/match",
)


def test_a_need_is_filled_in_corrected_and_matched(watched: Watched) -> None:
    page = watched.open("/needs/new")
    page.fill("#f-title", "断路器触头温升过高")
    page.fill("#f-problem", "塑壳断路器通电后触头温升超标，怀疑银合金触头接触电阻大。")
    page.fill("#f-deadline", "明年")
    watched.press("button:text-is('提交审核')")
    expect(page.get_by_role("alert")).to_contain_text("有 2 处需要修改")
    expect(page.locator("#f-enterprise_name")).to_be_focused()
    expect(page.locator("#f-deadline-error")).to_contain_text("2026-11-22")
    expect(page.locator("#f-title")).to_have_value("断路器触头温升过高")

    page.fill("#f-enterprise_name", "示例电气有限公司")
    page.fill("#f-deadline", "2027-06-30")
    watched.press("button:text-is('提交审核')")
    watched.press("text=不是重复，仍然保存")
    expect(page.get_by_text("已保存")).to_be_visible()
    expect(page.locator(".match:first-child .who a").first).to_have_text("触头专家")
    expect(page.locator(".match:first-child .evidence").first).to_contain_text("触头")
    expect(page.locator(".match mark", has_text="触头")).not_to_have_count(0)

    watched.open("/needs/new")
    expect(page.locator("#f-title"), "the draft is gone once the need is saved").to_have_value("")


def test_a_draft_survives_leaving_the_form(watched: Watched) -> None:
    page = watched.open("/needs/new")
    page.fill("#f-title", "写到一半的需求")
    page.select_option("#f-field", "materials")
    watched.open("/partners")
    watched.open("/needs/new")
    expect(page.locator("#f-title")).to_have_value("写到一半的需求")
    expect(page.locator("#f-field")).to_have_value("materials")
    expect(page.locator("#draft-notice")).to_be_visible()
    page.click("#draft-drop")
    expect(page.locator("#f-title")).to_have_value("")
    watched.open("/needs/new")
    expect(page.locator("#f-title")).to_have_value("")
    expect(page.locator("#draft-notice")).to_be_hidden()


def test_a_known_enterprise_is_suggested_with_its_county(watched: Watched) -> None:
    page = watched.open("/needs/new")
    page.request.post(
        watched.server + "/api/v1/enterprises",
        data={"name": "示例电气有限公司", "county": "乐清市"},
        headers=watched.headers,
    )
    with page.expect_response("**/api/v1/enterprises?*"):
        page.type("#f-enterprise_name", "示例电气")
    expect(page.locator("#enterprises option")).not_to_have_count(0)
    page.fill("#f-enterprise_name", "示例电气有限公司")
    page.press("#f-enterprise_name", "Tab")
    expect(page.locator("#f-county")).to_have_value("乐清市")


def test_evidence_opens_by_keyboard(watched: Watched) -> None:
    page = watched.open("/needs/N1")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("跳到正文")
    summary = page.locator(".match:first-child .evidence summary").first
    text = summary.locator("xpath=..").get_by_role("paragraph")
    expect(text).to_be_hidden()
    summary.press("Enter")
    expect(text).to_be_visible()


def test_no_page_is_wider_than_the_window(watched: Watched) -> None:
    for path in PATHS:
        watched.open(path)
        watched.fits(*WIDTHS)


def test_on_paper_there_is_no_navigation(watched: Watched) -> None:
    page = watched.open("/needs/N1")
    page.emulate_media(media="print")
    expect(page.locator(".side")).to_be_hidden()
    expect(page.locator(".search")).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".match:first-child h3").first).to_be_visible()


def test_the_docs_show_every_operation(watched: Watched) -> None:
    page = watched.open("/api/docs")
    document = page.request.get(watched.server + "/api/v1/openapi.json").json()
    operations = sum(len(ways) for ways in document["paths"].values())
    expect(page.locator(".opblock")).to_have_count(operations)
    page.click("#operations-匹配-match_api_v1_match_post button.opblock-summary-control")
    page.click("text=Try it out")
    page.click("text=Execute")
    answer = page.locator(".live-responses-table .response-col_status", has_text="200")
    expect(answer.first).to_be_visible()
