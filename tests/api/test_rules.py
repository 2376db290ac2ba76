"""Rules of site types and the check of a pair, over HTTP."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from matcher.people import Role
from matcher.service import Matcher
from tests.api.problems import fields, problem
from tests.people import account, sign_in
from tests.stations import add_firms, pair

SITES = "/api/v1/needs/N1/sites"


@pytest.fixture(autouse=True)
def firms(filled: Matcher) -> None:
    add_firms(filled)


def test_all_rules_with_their_sources(client: TestClient) -> None:
    body = client.get("/api/v1/rules").json()
    assert body["place"] == "浙江省温州市"
    types = {each["site_type"]: each for each in body["types"]}
    workstation = types["academician_workstation"]
    assert workstation["partner_kinds"] == ["expert"]
    first = workstation["conditions"][0]
    assert first["applies_to"] == "对方是院士"
    assert first["source"]["issued"] == "2019-06-11"
    assert (first["binding"], first["in_force"]) == (True, True)
    assert {each["binding"] for each in types["society_station"]["conditions"]} == {False}
    facts = {each["name"]: each for each in body["facts"]}
    assert facts["annual_output"]["unit"] == "万元"
    assert facts["academician"]["derived"] is True


def test_a_pair_is_checked(client: TestClient) -> None:
    body = client.get(SITES, params={"partner": "S1"}).json()
    assert [(each["label"], each["level"]) for each in body["sites"]] == [
        ("学会服务站", "provincial"),
        ("学会服务站", "national"),
        ("协同创新共同体", None),
    ]
    assert [each["label"] for each in body["excluded"]] == ["院士专家工作站", "海智基地工作站"]
    needs = next(
        each for each in body["sites"][0]["findings"] if each["condition"] == "provincial-needs"
    )
    assert needs["verdict_label"] == "待核实"
    assert needs["binding"] is False
    assert "技术需求数至少 1 项" in needs["sentence"]
    assert needs["asks"] == ["total_needs"]


def test_facts_are_entered(client: TestClient, filled: Matcher) -> None:
    number = pair(filled).id
    facts = {"rd_body": True, "rd_team": "是", "agreement_years": 4, "annual_output": "3,200"}
    seen = client.get(SITES, params={"partner": "X1"}).json()["seen"]
    body = {"facts": facts, "note": "企业年报", "seen": seen}
    answer = client.put(SITES, params={"partner": "X1"}, json=body)
    assert answer.status_code == 200
    checked = answer.json()
    assert checked["pairing_id"] == number
    values = {each["name"]: each["value"] for each in checked["answers"]}
    assert values == {
        "rd_body": True,
        "rd_team": True,
        "agreement_years": 4,
        "annual_output": 3200,
    }
    again = client.put(SITES, params={"partner": "X1"}, json=body)
    assert again.status_code == 409, "seen is of before"
    gone = client.put(SITES, params={"partner": "X1"}, json={"facts": {"rd_team": None}}).json()
    assert "rd_team" not in {each["name"] for each in gone["answers"]}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"annual_output": -1}, "annual_output"),
        ({"nothing": 1}, "facts"),
        ({"rd_body": 2}, "rd_body"),
    ],
)
def test_answers_that_will_not_do(client: TestClient, facts: dict[str, object], field: str) -> None:
    answer = client.put(SITES, params={"partner": "X1"}, json={"facts": facts})
    assert fields(problem(answer, 422, "invalid-input")) == [field]


def test_a_pairing_that_is_not_there_yet(client: TestClient) -> None:
    answer = client.put(SITES, params={"partner": "X1"}, json={"facts": {"agreement_years": 4}})
    assert "还没有建立对接" in problem(answer, 409, "conflict")["detail"]


@pytest.mark.parametrize(
    ("need", "params", "status"),
    [("N1", {}, 422), ("N1", {"partner": "nothing"}, 404), ("nothing", {"partner": "X1"}, 404)],
)
def test_what_is_not_there(
    client: TestClient, need: str, params: dict[str, str], status: int
) -> None:
    answer = client.get(f"/api/v1/needs/{need}/sites", params=params)
    problem(answer, status, {404: "not-found", 422: "invalid-input"}[status])


def test_counties(client: TestClient, filled: Matcher) -> None:
    sign_in(client, account(filled, Role.COUNTY_STAFF, "乐清市"))
    assert client.get(SITES, params={"partner": "S1"}).status_code == 200
    told = client.put(
        SITES, params={"partner": "S1"}, json={"facts": {"association_society": True}}
    )
    problem(told, 403, "forbidden")
    sign_in(client, account(filled, Role.COUNTY_STAFF, "平阳县"))
    problem(client.get(SITES, params={"partner": "S1"}), 404, "not-found")


def test_a_file_that_is_wrong_is_named(client: TestClient, filled: Matcher) -> None:
    own: Path = filled.home / "rules"
    own.mkdir(parents=True)
    (own / "mine.yaml").write_text("建站类型: own\n", encoding="utf-8")
    told = problem(client.get("/api/v1/rules"), 422, "invalid-input")
    assert "mine.yaml" in told["detail"]
