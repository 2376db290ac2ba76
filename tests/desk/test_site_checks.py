"""Checking pairs against the rules, and entering what was found out."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event

from matcher.casework.partners import PartnerFacts
from matcher.casework.stations import StationLevel, StationStatus
from matcher.desk import Desk, merging, partner_facts, site_checks, site_facts, site_types
from matcher.desk.site_checks import PairCheck
from matcher.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    UnreadableFileError,
)
from matcher.people import Role
from matcher.records import Enterprise, Need, Partner, PartnerKind, SiteType
from matcher.rules.conditions import Rules
from matcher.rules.loading import load_rules
from matcher.rules.records import FactOwner, SiteCheck, Verdict
from matcher.service import Matcher
from matcher.settings import data_folder
from matcher.store.audit import list_audit
from matcher.store.enterprises import delete_enterprise, save_enterprises
from matcher.store.needs import save_needs
from matcher.store.partners import delete_partner, save_partners
from matcher.store.site_facts import site_facts_of
from matcher.store.tables_casework import AssessmentRow, StationPartnerRow, StationRow
from tests.conftest import CONTACTS, HOT_CONTACTS
from tests.stations import add_firms, desk_of, pair

RULES = load_rules(data_folder() / "rules")
DAY = date(2026, 11, 22)
ACADEMICIAN = replace(CONTACTS, id="X9", title="中国工程院院士（示例）")
WORKSTATION = SiteType.ACADEMICIAN_WORKSTATION.value


@pytest.fixture
def library(filled: Matcher) -> Matcher:
    """Need N1 of enterprise E1 in 乐清市, and an academician X9 beside the other partners."""
    add_firms(filled)
    filled.save_partners([ACADEMICIAN])
    return filled


@pytest.fixture
def desk(library: Matcher) -> Desk:
    return desk_of(library)


@pytest.fixture
def county(library: Matcher) -> Desk:
    return desk_of(library, Role.COUNTY_STAFF, "乐清市")


def check(desk: Desk, partner: str = "X1", need: str = "N1") -> PairCheck:
    return site_checks.check(desk, need, partner, RULES, DAY)


def names(checks: tuple[SiteCheck, ...]) -> list[str]:
    return [each.title for each in checks]


def answers(desk: Desk, owner: str, owner_id: str) -> dict[str, object]:
    with desk.reading() as session:
        found = site_facts_of(session, owner, [owner_id]).get(owner_id, {})
    return {name: fact.value for name, fact in found.items()}


def found_station(
    matcher: Matcher, partner: str, enterprise: str, status: str = StationStatus.ACTIVE
) -> int:
    with matcher.writing() as session:
        row = StationRow(
            name="示例站",
            type=WORKSTATION,
            level=StationLevel.CITY,
            enterprise_id=enterprise,
            county="平阳县",
            agreed_on=date(2025, 1, 1),
            ends_on=date(2029, 1, 1),
            status=status,
            note="",
            version=1,
            partners=[StationPartnerRow(partner_id=partner, position=0)],
        )
        session.add(row)
        session.flush()
        return row.id


def test_all_types_are_checked(desk: Desk) -> None:
    found = check(desk)
    assert names(found.fitting) == ["院士专家工作站", "协同创新共同体"]
    assert names(found.failing) == ["学会服务站", "海智基地工作站"]
    assert (found.pairing_id, found.wanted) == (None, "")
    assert found.enterprise is not None
    asked = {fact.name for fact in found.questions}
    assert {"rd_body", "agreement_years", "joint_agreement"} <= asked
    kept = [fact.name for fact in found.kept]
    assert kept == ["academician", "other_stations"], "the partner has no title"


def test_both_levels_are_shown(desk: Desk) -> None:
    assert names(check(desk, "S1").fitting) == [
        "学会服务站（省级）",
        "学会服务站（国家级）",
        "协同创新共同体",
    ]


def test_what_was_found_out_counts_at_once(desk: Desk) -> None:
    pair(desk.matcher)
    site_facts.note_facts(
        desk,
        "N1",
        "X1",
        {"rd_body": True, "rd_team": "是", "agreement_years": "4", "joint_agreement": "yes"},
        note=" 企业  年报 ",
    )
    assert answers(desk, "enterprise", "E1") == {"rd_body": True, "rd_team": True}
    found = check(desk)
    workstation, community = found.fitting
    assert community.verdict is Verdict.PASS
    passed = {each.condition for each in workstation.findings if each.verdict is Verdict.PASS}
    assert {"rd-body", "agreement-years"} <= passed
    assert found.answers["rd_body"].note == "企业 年报"
    assert found.answers["rd_body"].noted_by == "测试员"
    asked = [fact.name for fact in found.questions]
    assert "rd_body" in asked, "what was answered can be corrected"


def test_an_answer_that_fails_can_be_corrected(desk: Desk) -> None:
    site_facts.note_facts(desk, "N1", "X1", {"rd_body": False})
    found = check(desk)
    assert "院士专家工作站" in names(found.failing)
    assert "rd_body" in [fact.name for fact in found.questions]
    site_facts.note_facts(desk, "N1", "X1", {"rd_body": None})
    assert answers(desk, "enterprise", "E1") == {}
    assert "院士专家工作站" in names(check(desk).fitting)


def test_what_stays_as_it_was_keeps_its_note(desk: Desk) -> None:
    site_facts.note_facts(desk, "N1", "X1", {"rd_body": True}, note="第一次")
    site_facts.note_facts(desk, "N1", "X1", {"rd_body": "yes", "rd_team": "no"}, note="第二次")
    found = check(desk).answers
    assert (found["rd_body"].note, found["rd_team"].note) == ("第一次", "第二次")


def test_it_is_logged_with_the_county(desk: Desk) -> None:
    site_facts.note_facts(desk, "N1", "X1", {"annual_output": "3,200"}, note="年报")
    with desk.reading() as session:
        entry = list_audit(session)[0][0]
    assert (entry.subject, entry.subject_id, entry.county) == ("enterprise", "E1", "乐清市")
    assert entry.summary == "建站条件：年产值"
    assert entry.details == {"annual_output": [None, 3200], "note": "年报"}


def test_nothing_is_logged_where_nothing_changes(desk: Desk) -> None:
    site_facts.note_facts(desk, "N1", "X1", {"rd_body": "", "annual_output": None})
    with desk.reading() as session:
        assert list_audit(session)[1] == 0


def test_of_a_pairing_only_when_there_is_one(desk: Desk) -> None:
    with pytest.raises(ConflictError, match="还没有建立对接"):
        site_facts.note_facts(desk, "N1", "X1", {"rd_body": True, "agreement_years": 4})
    assert answers(desk, "enterprise", "E1") == {}, "all or nothing"
    number = pair(desk.matcher).id
    site_facts.note_facts(desk, "N1", "X1", {"agreement_years": 4})
    assert answers(desk, "pairing", str(number)) == {"agreement_years": 4}


def test_of_an_enterprise_only_when_it_is_known(desk: Desk) -> None:
    assert check(desk, need="N2").enterprise is None
    with pytest.raises(ConflictError, match="没有注明企业"):
        site_facts.note_facts(desk, "N2", "X1", {"rd_body": True})


def test_partners_are_the_citys(desk: Desk, county: Desk) -> None:
    with pytest.raises(ForbiddenError):
        site_facts.note_facts(county, "N1", "S1", {"association_society": True})
    assert FactOwner.PARTNER not in check(county, "S1").editable
    site_facts.note_facts(county, "N1", "S1", {"annual_output": 3000})
    site_facts.note_facts(desk, "N1", "S1", {"association_society": True})
    assert answers(desk, "partner", "S1") == {"association_society": True}


@pytest.mark.parametrize(
    ("role", "where", "error"),
    [
        (Role.READ_ONLY, "", ForbiddenError),
        (Role.COUNTY_STAFF, "平阳县", NotFoundError),
    ],
)
def test_who_may_not_enter(
    library: Matcher, role: Role, where: str, error: type[Exception]
) -> None:
    stranger = desk_of(library, role, where)
    with pytest.raises(error):
        site_facts.note_facts(stranger, "N1", "X1", {"rd_body": True})
    if where:
        with pytest.raises(NotFoundError):
            check(stranger)


def test_the_enterprise_of_another_county_is_not_told(library: Matcher, county: Desk) -> None:
    """A need may be of one county and its enterprise have moved to another."""
    with library.writing() as session:
        save_enterprises(session, [Enterprise(id="E1", name="示例电气有限公司", county="平阳县")])
    site_facts.note_facts(desk_of(library), "N1", "X1", {"annual_output": 777})
    found = check(county)
    assert found.enterprise is None
    assert "annual_output" not in found.answers
    with pytest.raises(ConflictError, match="不归本县区"):
        site_facts.note_facts(county, "N1", "X1", {"annual_output": 1})


def test_two_at_once(desk: Desk) -> None:
    seen = check(desk).seen
    site_facts.note_facts(desk, "N1", "X1", {"rd_body": True}, seen=seen)
    with pytest.raises(ConflictError, match="别人填写过"):
        site_facts.note_facts(desk, "N1", "X1", {"rd_body": False}, seen=seen)
    assert answers(desk, "enterprise", "E1") == {"rd_body": True}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"annual_output": "很多"}, "annual_output"),
        ({"rd_body": "也许"}, "rd_body"),
        ({"nothing": True}, "facts"),
        ({"high_tech": True}, "facts"),
    ],
)
def test_answers_that_are_none(desk: Desk, values: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        site_facts.note_facts(desk, "N1", "X1", {"rd_team": True, **values})
    assert caught.value.field == field
    assert answers(desk, "enterprise", "E1") == {}


def test_a_note_that_is_too_long(desk: Desk) -> None:
    with pytest.raises(InvalidInputError) as caught:
        site_facts.note_facts(desk, "N1", "X1", {"rd_body": True}, note="长" * 301)
    assert caught.value.field == "note"


@pytest.mark.parametrize(("need", "partner"), [("nothing", "X1"), ("N1", "nothing")])
def test_what_is_not_there(desk: Desk, need: str, partner: str) -> None:
    with pytest.raises(NotFoundError):
        check(desk, partner, need)
    with pytest.raises(NotFoundError):
        site_facts.note_facts(desk, need, partner, {"rd_body": True})


def want(matcher: Matcher, site: SiteType) -> None:
    matcher.save_needs([replace(HOT_CONTACTS, enterprise_id="E1", wanted_site=site)])


def excluded(matcher: Matcher, rules: Rules = RULES) -> dict[tuple[str, str], str]:
    with matcher.reading() as session:
        pairs = [("N1", "X9"), ("N1", "X1"), ("N1", "S1")]
        return site_checks.excluding(session, pairs, DAY, rules)


def test_an_academician_with_a_station_is_excluded(library: Matcher) -> None:
    want(library, SiteType.ACADEMICIAN_WORKSTATION)
    partner_facts.put(desk_of(library), PartnerFacts(partner_id="X9", retired=False))
    assert excluded(library) == {}, "nobody knows of a station elsewhere"
    found_station(library, "X9", "E2", StationStatus.EXPIRED)
    assert excluded(library) == {}, "one that has ended does not count"
    found_station(library, "X9", "E2")
    told = excluded(library)
    assert list(told) == [("N1", "X9")]
    assert "不能共建院士专家工作站" in told["N1", "X9"]
    old = replace(RULES.of(WORKSTATION), conditions=())
    assert excluded(library, Rules((old,))) == {}


def test_rules_of_their_day(library: Matcher) -> None:
    want(library, SiteType.ACADEMICIAN_WORKSTATION)
    partner_facts.put(
        desk_of(library), PartnerFacts(partner_id="X9", retired=False, stations_elsewhere=2)
    )
    assert excluded(library)
    with library.reading() as session:
        before = site_checks.excluding(session, [("N1", "X9")], date(2019, 6, 10), RULES)
    assert before == {}, "the limit is of 11 June 2019"


def test_two_failed_years_at_the_enterprise(library: Matcher) -> None:
    number = found_station(library, "O1", "E1")
    with library.writing() as session:
        session.get_one(StationRow, number).type = "overseas_base"
        for year in (2024, 2025):
            session.add(AssessmentRow(station_id=number, year=year, score=60, note=""))
    found = check(desk_of(library), "O1")
    (failing,) = (each for each in found.failing if each.site_type == "overseas_base")
    assert [each.condition for each in failing.failed] == ["assessments"]
    with library.writing() as session:
        session.get_one(StationRow, number).status = StationStatus.CANCELLED
    assert "overseas_base" in {each.site_type for each in check(desk_of(library), "O1").fitting}


def test_a_type_of_the_citys_own(library: Matcher, tmp_path: Path) -> None:
    kind = site_types.add(desk_of(library, Role.CITY_ADMIN), "博士创新站", several_partners=False)
    text = (data_folder() / "rules" / "innovation_community.yaml").read_text(encoding="utf-8")
    own = tmp_path / "home" / "rules"
    own.mkdir(parents=True)
    (own / "own.yaml").write_text(
        text.replace("innovation_community", "博士创新站").replace("协同创新共同体", "博士创新站"),
        encoding="utf-8",
    )
    rules = site_checks.rules_of(tmp_path / "home")
    found = site_checks.check(desk_of(library), "N1", "X1", rules)
    assert kind.code in {each.site_type for each in found.fitting}


def test_changed_files_are_read_again(tmp_path: Path) -> None:
    own = tmp_path / "rules"
    assert site_checks.rules_of(tmp_path).place.name == "浙江省温州市"
    own.mkdir()
    (own / "place.yaml").write_text("本单位所在地: 福建省\n", encoding="utf-8")
    assert site_checks.rules_of(tmp_path).place.name == "福建省"
    (own / "place.yaml").write_text("本单位所在地 福建省\n", encoding="utf-8")
    with pytest.raises(UnreadableFileError, match=r"place\.yaml"):
        site_checks.rules_of(tmp_path)


def test_many_pairs_take_as_many_queries_as_few(library: Matcher) -> None:
    partners = [Partner(id=f"M{n}", kind=PartnerKind.EXPERT, name=f"专家{n}") for n in range(200)]
    needs = [
        Need(id=f"Q{n}", title="示例", enterprise_id="E1", county="乐清市") for n in range(100)
    ]
    with library.writing() as session:
        save_partners(session, partners)
        save_needs(session, needs)
    pairs = [(f"Q{n % 100}", f"M{n % 200}") for n in range(2_000)]
    counted: list[int] = []
    for size in (1, len(pairs)):
        with library.reading() as session:
            statements: list[str] = []

            def note(*args: object, kept: list[str] = statements) -> None:
                kept.append(str(args[2]))

            engine = session.get_bind()
            event.listen(engine, "before_cursor_execute", note)
            found = site_checks.proposals(session, pairs[:size], on=DAY, rules=RULES)
            event.remove(engine, "before_cursor_execute", note)
        assert len(found) == len(set(pairs[:size]))
        counted.append(len(statements))
    assert counted[0] == counted[1] <= 12


def test_proposals_leave_out_who_is_gone(library: Matcher) -> None:
    with library.reading() as session:
        found = site_checks.proposals(
            session, [("N1", "X1"), ("N1", "gone"), ("gone", "X1")], on=DAY, rules=RULES
        )
    assert list(found) == [("N1", "X1")]
    assert found["N1", "X1"][0].site_type == WORKSTATION


def test_lines_beside_recommendations(county: Desk, library: Matcher) -> None:
    found = site_checks.lines(county, "N1", ["X1", "S1", "gone"], RULES)
    assert set(found) == {"X1", "S1"}
    assert found["S1"][0].title == "学会服务站（省级）"
    with pytest.raises(NotFoundError):
        site_checks.lines(desk_of(library, Role.COUNTY_STAFF, "平阳县"), "N1", ["X1"], RULES)


def test_facts_vanish_with_their_owner(desk: Desk) -> None:
    site_facts.note_facts(desk, "N1", "S1", {"rd_body": True, "association_society": True})
    with desk.matcher.writing() as session:
        save_needs(session, [replace(HOT_CONTACTS, enterprise_id=None)])
        delete_enterprise(session, "E1")
        delete_partner(session, "S1")
    assert answers(desk, "enterprise", "E1") == {}
    assert answers(desk, "partner", "S1") == {}


SECOND = Partner(id="S2", kind=PartnerKind.SOCIETY, name="中国电工技术学会")


def test_a_merge_moves_them_and_undoing_brings_them_back(desk: Desk) -> None:
    desk.matcher.save_partners([SECOND])
    site_facts.note_facts(desk, "N1", "S2", {"association_society": True}, note="名录")
    done = merging.merge(desk, "S1", "S2")
    assert answers(desk, "partner", "S1") == {"association_society": True}
    assert answers(desk, "partner", "S2") == {}
    merging.undo(desk, done.id)
    assert answers(desk, "partner", "S1") == {}
    assert answers(desk, "partner", "S2") == {"association_society": True}
    assert check(desk, "S2").answers["association_society"].note == "名录"


def test_in_a_merge_the_kept_record_counts(desk: Desk) -> None:
    desk.matcher.save_partners([SECOND])
    site_facts.note_facts(desk, "N1", "S1", {"association_society": False})
    site_facts.note_facts(desk, "N1", "S2", {"association_society": True})
    done = merging.merge(desk, "S1", "S2")
    assert answers(desk, "partner", "S1") == {"association_society": False}
    site_facts.note_facts(desk, "N1", "S1", {"association_society": None})
    merging.undo(desk, done.id)
    assert answers(desk, "partner", "S1") == {}, "what was taken back since stays taken back"
    assert answers(desk, "partner", "S2") == {"association_society": True}
