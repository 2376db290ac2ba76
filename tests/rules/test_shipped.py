"""The rules that ship: each can pass, fail and be open, and says what the documents say."""

from datetime import date
from pathlib import Path

import pytest

from matcher.casework.stations import StationLevel
from matcher.errors import UnknownNameError
from matcher.records import PartnerKind, SiteType
from matcher.rules.conditions import Condition, SiteRules
from matcher.rules.evaluation import finding_of
from matcher.rules.facts import FACTS
from matcher.rules.loading import OTHER_FILES, load_rules, rule_files
from matcher.rules.records import Verdict
from matcher.rules.values import Range
from matcher.settings import data_folder
from tests.rules.knowledge import satisfying

FOLDER = data_folder() / "rules"
RULES = load_rules(FOLDER)
ALL = [(site, each) for site in RULES.types for each in site.conditions]
NAMED = pytest.mark.parametrize(
    ("site", "asked"), ALL, ids=[f"{site.code}-{each.id}" for site, each in ALL]
)
PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN


@NAMED
def test_every_condition_can_pass_fail_and_be_open(site: SiteRules, asked: Condition) -> None:
    applies = satisfying(asked.when, wanted=True) if asked.when else {}
    for wanted, verdict in ((True, PASS), (False, FAIL)):
        found = finding_of(asked, applies | satisfying(asked.test, wanted=wanted))
        assert found.verdict is verdict
        assert found.asks == ()
        assert found.sentence.startswith(f"{asked.label}：")
        assert found.sentence.endswith("。")
    nothing = finding_of(asked, {})
    assert nothing.verdict is UNKNOWN
    assert nothing.asks
    assert nothing.source.title


@NAMED
def test_every_condition_says_where_it_stands(site: SiteRules, asked: Condition) -> None:
    assert asked.source.title
    assert (
        asked.source.number
        or asked.source.issued
        or asked.source.address
        or "公开" in (asked.source.title)
    )
    assert asked.place
    assert asked.until is None or asked.until > date(2026, 1, 1)


def test_every_type_of_station_has_its_file() -> None:
    assert {member.value for member in SiteType} <= {site.code for site in RULES.types}
    assert [site.code for site in RULES.types][:4] == [member.value for member in SiteType]
    assert len(rule_files(FOLDER)) == len(RULES.types)


def test_kinds_of_partners() -> None:
    assert RULES.kinds_of("academician_workstation") == {PartnerKind.EXPERT}
    assert RULES.kinds_of("学会服务站") == {PartnerKind.SOCIETY}
    assert RULES.kinds_of("innovation_community") == set(PartnerKind)
    with pytest.raises(UnknownNameError, match="院士专家工作站"):
        RULES.kinds_of("nothing")


def verdict(site_type: str, condition: str, **known: bool | int | Range) -> Verdict:
    (asked,) = (each for each in RULES.of(site_type).conditions if each.id == condition)
    exact = {
        name: Range(value, value)
        if isinstance(value, int) and not isinstance(value, bool)
        else value
        for name, value in known.items()
    }
    return finding_of(asked, exact).verdict


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"academician": True, "retired": False, "other_stations": 0}, PASS),
        ({"academician": True, "retired": False, "other_stations": 1}, FAIL),
        ({"academician": True, "retired": True, "other_stations": 2}, PASS),
        ({"academician": True, "retired": True, "other_stations": 3}, FAIL),
        ({"academician": True, "other_stations": 0}, PASS),
        ({"academician": True, "other_stations": 1}, UNKNOWN),
        ({"academician": True, "other_stations": 3}, FAIL),
        ({"academician": True, "retired": False, "other_stations": Range(0)}, UNKNOWN),
        ({"academician": True, "retired": False, "other_stations": Range(1)}, FAIL),
        ({"academician": True, "retired": True, "other_stations": Range(2)}, UNKNOWN),
        ({"academician": False, "other_stations": 9}, PASS),
        ({"other_stations": Range(0)}, UNKNOWN),
    ],
)
def test_how_many_stations_an_academician_may_have(
    known: dict[str, bool | int | Range], expected: Verdict
) -> None:
    """Since June 2019: one of a member who is not retired, three of one who is."""
    assert verdict("academician_workstation", "academician-stations", **known) is expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"agreement_years": 2}, FAIL),
        ({"agreement_years": 3}, PASS),
        ({"agreement_years": 5}, PASS),
        ({"agreement_years": 6}, UNKNOWN),
        ({"agreement_years": 6, "major_task": True}, PASS),
        ({"agreement_years": 6, "major_task": False}, FAIL),
    ],
)
def test_how_long_an_agreement_runs(known: dict[str, bool | int], expected: Verdict) -> None:
    assert verdict("academician_workstation", "agreement-years", **known) is expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"above_designated": True, "annual_output": 2000}, PASS),
        ({"above_designated": True, "annual_output": 1999, "key_rd_unit": False}, FAIL),
        ({"above_designated": False, "annual_output": 9000, "key_rd_unit": False}, FAIL),
        ({"above_designated": False, "key_rd_unit": True}, PASS),
        ({"above_designated": False}, UNKNOWN),
    ],
)
def test_who_hosts_a_national_society_station(
    known: dict[str, bool | int], expected: Verdict
) -> None:
    assert verdict("society_station", "national-host", **known) is expected


