"""The pages in a real browser."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watched

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


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_a_need_is_filled_in_corrected_and_matched(watched: Watched) -> None:
    page = watched.open("/needs/new")
    page.fill("#f-title", "断路器触头温升过高")
    page.fill("#f-problem", "塑壳断路器通电后触头温升超标，怀疑银合金触头接触电阻大。")
    page.fill("#f-deadline", "明年")
    page.click("button:text-is('提交审核')")
    assert "有 2 处需要修改" in page.inner_text("[role=alert]")
    assert focused(page) == "f-enterprise_name"
    assert "2026-11-22" in page.inner_text("#f-deadline-error")
    assert page.input_value("#f-title") == "断路器触头温升过高"

    page.fill("#f-enterprise_name", "示例电气有限公司")
    page.fill("#f-deadline", "2027-06-30")
    page.click("button:text-is('提交审核')")
    page.click("text=不是重复，仍然保存")
    page.wait_for_selector("text=已保存")
    assert page.inner_text(".match:first-child .who a") == "触头专家"
    assert "触头" in page.inner_text(".match:first-child .evidence")
    assert "触头" in " ".join(page.locator(".match mark").all_inner_texts())

    page.goto(watched.server + "/needs/new")
    assert page.input_value("#f-title") == "", "the draft is gone once the need is saved"


def test_a_draft_survives_leaving_the_form(watched: Watched) -> None:
    page = watched.open("/needs/new")
    page.fill("#f-title", "写到一半的需求")
    page.select_option("#f-field", "materials")
    watched.open("/partners")
    watched.open("/needs/new")
    assert page.input_value("#f-title") == "写到一半的需求"
    assert page.input_value("#f-field") == "materials"
    assert page.is_visible("#draft-notice")
    page.click("#draft-drop")
    assert page.input_value("#f-title") == ""
    watched.open("/needs/new")
    assert page.input_value("#f-title") == ""
    assert not page.is_visible("#draft-notice")


def test_a_known_enterprise_is_suggested_with_its_county(watched: Watched) -> None:
    page = watched.open("/needs/new")
    page.request.post(
        watched.server + "/api/v1/enterprises",
        data={"name": "示例电气有限公司", "county": "乐清市"},
        headers=watched.headers,
    )
    with page.expect_response("**/api/v1/enterprises?*"):
        page.type("#f-enterprise_name", "示例电气")
    page.wait_for_selector("#enterprises option", state="attached")
    page.fill("#f-enterprise_name", "示例电气有限公司")
    page.press("#f-enterprise_name", "Tab")
    assert page.input_value("#f-county") == "乐清市"


def test_evidence_opens_by_keyboard(watched: Watched) -> None:
    page = watched.open("/needs/N1")
    page.keyboard.press("Tab")
    assert page.inner_text(":focus") == "跳到正文"
    summary = page.locator(".match:first-child .evidence summary").first
    summary.focus()
    assert not summary.locator("xpath=..").get_by_role("paragraph").is_visible()
    page.keyboard.press("Enter")
    assert summary.locator("xpath=..").get_by_role("paragraph").is_visible()


@pytest.mark.parametrize("width", [1366, 800, 390, 320])
def test_no_page_is_wider_than_the_window(watched: Watched, width: int) -> None:
    watched.page.set_viewport_size({"width": width, "height": 800})
    for path in PATHS:
        page = watched.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_on_paper_there_is_no_navigation(watched: Watched) -> None:
    page = watched.open("/needs/N1")
    page.emulate_media(media="print")
    assert not page.is_visible(".side")
    assert not page.is_visible(".search")
    assert page.is_visible("h1")
    assert page.is_visible(".match:first-child h3")


def test_the_docs_show_every_operation(watched: Watched) -> None:
    page = watched.open("/api/docs")
    page.wait_for_selector(".opblock")
    document = page.request.get(watched.server + "/api/v1/openapi.json").json()
    operations = sum(len(ways) for ways in document["paths"].values())
    assert page.locator(".opblock").count() == operations
    page.click("#operations-匹配-match_api_v1_match_post button.opblock-summary-control")
    page.click("text=Try it out")
    page.click("text=Execute")
    page.wait_for_selector(".live-responses-table .response-col_status:has-text('200')")
