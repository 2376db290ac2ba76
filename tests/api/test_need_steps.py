"""The life of a need on its page, in the list and over the API."""

import re
from io import BytesIO

from openpyxl import load_workbook
from starlette.testclient import TestClient

from api import create_app
from matcher.casework.needs import NeedStatus
from matcher.people import Role
from matcher.service import Matcher
from matcher.store.audit import list_audit
from matcher.store.need_steps import need_status
from matcher.store.needs import list_needs
from tests.api.html import check_page, links, text
from tests.api.problems import problem
from tests.people import SESSIONS, account, sign_in

GOOD = {
    "enterprise_name": "示例阀门有限公司",
    "county": "永嘉县",
    "title": "阀门填料泄漏",
    "problem": "高温闸阀填料函泄漏，换过柔性石墨填料仍超标。",
    "contact_name": "示例联系人",
    "contact_phone": "0577-00000000",
}


def status_of(matcher: Matcher, need_id: str) -> NeedStatus:
    with matcher.reading() as session:
        return need_status(session, need_id)


def made(client: TestClient, **sent: str) -> str:
    """Address of a need that was filled in."""
    answer = client.post("/needs/new", data=GOOD | sent, follow_redirects=False)
    assert answer.status_code == 303, text(answer.text)
    return answer.headers["location"].partition("?")[0]


def seen(page: str) -> dict[str, str]:
    """What the review form carries unseen."""
    form = page[page.index("/confirm") :]
    return {
        name: re.findall(f'name="{name}" value="([^"]*)"', form)[0] for name in ("seen", "status")
    }


def test_three_buttons_save_in_three_ways(client: TestClient, filled: Matcher) -> None:
    own = made(client, then="draft", problem="高温闸阀填料函泄漏，草稿。", enterprise_name="")
    assert status_of(filled, own.rsplit("/", 1)[1]) is NeedStatus.DRAFT
    own = made(client, then="pending")
    assert status_of(filled, own.rsplit("/", 1)[1]) is NeedStatus.PENDING
    refused = client.post("/needs/new", data=GOOD | {"then": "listed", "title": "另一条阀门需求"})
    assert refused.status_code == 422
    check_page(refused.text)
    assert "入库前要填好预期目标" in text(refused.text)


def test_the_page_tells_what_is_missing_and_lists_with_one_click(
    client: TestClient, filled: Matcher
) -> None:
    own = made(client)
    page = client.get(own).text
    check_page(page)
    assert "还缺" in text(page)
    assert "联系人" not in re.findall(r"还缺 \d+ 项： ?(\S+)", text(page))[0]
    before = seen(page)
    answer = client.post(f"{own}/confirm", data=before)
    assert "已入库" in text(answer.text)
    again = client.post(f"{own}/confirm", data=before)
    assert again.status_code == 409
    check_page(again.text)
    assert "状态已经被改为“已入库”" in text(again.text)
    gone = client.post(f"{own}/confirm", data=before | {"adopt-field": "field:marine2"})
    assert gone.status_code == 409


def test_a_return_needs_a_reason_and_keeps_the_note(client: TestClient, filled: Matcher) -> None:
    own = made(client)
    sent = {"then": "returned", "status": "pending", "note": "请补充指标"}
    refused = client.post(f"{own}/step", data=sent)
    assert refused.status_code == 422
    check_page(refused.text)
    assert "请选择原因" in text(refused.text)
    assert "请补充指标" in refused.text
    done = client.post(f"{own}/step", data=sent | {"reason": "incomplete"})
    assert "原因：信息不全。请补充指标" in text(done.text)
    assert client.post(f"{own}/step", data={"then": "signed"}).status_code == 409
    assert client.post(f"{own}/step", data={"then": "nowhere"}).status_code == 422
    saved = client.post(f"{own}/edit", data=GOOD | {"then": "pending"}, follow_redirects=False)
    assert saved.status_code == 303
    assert status_of(filled, own.rsplit("/", 1)[1]) is NeedStatus.PENDING


