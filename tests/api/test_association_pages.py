"""The pages of enterprise associations."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from api import create_app
from api.association_chart import told
from matcher.casework.associations import Coverage
from matcher.people import Role
from matcher.service import Matcher
from tests.api.html import check_page, hidden, links, text
from tests.associations import BIG, LEAST, NAME, SMALL, UNKNOWN, add_firms, desk_of, found
from tests.people import SESSIONS, account, sign_in

FORM = {"kind": "enterprise", "name": NAME, "enterprise_name": BIG.name, "status": "applied"}


@pytest.fixture
def firms(client: TestClient, filled: Matcher) -> TestClient:
    add_firms(filled)
    return client


@pytest.fixture
def looking(firms: TestClient, filled: Matcher) -> Iterator[TestClient]:
    """Somebody who may only look."""
    with TestClient(create_app(filled, sessions=SESSIONS)) as opened:
        yield sign_in(opened, account(filled, Role.READ_ONLY))


@pytest.fixture
def pingyang(firms: TestClient, filled: Matcher) -> Iterator[TestClient]:
    with TestClient(create_app(filled, sessions=SESSIONS)) as opened:
        yield sign_in(opened, account(filled, Role.COUNTY_STAFF, "平阳县"))


def page_of(client: TestClient, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, response.text
    check_page(response.text)
    return response.text


def sheet(client: TestClient, path: str) -> list[tuple[object, ...]]:
    response = client.get(path)
    assert response.status_code == 200, response.text
    rows = load_workbook(BytesIO(response.content)).active
    return [row for row in rows.iter_rows(values_only=True)]


def test_an_empty_list_says_what_to_do(firms: TestClient) -> None:
    shown = page_of(firms, "/associations")
    assert "还没有登记企业科协" in text(shown)
    assert {"/associations/new", "/associations/candidates"} <= set(links(shown))
    assert "导出" not in text(shown)


def test_the_list(firms: TestClient, filled: Matcher) -> None:
    desk = desk_of(filled)
    found(desk, founded_on="2020-03-01")
    found(desk, kind="liaison", enterprise_name=SMALL.name, name="示例联络站")
    shown = page_of(firms, "/associations")
    assert "2024-03-01 已逾期" in text(shown)
    assert "2020-03-01 已久" in text(shown)
    assert "缺 6 项" in text(shown)
    assert "已成立 2" in text(shown)
    one = page_of(firms, "/associations?overdue=1&weak=1&quiet=1")
    assert "示例联络站" not in text(one)
    assert NAME in text(one)
    assert "没有符合这些条件" in text(page_of(firms, "/associations?q=没有"))
    assert "这一页没有内容" in text(page_of(firms, "/associations?page=9"))
    by_name = page_of(firms, "/associations?sort=name&kind=liaison")
    assert any("sort=-name" in link and "kind=liaison" in link for link in links(by_name))
    heading, row = sheet(firms, "/associations/export?kind=enterprise")
    assert dict(zip(heading, row, strict=True))["下次会员大会"].date() == date(2024, 3, 1)  # type: ignore[attr-defined]
    page_of(firms, "/associations?kind=俱乐部", 422)


def test_from_a_candidate_to_a_founded_association(firms: TestClient) -> None:
    shown = page_of(firms, "/associations/candidates")
    (start,) = [link for link in links(shown) if link.endswith(f"enterprise={BIG.id}")]
    form = page_of(firms, start)
    assert f'value="{NAME}"' in form
    assert 'value="乐清市"' in form
    made = firms.post("/associations/new", data=FORM | hidden(form))
    check_page(made.text)
    assert "已登记" in text(made.text)
    path = made.url.path
    approved = firms.post(
        f"{path}/step", data={"then": "approved", "on": "2026-01-10", "seen": "1"}
    )
    assert "现在是“已批复”" in text(approved.text)
    incomplete = firms.post(
        f"{path}/step",
        data={"then": "founded", "on": "2026-02-01", "chair": "示例主席", "seen": "2"},
    )
    check_page(incomplete.text)
    assert incomplete.status_code == 422
    assert "请填写秘书长" in text(incomplete.text)
    assert 'value="示例主席"' in incomplete.text, "what was typed stays"
    step = {"then": "founded", "on": "2026-02-01", "chair": "甲", "secretary": "乙", "seen": "2"}
    founded = firms.post(f"{path}/step", data=step)
    assert "2030年2月1日" in text(founded.text)
    held = firms.post(f"{path}/activity", data={"on": "2026-03-01", "what": "座谈", "seen": "3"})
    check_page(held.text)
    assert "2026-03-01 举行活动：座谈" in text(held.text)
    late = firms.post(f"{path}/activity", data={"on": "2026-04-01", "what": "讲座", "seen": "3"})
    assert (late.status_code, 'value="讲座"' in late.text) == (409, True)
    wrong = firms.post(f"{path}/activity", data={"on": "昨天", "seen": "4"})
    assert wrong.status_code == 422
    check_page(wrong.text)


def test_nothing_typed_is_lost(firms: TestClient) -> None:
    wrong = firms.post(
        "/associations/new",
        data=FORM | {"enterprise_name": "没有的公司", "members": "几个", "check_sign": "是"},
    )
    check_page(wrong.text)
    assert wrong.status_code == 422
    assert "“几个”不是整数" in text(wrong.text)
    assert 'value="没有的公司"' in wrong.text
    assert 'name="check_sign" value="是" checked' in wrong.text
    unknown = firms.post("/associations/new", data=FORM | {"enterprise_name": "没有的公司"})
    assert "请先到“企业”中登记" in text(unknown.text)
    firms.post("/associations/new", data=FORM)
    again = firms.post("/associations/new", data=FORM)
    assert again.status_code == 409
    assert "已经有企业科协" in text(again.text)


def test_editing(firms: TestClient, filled: Matcher) -> None:
    made = found(desk_of(filled), check_sign="否")
    form = page_of(firms, f"/associations/{made.id}/edit")
    assert 'name="check_sign" value="否" checked' in form
    data = {
        **FORM,
        **hidden(form),
        **{"founded_on": "2024-03-01", "chair": "新主席", "secretary": "乙", "check_sign": "是"},
    }
    saved = firms.post(f"/associations/{made.id}/edit", data=data)
    assert "已保存" in text(saved.text)
    assert "修改了主席、秘书长、联络员、有牌子" in text(saved.text)
    slow = firms.post(f"/associations/{made.id}/edit", data=data | {"chair": "另一主席"})
    check_page(slow.text)
    assert slow.status_code == 409
    assert 'value="另一主席"' in slow.text
    over = firms.post(
        f"/associations/{made.id}/edit", data=data | hidden(slow.text) | {"chair": "另一主席"}
    )
    assert "另一主席" in text(over.text)


def test_a_mistaken_application_is_deleted(firms: TestClient) -> None:
    made = firms.post("/associations/new", data=FORM)
    gone = firms.post(f"{made.url.path}/delete", data={"seen": "1"})
    assert "已删除这条申请" in text(gone.text)
    page_of(firms, made.url.path, 404)


def test_candidates(firms: TestClient) -> None:
    offices = page_of(firms, "/associations/candidates?group=liaison")
    assert SMALL.name in text(offices)
    assert any("kind=liaison" in link for link in links(offices))
    unknown = page_of(firms, "/associations/candidates?group=unknown")
    assert UNKNOWN.name in text(unknown)
    assert f"/enterprises/{UNKNOWN.id}/edit" in links(unknown)
    parks = page_of(firms, "/associations/candidates?group=park")
    (start,) = [link for link in links(parks) if "kind=park" in link]
    form = page_of(firms, start)
    assert 'value="示例经济开发区科学技术协会"' in form
    assert [row[0] for row in sheet(firms, "/associations/candidates/export")] == [
        "企业名称",
        BIG.name,
        LEAST.name,
    ]
    assert sheet(firms, "/associations/candidates/export?group=park")[1][0] == "示例经济开发区"
    focus = page_of(firms, "/associations/candidates?focus=1&sort=name")
    assert LEAST.name not in text(focus)
    page_of(firms, "/associations/candidates?group=俱乐部", 422)
    assert "没有符合" in text(page_of(firms, "/associations/candidates?q=没有"))


def test_the_form_suggests_what_fits_the_size(firms: TestClient) -> None:
    small = page_of(firms, f"/associations/new?enterprise={SMALL.id}")
    assert '<option value="liaison" selected>' in small
    assert f'value="{SMALL.name}科协工作联络站"' in small
    big = page_of(firms, f"/associations/new?enterprise={BIG.id}")
    assert '<option value="enterprise" selected>' in big


def test_coverage(firms: TestClient, filled: Matcher) -> None:
    found(desk_of(filled))
    shown = page_of(firms, "/associations/coverage?year=2026")
    assert "1 家，未设目标" in text(shown)
    adopted = firms.post("/associations/coverage/policy")
    assert "已采用政策的全市目标" in text(adopted.text)
    assert 'name="target-" value="300"' in adopted.text
    repeated = firms.post("/associations/coverage/policy")
    assert "没有改动" in text(repeated.text)
    wrong = firms.post(
        "/associations/coverage/targets",
        data={"year": "2026", "target-": "10", "target-乐清市": "几个"},
    )
    check_page(wrong.text)
    assert wrong.status_code == 422
    assert 'value="几个"' in wrong.text
    saved = firms.post(
        "/associations/coverage/targets",
        data={"year": "2026", "target-": "10", "target-乐清市": "2"},
    )
    check_page(saved.text)
    assert "1 / 2 家（50%）" in text(saved.text)
    assert "县区目标合计 2 家" in text(saved.text)
    assert sheet(firms, "/associations/coverage/export?year=2026")[1] == ("全市", 1, 10, "10%", 0)
    page_of(firms, "/associations/coverage?year=1", 422)
    assert firms.post("/associations/coverage/targets", data={"year": "?"}).status_code == 422


def test_the_marks_of_the_chart(firms: TestClient, filled: Matcher) -> None:
    rows = [
        Coverage(county="乐清市", founded=3, target=6),
        Coverage(county="", founded=0, target=0),
    ]
    assert told(rows[0]) == "3 / 6 家（50%）"
    assert told(rows[1]) == "0 / 0 家"
    shown = page_of(firms, "/associations/coverage")
    assert shown.count("chart-row") == 2
    assert "chart-target" not in shown


def test_who_may_only_look_is_offered_nothing_else(looking: TestClient, filled: Matcher) -> None:
    made = found(desk_of(filled))
    for path in ("/associations", f"/associations/{made.id}", "/associations/candidates"):
        shown = page_of(looking, path)
        assert "<main" in shown
        assert 'method="post"' not in shown[shown.index("<main") :]
        assert not [link for link in links(shown) if "/new" in link or "/export" in link]
    assert 'name="target-' not in page_of(looking, "/associations/coverage")
    for path in (
        "/associations/new",
        f"/associations/{made.id}/edit",
        "/associations/export",
        "/associations/candidates/export",
        "/associations/coverage/export",
    ):
        assert looking.get(path).status_code == 403, path


def test_a_county_has_its_own_alone(pingyang: TestClient, filled: Matcher) -> None:
    made = found(desk_of(filled))
    assert NAME not in text(page_of(pingyang, "/associations"))
    page_of(pingyang, f"/associations/{made.id}", 404)
    page_of(pingyang, f"/associations/{made.id}/edit", 404)
    form = page_of(pingyang, f"/associations/new?enterprise={BIG.id}")
    assert f'value="{BIG.name}"' not in form
    assert 'value="平阳县" readonly' in form
    coverage = text(page_of(pingyang, "/associations/coverage"))
    assert "平阳县" in coverage
    assert "乐清市" not in coverage
    data = {**FORM, "enterprise_name": SMALL.name, "name": "示例皮革厂科协"}
    assert pingyang.post("/associations/new", data=data).status_code == 200
    for step in ("step", "activity", "delete", "edit"):
        sent = pingyang.post(f"/associations/{made.id}/{step}", data={"seen": "1", **FORM})
        assert sent.status_code == 404, step


def test_a_page_of_a_founded_one_names_what_to_do(firms: TestClient, filled: Matcher) -> None:
    made = found(desk_of(filled), founded_on="2020-03-01")
    shown = text(page_of(firms, f"/associations/{made.id}"))
    assert "会员大会已逾期" in shown
    assert "已超过 12 个月没有活动" in shown
    assert "没有核对" in shown
