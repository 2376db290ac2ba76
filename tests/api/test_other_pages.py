"""The directory, a partner, and quick matching."""

import re

import pytest
from starlette.testclient import TestClient

from matcher.records import Band
from matcher.service import Matcher
from matcher.store.tables import MatchRunRow
from tests.api.html import check_page, links, marks, text
from tests.api.judged import judge
from tests.api.warned import WARNING, warn

QUESTION = "断路器触头温升过高，怀疑银合金触头接触电阻太大"


def test_the_directory(client: TestClient) -> None:
    page = client.get("/partners").text
    check_page(page)
    assert {"/partners/X1", "/partners/X2", "/partners/S1", "/partners/O1"} <= set(links(page))
    assert "院士专家 2" in text(page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"kind": "expert"}, {"/partners/X1", "/partners/X2"}),
        ({"kind": "学会"}, {"/partners/S1"}),
        ({"region": "四川省"}, {"/partners/X2"}),
        ({"region": " 成都 "}, {"/partners/X2"}),
        ({"q": "化学会"}, {"/partners/O1"}),
        ({"kind": "institute"}, set()),
    ],
)
def test_filters(client: TestClient, query: dict[str, str], found: set[str]) -> None:
    page = client.get("/partners", params=query).text
    check_page(page)
    shown = {link for link in links(page) if re.fullmatch("/partners/[A-Z][0-9]", link)}
    assert shown == found
    if not found:
        assert "没有符合这些条件的对象" in text(page)


def test_an_empty_directory_says_what_next(empty_client: TestClient) -> None:
    page = empty_client.get("/partners").text
    check_page(page)
    assert "目录还是空的" in text(page)


def test_a_partner_with_its_needs(client: TestClient) -> None:
    page = client.get("/partners/X2").text
    check_page(page)
    shown = text(page)
    assert "皮革专家" in shown
    assert "无铬鞣剂对牛皮收缩温度的影响 2020" in shown
    assert shown.index("牛皮鞣制废水铬超标") < shown.index("断路器触头温升过高")
    assert "综合 100" in shown
    assert "/needs/N2" in links(page)


def test_a_partner_without_needs(empty_client: TestClient, matcher: Matcher) -> None:
    empty_client.put("/api/v1/partners/P1", json={"kind": "expert", "name": "新专家"})
    page = empty_client.get("/partners/P1").text
    check_page(page)
    assert "还没有可以比较的需求" in text(page)


def test_quick_matching_shows_a_form(client: TestClient) -> None:
    page = client.get("/match").text
    check_page(page)
    assert "推荐对象" not in text(page)


def test_a_short_text_gets_an_address(client: TestClient) -> None:
    sent = {"text": QUESTION, "kind": "expert", "region": ""}
    answer = client.post("/match", data=sent, follow_redirects=False)
    assert answer.status_code == 303
    page = client.get(answer.headers["location"]).text
    check_page(page)
    assert QUESTION in page
    assert {"触头", "断路器"} & set(marks(page))
    found = [link for link in links(page) if link.startswith("/partners/")]
    assert found == ["/partners/X1", "/partners/X2"]


def test_a_long_text_does_not_go_into_an_address(client: TestClient) -> None:
    long = QUESTION * 20
    answer = client.post("/match", data={"text": long}, follow_redirects=False)
    assert answer.status_code == 200
    check_page(answer.text)
    assert long in answer.text
    assert "触头专家" in text(answer.text)


@pytest.mark.parametrize(
    ("sent", "said"), [("", "没有写需求内容"), ("断路器", "太短"), ("漏" * 50_000, "最多 10000 字")]
)
def test_a_text_that_cannot_be_matched_stays(client: TestClient, sent: str, said: str) -> None:
    answer = client.post("/match", data={"text": sent})
    assert answer.status_code == 422
    check_page(answer.text)
    assert said in text(answer.text)
    assert f">\n{sent}</textarea>" in answer.text


def test_quick_matching_keeps_nothing(client: TestClient, filled: Matcher) -> None:
    client.post("/match", data={"text": QUESTION})
    client.get("/needs/N1")
    with filled.reading() as session:
        assert session.query(MatchRunRow).count() == 0


def test_where_nothing_fits_it_is_said(
    client: TestClient, filled: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge(filled, monkeypatch, [Band.INSUFFICIENT])
    page = client.get("/match", params={"text": QUESTION}).text
    check_page(page)
    shown = text(page)
    assert "目录中暂无证据充分的对象" in shown
    assert "补充技术指标" in shown
    assert "录入新的对象" in shown
    assert "放宽到全部" not in shown, "nothing was restricted"
    before, folded = page.split('<details class="more weak">')
    assert "仍要查看最接近的对象（4 个）" in text(page)
    assert before.count('class="match"') == 0
    assert folded.count('class="match"') == 4


def test_nothing_found(client: TestClient) -> None:
    page = client.get("/match", params={"text": QUESTION, "kind": "institute"}).text
    check_page(page)
    assert "目录中暂无证据充分的对象" in text(page)


def test_no_partners_says_how_to_widen(client: TestClient) -> None:
    page = client.get("/partners?kind=society&region=成都&q=学会").text
    assert {
        "/partners?kind=society&q=%E5%AD%A6%E4%BC%9A",
        "/partners?region=%E6%88%90%E9%83%BD&q=%E5%AD%A6%E4%BC%9A",
        "/partners?kind=society&region=%E6%88%90%E9%83%BD",
        "/partners",
    } <= set(links(page))


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/needs/N1", "match_need"),
        ("/needs/N1?kind=institute", "match_need"),
        (f"/match?text={QUESTION}", "match_text"),
        ("/partners/X1", "needs_for"),
    ],
)
def test_warnings_are_told(
    client: TestClient, filled: Matcher, monkeypatch: pytest.MonkeyPatch, path: str, method: str
) -> None:
    assert WARNING not in client.get(path).text
    warn(filled, method, monkeypatch)
    page = client.get(path).text
    check_page(page)
    assert f'<p class="note">{WARNING}</p>' in page


def test_regions_are_typed_or_chosen(client: TestClient) -> None:
    for path in ("/partners?", f"/match?text={QUESTION}&", "/needs/N1?"):
        page = client.get(f"{path}region=成都").text
        check_page(page)
        assert "地区包含" in text(page)
        assert 'name="region" value="成都"' in page
        assert '<option value="四川省">' in page


def test_static_files(client: TestClient) -> None:
    assert client.get("/static/app.css").headers["content-type"].startswith("text/css")
    for name in ("copy", "draft", "docs", "enterprises", "print"):
        script = client.get(f"/static/{name}.js")
        assert script.status_code == 200
        assert "javascript" in script.headers["content-type"]
    assert client.get("/static/../app.py").status_code == 404
