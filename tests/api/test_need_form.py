"""Filling in a need, and changing one."""

import re
from datetime import date
from html import unescape

import pytest
from starlette.testclient import TestClient

from api.pages.form_fields import FIELDS
from matcher.people.days import today
from matcher.records import Need, SolutionMode, TechField
from matcher.service import Matcher
from matcher.store.enterprises import list_enterprises
from matcher.store.needs import get_need, list_needs
from tests.api.html import check_page, links, text

GOOD = {
    "enterprise_name": "示例阀门有限公司",
    "county": "永嘉县",
    "title": "阀门填料泄漏",
    "problem": "高温闸阀填料函泄漏，\n换过柔性石墨填料仍超标。",
    "keywords": "阀门、填料",
    "field": "materials",
    "deadline": "2027年6月",
    "budget": "80",
    "solution_mode": "joint",
}


def values(page: str) -> dict[str, str]:
    """What stands in the fields of the form."""
    found = dict(re.findall(r'<input [^>]*name="(\w+)"[^>]*? value="([^"]*)"', page))
    found |= re.findall(r'<textarea [^>]*name="(\w+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    for name, options in re.findall(
        r'<select [^>]*name="(\w+)".*?>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.search(r'value="(\w*)" selected', options)
        found[name] = chosen.group(1) if chosen else ""
    return {name: unescape(value) for name, value in found.items() if name != "csrf"}


def saved(matcher: Matcher, title: str) -> Need:
    with matcher.reading() as session:
        (need,), _ = list_needs(session, text=title)
    return need


def test_the_empty_form_has_the_fields_of_the_paper_form_in_order(client: TestClient) -> None:
    page = client.get("/needs/new").text
    check_page(page)
    labels = re.findall(r'<label for="f-\w+">(\w+)', page)
    assert labels == [field.label for field in FIELDS]
    assert "data-fresh" in page


def test_a_good_form_is_saved_and_shown_with_partners(client: TestClient, filled: Matcher) -> None:
    answer = client.post("/needs/new", data=GOOD, follow_redirects=False)
    need = saved(filled, "阀门填料泄漏")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/needs/{need.id}?saved=1"
    assert need.keywords == ("阀门", "填料")
    assert need.field is TechField.MATERIALS
    assert need.deadline == date(2027, 6, 30)
    assert need.solution_mode is SolutionMode.JOINT
    assert need.submitted == today()
    with filled.reading() as session:
        (enterprise,), _ = list_enterprises(session)
    assert (enterprise.id, enterprise.name) == (need.enterprise_id, "示例阀门有限公司")
    page = client.get(answer.headers["location"]).text
    check_page(page)
    assert "已保存" in text(page)
    assert "推荐对象" in text(page)


def test_nothing_typed_is_lost_when_something_is_wrong(client: TestClient) -> None:
    wrong = GOOD | {
        "enterprise_name": "",
        "deadline": '明年"<b>',
        "budget": "很多",
        "problem": "\n第一行是空的，后面写了两千字的问题描述",
    }
    answer = client.post("/needs/new", data=wrong)
    assert answer.status_code == 422
    check_page(answer.text)
    assert values(answer.text) == {field.name: wrong.get(field.name, "") for field in FIELDS}
    shown = text(answer.text)
    assert "有 3 处需要修改" in shown
    assert "还没有填写企业名称" in shown
    assert "不是日期，请写成 2026-11-22" in shown


def test_the_first_error_has_the_focus(client: TestClient) -> None:
    page = client.post("/needs/new", data=GOOD | {"budget": "x", "title": ""}).text
    assert re.findall(r'name="(\w+)"[^>]* autofocus', page) == ["title"]
    assert set(re.findall(r'name="(\w+)"[^>]* aria-invalid', page)) == {"title", "budget"}
    assert "data-fresh" not in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": "漏", "problem": "漏", "keywords": ""}, "太短"),
        ({"problem": "漏" * 50_000}, "最多 10000 字"),
        ({"deadline": "2027-02-30"}, "不是日期"),
        ({"title": "", "problem": "", "enterprise_name": " "}, "有 3 处需要修改"),
    ],
    ids=["one word", "50,000 characters", "wrong date", "nothing"],
)
def test_refused(client: TestClient, change: dict[str, str], said: str) -> None:
    answer = client.post("/needs/new", data=GOOD | change)
    assert answer.status_code == 422
    assert said in text(answer.text)


