"""The application as a whole: lifespan, health, OpenAPI, docs."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

import api.app
from api import create_app
from matcher import Settings, __version__
from matcher.service import Matcher
from tests.people import SESSIONS, account, sign_in

SUBJECTS = {
    "needs",
    "partners",
    "enterprises",
    "contacts",
    "pairings",
    "stations",
    "outcomes",
    "associations",
    "accounts",
    "keys",
    "links",
    "audit",
}


def test_the_matcher_is_opened_and_closed_with_the_application(
    matcher: Matcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[object] = []
    settings = Settings(home=tmp_path)

    def open_matcher(given: Settings | None) -> Matcher:
        events.append(given)
        return matcher

    monkeypatch.setattr(api.app, "open_matcher", open_matcher)
    monkeypatch.setattr(matcher, "close", lambda: events.append("closed"))
    app = create_app(settings=settings)
    assert events == [], "nothing heavy before the application starts"
    with TestClient(app) as client:
        assert client.get("/api/v1/health").status_code == 200
        assert events == [settings]
    assert events == [settings, "closed"]


def test_a_given_matcher_stays_open(filled: Matcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filled, "close", lambda: pytest.fail("closed"))
    with TestClient(create_app(filled, sessions=SESSIONS)) as client:
        sign_in(client, account(filled))
        assert client.get("/").status_code == 200


def test_health(client: TestClient) -> None:
    before = client.get("/api/v1/health").json()
    assert before["status"] == "ok"
    assert before["version"] == __version__
    assert before["model_id"] == "hash-64"
    assert before["counts"] == {
        "needs": 3,
        "enterprises": 0,
        "partners": 4,
        "partners_by_kind": {"expert": 2, "society": 1, "institute": 0, "overseas": 1},
    }
    client.delete("/api/v1/needs/N1")
    after = client.get("/api/v1/health").json()
    assert after["store_revision"] == before["store_revision"] + 1
    client.post("/api/v1/match", json={"need_id": "N2"})
    assert client.get("/api/v1/health").json()["index_revision"] == after["store_revision"]


def test_openapi_lists_the_operations(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()
    paths = {path.removeprefix("/api/v1/") for path in document["paths"]}
    assert {path.partition("/")[0] for path in paths} >= SUBJECTS
    assert paths >= {"match", "screen", "common-needs", "health", "needs/{need_id}/similar"}
    tags = {tag["name"] for tag in document["tags"]}
    for ways in document["paths"].values():
        for operation in ways.values():
            assert operation["summary"]
            assert operation["description"]
            assert set(operation["tags"]) <= tags


def test_openapi_describes_errors_as_problems(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()
    assert not {"HTTPValidationError", "ValidationError"} & set(document["components"]["schemas"])
    seen = 0
    for ways in document["paths"].values():
        for operation in ways.values():
            for status, response in operation["responses"].items():
                if status >= "400":
                    seen += 1
                    assert list(response["content"]) == ["application/problem+json"]
    assert seen > 20


def test_openapi_says_how_a_field_is_written(client: TestClient) -> None:
    schemas = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    need = schemas["NeedInput"]
    assert need["examples"]
    assert "electronics" in need["properties"]["field"]["enum"]
    assert need["properties"]["deadline"]["format"] == "date"
    assert all(part["description"] for part in need["properties"].values())
    references = {name for name in schemas if f'"#/components/schemas/{name}"' in str(schemas)}
    assert references <= set(schemas)


def test_the_examples_of_the_document_work(client: TestClient) -> None:
    schemas = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    for name, path in (
        ("NeedInput", "needs"),
        ("PartnerInput", "partners"),
        ("EnterpriseInput", "enterprises"),
    ):
        for example in schemas[name]["examples"]:
            assert client.post(f"/api/v1/{path}", json=example).status_code in {201, 409}, name
    for name, path in (("MatchRequest", "match"), ("ScreenRequest", "screen")):
        example = schemas[name]["examples"][0]
        assert client.post(f"/api/v1/{path}", json=example).status_code == 200


def test_the_docs_page_needs_nothing_from_outside(client: TestClient) -> None:
    page = client.get("/api/docs").text
    assert "//cdn" not in page
    for asset in ("swagger-ui.css", "swagger-ui-bundle.js"):
        assert f"/api/docs/assets/{asset}" in page
        assert client.get(f"/api/docs/assets/{asset}").status_code == 200


def test_served_under_a_prefix(filled: Matcher) -> None:
    with TestClient(create_app(filled, sessions=SESSIONS), root_path="/kx") as client:
        sign_in(client, account(filled))
        page = client.get("/kx/needs/N1")
        assert page.status_code == 200
        assert 'href="/kx/partners' in page.text
        assert 'href="/partners' not in page.text
        problem = client.get("/kx/api/v1/needs/N404")
        assert problem.headers["content-type"] == "application/problem+json"
