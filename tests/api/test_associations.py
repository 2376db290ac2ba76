"""Enterprise associations over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import create_app
from matcher.people import Role
from matcher.service import Matcher
from tests.api.problems import fields, problem
from tests.associations import BIG, LEAST, NAME, SMALL, add_firms
from tests.people import SESSIONS, account, sign_in

PATH = "/api/v1/associations"
BODY: dict[str, Any] = {"kind": "enterprise", "name": NAME, "enterprise_name": BIG.name}


@pytest.fixture
def firms(client: TestClient, filled: Matcher) -> TestClient:
    """The administrator's client, over a library with enterprises."""
    add_firms(filled)
    return client


@pytest.fixture
def pingyang(firms: TestClient, filled: Matcher) -> Iterator[TestClient]:
    """County staff of another county than that of the associations."""
    with TestClient(create_app(filled, sessions=SESSIONS)) as opened:
        yield sign_in(opened, account(filled, Role.COUNTY_STAFF, "平阳县"))


def made(client: TestClient, **values: object) -> dict[str, Any]:
    response = client.post(PATH, json=BODY | values)
    assert response.status_code == 201, response.text
    assert response.headers["location"] == f"{PATH}/{response.json()['id']}"
    found: dict[str, Any] = response.json()
    return found


def test_create_and_show(firms: TestClient) -> None:
    created = made(firms, check={"sign": True}, note="电话 13800001234")
    assert (created["kind_label"], created["status_label"]) == ("企业科协", "申请中")
    assert (created["enterprise_id"], created["county"]) == (BIG.id, BIG.county)
    assert created["check"]["sign"] is True
    assert created["missing"] == [], "nothing is asked of one that is only applied for"
    assert [note["field"] for note in created["notes"]] == ["note"]
    shown = firms.get(f"{PATH}/{created['id']}").json()
    assert [event["label"] for event in shown["history"]] == ["新建"]
    same = set(shown) & set(created)
    assert {name: shown[name] for name in same} == {name: created[name] for name in same}


def test_a_response_can_be_sent_back(firms: TestClient) -> None:
    created = made(firms)
    shown = firms.get(f"{PATH}/{created['id']}").json()
    again = firms.put(f"{PATH}/{created['id']}", json=shown | {"members": 40})
    assert (again.status_code, again.json()["members"]) == (200, 40)
    assert again.json()["version"] == 2
    late = firms.put(f"{PATH}/{created['id']}", json=shown)
    assert "别人改过" in problem(late, 409, "conflict")["detail"]


def test_all_faults_come_at_once(firms: TestClient) -> None:
    wrong = {"kind": "俱乐部", "founded_on": "明年", "members": "几个"}
    details = problem(firms.post(PATH, json=wrong), 422, "invalid-input")
    assert set(fields(details)) == {"kind", "founded_on", "members"}
    missing = problem(firms.post(PATH, json={"kind": "park", "name": ""}), 422, "invalid-input")
    assert set(fields(missing)) == {"name", "park", "county"}
    unknown = problem(firms.post(PATH, json=BODY | {"chef": "x"}), 422, "invalid-input")
    assert fields(unknown) == ["chef"]


def test_steps_and_activities(firms: TestClient) -> None:
    path = f"{PATH}/{made(firms)['id']}"
    skipped = firms.post(f"{path}/steps", json={"then": "founded", "version": 1})
    assert "不能直接变为" in problem(skipped, 409, "conflict")["detail"]
    early = firms.post(f"{path}/steps", json={"then": "已批复", "version": 1})
    assert fields(problem(early, 422, "invalid-input")) == ["on"]
    approved = firms.post(
        f"{path}/steps", json={"then": "approved", "version": 1, "on": "2026-01-10"}
    )
    assert approved.json()["approved_by"] == "乐清市科协"
    step = {"then": "founded", "version": 2, "on": "2026-02-01", "chair": "甲", "secretary": "乙"}
    founded = firms.post(f"{path}/steps", json=step).json()
    assert (founded["status"], founded["next_congress"]) == ("founded", "2030-02-01")
    assert len(founded["missing"]) == 6
    activity = {"version": 3, "on": "2026-03-01", "what": "座谈会", "congress": True}
    held = firms.post(f"{path}/activities", json=activity).json()
    assert (held["last_activity"], held["last_congress"]) == ("2026-03-01", "2026-03-01")
    assert "会员大会：座谈会" in firms.get(path).json()["history"][0]["text"]
    problem(firms.delete(path, params={"version": 4}), 409, "conflict")


