"""Signing in, making an account, and leaving, in a real browser."""

import pytest
from playwright.sync_api import Page

from api.sessions import COOKIE
from matcher.desk import Desk, people
from matcher.people import Role, actor_of_program
from matcher.service import Matcher
from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"


def log_in(page: Page, username: str, password: str) -> None:
    page.fill("#username", username)
    page.fill("#password", password)
    with page.expect_navigation(wait_until="networkidle"):
        page.click("button[type=submit]")


def test_from_the_login_to_a_colleagues_first_password(watched: Watched, filled: Matcher) -> None:
    operator = Desk(filled, actor_of_program())
    people.create_account(operator, "admin", name="管理员", role=Role.CITY_ADMIN, password=PASSWORD)
    page = watched.page
    page.context.clear_cookies()

    watched.open("/accounts?role=county_staff")
    assert page.url.startswith(f"{watched.server}/login?next=")
    log_in(page, "admin", "a wrong guess")
    assert "账号或口令不对" in page.inner_text("[role=alert]")
    assert page.input_value("#username") == "admin"
    log_in(page, "admin", PASSWORD)
    assert page.url == f"{watched.server}/accounts?role=county_staff"
    cookie = next(each for each in page.context.cookies() if each["name"] == COOKIE)
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")

    page.click("text=新建账号")
    page.fill("#f-username", "wang.li")
    page.fill("#f-name", "王示例")
    page.fill("#f-county", "乐清市")
    with page.expect_navigation(wait_until="networkidle"):
        page.click("text=新建并显示口令")
    first = page.inner_text("#password")
    assert page.is_visible("button[data-copy=password]")

    with page.expect_navigation(wait_until="networkidle"):
        page.click("text=退出")
    assert "已退出" in page.inner_text("[role=status]")
    page.context.add_cookies([cookie])
    watched.open("/me")
    assert "/login" in page.url, "a copy of the cookie opens nothing any more"

    log_in(page, "wang.li", first)
    assert page.url == f"{watched.server}/me"
    page.fill("#f-old", first)
    page.fill("#f-new", "一句自己记得住的中文话")
    page.fill("#f-again", "一句自己记得住的中文话")
    with page.expect_navigation(wait_until="networkidle"):
        page.click("main button[type=submit]")
    assert "口令已修改" in page.inner_text("[role=status]")
