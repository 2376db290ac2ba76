"""The pages of accounts, keys, links, the audit log and one's own password."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from httpx2 import Response
from openpyxl import load_workbook
from starlette.testclient import TestClient

from api.sessions import COOKIE
from matcher.desk import Act, Desk, Subject, keys, links, people, signing_in
from matcher.people import Permission, Role, actor_of_program
from matcher.people.days import today
from matcher.service import Matcher
from matcher.store.accounts import add_account, find_account
from tests.api.html import check_page, hidden, text
from tests.people import account, sign_in

NEW = {"username": "wang", "name": "王示例", "role": "county_staff", "county": "乐清市"}


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that are compared as they are."""
    monkeypatch.setattr(signing_in, "password_fits", lambda sent, stored: stored == f"of {sent}")
    monkeypatch.setattr(signing_in, "hash_password", lambda password, _name: f"of {password}")
    monkeypatch.setattr(people, "hash_password", lambda password, _name: f"of {password}")


@pytest.fixture
def operator(filled: Matcher) -> Desk:
    return Desk(filled, actor_of_program())


def cells(content: bytes) -> list[list[object]]:
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def secret(page: str, name: str) -> str:
    found = re.search(rf'<code id="{name}">([^<]+)</code>', page)
    assert found, f"no {name} on the page"
    return found.group(1)


def test_a_new_account_and_its_password_shown_once(client: TestClient, filled: Matcher) -> None:
    check_page(client.get("/accounts/new").text)
    made = client.post("/accounts/new", data=NEW)
    assert made.status_code == 200
    check_page(made.text)
    assert made.headers["cache-control"] == "no-store"
    password = secret(made.text, "password")
    with filled.reading() as session:
        found = find_account(session, "wang")
    assert found is not None
    assert found[1] == f"of {password}"
    assert password not in client.get("/accounts/wang/edit").text
    listed = client.get("/accounts?q=王")
    check_page(listed.text)
    assert "王示例" in listed.text
    assert "乐清市" in listed.text


@pytest.mark.parametrize(
    ("given", "status", "told"),
    [
        ({"username": "王"}, 422, "账号名要以字母开头"),
        ({"county": ""}, 422, "请填写县区"),
        ({"role": "boss"}, 422, "未知的角色"),
        ({"username": "city_admin"}, 409, "请换一个账号名"),
    ],
)
def test_what_was_typed_stays_beside_the_fault(
    client: TestClient, given: dict[str, str], status: int, told: str
) -> None:
    answer = client.post("/accounts/new", data=NEW | given)
    assert answer.status_code == status
    check_page(answer.text)
    assert told in answer.text
    assert 'value="王示例"' in answer.text


def test_an_account_is_changed_unless_somebody_was_faster(
    client: TestClient, operator: Desk
) -> None:
    people.create_account(operator, "wang", name="王", role=Role.CITY_STAFF)
    form = client.get("/accounts/wang/edit").text
    check_page(form)
    sent = {"name": "王五", "role": "read_only", "active": "1", "seen": hidden(form)["seen"]}
    saved = client.post("/accounts/wang/edit", data=sent)
    assert saved.status_code == 200
    assert "已保存" in saved.text
    assert people.get(operator, "wang").role is Role.READ_ONLY
    late = client.post("/accounts/wang/edit", data=sent | {"name": "王六"})
    assert late.status_code == 409
    assert "别人改过" in late.text
    assert 'value="王六"' in late.text
    fresh = hidden(late.text)["seen"]
    without_tick = {"name": "王六", "role": "read_only", "seen": fresh}
    assert client.post("/accounts/wang/edit", data=without_tick).status_code == 200
    assert not people.get(operator, "wang").active


def test_the_last_administrator_stays(client: TestClient) -> None:
    seen = hidden(client.get("/accounts/city_admin/edit").text)["seen"]
    sent = {"name": "市级管理员", "role": "city_admin", "seen": seen}
    answer = client.post("/accounts/city_admin/edit", data=sent)
    assert answer.status_code == 409
    assert "最后一个" in answer.text


def test_a_password_is_reset(client: TestClient, operator: Desk) -> None:
    people.create_account(operator, "wang", name="王", role=Role.CITY_STAFF)
    answer = client.post("/accounts/wang/password")
    assert "口令已重设" in answer.text
    assert secret(answer.text, "password")
    assert client.post("/accounts/nobody/password").status_code == 404