def test_the_numbers_of_the_documents() -> None:
    asked = {f"{s.code}/{c.id}": str(c.test) for s, c in ALL}
    assert asked["society_station/national-needs"] == "技术需求数不少于 10 项"
    assert asked["society_station/national-experts"] == "进站全国专家数不少于 5 人"
    assert asked["society_station/national-team"] == "专家团队人数不少于 10 人"
    assert asked["society_station/national-units"] == "辐射带动单位数不少于 3 家"
    assert asked["society_station/provincial-needs"] == "技术需求数不少于 5 项"
    assert asked["society_station/provincial-experts"] == "进站专家数不少于 5 人"
    assert asked["society_station/provincial-units"] == "辐射带动单位数不少于 5 家"
    assert asked["overseas_base/floor-area"] == "服务场地面积不少于 100 平方米"
    assert asked["academician_workstation/months-on-site"] == "每年在站工作时间不少于 3 个月"
    assert asked["enterprise_association/st-staff"] == "科技人员数不少于 30 人"


def test_what_holds_here_and_what_is_for_orientation() -> None:
    society = RULES.of("society_station")
    assert not any(each.binding for each in society.conditions), "Fujian's numbers, not ours"
    assert society.levels == (StationLevel.NATIONAL, StationLevel.PROVINCIAL)
    academician = RULES.of("academician_workstation")
    assert all(each.binding for each in academician.conditions)
    standing = {each.id: RULES.standing_of(each) for each in academician.conditions}
    assert standing["academician-stations"] == "执行"
    assert standing["rd-body"] == "采用"
    assert RULES.standing_of(society.conditions[0]) == "参考"


def test_a_city_takes_over_the_rules_of_another_place(tmp_path: Path) -> None:
    place = "本单位所在地: 浙江省温州市\n采用外地规定: [福建省]\n"
    (tmp_path / "place.yaml").write_text(place, encoding="utf-8")
    taken = load_rules(FOLDER, tmp_path)
    assert all(each.binding for each in taken.of("society_station").conditions)
    assert taken.standing_of(taken.of("society_station").conditions[0]) == "采用"


def test_in_fujian_they_hold_anyway(tmp_path: Path) -> None:
    (tmp_path / "place.yaml").write_text("本单位所在地: 福建省厦门市\n", encoding="utf-8")
    there = load_rules(FOLDER, tmp_path)
    assert all(each.binding for each in there.of("society_station").conditions)
    assert not any(each.binding for each in there.of("innovation_community").conditions)


def test_the_guide_names_every_fact_and_file() -> None:
    guide = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [kind.fact.label for kind in FACTS.values() if kind.fact.label not in guide] == []
    files = [path.name for path in rule_files(FOLDER)] + sorted(OTHER_FILES)
    assert [name for name in files if name not in guide] == []


def test_labels_tell_facts_apart() -> None:
    labels = [kind.fact.label for kind in FACTS.values()]
    assert len(labels) == len(set(labels))
    assert all(kind.yes and kind.no for kind in FACTS.values() if kind.fact.yes_no)
    assert all(kind.fact.unit for kind in FACTS.values() if not kind.fact.yes_no)
