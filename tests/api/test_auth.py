"""Sessions in a browser: login, cookies, forged forms, where one is led, leaving."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from itsdangerous import URLSafeTimedSerializer
from starlette.testclient import TestClient
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api import create_app
from api.auth import CSRF_HEADER, own_address
from api.sessions import COOKIE, LIFETIME, Sessions, shared_secret
from matcher.desk import Desk, Subject, keys, people, signing_in
from matcher.errors import InvalidInputError
from matcher.people import Permission, Role, actor_of_program
from matcher.service import Matcher
from matcher.store.accounts import FAILURES_OF_NAME_AND_ADDRESS
from matcher.store.audit import list_audit
from tests.api.html import check_page, hidden
from tests.api.problems import problem
from tests.people import SESSIONS, account, cookie_of

PASSWORD = "correct horse battery"


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that are compared as they are."""
    monkeypatch.setattr(signing_in, "password_fits", lambda sent, stored: stored == f"of {sent}")
    monkeypatch.setattr(signing_in, "hash_password", lambda password, _name: f"of {password}")
    monkeypatch.setattr(people, "hash_password", lambda password, _name: f"of {password}")


@pytest.fixture
def operator(filled: Matcher) -> Desk:
    return Desk(filled, actor_of_program())


@pytest.fixture
def visitor(filled: Matcher) -> Iterator[TestClient]:
    """Somebody who is not signed in and follows no redirect."""
    app = create_app(filled, sessions=SESSIONS)
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def wang(operator: Desk, cheap: None) -> None:
    """The account `wang`, whose password is PASSWORD."""
    people.create_account(operator, "wang", name="王", role=Role.CITY_STAFF, password=PASSWORD)


def enter(visitor: TestClient, **sent: str) -> object:
    return visitor.post("/login", data={"username": "wang", "password": PASSWORD} | sent)


def test_a_page_leads_to_the_login_and_the_api_answers_401(visitor: TestClient) -> None:
    page = visitor.get("/needs?county=乐清市&q=温升&size=50")
    assert page.status_code == 303
    parts = urlsplit(page.headers["location"])
    assert parts.path == "/login"
    target = parse_qs(parts.query)["next"][0]
    assert urlsplit(target).path == "/needs"
    assert parse_qs(urlsplit(target).query)["county"] == ["乐清市"]
    form = visitor.get(page.headers["location"])
    assert form.status_code == 200
    check_page(form.text)
    assert hidden(form.text)["next"] == target
    details = problem(visitor.get("/api/v1/needs"), 401, "http-401")
    assert details["title"] == "没有登录"


def test_a_long_address_is_found_again(visitor: TestClient) -> None:
    page = visitor.get("/needs", params={"q": "断路器触头温升" * 20})
    form = visitor.get(page.headers["location"])
    assert form.status_code == 200
    assert urlsplit(hidden(form.text)["next"]).path == "/needs"


def test_after_a_form_one_comes_back_to_its_page(visitor: TestClient) -> None:
    def target(referer: str) -> str:
        answer = visitor.post("/needs/N1/delete", headers={"referer": referer})
        query = parse_qs(urlsplit(answer.headers["location"]).query)
        return query["next"][0]

    assert target("http://testserver/needs/N1?x=1") == "/needs/N1?x=1"
    assert target("http://evil.example/needs/N1") == "/"
    assert target("") == "/"


@pytest.mark.usefixtures("wang")
def test_the_way_in(visitor: TestClient) -> None:
    answer = visitor.post(
        "/login", data={"username": "WANG ", "password": PASSWORD, "next": "/needs?q=温升"}
    )
    assert answer.status_code == 303
    assert urlsplit(answer.headers["location"]).path == "/needs"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie, "or it would not come back over http"
    assert visitor.get("/me").status_code == 200


