"""Screening over HTTP."""

import logging
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import create_app
from matcher.errors import IndexStateError, MatcherError, ModelError, StoreError
from matcher.screener import Screener, ScreeningModels
from matcher.service import Matcher
from tests.api.problems import fields, problem
from tests.conftest import HIDES, HOT_CONTACTS
from tests.demo_needs import open_demo_needs
from tests.people import SESSIONS, account, sign_in

TEXT = "断路器触头温升过高，怀疑银合金触头接触电阻太大"
AGAIN = {
    "id": "N9",
    "title": "断路器触头温升太高",
    "problem": HOT_CONTACTS.problem + "请专家看看。",
    "county": "乐清市",
}
LISTS = ("fields", "disciplines", "industries", "industry_groups")


@pytest.fixture(scope="module")
def demo_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client over the demo needs, with the embedded model."""
    with (
        closing(open_demo_needs(tmp_path_factory.mktemp("home"))) as matcher,
        TestClient(create_app(matcher, sessions=SESSIONS)) as opened,
    ):
        yield sign_in(opened, account(matcher))


def screen(client: TestClient, **body: object) -> dict[str, Any]:
    response = client.post("/api/v1/screen", json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_by_text(client: TestClient) -> None:
    answer = screen(client, text=TEXT)
    for name in LISTS:
        assert 1 <= len(answer[name]) <= 3
        confidences = [suggestion["confidence"] for suggestion in answer[name]]
        assert all(0 <= confidence <= 1 for confidence in confidences)
        assert all(suggestion["label"] for suggestion in answer[name])
        assert not any(suggestion["confident"] for suggestion in answer[name][1:])
    assert all(len(suggestion["code"]) == 3 for suggestion in answer["industries"])
    assert all(len(suggestion["code"]) == 4 for suggestion in answer["industry_groups"])
    assert all(keyword["text"] in TEXT for keyword in answer["keywords"])
    assert answer["doubtful"] is False
    assert answer["need_id"] is None


def test_a_version_of_a_stored_need_is_found(client: TestClient) -> None:
    (similar,) = screen(client, text=AGAIN["problem"], title=AGAIN["title"])["similar"]
    assert similar["need"]["id"] == "N1"
    assert similar["need"]["title"] == HOT_CONTACTS.title
    assert (similar["kind"], similar["kind_label"]) == ("same", "重复需求")
    assert similar["same"] > 0.5
    assert similar["related"] is None
    assert similar["common_words"]


def test_by_need(client: TestClient) -> None:
    client.post("/api/v1/needs", json=AGAIN | {"keywords": ["银合金触头"]})
    answer = screen(client, need_id="N9")
    assert answer["need_id"] == "N9"
    assert [similar["need"]["id"] for similar in answer["similar"]] == ["N1"]
    assert answer["keywords"]
    assert "银合金触头" not in [keyword["text"] for keyword in answer["keywords"]]


def test_the_answer_says_what_the_model_cannot_tell(client: TestClient) -> None:
    (warning,) = screen(client, text=TEXT)["warnings"]
    assert "不是内置的语义模型" in warning
    answer = client.get("/api/v1/common-needs").json()
    assert answer == {"tells_problems": False, "groups": [], "warnings": [warning]}


def test_what_is_no_need_is_doubted(client: TestClient) -> None:
    loan = "申请银行贷款五百万元用于购买厂房，希望政府贴息，并帮助协调抵押手续"
    assert screen(client, text=loan)["doubtful"] is True


def test_nothing_is_saved(client: TestClient) -> None:
    before = client.get("/api/v1/health").json()
    screen(client, text=TEXT)
    assert client.get("/api/v1/health").json()["store_revision"] == before["store_revision"]


@pytest.mark.parametrize(
    ("body", "slug", "named"),
    [
        ({}, "invalid-input", ["text"]),
        ({"text": TEXT, "need_id": "N1"}, "invalid-input", ["text"]),
        ({"need_id": "N1", "title": "标题"}, "invalid-input", ["title"]),
        ({"text": TEXT, "top": 3}, "invalid-input", ["top"]),
        ({"text": 7}, "invalid-input", ["text"]),
        ({"text": "断路器"}, "need-text", None),
        ({"text": ""}, "need-text", None),
        ({"text": "漏" * 50_000}, "need-text", None),
    ],
)
def test_refused(
    client: TestClient, body: dict[str, Any], slug: str, named: list[str] | None
) -> None:
    details = problem(client.post("/api/v1/screen", json=body), 422, slug)
    assert (fields(details) if "errors" in details else None) == named


@pytest.mark.parametrize("identifier", ["N404", "", " N1 "])
def test_an_unknown_need(client: TestClient, identifier: str) -> None:
    problem(client.post("/api/v1/screen", json={"need_id": identifier}), 404, "not-found")


def test_common_needs(demo_client: TestClient) -> None:
    answer = demo_client.get("/api/v1/common-needs").json()
    assert answer["tells_problems"] is True
    assert answer["warnings"] == []
    for group in answer["groups"]:
        assert group["label"]
        assert 0.6 <= group["cohesion"] <= 1
        assert {need["enterprise_id"] for need in group["needs"]} == set(group["enterprise_ids"])
        assert group["enterprise_count"] == len(group["enterprise_ids"]) >= 2
    groups = [{need["id"] for need in group["needs"]} for group in answer["groups"]]
    assert {"2026-0019", "2026-0041"} in groups


def test_the_same_problem_in_other_words_is_found(demo_client: TestClient) -> None:
    answer = screen(demo_client, need_id="2026-0019")
    similar = {each["need"]["id"]: each for each in answer["similar"]}
    found = similar["2026-0041"]
    assert (found["kind"], found["kind_label"]) == ("same_problem", "同一问题")
    assert found["same"] < 0.5 <= found["related"]
    assert answer["warnings"] == []


def test_a_model_that_cannot_be_loaded(
    client: TestClient, filled: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_screening(filled, monkeypatch, ModelError("分类模型缺少文件"))
    for response in (
        client.post("/api/v1/screen", json={"text": TEXT}),
        client.get("/api/v1/common-needs"),
    ):
        assert problem(response, 503, "model")["detail"] == "分类模型缺少文件"


# Saving of needs


def test_a_saved_need_says_what_is_like_it(client: TestClient) -> None:
    created = client.post("/api/v1/needs", json=AGAIN)
    assert created.status_code == 201, "it is told of, not refused"
    (similar,) = created.json()["similar"]
    assert (similar["need"]["id"], similar["kind"]) == ("N1", "same")
    replaced = client.put("/api/v1/needs/N9", json=AGAIN | {"budget": 5})
    assert [each["need"]["id"] for each in replaced.json()["similar"]] == ["N1"]
    other = AGAIN | {
        "title": HIDES.title,
        "problem": "换了一件完全不同的事：锂电池低温时容量衰减。",
    }
    assert client.put("/api/v1/needs/N9", json=other).json()["similar"] == []


def test_a_need_of_one_problem_is_told_too(demo_client: TestClient) -> None:
    saved = demo_client.get("/api/v1/needs/2026-0019").json()
    again = demo_client.put("/api/v1/needs/2026-0019", json=saved).json()
    assert "2026-0041" in [each["need"]["id"] for each in again["similar"]]
    assert {each["kind_label"] for each in again["similar"]} == {"同一问题"}
    assert again["warnings"] == []


@pytest.mark.parametrize(
    "error", [ModelError("分类模型缺少文件"), IndexStateError("索引损坏"), StoreError("正忙")]
)
def test_a_need_outlives_its_screening(
    client: TestClient,
    filled: Matcher,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: MatcherError,
) -> None:
    break_screening(filled, monkeypatch, error)
    with caplog.at_level(logging.WARNING):
        created = client.post("/api/v1/needs", json=AGAIN)
    assert created.status_code == 201
    assert created.json()["similar"] == []
    (warning,) = created.json()["warnings"]
    assert warning == f"需求已经保存，但没有与库中的需求比较：{error.message}"
    assert error.message in caplog.text
    assert client.get("/api/v1/needs/N9").json()["title"] == AGAIN["title"]
    assert client.put("/api/v1/needs/N9", json=AGAIN).json()["warnings"] == [warning]


def break_screening(matcher: Matcher, monkeypatch: pytest.MonkeyPatch, error: MatcherError) -> None:
    def fail() -> ScreeningModels:
        raise error

    broken = Screener(matcher.database, matcher.encoder, matcher.index, fail)
    monkeypatch.setattr(matcher, "screener", broken)
