"""The list of needs, and a need with its partners."""

import re
from dataclasses import replace
from datetime import date

import pytest
from starlette.testclient import TestClient

from matcher.records import (
    Band,
    Enterprise,
    Evidence,
    EvidenceType,
    Need,
    Partner,
    PartnerKind,
    TechField,
)
from matcher.service import Matcher
from matcher.store.enterprises import save_enterprises
from tests.api.html import check_page, links, marks, text
from tests.api.judged import judge
from tests.conftest import HOT_CONTACTS


def test_the_start_page_of_an_empty_library(empty_client: TestClient) -> None:
    page = empty_client.get("/").text
    check_page(page)
    assert "还没有需求" in text(page)


def test_the_list(client: TestClient, filled: Matcher) -> None:
    with filled.writing() as session:
        save_enterprises(session, [Enterprise(id="E1", name="示例电气有限公司", county="瑞安市")])
    need = Need(
        id="N9",
        title="带齐各项",
        problem="需要列出各项",
        field=TechField.MATERIALS,
        budget=1234.5,
        deadline=date(2027, 6, 30),
        submitted=date(2026, 11, 22),
        enterprise_id="E1",
        sample=True,
    )
    filled.save_needs([need])
    page = client.get("/needs").text
    check_page(page)
    shown = text(page)
    assert "带齐各项 示例 需要列出各项 已入库 示例电气有限公司 瑞安市 新材料及应用" in shown
    assert "1,234.5 2027-06-30 2026-11-22" in shown
    assert "共 4 条" in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"county": "平阳县"}, ["/needs/N2"]),
        ({"q": " 断路器 "}, ["/needs/N1", "/needs/N3"]),
        ({"q": "断路器", "county": "平阳县"}, []),
        ({"field": "新材料及应用"}, []),
        ({"unknown": "x"}, ["/needs/N1", "/needs/N2", "/needs/N3"]),
    ],
)
def test_filters(client: TestClient, query: dict[str, str], found: list[str]) -> None:
    page = client.get("/needs", params=query).text
    check_page(page)
    assert sorted(link for link in links(page) if link.startswith("/needs/N")) == found
    if not found:
        assert "没有符合这些条件的需求" in text(page)


def test_paging(client: TestClient, filled: Matcher) -> None:
    filled.save_needs([replace(HOT_CONTACTS, id=f"M{n:03}") for n in range(118)])
    page = client.get("/needs", params={"county": "乐清市", "page": 2}).text
    check_page(page)
    assert "共 119 条，第 21–40 条" in text(page)
    assert "/needs?page=3&size=20&county=%E4%B9%90%E6%B8%85%E5%B8%82" in links(page)
    assert "第 101–119 条" in text(client.get("/needs?county=乐清市&size=100&page=2").text)


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "9" * 30, ""])
def test_an_odd_page_number_is_the_first(client: TestClient, page: str) -> None:
    shown = client.get("/needs", params={"page": page, "size": page})
    assert shown.status_code == 200
    assert "第 1–3 条" in text(shown.text)


def test_a_page_beyond_the_last(client: TestClient) -> None:
    page = client.get("/needs?page=7").text
    check_page(page)
    assert "这一页没有内容" in text(page)
    assert "回到第一页" in text(page)


def test_a_need_with_its_partners(client: TestClient) -> None:
    page = client.get("/needs/N1").text
    check_page(page)
    shown = text(page)
    assert "断路器触头温升过高" in shown
    assert "触头专家 院士专家 示例" in shown
    assert "银氧化锡触头材料的熔焊特性 2019" in shown
    assert {"断路器", "触头"} & set(marks(page))
    assert all(word in HOT_CONTACTS.text for word in marks(page))
    assert "/partners/X1" in links(page)
    assert "/needs/N1?kind=society" in links(page)


