"""A client of the application over the small library of `tests.conftest`."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api import create_app
from matcher.service import Matcher


@pytest.fixture
def client(filled: Matcher) -> Iterator[TestClient]:
    with TestClient(create_app(filled), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def empty_client(matcher: Matcher) -> Iterator[TestClient]:
    with TestClient(create_app(matcher), raise_server_exceptions=False) as opened:
        yield opened
