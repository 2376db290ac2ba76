"""Importing a spreadsheet on the pages."""

import json
import os
import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook
from starlette.testclient import TestClient

from api import create_app
from matcher.casework.needs import NeedStatus
from matcher.desk import imports
from matcher.people import Role
from matcher.records import Need
from matcher.service import Matcher
from matcher.store.audit import list_audit
from matcher.store.enterprises import list_enterprises
from matcher.store.need_steps import need_status, steps_of
from matcher.store.needs import get_need, list_needs
from tests.api.html import check_page, text
from tests.conftest import HOT_CONTACTS
from tests.people import SESSIONS, account, sign_in

VALVE = {
    "id": "I1",
    "title": "阀门填料泄漏",
    "problem": "高温闸阀填料函泄漏，换过柔性石墨填料仍超标。",
    "enterprise_name": "示例阀门有限公司",
    "county": "永嘉县",
}
AGAIN = {"id": "N1", "title": HOT_CONTACTS.title, "problem": HOT_CONTACTS.problem, "goal": "改"}
BAD = {"id": "I2", "title": "坏的一行", "problem": "期限写错的一行需求文字。", "deadline": "明年"}


def lines(*rows: dict[str, str]) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def send(
    client: TestClient, content: bytes, name: str = "征集表.jsonl", subject: str = "needs"
) -> tuple[str, str]:
    """Address and text of the page after sending a file."""
    answer = client.post(
        "/needs/import", data={"subject": subject}, files={"file": (name, content)}
    )
    check_page(answer.text)
    return answer.url.path, text(answer.text)


def need(matcher: Matcher, need_id: str) -> tuple[Need, NeedStatus]:
    with matcher.reading() as session:
        return get_need(session, need_id), need_status(session, need_id)


def count(matcher: Matcher) -> int:
    with matcher.reading() as session:
        return list_needs(session)[1]


def test_the_form_offers_templates(client: TestClient) -> None:
    answer = client.get("/needs/import")
    check_page(answer.text)
    for subject in ("needs", "enterprises"):
        got = client.get(f"/needs/import/template/{subject}")
        assert got.content.startswith(b"PK")
        assert "attachment" in got.headers["content-disposition"]
    assert client.get("/needs/import/template/partners").status_code == 404


def test_a_file_is_looked_at_and_then_imported(client: TestClient, filled: Matcher) -> None:
    path, shown = send(client, lines(VALVE, AGAIN | {"county": "乐清市"}))
    assert "新增 1 修改 1 没有变化 0" in shown
    assert "新建企业 1" in shown
    assert count(filled) == 3
    assert text(client.get(path).text) == shown
    assert "征集表.jsonl" in text(client.get("/needs/import").text)
    done = client.post(f"{path}/confirm", data={"status": "pending"})
    assert "新增需求 1 条，修改 1 条" in text(done.text)
    new, status = need(filled, "I1")
    assert (new.title, status) == ("阀门填料泄漏", NeedStatus.PENDING)
    assert need(filled, "N1")[1] is NeedStatus.LISTED
    with filled.reading() as session:
        assert [step.after for step in steps_of(session, "I1")] == [NeedStatus.PENDING]
        told = [entry.action for entry in list_audit(session)[0]]
        assert list_enterprises(session)[1] == 1
    assert sorted(told) == ["change", "create", "create", "import"]
    assert client.get(path).status_code == 404
    path, shown = send(client, lines(VALVE))
    assert "新增 0 修改 0 没有变化 1" in shown


def test_new_needs_may_be_listed_at_once(client: TestClient, filled: Matcher) -> None:
    path, _ = send(client, lines(VALVE))
    client.post(f"{path}/confirm", data={"status": "listed"})
    assert need(filled, "I1")[1] is NeedStatus.LISTED


def test_faults_are_listed_and_good_rows_may_go_alone(client: TestClient, filled: Matcher) -> None:
    path, shown = send(client, lines(VALVE, BAD))
    assert "要改正的地方（1 处）" in shown
    assert "需求时限" in shown
    refused = client.post(f"{path}/confirm", data={"status": "pending"})
    assert refused.status_code == 409
    assert "没有导入" in text(refused.text)
    assert count(filled) == 3
    client.post(f"{path}/confirm", data={"status": "pending", "keep_good": "1"})
    assert count(filled) == 4


def test_cancelling_forgets_the_file(client: TestClient, filled: Matcher) -> None:
    path, _ = send(client, lines(VALVE))
    client.post(f"{path}/cancel")
    assert client.get(path).status_code == 404
    assert list((filled.home / "uploads").iterdir()) == []


