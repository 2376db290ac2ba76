"""Monthly plans over HTTP."""

import time
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api import create_app
from matcher.casework.needs import NeedStatus
from matcher.desk import Desk, plan_jobs
from matcher.people import Role, actor_of_program
from matcher.service import Matcher
from matcher.store.need_steps import set_status
from matcher.store.plans import add_plan
from tests.api.problems import fields, problem
from tests.people import SESSIONS, account, sign_in
from tests.plans import PAIRS, plan

ALL = "/api/v1/plans"
ONE = f"{ALL}/1"


@pytest.fixture
def kept(filled: Matcher) -> Matcher:
    with filled.writing() as session:
        add_plan(session, plan(), PAIRS)
    return filled


@pytest.fixture
def county(kept: Matcher) -> Iterator[TestClient]:
    """Signed in as staff of 平阳县, whose need N2 is."""
    app = create_app(kept, sessions=SESSIONS)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield sign_in(opened, account(kept, Role.COUNTY_STAFF, "平阳县"))


def made(client: TestClient) -> dict[str, object]:
    """What became of the plan that is being made."""
    for _ in range(600):
        job: dict[str, object] = client.get(f"{ALL}/making").json()
        if job["state"] != "running":
            return job
        time.sleep(0.05)
    raise AssertionError("it takes too long")


def test_making_a_plan(client: TestClient, filled: Matcher) -> None:
    problem(client.get(f"{ALL}/making"), 404, "not-found")
    assert client.delete(f"{ALL}/making").status_code == 204
    answer = client.post(ALL, json={"month": "2026-11", "wanted_kind": "尽量满足"})
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"{ALL}/making"
    assert answer.json()["by"] == "市级管理员"
    job = made(client)
    assert (job["state_label"], job["plan_id"], job["error"]) == ("已完成", 1, "")
    (listed,) = client.get(ALL).json()["items"]
    assert (listed["month"], listed["is_latest"], listed["batch_id"]) == ("2026-11", True, None)
    assert client.get(ALL, params={"month": "2026年10月"}).json()["total"] == 0
    detail = client.get(ONE).json()
    assert detail["settings"]["partners_per_need"] == 3
    assert detail["figures"]["overloaded"] == 0
    assert detail["needs_served"] + detail["unmet"] == 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"month": "2026-13"}, "month"),
        ({"month": "2026-11", "partners_per_need": 0}, "partners_per_need"),
        ({"month": "2026-11", "wanted_kind": "maybe"}, "wanted_kind"),
        ({"month": "2026-11", "time_limit": -1}, "time_limit"),
        ({"month": "2026-11", "more": 1}, "more"),
        ({}, "month"),
    ],
)
def test_what_cannot_be_made(client: TestClient, body: dict[str, object], field: str) -> None:
    assert fields(problem(client.post(ALL, json=body), 422, "invalid-input")) == [field]


def test_one_at_a_time(client: TestClient, filled: Matcher) -> None:
    making = plan_jobs.board_of(Desk(filled, actor_of_program())).begin("2026-11", "别人")
    answer = client.post(ALL, json={"month": "2026-11"})
    assert "别人正在生成" in problem(answer, 409, "conflict")["detail"]
    assert client.delete(f"{ALL}/making").status_code == 204
    assert plan_jobs.board_of(Desk(filled, actor_of_program())).is_cancelled()
    making.finish(None)


def test_reading_a_plan(client: TestClient, kept: Matcher) -> None:
    detail = client.get(ONE).json()
    assert (detail["pairs"], detail["proposed"], detail["unmet"]) == (3, 3, 1)
    assert detail["greedy"]["needs_served"] == 1
    assert detail["sentences"][0].startswith("与逐条挑选相比，多服务 1 条需求")

    def partners(**query: object) -> list[str]:
        answer = client.get(f"{ONE}/pairs", params=query)  # type: ignore[arg-type]
        assert answer.status_code == 200, answer.text
        return [item["partner_id"] for item in answer.json()["items"]]

    assert partners() == ["X2", "X1", "S1"]
    assert partners(county="乐清市", kind="学会") == ["S1"]
    assert partners(state="adopted") == []
    assert partners(q="触头", limit=1, offset=1) == ["S1"]
    problem(client.get(f"{ONE}/pairs", params={"kind": "x"}), 422, "invalid-input")
    pair = client.get(f"{ONE}/pairs", params={"q": "X1"}).json()["items"][0]
    assert (pair["need_title"], pair["partner_name"]) == ("断路器触头温升过高", "触头专家")
    assert (pair["band_label"], pair["state_label"], pair["rank"]) == ("强推荐", "待决定", 1)
    assert pair["sites"][0] | {} == {
        "code": "society_station",
        "label": "学会服务站",
        "level": None,
        "verdict": "unknown",
        "missing": ["进站专家数"],
        "verdict_label": "待核实",
        "level_label": None,
    }
    assert (pair["active"], pair["planned"], pair["yearly"]) == (0, 1, 3)
    (unmet,) = client.get(f"{ONE}/unmet").json()["items"]
    assert (unmet["need_id"], unmet["reason_label"]) == ("N3", "最接近的对象证据也不足")
    assert unmet["nearest_name"] == "旅德化学会"
    loads = client.get(f"{ONE}/loads").json()
    assert loads["total"] == 3
    assert not any(item["is_over"] for item in loads["items"])
    for path in ("", "/pairs", "/unmet", "/loads"):
        problem(client.get(f"{ALL}/99{path}"), 404, "not-found")


