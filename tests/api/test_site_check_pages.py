"""Pages of the rules of site types: reading them, checking a pair, entering what was found out."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from matcher.casework.pairings import PairingStage
from matcher.people import Role
from matcher.service import Matcher
from matcher.store.site_facts import site_facts_of
from tests.api.html import check_page, hidden, links, text
from tests.people import account, sign_in
from tests.stations import add_firms, pair

OWN = "/needs/N1/sites"


@pytest.fixture(autouse=True)
def firms(filled: Matcher) -> None:
    add_firms(filled)


def answers(matcher: Matcher, owner: str, owner_id: str) -> dict[str, object]:
    with matcher.reading() as session:
        found = site_facts_of(session, owner, [owner_id]).get(owner_id, {})
    return {name: fact.value for name, fact in found.items()}


def break_rules(matcher: Matcher) -> None:
    own: Path = matcher.home / "rules"
    own.mkdir(parents=True)
    (own / "mine.yaml").write_text("建站类型: own\n", encoding="utf-8")


def test_the_rules_are_shown_with_source_and_standing(client: TestClient) -> None:
    answer = client.get("/rules")
    check_page(answer.text)
    page = text(answer.text)
    for part in (
        "院士专家工作站",
        "未退休的全国不超过 1 个",
        "2019-06-11 起",
        "安徽省 采用",
        "福建省 参考",
        "企业有 30 名以上科技人员",
        "本单位在浙江省温州市",
    ):
        assert part in page


def test_beside_a_recommendation_stands_what_fits(client: TestClient) -> None:
    answer = client.get("/needs/N1")
    check_page(answer.text)
    page = text(answer.text)
    assert "适合建站：院士专家工作站（待核实：" in page
    assert f"{OWN}?partner=X1" in links(answer.text)


def test_a_pair_is_checked_on_its_own_page(client: TestClient) -> None:
    answer = client.get(OWN, params={"partner": "S1"})
    check_page(answer.text)
    page = text(answer.text)
    assert "学会服务站（省级） 待核实 还有 5 条待核实" in page
    assert "建站单位的技术需求不少于 5 项：技术需求数至少 1 项；还要了解“技术需求数”。 参考" in page
    assert "学会服务站与学会共建" in page
    assert "不符合的类型（2）" in page
    assert "推送以后，在对接页面填写：" in page
    assert 'name="agreement_years"' not in answer.text, "there is no pairing yet"


def test_missing_facts_of_other_records_lead_to_their_forms(client: TestClient) -> None:
    found = links(client.get(OWN, params={"partner": "X1"}).text)
    assert "/partners/X1/edit" in found
    assert "/partners/X1/facts" in found


def test_what_is_entered_is_there_and_checked_again(client: TestClient, filled: Matcher) -> None:
    page = client.get(OWN, params={"partner": "X1"}).text
    form = {"rd_body": "yes", "rd_team": "no", "fact_note": "电话核实", **hidden(page)}
    answer = client.post(OWN, params={"partner": "X1"}, data=form)
    assert answer.status_code == 200
    assert "已保存，下面是新的核对结果" in answer.text
    assert answers(filled, "enterprise", "E1") == {"rd_body": True, "rd_team": False}
    assert "企业没有合适的研发团队，不符合" in text(answer.text)
    assert "依据：电话核实" in answer.text


def test_on_the_page_of_a_pairing(client: TestClient, filled: Matcher) -> None:
    number = pair(filled).id
    page = client.get(f"/pairings/{number}").text
    check_page(page)
    assert "建站条件核对" in text(page)
    form = {"agreement_years": "4", "seen": "", "pairing": str(number)}
    answer = client.post(OWN, params={"partner": "X1"}, data=form, follow_redirects=False)
    assert answer.headers["location"] == f"/pairings/{number}?done=sites#sites"
    assert answers(filled, "pairing", str(number)) == {"agreement_years": 4}
    after = client.get(answer.headers["location"]).text
    assert "建站条件重新核对过了" in after
    assert "协议年限 4 年。" in text(after)


def test_a_pairing_that_failed_is_not_checked(client: TestClient, filled: Matcher) -> None:
    number = pair(filled, PairingStage.FAILED).id
    assert "建站条件核对" not in client.get(f"/pairings/{number}").text


def test_nothing_typed_is_lost_when_it_is_refused(client: TestClient, filled: Matcher) -> None:
    form = {"annual_output": "很多", "rd_body": "yes", "fact_note": "年报"}
    answer = client.post(OWN, params={"partner": "S1"}, data=form)
    assert answer.status_code == 422
    check_page(answer.text)
    assert "年产值应是 0 到" in text(answer.text)
    assert 'value="很多"' in answer.text
    assert 'value="年报"' in answer.text
    assert answers(filled, "enterprise", "E1") == {}


def test_two_at_once(client: TestClient, filled: Matcher) -> None:
    seen = hidden(client.get(OWN, params={"partner": "X1"}).text)["seen"]
    client.post(OWN, params={"partner": "X1"}, data={"rd_body": "yes", "seen": seen})
    late = client.post(OWN, params={"partner": "X1"}, data={"rd_body": "no", "seen": seen})
    assert late.status_code == 409
    assert "别人填写过这里的情况" in text(late.text)
    assert answers(filled, "enterprise", "E1") == {"rd_body": True}


def test_who_only_reads_gets_no_form(client: TestClient, filled: Matcher) -> None:
    sign_in(client, account(filled, Role.READ_ONLY))
    page = client.get(OWN, params={"partner": "X1"}).text
    assert "院士专家工作站" in page
    assert "填写核实到的情况" not in page
    assert client.post(OWN, params={"partner": "X1"}, data={"rd_body": "yes"}).status_code == 403


def test_a_county_does_not_keep_the_directory(client: TestClient, filled: Matcher) -> None:
    sign_in(client, account(filled, Role.COUNTY_STAFF, "乐清市"))
    page = client.get(OWN, params={"partner": "S1"}).text
    assert 'name="association_society"' not in page
    assert "由市级工作人员填写：科协所属学会" in text(page)
    assert "/partners/S1/edit" not in links(page)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/needs/N1/sites", 422),
        ("/needs/N1/sites?partner=nothing", 404),
        ("/needs/nothing/sites?partner=X1", 404),
    ],
)
def test_addresses_that_lead_nowhere(client: TestClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_pages_go_on_where_the_rules_are_wrong(client: TestClient, filled: Matcher) -> None:
    break_rules(filled)
    number = pair(filled).id
    for path in ("/needs/N1", f"/pairings/{number}", f"{OWN}?partner=X1", "/rules"):
        answer = client.get(path)
        assert answer.status_code == 200
        check_page(answer.text)
        assert "mine.yaml" in answer.text
