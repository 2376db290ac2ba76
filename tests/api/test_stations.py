"""Stations, their types and outcomes over HTTP."""

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from matcher.casework.pairings import PairingStage
from matcher.people import Role
from matcher.people.days import today
from matcher.service import Matcher
from matcher.store.pairings import get_pairing
from tests.api.problems import fields, problem
from tests.people import account, sign_in
from tests.stations import VALUES, add_firms, found, pair

STATIONS, OUTCOMES = "/api/v1/stations", "/api/v1/outcomes"
BODY: dict[str, Any] = dict(VALUES)
PATENT = {"kind": "专利", "title": "一种触头", "on": "2025-05-01", "number": "ZL1"}


@pytest.fixture(autouse=True)
def firms(filled: Matcher) -> None:
    add_firms(filled)


def elsewhere(client: TestClient, matcher: Matcher) -> TestClient:
    return sign_in(client, account(matcher, Role.COUNTY_STAFF, "平阳县"))


def test_create_show_and_list(client: TestClient) -> None:
    created = client.post(STATIONS, json=BODY)
    assert created.status_code == 201
    shown = client.get(created.headers["location"]).json()
    assert created.json() == shown
    assert (shown["type"], shown["type_label"]) == ("academician_workstation", "院士专家工作站")
    assert (shown["level_label"], shown["status_label"]) == ("市级", "运行中")
    assert (shown["county"], shown["enterprise_name"]) == ("乐清市", "示例电气有限公司")
    assert (shown["partner_ids"], shown["version"]) == (["X1"], 1)
    listed = client.get(STATIONS, params={"county": "乐清市", "level": "市级"}).json()
    assert (listed["items"], listed["total"]) == ([shown], 1)
    assert client.get(STATIONS, params={"status": "cancelled"}).json()["total"] == 0


def test_all_faults_at_once(client: TestClient) -> None:
    wrong = {"type": "火箭站", "level": "乡级", "agreed_on": "昨天", "ends_on": 7}
    details = problem(client.post(STATIONS, json=wrong), 422, "invalid-input")
    assert set(fields(details)) == {
        "type",
        "level",
        "agreed_on",
        "ends_on",
        "enterprise_id",
        "partner_ids",
    }
    unknown = BODY | {"enterprise_id": "E404", "partner_ids": ["X404"]}
    details = problem(client.post(STATIONS, json=unknown), 422, "invalid-input")
    assert fields(details) == ["enterprise_id", "partner_ids"]
    details = problem(client.post(STATIONS, json=BODY | {"nmae": "x"}), 422, "invalid-input")
    assert fields(details) == ["nmae"]


def test_an_unusual_term_is_noted(client: TestClient) -> None:
    made = client.post(STATIONS, json=BODY | {"ends_on": "2025-03-01"}).json()
    assert [note["field"] for note in made["notes"]] == ["ends_on"]


def test_what_was_shown_can_be_sent_back(client: TestClient) -> None:
    made = client.post(STATIONS, json=BODY).json()
    own = f"{STATIONS}/{made['id']}"
    changed = client.put(own, json=made | {"level": "provincial"}).json()
    assert (changed["level"], changed["version"]) == ("provincial", 2)
    problem(client.put(own, json=made), 409, "conflict")
    assert "version" in fields(problem(client.put(own, json=BODY), 422, "invalid-input"))