def test_an_application_can_be_removed(firms: TestClient) -> None:
    path = f"{PATH}/{made(firms)['id']}"
    assert firms.delete(path, params={"version": 1}).status_code == 204
    problem(firms.get(path), 404, "not-found")


@pytest.mark.parametrize("number", ["0", "99", str(2**63), "9" * 40])
def test_numbers_that_are_none(firms: TestClient, number: str) -> None:
    problem(firms.get(f"{PATH}/{number}"), 404, "not-found")


def test_list_and_filters(firms: TestClient) -> None:
    def names(**query: object) -> list[str]:
        found = firms.get(PATH, params=query).json()
        assert found["total"] == len(found["items"])
        return [item["name"] for item in found["items"]]

    founded = {"status": "founded", "founded_on": "2020-03-01", "chair": "甲", "secretary": "乙"}
    made(firms)
    made(firms, name="示例阀门科协", enterprise_name=LEAST.name, **founded)
    made(firms, name="示例联络站", enterprise_name=SMALL.name, kind="联络站")
    assert names() == ["示例联络站", NAME, "示例阀门科协"]
    assert names(kind="liaison") == names(kind="联络站") == ["示例联络站"]
    assert names(county="平阳县") == ["示例联络站"]
    assert names(status="founded") == ["示例阀门科协"]
    assert names(overdue=True) == names(quiet=True) == names(weak=True) == ["示例阀门科协"]
    assert names(q="电气") == [NAME]
    assert names(enterprise_id=SMALL.id) == ["示例联络站"]
    details = problem(firms.get(PATH, params={"kind": "俱乐部"}), 422, "invalid-input")
    assert "企业科协（enterprise）" in details["detail"]


def test_candidates_and_coverage(firms: TestClient) -> None:
    found = firms.get(f"{PATH}/candidates").json()
    assert [item["id"] for item in found["items"]] == [BIG.id, LEAST.id]
    assert found["items"][0]["suggested_label"] == "企业科协"
    unknown = firms.get(f"{PATH}/candidates", params={"group": "unknown"}).json()
    assert [item["suggested"] for item in unknown["items"]] == [None]
    (park,) = firms.get(f"{PATH}/candidates/parks").json()
    assert (park["name"], park["enterprises"], park["unknown"]) == ("示例经济开发区", 3, 1)
    put = firms.put(f"{PATH}/coverage/2026", json={"targets": {"": 500, "乐清市": 60}})
    assert put.status_code == 200
    city, leqing, *_ = firms.get(f"{PATH}/coverage/2026").json()["items"]
    assert (city["county"], city["target"], city["founded"]) == ("", 500, 0)
    assert (leqing["county"], leqing["share"]) == ("乐清市", 0.0)
    problem(firms.put(f"{PATH}/coverage/2026", json={"targets": {"": -1}}), 422, "invalid-input")


def test_another_county_sees_nothing(firms: TestClient, pingyang: TestClient) -> None:
    path = f"{PATH}/{made(firms)['id']}"
    assert pingyang.get(PATH).json()["total"] == 0
    assert pingyang.get(PATH, params={"county": "乐清市"}).json()["total"] == 0
    problem(pingyang.get(path), 404, "not-found")
    problem(pingyang.put(path, json=BODY | {"version": 1}), 404, "not-found")
    problem(
        pingyang.post(f"{path}/steps", json={"then": "approved", "version": 1}), 404, "not-found"
    )
    problem(
        pingyang.post(f"{path}/activities", json={"on": "2026-01-01", "version": 1}),
        404,
        "not-found",
    )
    problem(pingyang.delete(path, params={"version": 1}), 404, "not-found")
    items = pingyang.get(f"{PATH}/coverage/2026").json()["items"]
    assert [item["county"] for item in items] == ["平阳县"]
    problem(pingyang.put(f"{PATH}/coverage/2026", json={"targets": {}}), 403, "forbidden")
    assert pingyang.get(f"{PATH}/candidates").json()["total"] == 0
