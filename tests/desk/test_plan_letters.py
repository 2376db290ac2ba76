"""Letters of a plan's pairs: who is told what, and that nothing is told too early."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event

from matcher.casework.contacts import Contact, ContactOwner, Secrecy
from matcher.casework.pairings import FailReason
from matcher.casework.partners import PartnerFacts
from matcher.casework.plans import PairState, PlanPair, ProposedSite
from matcher.casework.stations import StationLevel
from matcher.desk import Act, Desk, Subject, pairings
from matcher.desk.pairing_letters import Reader
from matcher.desk.pairing_letters import letter as sheet_of
from matcher.desk.plan_letters import PairLetter, letters_of
from matcher.desk.plans import ASKED_FOR
from matcher.errors import ForbiddenError, NotFoundError
from matcher.people import Actor, ActorKind, Role
from matcher.people.actors import PERMISSIONS
from matcher.records import Enterprise, Need, Partner, PartnerKind
from matcher.reports.letter_records import Addressee
from matcher.reports.letters import letter_bytes
from matcher.reports.templates import shipped_letter_template
from matcher.service import Matcher
from matcher.store.audit import list_audit
from matcher.store.contacts import contacts_of_many, save_contact
from matcher.store.enterprises import save_enterprises
from matcher.store.partner_facts import save_facts
from tests.conftest import CONTACTS, HIDES, HOT_CONTACTS

FIRM = Enterprise(id="E1", name="示例市甲乙电气有限公司", county="乐清市", sample=True)
ISSUER, DAY = "示例市科学技术协会", date(2026, 12, 1)
SECRETS = ("甲乙电气", "触头专家", "示例大学", "13800000001", "张三", "李四")
ENTERPRISE, PARTNER, BOTH = Addressee.ENTERPRISE, Addressee.PARTNER, Addressee.BOTH


def desk_of(matcher: Matcher, role: Role = Role.CITY_STAFF, county: str = "") -> Desk:
    actor = Actor(
        kind=ActorKind.ACCOUNT,
        id=role.value,
        name=role.label,
        role=role,
        county=county,
        permissions=PERMISSIONS[role],
    )
    return Desk(matcher, actor)


@pytest.fixture
def city(filled: Matcher) -> Desk:
    expert = replace(
        CONTACTS,
        title="教授",
        affiliation="示例大学",
        profile="示例大学触头专家，研究低压电器电接触与电弧。",
    )
    filled.save_partners([expert])
    need = replace(
        HOT_CONTACTS,
        enterprise_id="E1",
        problem="甲乙电气的断路器触头温升过高，请致电 13800000001。",
        indicators="温升不超过 70 K",
    )
    with filled.writing() as session:
        save_enterprises(session, [FIRM])
    filled.save_needs([need])
    with filled.writing() as session:
        for owner, id, name, secrecy in (
            (ContactOwner.ENTERPRISE, "E1", "张三", Secrecy.INTERNAL),
            (ContactOwner.PARTNER, "X1", "李四", Secrecy.PUBLIC),
            (ContactOwner.NEED, "N1", "王五", Secrecy.CONFIDENTIAL),
        ):
            contact = Contact(
                id=0,
                owner=owner,
                owner_id=id,
                name=name,
                phone="0577-55501234",
                position="主任",
                secrecy=secrecy,
            )
            save_contact(session, contact)
    return desk_of(filled)


def pair(need_id: str = "N1", partner_id: str = "X1", **changes: object) -> PlanPair:
    told: dict[str, object] = {
        "plan_id": 7,
        "need_id": need_id,
        "partner_id": partner_id,
        "county": "乐清市",
        "position": 11,
        "rank": 1,
        "probability": 0.8,
        "reason": "触头专家（示例大学）有《一种灭弧室结构》，与甲乙电气的需求相合。",
        "sites": (
            ProposedSite(code="a", label="学会服务站", verdict="fail"),
            ProposedSite(
                code="b",
                label="院士专家工作站",
                level=StationLevel.CITY,
                verdict="unknown",
                missing=("是否退休",),
            ),
        ),
    }
    return PlanPair(**(told | changes))  # type: ignore[arg-type]


def letters(desk: Desk, *pairs: PlanPair) -> list[PairLetter]:
    return letters_of(desk, pairs, issuer=ISSUER, on=DAY)


def test_the_affiliation_of_a_sample_is_hidden_as_well(city: Desk) -> None:
    sample = replace(CONTACTS, affiliation="示例大学电气学院（示例）", sample=True)
    city.matcher.save_partners([sample])
    told = "触头专家教授（示例大学电气学院）（示例）2019年的论文与需求相合。"
    to_firm, _ = (each.letter for each in letters(city, pair(reason=told)))
    assert to_firm.reason == "该专家教授（示例）2019年的论文与需求相合。"


def begun(desk: Desk) -> int:
    return pairings.begin(desk, "N1", "X1").id


def test_until_the_release_each_party_gets_an_anonymous_letter(city: Desk) -> None:
    to_firm, to_partner = (each.letter for each in letters(city, pair()))
    assert (to_firm.addressee, to_partner.addressee) == (ENTERPRISE, PARTNER)
    assert to_firm.to == FIRM.name
    assert (
        to_firm.need_text
        == "甲乙电气的断路器触头温升过高，请致电 13800000001。 技术指标：温升不超过 70 K"
    )
    assert to_firm.partner_name == "该专家"
    assert to_firm.reason == "该专家有《一种灭弧室结构》，与甲乙电气的需求相合。"
    assert to_partner.to == "触头专家教授"
    assert to_partner.need_title == HOT_CONTACTS.title
    assert to_partner.need_text == (
        "某企业的断路器触头温升过高，请致电 〔手机号已隐去〕。 技术指标：温升不超过 70 K"
    )
    assert to_partner.reason == "触头专家（示例大学）有《一种灭弧室结构》，与某企业的需求相合。"
    for letter, own in (
        (to_firm, ("甲乙电气", "13800000001")),
        (to_partner, ("触头专家", "示例大学")),
    ):
        told = repr(letter)
        assert [secret for secret in SECRETS if secret in told and secret not in own] == []
        assert letter.contacts == ()
        assert not letter.released
        assert (letter.site, letter.to_clarify) == ("院士专家工作站（市级）", ("是否退休",))
        assert (letter.issuer, letter.date) == (ISSUER, DAY)
        assert letter.number == "对接函〔2026〕7-12号"


def test_the_evidence_that_the_reason_names_comes_first(city: Desk) -> None:
    to_firm, _ = letters(city, pair())
    assert to_firm.letter.evidence == (
        "《一种灭弧室结构》（专利，2021年）",
        "《银氧化锡触头材料的熔焊特性》（论文，2019年）",
    )


def test_a_pairing_without_release_tells_no_more(city: Desk) -> None:
    before = letters(city, pair())
    begun(city)
    assert letters(city, pair()) == before


def test_after_the_release_both_get_one_letter_with_contacts(city: Desk) -> None:
    pairings.release(city, begun(city), seen=1)
    (found,) = letters(city, pair())
    assert found.letter.addressee is BOTH
    assert found.letter.to == "示例市甲乙电气有限公司、触头专家教授"
    assert found.letter.partner_text.startswith("触头专家，院士专家，示例大学，教授，")
    assert found.letter.contacts == (
        "企业联系人：张三（主任），0577-55501234",
        "对象联系人：李四（主任），0577-55501234",
    )
    assert "王五" not in repr(found.letter)
    with city.reading() as session:
        (line,) = list_audit(session, subject=Subject.PAIRING, action=Act.VIEW)[0]
    assert line.summary == "对接函（含联系方式）"
    assert "张三" not in str(line)


def test_writing_anonymous_letters_is_not_logged(city: Desk) -> None:
    letters(city, pair())
    with city.reading() as session:
        assert list_audit(session, action=Act.VIEW)[0] == []


def test_pairs_that_came_to_nothing_get_no_letter(city: Desk) -> None:
    assert letters(city, pair(state=PairState.DROPPED)) == []
    assert letters(city, pair("N9"), pair(partner_id="X9")) == []
    pairing = pairings.begin(city, "N1", "X1")
    pairings.fail(city, pairing.id, FailReason.NO_INTEREST, seen=1)
    assert letters(city, pair()) == []


def test_letters_keep_the_order_of_the_pairs(city: Desk) -> None:
    pairs = [pair("N2", "X2"), pair(), pair("N1", "S1")]
    found = letters(city, *pairs)
    partners = {each.pair.partner_id for each in found}
    assert [each.pair for each in found] == [
        each for each in pairs if each.partner_id in partners for _ in range(2)
    ]


def test_staff_of_a_county_write_for_their_own_needs_only(city: Desk) -> None:
    county = desk_of(city.matcher, Role.COUNTY_STAFF, "乐清市")
    assert len(letters(county, pair())) == 2
    with pytest.raises(NotFoundError):
        letters(county, pair(), pair(HIDES.id))


def test_who_may_only_read_writes_no_letters(city: Desk) -> None:
    with pytest.raises(ForbiddenError):
        letters(desk_of(city.matcher, Role.READ_ONLY), pair())


def test_a_need_of_an_unknown_firm_has_an_addressee_all_the_same(city: Desk) -> None:
    to_firm, _ = letters(city, pair("N2"))
    assert to_firm.letter.to == "需求提出单位"


@pytest.mark.parametrize("kind", [PartnerKind.SOCIETY, PartnerKind.INSTITUTE, PartnerKind.OVERSEAS])
def test_an_organisation_is_addressed_by_its_name(city: Desk, kind: PartnerKind) -> None:
    city.matcher.save_partners(
        [Partner(id="O1", kind=kind, name="示例电工学会", disciplines=("电器", "电弧"))]
    )
    to_firm, to_partner = letters(city, pair(partner_id="O1", reason="研究相合。"))
    assert to_partner.letter.to == "示例电工学会"
    assert to_firm.letter.partner_text == f"{kind.label}，研究方向为电器、电弧。"
    assert "示例电工学会" not in repr(to_firm.letter)


@contextmanager
def counted(desk: Desk) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*told: object) -> None:
        seen.append(str(told[2]))

    engine = desk.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_the_number_of_queries_does_not_grow_with_the_pairs(city: Desk) -> None:
    city.matcher.save_needs(
        [Need(id=f"M{n}", title=f"需求{n}", county="乐清市") for n in range(40)]
    )
    with counted(city) as few:
        letters(city, pair("M0"))
    with counted(city) as many:
        assert len(letters(city, *(pair(f"M{n}") for n in range(40)))) == 80
    assert len(many) == len(few)


def test_contacts_of_several_records_are_found_at_once(city: Desk) -> None:
    with city.reading() as session:
        found = contacts_of_many(session, ContactOwner.ENTERPRISE, ["E1", "E2"])
    assert {id: [each.name for each in of] for id, of in found.items()} == {"E1": ["张三"]}


def test_the_letters_can_be_written(city: Desk) -> None:
    for each in letters(city, pair()):
        assert letter_bytes(each.letter, shipped_letter_template())


def test_neither_aliases_nor_the_body_above_are_told_too_early(city: Desk) -> None:
    expert = replace(
        CONTACTS,
        affiliation="示例大学电气学院",
        profile="老触头在示例大学做了三十年。",
        name_en="Chu Tou",
    )
    city.matcher.save_partners([expert])
    with city.matcher.writing() as session:
        save_facts(session, PartnerFacts(partner_id="X1", aliases=("老触头",)))
    reason = "触头专家（Chu Tou，老触头）在示例大学的论文与贵企业的需求相关。"
    to_firm, to_partner = (each.letter for each in letters(city, pair(reason=reason)))
    for secret in ("老触头", "示例大学", "Chu Tou"):
        assert secret not in repr(to_firm)
    assert to_partner.reason.endswith("与该企业的需求相关。"), "the partner is no enterprise"
    sheet = sheet_of(city, begun(city), Reader.ENTERPRISE)
    assert "老触头" not in repr(sheet.partner)


def test_an_organisation_is_hidden_without_its_legal_form_too(city: Desk) -> None:
    institute = Partner(
        id="O1",
        kind=PartnerKind.INSTITUTE,
        name="示例电器研究所（集团）有限公司",
        profile="示例电器研究所从事电器检测。",
    )
    city.matcher.save_partners([institute])
    to_firm, _ = letters(city, pair(partner_id="O1", reason="示例电器研究所做过同样的检测。"))
    assert to_firm.letter.partner_text == "科研院所，该单位从事电器检测。"
    assert to_firm.letter.reason == "该单位做过同样的检测。"


def test_notes_of_staff_stay_inside(city: Desk) -> None:
    reason = f"{ASKED_FOR}：领导打过招呼。"
    for told in letters(city, pair(reason=reason, pinned=True)):
        assert told.letter.reason == "由我会工作人员推荐。"


def test_a_firm_of_another_county_keeps_its_contacts(city: Desk) -> None:
    with city.matcher.writing() as session:
        save_enterprises(session, [replace(FIRM, county="平阳县")])
    pairings.release(city, pairings.begin(city, "N1", "X1").id, seen=1)
    (found,) = letters(city, pair())
    assert found.letter.contacts == ("对象联系人：李四（主任），0577-55501234",)