def test_assessments_and_steps(client: TestClient) -> None:
    own = f"{STATIONS}/{client.post(STATIONS, json=BODY).json()['id']}"
    year = f"{own}/assessments"
    client.put(f"{year}/2024", json={"score": 65, "version": 1})
    shown = client.put(f"{year}/2025", json={"score": 69, "note": "少", "version": 2}).json()
    assert shown["proposes_cancellation"]
    assert shown["assessments"][1] == {
        "year": 2025,
        "score": 69,
        "grade": "fail",
        "grade_label": "不合格",
        "note": "少",
    }
    wrong = client.put(f"{year}/2025", json={"score": 101, "version": 3})
    assert fields(problem(wrong, 422, "invalid-input")) == ["score"]
    early = client.put(f"{year}/2020", json={"score": 80, "version": 3})
    assert fields(problem(early, 422, "invalid-input")) == ["year"]
    shown = client.delete(f"{year}/2025", params={"version": 3}).json()
    assert not shown["proposes_cancellation"]
    problem(client.delete(f"{year}/2025", params={"version": 4}), 404, "not-found")
    renewed = {"status": "active", "ends_on": "2028-02-28", "version": 4}
    shown = client.post(f"{own}/steps", json=renewed).json()
    assert (shown["ends_on"], len(shown["notes"])) == ("2028-02-28", 1)
    bare = client.post(f"{own}/steps", json={"status": "cancelled", "version": 5})
    assert fields(problem(bare, 422, "invalid-input")) == ["note"]
    ended = {"status": "cancelled", "note": "企业搬迁", "version": 5}
    assert client.post(f"{own}/steps", json=ended).json()["status_label"] == "已撤销"
    again = client.post(f"{own}/steps", json={"status": "expired", "version": 6})
    problem(again, 409, "conflict")


def test_what_ends_soon(client: TestClient, filled: Matcher) -> None:
    found(filled, ends_on=(today() + timedelta(days=59)).isoformat())
    found(filled, ends_on=(today() + timedelta(days=90)).isoformat())
    listed = client.get(STATIONS, params={"expiring": "true"}).json()
    assert [item["expires_soon"] for item in listed["items"]] == [True]


def test_from_a_pairing(client: TestClient, filled: Matcher) -> None:
    pairing = pair(filled)
    body = BODY | {"pairing_id": pairing.id}
    assert client.post(STATIONS, json=body).json()["pairing_id"] == pairing.id
    with filled.reading() as session:
        assert get_pairing(session, pairing.id).stage is PairingStage.STATIONED
    problem(client.post(STATIONS, json=body), 409, "conflict")
    problem(client.post(STATIONS, json=BODY | {"pairing_id": 404}), 404, "not-found")
    details = problem(client.post(STATIONS, json=BODY | {"pairing_id": "x"}), 422, "invalid-input")
    assert fields(details) == ["pairing_id"]


def test_types(client: TestClient, filled: Matcher) -> None:
    types = f"{STATIONS}/types"
    made = client.post(types, json={"label": "博士创新站"})
    assert made.status_code == 201
    kind = made.json()
    assert (kind["own"], kind["several_partners"]) == (True, False)
    assert client.get(types).json()[-1] == kind
    own = f"{types}/{kind['code']}"
    changed = client.put(own, json={"label": "博士站", "several_partners": True}).json()
    assert (changed["label"], changed["several_partners"]) == ("博士站", True)
    problem(client.post(types, json={"label": "博士站"}), 409, "conflict")
    assert fields(problem(client.post(types, json={"label": " "}), 422, "invalid-input")) == [
        "label"
    ]
    problem(client.put(f"{types}/society_station", json={"label": "别名"}), 404, "not-found")
    assert client.delete(own).status_code == 204
    problem(client.delete(own), 404, "not-found")
    sign_in(client, account(filled, Role.CITY_STAFF))
    problem(client.post(types, json={"label": "新站"}), 403, "forbidden")


