"""A running server and a browser."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from api import create_app
from matcher.service import Matcher

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


@pytest.fixture
def server(filled: Matcher) -> Iterator[str]:
    """Address of the application on a free port of this machine."""
    config = uvicorn.Config(create_app(filled), host="127.0.0.1", port=0, log_level="warning")
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
        page.on("console", lambda said: self._heard(said.type, said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._asked)

    def open(self, path: str) -> Page:
        """Go to a path and wait until nothing more is loaded."""
        self.page.goto(self.server + path)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def _heard(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and "status of 422" not in text:
            self.complaints.append(text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.server, "data:")):
            self.outside.append(request.url)


@pytest.fixture
def watched(context: BrowserContext, server: str) -> Iterator[Watched]:
    """A page whose complaints and outside requests fail the test."""
    watched = Watched(context.new_page(), server)
    yield watched
    assert watched.complaints == []
    assert watched.outside == []