def test_contacts_are_masked_until_somebody_looks(client: TestClient, filled: Matcher) -> None:
    own = made(client)
    page = client.get(own).text
    assert "0577-00000000" not in page
    number = re.findall(r'name="contact" value="(\d+)"', page)[0]
    shown = client.post(f"{own}/reveal", data={"contact": number})
    check_page(shown.text)
    assert "0577-00000000" in text(shown.text)
    with filled.reading() as session:
        assert list_audit(session)[0][0].action == "view"
    wrong = client.post(f"{own}/contact", data={"name": "示例", "phone": "找小王"})
    assert wrong.status_code == 422
    check_page(wrong.text)
    assert "找小王" in wrong.text
    client.post(f"{own}/contact", data={"name": "示例二", "email": "a@example.com"})
    assert client.post("/needs/N1/reveal", data={"contact": number}).status_code == 404
    assert client.post(f"{own}/forget", data={"contact": number}).status_code == 200
    assert "示**" in text(client.get(own).text)
    assert "上查看和修改" in text(client.get(f"{own}/edit").text)


def test_the_list_has_tabs_and_orders_and_goes_into_a_spreadsheet(client: TestClient) -> None:
    made(client)
    page = client.get("/needs").text
    check_page(page)
    assert "全部 4 待审核 1 已入库 3" in text(page)
    assert "阀门填料泄漏" not in text(client.get("/needs?status=listed").text)
    ordered = [link for link in links(client.get("/needs?sort=title").text) if "/N" in link]
    turned = [link for link in links(client.get("/needs?sort=-title").text) if "/N" in link]
    assert ordered == turned[::-1]
    assert client.get("/needs?status=odd").status_code == 422
    exported = client.get("/needs/export?status=pending&sort=-budget")
    rows = list(load_workbook(BytesIO(exported.content)).active.values)
    assert [row[1:5] for row in rows[1:]] == [
        ("阀门填料泄漏", "待审核", "示例阀门有限公司", "永嘉县")
    ]


def test_a_county_sees_and_fills_in_its_own_alone(filled: Matcher) -> None:
    with TestClient(create_app(filled, sessions=SESSIONS)) as client:
        sign_in(client, account(filled, Role.COUNTY_STAFF, "乐清市"))
        page = client.get("/needs").text
        assert "全部 1" in text(page)
        assert "平阳县" not in text(page)
        assert "readonly" in client.get("/needs/new").text
        made(client, county="平阳县")
        with filled.reading() as session:
            assert list_needs(session, text="阀门填料")[0][0].county == "乐清市"
        for path in ("/needs/N2", "/needs/N2/edit", "/api/v1/needs/N2"):
            assert client.get(path).status_code == 404
        assert client.get("/api/v1/needs").json()["total"] == 2
        body = {"need_id": "N2"}
        for path in ("/api/v1/match", "/api/v1/screen"):
            problem(client.post(path, json=body), 404, "not-found")
        assert client.get("/api/v1/needs/N2/similar").status_code == 404
        sign_in(client, account(filled, Role.READ_ONLY))
        assert client.get("/needs/new").status_code == 403
        page = client.get("/needs/N1").text
        check_page(page)
        assert "编辑" not in text(page)
        assert client.get("/needs/export").status_code == 403


def test_steps_over_the_api(client: TestClient) -> None:
    path = "/api/v1/needs/N1/steps"
    missing = client.post(path, json={"status": "returned"})
    problem(missing, 422, "invalid-input")
    body = {"status": "returned", "reason": "duplicate", "seen": "listed"}
    done = client.post(path, json=body).json()
    assert (done["status"], done["steps"][-1]["reason_label"]) == ("returned", "重复")
    problem(client.post(path, json=body), 409, "conflict")
    assert client.get("/api/v1/needs?status=退回").json()["total"] == 1
    draft = {"title": "阀门填料泄漏", "problem": GOOD["problem"]}
    made_draft = client.post("/api/v1/needs?status=draft", json=draft)
    assert made_draft.json()["status"] == "draft"
    problem(client.post("/api/v1/needs?status=signed", json=draft), 422, "invalid-input")
