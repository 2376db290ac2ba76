"""Enterprises over HTTP."""

from starlette.testclient import TestClient

from tests.api.problems import fields, problem

BODY = {"name": "示例电气有限公司", "county": "乐清市", "size": "中型", "high_tech": True}


def test_create_show_and_list(client: TestClient) -> None:
    created = client.post("/api/v1/enterprises", json=BODY | {"id": "E1"})
    assert created.status_code == 201
    shown = client.get(created.headers["location"]).json()
    assert (shown["size"], shown["size_label"], shown["high_tech"]) == ("medium", "中型", True)
    assert shown["staff_count"] is None
    client.post("/api/v1/enterprises", json=BODY | {"name": "别的有限公司", "county": "瑞安市"})
    found = client.get("/api/v1/enterprises", params={"q": "电气", "county": "乐清市"}).json()
    assert [item["id"] for item in found["items"]] == ["E1"]
    assert client.get("/api/v1/enterprises").json()["total"] == 2


def test_the_same_enterprise_twice_is_a_conflict(client: TestClient) -> None:
    client.post("/api/v1/enterprises", json=BODY)
    problem(client.post("/api/v1/enterprises", json=BODY), 409, "conflict")


def test_faults(client: TestClient) -> None:
    wrong = BODY | {"credit_code": "123", "staff_count": "许多", "size": "巨型"}
    details = problem(client.post("/api/v1/enterprises", json=wrong), 422, "invalid-input")
    assert set(fields(details)) == {"credit_code", "staff_count", "size"}


def test_unknown(client: TestClient) -> None:
    problem(client.get("/api/v1/enterprises/E404"), 404, "not-found")
