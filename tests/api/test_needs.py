"""Needs over HTTP."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from matcher.records import Enterprise
from matcher.service import Matcher
from matcher.store.enterprises import save_enterprises
from tests.api.problems import fields, problem

BODY: dict[str, Any] = {
    "title": "阀门填料泄漏",
    "problem": "高温闸阀填料函泄漏，换过柔性石墨填料仍超标，要求逸散量低于 100 ppm。",
    "keywords": ["阀门", "填料"],
    "field": "materials",
    "deadline": "2027-06-30",
    "budget": 80,
    "solution_mode": "合作研发",
    "enterprise_name": "示例阀门有限公司",
    "county": "永嘉县",
}


def test_create_and_show(client: TestClient) -> None:
    created = client.post("/api/v1/needs", json=BODY | {"id": "2026-9"})
    assert created.status_code == 201
    assert created.headers["location"] == "/api/v1/needs/2026-9"
    saved = created.json()
    assert saved["field"] == "materials"
    assert saved["field_label"] == "新材料及应用"
    assert saved["solution_mode"] == "joint"
    assert saved["budget"] == 80
    assert saved["notes"] == []
    shown = client.get("/api/v1/needs/2026-9").json()
    assert (shown["status"], shown["status_label"]) == ("pending", "待审核")
    assert [step["after_label"] for step in shown.pop("steps")] == ["待审核"]
    assert "联系人" in shown.pop("missing")
    of_saving = {"notes", "similar", "warnings"}
    assert shown == {name: value for name, value in saved.items() if name not in of_saving}


def test_a_need_without_id_gets_one_and_keeps_it(client: TestClient) -> None:
    created = client.post("/api/v1/needs", json=BODY)
    assert client.get(created.headers["location"]).json()["id"] == created.json()["id"]
    problem(client.post("/api/v1/needs", json=BODY), 409, "conflict")


def test_a_response_can_be_sent_back(client: TestClient) -> None:
    saved = client.post("/api/v1/needs", json=BODY).json()
    again = client.put(f"/api/v1/needs/{saved['id']}", json=saved | {"budget": 90})
    assert again.status_code == 200
    assert again.json() == saved | {"budget": 90}


def test_the_enterprise_is_found_by_name_or_created(client: TestClient, filled: Matcher) -> None:
    known = Enterprise(id="E1", name="示例阀门有限公司", county="龙湾区")
    with filled.writing() as session:
        save_enterprises(session, [known])
    first = client.post("/api/v1/needs", json=BODY | {"county": ""}).json()
    assert (first["enterprise_id"], first["county"]) == ("E1", "龙湾区")
    other = BODY | {"title": "另一个需求", "enterprise_name": "新来的有限公司"}
    second = client.post("/api/v1/needs", json=other).json()
    created = client.get(f"/api/v1/enterprises/{second['enterprise_id']}").json()
    assert created["name"] == "新来的有限公司"
    assert created["county"] == "永嘉县"


def test_an_enterprise_id_must_exist(client: TestClient) -> None:
    body = BODY | {"enterprise_name": "", "enterprise_id": "E404"}
    details = problem(client.post("/api/v1/needs", json=body), 422, "invalid-input")
    assert fields(details) == ["enterprise_id"]


def test_all_faults_come_at_once(client: TestClient) -> None:
    wrong = BODY | {
        "deadline": "明年",
        "budget": -3,
        "solution_mode": "看情况",
        "title": "长" * 201,
    }
    details = problem(client.post("/api/v1/needs", json=wrong), 422, "invalid-input")
    assert set(fields(details)) == {"deadline", "budget", "solution_mode", "title"}
    deadline = next(error for error in details["errors"] if error["field"] == "deadline")
    assert deadline["label"] == "需求时限"
    assert deadline["value"] == "明年"
    assert "2026-11-22" in deadline["message"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "断路器"}, "title"),
        ({}, "title"),
        ({"title": "阀门填料泄漏", "problem": "漏" * 50_000}, "problem"),
        ({**BODY, "titel": "x"}, "titel"),
    ],
    ids=["one word", "nothing", "50,000 characters", "misspelt field"],
)
def test_a_need_that_cannot_be_taken(client: TestClient, body: dict[str, Any], field: str) -> None:
    details = problem(client.post("/api/v1/needs", json=body), 422, "invalid-input")
    assert fields(details) == [field]


@pytest.mark.parametrize("body", ["[1]", '"text"', "null"])
def test_a_body_that_is_no_object(client: TestClient, body: str) -> None:
    response = client.post(
        "/api/v1/needs", content=body, headers={"content-type": "application/json"}
    )
    assert fields(problem(response, 422, "invalid-input")) == ["body"]


def test_personal_numbers_are_hidden_and_noted(client: TestClient) -> None:
    body = BODY | {"problem": BODY["problem"] + "请联系 13800138000。"}
    saved = client.post("/api/v1/needs", json=body).json()
    assert "13800138000" not in saved["problem"]
    assert [note["field"] for note in saved["notes"]] == ["problem"]


def test_put_creates_then_replaces(client: TestClient) -> None:
    first = client.put("/api/v1/needs/2026/浙-7", json=BODY)
    assert first.status_code == 201
    assert first.json()["id"] == "2026/浙-7"
    shorter = {name: BODY[name] for name in ("title", "problem")}
    second = client.put("/api/v1/needs/2026/浙-7", json=shorter)
    assert second.status_code == 200
    shown = client.get("/api/v1/needs/2026%2F浙-7").json()
    assert shown["budget"] is None
    assert shown["keywords"] == []


def test_put_under_another_id_is_refused(client: TestClient) -> None:
    details = problem(client.put("/api/v1/needs/A", json=BODY | {"id": "B"}), 422, "invalid-input")
    assert fields(details) == ["id"]
    details = problem(client.put("/api/v1/needs/%20A", json=BODY), 422, "invalid-input")
    assert fields(details) == ["id"]
    assert client.get("/api/v1/needs/A").status_code == 404


@pytest.mark.parametrize(
    ("identifier", "said"),
    [
        ("a/similar", "/similar"),
        ("a/needs", "/needs"),
        (" a/edit ", "/edit"),
        ("2026/a/delete", "/delete"),
        ("new", "new"),
        ("a/../b", "浏览器"),
    ],
)
def test_an_id_without_an_address_is_refused(
    client: TestClient, identifier: str, said: str
) -> None:
    response = client.post("/api/v1/needs", json=BODY | {"id": identifier, "budget": "很多"})
    details = problem(response, 422, "invalid-input")
    assert fields(details) == ["id", "budget"]
    assert said in details["errors"][0]["message"]
    if ".." not in identifier:
        response = client.put(f"/api/v1/needs/{identifier}", json=BODY)
        assert fields(problem(response, 422, "invalid-input")) == ["id"]
    assert client.get("/api/v1/needs").json()["total"] == 3


@pytest.mark.parametrize("identifier", ["similar", "a/new", "a/edited", "edit/a", "a..b"])
def test_an_id_like_a_reserved_one_can_be_fetched(client: TestClient, identifier: str) -> None:
    created = client.post("/api/v1/needs", json=BODY | {"id": identifier})
    assert client.get(created.headers["location"]).json()["id"] == identifier
    assert client.get(f"/needs/{identifier}").status_code == 200
    assert client.get(f"/needs/{identifier}/edit").status_code == 200


def test_delete(client: TestClient) -> None:
    assert client.delete("/api/v1/needs/N1").status_code == 204
    problem(client.get("/api/v1/needs/N1"), 404, "not-found")
    problem(client.delete("/api/v1/needs/N1"), 404, "not-found")
    similar = client.get("/api/v1/needs/N3/similar").json()
    assert "N1" not in [match["need"]["id"] for match in similar["matches"]]


def test_list_and_filters(client: TestClient) -> None:
    client.post("/api/v1/needs", json=BODY | {"id": "N9", "submitted": "2026-11-01"})
    everything = client.get("/api/v1/needs").json()
    assert everything["total"] == 4
    assert everything["items"][0]["id"] == "N9", "latest submission first"

    def ids(**query: str) -> list[str]:
        found = client.get("/api/v1/needs", params=query).json()
        return sorted(item["id"] for item in found["items"])

    assert ids(county="永嘉县") == ["N9"]
    assert ids(field="materials") == ids(field="新材料及应用") == ["N9"]
    assert ids(q="断路器") == ["N1", "N3"]
    assert ids(q="100%") == []
    assert ids(nonsense="x") == ["N1", "N2", "N3", "N9"]


def test_paging(client: TestClient) -> None:
    first = client.get("/api/v1/needs", params={"limit": 2}).json()
    second = client.get("/api/v1/needs", params={"limit": 2, "offset": 2}).json()
    assert (first["total"], first["limit"], second["offset"]) == (3, 2, 2)
    ids = [item["id"] for item in first["items"] + second["items"]]
    assert sorted(ids) == ["N1", "N2", "N3"]
    beyond = client.get("/api/v1/needs", params={"offset": 999_999_999}).json()
    assert (beyond["items"], beyond["total"]) == ([], 3)


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 201}, {"limit": "x"}, {"offset": -1}, {"offset": 10**30}]
)
def test_paging_bounds(client: TestClient, query: dict[str, str]) -> None:
    details = problem(client.get("/api/v1/needs", params=query), 422, "invalid-input")
    assert fields(details) == list(query)


def test_an_unknown_field_names_the_known_ones(client: TestClient) -> None:
    details = problem(client.get("/api/v1/needs?field=魔法"), 422, "invalid-input")
    assert fields(details) == ["field"]
    assert "新材料及应用（materials）" in details["detail"]


def test_similar(client: TestClient) -> None:
    answer = client.get("/api/v1/needs/N1/similar", params={"top": 1}).json()
    (match,) = answer["matches"]
    assert match["need"]["id"] == "N3"
    assert match["rank"] == 1
    problem(client.get("/api/v1/needs/N404/similar"), 404, "not-found")
    problem(client.get("/api/v1/needs/N1/similar?top=0"), 422, "invalid-input")
