"""Help with the need form: suggestions beside the fields, and a warning of repeated needs."""

import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from matcher.records import Need, TechField
from matcher.service import Matcher
from matcher.store.needs import get_need, list_needs
from tests.api.html import buttons, check_page, hidden, links, text
from tests.api.test_need_form import GOOD, values

CONTACTOR = "2026-0019"
LOAN = GOOD | {
    "title": "流动资金贷款",
    "problem": "我公司想申请流动资金贷款五百万元，希望银行给予优惠利率，用于支付货款和工资。",
    "keywords": "",
}


def stored(matcher: Matcher, need_id: str) -> Need:
    with matcher.reading() as session:
        return get_need(session, need_id)


def count(matcher: Matcher) -> int:
    with matcher.reading() as session:
        return list_needs(session)[1]


def texts(need: Need) -> dict[str, str]:
    """What a form would send to say the same."""
    return {name: getattr(need, name) for name in ("title", "problem", "indicators", "goal")}


def marks(page: str) -> set[str]:
    """Fields that are marked as filled in by the system."""
    return set(re.findall(r'data-mark="(\w+)"', page))


def suggest(client: TestClient, sent: dict[str, str]) -> str:
    answer = client.post("/needs/new", data=sent | {"suggest": "1"})
    assert answer.status_code == 200
    check_page(answer.text)
    return answer.text


def test_suggestions_stand_beside_the_fields_and_nothing_is_saved(
    demo_client: TestClient, demo: Matcher
) -> None:
    before = count(demo)
    sent = texts(stored(demo, CONTACTOR)) | {"budget": "很多", "deadline": "明年"}
    page = suggest(demo_client, sent)
    back = values(page)
    assert {name: back[name] for name in sent} == sent
    offered = buttons(page, "fill")
    fields = [token for token in offered if token.startswith("field:")]
    assert len(fields) == 3
    assert len([token for token in offered if token.startswith("industry:")]) == 6
    assert any(token.startswith("keywords:") for token in offered)
    assert re.search(r"新材料及应用 \d+%", text(page))
    assert "可能涉及的学科" in text(page)
    assert "需要修改" not in text(page), "mistakes are told when it is saved"
    assert "data-fresh" not in page
    assert count(demo) == before


def test_what_is_sure_is_filled_in_where_nothing_was_and_marked(
    demo_client: TestClient, demo: Matcher
) -> None:
    need = next(
        need
        for need in (stored(demo, f"2026-{number:04}") for number in range(1, 121))
        if demo.screener.screen(replace(need, keywords=()).text).classification.fields[0].confident
    )
    sure = demo.screener.screen(replace(need, keywords=()).text).classification.fields[0].code
    page = suggest(demo_client, texts(need))
    assert values(page)["field"] == sure
    assert "field" in marks(page)
    assert hidden(page)["system-field"] == sure
    kept = suggest(demo_client, texts(need) | {"field": "public", "industry": "我写的"})
    assert (values(kept)["field"], values(kept)["industry"]) == ("public", "我写的")
    assert not marks(kept)


def test_a_mark_goes_when_the_value_is_changed(demo_client: TestClient, demo: Matcher) -> None:
    sent = texts(stored(demo, CONTACTOR)) | {"system-field": "materials", "advised": "1"}
    still = suggest(demo_client, sent | {"field": "materials"})
    assert "field" in marks(still)
    assert "field" not in marks(suggest(demo_client, sent | {"field": "marine"}))


def test_a_choice_comes_back_filled_in(demo_client: TestClient, demo: Matcher) -> None:
    sent = texts(stored(demo, CONTACTOR)) | {"keywords": "触头 温升"}
    page = suggest(demo_client, sent)
    for token in ("field:electronics", "industry:电机制造", "keywords:接触器"):
        answer = demo_client.post("/needs/new", data=values(page) | hidden(page) | {"fill": token})
        assert answer.status_code == 200
        check_page(answer.text)
        page = answer.text
    back = values(page)
    assert (back["field"], back["industry"]) == ("electronics", "电机制造")
    assert back["keywords"] == "触头、温升、接触器"
    assert buttons(page, "fill"), "the others are still there"
    assert "keywords:接触器" not in buttons(page, "fill")
    pressed = re.findall(r'value="(field:\w+)"[^>]*aria-pressed="true"', page)
    assert pressed == [token for token in buttons(page, "fill") if token == "field:electronics"]