def test_repeats_of_the_library_are_told(client: TestClient) -> None:
    again = AGAIN | {"id": "I3", "county": "平阳县"}
    _, shown = send(client, lines(again))
    assert "可能重复的需求（1 条）" in shown
    assert "断路器触头温升过高" in shown


def test_a_county_imports_its_own_rows_alone(filled: Matcher) -> None:
    rows = lines(
        VALVE,
        {**AGAIN, "id": "N2", "county": "乐清市"},
        {**VALVE, "id": "I4", "county": "", "enterprise_name": "示例电气有限公司"},
    )
    with TestClient(create_app(filled, sessions=SESSIONS)) as client:
        sign_in(client, account(filled, Role.COUNTY_STAFF, "乐清市"))
        path, shown = send(client, rows)
        assert "新增 1 修改 0" in shown
        assert "只能导入乐清市的" in shown
        assert "已由其他县区使用" in shown
        client.post(f"{path}/confirm", data={"status": "pending", "keep_good": "1"})
    assert need(filled, "I4")[0].county == "乐清市"
    assert need(filled, "N2")[0].title == "牛皮鞣制废水铬超标"
    with filled.reading() as session:
        assert list_enterprises(session)[0][0].county == "乐清市"


def test_a_file_is_seen_by_its_sender_alone(client: TestClient, filled: Matcher) -> None:
    path, _ = send(client, lines(VALVE))
    with TestClient(create_app(filled, sessions=SESSIONS)) as other:
        sign_in(other, account(filled, Role.CITY_STAFF))
        assert other.get(path).status_code == 404
        assert other.post(f"{path}/confirm").status_code == 404
        sign_in(other, account(filled, Role.READ_ONLY))
        assert other.get("/needs/import").status_code == 403
        file = {"file": ("a.jsonl", b"{}")}
        assert other.post("/needs/import", files=file).status_code == 403


def test_a_file_expires(client: TestClient, filled: Matcher) -> None:
    path, _ = send(client, lines(VALVE))
    ticket = filled.home / "uploads" / f"{path.rsplit('/', 1)[1]}.json"
    said = json.loads(ticket.read_text())
    ticket.write_text(json.dumps(said | {"at": "2020-01-01T00:00:00+00:00"}))
    assert client.get(path).status_code == 404
    os.utime(ticket.with_suffix(""), (0, 0))
    client.get("/needs/import")
    assert not ticket.exists()


def bomb() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("表.xlsx", bomb(), "大得不正常"),
        ("表.xlsx", b"MZ not a workbook", "不是 Excel 文件或已损坏"),
        ("表.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Excel"),
        ("表.exe", b"MZ", "不认识的文件类型"),
        ("../../表.csv", b"", "“表.csv”是空文件"),
        ("表.csv", "天气,心情\n晴,好".encode(), "表头"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_of(
    client: TestClient, filled: Matcher, name: str, content: bytes, said: str
) -> None:
    _, shown = send(client, content, name)
    assert said in shown
    assert list((filled.home / "uploads").iterdir()) == []


def test_without_a_file(client: TestClient) -> None:
    answer = client.post("/needs/import", data={"subject": "needs"})
    assert answer.status_code == 422
    assert "请先选择" in text(answer.text)


def test_too_large_a_file(client: TestClient) -> None:
    _, shown = send(client, b"x" * (20 * 1024 * 1024 + 1), "a.csv")
    assert "文件超过 20 MB" in shown
    answer = client.post("/needs/import", files={"file": ("a.csv", b"x" * (22 * 1024 * 1024))})
    assert answer.status_code == 413


def test_too_many_rows(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "MOST_ROWS", 1)
    _, shown = send(client, lines(VALVE, AGAIN))
    assert "超过 1 行" in shown


def test_a_workbook_of_enterprises(client: TestClient, filled: Matcher) -> None:
    book = Workbook()
    book.active.append(["企业名称", "县区"])
    book.active.append(["=cmd()", "乐清市"])
    book.active["A2"].data_type = "s"
    book.active.append(["示例电气有限公司", "乐清市"])
    packed = BytesIO()
    book.save(packed)
    path, shown = send(client, packed.getvalue(), "企业.xlsx", "enterprises")
    assert "新增 2" in shown
    client.post(f"{path}/confirm")
    with filled.reading() as session:
        assert list_enterprises(session)[1] == 2
