"""Characters that no database or page can hold, at every way in."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import event
from starlette.testclient import TestClient

from api.plain import existing_id, storable
from matcher.errors import NotFoundError
from matcher.service import Matcher
from matcher.store.tables import MatchRunRow
from tests.api.html import check_page, text
from tests.api.problems import fields, problem

TEXT = "断路器触头温升过高，怀疑银合金触头接触电阻太大"
NEED = {"title": "阀门填料泄漏", "problem": "高温闸阀填料函泄漏，换过柔性石墨填料仍超标。"}
ODD = ("\0", "\ud800")


@pytest.fixture(autouse=True)
def strict(filled: Matcher) -> Iterator[None]:
    """Refuse in every statement what PostgreSQL refuses; SQLite itself would store a NUL."""

    def check(_connection: object, _cursor: object, _sql: str, values: object, *_: object) -> None:
        said = json.dumps(values, default=str, ensure_ascii=False)
        assert "\\u0000" not in said.lower(), values
        said.encode()

    event.listen(filled.database.engine, "before_cursor_execute", check)
    yield
    event.remove(filled.database.engine, "before_cursor_execute", check)


def send(client: TestClient, method: str, path: str, body: dict[str, Any]) -> Response:
    """Send JSON whose strings may hold halves of surrogate pairs."""
    headers = {"content-type": "application/json"}
    return client.request(method, path, content=json.dumps(body), headers=headers)


@pytest.mark.parametrize("identifier", ["%00", "N1%00", "N1%7F", "%ED%A0%80", "%20N1"])
@pytest.mark.parametrize("kind", ["needs", "partners", "enterprises"])
def test_an_id_that_cannot_exist(client: TestClient, kind: str, identifier: str) -> None:
    answer = client.get(f"/api/v1/{kind}/{identifier}")
    problem(answer, 404, "not-found")
    assert "\\u0000" not in answer.json()["detail"]
    if kind == "enterprises":
        return
    problem(client.delete(f"/api/v1/{kind}/{identifier}"), 404, "not-found")
    tail = {"needs": "similar", "partners": "needs"}[kind]
    problem(client.get(f"/api/v1/{kind}/{identifier}/{tail}"), 404, "not-found")
    body = NEED if kind == "needs" else {"kind": "expert", "name": "新专家"}
    if identifier != "%ED%A0%80":  # what is no UTF-8 arrives as �, which can be stored
        answer = client.put(f"/api/v1/{kind}/{identifier}", json=body)
        assert fields(problem(answer, 422, "invalid-input"))[0] in {"id", "need_id", "partner_id"}


@pytest.mark.parametrize("path", ["/needs/%00", "/needs/N1%00/edit", "/partners/X1%00"])
def test_a_page_of_an_id_that_cannot_exist(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 404
    check_page(page.text)
    assert "\0" not in page.text


def test_an_id_that_is_a_line_break(client: TestClient) -> None:
    for path in ("/api/v1/needs/%0A", "/api/v1/partners/%0A", "/needs/%0A", "/partners/%0A"):
        assert client.get(path).status_code == 404


def test_what_cannot_exist_is_not_removed(client: TestClient) -> None:
    assert client.delete("/api/v1/needs/N1%00").status_code == 404
    assert client.post("/needs/N1%00/delete").status_code == 404
    assert client.get("/api/v1/needs/N1").status_code == 200


def test_odd_characters_in_searches_are_blanks(client: TestClient) -> None:
    def ids(path: str) -> set[str]:
        return {item["id"] for item in client.get(f"/api/v1{path}").json()["items"]}

    assert ids("/needs?q=%00") == {"N1", "N2", "N3"}
    assert ids("/needs?q=%00断路器%01") == {"N1", "N3"}
    assert ids("/needs?county=%00平阳县") == {"N2"}
    assert ids("/partners?region=%00四川&q=皮革%00") == {"X2"}
    assert ids("/enterprises?q=%00&county=%00") == set()
    for path in ("/needs?field=%00x", "/partners?kind=%00x"):
        assert client.get(f"/api/v1{path}").status_code == 422


@pytest.mark.parametrize(
    "path", ["/needs?q=%00&county=%00", "/partners?q=%00&region=%00", "/needs/N1?region=%00"]
)
def test_odd_characters_in_the_searches_of_pages(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert "\0" not in page.text
    assert "没有符合" not in page.text


@pytest.mark.parametrize("odd", ODD)
def test_a_question_is_recorded_without_them(client: TestClient, filled: Matcher, odd: str) -> None:
    body = {"text": f"{TEXT}{odd}  再来一句", "title": f"标{odd}题", "region": f"上海{odd}"}
    answer = send(client, "POST", "/api/v1/match", body | {"exclude": [f"X2{odd}"]})
    assert answer.status_code == 200
    assert [found["partner"]["id"] for found in answer.json()["matches"]] == ["X1"]
    with filled.reading() as session:
        run = session.get_one(MatchRunRow, answer.json()["run_id"])
        kept = (run.query_text, run.filter["region"], run.filter["exclude"])
    assert kept == (f"标 题\n{TEXT} 再来一句", "上海", ["X2"])


@pytest.mark.parametrize("odd", ODD)
def test_a_question_that_cannot_be_asked(client: TestClient, odd: str) -> None:
    def ask(**body: object) -> Response:
        return send(client, "POST", "/api/v1/match", body)

    problem(ask(text=odd), 422, "need-text")
    problem(ask(need_id=f"N1{odd}"), 404, "not-found")
    problem(ask(text=TEXT, kinds=[f"x{odd}"]), 422, "invalid-input")
    problem(ask(text=TEXT, **{f"x{odd}": 1}), 422, "invalid-input")


@pytest.mark.parametrize("odd", ODD)
def test_records_are_stored_without_them(client: TestClient, odd: str) -> None:
    need = NEED | {"problem": NEED["problem"] + odd + "末句", "keywords": [f"填{odd}料"]}
    saved = send(client, "POST", "/api/v1/needs", need | {"enterprise_name": f"某{odd}公司"})
    assert saved.status_code == 201
    assert saved.json()["problem"].endswith("超标。 末句")
    assert saved.json()["keywords"] == ["填 料"]
    evidence = [{"type": "paper", "title": f"题{odd}目"}]
    partner = {"kind": "expert", "name": f"张{odd}三", "evidence": evidence}
    saved = send(client, "POST", "/api/v1/partners", partner)
    assert (saved.json()["name"], saved.json()["evidence"][0]["title"]) == ("张 三", "题 目")
    assert fields(
        problem(send(client, "PUT", "/api/v1/needs/A", NEED | {"id": odd}), 422, "invalid-input")
    ) == ["id"]


def test_forms_with_them(client: TestClient) -> None:
    sent = NEED | {"enterprise_name": "某\0公司", "budget": "很\0多"}
    wrong = client.post("/needs/new", data=sent)
    assert wrong.status_code == 422
    assert "\0" not in wrong.text
    saved = client.post("/needs/new", data=sent | {"budget": "80"})
    assert "已保存" in text(saved.text)
    assert "某 公司" in text(saved.text)
    half = b'--x\r\ncontent-disposition: form-data; name="text"\r\n\r\n+2AA-\r\n--x--\r\n'
    kind = {"content-type": "multipart/form-data; boundary=x; charset=utf-7"}
    for path in ("/match", "/needs/new"):
        assert client.post(path, content=half, headers=kind).status_code == 422
    assert client.get("/match?text=%00&region=%00").status_code == 422


def test_the_helpers() -> None:
    assert storable("a\0b\ud800\n  c") == "a b \n  c"
    assert existing_id("浙/2026-1") == "浙/2026-1"
    for odd in ("", "\0", "a\0", " a", "a\n"):
        with pytest.raises(NotFoundError):
            existing_id(odd)
