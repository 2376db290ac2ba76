"""Pages of stations, their types and outcomes."""

import re
from datetime import date, timedelta
from html import unescape
from io import BytesIO

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from matcher.casework.pairings import PairingStage
from matcher.casework.stations import StationStatus
from matcher.people import Role
from matcher.people.days import today
from matcher.service import Matcher
from matcher.store.audit import list_audit
from matcher.store.outcomes import OutcomeFilter, list_outcomes
from matcher.store.pairings import get_pairing
from matcher.store.stations import StationFilter, list_stations
from tests.api.html import buttons, check_page, hidden, links, text
from tests.people import account, sign_in
from tests.stations import add_firms, found, pair, stored

FORM = {
    "enterprise_id": "E1",
    "partner_ids": "X1",
    "type": "academician_workstation",
    "level": "city",
    "name": "示例专家站",
    "agreed_on": "2024-03-01",
    "ends_on": "2027-02-28",
}
OUTCOME = {"kind": "patent", "title": "一种触头", "on": "2025-05-01", "number": "ZL1"}


@pytest.fixture(autouse=True)
def firms(filled: Matcher) -> None:
    add_firms(filled)


def acting(client: TestClient, matcher: Matcher, role: Role, county: str = "") -> TestClient:
    return sign_in(client, account(matcher, role, county))


