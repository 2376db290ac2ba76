"""The pages of partners and enterprises that people enter and change things on."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from matcher.casework.partners import PartnerFacts
from matcher.people import Role
from matcher.records import Evidence, EvidenceType, Partner, PartnerKind
from matcher.service import Matcher
from matcher.store.codec import fingerprint
from matcher.store.enterprises import get_enterprise
from matcher.store.partner_facts import get_facts, save_facts
from matcher.store.partners import get_partner, save_partners
from tests.api.html import check_page, hidden, links, text
from tests.directory import ONE, add_pairing, add_station, fill_directory
from tests.people import account, sign_in

NEW = {
    "kind": "expert",
    "name": "示例专家",
    "affiliation": "示例研究院",
    "disciplines": "电器学、材料学",
    "evidence-id-1": "",
    "evidence-type-1": "paper",
    "evidence-title-1": "触头材料",
    "evidence-year-1": "2021",
    "evidence-id-2": "",
    "evidence-type-2": "",
}


@pytest.fixture
def client(client: TestClient, filled: Matcher) -> TestClient:
    fill_directory(filled)
    return client


def partner(matcher: Matcher, identifier: str) -> Partner:
    with matcher.reading() as session:
        return get_partner(session, identifier)


def rows(page: str) -> list[str]:
    """Titles in the rows of evidence."""
    return re.findall(r'name="evidence-title-\d+"[^>]*? value="([^"]*)"', page)


def form_of(page: str) -> dict[str, str]:
    """Everything that the form with the evidence would send, but for its buttons."""
    sent = hidden(page)
    sent |= dict(re.findall(r'<input id="f-[^>]*?name="([\w-]+)"[^>]*? value="([^"]*)"', page))
    sent |= dict(
        re.findall(r'<textarea [^>]*name="([\w-]+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    )
    for name, options in re.findall(
        r'<select [^>]*name="([\w-]+)".*?>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.search(r'value="(\w*)" selected', options)
        sent[name] = chosen.group(1) if chosen else ""
    return sent


def test_a_partner_is_entered(client: TestClient, filled: Matcher) -> None:
    page = client.get("/partners/new").text
    check_page(page)
    assert rows(page) == [""]
    done = client.post("/partners/new", data=NEW, follow_redirects=False)
    assert done.status_code == 303
    shown = client.get(done.headers["location"]).text
    check_page(shown)
    assert "已保存" in text(shown)
    made = partner(filled, done.headers["location"].split("/")[-1].partition("?")[0])
    assert made.kind is PartnerKind.EXPERT
    assert made.disciplines == ("电器学", "材料学")
    assert [(item.title, item.year) for item in made.evidence] == [("触头材料", 2021)]
    again = client.post("/partners/new", data=NEW)
    assert again.status_code == 409
    check_page(again.text)


def test_rows_are_added_and_dropped_and_nothing_typed_is_lost(client: TestClient) -> None:
    more = client.post("/partners/new", data=NEW | {"add": "1"})
    assert more.status_code == 200
    check_page(more.text)
    assert rows(more.text) == ["触头材料", "", ""]
    fewer = client.post("/partners/new", data=NEW | {"drop": "1"})
    assert rows(fewer.text) == [""]
    assert 'value="示例专家"' in fewer.text


def test_what_is_wrong_stands_beside_its_field(client: TestClient) -> None:
    wrong = client.post("/partners/new", data=NEW | {"name": "", "evidence-year-1": "去年"})
    assert wrong.status_code == 422
    check_page(wrong.text)
    assert 'id="f-name-error"' in wrong.text
    assert 'id="f-evidence-year-1-error"' in wrong.text
    assert 'value="去年"' in wrong.text


def test_a_partner_is_changed(client: TestClient, filled: Matcher) -> None:
    page = client.get("/partners/P1/edit").text
    check_page(page)
    sent = form_of(page) | {"title": "教授", "evidence-title-2": "另一种灭弧室"}
    done = client.post("/partners/P1/edit", data=sent, follow_redirects=False)
    assert done.headers["location"] == "/partners/P1?done=saved"
    changed = partner(filled, "P1")
    assert changed.title == "教授"
    assert [item.id for item in changed.evidence] == ["P1-1", "P1-2"]
    assert changed.evidence[1].title == "另一种灭弧室"
    assert changed.sample, "what the form does not hold stays"
    late = client.post("/partners/P1/edit", data=sent | {"title": "研究员"})
    assert late.status_code == 409
    assert "别人改过" in text(late.text)
    assert 'value="研究员"' in late.text
    assert hidden(late.text)["seen"] == fingerprint(changed)


def test_a_row_without_text_is_taken_out(client: TestClient, filled: Matcher) -> None:
    sent = form_of(client.get("/partners/P1/edit").text)
    dropped = client.post("/partners/P1/edit", data=sent | {"drop": "1"}).text
    assert rows(dropped) == ["一种灭弧室"]
    client.post("/partners/P1/edit", data=form_of(dropped))
    assert [item.id for item in partner(filled, "P1").evidence] == ["P1-2"]


def test_evidence_of_other_pages_stays(client: TestClient, filled: Matcher) -> None:
    many = tuple(
        Evidence(id=f"Z-{n}", type=EvidenceType.PAPER, title=f"论文{n}") for n in range(45)
    )
    with filled.writing() as session:
        save_partners(session, [Partner(id="Z", kind=PartnerKind.EXPERT, name="多", evidence=many)])
    page = client.get("/partners/Z/edit", params={"evidence": 2}).text
    check_page(page)
    assert rows(page) == [f"论文{n}" for n in range(20, 40)]
    sent = form_of(page) | {"evidence-title-1": "改过的论文"}
    sent |= {name: "" for name in sent if re.fullmatch(r"evidence-title-2", name)}
    client.post("/partners/Z/edit", data=sent)
    titles = [item.title for item in partner(filled, "Z").evidence]
    expected = [f"论文{n}" for n in range(45)]
    expected[20] = "改过的论文"
    del expected[21]
    assert titles == expected


def test_facts_are_filled_in(client: TestClient, filled: Matcher) -> None:
    page = client.get("/partners/P1/facts").text
    check_page(page)
    sent = form_of(page) | {
        "aliases": "示老师\n老示",
        "capacity": "2",
        "retired": "no",
        "conflicts": "示例电气有限公司",
        "last_contacted": "2026-01-02",
    }
    assert client.post("/partners/P1/facts", data=sent | {"capacity": "多"}).status_code == 422
    unknown = client.post("/partners/P1/facts", data=sent | {"conflicts": "没有的公司"})
    assert unknown.status_code == 422
    assert 'id="f-conflicts-error"' in unknown.text
    client.post("/partners/P1/facts", data=sent)
    with filled.reading() as session:
        known = get_facts(session, "P1")
    assert (known.aliases, known.retired, known.conflicts) == (("示老师", "老示"), False, ("E1",))
    late = client.post("/partners/P1/facts", data=sent)
    assert late.status_code == 409
    shown = client.get("/partners/P1").text
    check_page(shown)
    assert "2026年1月2日" in text(shown)
    assert "示老师、老示" in text(shown)
    client.post("/partners/P1/contacted")
    assert "2026年1月2日" not in text(client.get("/partners/P1").text)


def test_two_records_are_merged_and_parted(client: TestClient, filled: Matcher) -> None:
    assert "/partners/P1/merge?other=P2" in links(client.get("/partners/P1").text)
    twins = client.get("/partners/twins").text
    check_page(twins)
    assert "/partners/P1/merge?other=P2" in links(twins)
    choice = client.get("/partners/P1/merge", params={"q": "皮革"}).text
    check_page(choice)
    assert "/partners/P1/merge?other=X2" in links(choice)
    planned = client.get("/partners/P1/merge", params={"other": "P2"}).text
    check_page(planned)
    assert "3 项，去掉重复 1 项" in text(planned)
    sent = hidden(planned)
    done = client.post("/partners/P1/merge", data=sent, follow_redirects=False)
    assert done.headers["location"] == "/partners/P1?done=merged"
    moved = client.get("/partners/P2", follow_redirects=False)
    assert moved.headers["location"] == "/partners/P1?done=moved"
    shown = client.get("/partners/P1").text
    check_page(shown)
    (undo,) = re.findall(r'action="(/partners/merges/\d+/undo)"', shown)
    client.post(undo)
    assert partner(filled, "P1") == ONE
    assert client.get("/partners/P2").status_code == 200
    late = client.post("/partners/P1/merge", data=sent | {"seen": "of another state"})
    assert late.status_code == 409
    check_page(late.text)


def test_a_merge_that_cannot_be(client: TestClient, filled: Matcher) -> None:
    with filled.writing() as session:
        add_pairing(session, "N1", "P1")
        add_pairing(session, "N1", "P2")
    planned = client.get("/partners/P1/merge", params={"other": "P2"}).text
    check_page(planned)
    assert "同一条需求都有对接" in text(planned)
    assert "确认合并" not in planned


def test_the_export_is_the_filtered_list(client: TestClient) -> None:
    sheet = load_workbook(BytesIO(client.get("/partners/export?q=示例教授").content)).active
    assert sheet is not None
    assert [row[0].value for row in sheet.rows] == ["对象编号", "P1", "P2"]
    sheet = load_workbook(BytesIO(client.get("/enterprises/export?mark=leading").content)).active
    assert sheet is not None
    assert [row[1].value for row in sheet.rows] == ["企业名称", "示例皮革有限公司"]


def test_headings_sort_and_keep_the_filters(client: TestClient) -> None:
    page = client.get("/partners?kind=expert&sort=evidence").text
    check_page(page)
    assert "/partners?sort=-evidence&kind=expert" in links(page)
    page = client.get("/enterprises?mark=high_tech&mark=above_designated&sort=staff&size=50").text
    check_page(page)
    assert any("sort=-staff" in link and link.count("mark=") == 2 for link in links(page))


def test_an_enterprise_is_entered_and_changed(client: TestClient, filled: Matcher) -> None:
    page = client.get("/enterprises/new").text
    check_page(page)
    typed = {"name": "示例丙有限公司", "county": "瓯海区", "high_tech": "yes", "leading": "no"}
    wrong = client.post("/enterprises/new", data=typed | {"credit_code": "123", "county": ""})
    assert wrong.status_code == 422
    check_page(wrong.text)
    assert "18 位" in wrong.text
    done = client.post("/enterprises/new", data=typed, follow_redirects=False)
    own = done.headers["location"].partition("?")[0]
    check_page(client.get(own).text)
    edit = client.get(f"{own}/edit").text
    check_page(edit)
    sent = form_of(edit) | {"st_staff_count": "31"}
    client.post(f"{own}/edit", data=sent)
    with filled.reading() as session:
        made = get_enterprise(session, own.rpartition("/")[2])
    assert (made.high_tech, made.leading, made.st_staff_count) == (True, False, 31)
    late = client.post(f"{own}/edit", data=sent | {"park": "示例园"})
    assert late.status_code == 409
    assert 'value="示例园"' in late.text
    client.post(f"{own}/delete")
    assert client.get(own).status_code == 404


def test_an_enterprise_shows_what_hangs_on_it(client: TestClient, filled: Matcher) -> None:
    with filled.writing() as session:
        add_station(session)
    page = client.get("/enterprises/E1").text
    check_page(page)
    assert "示例工作站" in text(page)
    assert client.post("/enterprises/E1/delete").status_code == 409


def test_staff_of_a_county_stay_in_it(client: TestClient, filled: Matcher) -> None:
    with filled.writing() as session:
        save_facts(session, PartnerFacts(partner_id="P1", conflicts=("E1", "E2")))
    sign_in(client, account(filled, Role.COUNTY_STAFF, "乐清市"))
    for path in ("/enterprises", "/enterprises/export", "/partners/P1", "/enterprises/new"):
        assert "皮革" not in client.get(path).text
    for path in ("/enterprises/E2", "/enterprises/E2/edit"):
        assert client.get(path).status_code == 404
    form = client.get("/enterprises/new").text
    assert re.search(r'name="county"[^>]* value="乐清市" readonly', form)
    typed = {"name": "示例丙有限公司", "county": "平阳县"}
    done = client.post("/enterprises/new", data=typed, follow_redirects=False)
    with filled.reading() as session:
        made = get_enterprise(session, done.headers["location"].partition("?")[0].split("/")[-1])
    assert made.county == "乐清市"


def test_who_may_only_read_finds_no_buttons_and_no_forms(
    client: TestClient, filled: Matcher
) -> None:
    sign_in(client, account(filled, Role.READ_ONLY))
    for path in ("/partners", "/partners/P1", "/enterprises", "/enterprises/E1"):
        page = client.get(path).text
        check_page(page)
        assert not [link for link in links(page) if re.search("/(edit|new|export|merge)", link)]
        assert set(re.findall(r'method="post" action="([^"]*)"', page)) == {"/logout"}
    for path in (
        *("/partners/new", "/partners/P1/edit", "/partners/P1/facts", "/partners/P1/merge"),
        *("/partners/twins", "/enterprises/new", "/enterprises/E1/edit", "/partners/export"),
        "/contacts/new?owner=partner&owner_id=P1",
    ):
        assert client.get(path).status_code == 403, path
