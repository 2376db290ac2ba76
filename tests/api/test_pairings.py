"""Pairings over HTTP."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api import create_app
from matcher.casework.needs import NeedStatus
from matcher.people import Role
from matcher.service import Matcher
from matcher.store.need_steps import need_status, set_status
from matcher.store.tables_casework import PartnerFactsRow
from tests.api.problems import fields, problem
from tests.people import SESSIONS, account, sign_in

ALL = "/api/v1/pairings"
ONE = f"{ALL}/1"


@pytest.fixture
def county(filled: Matcher) -> Iterator[TestClient]:
    """Signed in as staff of 平阳县, whose need N2 is."""
    app = create_app(filled, sessions=SESSIONS)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield sign_in(opened, account(filled, Role.COUNTY_STAFF, "平阳县"))


def create(client: TestClient, need: str = "N1", partner: str = "X1", **more: object) -> dict:  # type: ignore[type-arg]
    answer = client.post(ALL, json={"need_id": need, "partner_id": partner} | more)
    assert answer.status_code == 201, answer.text
    made: dict[str, object] = answer.json()
    assert answer.headers["location"] == f"{ALL}/{made['id']}"
    return made


def test_the_way_of_a_pairing(client: TestClient, filled: Matcher) -> None:
    made = create(client, probability=0.86, note="先电话联系")
    assert (made["stage"], made["stage_label"], made["version"]) == ("sent", "已推送", 1)
    assert (made["county"], made["probability"], made["warnings"]) == ("乐清市", 0.86, [])
    with filled.reading() as session:
        assert need_status(session, "N1") is NeedStatus.MATCHING

    moved = client.post(f"{ONE}/stage", json={"stage": "已接洽", "seen": 1}).json()
    assert (moved["stage"], moved["version"]) == ("contacted", 2)
    assert client.post(f"{ONE}/notes", json={"text": "下周到厂"}).status_code == 204
    released = client.post(f"{ONE}/release", json={"seen": 2}).json()
    assert released["released_at"].startswith("20")

    shown = client.get(ONE).json()
    assert shown["need_title"] == "断路器触头温升过高"
    assert (shown["partner_name"], shown["partner_kind_label"]) == ("触头专家", "院士专家")
    assert (shown["active_this_year"], shown["capacity"]) == (1, None)
    kinds = [(event["kind"], event["after_label"]) for event in shown["events"]]
    assert kinds == [
        ("stage", "已推送"),
        ("stage", "已接洽"),
        ("note", None),
        ("release", None),
    ]

    failed = client.post(f"{ONE}/fail", json={"reason": "terms", "seen": 3, "note": "谈不拢"})
    assert failed.json()["reason_label"] == "费用或条件未谈成"
    assert client.get(ONE).json()["proposes_relisting"] is True
    again = client.post(f"{ONE}/stage", json={"stage": "recommended", "seen": 4}).json()
    assert (again["stage"], again["reason"]) == ("recommended", None)


def test_refusing(client: TestClient) -> None:
    made = create(client, stage="failed", reason="专业方向不符")
    assert (made["stage"], made["reason"]) == ("failed", "wrong_field")
    body = {"need_id": "N2", "partner_id": "X1", "stage": "failed"}
    assert fields(problem(client.post(ALL, json=body), 422, "invalid-input")) == ["reason"]
    body = {"need_id": "N2", "partner_id": "X1", "reason": "other"}
    assert fields(problem(client.post(ALL, json=body), 422, "invalid-input")) == ["reason"]


def test_a_full_partner_is_warned_of(client: TestClient, filled: Matcher) -> None:
    with filled.writing() as session:
        session.add(
            PartnerFactsRow(
                partner_id="X1",
                aliases=[],
                capacity=1,
                conflicts=[],
                stations_elsewhere=None,
                retired=None,
                last_contacted=None,
                note="",
                version=1,
            )
        )
    assert create(client)["warnings"] == []
    (warning,) = create(client, "N2")["warnings"]
    assert "达到每年 1 项的上限" in warning


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        ({"need_id": "none", "partner_id": "X1"}, 404, "not-found"),
        ({"need_id": "N1", "partner_id": "nobody"}, 404, "not-found"),
        ({"need_id": "N1", "partner_id": "X1", "stage": "signed"}, 422, "invalid-input"),
        ({"need_id": "N1", "partner_id": "X1", "stage": "nonsense"}, 422, "invalid-input"),
        ({"need_id": "N1", "partner_id": "X1", "stage": 1}, 422, "invalid-input"),
        ({"need_id": "N1", "partner_id": "X1", "probability": 2}, 422, "invalid-input"),
        ({"need_id": "N1", "partner_id": "X1", "note": "长" * 2001}, 422, "invalid-input"),
        ({"need_id": "N1", "partner_id": "X1", "more": 1}, 422, "invalid-input"),
        ({"need_id": "N1"}, 422, "invalid-input"),
    ],
)
def test_what_cannot_be_created(
    client: TestClient, body: dict[str, object], status: int, slug: str
) -> None:
    problem(client.post(ALL, json=body), status, slug)
    assert client.get(ALL).json()["total"] == 0


def test_conflicts(client: TestClient, filled: Matcher) -> None:
    create(client)
    problem(client.post(ALL, json={"need_id": "N1", "partner_id": "X1"}), 409, "conflict")
    late = {"stage": "visited", "seen": 9}
    problem(client.post(f"{ONE}/stage", json=late), 409, "conflict")
    problem(client.post(f"{ONE}/fail", json={"reason": "other", "seen": 9}), 409, "conflict")
    problem(client.post(f"{ONE}/release", json={"seen": 9}), 409, "conflict")
    with filled.writing() as session:
        set_status(session, "N2", NeedStatus.PENDING)
    problem(client.post(ALL, json={"need_id": "N2", "partner_id": "X1"}), 409, "conflict")


def test_the_list(client: TestClient) -> None:
    create(client)
    create(client, "N2", "S1")

    def ids(**query: object) -> list[int]:
        answer = client.get(ALL, params=query)  # type: ignore[arg-type]
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    assert ids() == [2, 1]
    assert ids(sort="moved") == [1, 2]
    assert ids(county="乐清市") == [1]
    assert ids(stage="已推送", kind="society") == [2]
    assert ids(q="触头") == [1]
    assert ids(overdue=True) == []
    assert ids(limit=1, offset=1) == [1]
    problem(client.get(ALL, params={"stage": "x"}), 422, "invalid-input")


def test_files(client: TestClient) -> None:
    create(client)
    answer = client.post(
        f"{ONE}/files", files={"file": ("协议.pdf", b"%PDF-1.7")}, data={"note": "盖章版"}
    )
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["name"], made["media_type"], made["size"]) == ("协议.pdf", "application/pdf", 8)
    found = client.get(f"{ONE}/files/{made['id']}")
    assert found.content == b"%PDF-1.7"
    assert found.headers["content-disposition"].startswith("attachment")
    assert found.headers["x-content-type-options"] == "nosniff"
    refused = client.post(f"{ONE}/files", files={"file": ("a.pdf", b"MZ\0\0")})
    assert fields(problem(refused, 422, "invalid-input")) == ["file"]
    problem(client.post(f"{ONE}/files", data={"note": "x"}), 422, "invalid-input")
    problem(client.get(f"{ONE}/files/99"), 404, "not-found")
    large = client.post(f"{ONE}/files", files={"file": ("a.txt", b"a" * (10 * 1024 * 1024 + 1))})
    assert fields(problem(large, 422, "invalid-input")) == ["file"]


def test_other_counties(client: TestClient, county: TestClient) -> None:
    create(client)
    assert county.get(ALL).json()["total"] == 0
    assert county.get(ALL, params={"county": "乐清市"}).json()["total"] == 0
    problem(county.get(ONE), 404, "not-found")
    problem(county.get(f"{ONE}/files/1"), 404, "not-found")
    for path, body in (
        ("stage", {"stage": "contacted", "seen": 1}),
        ("fail", {"reason": "other", "seen": 1}),
        ("notes", {"text": "x"}),
        ("release", {"seen": 1}),
    ):
        problem(county.post(f"{ONE}/{path}", json=body), 404, "not-found")
    problem(county.post(f"{ONE}/files", files={"file": ("a.txt", b"x")}), 404, "not-found")
    problem(county.post(ALL, json={"need_id": "N1", "partner_id": "S1"}), 404, "not-found")
    assert create(county, "N2", "X1")["county"] == "平阳县"


def test_readers_change_nothing(client: TestClient, filled: Matcher) -> None:
    create(client)
    sign_in(client, account(filled, Role.READ_ONLY))
    assert client.get(ONE).status_code == 200
    problem(client.post(ALL, json={"need_id": "N2", "partner_id": "X1"}), 403, "forbidden")
    problem(client.post(f"{ONE}/notes", json={"text": "x"}), 403, "forbidden")
    problem(client.post(f"{ONE}/files", files={"file": ("a.txt", b"x")}), 403, "forbidden")
    problem(client.get(f"{ONE}/files/1"), 403, "forbidden")


@pytest.mark.parametrize("number", ["0", "-1", "x", str(10**30)])
def test_odd_numbers(client: TestClient, number: str) -> None:
    assert client.get(f"{ALL}/{number}").status_code in {404, 422}
    assert client.get(f"{ONE}/files/{number}").status_code in {404, 422}
