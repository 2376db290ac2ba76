"""Screening on the page of a need, common needs, and pages without the screening models."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from html import unescape

import pytest
from starlette.testclient import TestClient

from api import create_app
from matcher.errors import ModelError
from matcher.records import Need
from matcher.screener import Screener, ScreeningModels
from matcher.service import Matcher
from matcher.store.needs import get_need, list_needs
from tests.api.html import buttons, check_page, hidden, links, text
from tests.api.test_need_form import GOOD, values
from tests.demo_needs import open_demo_needs
from tests.people import SESSIONS, account, sign_in

CONTACTOR = "2026-0019"
"""A demo need on silver contacts; 2026-0041 of another firm tells of the same problem."""


@pytest.fixture
def broken_client(filled: Matcher) -> Iterator[TestClient]:
    """A client of a library whose screening models are missing."""

    def load() -> ScreeningModels:
        raise ModelError("分类模型 x 不可用")

    filled.screener = Screener(filled.database, filled.encoder, filled.index, load)
    app = create_app(filled, sessions=SESSIONS)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield sign_in(opened, account(filled))


def stored(matcher: Matcher, need_id: str) -> Need:
    with matcher.reading() as session:
        return get_need(session, need_id)


# The page of a need


def test_a_need_shows_what_is_suggested_and_similar(demo_client: TestClient) -> None:
    page = demo_client.get(f"/needs/{CONTACTOR}").text
    check_page(page)
    shown = text(page)
    assert "筛选建议" in shown
    assert not [t for t in buttons(page, "adopt") if t == "field:materials"]
    assert "同一问题 AgSnO₂触点材料抗熔焊与加工脆裂" in shown
    assert "涉及 2 家企业" in shown
    assert {"/needs/2026-0041", "/needs/common"} <= set(links(page))


def test_suggestions_are_adopted_one_by_one(client: TestClient, filled: Matcher) -> None:
    adopted = []
    for name in ("field", "industry", "keywords", "keywords"):
        page = client.get("/needs/N1?region=上海").text
        token = next(t for t in buttons(page, "adopt") if t.startswith(f"{name}:"))
        (action,) = re.findall(r'action="([^"]*/adopt[^"]*)"', page)
        answer = client.post(
            unescape(action),
            data={"seen": hidden(page)["seen"], "adopt": token},
            follow_redirects=False,
        )
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/needs/N1?region=")
        assert answer.headers["location"].endswith(f"adopted={name}#screening")
        adopted.append(token)
    need = stored(filled, "N1")
    assert need.field is not None
    assert [
        f"field:{need.field.value}",
        f"industry:{need.industry}",
        *(f"keywords:{word}" for word in need.keywords),
    ] == adopted
    assert (need.problem, need.county) == (
        "我厂塑壳断路器通电后触头发热，温升超标，怀疑银合金触头与接触压力有关。",
        "乐清市",
    )
    page = client.get("/needs/N1?adopted=keywords").text
    check_page(page)
    assert "已采纳关键词的建议" in text(page)
    assert "已采纳" not in text(client.get("/needs/N1?adopted=<b>").text)


def test_a_suggestion_is_not_adopted_over_somebody_elses_change(
    client: TestClient, filled: Matcher
) -> None:
    page = client.get("/needs/N1").text
    token, seen = buttons(page, "adopt")[0], hidden(page)["seen"]
    changed = replace(stored(filled, "N1"), budget=70)
    filled.save_needs([changed])
    answer = client.post("/needs/N1/adopt", data={"seen": seen, "adopt": token})
    assert answer.status_code == 409
    check_page(answer.text)
    assert "别人改过这条需求" in text(answer.text)
    assert stored(filled, "N1") == changed
    fresh = {"seen": hidden(answer.text)["seen"], "adopt": token}
    assert client.post("/needs/N1/adopt", data=fresh, follow_redirects=False).status_code == 303


@pytest.mark.parametrize("token", ["", "field:marine2", "keywords:没有提过", "title:改名"])
def test_only_what_is_offered_is_adopted(client: TestClient, filled: Matcher, token: str) -> None:
    before = stored(filled, "N1")
    seen = hidden(client.get("/needs/N1").text)["seen"]
    answer = client.post("/needs/N1/adopt", data={"seen": seen, "adopt": token})
    assert answer.status_code == 409
    assert "还没有采纳" in text(answer.text)
    assert stored(filled, "N1") == before


def test_nothing_is_adopted_for_an_unknown_need(client: TestClient) -> None:
    assert client.post("/needs/N404/adopt", data={"adopt": "field:marine"}).status_code == 404


def test_a_model_that_cannot_tell_problems_is_told_of(client: TestClient, filled: Matcher) -> None:
    shown = text(client.get("/needs/N1").text)
    assert all(warning in shown for warning in filled.screener.warnings)


# Common needs


def test_common_needs(demo_client: TestClient, demo: Matcher) -> None:
    page = demo_client.get("/needs/common").text
    check_page(page)
    shown = text(page)
    assert {f"/needs/{CONTACTOR}", "/needs/2026-0041"} <= set(links(page))
    assert re.search(r"2 家企业 · 2 条需求 · \S+一致", shown)
    assert "乐清市柏畈电器有限公司 乐清市 2026-08-12" in shown
    assert f"共 {len(demo.screener.common_needs())} 组" in shown
    assert "回到第一页" in text(demo_client.get("/needs/common?page=99").text)
    assert "/needs/common" in links(demo_client.get("/needs").text)


def test_no_common_needs_in_an_empty_library(tmp_path_factory: pytest.TempPathFactory) -> None:
    with closing(open_demo_needs(tmp_path_factory.mktemp("home"))) as matcher:
        with matcher.reading() as session:
            needs, _ = list_needs(session, limit=200)
        for need in needs:
            matcher.delete_need(need.id)
        with TestClient(create_app(matcher, sessions=SESSIONS)) as opened:
            sign_in(opened, account(matcher))
            page = opened.get("/needs/common").text
    check_page(page)
    assert "还没有发现共性需求" in text(page)
    assert "/needs/new" in links(page)


def test_common_needs_with_another_model(client: TestClient) -> None:
    page = client.get("/needs/common").text
    check_page(page)
    assert "不能识别共性需求" in text(page)


def test_no_need_hides_behind_the_page(client: TestClient) -> None:
    for identifier in ("common", "2026/adopt"):
        answer = client.post("/api/v1/needs", json=GOOD | {"id": identifier})
        assert answer.status_code == 422
        assert "另有用途" in answer.text


# Without the models


def test_all_works_without_the_models(broken_client: TestClient, filled: Matcher) -> None:
    page = broken_client.get("/needs/N1")
    assert page.status_code == 200
    check_page(page.text)
    assert "暂时没有建议" in text(page.text)
    assert "分类模型 x 不可用" in text(page.text)
    assert "触头专家" in text(page.text)
    saved = broken_client.post("/needs/new", data=GOOD)
    assert saved.status_code == 200
    assert "已保存" in text(saved.text)
    hint = broken_client.post("/needs/new", data=GOOD | {"suggest": "1"})
    assert hint.status_code == 200
    assert values(hint.text)["title"] == GOOD["title"]
    assert "现在不能自动识别" in text(hint.text)
    common = broken_client.get("/needs/common")
    assert common.status_code == 200
    check_page(common.text)
    assert "现在不能归并共性需求" in text(common.text)
    sent = {"seen": hidden(page.text).get("seen", ""), "adopt": "field:marine"}
    assert broken_client.post("/needs/N1/adopt", data=sent).status_code == 409
    assert stored(filled, "N1").field is None