def values(page: str) -> dict[str, str]:
    """What stands in the fields of the form."""
    found = dict(re.findall(r'<input [^>]*name="(\w+)"[^>]*? value="([^"]*)"', page))
    found |= re.findall(r'<textarea [^>]*name="(\w+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    for name, options in re.findall(
        r'<select [^>]*name="(\w+)".*?>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.search(r'value="([\w-]*)" selected', options)
        found[name] = chosen.group(1) if chosen else ""
    return {name: unescape(value) for name, value in found.items() if name != "csrf"}


def all_stations(matcher: Matcher) -> list[str]:
    with matcher.reading() as session:
        return [station.name for station in list_stations(session, StationFilter())[0]]


def test_an_empty_list_says_what_to_do(client: TestClient) -> None:
    page = client.get("/stations")
    check_page(page.text)
    assert "还没有站点" in text(page.text)
    assert "/stations/new" in links(page.text)


def test_founded_shown_and_listed(client: TestClient, filled: Matcher) -> None:
    form = client.get("/stations/new")
    check_page(form.text)
    answer = client.post("/stations/new", data=FORM, follow_redirects=False)
    assert answer.status_code == 303
    page = client.get(answer.headers["location"]).text
    check_page(page)
    shown = text(page)
    for said in ("已保存", "示例专家站", "示例电气有限公司", "触头专家", "运行中", "市级"):
        assert said in shown
    assert "2024年3月1日 至 2027年2月28日" in shown
    listed = client.get("/stations").text
    check_page(listed)
    assert "示例专家站" in text(listed)


def test_names_that_fit_exactly_are_chosen_on_saving(client: TestClient, filled: Matcher) -> None:
    typed = FORM | {
        "enterprise_id": "",
        "partner_ids": "",
        "find_enterprise": "示例电气有限公司",
        "find_partner": "触头专家",
    }
    assert client.post("/stations/new", data=typed, follow_redirects=False).status_code == 303
    assert stored(filled, 1).partner_ids == ("X1",)


def test_searching_picking_and_dropping_saves_nothing(client: TestClient, filled: Matcher) -> None:
    typed = FORM | {"enterprise_id": "", "find_enterprise": "示例", "note": "写了<b>一半"}
    page = client.post("/stations/new", data=typed | {"search": "enterprise"})
    assert page.status_code == 200
    check_page(page.text)
    assert buttons(page.text, "pick") == ["enterprise:E1", "enterprise:E2"]
    assert values(page.text)["note"] == "写了<b>一半"
    picked = client.post("/stations/new", data=typed | {"pick": "enterprise:E2"}).text
    assert hidden(picked)["enterprise_id"] == "E2"
    assert "示例皮革有限公司" in text(picked)
    several = {"type": "innovation_community", "find_partner": "", "pick": "partner:X2"}
    picked = client.post("/stations/new", data=typed | several).text
    assert hidden(picked)["partner_ids"].split() == ["X1", "X2"]
    dropped = typed | {"partner_ids": "X1\r\nX2", "drop": "partner:X1"}
    assert hidden(client.post("/stations/new", data=dropped).text)["partner_ids"] == "X2"
    none = client.post("/stations/new", data=typed | {"find_enterprise": "查无", "search": "x"})
    assert "没有找到“查无”" in text(none.text)
    assert all_stations(filled) == []


def test_a_name_that_is_not_chosen_yet_is_not_saved(client: TestClient, filled: Matcher) -> None:
    answer = client.post("/stations/new", data=FORM | {"find_partner": "专家"})
    assert answer.status_code == 422
    check_page(answer.text)
    assert "“专家”还没有选定" in text(answer.text)
    assert "partner:X2" in buttons(answer.text, "pick")
    assert all_stations(filled) == []


def test_nothing_typed_is_lost(client: TestClient) -> None:
    wrong = FORM | {"ends_on": "三年后", "level": "", "note": "\n备注", "agreed_on": "2024年3月"}
    answer = client.post("/stations/new", data=wrong)
    assert answer.status_code == 422
    check_page(answer.text)
    kept = values(answer.text)
    assert {name: kept[name] for name in wrong} == wrong
    shown = text(answer.text)
    assert "有 2 处需要修改" in shown
    assert "“三年后”不是日期" in shown
    assert re.findall(r'name="(\w+)"[^>]* autofocus', answer.text) == ["level"]


def test_an_unusual_term_is_pointed_out_after_saving(client: TestClient) -> None:
    page = client.post("/stations/new", data=FORM | {"ends_on": "2025-03-01"}).text
    assert "与一般的 3 至 5 年不同" in text(page)


def test_from_a_signed_pairing(client: TestClient, filled: Matcher) -> None:
    pairing = pair(filled)
    form = client.get(f"/stations/new?pairing={pairing.id}").text
    check_page(form)
    kept = hidden(form)
    assert (kept["enterprise_id"], kept["partner_ids"]) == ("E1", "X1")
    assert "这条对接变为“已建站”" in text(form)
    sent = FORM | {name: kept[name] for name in ("enterprise_id", "partner_ids", "pairing_id")}
    page = client.post("/stations/new", data=sent).text
    assert f"/pairings/{pairing.id}" in links(page)
    with filled.reading() as session:
        assert get_pairing(session, pairing.id).stage is PairingStage.STATIONED
    again = client.get(f"/stations/new?pairing={pairing.id}")
    assert again.status_code == 409
    assert "已经建站" in text(again.text)
    twice = client.post("/stations/new", data=sent)
    assert twice.status_code == 409
    check_page(twice.text)
    assert "已经建站" in text(twice.text)


def test_change_and_conflict(client: TestClient, filled: Matcher) -> None:
    station = found(filled)
    mine = values(client.get(f"/stations/{station.id}/edit").text)
    assert mine["agreed_on"] == "2024-03-01"
    first = client.post(f"/stations/{station.id}/edit", data=mine | {"level": "provincial"})
    assert "省级" in text(first.text)
    second = client.post(f"/stations/{station.id}/edit", data=mine | {"level": "county"})
    assert second.status_code == 409
    check_page(second.text)
    assert "别人改过" in text(second.text)
    kept = values(second.text)
    assert kept["level"] == "county"
    assert client.post(f"/stations/{station.id}/edit", data=kept).status_code == 200
    assert stored(filled, station.id).level == "county"


def test_assessments_propose_cancellation(client: TestClient, filled: Matcher) -> None:
    station = found(filled)
    own = f"/stations/{station.id}"
    for year, score in ((2024, "65"), (2025, "60.5")):
        seen = hidden(client.get(own).text)["seen"]
        sent = {"year": str(year), "score": score, "opinion": "活动少", "seen": seen}
        assert client.post(f"{own}/assessments", data=sent).status_code == 200
    page = client.get(own).text
    check_page(page)
    assert "建议撤销： 连续两年考核低于 70 分" in text(page)
    assert "60.5 不合格 活动少" in text(page)
    assert f"{own}?step=cancelled#step" in links(page)
    assert "建议撤销" in text(client.get("/stations").text)
    wrong = {"year": "2030", "score": "一百", "opinion": "很好", "seen": "3"}
    answer = client.post(f"{own}/assessments", data=wrong)
    assert answer.status_code == 422
    check_page(answer.text)
    kept = values(answer.text)
    assert (kept["year"], kept["score"], kept["opinion"]) == ("2030", "一百", "很好")
    assert "不在 1900 到" in text(answer.text)
    dropped = client.post(f"{own}/assessments/2025/delete", data={"seen": "3"})
    assert "建议撤销：" not in text(dropped.text)
    old = client.post(f"{own}/assessments/2024/delete", data={"seen": "3"})
    assert old.status_code == 409
    assert "别人改过" in text(old.text)


def test_renewed_and_cancelled(client: TestClient, filled: Matcher) -> None:
    station = found(filled, ends_on=(today() + timedelta(days=30)).isoformat())
    own = f"/stations/{station.id}"
    page = client.get(own).text
    assert "协议还有 30 天到期" in text(page)
    assert values(client.get(f"{own}?step=active").text)["status"] == "active"
    missing = client.post(f"{own}/steps", data={"status": "active", "note": "续", "seen": "1"})
    assert missing.status_code == 422
    check_page(missing.text)
    assert "请填写续签后的到期日期" in text(missing.text)
    assert values(missing.text)["note"] == "续"
    new_end = (today() + timedelta(days=365)).isoformat()
    sent = {"status": "active", "ends_on": new_end, "seen": "1"}
    done = client.post(f"{own}/steps", data=sent).text
    assert "与一般的 3 至 5 年不同" in text(done)
    assert "天到期" not in text(done)
    sent = {"status": "cancelled", "note": "企业搬迁", "seen": "2"}
    done = client.post(f"{own}/steps", data=sent).text
    check_page(done)
    assert "运行中 → 已撤销 企业搬迁" in text(done)
    assert "续签、到期和撤销" not in text(done)
    assert stored(filled, station.id).status is StationStatus.CANCELLED
    late = client.post(f"{own}/steps", data={"status": "expired", "seen": "3"})
    assert late.status_code == 409


def test_a_form_without_its_version_is_refused(client: TestClient, filled: Matcher) -> None:
    own = f"/stations/{found(filled).id}"
    assert client.post(f"{own}/steps", data={"status": "expired"}).status_code == 422
    assert client.post(f"{own}/edit", data=FORM).status_code == 422
    assert client.post(f"{own}/assessments", data={}).status_code == 422


def test_filters_sorting_and_what_is_late(client: TestClient, filled: Matcher) -> None:
    found(filled, name="甲站", ends_on=date.today().isoformat())
    found(filled, name="乙站", enterprise_id="E2", type="society_station", partner_ids=["S1"])

    def names(query: str) -> list[str]:
        page = client.get(f"/stations?{query}").text
        check_page(page)
        return re.findall(r'href="/stations/\d+">(.*?)</a>', page)

    assert names("expiring=1") == ["甲站"]
    assert names("type=society_station") == ["乙站"]
    assert names("county=平阳县&level=市级&status=active") == ["乙站"]
    assert names("q=电工") == ["乙站"]
    assert names("sort=ends_on") == ["甲站", "乙站"]
    assert names("sort=-ends_on") == ["乙站", "甲站"]
    assert names("status=cancelled") == []
    assert "减少条件" in text(client.get("/stations?q=查无").text)
    assert "回到第一页" in text(client.get("/stations?page=9").text)
    assert client.get("/stations?level=宇宙级").status_code == 422
    page = client.get("/stations?sort=name&q=站&size=50").text
    assert "/stations?sort=-name&q=%E7%AB%99&size=50" in links(page)
    assert "/stations/export?sort=name&q=%E7%AB%99" in links(page)


def test_export(client: TestClient, filled: Matcher) -> None:
    found(filled, name="甲站")
    found(filled, name="乙站", enterprise_id="E2")
    answer = client.get("/stations/export?county=乐清市")
    rows = list(load_workbook(BytesIO(answer.content)).active.values)
    assert rows[0][:4] == ("编号", "站点名称", "建站类型", "级别")
    assert [row[1] for row in rows[1:]] == ["甲站"]
    with filled.reading() as session:
        (entry,), _ = list_audit(session, action="export")
    assert entry.summary == "站点 1 行"
    acting(client, filled, Role.READ_ONLY)
    assert client.get("/stations/export").status_code == 403
    assert "导出" not in text(client.get("/stations").text)


def test_county_staff_see_nothing_of_other_counties(client: TestClient, filled: Matcher) -> None:
    station = found(filled)
    own = f"/stations/{station.id}"
    acting(client, filled, Role.COUNTY_STAFF, "平阳县")
    for path in (own, f"{own}/edit"):
        assert client.get(path).status_code == 404
    for path in ("edit", "steps", "assessments", "assessments/2025/delete"):
        sent = FORM | {"status": "expired", "year": "2025", "score": "80", "seen": "1"}
        assert client.post(f"{own}/{path}", data=sent).status_code == 404
    assert "示例专家站" not in client.get("/stations").text
    assert client.get(f"/outcomes/new?station={station.id}").status_code == 404
    found_there = client.post(
        "/stations/new", data=FORM | {"find_enterprise": "示例", "search": "enterprise"}
    )
    assert buttons(found_there.text, "pick") == ["enterprise:E2"]
    assert "示例电气" not in found_there.text
    assert stored(filled, station.id) == station


def test_who_only_reads_has_no_buttons(client: TestClient, filled: Matcher) -> None:
    station = found(filled)
    acting(client, filled, Role.READ_ONLY)
    page = client.get(f"/stations/{station.id}").text
    check_page(page)
    assert [link for link in links(page) if "edit" in link or "new" in link] == []
    assert page.count("<form") == 2, "search and logout"
    for path in ("/stations/new", f"/stations/{station.id}/edit", "/outcomes/new"):
        assert client.get(path).status_code == 403
    assert client.post("/stations/new", data=FORM).status_code == 403


def test_types(client: TestClient, filled: Matcher) -> None:
    page = client.get("/stations/types").text
    check_page(page)
    assert "协同创新共同体 可以有多个" in text(page)
    added = client.post("/stations/types", data={"label": "博士创新站"}).text
    check_page(added)
    code = re.search(r"/stations/types/(own_\w+)/edit", added)
    assert code is not None
    twice = {"label": "博士创新站", "several_partners": "1"}
    again = client.post("/stations/types", data=twice)
    assert again.status_code == 422
    assert again.text.count(" checked") == 1
    assert "已经有名为“博士创新站”" in text(again.text)
    check_page(again.text)
    renamed = {"label": "博士后创新站", "several_partners": "1"}
    client.post(f"/stations/types/{code.group(1)}/edit", data=renamed)
    assert "博士后创新站" in client.get("/stations/new").text
    wrong = client.post(f"/stations/types/{code.group(1)}/edit", data={"label": ""})
    assert wrong.status_code == 422
    gone = client.post(f"/stations/types/{code.group(1)}/delete").text
    assert "博士后" not in gone
    acting(client, filled, Role.CITY_STAFF)
    assert client.get("/stations/types").status_code == 403
    assert client.post("/stations/types", data={"label": "新站"}).status_code == 403
    assert "建站类型</a>" not in client.get("/stations").text


def test_an_outcome_from_the_page_of_its_station(client: TestClient, filled: Matcher) -> None:
    station = found(filled)
    link = f"/outcomes/new?station={station.id}"
    assert link in links(client.get(f"/stations/{station.id}").text)
    form = client.get(link).text
    check_page(form)
    kept = hidden(form)
    page = client.post("/outcomes/new", data=OUTCOME | {"station_id": kept["station_id"]}).text
    check_page(page)
    assert "已保存" in text(page)
    assert "专利号 ZL1" in text(page)
    assert "一种触头" in text(client.get(f"/stations/{station.id}").text)
    listed = client.get("/outcomes").text
    check_page(listed)
    assert "1 项 专利" in text(listed)
    assert f"/stations/{station.id}" in links(listed)


def test_wrong_outcomes_come_back(client: TestClient, filled: Matcher) -> None:
    found(filled)
    wrong = OUTCOME | {"kind": "sales", "on": "明天", "find_station": "示例"}
    answer = client.post("/outcomes/new", data=wrong)
    assert answer.status_code == 422
    check_page(answer.text)
    shown = text(answer.text)
    for said in ("“示例”还没有选定", "不是日期", "新增销售额要填写金额"):
        assert said in shown
    assert values(answer.text)["title"] == "一种触头"
    picked = client.post("/outcomes/new", data=wrong | {"pick": "station:1"}).text
    assert hidden(picked)["station_id"] == "1"


def test_an_outcome_of_a_pairing_without_a_station(client: TestClient, filled: Matcher) -> None:
    pairing = pair(filled)
    form = client.get(f"/outcomes/new?pairing={pairing.id}").text
    check_page(form)
    assert f"属于 对接 {pairing.id}" in text(form)
    page = client.post("/outcomes/new", data=OUTCOME | {"pairing_id": str(pairing.id)}).text
    assert f"/pairings/{pairing.id}" in links(page)


def test_an_outcome_is_changed_and_removed(client: TestClient, filled: Matcher) -> None:
    station = found(filled)
    client.post("/outcomes/new", data=OUTCOME | {"station_id": str(station.id)})
    with filled.reading() as session:
        (outcome,), _ = list_outcomes(session, OutcomeFilter())
    own = f"/outcomes/{outcome.id}"
    mine = values(client.get(f"{own}/edit").text)
    assert "ZL2" in text(client.post(f"{own}/edit", data=mine | {"number": "ZL2"}).text)
    conflict = client.post(f"{own}/edit", data=mine | {"number": "ZL3"})
    assert conflict.status_code == 409
    check_page(conflict.text)
    kept = values(conflict.text)
    assert kept["number"] == "ZL3"
    assert client.post(f"{own}/edit", data=kept).status_code == 200
    acting(client, filled, Role.COUNTY_STAFF, "平阳县")
    assert client.post(f"{own}/delete").status_code == 404
    assert client.get(own).status_code == 404
    acting(client, filled, Role.READ_ONLY)
    assert client.get(own).status_code == 200
    assert client.post(f"{own}/delete").status_code == 403
    acting(client, filled, Role.COUNTY_STAFF, "乐清市")
    gone = client.post(f"{own}/delete", follow_redirects=False)
    assert gone.headers["location"] == f"/stations/{station.id}"
    assert client.get(own).status_code == 404


def test_the_list_of_outcomes(client: TestClient, filled: Matcher) -> None:
    assert "还没有成果" in text(client.get("/outcomes").text)
    station = str(found(filled).id)
    sales = {"kind": "sales", "title": "新品销售", "on": "2026-06-30", "amount": "1234.5"}
    client.post("/outcomes/new", data=OUTCOME | {"station_id": station})
    client.post("/outcomes/new", data=sales | {"station_id": station})

    def titles(query: str) -> list[str]:
        page = client.get(f"/outcomes?{query}").text
        check_page(page)
        return re.findall(r'href="/outcomes/\d+">(.*?)</a>', page)

    assert titles("") == ["新品销售", "一种触头"]
    assert titles("year=2025") == ["一种触头"]
    assert titles("kind=新增销售额&county=乐清市") == ["新品销售"]
    assert titles("q=zl1") == ["一种触头"]
    assert titles("sort=amount") == ["新品销售", "一种触头"]
    assert titles("year=不是") == ["新品销售", "一种触头"]
    assert "1,234.5 万元 新增销售额（1 项）" in text(client.get("/outcomes?year=2026").text)
    assert "0 万元 新增销售额（0 项）" in text(client.get("/outcomes?year=2025").text)
    answer = client.get("/outcomes/export?year=2026")
    rows = list(load_workbook(BytesIO(answer.content)).active.values)
    assert [(row[2], row[5], row[7]) for row in rows[1:]] == [("新品销售", 1234.5, "示例专家站")]


@pytest.mark.parametrize("path", ["/stations/0", "/stations/x", f"/stations/{10**30}"])
def test_numbers_that_are_none(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 422
    assert client.get("/stations/404").status_code == 404
    assert client.get("/outcomes/404").status_code == 404