def test_an_empty_post(client: TestClient) -> None:
    answer = client.post("/needs/new")
    assert answer.status_code == 422
    assert "还没有填写企业名称" in text(answer.text)


def test_hidden_numbers_are_told(client: TestClient, filled: Matcher) -> None:
    sent = GOOD | {"problem": GOOD["problem"] + "电话 13800138000"}
    page = client.post("/needs/new", data=sent).text
    assert "系统调整过：主要问题" in text(page)
    assert "13800138000" not in saved(filled, "阀门填料泄漏").problem


def test_notes_name_fields_only(client: TestClient) -> None:
    page = client.get("/needs/N1?saved=1&noted=problem&noted=<b>转账</b>").text
    assert "系统调整过：主要问题。" in text(page)
    assert "转账" not in page


def test_sending_twice_gives_one_need(client: TestClient, filled: Matcher) -> None:
    first = client.post("/needs/new", data=GOOD, follow_redirects=False)
    again = client.post("/needs/new", data=GOOD, follow_redirects=False)
    assert (again.status_code, again.headers["location"]) == (303, first.headers["location"])
    with filled.reading() as session:
        assert list_needs(session, text="阀门填料泄漏")[1] == 1


def test_the_same_need_with_other_details_points_to_the_first(client: TestClient) -> None:
    first = client.post("/needs/new", data=GOOD, follow_redirects=False)
    other = client.post("/needs/new", data=GOOD | {"budget": "90"})
    assert other.status_code == 409
    check_page(other.text)
    assert "已经填报过" in text(other.text)
    assert first.headers["location"].removesuffix("?saved=1") in links(other.text)
    assert values(other.text)["budget"] == "90"


def test_change(client: TestClient, filled: Matcher) -> None:
    client.post("/needs/new", data=GOOD)
    before = saved(filled, "阀门填料泄漏")
    form = client.get(f"/needs/{before.id}/edit")
    check_page(form.text)
    stand = values(form.text)
    assert stand["deadline"] == "2027-06-30"
    assert stand["keywords"] == "阀门、填料"
    assert stand["enterprise_name"] == "示例阀门有限公司"
    answer = client.post(
        f"/needs/{before.id}/edit", data=stand | {"budget": "0.5"}, follow_redirects=False
    )
    assert answer.status_code == 303
    after = saved(filled, "阀门填料泄漏")
    assert after.budget == 0.5
    assert after == Need(**{**{f: getattr(before, f) for f in before.__slots__}, "budget": 0.5})


def test_a_change_that_is_wrong_keeps_what_was_typed(client: TestClient) -> None:
    client.post("/needs/new", data=GOOD)
    stand = values(client.get("/needs/N1/edit").text) | {"budget": "许多"}
    answer = client.post("/needs/N1/edit", data=stand)
    assert answer.status_code == 422
    assert values(answer.text)["budget"] == "许多"
    assert "还没有填写企业名称" in text(answer.text)


def test_a_change_over_somebody_elses_is_told_first(client: TestClient, filled: Matcher) -> None:
    client.post("/needs/new", data=GOOD)
    need_id = saved(filled, "阀门填料泄漏").id
    mine = values(client.get(f"/needs/{need_id}/edit").text)
    client.post(f"/needs/{need_id}/edit", data=mine | {"budget": "70"})
    answer = client.post(f"/needs/{need_id}/edit", data=mine | {"budget": "60"})
    assert answer.status_code == 409
    assert "别人改过" in text(answer.text)
    kept = values(answer.text)
    assert kept["budget"] == "60"
    client.post(f"/needs/{need_id}/edit", data=kept)
    with filled.reading() as session:
        assert get_need(session, need_id).budget == 60


def test_an_unknown_need_cannot_be_changed(client: TestClient) -> None:
    assert client.get("/needs/N404/edit").status_code == 404
    assert client.post("/needs/N404/edit", data=GOOD).status_code == 404
