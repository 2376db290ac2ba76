"""A running server and a browser.

After whatever loads a page, a test waits until that page is there: `Watched.open`, `Watched.press`
and `Watched.enter` do so themselves. What a script changes on the page, the focus that a page sets
and what is visible are asked for by `expect`, which waits too; nothing is read at once.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Locator, Page, Request, expect, sync_playwright

from api import create_app
from api.auth import CSRF_HEADER
from api.sessions import COOKIE
from matcher.people import Role
from matcher.service import Matcher
from tests.demo_needs import screener_of
from tests.people import SESSIONS, account, cookie_of, form_token_of

CHROMIUM = Path("/usr/bin/chromium")
HEIGHT = 768
WIDTH = 1366
WIDTHS = (WIDTH, 800, 760, 400, 390, 320)
"""From a clerk's screen over windows beside others to the narrowest telephone there is."""

_START_SECONDS = 20
_PATIENCE = 20.0
"""Seconds for anything to appear: the machines that run the tests may be slow and busy."""

_MEASURE = "() => [window.innerWidth, document.documentElement.scrollWidth]"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: apt-get install chromium fonts-noto-cjk")
    expect.set_options(timeout=_PATIENCE * 1000)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--headless"]
        )
        yield opened
        opened.close()


@contextmanager
def serving(matcher: Matcher) -> Iterator[str]:
    """Address of the application over a library, on a free port of this machine."""
    config = uvicorn.Config(
        create_app(matcher, sessions=SESSIONS), host="127.0.0.1", port=0, log_level="warning"
    )
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + _START_SECONDS
    while not running.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < deadline, "the server did not start in time"
        time.sleep(0.02)
    port = running.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(_START_SECONDS)


@pytest.fixture
def server(filled: Matcher) -> Iterator[str]:
    """The application over the small library."""
    filled.screener = screener_of(filled)
    with serving(filled) as address:
        yield address


class Watched:
    """A page, and everything that it complained about or asked of others."""

    def __init__(self, page: Page, server: str) -> None:
        self.page = page
        self.server = server
        self.complaints: list[str] = []
        self.outside: list[str] = []
        self.headers: dict[str, str] = {}
        page.on("console", lambda said: self._heard(said.type, said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._asked)

    def sign_in(self, matcher: Matcher, role: Role = Role.CITY_ADMIN, county: str = "") -> None:
        """Go on as somebody of this role."""
        cookie = cookie_of(account(matcher, role, county))
        self.page.context.add_cookies([{"name": COOKIE, "value": cookie, "url": self.server}])
        self.headers = {CSRF_HEADER: form_token_of(cookie)}

    def open(self, path: str) -> Page:
        """Go to a path and wait until the page is loaded and its scripts have run."""
        self.page.goto(self.server + path)
        return self.page

    def press(self, target: str | Locator) -> None:
        """Click what leads to another page, and wait until that is loaded."""
        with self.page.expect_navigation():
            self._one(target).click()

    def enter(self, target: str | Locator) -> None:
        """Press the Enter key on what leads to another page, and wait until that is loaded."""
        with self.page.expect_navigation():
            self._one(target).press("Enter")

    def fits(self, *widths: int) -> None:
        """Fail if the page is wider than the window, as it is or at each of these widths.

        The page is not loaded again: no page here asks for the width of the window in a script.
        """
        if not widths:
            width, needed = self.page.evaluate(_MEASURE)
            assert needed <= width, self.page.url
        for width in widths:
            assert self._needed_at(width) <= width, f"{self.page.url} at {width} px"

    def settled(self) -> None:
        """Wait until nothing more is loaded, and fail if anything was complained about."""
        self.page.wait_for_load_state("networkidle")
        assert self.complaints == []
        assert self.outside == []

    def _needed_at(self, width: int) -> int:
        """How wide the page is in a window of this width."""
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        deadline = time.monotonic() + _PATIENCE
        while True:
            is_wide, needed = self.page.evaluate(_MEASURE)
            if is_wide == width:
                return int(needed)
            assert time.monotonic() < deadline, f"the window stays {is_wide} px wide"

    def _one(self, target: str | Locator) -> Locator:
        return self.page.locator(target).first if isinstance(target, str) else target

    def _heard(self, kind: str, text: str) -> None:
        told_on_the_page = "status of 422" in text or "status of 409" in text
        if kind in {"error", "warning"} and not told_on_the_page:
            self.complaints.append(text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.server, "data:")):
            self.outside.append(request.url)


@contextmanager
def watching(browser: Browser, server: str, *, scripted: bool = True) -> Iterator[Watched]:
    """A page whose complaints and outside requests fail the test."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, java_script_enabled=scripted
    )
    watched = Watched(context.new_page(), server)
    try:
        yield watched
        watched.settled()
    finally:
        context.close()


@pytest.fixture
def watched(browser: Browser, server: str, filled: Matcher) -> Iterator[Watched]:
    """A page, signed in, whose complaints and outside requests fail the test."""
    with watching(browser, server) as watched:
        watched.sign_in(filled)
        yield watched


@pytest.fixture(params=[True, False], ids=["with JS", "without JS"])
def staff(
    request: pytest.FixtureRequest, browser: Browser, server: str, filled: Matcher
) -> Iterator[Watched]:
    """A page, signed in, once with JavaScript and once without."""
    with watching(browser, server, scripted=request.param) as watched:
        watched.sign_in(filled)
        yield watched
