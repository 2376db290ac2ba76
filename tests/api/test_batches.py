"""Monthly batches over HTTP."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api import create_app
from matcher.batch.launching import Launch, Launcher
from matcher.batch.lock import held
from matcher.casework.batches import BatchState
from matcher.people import Role
from matcher.people.days import today
from matcher.service import Matcher
from matcher.settings import Settings
from tests.api.problems import problem
from tests.batches import BEGUN, add_batch
from tests.people import SESSIONS, account, sign_in

BATCHES = "/api/v1/batches"
MONTH = f"{today():%Y-%m}"


class NotedLauncher(Launcher):
    """Starts nothing, but writes down what it was asked for."""

    asked: list[str]

    def launch(self, month: str, by: str, *, fresh: bool = False) -> Launch:
        self.asked = [month, by, str(fresh)]
        return Launch(month=month, at=BEGUN, by=by, pid=1)


@pytest.fixture
def launcher(filled: Matcher) -> NotedLauncher:
    return NotedLauncher(Settings(home=filled.home))


@pytest.fixture
def client(filled: Matcher, launcher: NotedLauncher) -> Iterator[TestClient]:
    app = create_app(filled, sessions=SESSIONS, launcher=launcher)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield sign_in(opened, account(filled, Role.CITY_STAFF))


def test_a_batch_is_started(client: TestClient, launcher: NotedLauncher) -> None:
    answer = client.post(BATCHES, json={"month": MONTH})
    assert answer.status_code == 202
    assert answer.json()["month"] == MONTH
    assert launcher.asked == [MONTH, "市级工作人员", "False"]


def test_what_cannot_be_started_is_told(
    client: TestClient, filled: Matcher, launcher: NotedLauncher
) -> None:
    assert problem(client.post(BATCHES, json={"month": "x"}), 422, "invalid-input")["errors"]
    with held(filled.database, filled.home):
        problem(client.post(BATCHES, json={"month": MONTH}), 409, "conflict")
    sign_in(client, account(filled, Role.COUNTY_STAFF, "乐清市"))
    problem(client.post(BATCHES, json={"month": MONTH}), 403, "forbidden")
    assert not hasattr(launcher, "asked")


def test_a_service_without_a_launcher(filled: Matcher) -> None:
    with TestClient(create_app(filled, sessions=SESSIONS)) as client:
        sign_in(client, account(filled))
        told = problem(client.post(BATCHES, json={"month": MONTH}), 409, "conflict")
    assert "matcher batch --month" in told["detail"]


def test_the_list_and_one_of_it(client: TestClient, filled: Matcher) -> None:
    first = add_batch(filled, state=BatchState.FINISHED)
    second = add_batch(filled, state=BatchState.FAILED, month="2026-09", error="磁盘坏了")
    listed = client.get(BATCHES).json()
    assert (listed["total"], [each["id"] for each in listed["items"]]) == (2, [second.id, first.id])
    assert listed["items"][0]["error"] == "磁盘坏了"
    assert client.get(BATCHES, params={"month": "2026-10"}).json()["total"] == 1
    shown = client.get(f"{BATCHES}/{first.id}").json()
    assert (shown["state"], shown["state_label"]) == ("finished", "已完成")
    assert [step["step"] for step in shown["steps"]] == [
        "screening",
        "ranking",
        "plan",
        "figures",
        "documents",
    ]
    assert shown["inputs"]["assignment"]["partners_per_need"] == 3
    assert [each["county"] for each in shown["documents"]] == ["", "乐清市", "乐清市", "平阳县"]
    assert (shown["seconds_left"], shown["stopping"]) == (None, False)
    document = shown["documents"][0]
    taken = client.get(f"{BATCHES}/{first.id}/documents/{document['id']}")
    assert taken.content == "全市.txt".encode()
    problem(client.get(f"{BATCHES}/{second.id}/documents/{document['id']}"), 404, "not-found")


def test_a_county_gets_its_own(client: TestClient, filled: Matcher) -> None:
    batch = add_batch(filled, state=BatchState.FAILED, error="磁盘坏了")
    city = client.get(f"{BATCHES}/{batch.id}").json()
    sign_in(client, account(filled, Role.COUNTY_STAFF, "平阳县"))
    shown = client.get(f"{BATCHES}/{batch.id}").json()
    assert [each["path"] for each in shown["documents"]] == ["平阳县.txt"]
    assert (shown["steps"], shown["error"], shown["inputs"]) == ([], "", None)
    for document in city["documents"][:3]:
        answer = client.get(f"{BATCHES}/{batch.id}/documents/{document['id']}")
        problem(answer, 404, "not-found")


def test_it_is_cancelled(client: TestClient, filled: Matcher) -> None:
    batch = add_batch(filled, state=BatchState.RUNNING)
    problem(client.post(f"{BATCHES}/{batch.id}/cancel"), 409, "conflict")
    with held(filled.database, filled.home):
        assert client.post(f"{BATCHES}/{batch.id}/cancel").json()["state"] == "running"
        assert client.get(f"{BATCHES}/{batch.id}").json()["stopping"]
    problem(client.post(f"{BATCHES}/404/cancel"), 404, "not-found")
