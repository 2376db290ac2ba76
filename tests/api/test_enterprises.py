"""Enterprises over HTTP."""

from starlette.testclient import TestClient

from matcher.people import Role
from matcher.service import Matcher
from tests.api.problems import fields, problem
from tests.directory import fill_directory
from tests.people import account, sign_in

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


def test_filters(client: TestClient, filled: Matcher) -> None:
    fill_directory(filled)

    def ids(**query: object) -> list[str]:
        found = client.get("/api/v1/enterprises", params=query).json()  # type: ignore[arg-type]
        return [item["id"] for item in found["items"]]

    assert ids(industry="3823") == ids(size="中型") == ids(mark=["high_tech"]) == ["E1"]
    assert ids(mark=["high_tech", "leading"]) == []
    assert ids(sort="county") == ["E1", "E2"]
    assert ids(sort="-county") == ["E2", "E1"]
    for query in ({"sort": "colour"}, {"mark": "blue"}, {"size": "giant"}):
        details = problem(client.get("/api/v1/enterprises", params=query), 422, "invalid-input")
        assert fields(details) == list(query)


def test_put_and_delete(client: TestClient) -> None:
    made = client.put("/api/v1/enterprises/E1", json=BODY)
    assert made.status_code == 201
    shown = made.json() | {"staff_count": 12}
    assert client.put("/api/v1/enterprises/E1", json=shown).status_code == 200
    assert client.get("/api/v1/enterprises/E1").json()["staff_count"] == 12
    details = problem(
        client.put("/api/v1/enterprises/E1", json=BODY | {"id": "E2"}), 422, "invalid-input"
    )
    assert fields(details) == ["id"]
    assert client.delete("/api/v1/enterprises/E1").status_code == 204
    problem(client.delete("/api/v1/enterprises/E1"), 404, "not-found")


def test_nothing_of_another_county_is_told(client: TestClient, filled: Matcher) -> None:
    fill_directory(filled)
    sign_in(client, account(filled, Role.COUNTY_STAFF, "乐清市"))
    for query in ({}, {"q": "皮革"}, {"county": "平阳县"}, {"q": "示例", "limit": 20}):
        found = client.get("/api/v1/enterprises", params=query)  # type: ignore[arg-type]
        assert "皮革" not in found.text
        assert found.json()["total"] == len(found.json()["items"])
    problem(client.get("/api/v1/enterprises/E2"), 404, "not-found")
    problem(client.put("/api/v1/enterprises/E2", json=BODY), 404, "not-found")
    elsewhere = BODY | {"id": "E3", "county": "平阳县"}
    problem(client.post("/api/v1/enterprises", json=elsewhere), 403, "forbidden")
