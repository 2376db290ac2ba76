"""No route is open: each one is tried as nobody, as a reader, and as another county's staff.

The routes come from the application itself. What is expected of each stands in `EXPECTED`; a
route that is not there fails, so that whoever adds one says who may use it.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api import create_app
from api.auth import CSRF_HEADER
from api.sessions import COOKIE
from matcher.bootstrap import load_judgement
from matcher.live import LiveIndex
from matcher.people import Account, Role
from matcher.service import Matcher
from matcher.store.database import open_database
from tests.api.authorisation import (
    CHANGING,
    GETTING,
    MARK,
    NOT_FOR_COUNTIES,
    NOT_FOR_READERS,
    OF_A_RECORD,
    OTHER,
    OWN,
    Endpoint,
    Rule,
    endpoints,
    fill_county,
    records,
    shown,
)
from tests.api.bodies import sent_with
from tests.api.route_rules import EXPECTED
from tests.demo_needs import screener_of
from tests.fakes import HashEncoder
from tests.people import SESSIONS, account, sign_in

ENDPOINTS = endpoints(create_app())
KNOWN = [each for each in ENDPOINTS if str(each) in EXPECTED]
NAMELESS = {
    "GET /associations/coverage",
    "GET /associations/coverage/export",
    "GET /api/v1/associations/coverage/{year}",
    "GET /api/v1/outcomes/totals",
    "GET /partners/export",
    "GET /plans",
    "GET /api/v1/plans",
    "GET /api/v1/plans/{plan_id}",
    "GET /api/v1/plans/{plan_id}/loads",
    "GET /reports",
    "GET /api/v1/reports",
    "GET /needs/common",
    "GET /api/v1/common-needs",
}
"""Lists of counts alone, or without anything in this small library."""
COUNTY_RECORDS = {
    "need_id",
    "enterprise_id",
    "pairing_id",
    "file_id",
    "contact_id",
    "document_id",
    "station_id",
    "outcome_id",
    "association_id",
    "link_id",
}
FORM_FIRST = {"POST /needs/{need_id}/adopt"}
"""What a form asks for may be gone before it is asked who sends it."""


@dataclass(frozen=True, slots=True)
class House:
    """The application over one county's records, and people who come to it."""

    matcher: Matcher
    client: TestClient
    ids: dict[str, str]
    people: dict[str, Account]
    upload: dict[str, str]
    document: dict[str, Any]

    def call(self, who: str, endpoint: Endpoint, **more: Any) -> Response:  # noqa: ANN401
        """Send what the route expects, as one of the people; "nobody" is not signed in."""
        if who != "nobody":
            sign_in(self.client, self.people[who])
        path = endpoint.path
        ids = self.ids | (self.upload if path.startswith("/needs/import/") else {})
        for name in endpoint.parameters:
            path = path.replace(f"{{{name}}}", ids[name])
        sent = more | sent_with(endpoint, self.document, self.ids)
        answer = self.client.request(endpoint.method, path, follow_redirects=False, **sent)
        self.client.cookies.clear()
        self.client.headers.pop(CSRF_HEADER, None)
        return answer


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    encoder = HashEncoder()
    with closing(open_database(f"sqlite:///{folder / 'library.sqlite3'}")) as database:
        index = LiveIndex(database, encoder, folder / "index")
        matcher = Matcher(database, encoder, index, load_judgement())
        matcher.screener = screener_of(matcher)
        people = {
            "reader": account(matcher, Role.READ_ONLY),
            "own": account(matcher, Role.COUNTY_STAFF, OWN),
            "other": account(matcher, Role.COUNTY_STAFF, OTHER),
        }
        ids = fill_county(matcher)
        app = create_app(matcher, sessions=SESSIONS)
        with TestClient(app, raise_server_exceptions=False) as client:
            opened = House(matcher, client, ids, people, {}, app.openapi())
            answer = opened.call("own", Endpoint("POST", "/needs/import"))
            opened.upload["token"] = answer.headers["location"].rpartition("/")[2]
            yield opened


def having(*rules: Rule) -> pytest.MarkDecorator:
    """The routes of which one of these rules is expected."""
    chosen = [each for each in KNOWN if EXPECTED[str(each)] in rules]
    return pytest.mark.parametrize("endpoint", chosen, ids=str)


NOT_OPEN = tuple(set(Rule) - {Rule.OPEN, Rule.STATIC})


def test_every_route_says_who_may_use_it() -> None:
    there = {str(each) for each in ENDPOINTS}
    assert there - set(EXPECTED) == set(), "add these to tests/api/route_rules.py"
    assert set(EXPECTED) - there == set(), "these are gone"


