"""What browsers are told, what is refused from them, and how much is read."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.security import BODY_LIMIT
from tests.api.problems import problem

TEXT = {"text": "断路器触头温升过高，怀疑接触电阻太大"}


def policy(client: TestClient, path: str) -> dict[str, str]:
    header = client.get(path).headers["content-security-policy"]
    return dict(part.strip().split(" ", 1) for part in header.split(";"))


@pytest.mark.parametrize("path", ["/", "/needs", "/nothing", "/static/app.css", "/api/v1/health"])
def test_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    rules = policy(client, path)
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"
    assert all("unsafe" not in rule for rule in rules.values())
    assert all(rule in {"'self'", "'none'"} for rule in rules.values())


def test_the_docs_page_alone_is_given_more(client: TestClient) -> None:
    rules = policy(client, "/api/docs")
    assert rules["script-src"] == "'self'"
    assert rules["img-src"] == "'self' data:"
    assert not any("unsafe" in rule for rule in rules.values())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "same-origin", "origin": "http://testserver"},
        {"sec-fetch-site": "none"},
        {"origin": "http://testserver"},
    ],
)
def test_own_pages_and_programs_may_change(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/api/v1/match", json=TEXT, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
        {"origin": "http://evil.example"},
        {"origin": "http://testserver.evil.example"},
        {"origin": "http://testserver:81"},
        {"origin": "null"},
    ],
)
def test_other_sites_may_not(client: TestClient, headers: dict[str, str]) -> None:
    problem(client.post("/api/v1/match", json=TEXT, headers=headers), 403, "http-403")
    problem(client.delete("/api/v1/needs/N1", headers=headers), 403, "http-403")
    page = client.post("/needs/N1/delete", headers=headers)
    assert page.status_code == 403
    assert "其他网站" in page.text
    assert client.get("/needs/N1", headers=headers).status_code == 200


def test_a_body_at_and_over_the_limit(client: TestClient) -> None:
    def send(size: int) -> bytes:
        frame = b'{"text": "%s"}'
        return frame % (b"x" * (size - len(frame) + 2))

    headers = {"content-type": "application/json"}
    fits = client.post("/api/v1/match", content=send(BODY_LIMIT), headers=headers)
    problem(fits, 422, "need-text")
    over = client.post("/api/v1/match", content=send(BODY_LIMIT + 1), headers=headers)
    assert "2 MB" in problem(over, 413, "http-413")["detail"]


def test_a_body_without_announced_length(client: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"text": "'
        for _ in range(40):
            yield b"x" * 65_536
        yield b'"}'

    headers = {"content-type": "application/json"}
    problem(client.post("/api/v1/match", content=pieces(), headers=headers), 413, "http-413")


def test_a_form_over_the_limit(client: TestClient) -> None:
    page = client.post("/match", data={"text": "x" * (BODY_LIMIT + 1)})
    assert page.status_code == 413
    assert "内容太大" in page.text
