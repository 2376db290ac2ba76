"""Partners over HTTP."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from matcher.people import Role
from matcher.service import Matcher
from tests.api.problems import fields, problem
from tests.directory import add_pairing, fill_directory
from tests.people import account, sign_in

BODY: dict[str, Any] = {
    "kind": "院士专家",
    "name": "阀门专家",
    "title": "教授",
    "affiliation": "示例大学",
    "region": "浙江省杭州市",
    "disciplines": ["流体机械"],
    "profile": "研究阀门密封与填料。",
    "evidence": [
        {
            "type": "论文",
            "title": "柔性石墨填料的逸散特性",
            "text": "比较了三种填料。",
            "year": 2022,
        },
        {"type": "patent", "title": "一种阀杆密封结构"},
    ],
}


def test_create_and_show(client: TestClient) -> None:
    created = client.post("/api/v1/partners", json=BODY | {"id": "P1"})
    assert created.status_code == 201
    assert created.headers["location"] == "/api/v1/partners/P1"
    shown = client.get("/api/v1/partners/P1").json()
    assert (shown["kind"], shown["kind_label"]) == ("expert", "院士专家")
    assert [item["type"] for item in shown["evidence"]] == ["paper", "patent"]
    assert shown["evidence"][0]["type_label"] == "论文"
    assert shown["evidence"][0]["year"] == 2022
    assert shown | {"notes": []} == created.json()
    problem(client.post("/api/v1/partners", json=BODY | {"id": "P1"}), 409, "conflict")


def test_a_response_can_be_sent_back(client: TestClient) -> None:
    shown = client.get("/api/v1/partners/X1").json()
    again = client.put("/api/v1/partners/X1", json=shown)
    assert again.status_code == 200
    assert client.get("/api/v1/partners/X1").json() == shown


def test_put_creates(client: TestClient) -> None:
    created = client.put("/api/v1/partners/P2", json=BODY)
    assert created.status_code == 201
    found = client.post("/api/v1/match", json={"text": "阀门柔性石墨填料逸散超标怎么办", "top": 1})
    assert found.json()["matches"][0]["partner"]["id"] == "P2", "searchable at once"


def test_all_faults_come_at_once(client: TestClient) -> None:
    wrong = BODY | {
        "kind": "神仙",
        "name": "",
        "evidence": [{"type": "paper", "title": "题目", "year": "去年"}],
    }
    details = problem(client.post("/api/v1/partners", json=wrong), 422, "invalid-input")
    assert set(fields(details)) == {"kind", "name", "year"}


def test_a_misspelt_field_of_evidence_is_named_by_its_place(client: TestClient) -> None:
    wrong = BODY | {"evidence": [{"type": "paper", "title": "题目", "jahr": 2020}]}
    details = problem(client.post("/api/v1/partners", json=wrong), 422, "invalid-input")
    assert fields(details) == ["evidence.0.jahr"]


def test_list_and_filters(client: TestClient) -> None:
    def ids(**query: str) -> set[str]:
        found = client.get("/api/v1/partners", params=query).json()
        assert found["total"] == len(found["items"])
        return {item["id"] for item in found["items"]}

    assert ids() == {"X1", "X2", "S1", "O1"}
    assert ids(kind="expert") == ids(kind="院士专家") == {"X1", "X2"}
    assert ids(region="四川省") == ids(region="成都") == {"X2"}
    assert ids(q="Chemists") == {"O1"}
    details = problem(client.get("/api/v1/partners?kind=wizard"), 422, "invalid-input")
    assert fields(details) == ["kind"]


def test_a_list_shows_summaries(client: TestClient) -> None:
    item = client.get("/api/v1/partners?q=触头").json()["items"][0]
    assert item["sample"] is True
    assert not {"profile", "evidence"} & set(item)


@pytest.mark.parametrize("identifier", ["a/needs", "a/b/edit", "new", "./a"])
def test_an_id_without_an_address_is_refused(client: TestClient, identifier: str) -> None:
    response = client.post("/api/v1/partners", json=BODY | {"id": identifier})
    assert fields(problem(response, 422, "invalid-input")) == ["id"]


def test_delete(client: TestClient) -> None:
    assert client.delete("/api/v1/partners/X1").status_code == 204
    problem(client.get("/api/v1/partners/X1"), 404, "not-found")
    problem(client.delete("/api/v1/partners/X1"), 404, "not-found")
    found = client.post("/api/v1/match", json={"need_id": "N1"}).json()
    assert "X1" not in [match["partner"]["id"] for match in found["matches"]]


def test_needs_for_a_partner(client: TestClient) -> None:
    answer = client.get("/api/v1/partners/X2/needs", params={"top": 2}).json()
    assert answer["matches"][0]["need"]["id"] == "N2"
    assert len(answer["matches"]) == 2
    problem(client.get("/api/v1/partners/X404/needs"), 404, "not-found")


def test_facts(client: TestClient, filled: Matcher) -> None:
    fill_directory(filled)
    empty = client.get("/api/v1/partners/P1/facts").json()
    assert (empty["version"], empty["aliases"], empty["capacity"]) == (0, [], None)
    known = {"aliases": ["示老师"], "capacity": 2, "conflicts": ["示例电气有限公司"], "version": 0}
    saved = client.put("/api/v1/partners/P1/facts", json=known)
    assert saved.status_code == 200
    assert (saved.json()["conflicts"], saved.json()["version"]) == (["E1"], 1)
    problem(client.put("/api/v1/partners/P1/facts", json=known), 409, "conflict")
    found = client.get("/api/v1/partners", params={"q": "示老师"}).json()
    assert [item["id"] for item in found["items"]] == ["P1"]
    called = client.post("/api/v1/partners/P1/contacted").json()
    assert called["last_contacted"] is not None
    assert client.put("/api/v1/partners/P1/facts", json=called).json() == called
    wrong = {"capacity": "许多", "last_contacted": "昨天", "conflicts": []}
    details = problem(client.put("/api/v1/partners/P1/facts", json=wrong), 422, "invalid-input")
    assert set(fields(details)) == {"capacity", "last_contacted"}


def test_merge_and_undo(client: TestClient, filled: Matcher) -> None:
    fill_directory(filled)
    (twin,) = client.get("/api/v1/partners/P1/twins").json()
    assert twin["partner"]["id"] == "P2"
    planned = client.get("/api/v1/partners/P1/merge", params={"other": "P2"}).json()
    assert len(planned["partner"]["evidence"]) == 3
    assert [item["id"] for item in planned["repeated"]] == ["P2-1"]
    body = {"other": "P2", "seen": planned["seen"]}
    done = client.post("/api/v1/partners/P1/merge", json=body)
    assert done.status_code == 200
    assert client.get("/api/v1/partners/P1").json() == planned["partner"]
    problem(client.get("/api/v1/partners/P2"), 404, "not-found")
    undone = client.post(f"/api/v1/partners/merges/{done.json()['id']}/undo")
    assert undone.json() == done.json()
    assert client.get("/api/v1/partners/P2").json()["name"] == "示例教授"
    problem(client.post("/api/v1/partners/P1/merge", json=body | {"seen": "x"}), 409, "conflict")


def test_a_partner_with_pairings_stays(client: TestClient, filled: Matcher) -> None:
    with filled.writing() as session:
        add_pairing(session, "N1", "X1")
    assert "1 个对接" in problem(client.delete("/api/v1/partners/X1"), 409, "conflict")["detail"]


def test_order(client: TestClient) -> None:
    found = client.get("/api/v1/partners", params={"sort": "-evidence", "limit": 1}).json()
    assert found["items"][0]["id"] == "X1"
    details = problem(client.get("/api/v1/partners?sort=colour"), 422, "invalid-input")
    assert fields(details) == ["sort"]


def test_staff_of_a_county_see_partners_and_their_own_needs(
    client: TestClient, filled: Matcher
) -> None:
    sign_in(client, account(filled, Role.COUNTY_STAFF, "平阳县"))
    assert client.get("/api/v1/partners").json()["total"] == 4
    matches = client.get("/api/v1/partners/X1/needs").json()["matches"]
    assert [match["need"]["id"] for match in matches] == ["N2"]
    for response in (
        client.put("/api/v1/partners/X1", json=BODY),
        client.delete("/api/v1/partners/X1"),
        client.put("/api/v1/partners/X1/facts", json={}),
        client.post("/api/v1/partners/X1/contacted"),
        client.post("/api/v1/partners/X1/merge", json={"other": "X2"}),
    ):
        problem(response, 403, "forbidden")
