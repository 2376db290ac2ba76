"""Numbers of requests, and the log: a line for each of them, and nothing that people wrote."""

import json
import logging
import os
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient

from api import create_app
from api.request_log import HEADER, request_id
from matcher.desk import Desk
from matcher.desk import links as submission_links
from matcher.errors import StoreError
from matcher.logs import JsonFormatter
from matcher.people import actor_of_program
from matcher.service import Matcher
from tests.api.html import hidden
from tests.api.problems import problem
from tests.people import SESSIONS, account, sign_in

MADE = re.compile(r"[0-9a-f]{12}")
CANARY = "金丝雀Canary7731"
PHONE = "13877317731"
GOOD = {
    "enterprise_name": f"{CANARY}阀门有限公司",
    "title": f"{CANARY}阀门填料泄漏",
    "problem": f"高温闸阀填料函泄漏，换过柔性石墨填料仍超标。{CANARY}，电话 {PHONE}",
    "contact_name": CANARY,
    "contact_phone": PHONE,
}


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What is logged, as JSON lines."""
    caplog.handler.setFormatter(JsonFormatter())
    for ours in ("api", "matcher"):
        caplog.set_level(logging.DEBUG, ours)
    return caplog


def lines(log: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.text.splitlines()]


def requests(log: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [line for line in lines(log) if line["message"] == "request"]


def test_a_line_for_each_request(client: TestClient, log: pytest.LogCaptureFixture) -> None:
    client.get("/needs/N1?kind=expert")
    client.delete("/api/v1/needs/N404")
    client.get("/nothing")
    first, second, third = requests(log)
    assert first.pop("milliseconds") > 0
    assert first.pop("at")
    assert first.pop("pid") == os.getpid()
    assert MADE.fullmatch(first.pop("request"))
    assert first == {
        "level": "info",
        "logger": "api.request_log",
        "message": "request",
        "method": "GET",
        "route": "/needs/{need_id}",
        "path": "/needs/N1",
        "status": 200,
        "user": "city_admin",
    }
    assert (second["method"], second["status"]) == ("DELETE", 404)
    assert (third["route"], third["path"], third["status"]) == ("(unknown)", "/nothing", 404)
    assert "user" not in third
    assert len({each["request"] for each in (second, third)}) == 2


def test_all_lines_of_a_request_have_its_number(
    client: TestClient,
    filled: Matcher,
    log: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> int:
        raise StoreError("磁盘已满")

    monkeypatch.setattr(filled, "record", fail)
    headers = {HEADER: "from-the-proxy"}
    body = {"text": "断路器触头温升过高", "record": True}
    assert client.post("/api/v1/match", json=body, headers=headers).status_code == 200
    warning, request = lines(log)
    assert (warning["level"], warning["logger"]) == ("warning", "api.routes.match")
    assert warning["request"] == request["request"] == "from-the-proxy"


def test_the_number_is_told_to_whoever_asks(client: TestClient) -> None:
    for path in ("/", "/static/app.css", "/nothing", "/api/v1/nothing", "/login"):
        assert MADE.fullmatch(client.get(path).headers[HEADER])
    given_number = {HEADER: "gateway.2026-11_22"}
    answer = client.get("/api/v1/nothing", headers=given_number)
    assert answer.headers[HEADER] == "gateway.2026-11_22"
    assert problem(answer, 404, "http-404")["request_id"] == "gateway.2026-11_22"
    page = client.get("/nothing", headers=given_number)
    assert "编号 gateway.2026-11_22" in page.text


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"short",
        b"x" * 65,
        b"with space in",
        b"12345678\r\nSet-Cookie: a=b",
        b"12345678\n",
        b"<script>alert</script>",
        "编号编号编号".encode(),
        b'1234"5678',
    ],
)
def test_a_number_that_is_not_sane_is_replaced(client: TestClient, sent: bytes) -> None:
    answer = client.get("/nothing", headers=[(HEADER.encode(), sent)])
    assert MADE.fullmatch(answer.headers[HEADER])
    assert "set-cookie" not in answer.headers
    assert sent == b"" or sent.decode() not in answer.text


def test_two_numbers_are_replaced(client: TestClient) -> None:
    answer = client.get("/nothing", headers=[(HEADER, "12345678"), (HEADER, "87654321")])
    assert MADE.fullmatch(answer.headers[HEADER])


@given(st.lists(st.text()))
def test_any_number_becomes_a_sane_one(sent: list[str]) -> None:
    assert re.fullmatch(r"[A-Za-z0-9._-]{8,64}", request_id(sent))


def test_the_unexpected_is_logged_once(
    client: TestClient,
    filled: Matcher,
    log: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(filled, "match_need", lambda *_, **__: 1 / 0)
    api = client.post("/api/v1/match", json={"need_id": "N1"})
    page = client.get("/needs/N1")
    first, line, second, _ = lines(log)
    assert first["message"] == second["message"] == "unexpected error"
    assert first["level"] == "error"
    assert first["traceback"].endswith("ZeroDivisionError: division by zero")
    assert log.text.count("ZeroDivisionError") == 2, "once for each request"
    assert first["request"] == line["request"] == api.headers[HEADER]
    assert problem(api, 500, "internal")["request_id"] == first["request"]
    assert line["status"] == 500
    assert f"编号 {second['request']}" in page.text


def test_an_answer_that_breaks_off(filled: Matcher, log: pytest.LogCaptureFixture) -> None:
    app: FastAPI = create_app(filled, sessions=SESSIONS)

    async def broken() -> AsyncIterator[bytes]:
        yield b"begun"
        raise ZeroDivisionError

    app.add_api_route("/broken", lambda: StreamingResponse(broken()))
    with TestClient(app) as opened, pytest.raises(ZeroDivisionError):
        opened.get("/broken")
    (line,) = lines(log)
    assert (line["route"], line["status"]) == ("/broken", 200)


def test_nothing_that_people_wrote_is_logged(
    filled: Matcher, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(filled, actor_of_program())
    _, token = submission_links.create(desk, "永嘉县", label=CANARY)
    app = create_app(filled, sessions=SESSIONS)
    with TestClient(app, raise_server_exceptions=False) as visitor:
        visitor.cookies.set("other", CANARY.encode().hex())
        unseen = hidden(visitor.get(f"/submit/{token}").text)
        done = visitor.post(f"/submit/{token}", data=GOOD | unseen)
        assert done.status_code == 200, "sent, and led on to the end"
        visitor.post(f"/submit/{token}", data=GOOD)
        visitor.get(f"/Submit/{token}")
        visitor.get(f"/submit//{token}/nothing")
        visitor.get(f"/elsewhere/submit/{token}")
        visitor.post("/login", data={"username": CANARY, "password": CANARY})
        for key in (f"Bearer nm_12345678_{PHONE}", f"Basic {PHONE}"):
            visitor.get("/api/v1/needs", headers={"authorization": key})
    with TestClient(app, raise_server_exceptions=False) as client:
        cookie = sign_in(client, account(filled)).cookies
        secrets = [*cookie.values(), client.headers["X-CSRF-Token"]]
        saved = client.post("/api/v1/needs", json={"title": CANARY, "problem": GOOD["problem"]})
        assert saved.status_code == 201
        client.post("/api/v1/needs", json={"title": CANARY, "deadline": CANARY})
        client.post("/api/v1/match", json={"text": GOOD["problem"]})
        client.get("/needs", params={"q": CANARY})
        client.get("/", headers={"referer": f"http://testserver/?{PHONE}", "user-agent": PHONE})

        def fail(*_: object, **__: object) -> None:
            raise ValueError(f"no good need: {GOOD['problem']!r}")

        monkeypatch.setattr(filled, "match_text", fail)
        assert client.post("/api/v1/match", json={"text": GOOD["problem"]}).status_code == 500
    told = lines(log)
    assert len([line for line in told if line["message"] == "request"]) >= 16
    assert all(line["request"] for line in told)
    for secret in (CANARY, "金丝雀", "Canary", "7731", token, *secrets):
        assert secret not in log.text
        assert json.dumps(secret)[1:-1] not in log.text


def test_a_line_cannot_be_forged(client: TestClient, log: pytest.LogCaptureFixture) -> None:
    client.get("/needs/N1%0a%7b%22level%22%3a%22error%22%7d")
    (line,) = lines(log)
    assert line["path"].startswith("/needs/N1\n{")
    client.get("/" + "x" * 5000)
    assert len(lines(log)[-1]["path"]) == 300
