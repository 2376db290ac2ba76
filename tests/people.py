"""People for tests: accounts, and clients of the application that are signed in."""

from datetime import UTC, datetime

from starlette.testclient import TestClient

from api.auth import CSRF_HEADER
from api.sessions import COOKIE, Sessions
from matcher.people import Account, Role
from matcher.service import Matcher
from matcher.store.accounts import add_account, find_account

SESSIONS = Sessions("a secret that only the tests know")
NO_PASSWORD = "no password fits this"


def account(matcher: Matcher, role: Role = Role.CITY_ADMIN, county: str = "") -> Account:
    """An account of this role, made if it is not there; its sessions need no password."""
    made = Account(
        username=f"{role.value}{county}",
        name=f"{county}{role.label}",
        role=role,
        county=county,
        created_at=datetime.now(UTC),
    )
    with matcher.database.appending() as session:
        found = find_account(session, made.username)
        if found is not None:
            return found[0]
        add_account(session, made, NO_PASSWORD)
    return made


def cookie_of(owner: Account) -> str:
    """The cookie of a session that has just begun."""
    return SESSIONS.begin(owner.username, owner.epoch)


def form_token_of(cookie: str) -> str:
    """The token that the forms of this session carry."""
    ticket = SESSIONS.read(cookie)
    assert ticket is not None
    return SESSIONS.form_token(ticket)


def sign_in(client: TestClient, owner: Account) -> TestClient:
    """Make a client act for an account, with the token that its forms would carry."""
    cookie = cookie_of(owner)
    client.cookies.set(COOKIE, cookie)
    client.headers[CSRF_HEADER] = form_token_of(cookie)
    return client
