"""Contact data over HTTP."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from matcher.people import Role
from matcher.service import Matcher
from tests.api.html import check_page, text
from tests.api.problems import fields, problem
from tests.directory import fill_directory
from tests.people import account, sign_in

BODY: dict[str, Any] = {
    "owner": "enterprise",
    "owner_id": "E1",
    "name": "示例联系人",
    "phone": "13800001234",
    "position": "技术部长",
}


@pytest.fixture
def client(client: TestClient, filled: Matcher) -> TestClient:
    fill_directory(filled)
    return client


def test_a_contact_is_masked_until_it_is_asked_for(client: TestClient) -> None:
    made = client.post("/api/v1/contacts", json=BODY)
    assert made.status_code == 201
    query = {"owner": "enterprise", "owner_id": "E1"}
    (listed,) = client.get("/api/v1/contacts", params=query).json()
    assert (listed["masked"], listed["phone"]) == (True, "138******34")
    assert (listed["owner_label"], listed["secrecy_label"]) == ("企业", "内部")
    shown = client.post(f"/api/v1/contacts/{listed['id']}/reveal").json()
    assert shown == made.json()
    assert shown["phone"] == BODY["phone"]


def test_change_and_delete(client: TestClient) -> None:
    made = client.post("/api/v1/contacts", json=BODY).json()
    own = f"/api/v1/contacts/{made['id']}"
    changed = client.put(own, json=made | {"phone": "0577-00000000", "secrecy": "公开"})
    assert changed.json() == made | {
        "phone": "0577-00000000",
        "secrecy": "public",
        "secrecy_label": "公开",
    }
    assert client.delete(own).status_code == 204
    problem(client.post(f"{own}/reveal"), 404, "not-found")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"owner": "wizard"}, "owner"),
        ({"owner": None}, "owner"),
        ({"owner_id": ""}, "owner_id"),
        ({"name": ["a"]}, "name"),
        ({"phone": "请打总机"}, "phone"),
        ({"secrecy": "神秘"}, "secrecy"),
        ({"fax": "1"}, "fax"),
    ],
)
def test_faults(client: TestClient, changes: dict[str, object], field: str) -> None:
    details = problem(client.post("/api/v1/contacts", json=BODY | changes), 422, "invalid-input")
    assert fields(details) == [field]


def test_who_may_not(client: TestClient, filled: Matcher) -> None:
    made = client.post("/api/v1/contacts", json=BODY).json()
    own = f"/api/v1/contacts/{made['id']}"
    sign_in(client, account(filled, Role.READ_ONLY))
    problem(client.post(f"{own}/reveal"), 403, "forbidden")
    problem(client.put(own, json=made), 403, "forbidden")
    sign_in(client, account(filled, Role.COUNTY_STAFF, "平阳县"))
    query = {"owner": "enterprise", "owner_id": "E1"}
    problem(client.get("/api/v1/contacts", params=query), 404, "not-found")
    for response in (
        client.post(f"{own}/reveal"),
        client.put(own, json=made),
        client.delete(own),
        client.post("/api/v1/contacts", json=BODY),
    ):
        problem(response, 404, "not-found")


def test_a_number_that_no_contact_has(client: TestClient) -> None:
    problem(client.post("/api/v1/contacts/404/reveal"), 404, "not-found")
    problem(client.post(f"/api/v1/contacts/{2**63}/reveal"), 422, "invalid-input")


def test_the_pages_for_a_contact(client: TestClient) -> None:
    page = client.get("/contacts/new", params={"owner": "partner", "owner_id": "P1"}).text
    check_page(page)
    typed = {"owner": "partner", "owner_id": "P1", "name": "秘书", "secrecy": "internal"}
    wrong = client.post("/contacts/new", data=typed | {"phone": "x"})
    assert wrong.status_code == 422
    check_page(wrong.text)
    assert 'value="秘书"' in wrong.text
    done = client.post(
        "/contacts/new", data=typed | {"phone": "0571-12345678"}, follow_redirects=False
    )
    assert done.headers["location"] == "/partners/P1?done=contact"
    assert "0571-12345678" not in client.get("/partners/P1").text
    (made,) = client.get("/api/v1/contacts", params={"owner": "partner", "owner_id": "P1"}).json()
    own = f"/contacts/{made['id']}"
    shown = client.post(f"{own}/view").text
    check_page(shown)
    assert "0571-12345678" in text(shown)
    edit = client.get(f"{own}/edit").text
    check_page(edit)
    assert 'value="0571-12345678"' in edit
    client.post(f"{own}/edit", data=typed | {"phone": "0571-87654321"})
    assert "0571-87654321" in client.post(f"{own}/view").text
    gone = client.post(f"{own}/delete", follow_redirects=False)
    assert gone.headers["location"] == "/partners/P1?done=contact-gone"
    assert "还没有联系方式" in text(client.get("/partners/P1").text)