@pytest.mark.parametrize("token", ["", "field", "title:改名", "seen:x", "keywords:"])
def test_an_odd_choice_changes_nothing(demo_client: TestClient, token: str) -> None:
    page = demo_client.post("/needs/new", data=GOOD | {"fill": token}).text
    assert {name: values(page)[name] for name in GOOD} == GOOD


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": "", "problem": ""}, "文字还太少"),
        ({"title": "漏", "problem": "漏"}, "文字还太少"),
        ({"problem": "漏" * 10_001}, "最多 10000 字"),
        ({"title": "贷款", "problem": LOAN["problem"]}, "不太像技术需求"),
        ({"title": "㙈㙉 㙊㙋", "problem": "㙌㙍 㙎㙏 㙐㙑 㙒㙓"}, "看不出领域和行业"),
    ],
    ids=["nothing", "one word", "too much", "a loan", "no known word"],
)
def test_a_text_that_says_too_little(client: TestClient, change: dict[str, str], said: str) -> None:
    answer = client.post("/needs/new", data=GOOD | change | {"suggest": "1", "keywords": ""})
    assert answer.status_code == 200
    check_page(answer.text)
    assert said in text(answer.text)
    assert {name: values(answer.text)[name] for name in change} == change


def test_suggestions_stay_when_something_is_wrong(demo_client: TestClient) -> None:
    sent = GOOD | {"advised": "1", "budget": "很多"}
    answer = demo_client.post("/needs/new", data=sent)
    assert answer.status_code == 422
    check_page(answer.text)
    assert buttons(answer.text, "fill")
    assert not buttons(demo_client.post("/needs/new", data=GOOD | {"budget": "x"}).text, "fill")


def test_suggestions_while_changing_a_need(demo_client: TestClient, demo: Matcher) -> None:
    form = demo_client.get(f"/needs/{CONTACTOR}/edit").text
    sent = values(form) | {"seen": hidden(form)["seen"], "field": ""}
    answer = demo_client.post(f"/needs/{CONTACTOR}/edit", data=sent | {"suggest": "1"})
    check_page(answer.text)
    assert hidden(answer.text)["seen"] == sent["seen"]
    assert len([t for t in buttons(answer.text, "fill") if t.startswith("field:")]) == 3
    assert stored(demo, CONTACTOR).field is TechField.MATERIALS


def test_the_enter_key_saves(client: TestClient) -> None:
    page = suggest(client, GOOD)
    first = re.search(
        r'<(?:input|button) [^>]*type="submit"[^>]*>', page[page.index("data-draft") :]
    )
    assert first is not None
    assert "name=" not in first.group()


# The form: repeated needs


def version(matcher: Matcher) -> dict[str, str]:
    """The contactor need in slightly other words, of another firm."""
    sent = texts(stored(matcher, CONTACTOR))
    return GOOD | sent | {"title": sent["title"] + "求助", "keywords": "", "field": ""}


def test_a_repeated_need_is_saved_only_when_a_person_says_so(
    demo_client: TestClient, demo: Matcher
) -> None:
    before = count(demo)
    answer = demo_client.post("/needs/new", data=version(demo))
    assert answer.status_code == 409
    check_page(answer.text)
    shown = text(answer.text)
    assert "看起来与这条重复" in shown
    assert "乐清市柏畈电器有限公司 · 乐清市 · 2026-08-12" in shown
    assert "共同的词：" in shown
    assert f'href="/needs/{CONTACTOR}" target="_blank"' in answer.text
    assert values(answer.text)["problem"] == version(demo)["problem"]
    assert count(demo) == before

    again = values(answer.text) | hidden(answer.text)
    assert demo_client.post("/needs/new", data=again).status_code == 409, "not with the usual one"
    saved = demo_client.post("/needs/new", data=again | {"anyway": "1"}, follow_redirects=False)
    assert saved.status_code == 303
    assert count(demo) == before + 1
    twice = demo_client.post("/needs/new", data=again, follow_redirects=False)
    assert twice.headers["location"].startswith(saved.headers["location"].partition("?")[0])

    need_id = saved.headers["location"].split("/")[2].partition("?")[0]
    page = demo_client.get(f"/needs/{need_id}").text
    assert f"/needs/{CONTACTOR}" in links(page)
    assert "重复需求" in text(page)
    demo.delete_need(need_id)


def test_new_repeats_that_were_not_shown_are_shown(client: TestClient, filled: Matcher) -> None:
    client.post("/needs/new", data=GOOD)
    sent = GOOD | {"enterprise_name": "另一家公司"}
    first = client.post("/needs/new", data=sent)
    assert first.status_code == 409
    seen = hidden(first.text)["shown"].split()
    assert len(seen) == 1
    filled.save_needs([Need(id="N 9/1", title=GOOD["title"], problem=GOOD["problem"])])
    anyway = sent | hidden(first.text) | {"anyway": "1"}
    second = client.post("/needs/new", data=anyway)
    assert second.status_code == 409
    assert set(hidden(second.text)["shown"].split()) == {*seen, "N%209/1"}
    third = sent | hidden(second.text) | {"anyway": "1"}
    assert client.post("/needs/new", data=third, follow_redirects=False).status_code == 303


def test_what_reads_like_something_else_is_saved_and_told(client: TestClient) -> None:
    page = client.post("/needs/new", data=LOAN)
    assert page.status_code == 200
    check_page(page.text)
    assert "已保存" in text(page.text)
    assert "这段文字不太像技术需求" in text(page.text)
    page = client.post("/needs/new", data=GOOD)
    assert "不太像" not in text(page.text)
