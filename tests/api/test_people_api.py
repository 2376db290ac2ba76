"""Accounts, keys, links and the audit log over HTTP."""

import json

import pytest
from starlette.testclient import TestClient

from matcher.desk import people
from matcher.people import Role
from matcher.people.days import today
from matcher.service import Matcher
from tests.api.problems import fields, problem
from tests.people import account, sign_in

API = "/api/v1"
NEW = {"username": "wang", "name": "王示例", "role": "县级工作人员", "county": "乐清市"}


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "hash_password", lambda password, _name: f"of {password}")


def test_who_asks(client: TestClient) -> None:
    answer = client.get(f"{API}/me").json()
    assert (answer["id"], answer["role_label"], answer["county"]) == (
        "city_admin",
        "市级管理员",
        "",
    )
    assert "admin" in answer["permissions"]


def test_the_life_of_an_account(client: TestClient) -> None:
    made = client.post(f"{API}/accounts", json=NEW)
    assert made.status_code == 201
    assert made.headers["location"] == f"{API}/accounts/wang"
    assert made.headers["cache-control"] == "no-store"
    body = made.json()
    assert body["role"] == "county_staff"
    assert len(body["password"]) == 19
    problem(client.post(f"{API}/accounts", json=NEW), 409, "conflict")
    shown = client.get(f"{API}/accounts/wang").json()
    assert "password" not in shown
    change = {"name": "王五", "role": "read_only", "version": shown["version"]}
    changed = client.put(f"{API}/accounts/wang", json=change)
    assert changed.status_code == 200
    assert changed.json()["role_label"] == "只读"
    problem(client.put(f"{API}/accounts/wang", json=change), 409, "conflict")
    off = client.put(f"{API}/accounts/wang", json={**change, "version": "", "active": False})
    assert off.json()["active"] is False
    listed = client.get(f"{API}/accounts?active=no").json()
    assert (listed["total"], listed["items"][0]["username"]) == (1, "wang")
    reset = client.post(f"{API}/accounts/wang/password").json()
    assert reset["password"] != body["password"]
    problem(client.get(f"{API}/accounts/nobody"), 404, "not-found")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"username": 7}, "username"),
        ({"username": "\ud800"}, "username"),
        ({"name": None}, "name"),
        ({"role": ["city_staff"]}, "role"),
        ({"role": "\ud800"}, "role"),
        ({"county": ""}, "county"),
        ({"password": "mine"}, "password"),
    ],
)
def test_what_is_wrong_with_an_account(
    client: TestClient, given: dict[str, object], field: str
) -> None:
    content = json.dumps(NEW | given)
    headers = {"content-type": "application/json"}
    answer = client.post(f"{API}/accounts", content=content, headers=headers)
    assert fields(problem(answer, 422, "invalid-input")) == [field]


def test_the_life_of_a_key(client: TestClient) -> None:
    sent = {"name": "平台", "role": "read_only", "scope": ["查看"], "last_day": str(today())}
    made = client.post(f"{API}/keys", json=sent)
    assert made.status_code == 201
    key = made.json()
    assert (key["scope"], key["validity_label"], key["last_day"]) == (
        ["read"],
        "有效",
        str(today()),
    )
    headers = {"authorization": f"Bearer {key['key']}"}
    assert client.get(f"{API}/me", headers=headers).json()["kind"] == "key"
    assert client.get(f"{API}/keys").json()["items"][0]["last_used"] is not None
    assert "key" not in client.get(f"{API}/keys/{key['prefix']}").json()
    revoked = client.post(f"{API}/keys/{key['prefix']}/revoke").json()
    assert revoked["validity"] == "closed"
    problem(client.get(f"{API}/me", headers=headers), 401, "http-401")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"role": "city_admin"}, "role"),
        ({"scope": ["edit"]}, "scope"),
        ({"scope": []}, "scope"),
        ({"scope": [1]}, "scope"),
        ({"last_day": "2026-13-01"}, "last_day"),
        ({"last_day": 5}, "last_day"),
    ],
)
def test_what_is_wrong_with_a_key(client: TestClient, given: dict[str, object], field: str) -> None:
    answer = client.post(f"{API}/keys", json={"name": "平台", "role": "read_only"} | given)
    assert fields(problem(answer, 422, "invalid-input")) == [field]


def test_the_life_of_a_link(client: TestClient, filled: Matcher) -> None:
    made = client.post(f"{API}/links", json={"county": "平阳县"})
    assert made.status_code == 201
    link = made.json()
    assert link["url"].startswith("http://testserver/submit/")
    sign_in(client, account(filled, Role.COUNTY_STAFF, "乐清市"))
    problem(client.get(f"{API}/links/{link['id']}"), 404, "not-found")
    problem(client.post(f"{API}/links/{link['id']}/close"), 404, "not-found")
    problem(client.post(f"{API}/links", json={"county": "平阳县"}), 403, "forbidden")
    assert client.get(f"{API}/links").json()["total"] == 0
    own = client.post(f"{API}/links", json={"county": "乐清市", "label": "征集"}).json()
    assert client.get(f"{API}/links?q=征集").json()["items"][0]["id"] == own["id"]
    assert client.post(f"{API}/links/{own['id']}/close").json()["validity_label"] == "已停用"


def test_the_log(client: TestClient) -> None:
    client.post(f"{API}/accounts", json=NEW)
    answer = client.get(f"{API}/audit?action=新建&subject=account&since={today()}").json()
    assert (answer["total"], answer["items"][0]["subject_id"]) == (1, "wang")
    problem(client.get(f"{API}/audit?since=x"), 422, "invalid-input")


@pytest.mark.parametrize("role", [Role.CITY_STAFF, Role.READ_ONLY])
def test_others_administer_nothing(client: TestClient, filled: Matcher, role: Role) -> None:
    sign_in(client, account(filled, role))
    for path in ("accounts", "accounts/city_admin", "keys", "keys/x", "audit"):
        problem(client.get(f"{API}/{path}"), 403, "forbidden")
    for path, body in {"accounts": NEW, "keys": {"name": "x", "role": "read_only"}}.items():
        problem(client.post(f"{API}/{path}", json=body), 403, "forbidden")
