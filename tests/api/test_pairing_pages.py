"""The board, the list, a pairing, its sheets, and the buttons beside recommendations."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from api import create_app
from matcher.casework.contacts import Contact, ContactOwner
from matcher.casework.needs import NeedStatus
from matcher.casework.pairings import PairingStage
from matcher.people import Role
from matcher.records import Enterprise
from matcher.service import Matcher
from matcher.store.contacts import save_contact
from matcher.store.enterprises import save_enterprises
from matcher.store.need_steps import need_status, set_status
from matcher.store.pairings import get_pairing
from matcher.store.tables_casework import PartnerFactsRow
from tests.api.html import check_page, links, text
from tests.conftest import HIDES, HOT_CONTACTS
from tests.people import SESSIONS, account, sign_in

S = PairingStage


@pytest.fixture
def county(filled: Matcher) -> Iterator[TestClient]:
    """Signed in as staff of 乐清市, whose need N1 is."""
    app = create_app(filled, sessions=SESSIONS)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield sign_in(opened, account(filled, Role.COUNTY_STAFF, "乐清市"))


def send(client: TestClient, path: str, **fields: object) -> str:
    """Send a form and return the page that it leads to."""
    answer = client.post(path, data={name: str(value) for name, value in fields.items()})
    assert answer.status_code == 200, answer.text
    check_page(answer.text)
    return answer.text


def push(client: TestClient, need: str = "N1", partner: str = "X1") -> None:
    fields = {"need": need, "partner": partner, "probability": "0.86"}
    answer = client.post("/pairings/push", data=fields, follow_redirects=False)
    assert answer.status_code == 303, answer.text


def match_of(page: str, partner: str) -> str:
    """What stands beside one recommendation."""
    found = re.findall(r'<li class="match.*?(?=<li class="match|</ol>)', page, re.DOTALL)
    return next(part for part in found if f'"/partners/{partner}"' in part)


def test_pushing_from_a_need(client: TestClient, filled: Matcher) -> None:
    before = client.get("/needs/N1").text
    check_page(before)
    assert "推送" in match_of(before, "X1")
    answer = client.post(
        "/pairings/push",
        data={
            "need": "N1",
            "partner": "X1",
            "probability": "0.86",
            "place": "1",
            "kind": "expert",
            "region": "上海",
        },
        follow_redirects=False,
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == "/needs/N1?kind=expert&region=%E4%B8%8A%E6%B5%B7#m1"
    after = client.get("/needs/N1").text
    check_page(after)
    beside = match_of(after, "X1")
    assert "已推送" in beside
    assert "/pairings/push" not in beside
    assert "/pairings/1" in links(after)
    assert "已有对接" in text(after)
    with filled.reading() as session:
        assert get_pairing(session, 1).probability == 0.86
        assert need_status(session, "N1") is NeedStatus.MATCHING


def test_refusing_greys_out_and_can_be_taken_back(client: TestClient) -> None:
    page = send(
        client, "/pairings/refuse", need="N1", partner="X2", reason="wrong_field", place="2"
    )
    beside = match_of(page, "X2")
    assert "match-refused" in beside
    assert "专业方向不符" in beside
    again = send(client, "/pairings/1/reopen", need="N1", seen=1, place="2")
    assert "match-refused" not in match_of(again, "X2")
    assert "/pairings/push" in match_of(again, "X2")


def test_a_refusal_needs_a_reason(client: TestClient) -> None:
    answer = client.post("/pairings/refuse", data={"need": "N1", "partner": "X1"})
    assert answer.status_code == 422
    check_page(answer.text)
    assert "还没有办理" in text(answer.text)


def test_pushing_twice_is_told_and_nothing_is_lost(client: TestClient) -> None:
    push(client)
    answer = client.post("/pairings/push", data={"need": "N1", "partner": "X1"})
    assert answer.status_code == 409
    check_page(answer.text)
    assert "已经在对接" in text(answer.text)
    assert "断路器触头温升过高" in text(answer.text)
    assert (
        client.post(
            "/pairings/push", data={"need": "N1", "partner": "X2", "probability": "much"}
        ).status_code
        == 422
    )


def test_conflicts_and_full_partners_stand_beside_the_recommendation(
    client: TestClient, filled: Matcher
) -> None:
    facts = {
        "aliases": [],
        "stations_elsewhere": None,
        "retired": None,
        "last_contacted": None,
        "note": "",
        "version": 1,
    }
    with filled.writing() as session:
        save_enterprises(session, [Enterprise(id="E1", name="示例电气有限公司", county="乐清市")])
        session.add(PartnerFactsRow(partner_id="X1", capacity=1, conflicts=["E1"], **facts))
        session.add(PartnerFactsRow(partner_id="S1", capacity=1, conflicts=[], **facts))
    filled.save_needs([HOT_CONTACTS.__class__(**_fields(enterprise_id="E1"))])
    push(client, "N2", "S1")
    page = client.get("/needs/N1").text
    check_page(page)
    assert "利益冲突" in match_of(page, "X1")
    assert "/pairings/push" not in match_of(page, "X1")
    assert "今年已有 1 项对接，每年最多 1 项" in text(match_page(match_of(page, "S1")))
    answer = client.post("/pairings/push", data={"need": "N1", "partner": "X1"})
    assert answer.status_code == 409
    assert "示例电气有限公司" in text(answer.text)
    asked = client.get("/pairings/new", params={"need": "N1", "partner": "S1"}).text
    assert "达到每年 1 项的上限" in text(asked)


def match_page(part: str) -> str:
    return f"<main>{part}</main>"


def _fields(**changed: object) -> dict[str, object]:
    own = {name: getattr(HOT_CONTACTS, name) for name in HOT_CONTACTS.__dataclass_fields__}
    return own | changed


def test_a_need_that_is_not_listed_has_no_button(client: TestClient, filled: Matcher) -> None:
    with filled.writing() as session:
        set_status(session, "N1", NeedStatus.PENDING)
    page = client.get("/needs/N1").text
    assert "/pairings/push" not in page
    assert "/pairings/refuse" in page


def test_readers_see_no_buttons(client: TestClient, filled: Matcher) -> None:
    push(client)
    sign_in(client, account(filled, Role.READ_ONLY))
    for path in ("/needs/N1", "/pairings", "/pairings/1", "/pairings?view=table"):
        page = client.get(path).text
        check_page(page)
        assert not re.findall(r'method="post" action="/pairings', page), path
        assert "/pairings/new" not in page, path
        assert "/pairings/export" not in page, path
    for path in ("/pairings/new", "/pairings/export", "/pairings/1/letter/partner"):
        assert client.get(path).status_code == 403, path


def test_quick_match_has_no_buttons(client: TestClient) -> None:
    page = client.post("/match", data={"text": HOT_CONTACTS.text}).text
    check_page(page)
    assert "触头专家" in text(page)
    assert "/pairings" not in re.sub(r"<nav.*?</nav>", "", page, flags=re.DOTALL)


def test_an_empty_board_says_what_to_do(client: TestClient) -> None:
    for path in ("/pairings", "/pairings?view=table"):
        page = client.get(path).text
        check_page(page)
        assert "还没有对接" in text(page)
        assert "/needs" in links(page)
        filtered = client.get(path, params={"q": "没有", "view": "table"}).text
        assert "没有符合这些条件的对接" in text(filtered)


def test_the_board_moves_cards_and_keeps_its_filters(client: TestClient, filled: Matcher) -> None:
    push(client)
    push(client, "N2", "S1")
    page = client.get("/pairings", params={"county": "乐清市"}).text
    check_page(page)
    shown = text(page)
    assert "断路器触头温升过高 匿名" in shown
    assert HIDES.title not in shown
    assert "转为已接洽" in shown
    answer = client.post(
        "/pairings/1/stage",
        data={"stage": "contacted", "seen": "1", "back": "board", "county": "乐清市"},
        follow_redirects=False,
    )
    assert answer.headers["location"] == ("/pairings?moved=1&county=%E4%B9%90%E6%B8%85%E5%B8%82#p1")
    after = client.get("/pairings?moved=1").text
    check_page(after)
    assert "已移到下一阶段" in text(after)
    late = client.post("/pairings/1/stage", data={"stage": "visited", "seen": "1", "back": "board"})
    assert late.status_code == 409
    check_page(late.text)
    assert "还没有移动。打开页面以后，别人办理过这项对接" in text(late.text)
    with filled.reading() as session:
        assert get_pairing(session, 1).stage is S.CONTACTED


def test_signed_pairings_lead_to_a_station(client: TestClient) -> None:
    push(client)
    send(client, "/pairings/1/stage", stage="signed", seen=1)
    assert "/stations/new?pairing=1" in links(client.get("/pairings").text)
    assert "/stations/new?pairing=1" in links(client.get("/pairings/1").text)


def test_a_signed_pairing_lists_its_outcomes(client: TestClient) -> None:
    push(client)
    assert "登记成果" not in client.get("/pairings/1").text, "nothing can have come of it yet"
    send(client, "/pairings/1/stage", stage="signed", seen=1)
    page = client.get("/pairings/1").text
    assert "/outcomes/new?pairing=1" in page
    assert "还没有登记成果" in page
    title = "示例触头专利"
    send(client, "/outcomes/new", kind="patent", title=title, on="2026-01-05", pairing_id="1")
    page = client.get("/pairings/1").text
    assert title in page
    assert "/outcomes?pairing=1" in page
    listed = client.get("/outcomes", params={"pairing": "1"}).text
    check_page(listed)
    assert title in listed
    assert title not in client.get("/outcomes", params={"pairing": "2"}).text


def test_the_table_sorts_pages_and_filters(client: TestClient) -> None:
    push(client)
    push(client, "N2", "S1")
    refused = {"need": "N3", "partner": "X2", "reason": "other"}
    client.post("/pairings/refuse", data=refused, follow_redirects=False)

    def order(**query: object) -> list[str]:
        page = client.get("/pairings", params={"view": "table"} | query).text
        check_page(page)
        return re.findall(r'<td class="main"><a href="/pairings/(\d+)"', page)

    assert order() == ["3", "2", "1"]
    assert order(sort="moved") == ["1", "2", "3"]
    assert order(sort="-created", size=20, page=1) == ["3", "2", "1"]
    assert order(stage="failed") == ["3"]
    assert order(stage="未成", kind="society") == []
    assert order(kind="society") == ["2"]
    assert order(q="触头专家") == ["1"]
    assert order(overdue="1") == []
    assert order(sort="nonsense") == ["3", "2", "1"]
    assert "这一页没有内容" in text(client.get("/pairings?view=table&page=9").text)
    assert client.get("/pairings?stage=nonsense").status_code == 422
    page = client.get("/pairings?view=table&sort=county").text
    assert "/pairings?view=table&sort=-county&size=20" in links(page)


def test_the_export_is_the_list(client: TestClient) -> None:
    push(client)
    push(client, "N2", "S1")
    answer = client.get("/pairings/export", params={"county": "乐清市"})
    sheet = load_workbook(BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:4] == ("编号", "需求编号", "需求名称", "企业")
    assert [row[1] for row in rows[1:]] == ["N1"]
    assert rows[1][8] == "已推送"


def test_a_pairing_from_stage_to_stage(client: TestClient) -> None:
    push(client)
    page = client.get("/pairings/1").text
    check_page(page)
    shown = text(page)
    assert "断路器触头温升过高 与 触头专家 已推送" in shown
    assert "系统推荐，概率 0.86" in shown
    page = send(client, "/pairings/1/stage", stage="contacted", seen=1, note="电话谈过")
    assert "阶段已经变更" in text(page)
    assert "已推送 → 已接洽" in text(page)
    assert "电话谈过" in text(page)
    page = send(client, "/pairings/1/notes", note="对方同意下周三到厂")
    assert "对方同意下周三到厂" in text(page)


def test_what_is_refused_keeps_what_was_typed(client: TestClient) -> None:
    push(client)
    late = client.post(
        "/pairings/1/stage", data={"stage": "visited", "seen": "7", "note": "写了很久的说明"}
    )
    assert late.status_code == 409
    check_page(late.text)
    assert "写了很久的说明" in late.text
    assert '<option value="visited" selected>' in late.text
    missing = client.post("/pairings/1/fail", data={"seen": "1", "note": "说明"})
    assert missing.status_code == 422
    check_page(missing.text)
    assert "请选择原因" in missing.text
    assert 'id="fail-reason" name="reason" aria-invalid="true"' in missing.text
    empty = client.post("/pairings/1/notes", data={"note": " "})
    assert empty.status_code == 422
    assert client.post("/pairings/1/stage", data={"seen": "1"}).status_code == 422
    assert client.post("/pairings/1/stage", data={"stage": "visited"}).status_code == 409


def test_the_last_failure_proposes_to_go_on_looking(client: TestClient, filled: Matcher) -> None:
    push(client)
    page = send(client, "/pairings/1/fail", reason="no_reply", seen=1, note="三次未接")
    assert "已记为未成" in text(page)
    assert "退回“已入库”" in text(page)
    page = send(client, "/pairings/1/relist")
    assert "需求已退回项目库" in text(page)
    assert "退回“已入库”" not in text(page)
    with filled.reading() as session:
        assert need_status(session, "N1") is NeedStatus.LISTED
    page = send(client, "/pairings/1/reopen", seen=2)
    assert "已撤销" in text(page)
    assert "未成（" not in text(client.get("/pairings").text)


def attach(client: TestClient, name: str, content: bytes, **fields: str) -> str:
    answer = client.post(
        "/pairings/1/files", files={"file": (name, content, "text/html")}, data=fields
    )
    check_page(answer.text)
    return answer.text


def test_files_are_attached_and_handed_out_to_be_saved(client: TestClient) -> None:
    push(client)
    page = attach(client, "a/协议<1>.html", b"%PDF-1.7 <script>", note="盖章版")
    assert "附件已经上传" in text(page)
    assert "协议 1 .html.pdf" in text(page)
    (path,) = (link for link in links(page) if "/files/" in link)
    answer = client.get(path)
    assert answer.content == b"%PDF-1.7 <script>"
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-store"
    assert client.get("/pairings/1/files/99").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.pdf", b"MZ\0\0 a program", "不能接收这种文件"),
        ("a.txt", b"", "请选择一个文件"),
        ("a.txt", b"a" * (10 * 1024 * 1024 + 1), "超过 10 MB"),
    ],
)
def test_files_that_are_refused(client: TestClient, name: str, content: bytes, told: str) -> None:
    push(client)
    page = attach(client, name, content, note="我的说明")
    assert told in text(page)
    assert "我的说明" in page
    assert 'aria-describedby="file-file-error"' in page


def test_a_form_without_a_file(client: TestClient) -> None:
    push(client)
    answer = client.post("/pairings/1/files", data={"note": "x"})
    assert answer.status_code == 422
    assert "请选择一个文件" in text(answer.text)
    assert client.post("/pairings/1/files", data={"file": "text"}).status_code == 422


def test_a_body_that_is_far_too_large(client: TestClient) -> None:
    push(client)
    answer = client.post("/pairings/1/files", files={"file": ("a", b"a" * (12 * 1024 * 1024))})
    assert answer.status_code == 413
    assert "11 MB" in text(answer.text)
    notes = client.post("/pairings/1/notes", data={"note": "a" * (3 * 1024 * 1024)})
    assert notes.status_code == 413


def test_sheets_are_anonymous_until_the_release(client: TestClient, filled: Matcher) -> None:
    firm = Enterprise(id="E1", name="示例市甲乙电气有限公司", county="乐清市")
    with filled.writing() as session:
        save_enterprises(session, [firm])
        for owner, owner_id in ((ContactOwner.ENTERPRISE, "E1"), (ContactOwner.PARTNER, "X1")):
            save_contact(
                session,
                Contact(
                    id=0, owner=owner, owner_id=owner_id, name="示例联系人", phone="13800001234"
                ),
            )
    filled.save_needs([HOT_CONTACTS.__class__(**_fields(enterprise_id="E1"))])
    push(client)
    assert "138******34" in text(client.get("/pairings/1").text)
    to_partner = client.get("/pairings/1/letter/partner").text
    check_page(to_partner)
    assert "甲乙" not in to_partner
    assert "13800001234" not in to_partner
    to_firm = client.get("/pairings/1/letter/enterprise").text
    check_page(to_firm)
    assert "触头专家" not in to_firm
    assert "银氧化锡触头材料的熔焊特性" in text(to_firm)
    page = send(client, "/pairings/1/release", seen=1, note="双方同意")
    assert "联系方式已经公开" in text(page)
    for reader, name in (("partner", firm.name), ("enterprise", "触头专家")):
        sheet = client.get(f"/pairings/1/letter/{reader}")
        check_page(sheet.text)
        assert name in text(sheet.text)
        assert "13800001234" in text(sheet.text)
        assert sheet.headers["cache-control"] == "private, no-store"
    assert client.get("/pairings/1/letter/nobody").status_code == 404


def test_choosing_by_hand(client: TestClient, filled: Matcher) -> None:
    page = client.get("/pairings/new", params={"partner": "S1", "need_q": "断路器"}).text
    check_page(page)
    assert "/pairings/new?need=N1&partner=S1" in links(page)
    assert "/pairings/new?need=N2&partner=S1" not in links(page)
    found = client.get("/pairings/new", params={"need": "N1", "partner_q": "电工"}).text
    check_page(found)
    assert "/pairings/new?need=N1&partner=S1" in links(found)
    both = client.get("/pairings/new", params={"need": "N1", "partner": "S1"}).text
    check_page(both)
    page = send(client, "/pairings/new", need="N1", partner="S1", stage="recommended", note="熟悉")
    assert "对接已经建立" in text(page)
    assert "工作人员自行选定" in text(page)
    with filled.reading() as session:
        assert get_pairing(session, 1).stage is S.RECOMMENDED
    long = client.post(
        "/pairings/new",
        data={"need": "N2", "partner": "S1", "stage": "sent", "note": "长" * 2001},
    )
    assert long.status_code == 422
    check_page(long.text)
    assert "长长长" in long.text
    assert "没有找到" in text(client.get("/pairings/new?partner_q=没有的名字").text)
    assert client.get("/pairings/new?need=none").status_code == 404


def test_counties_keep_to_themselves(client: TestClient, county: TestClient) -> None:
    push(client, "N1", "X1")
    push(client, "N2", "X1")
    for path in ("/pairings", "/pairings?view=table", "/pairings?county=平阳县"):
        page = county.get(path).text
        check_page(page)
        assert HIDES.title not in page
        assert "平阳县" not in text(page) or "county=" in path
    assert county.get("/pairings/1").status_code == 200
    for path in ("/pairings/2", "/pairings/2/letter/partner", "/pairings/2/files/1"):
        assert county.get(path).status_code == 404
    for path in ("stage", "fail", "reopen", "relist", "notes", "release"):
        fields = {"stage": "contacted", "reason": "other", "note": "x", "seen": "1"}
        assert county.post(f"/pairings/2/{path}", data=fields).status_code == 404, path
    new = county.get("/pairings/new?partner=X1").text
    assert "/pairings/new?need=N2&partner=X1" not in links(new)
    assert county.get("/pairings/new?need=N2").status_code == 404
    assert county.post("/pairings/push", data={"need": "N2", "partner": "S1"}).status_code == 404


@pytest.mark.parametrize("number", ["0", "99", str(10**30)])
def test_numbers_that_there_are_not(client: TestClient, number: str) -> None:
    assert client.get(f"/pairings/{number}").status_code == 404
    assert client.get(f"/pairings/{number}/files/{number}").status_code == 404


def test_no_form_without_its_token(client: TestClient) -> None:
    push(client)
    client.headers.pop("X-CSRF-Token")
    for path in ("push", "refuse", "new", "1/stage", "1/notes", "1/release"):
        assert client.post(f"/pairings/{path}", data={"note": "x"}).status_code == 403, path
    answer = client.post("/pairings/1/files", files={"file": ("a.txt", b"x")})
    assert answer.status_code == 403