def test_bands_are_words_with_probabilities_and_a_reason(
    client: TestClient, filled: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge(filled, monkeypatch, [Band.STRONG, Band.POSSIBLE, Band.INSUFFICIENT])
    page = client.get("/needs/N1").text
    check_page(page)
    shown = text(page)
    assert "强推荐 0.86 语义" in shown
    assert "可考虑 0.10 语义" in shown
    assert "综合" not in shown
    assert "暂无证据充分" not in shown
    fit, weak = page.split('<details class="more weak">')
    assert fit.count('class="match"') == weak.count('class="match"') == 2
    assert "证据不足（2 个）" in text(page)
    reason = filled.match_need("N1").matches[0].reason
    assert f'<span id="reason-1">{reason}</span>' in page
    assert 'data-copy="reason-1" hidden>复制</button>' in page
    assert "/static/copy.js" in page


def test_words_that_mean_the_like_are_marked_apart(
    client: TestClient, filled: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranking = filled.match_need("N1")
    best = ranking.matches[0]
    passage = replace(best.evidence[0], text="触头的磨损", spans=((0, 2),), near_spans=((3, 5),))
    bare = replace(passage, near_spans=())
    plain = replace(ranking, matches=(replace(best, evidence=(bare,)),))
    marked = replace(ranking, matches=(replace(best, evidence=(passage,)),))
    monkeypatch.setattr(filled, "match_need", lambda *_, **__: plain)
    assert "near" not in client.get("/needs/N1").text
    monkeypatch.setattr(filled, "match_need", lambda *_, **__: marked)
    page = client.get("/needs/N1").text
    check_page(page)
    assert '<mark>触头</mark>的<mark class="near">磨损</mark>' in page
    assert '<span class="key key-near">含义相近</span>' in page


def test_scores_are_shown_beside_the_best_only(client: TestClient, filled: Matcher) -> None:
    page = client.get("/needs/N1").text
    ranking = filled.match_need("N1")
    for match in ranking.matches:
        assert f"{match.score:.2f}" not in page
    answers = page[page.index('aria-labelledby="answers-title"') : page.index("</main>")]
    assert answers.count("综合") == answers.count("%") == 0


def test_kind_and_region(client: TestClient) -> None:
    def partners(query: str) -> set[str]:
        page = client.get(f"/needs/N1?{query}").text
        check_page(page)
        return {link for link in links(page) if link.startswith("/partners/")}

    assert partners("kind=society") == {"/partners/S1"}
    assert partners("region=四川省") == {"/partners/X2"}
    assert partners("kind=expert&region=四川省") == {"/partners/X2"}


def test_long_evidence_opens_near_the_marks(client: TestClient, filled: Matcher) -> None:
    far = "这里先介绍其他行业的做法。" * 15 + "最后研究断路器触头温升。" + "其余从略。" * 20
    evidence = Evidence(id="L-1", type=EvidenceType.PAPER, title="断路器触头温升过高", text=far)
    partner = Partner(id="L", kind=PartnerKind.EXPERT, name="长文", evidence=(evidence,))
    filled.save_partners([partner])
    page = client.get("/needs/N1").text
    card = page[page.index('/partners/L"') :]
    short = card[card.index('<span class="cut-short">') : card.index("</summary>")]
    assert short.startswith('<span class="cut-short">…最后')
    assert any("触头" in word for word in marks(short))
    whole = card[card.index('<p class="cut-whole">') : card.index("</details>")]
    assert re.sub(r"<[^>]*>", "", whole).strip() == far


def test_a_profile_does_not_repeat_the_names(client: TestClient) -> None:
    page = client.get("/needs/N1").text
    assert "旅德化学会" in text(page)
    assert "旅德化学会，" not in text(page)
    assert "Chinese Chemists in Germany" not in text(page)
    assert "Adhesives, leather chemistry" in text(page)


def test_nothing_found_says_how_to_widen(client: TestClient) -> None:
    page = client.get("/needs/N1?kind=institute&region=四川省").text
    check_page(page)
    assert "目录中暂无证据充分的对象" in text(page)
    assert "/needs/N1?kind=institute" in links(page)
    assert "/needs/N1?region=%E5%9B%9B%E5%B7%9D%E7%9C%81" in links(page)


def test_five_are_open_and_the_others_on_request(
    client: TestClient, filled: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge(filled, monkeypatch, [Band.GOOD])
    more = [
        Partner(id=f"Y{n}", kind=PartnerKind.EXPERT, name=f"专家{n}", profile=f"研究触头材料{n}。")
        for n in range(30)
    ]
    filled.save_partners(more)
    page = client.get("/needs/N1").text
    check_page(page)
    open_part, folded = page.split('<details class="more">')
    assert open_part.count('class="match"') == 5
    assert folded.count('class="match"') == 15
    assert "第 6 至第 20 名" in folded


def test_what_people_write_is_escaped(client: TestClient, filled: Matcher) -> None:
    nasty = '<script>alert("断路器触头")</script>'
    evidence = Evidence(
        id="E<1>",
        type=EvidenceType.PAPER,
        title=f"题{nasty}",
        text=f"研究{nasty}断路器触头<b>&amp;",
    )
    partner = Partner(
        id='P"1',
        kind=PartnerKind.EXPERT,
        name=nasty,
        title=nasty,
        affiliation=nasty,
        website="javascript:alert(1)",
        profile=nasty,
        evidence=(evidence,),
    )
    need = Need(
        id="N'<i>", title=f"断路器触头{nasty}", problem=nasty, county=nasty, keywords=(nasty,)
    )
    filled.save_partners([partner])
    filled.save_needs([need])
    for address in (
        "/",
        "/needs",
        "/needs/N'<i>",
        "/partners",
        '/partners/P"1',
        f"/needs?q={nasty}",
    ):
        page = client.get(address).text
        check_page(page)
        assert "<script>" not in page
        assert "javascript:" not in "".join(links(page))
    page = client.get("/needs/N'<i>").text
    assert "断路器" in marks(page)
    assert not any("<" in word for word in marks(page))
    assert "&lt;b&gt;&amp;amp;" in page


def test_an_id_with_a_slash_or_blank_signs(client: TestClient, filled: Matcher) -> None:
    filled.save_needs([replace(HOT_CONTACTS, id="浙/2026?#1")])
    listed = [link for link in links(client.get("/needs").text) if "2026" in link]
    assert listed == ["/needs/%E6%B5%99/2026%3F%231"]
    assert client.get(listed[0]).status_code == 200
    assert client.get(listed[0] + "/edit").status_code == 200


def test_removal(client: TestClient) -> None:
    answer = client.post("/needs/N1/delete", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/needs")
    assert client.get("/needs/N1").status_code == 404
    assert client.post("/needs/N1/delete").status_code == 404