@pytest.mark.usefixtures("wang")
def test_over_tls_the_cookie_stays_on_tls(filled: Matcher) -> None:
    app = create_app(filled, sessions=SESSIONS)
    with TestClient(app, base_url="https://testserver", follow_redirects=False) as visitor:
        answer = visitor.post("/login", data={"username": "wang", "password": PASSWORD})
    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.usefixtures("wang")
@pytest.mark.parametrize(
    ("trusted", "seen"), [("10.0.0.9", "203.0.113.7"), ("10.0.0.8", "10.0.0.9")]
)
def test_the_address_behind_a_proxy(filled: Matcher, trusted: str, seen: str) -> None:
    """What a proxy says is believed of a known proxy, and of nobody else."""
    app = ProxyHeadersMiddleware(create_app(filled, sessions=SESSIONS), trusted_hosts=trusted)
    headers = {"x-forwarded-for": "1.2.3.4, 203.0.113.7", "x-forwarded-proto": "https"}
    with TestClient(app, client=("10.0.0.9", 1), follow_redirects=False) as visitor:
        answer = visitor.post(
            "/login", data={"username": "wang", "password": PASSWORD}, headers=headers
        )
    assert ("secure" in answer.headers["set-cookie"].lower()) == (seen == "203.0.113.7")
    with filled.reading() as session:
        entries, _ = list_audit(session, action="login")
    assert entries[0].address == seen


@pytest.mark.usefixtures("wang")
def test_a_wrong_password_keeps_the_name_and_not_the_password(visitor: TestClient) -> None:
    answer = visitor.post(
        "/login", data={"username": '<b>"王', "password": "wrong-guess", "next": "/needs"}
    )
    assert answer.status_code == 422
    check_page(answer.text)
    assert "账号或口令不对" in answer.text
    assert "&lt;b&gt;&#34;王" in answer.text
    assert "wrong-guess" not in answer.text
    assert hidden(answer.text)["next"] == "/needs"
    assert "set-cookie" not in answer.headers


@pytest.mark.usefixtures("wang")
@pytest.mark.parametrize(
    "sent",
    [
        {"password": PASSWORD + "x" * 100_000},
        {"username": "x" * 100_000},
        {"username": "wang\0x"},
        {"password": ""},
        {},
    ],
)
def test_odd_logins_are_refused_like_any(visitor: TestClient, sent: dict[str, str]) -> None:
    given = {"username": "wang", "password": PASSWORD} | sent if sent else {}
    answer = visitor.post("/login", data=given)
    assert answer.status_code == 422
    assert len(answer.text) < 10_000


@pytest.mark.usefixtures("wang")
def test_too_many_wrong_passwords(visitor: TestClient) -> None:
    wrong = {"username": "wang", "password": "wrong"}
    statuses = {
        visitor.post("/login", data=wrong).status_code for _ in range(FAILURES_OF_NAME_AND_ADDRESS)
    }
    assert statuses == {422}
    stopped = visitor.post("/login", data=wrong | {"password": PASSWORD})
    assert stopped.status_code == 429
    assert "15 分钟" in stopped.text


@pytest.mark.usefixtures("wang")
def test_a_session_from_before_the_login_is_not_taken_over(
    visitor: TestClient, filled: Matcher
) -> None:
    planted = cookie_of(account(filled, Role.READ_ONLY))
    visitor.cookies.set(COOKIE, planted)
    answer = visitor.post("/login", data={"username": "wang", "password": PASSWORD})
    given = answer.cookies[COOKIE]
    assert given != planted
    before, after = SESSIONS.read(planted), SESSIONS.read(given)
    assert before is not None
    assert after is not None
    assert after.username == "wang"
    assert SESSIONS.form_token(before) != SESSIONS.form_token(after)


def test_a_login_from_another_site_is_refused(visitor: TestClient) -> None:
    answer = visitor.post("/login", data={}, headers={"origin": "http://evil.example"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "http://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "evil",
        "",
        "/" + "x" * 5000,
        "/login?next=/login",
        "/logout",
    ],
)
def test_the_login_leads_nowhere_else(target: str) -> None:
    assert own_address(target) == "/"