def test_what_is_open_is_little() -> None:
    open_paths = {path for path, rule in EXPECTED.items() if rule is Rule.OPEN}
    assert open_paths <= {
        "GET /login",
        "POST /login",
        "GET /api/v1/health",
        "GET /metrics",
        "GET /api/v1/openapi.json",
        "GET /submit/{token}",
        "POST /submit/{token}",
        "GET /submit/{token}/{need_id}",
        "GET /submit/{token}/done",
    }


def test_rules_fit_their_routes() -> None:
    for each in KNOWN:
        rule = EXPECTED[str(each)]
        assert rule not in (GETTING if each.method not in {"GET", "ANY"} else CHANGING), each
        if COUNTY_RECORDS & set(each.parameters):
            assert rule in OF_A_RECORD, each


@having(*NOT_OPEN)
@pytest.mark.parametrize("credential", ["none", "link as key", "link as cookie", "old key"])
def test_nobody_gets_in(house: House, endpoint: Endpoint, credential: str) -> None:
    headers = {
        "link as key": {"authorization": f"Bearer {house.ids['token']}"},
        "old key": {"authorization": "Bearer nm_00000000_nothing"},
    }.get(credential, {})
    if credential == "link as cookie":
        house.client.cookies.set(COOKIE, house.ids["token"])
    answer = house.call("nobody", endpoint, headers=headers)
    if endpoint.path.startswith("/api/v1/"):
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
    else:
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/login?")
    assert MARK not in shown(answer)


@having(*NOT_FOR_READERS)
def test_who_only_reads_changes_nothing(house: House, endpoint: Endpoint) -> None:
    before = records(house.matcher)
    answer = house.call("reader", endpoint)
    refused = {403} | ({409, 422} if str(endpoint) in FORM_FIRST else set())
    assert answer.status_code in refused, shown(answer)[:2000]
    assert records(house.matcher) == before


@having(*NOT_FOR_COUNTIES)
def test_counties_do_not_administer(house: House, endpoint: Endpoint) -> None:
    before = records(house.matcher)
    answer = house.call("own", endpoint)
    assert answer.status_code == 403, shown(answer)[:2000]
    assert records(house.matcher) == before


@having(*OF_A_RECORD)
def test_another_county_finds_no_record(house: House, endpoint: Endpoint) -> None:
    before = records(house.matcher)
    answer = house.call("other", endpoint)
    assert answer.status_code in {403, 404}, shown(answer)[:2000]
    assert MARK not in shown(answer)
    assert records(house.matcher) == before


@having(Rule.RECORD, Rule.RECORD_FORM, Rule.FORM, Rule.LIST, Rule.EXPORT)
def test_its_own_county_gets_it(house: House, endpoint: Endpoint) -> None:
    answer = house.call("own", endpoint)
    assert answer.status_code == 200, "otherwise it proves nothing that others do not"


@having(Rule.LIST, Rule.EXPORT, Rule.FORM, Rule.SHARED, Rule.ASK, Rule.PERSONAL)
def test_no_list_shows_another_county(house: House, endpoint: Endpoint) -> None:
    answer = house.call("other", endpoint)
    if EXPECTED[str(endpoint)] is not Rule.PERSONAL:
        assert answer.status_code < 400 or answer.status_code == 403, shown(answer)[:2000]
    assert MARK not in shown(answer)


@having(Rule.CHANGE)
def test_nothing_is_put_into_another_county(house: House, endpoint: Endpoint) -> None:
    before = records(house.matcher)
    answer = house.call("other", endpoint)
    assert answer.status_code < 500
    assert MARK not in shown(answer)
    changed = before ^ records(house.matcher)
    assert not [row for row in changed if OWN in row or MARK in row or "-own" in row], changed


def test_the_lists_would_show_it(house: House) -> None:
    """What other counties must not see is there to be seen, or the tests above prove nothing."""
    lists = [each for each in KNOWN if EXPECTED[str(each)] in {Rule.LIST, Rule.EXPORT}]
    silent = {str(each) for each in lists if MARK not in shown(house.call("own", each))}
    assert silent - NAMELESS == set()
    assert NAMELESS - silent == set(), "no longer nameless"


def test_a_submission_link_begins_no_session(house: House) -> None:
    answer = house.client.get(f"/submit/{house.ids['token']}")
    assert COOKIE not in answer.headers.get("set-cookie", "")
    assert MARK not in shown(answer)
