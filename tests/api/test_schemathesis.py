"""The API against its own document: whatever fits it, or nearly, is answered without a crash.

Requests are made up from the OpenAPI document by Schemathesis, the same in every run, and sent in
process as a city administrator. What the operations mean is tested elsewhere; here only that none
of them fails, and that every error is told as a problem.
"""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import APIOperation, Case, GenerationMode
from starlette.testclient import TestClient

from api import create_app
from matcher.bootstrap import load_judgement
from matcher.live import LiveIndex
from matcher.service import Matcher
from matcher.store.database import open_database
from tests.api.authorisation import fill_county
from tests.demo_needs import screener_of
from tests.fakes import HashEncoder
from tests.people import SESSIONS, account, sign_in

SCHEMA = schemathesis.openapi.from_dict(create_app().openapi())
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
EXAMPLES = 3
"""Requests of each operation and kind; more find more and take longer."""

bounded = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matcher]:
    folder = tmp_path_factory.mktemp("library")
    encoder = HashEncoder()
    with closing(open_database(f"sqlite:///{folder / 'library.sqlite3'}")) as database:
        index = LiveIndex(database, encoder, folder / "index")
        matcher = Matcher(database, encoder, index, load_judgement())
        matcher.screener = screener_of(matcher)
        yield matcher


@pytest.fixture(scope="module")
def ids(library: Matcher) -> dict[str, str]:
    return fill_county(library)


@pytest.fixture(scope="module")
def administrator(library: Matcher) -> Iterator[TestClient]:
    app = create_app(library, sessions=SESSIONS)
    with TestClient(app, raise_server_exceptions=True) as client:
        yield sign_in(client, account(library))


def send(client: TestClient, case: Case) -> None:
    """Send a request and look at how it was answered."""
    arguments = case.as_transport_kwargs(base_url="http://testserver")
    del arguments["cookies"]  # they are the session's
    content = arguments.pop("data", None)
    if content is not None:
        arguments["content" if isinstance(content, bytes | str) else "data"] = content
    answer = client.request(**arguments, follow_redirects=False)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code
        assert answer.json()["detail"]


def check(
    client: TestClient,
    ids: dict[str, str],
    operation: APIOperation,  # type: ignore[type-arg]
    mode: GenerationMode,
) -> None:
    """Send made up requests, to records that exist where the address names one."""
    known: dict[str, Any] = {
        each.name: ids[each.name] for each in operation.path_parameters if each.name in ids
    }

    @bounded
    @given(case=operation.as_strategy(mode, path_parameters=known))
    def each(case: Case) -> None:
        send(client, case)

    each()


def operations(*, taking_something: bool = False) -> pytest.MarkDecorator:
    """All operations, or those that can be asked wrongly."""
    chosen = [
        operation
        for operation in OPERATIONS
        if not taking_something or list(operation.query) or list(operation.body)
    ]
    return pytest.mark.parametrize("operation", chosen, ids=[each.label for each in chosen])


@operations()
def test_what_fits_the_document(
    administrator: TestClient,
    ids: dict[str, str],
    operation: APIOperation,  # type: ignore[type-arg]
) -> None:
    check(administrator, ids, operation, GenerationMode.POSITIVE)


@operations(taking_something=True)
def test_what_does_not_fit(
    administrator: TestClient,
    ids: dict[str, str],
    operation: APIOperation,  # type: ignore[type-arg]
) -> None:
    check(administrator, ids, operation, GenerationMode.NEGATIVE)
