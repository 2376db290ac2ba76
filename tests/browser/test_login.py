"""Signing in, making an account, and leaving, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from api.sessions import COOKIE
from matcher.desk import Desk, people
from matcher.people import Role, actor_of_program
from matcher.service import Matcher
from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"


def log_in(watched: Watched, username: str, password: str) -> None:
    watched.page.fill("#username", username)
    watched.page.fill("#password", password)
    watched.press("button[type=submit]")


def test_from_the_login_to_a_colleagues_first_password(watched: Watched, filled: Matcher) -> None:
    operator = Desk(filled, actor_of_program())
    people.create_account(operator, "admin", name="管理员", role=Role.CITY_ADMIN, password=PASSWORD)
    page = watched.page
    told = page.get_by_role("status")
    page.context.clear_cookies()

    watched.open("/accounts?role=county_staff")
    expect(page).to_have_url(re.compile(rf"^{watched.server}/login\?next="))
    log_in(watched, "admin", "a wrong guess")
    expect(page.get_by_role("alert")).to_contain_text("账号或口令不对")
    expect(page.locator("#username")).to_have_value("admin")
    log_in(watched, "admin", PASSWORD)
    expect(page).to_have_url(f"{watched.server}/accounts?role=county_staff")
    cookie = next(each for each in page.context.cookies() if each["name"] == COOKIE)
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")

    watched.press("text=新建账号")
    page.fill("#f-username", "wang.li")
    page.fill("#f-name", "王示例")
    page.fill("#f-county", "乐清市")
    watched.press("text=新建并显示口令")
    expect(page.locator("button[data-copy=password]")).to_be_visible()
    first = page.inner_text("#password")

    watched.press("text=退出")
    expect(told).to_contain_text("已退出")
    page.context.add_cookies([cookie])
    watched.open("/me")
    expect(page, "a copy of the cookie opens nothing any more").to_have_url(re.compile("/login"))

    log_in(watched, "wang.li", first)
    expect(page).to_have_url(f"{watched.server}/me")
    page.fill("#f-old", first)
    page.fill("#f-new", "一句自己记得住的中文话")
    page.fill("#f-again", "一句自己记得住的中文话")
    watched.press("main button[type=submit]")
    expect(told).to_contain_text("口令已修改")