def test_deciding(client: TestClient, kept: Matcher) -> None:
    one = {"need_id": "N1", "partner_id": "X1"}
    answer = client.post(f"{ONE}/adopt", json={"pairs": [one], "stage": "已推送"})
    assert answer.json() == {"adopted": 1, "refused": []}
    again = client.post(f"{ONE}/adopt", json={"pairs": [one]}).json()
    assert (again["adopted"], again["refused"][0]["partner_id"]) == (0, "X1")
    assert "已经办理过" in again["refused"][0]["why"]
    assert client.get("/api/v1/pairings").json()["items"][0]["stage"] == "sent"

    wrong = {"need_id": "N1", "partner_id": "S1", "reason": "专业方向不符"}
    assert client.post(f"{ONE}/drop", json=wrong).status_code == 204
    problem(client.post(f"{ONE}/drop", json=wrong), 409, "conflict")
    with kept.writing() as session:
        set_status(session, "N2", NeedStatus.CLOSED)
    rest = client.post(f"{ONE}/adopt", json={}).json()
    assert (rest["adopted"], rest["refused"][0]["need_id"]) == (0, "N2")
    assert "已关闭" in rest["refused"][0]["why"]
    states = {item["partner_id"]: item for item in client.get(f"{ONE}/pairs").json()["items"]}
    assert states["X1"]["pairing"]["stage_label"] == "已推送"
    assert (states["S1"]["state"], states["X2"]["state"]) == ("dropped", "proposed")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("adopt", {"pairs": [{"need_id": "N3", "partner_id": "X1"}]}, 404),
        ("adopt", {"stage": "signed"}, 422),
        ("adopt", {"stage": "x"}, 422),
        ("adopt", {"pairs": [{"need_id": "N1"}]}, 422),
        ("drop", {"need_id": "N1", "partner_id": "X1"}, 422),
        ("drop", {"need_id": "N1", "partner_id": "X1", "reason": "x"}, 422),
        ("drop", {"need_id": "N3", "partner_id": "X1", "reason": "other"}, 404),
    ],
)
def test_what_cannot_be_decided(
    client: TestClient, kept: Matcher, path: str, body: dict[str, object], status: int
) -> None:
    assert client.post(f"{ONE}/{path}", json=body).status_code == status
    assert client.get("/api/v1/pairings").json()["total"] == 0


def test_marks(client: TestClient, kept: Matcher) -> None:
    marks = f"{ALL}/marks"
    body = {"need_id": "N1", "partner_id": "O1", "mark": "指定", "note": "企业点名"}
    assert client.put(marks, json=body).status_code == 204
    (found,) = client.get(marks, params={"mark": "pin"}).json()["items"]
    assert (found["mark_label"], found["note"], found["partner_name"]) == (
        "指定",
        "企业点名",
        "旅德化学会",
    )
    assert client.get(marks, params={"mark": "exclude"}).json()["total"] == 0
    problem(client.put(marks, json=body | {"mark": "x"}), 422, "invalid-input")
    problem(client.put(marks, json=body | {"need_id": "none"}), 404, "not-found")
    query = {"need_id": "N1", "partner_id": "O1"}
    assert client.delete(marks, params=query).status_code == 204
    problem(client.delete(marks, params=query), 404, "not-found")


def test_a_county_sees_and_decides_its_own(county: TestClient) -> None:
    detail = county.get(ONE).json()
    assert (detail["pairs"], detail["unmet"], detail["figures"], detail["sentences"]) == (
        1,
        0,
        None,
        [],
    )
    assert [item["need_id"] for item in county.get(f"{ONE}/pairs").json()["items"]] == ["N2"]
    assert county.get(f"{ONE}/pairs", params={"county": "乐清市"}).json()["total"] == 0
    assert county.get(f"{ONE}/unmet").json()["total"] == 0
    other = {"need_id": "N1", "partner_id": "X1"}
    problem(county.post(f"{ONE}/adopt", json={"pairs": [other]}), 404, "not-found")
    problem(county.put(f"{ALL}/marks", json=other | {"mark": "pin"}), 404, "not-found")
    problem(county.post(ALL, json={"month": "2026-11"}), 403, "forbidden")
    problem(county.get(f"{ALL}/making"), 403, "forbidden")
    assert county.post(f"{ONE}/adopt", json={}).json()["adopted"] == 1
