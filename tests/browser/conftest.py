"""A running server and a browser."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from api import create_app
from api.auth import CSRF_HEADER
from api.sessions import COOKIE
from matcher.people import Role
from matcher.service import Matcher
from tests.demo_needs import screener_of
from tests.people import SESSIONS, account, cookie_of, form_token_of

CHROMIUM = Path("/usr/bin/chromium")
_START_SECONDS = 20


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: apt-get install chromium fonts-noto-cjk")
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


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1366, "height": 768})
    yield opened
    opened.close()


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
        """Go to a path and wait until nothing more is loaded."""
        self.page.goto(self.server + path)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def _heard(self, kind: str, text: str) -> None:
        told_on_the_page = "status of 422" in text or "status of 409" in text
        if kind in {"error", "warning"} and not told_on_the_page:
            self.complaints.append(text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.server, "data:")):
            self.outside.append(request.url)


@pytest.fixture
def watched(context: BrowserContext, server: str, filled: Matcher) -> Iterator[Watched]:
    """A page, signed in, whose complaints and outside requests fail the test."""
    watched = Watched(context.new_page(), server)
    watched.sign_in(filled)
    yield watched
    assert watched.complaints == []
    assert watched.outside == []
