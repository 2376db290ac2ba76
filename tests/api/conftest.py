"""A client of the application over the small library of `tests.conftest`."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from starlette.testclient import TestClient

from api import create_app
from matcher.service import Matcher
from tests.demo_needs import open_demo_needs, screener_of
from tests.people import SESSIONS, account, sign_in


@pytest.fixture
def matcher(matcher: Matcher) -> Matcher:
    """The same, spared the second that the screening models take to load."""
    matcher.screener = screener_of(matcher)
    return matcher


@pytest.fixture
def client(filled: Matcher) -> Iterator[TestClient]:
    """Signed in as an administrator of the city."""
    app = create_app(filled, sessions=SESSIONS)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield sign_in(opened, account(filled))


@pytest.fixture
def empty_client(matcher: Matcher) -> Iterator[TestClient]:
    """The same over an empty library."""
    app = create_app(matcher, sessions=SESSIONS)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield sign_in(opened, account(matcher))


@pytest.fixture
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matcher]:
    """The demo needs, with the embedded model."""
    with closing(open_demo_needs(tmp_path_factory.mktemp("home"))) as opened:
        yield opened


@pytest.fixture
def demo_client(demo: Matcher) -> Iterator[TestClient]:
    app = create_app(demo, sessions=SESSIONS)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield sign_in(opened, account(demo))
