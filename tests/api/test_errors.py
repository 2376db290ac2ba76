"""Each error as problem details for programs and as a page for people."""

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.errors import problem_of
from matcher.errors import (
    ConflictError,
    IndexStateError,
    InvalidInputError,
    MatcherError,
    ModelError,
    NeedTextError,
    NotFoundError,
    StoreError,
    TrainingError,
    UnknownNameError,
    UnreadableFileError,
)
from matcher.service import Matcher
from tests.api.problems import fields, problem


@pytest.mark.parametrize(
    ("error", "status", "slug"),
    [
        (InvalidInputError("错"), 422, "invalid-input"),
        (UnknownNameError("类型", "x", ["a"]), 422, "invalid-input"),
        (UnreadableFileError("错"), 422, "invalid-input"),
        (NeedTextError("错"), 422, "need-text"),
        (NotFoundError("需求", "N1"), 404, "not-found"),
        (ConflictError("错"), 409, "conflict"),
        (ModelError("错"), 503, "model"),
        (IndexStateError("错"), 503, "index"),
        (StoreError("错"), 503, "store"),
        (TrainingError("错"), 500, "internal"),
        (MatcherError("错"), 500, "internal"),
    ],
)
def test_the_error_tree(error: MatcherError, status: int, slug: str) -> None:
    told = problem_of(error)
    assert (told.status, told.slug, told.detail) == (status, slug, error.message)


def test_unknown_address(client: TestClient) -> None:
    problem(client.get("/api/v1/nothing"), 404, "http-404")
    page = client.get("/nothing")
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert "没有这个地址" in page.text


def test_unknown_record_as_a_page(client: TestClient) -> None:
    page = client.get("/needs/N404")
    assert page.status_code == 404
    assert "没有编号为“N404”的需求" in page.text


def test_wrong_method(client: TestClient) -> None:
    response = client.patch("/api/v1/match")
    problem(response, 405, "http-405")
    assert response.headers["allow"] == "POST"


def test_broken_json(client: TestClient) -> None:
    def send(content: bytes) -> Response:
        headers = {"content-type": "application/json"}
        return client.post("/api/v1/match", content=content, headers=headers)

    broken = problem(send(b'{"text": '), 422, "invalid-input")
    assert "JSON" in broken["errors"][0]["message"]
    problem(send(b'{"text": "\xff\xfe"}'), 400, "http-400")


def test_a_body_of_another_type(client: TestClient) -> None:
    response = client.post("/api/v1/match", content=b"text", headers={"content-type": "text/plain"})
    assert fields(problem(response, 422, "invalid-input")) == ["body"]


def test_the_unexpected(
    client: TestClient, filled: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(filled, "match_need", fail)
    response = client.post("/api/v1/match", json={"need_id": "N1"})
    problem(response, 500, "internal")
    assert "secret" not in response.text
    page = client.get("/needs/N1")
    assert page.status_code == 500
    assert "系统错误" in page.text
    assert "secret" not in page.text
    for told in (response, page):
        assert told.headers["content-security-policy"].startswith("default-src 'none'")


def test_an_unknown_choice_as_a_page(client: TestClient) -> None:
    for address in ("/needs?field=magic", "/partners?kind=wizard", "/needs/N1?kind=wizard"):
        page = client.get(address)
        assert page.status_code == 422
        assert "可用的有" in page.text