@pytest.mark.parametrize("target", ["/", "/needs?q=%E6%B8%A9&page=2", "/needs/a%20b", "/a//b"])
def test_the_login_leads_back(target: str) -> None:
    assert own_address(target) == target


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "x",
        "x.y.z",
        "é",
        Sessions("another secret that is long enough").begin("city_admin", 0),
        URLSafeTimedSerializer("a secret that only the tests know", salt="session").dumps("text"),
        URLSafeTimedSerializer("a secret that only the tests know", salt="session").dumps(
            ["city_admin", "no number", "nonce"]
        ),
        URLSafeTimedSerializer("a secret that only the tests know", salt="other").dumps(
            ["city_admin", 0, "nonce"]
        ),
    ],
    ids=["empty", "one", "three", "Latin", "secret", "text", "epoch", "salt"],
)
def test_forged_cookies_open_nothing(visitor: TestClient, filled: Matcher, cookie: str) -> None:
    account(filled)
    header = {"cookie": f"{COOKIE}={cookie}".encode()}
    assert visitor.get("/needs", headers=header).status_code == 303  # type: ignore[arg-type]


def test_a_cookie_ends_after_a_working_day(monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = SESSIONS.begin("wang", 0)
    signed = SESSIONS._serializer.make_signer(SESSIONS._serializer.salt).get_timestamp()  # type: ignore[attr-defined]
    for later, is_valid in [(LIFETIME - 60, True), (LIFETIME + 60, False), (-3600, False)]:
        monkeypatch.setattr(
            "itsdangerous.timed.TimestampSigner.get_timestamp", lambda _self, at=later: signed + at
        )
        assert (SESSIONS.read(cookie) is not None) == is_valid


def test_a_change_of_the_account_ends_its_sessions(
    client: TestClient, filled: Matcher, operator: Desk
) -> None:
    assert client.get("/me", follow_redirects=False).status_code == 200
    people.change(operator, "city_admin", name="别名", role=Role.CITY_ADMIN)
    assert client.get("/me", follow_redirects=False).status_code == 303


def test_leaving_ends_the_session_also_for_a_copy_of_the_cookie(
    client: TestClient, filled: Matcher
) -> None:
    copy = client.cookies[COOKIE]
    answer = client.post("/logout", follow_redirects=False)
    assert answer.headers["location"] == "/login?left=1"
    assert f'{COOKIE}=""' in answer.headers["set-cookie"]
    client.cookies.set(COOKIE, copy)
    assert client.get("/needs", follow_redirects=False).status_code == 303
    problem(client.get("/api/v1/needs"), 401, "http-401")
    with filled.reading() as session:
        assert list_audit(session, action="logout", subject=Subject.ACCOUNT)[1] == 1


def test_leaving_needs_the_token_too(client: TestClient) -> None:
    del client.headers[CSRF_HEADER]
    assert client.post("/logout").status_code == 403
    assert client.get("/me", follow_redirects=False).status_code == 200


@pytest.mark.parametrize("kind", ["urlencoded", "multipart", "Multipart"])
def test_a_form_carries_the_token_of_its_session(
    client: TestClient, filled: Matcher, kind: str
) -> None:
    token = client.headers.pop(CSRF_HEADER)
    other = SESSIONS.read(cookie_of(account(filled, Role.READ_ONLY)))
    assert other is not None

    def send(sent: str) -> int:
        fields = {"county": "乐清市", "csrf": sent}
        if kind == "urlencoded":
            return client.post("/links/new", data=fields).status_code
        files = {name: (None, value) for name, value in fields.items()}
        request = client.build_request("POST", "/links/new", files=files)
        if kind == "Multipart":
            given = request.headers["content-type"]
            request.headers["content-type"] = given.replace("multipart", "Multipart", 1)
        return client.send(request).status_code

    assert send(token) == 200
    assert send(SESSIONS.form_token(other)) == 403
    assert send("é") == 403
    assert send("") == 403


def test_a_file_is_no_token(client: TestClient) -> None:
    token = client.headers.pop(CSRF_HEADER)
    answer = client.post("/links/new", files={"csrf": ("token.txt", token)})
    assert answer.status_code == 403


def test_the_api_with_a_cookie_needs_the_header(client: TestClient) -> None:
    body = {"county": "乐清市"}
    assert client.post("/api/v1/links", json=body).status_code == 201
    token = client.headers.pop(CSRF_HEADER)
    problem(client.post("/api/v1/links", json=body), 403, "http-403")
    problem(client.post("/api/v1/links", json=body | {"csrf": token}), 403, "http-403")
    plain = {"content-type": "text/plain"}
    problem(client.post("/api/v1/links", content="{}", headers=plain), 403, "http-403")
    basic = {"authorization": "Basic eDp5"}
    problem(client.post("/api/v1/links", json=body, headers=basic), 403, "http-403")
    assert client.get("/api/v1/links").status_code == 200


def test_a_key_needs_no_token_and_brings_no_session(visitor: TestClient, operator: Desk) -> None:
    _, shown = keys.create(operator, "平台", role=Role.CITY_STAFF)
    visitor.headers["authorization"] = f"bearer {shown}"
    assert visitor.post("/api/v1/links", json={"county": "乐清市"}).status_code == 201
    assert "set-cookie" not in visitor.get("/api/v1/links").headers
    visitor.headers["authorization"] = f"Bearer {shown}x"
    details = problem(visitor.get("/api/v1/links"), 401, "http-401")
    assert "接口密钥无效" in details["detail"]


@pytest.mark.parametrize("path", ["/", "/needs", "/needs/N1", "/partners/X1", "/pairings", "/help"])
def test_pages_show_themselves_to_a_key(visitor: TestClient, operator: Desk, path: str) -> None:
    _, shown = keys.create(operator, "平台", role=Role.READ_ONLY)
    answer = visitor.get(path, headers={"Authorization": f"Bearer {shown}"})
    assert answer.status_code == 200
    assert "平台" in answer.text


def test_a_wrong_key_is_not_made_good_by_a_cookie(client: TestClient) -> None:
    headers = {"authorization": "Bearer nm_aa_bb"}
    problem(client.get("/api/v1/links", headers=headers), 401, "http-401")


def test_a_key_that_may_read_may_not_write(visitor: TestClient, operator: Desk) -> None:
    scope = frozenset({Permission.READ})
    _, shown = keys.create(operator, "平台", role=Role.CITY_STAFF, scope=scope)
    visitor.headers["authorization"] = f"Bearer {shown}"
    assert visitor.get("/api/v1/me").json()["permissions"] == ["read"]
    for path, body in {
        "/api/v1/links": {"county": "乐清市"},
        "/api/v1/accounts": {"username": "new", "name": "新", "role": "read_only"},
        "/api/v1/keys": {"name": "平台", "role": "read_only"},
        "/api/v1/needs": {"title": "断路器触头温升过高", "problem": "触头发热，温升超过标准"},
    }.items():
        problem(visitor.post(path, json=body), 403, "forbidden")
    for path in ("/api/v1/accounts", "/api/v1/keys", "/api/v1/links", "/api/v1/audit"):
        problem(visitor.get(path), 403, "forbidden")
    for path in ("/logout", "/me/password"):
        answer = visitor.post(path, data={"old": "x", "new": "y" * 12, "again": "y" * 12})
        assert answer.status_code in {403, 422}, path


def test_a_short_secret_signs_nothing() -> None:
    with pytest.raises(InvalidInputError, match="MATCHER_SECRET"):
        Sessions("short")


def test_all_processes_share_one_secret(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = shared_secret(home)
    assert shared_secret(home) == first
    assert (home / "secret.key").stat().st_mode & 0o077 == 0
    assert [path.name for path in home.iterdir()] == ["secret.key"]
