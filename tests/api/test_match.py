"""Matching over HTTP."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from matcher.errors import ConflictError, MatcherError, StoreError
from matcher.records import Band
from matcher.service import Matcher
from matcher.store.runs import match_runs_of
from matcher.store.tables import MatchRunRow
from tests.api.problems import fields, problem
from tests.api.warned import WARNING, warn
from tests.conftest import HOT_CONTACTS

TEXT = "断路器触头温升过高，怀疑银合金触头接触电阻太大"


def match(client: TestClient, **body: object) -> dict[str, Any]:
    response = client.post("/api/v1/match", json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_by_text(client: TestClient) -> None:
    answer = match(client, text=TEXT, top=3)
    assert [found["rank"] for found in answer["matches"]] == [1, 2, 3]
    first = answer["matches"][0]
    assert first["partner"]["id"] == "X1"
    assert first["partner"]["kind_label"] == "院士专家"
    assert first["partner"]["sample"] is True
    assert sum(first["components"].values()) == pytest.approx(first["score"])
    assert 0 <= first["probability"] <= 1
    assert first["band_label"] == Band(first["band"]).label
    assert first["reason"].startswith("触头专家（示例）2019年的论文《银氧化锡触头材料的熔焊特性》")
    probabilities = [found["probability"] for found in answer["matches"]]
    assert probabilities == sorted(probabilities, reverse=True)
    scores = [found["score"] for found in answer["matches"]]
    assert scores == sorted(scores, reverse=True)
    assert answer["considered"] >= 3
    assert answer["model_id"] == "hash-64"
    assert answer["milliseconds"] >= 0
    assert answer["need_id"] is None


def test_spans_are_words_of_the_question(client: TestClient) -> None:
    answer = match(client, text=TEXT)
    evidence = answer["matches"][0]["evidence"]
    words = [passage["text"][a:b] for passage in evidence for a, b in passage["spans"]]
    assert "触头" in "".join(words)
    assert all(word in TEXT for word in words)
    for passage in evidence:
        spans = sorted([*passage["spans"], *passage["near_spans"]])
        edges = [edge for span in spans for edge in span]
        assert edges == sorted(edges)
        assert all(0 <= edge <= len(passage["text"]) for edge in edges)
    paper = next(passage for passage in evidence if passage["evidence_id"] == "X1-1")
    assert (paper["type"], paper["type_label"], paper["year"]) == ("paper", "论文", 2019)


def test_the_title_counts(client: TestClient) -> None:
    vague = "现有工艺达不到客户提出的新要求，想找人一起改进"
    answer = match(client, text=vague, title="牛皮无铬鞣制收缩温度", top=1)
    assert answer["matches"][0]["partner"]["id"] == "X2"


def test_by_need(client: TestClient) -> None:
    answer = match(client, need_id="N2", top=1)
    assert answer["matches"][0]["partner"]["id"] == "X2"
    assert answer["need_id"] == "N2"


def test_restrictions(client: TestClient) -> None:
    def ids(**body: object) -> set[str]:
        return {found["partner"]["id"] for found in match(client, text=TEXT, **body)["matches"]}

    assert ids() == {"X1", "X2", "S1", "O1"}
    assert ids(kinds=["society", "海外科技社团"]) == {"S1", "O1"}
    assert ids(region="四川") == ids(region="成都") == {"X2"}
    assert ids(exclude=["X1", "S1"]) == {"X2", "O1"}
    assert ids(kinds=["institute"]) == set()


def test_the_answer_is_recorded_unless_refused(client: TestClient, filled: Matcher) -> None:
    kept = match(client, need_id="N1", top=2)
    assert match(client, need_id="N1", record=False)["run_id"] is None
    with filled.reading() as session:
        (run,) = match_runs_of(session, "N1")
    assert run["id"] == kept["run_id"]
    recorded = [found["partner_id"] for found in run["results"]["matches"]]
    assert recorded == [found["partner"]["id"] for found in kept["matches"]]


def test_asking_changes_no_revision(client: TestClient) -> None:
    first = match(client, text=HOT_CONTACTS.text)
    assert match(client, text=HOT_CONTACTS.text)["revision"] == first["revision"]


@pytest.mark.parametrize(
    ("body", "slug", "named"),
    [
        ({}, "invalid-input", ["text"]),
        ({"text": TEXT, "need_id": "N1"}, "invalid-input", ["text"]),
        ({"need_id": "N1", "title": "标题"}, "invalid-input", ["title"]),
        ({"text": TEXT, "top": 0}, "invalid-input", ["top"]),
        ({"text": TEXT, "top": 101}, "invalid-input", ["top"]),
        ({"text": TEXT, "kinds": ["wizard"]}, "invalid-input", ["kinds"]),
        ({"text": TEXT, "region": 7, "record": "maybe"}, "invalid-input", ["region", "record"]),
        ({"text": TEXT, "limit": 3}, "invalid-input", ["limit"]),
        ({"text": "断路器"}, "need-text", None),
        ({"text": ""}, "need-text", None),
        ({"text": "漏" * 50_000}, "need-text", None),
    ],
)
def test_refused(
    client: TestClient, body: dict[str, Any], slug: str, named: list[str] | None
) -> None:
    details = problem(client.post("/api/v1/match", json=body), 422, slug)
    assert (fields(details) if "errors" in details else None) == named


def test_an_unknown_kind_names_the_known_ones(client: TestClient) -> None:
    details = client.post("/api/v1/match", json={"text": TEXT, "kinds": ["wizard"]}).json()
    assert "院士专家（expert）" in details["detail"]


def test_an_unknown_need(client: TestClient) -> None:
    problem(client.post("/api/v1/match", json={"need_id": "N404"}), 404, "not-found")


@pytest.mark.parametrize("error", [StoreError("数据库已满"), ConflictError("需求刚被删除")])
def test_an_answer_outlives_its_record(
    client: TestClient, filled: Matcher, monkeypatch: pytest.MonkeyPatch, error: MatcherError
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(filled, "record", fail)
    answer = match(client, need_id="N1")
    assert answer["matches"][0]["partner"]["id"] == "X1"
    assert answer["run_id"] is None
    assert answer["warnings"] == [f"这次问答没有记入库中：{error.message}"]
    assert match(client, need_id="N1", record=False)["warnings"] == []


def test_warnings_of_the_ranking_are_told(
    client: TestClient, filled: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("match_need", "similar_needs", "needs_for"):
        warn(filled, name, monkeypatch)
    assert match(client, need_id="N1")["warnings"] == [WARNING]
    for path in ("needs/N1/similar", "partners/X1/needs"):
        assert client.get(f"/api/v1/{path}").json()["warnings"] == [WARNING]


def test_an_empty_library_answers_with_nothing(empty_client: TestClient) -> None:
    answer = match(empty_client, text=TEXT)
    assert (answer["matches"], answer["considered"]) == ([], 0)


def test_a_record_keeps_no_personal_numbers(client: TestClient, filled: Matcher) -> None:
    kept = match(client, text=TEXT + "，请拨打 13800138000")
    with filled.reading() as session:
        text = session.get_one(MatchRunRow, kept["run_id"]).query_text
    assert TEXT in text
    assert "13800138000" not in text
