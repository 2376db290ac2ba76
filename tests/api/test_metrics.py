"""What Prometheus reads, and who may read it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from types import SimpleNamespace

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from starlette.routing import Mount
from starlette.testclient import TestClient

import api.app
from api import create_app, following
from api.metrics import Metrics
from api.metrics import workers as workers_module
from api.metrics.route import _is_loopback
from api.metrics.workers import Workers
from api.route_names import UNKNOWN, RouteNames
from matcher import Settings
from matcher.casework.batches import BatchState, BatchStep, Inputs, StepProgress
from matcher.desk import Act, Desk, Subject
from matcher.errors import StoreError
from matcher.people import actor_of_program
from matcher.service import Matcher
from matcher.store.batch_runs import Runner, begin_batch, end_batch, save_step
from tests.conftest import NEEDS, PARTNERS
from tests.people import SESSIONS, account, sign_in

HERE = ("127.0.0.1", 50000)
TEXT = {"text": "断路器触头温升过高，怀疑接触电阻太大"}
TOKEN = "a token of the scraper"

Values = dict[tuple[str, frozenset[tuple[str, str]]], float]


def opened(matcher: Matcher, **settings: str) -> TestClient:
    app = create_app(matcher, Settings(**settings), sessions=SESSIONS)  # type: ignore[arg-type]
    return TestClient(app, raise_server_exceptions=False, client=HERE)


@pytest.fixture
def local(filled: Matcher) -> Iterator[TestClient]:
    """On the same machine, signed in."""
    with opened(filled) as client:
        yield sign_in(client, account(filled))


def scraped(client: TestClient) -> Values:
    answer = client.get("/metrics")
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value(values: Values, name: str, labels: Mapping[str, str] | None = None) -> float:
    return values[name, frozenset((labels or {}).items())]


def of_route(route: str, status: str = "2xx", method: str = "GET") -> dict[str, str]:
    return {"method": method, "route": route, "status": status}


def test_requests_are_counted_by_route(local: TestClient) -> None:
    for path in ("/needs/N1", "/needs/N2", "/needs/N404", "/static/app.css", "/api/v1/needs/N1"):
        local.get(path)
    local.post("/api/v1/match", json=TEXT)
    local.patch("/api/v1/match")
    values = scraped(local)
    count, bucket = "matcher_request_seconds_count", "matcher_request_seconds_bucket"
    assert value(values, count, of_route("/needs/{need_id}")) == 2
    assert value(values, count, of_route("/needs/{need_id}", "4xx")) == 1
    assert value(values, count, of_route("/api/v1/needs/{need_id}")) == 1
    assert value(values, count, of_route("/static")) == 1
    assert value(values, count, of_route("/api/v1/match", method="POST")) == 1
    assert value(values, count, of_route("/api/v1/match", "4xx", "PATCH")) == 1
    assert value(values, bucket, of_route("/needs/{need_id}") | {"le": "+Inf"}) == 2
    assert 0 < value(values, "matcher_request_seconds_sum", of_route("/needs/{need_id}")) < 60
    assert value(values, "matcher_requests_in_flight") == 1, "this one"
    assert value(scraped(local), count, of_route("/metrics")) == 1


def test_an_unexpected_error_is_counted(
    local: TestClient, filled: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filled, "match_text", lambda *_, **__: 1 / 0)
    assert local.post("/api/v1/match", json=TEXT).status_code == 500
    values = scraped(local)
    failed = of_route("/api/v1/match", "5xx", "POST")
    assert value(values, "matcher_request_seconds_count", failed) == 1
    assert value(values, "matcher_requests_in_flight") == 1


def test_addresses_and_methods_that_somebody_makes_up_add_nothing(local: TestClient) -> None:
    def send(number: int) -> None:
        local.get(f"/nothing-{number}")
        local.get(f"/needs/N-{number}")
        local.get(f"/needs/N-{number}/similar/{number}")
        local.get(f"/api/v1/{number}")
        local.get(f"/static/{number}.css")
        local.get(f"/submit/{number}")
        local.request(f"MAKEUP{number}", "/needs")

    send(0)
    scraped(local)
    before = set(scraped(local))
    for number in range(1, 30):
        send(number)
    assert set(scraped(local)) == before
    routes = {dict(labels).get("route", "/") for _, labels in before}
    assert UNKNOWN in routes
    assert not any("N-0" in route or "nothing" in route for route in routes)
    assert {dict(labels).get("method", "GET") for _, labels in before} == {"GET", "OTHER"}


def test_every_route_has_a_name_of_its_own_path() -> None:
    app = create_app()
    names = RouteNames(app.routes)
    known = set(names._known.values())
    assert {"/", "/needs/{need_id}", "/api/v1/match", "/static", "/api/docs/assets"} <= known
    assert known >= {path for path in app.openapi()["paths"] if ":" not in path}
    assert not any(":" in name for name in known)
    assert names.of({"type": "http"}) == UNKNOWN
    assert names.of({"type": "http", "route": Mount("/x", app)}) == UNKNOWN


def test_stages_of_answers(local: TestClient) -> None:
    for _ in range(3):
        local.post("/api/v1/match", json=TEXT)
    values = scraped(local)
    for name in ("encode", "dense", "lexical", "fusion", "records", "reasons"):
        assert value(values, "matcher_stage_seconds_count", {"stage": name}) == 3
        assert value(values, "matcher_stage_seconds_sum", {"stage": name}) > 0


def test_the_index_and_the_store(local: TestClient) -> None:
    local.post("/api/v1/match", json=TEXT)
    before = scraped(local)
    for side, records in (("need", NEEDS), ("partner", PARTNERS)):
        assert value(before, "matcher_index_owners", {"side": side}) == len(records)
        assert value(before, "matcher_index_passages", {"side": side}) >= len(records)
    revision = value(before, "matcher_store_revision")
    assert value(before, "matcher_index_revision") == revision
    refreshed = value(before, "matcher_index_refreshed_timestamp_seconds")
    assert abs(refreshed - datetime.now(UTC).timestamp()) < 60
    assert value(before, "matcher_index_unsaved_passages", {"side": "need"}) >= len(NEEDS)
    local.delete("/api/v1/needs/N1")
    stale = scraped(local)
    assert value(stale, "matcher_store_revision") == revision + 1
    assert value(stale, "matcher_index_revision") == revision, "asking refreshes nothing"
    local.post("/api/v1/match", json=TEXT)
    after = scraped(local)
    assert value(after, "matcher_store_revision") == revision + 1
    assert value(after, "matcher_index_revision") == revision + 1
    assert value(after, "matcher_index_owners", {"side": "need"}) == len(NEEDS) - 1
    assert ("matcher_snapshot_bytes", frozenset()) not in after
    assert value(after, "matcher_database_connections", {"state": "limit"}) > 0
    assert value(after, "matcher_database_connections", {"state": "in_use"}) >= 0


def test_the_snapshot_on_disk(local: TestClient, filled: Matcher) -> None:
    with filled.index.current():
        pass
    folder = filled.index.save()
    values = scraped(local)
    assert value(values, "matcher_home_free_bytes") > 0
    assert value(values, "matcher_index_unsaved_passages", {"side": "need"}) == 0
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert value(values, "matcher_snapshot_bytes") == size > 0
    assert value(values, "matcher_snapshot_revision") == filled.index.revision
    written = value(values, "matcher_snapshot_timestamp_seconds")
    assert abs(written - datetime.now(UTC).timestamp()) < 60


def test_a_batch_of_another_process(local: TestClient, filled: Matcher) -> None:
    assert not any(name.startswith("matcher_batch") for name, _ in scraped(local))
    inputs = Inputs(model_id="m", library_id="l", revision=1, token="t", program="0")
    now, runner = datetime.now(UTC), Runner(host="h", pid=1, by="示例")
    with filled.database.appending() as session:
        batch = begin_batch(session, "2026-11", inputs, out="/x", runner=runner, at=now)
        save_step(session, batch.id, StepProgress(step=BatchStep.RANKING, done=3, total=8))
    values = scraped(local)
    assert value(values, "matcher_batch_done", {"step": "ranking"}) == 3
    assert value(values, "matcher_batch_total", {"step": "ranking"}) == 8
    assert value(values, "matcher_batch_done", {"step": "plan"}) == 0
    assert value(values, "matcher_batch_state", {"state": "interrupted"}) == 1, "nobody runs it"
    assert value(values, "matcher_batch_state", {"state": "running"}) == 0
    with filled.database.appending() as session:
        end_batch(session, batch.id, BatchState.FINISHED, now)
    assert value(scraped(local), "matcher_batch_state", {"state": "finished"}) == 1


def test_imports(local: TestClient, filled: Matcher) -> None:
    assert value(scraped(local), "matcher_imports_total") == 0
    desk = Desk(filled, actor_of_program())
    with filled.writing() as session:
        desk.log(session, Act.IMPORT, Subject.NEED, "", summary="3 行")
        desk.log(session, Act.EXPORT, Subject.NEED, "", summary="3 行")
    assert value(scraped(local), "matcher_imports_total") == 1


def test_this_process(local: TestClient) -> None:
    found = [(labels, got) for (name, labels), got in scraped(local).items() if "resident" in name]
    ((labels, size),) = found
    assert {name for name, _ in labels} == {"pid"}
    assert size > 1e7


def test_a_store_that_fails_is_told(
    local: TestClient,
    filled: Matcher,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object) -> None:
        raise StoreError("数据库没有回答")

    local.post("/api/v1/match", json=TEXT)
    monkeypatch.setattr(filled.database, "reading", fail)
    values = scraped(local)
    assert value(values, "matcher_source_up", {"source": "store"}) == 0
    assert value(values, "matcher_source_up", {"source": "batch"}) == 0
    assert value(values, "matcher_source_up", {"source": "snapshot"}) == 1
    assert ("matcher_store_revision", frozenset()) not in values
    assert value(values, "matcher_index_owners", {"side": "need"}) == len(NEEDS), "as last known"
    assert "数据库没有回答" in caplog.text


def test_the_newer_format(local: TestClient) -> None:
    answer = local.get("/metrics", headers={"accept": "application/openmetrics-text"})
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")
    assert local.get("/metrics").headers["content-type"].startswith("text/plain")


def test_only_this_machine_may_read(filled: Matcher) -> None:
    app = create_app(filled, sessions=SESSIONS)
    for address in ("10.0.0.8", "testclient", "2001:db8::1", "::ffff:10.0.0.8"):
        with TestClient(app, client=(address, 50000)) as client:
            sign_in(client, account(filled))
            answer = client.get("/metrics")
            assert answer.status_code == 403
            assert "MATCHER_METRICS_TOKEN" in answer.text
            assert "matcher_" not in answer.text
    with TestClient(app, client=("::1", 50000)) as client:
        assert client.get("/metrics").status_code == 200


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:10.0.0.1", False),
        ("10.0.0.1", False),
        ("localhost", False),
        ("", False),
    ],
)
def test_what_counts_as_this_machine(address: str, expected: bool) -> None:
    assert _is_loopback(address) is expected


def test_with_a_token_everybody_needs_it(filled: Matcher) -> None:
    with opened(filled, metrics_token=TOKEN) as client:
        for headers in (
            {},
            {"authorization": "Bearer "},
            {"authorization": f"Bearer {TOKEN}x"},
            {"authorization": f"Basic {TOKEN}"},
        ):
            answer = client.get("/metrics", headers=headers)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
        right = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
        assert right.status_code == 200


@given(st.text())
def test_any_address_is_answered(address: str) -> None:
    assert _is_loopback(address) in {True, False}


def test_it_is_not_part_of_the_api(local: TestClient) -> None:
    document = local.get("/api/v1/openapi.json").json()
    assert not [path for path in document["paths"] if "metrics" in path]


def test_workers_that_ended_are_forgotten_but_not_their_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = iter([101, 102])
    system = SimpleNamespace(getpid=lambda: number)
    monkeypatch.setattr(workers_module, "os", system)
    number = next(numbers)
    first = Workers(tmp_path)
    number = next(numbers)
    second = Workers(tmp_path)
    left = [tmp_path / name for name in ("gauge_livesum_101.db", "histogram_101.db")]
    for path in left:
        path.touch()
    second.bury_dead()
    assert second.alive() == [101, 102]
    first.leave()
    second.bury_dead()
    assert second.alive() == [102]
    assert [path.exists() for path in left] == [False, True]


def test_a_server_follows_the_store_while_nobody_asks(
    filled: Matcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.app, "open_matcher", lambda _: filled)
    monkeypatch.setattr(filled, "close", lambda: None)
    monkeypatch.setattr(following, "PAUSE", 0.05)
    app = create_app(settings=Settings(home=tmp_path))
    with TestClient(app, client=HERE):
        for _ in range(400):
            if filled.index.revision == 2:
                break
            sleep(0.05)
    assert filled.index.revision == 2


def test_following_goes_on_after_a_failure(
    filled: Matcher, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    course = iter([StoreError("坏"), StoreError("坏"), 0, ValueError("'张三'")])

    def refresh() -> None:
        step = next(course, None)
        if step is None:
            raise KeyboardInterrupt
        if isinstance(step, Exception):
            raise step

    monkeypatch.setattr(filled.index, "refresh", refresh)
    monkeypatch.setattr(following, "PAUSE", 0)
    with pytest.raises(KeyboardInterrupt):
        anyio.run(following.follow, filled.index, Metrics(filled))
    told = [record.getMessage() for record in caplog.records]
    assert told == [
        "the indexes do not follow the store: 坏",
        "the indexes follow the store again",
        "the indexes do not follow the store: ValueError: '…'",
    ]