def test_accounts_are_filtered_sorted_paged_and_exported(
    client: TestClient, filled: Matcher, operator: Desk
) -> None:
    people.create_account(operator, "wang", name="=1+1", role=Role.CITY_STAFF)
    people.set_active(operator, "wang", False)
    assert "wang" in text(client.get("/accounts?active=no").text)
    assert "city_admin" not in text(client.get("/accounts?active=no").text)
    page = client.get("/accounts?sort=-username&role=市级工作人员").text
    assert 'aria-sort="descending"' in page
    assert "role=city_staff" in page
    nobody = client.get("/accounts?q=没有这个人")
    check_page(nobody.text)
    assert "没有符合这些条件的账号" in nobody.text
    beyond = client.get("/accounts?page=9")
    assert "回到第一页" in beyond.text
    assert client.get("/accounts?active=perhaps").status_code == 422
    rows = cells(client.get("/accounts/export?active=no").content)
    assert rows[0][:2] == ["账号名", "姓名"]
    assert rows[1][:5] == ["wang", "=1+1", "市级工作人员", None, "已停用"]
    entries, _ = people.audit(operator, action=Act.EXPORT, subject=Subject.ACCOUNT)
    assert entries[0].summary == "账号 1 行"


def test_a_key_is_shown_once_and_revoked(client: TestClient, operator: Desk) -> None:
    empty = client.get("/keys")
    check_page(empty.text)
    assert "还没有接口密钥" in empty.text
    form = client.get("/keys/new")
    check_page(form.text)
    sent = {"name": "政务平台", "role": "city_staff", "scope": ["read", "export"]}
    made = client.post("/keys/new", data=sent | {"last_day": today().isoformat()})
    check_page(made.text)
    assert made.headers["cache-control"] == "no-store"
    shown = secret(made.text, "key")
    (key,), _ = keys.find(operator)
    assert key.scope == {Permission.READ, Permission.EXPORT}
    listed = client.get("/keys").text
    check_page(listed)
    assert "查看、导出" in listed
    assert today().isoformat() in listed
    assert shown not in listed
    assert "已停用，用它的程序" in client.post(f"/keys/{key.prefix}/revoke").text
    assert "没有符合这些条件的密钥" in client.get("/keys?validity=valid").text
    assert cells(client.get("/keys/export?validity=closed").content)[1][5] == "已停用"
    assert client.post("/keys/none/revoke").status_code == 404


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": ""}, "请填写密钥的用途"),
        ({"scope": ["edit"]}, "没有这些权限"),
        ({"scope": ["fly"]}, "未知的权限"),
        ({"last_day": "2020-01-01"}, "不能早于今天"),
        ({"last_day": "soon"}, "日期应写成"),
        ({"last_day": "0001-01-01"}, "日期应在"),
    ],
)
def test_the_key_form_keeps_what_was_typed(
    client: TestClient, operator: Desk, given: dict[str, object], told: str
) -> None:
    sent: dict[str, object] = {"name": "平台", "role": "read_only", "scope": ["read"]}
    answer = client.post("/keys/new", data=sent | given)
    assert answer.status_code == 422
    check_page(answer.text)
    assert told in answer.text
    assert keys.find(operator)[1] == 0


def test_a_county_makes_its_own_links(client: TestClient, filled: Matcher, operator: Desk) -> None:
    other, _ = links.create(operator, "平阳县", label="别的县区")
    sign_in(client, account(filled, Role.COUNTY_STAFF, "乐清市"))
    form = client.get("/links/new")
    check_page(form.text)
    assert hidden(form.text)["county"] == "乐清市"
    made = client.post("/links/new", data={"county": "乐清市", "label": "征集（示例）"})
    check_page(made.text)
    assert re.fullmatch(r"http://testserver/submit/[\w-]{32}", secret(made.text, "link"))
    listed = client.get("/links").text
    check_page(listed)
    assert "征集（示例）" in listed
    assert "别的县区" not in listed
    assert "别的县区" not in client.get("/links?county=平阳县").text
    refused = client.post("/links/new", data={"county": "平阳县"})
    assert refused.status_code == 403
    assert "只能建立乐清市的填报链接" in refused.text
    assert client.post(f"/links/{other.id}/close").status_code == 404
    (own,), _ = links.find(operator, county="乐清市")
    assert "企业打开这个链接会看到说明" in client.post(f"/links/{own.id}/close").text
    assert cells(client.get("/links/export").content)[1][1:4] == [
        "乐清市",
        "征集（示例）",
        "已停用",
    ]
    assert client.get("/keys").status_code == 403


