"""The form for enterprises without an account."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape

import pytest
from starlette.testclient import TestClient

from api import create_app
from api.pages import submit
from matcher.casework.contacts import ContactOwner
from matcher.casework.needs import NeedStatus
from matcher.desk import submissions
from matcher.people import SubmissionLink
from matcher.people.secrets import new_token, token_digest
from matcher.records import Need
from matcher.service import Matcher
from matcher.store.api_keys import add_link, get_link, revoke_link
from matcher.store.audit import list_audit
from matcher.store.contacts import contacts_of
from matcher.store.need_steps import need_status
from matcher.store.needs import list_needs
from tests.api.html import check_page, links, text
from tests.people import SESSIONS

GOOD = {
    "enterprise_name": "示例阀门有限公司",
    "county": "平阳县",
    "title": "阀门填料泄漏",
    "problem": "高温闸阀填料函泄漏，换过柔性石墨填料仍超标。",
    "contact_name": "示例联系人",
    "contact_phone": "0577-00000000",
}


@pytest.fixture
def visitor(filled: Matcher) -> Iterator[TestClient]:
    """Nobody who is known."""
    app = create_app(filled, sessions=SESSIONS)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def link(filled: Matcher) -> tuple[int, str]:
    """Number and address of a link of 永嘉县."""
    token = new_token()
    made = SubmissionLink(
        id=0, county="永嘉县", label="示例", created_at=datetime.now(UTC), created_by="示例"
    )
    with filled.writing() as session:
        return add_link(session, made, token_digest(token)).id, f"/submit/{token}"


def signed(visitor: TestClient, path: str) -> dict[str, str]:
    """What the form carries unseen."""
    page = visitor.get(path).text
    return {
        name: re.findall(f'name="{name}" value="([^"]*)"', page)[0] for name in ("csrf", "made")
    }


def stored(matcher: Matcher, title: str = "阀门填料泄漏") -> list[Need]:
    with matcher.reading() as session:
        return list_needs(session, text=title)[0]


def test_the_form_asks_for_the_need_and_the_contact_alone(
    visitor: TestClient, link: tuple[int, str]
) -> None:
    answer = visitor.get(link[1])
    assert answer.status_code == 200
    check_page(answer.text)
    assert "永嘉县企业技术需求填报" in text(answer.text)
    assert "自动识别" not in answer.text
    assert "断路器" not in text(answer.text).replace("塑壳断路器触头温升偏高", "")
    assert not {"/needs", "/partners"} & set(links(answer.text))


def test_a_need_is_taken_for_the_county_of_the_link(
    visitor: TestClient, link: tuple[int, str], filled: Matcher
) -> None:
    answer = visitor.post(link[1], data=GOOD | signed(visitor, link[1]))
    assert answer.status_code == 200
    check_page(answer.text)
    (need,) = stored(filled)
    assert need.id in text(answer.text)
    assert "接下来" in text(answer.text)
    assert need.county == "永嘉县"
    with filled.reading() as session:
        assert need_status(session, need.id) is NeedStatus.PENDING
        (contact,) = contacts_of(session, ContactOwner.NEED, need.id)
        entry = list_audit(session, subject="need")[0][0]
        assert get_link(session, link[0]).uses == 1
    assert contact.phone == "0577-00000000"
    assert (entry.actor_kind.value, entry.county) == ("link", "永嘉县")


def test_sent_twice_it_is_one_need(
    visitor: TestClient, link: tuple[int, str], filled: Matcher
) -> None:
    sent = GOOD | signed(visitor, link[1])
    first, second = (visitor.post(link[1], data=sent) for _ in range(2))
    assert text(first.text) == text(second.text)
    assert len(stored(filled)) == 1
    with filled.reading() as session:
        assert get_link(session, link[0]).uses == 1
    other = visitor.post(link[1], data=sent | {"goal": "批量供货"})
    assert "没有改进去" in text(other.text)
    assert stored(filled)[0].goal == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": ""}, "还没有填写需求名称"),
        ({"contact_phone": ""}, "还没有填写电话"),
        ({"contact_phone": "找小王"}, "电话只写号码"),
        ({"deadline": "明年"}, "不是日期"),
        ({"problem": "长" * 10_001}, "最多 10000 字"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    visitor: TestClient, link: tuple[int, str], filled: Matcher, change: dict[str, str], said: str
) -> None:
    sent = GOOD | change
    answer = visitor.post(link[1], data=sent | signed(visitor, link[1]))
    assert answer.status_code == 422
    check_page(answer.text)
    assert said in text(answer.text)
    assert all(value in unescape(answer.text) for name, value in sent.items() if name != "county")
    assert stored(filled) == []


def test_a_form_that_is_not_ours_or_too_old_comes_back(
    visitor: TestClient, link: tuple[int, str], filled: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = signed(visitor, link[1]) | {"made": str(int(time.time()) - 1)}
    for sent in ({}, {"csrf": "0" * 64, "made": "1"}, other, {"csrf": "é", "made": "²"}):
        answer = visitor.post(link[1], data=GOOD | sent)
        assert answer.status_code == 409
        assert "请再点一次" in text(answer.text)
        assert GOOD["problem"] in answer.text
    good = signed(visitor, link[1])
    monkeypatch.setattr(submit, "_SIGNED_FOR", -1)
    assert visitor.post(link[1], data=GOOD | good).status_code == 409
    assert stored(filled) == []


def test_a_closed_link_says_so(visitor: TestClient, link: tuple[int, str], filled: Matcher) -> None:
    sent = GOOD | signed(visitor, link[1])
    with filled.writing() as session:
        revoke_link(session, link[0])
    for answer in (
        visitor.get(link[1]),
        visitor.post(link[1], data=sent),
        visitor.get(f"{link[1]}/done"),
        visitor.get("/submit/" + new_token()),
        visitor.get("/submit/%ED%A0%80%00"),
    ):
        assert answer.status_code == 404
        assert "不能用了" in text(answer.text)
        assert "永嘉" not in answer.text
    assert stored(filled) == []


def test_one_address_is_held_back(
    visitor: TestClient, link: tuple[int, str], filled: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submissions, "MOST_FROM_ADDRESS", 1)
    sent = GOOD | signed(visitor, link[1])
    assert visitor.post(link[1], data=sent).status_code == 200
    second = sent | {"title": "阀门填料泄漏之二"}
    answer = visitor.post(link[1], data=second)
    assert answer.status_code == 429
    assert "一小时后再试" in text(answer.text)
    assert "阀门填料泄漏之二" in answer.text
    assert len(stored(filled)) == 1


def test_a_number_that_nobody_got_is_not_shown(visitor: TestClient, link: tuple[int, str]) -> None:
    answer = visitor.get(f"{link[1]}/done?number=N1&said=same&sign=0", follow_redirects=False)
    assert answer.status_code == 303


def test_another_site_cannot_send_it(visitor: TestClient, link: tuple[int, str]) -> None:
    sent = GOOD | signed(visitor, link[1])
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert visitor.post(link[1], data=sent, headers=headers).status_code == 403