def test_outcomes(client: TestClient, filled: Matcher) -> None:
    station = found(filled).id
    made = client.post(OUTCOMES, json=PATENT | {"station_id": station})
    assert made.status_code == 201
    shown = client.get(made.headers["location"]).json()
    assert shown == made.json()
    assert (shown["kind"], shown["kind_label"], shown["county"]) == ("patent", "专利", "乐清市")
    sales = {"kind": "sales", "title": "销售", "on": "2026-01-31", "amount": "0.3亿"}
    client.post(OUTCOMES, json=sales | {"station_id": station})
    listed = client.get(OUTCOMES, params={"since": "2026-01-01", "station_id": station}).json()
    assert [(item["title"], item["amount"]) for item in listed["items"]] == [("销售", 3000)]
    assert client.get(f"{OUTCOMES}/totals").json() == [
        {"kind": "patent", "kind_label": "专利", "year": 2025, "count": 1, "amount": 0},
        {"kind": "sales", "kind_label": "新增销售额", "year": 2026, "count": 1, "amount": 3000},
    ]
    assert len(client.get(f"{OUTCOMES}/totals", params={"until": "2025-12-31"}).json()) == 1
    own = f"{OUTCOMES}/{shown['id']}"
    assert client.put(own, json=shown | {"number": "ZL2"}).json()["number"] == "ZL2"
    problem(client.put(own, json=shown), 409, "conflict")
    assert client.delete(own).status_code == 204
    problem(client.get(own), 404, "not-found")


def test_wrong_outcomes(client: TestClient, filled: Matcher) -> None:
    station = found(filled).id
    wrong = PATENT | {"kind": "论文集", "on": "2999-01-01", "amount": -1, "station_id": station}
    details = problem(client.post(OUTCOMES, json=wrong), 422, "invalid-input")
    assert set(fields(details)) == {"kind", "on", "amount"}
    lost = client.post(OUTCOMES, json=PATENT | {"station_id": 404})
    assert fields(problem(lost, 422, "invalid-input")) == ["station_id"]
    bare = client.post(OUTCOMES, json=PATENT)
    assert fields(problem(bare, 422, "invalid-input")) == ["station_id"]


def test_other_counties_do_not_exist(client: TestClient, filled: Matcher) -> None:
    made = client.post(STATIONS, json=BODY).json()
    outcome = client.post(OUTCOMES, json=PATENT | {"station_id": made["id"]}).json()
    elsewhere(client, filled)
    own, result = f"{STATIONS}/{made['id']}", f"{OUTCOMES}/{outcome['id']}"
    version = {"version": 1}
    for refused in (
        client.get(own),
        client.put(own, json=made | {"enterprise_id": "E2"}),
        client.post(f"{own}/steps", json={"status": "expired"} | version),
        client.put(f"{own}/assessments/2025", json={"score": 80} | version),
        client.delete(f"{own}/assessments/2025", params=version),
        client.get(result),
        client.put(result, json=outcome),
        client.delete(result),
    ):
        problem(refused, 404, "not-found")
    for path in (STATIONS, OUTCOMES):
        assert client.get(path).json()["total"] == 0
        assert client.get(path, params={"county": "乐清市"}).json()["total"] == 0
    assert client.get(f"{OUTCOMES}/totals").json() == []
    problem(client.post(STATIONS, json=BODY), 422, "invalid-input")
    problem(client.post(OUTCOMES, json=PATENT | {"station_id": made["id"]}), 422, "invalid-input")


def test_who_may_not_is_told_so_before_anything_is_wrong(
    client: TestClient, filled: Matcher
) -> None:
    own = f"{STATIONS}/{found(filled).id}"
    wrong = {"score": "x", "version": 1}
    sign_in(client, account(filled, Role.READ_ONLY))
    problem(client.post(STATIONS, json={}), 403, "forbidden")
    problem(client.post(OUTCOMES, json={}), 403, "forbidden")
    problem(client.post(f"{own}/steps", json={"version": 1}), 403, "forbidden")
    problem(client.put(own, json={"version": 1}), 403, "forbidden")
    problem(client.put(f"{own}/assessments/2025", json=wrong), 403, "forbidden")
    elsewhere(client, filled)
    problem(client.put(f"{own}/assessments/2025", json=wrong), 404, "not-found")
    problem(client.put(own, json={"version": 1}), 404, "not-found")