def test_the_link_form_tells_what_is_missing(client: TestClient) -> None:
    check_page(client.get("/links/new").text)
    answer = client.post("/links/new", data={"county": "", "label": "征集"})
    assert answer.status_code == 422
    assert "请填写县区" in answer.text
    assert 'value="征集"' in answer.text
    assert "还没有填报链接" in client.get("/links").text
    assert client.post(f"/links/{10**30}/close").status_code == 422


def test_the_log_is_searched_and_exported(client: TestClient, operator: Desk) -> None:
    people.create_account(operator, "wang", name="王", role=Role.CITY_STAFF)
    people.change(operator, "wang", name="王", role=Role.COUNTY_STAFF, county="乐清市")
    page = client.get("/audit")
    check_page(page.text)
    shown = text(page.text)
    assert "市级工作人员 → 县级工作人员" in shown
    assert "（空） → 乐清市" in shown
    assert 'href="/accounts/wang/edit"' in page.text
    assert "王（县级工作人员）" not in client.get("/audit?action=create").text
    assert "没有符合这些条件的操作记录" in client.get("/audit?q=没有").text
    day = today().isoformat()
    assert "wang" in text(client.get(f"/audit?since={day}&until={day}&subject=账号").text)
    rows = cells(client.get("/audit/export?subject_id=wang").content)
    assert len(rows) == 3
    assert rows[1][5] == "修改"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("since=2026-11-22&until=2026-11-21", "晚于"),
        ("since=gestern", "日期应写成"),
        ("until=9999-12-31", "日期应在"),
        ("action=fly", "未知的操作"),
        ("subject=moon", "未知的记录类型"),
    ],
)
def test_odd_searches_of_the_log_are_told(client: TestClient, query: str, told: str) -> None:
    answer = client.get(f"/audit?{query}")
    assert answer.status_code == 422
    check_page(answer.text)
    assert told in answer.text


def test_everybody_sees_who_they_are(client: TestClient, filled: Matcher) -> None:
    for role, county in [(Role.READ_ONLY, ""), (Role.COUNTY_STAFF, "乐清市")]:
        sign_in(client, account(filled, role, county))
        page = client.get("/me")
        check_page(page.text)
        assert (county or "全市") in text(page.text)
        assert role.label in text(page.text)


def test_ones_own_password_is_changed_and_only_this_session_goes_on(
    client: TestClient, filled: Matcher
) -> None:
    owner = replace(account(filled), username="own")
    with filled.writing() as session:
        add_account(session, owner, "of old")
    sign_in(client, owner)
    before = client.cookies[COOKIE]

    def send(old: str, new: str, again: str) -> Response:
        sent = {"old": old, "new": new, "again": again}
        return client.post("/me/password", data=sent, follow_redirects=False)

    good = "correct horse battery"
    for sent, told in {
        ("old", good, "other"): "不一样",
        ("wrong", good, good): "原口令不对",
        ("old", "short", "short"): "10 到 200",
    }.items():
        refused = send(*sent)
        check_page(refused.text)
        assert (refused.status_code, told in refused.text) == (422, True)
        assert good not in refused.text
    saved = send("old", good, good)
    assert saved.headers["location"] == "/me?saved=1"
    after = saved.cookies[COOKIE]
    client.cookies.clear()
    for cookie, status in [(after, 200), (before, 303)]:
        client.cookies.set(COOKIE, cookie)
        assert client.get("/me?saved=1", follow_redirects=False).status_code == status


@pytest.mark.parametrize("role", [Role.CITY_STAFF, Role.READ_ONLY])
@pytest.mark.parametrize(
    "path",
    [
        *("/accounts", "/accounts/new", "/accounts/city_admin/edit", "/accounts/export"),
        *("/keys", "/keys/new", "/keys/export", "/audit", "/audit/export"),
    ],
)
def test_others_see_nothing_of_it(
    client: TestClient, filled: Matcher, role: Role, path: str
) -> None:
    sign_in(client, account(filled, role))
    answer = client.get(path)
    assert answer.status_code == 403
    assert "管理账号和设置" in answer.text
