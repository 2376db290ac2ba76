"""What is known of a pair, which sites are proposed to it, and who is excluded."""

from dataclasses import replace
from datetime import date

import pytest

from matcher.casework.stations import StationLevel
from matcher.records import Enterprise, PartnerKind, SiteType
from matcher.rules.conditions import Rules
from matcher.rules.evaluation import Evaluator
from matcher.rules.loading import load_rules
from matcher.rules.proposal import proposed, why_excluded
from matcher.rules.records import SiteCheck, Verdict
from matcher.rules.situation import (
    EnterpriseSituation,
    PartnerSituation,
    Situation,
    known_facts,
)
from matcher.rules.values import Range
from matcher.settings import data_folder

RULES = load_rules(data_folder() / "rules")
DAY = date(2026, 11, 22)
FIRM = EnterpriseSituation(enterprise=Enterprise(id="E1", name="示例企业"), needs=2)
ACADEMICIAN = PartnerSituation(
    id="X1", kind=PartnerKind.EXPERT, title="中国工程院院士", retired=False, stations_elsewhere=0
)
SOCIETY = PartnerSituation(id="S1", kind=PartnerKind.SOCIETY, region="北京市")
WORKSTATION = SiteType.ACADEMICIAN_WORKSTATION.value


def pair(partner: PartnerSituation, **changes: object) -> Situation:
    return replace(Situation(partner=partner, enterprise=FIRM), **changes)  # type: ignore[arg-type]


def sites(situation: Situation, rules: Rules = RULES) -> tuple[SiteCheck, ...]:
    return proposed(Evaluator(rules, DAY), situation)


def reason(situation: Situation) -> str:
    return why_excluded(Evaluator(RULES, DAY), situation)


def test_the_type_that_is_meant_for_this_kind_comes_first() -> None:
    for kind, expected in (
        (PartnerKind.EXPERT, "academician_workstation"),
        (PartnerKind.SOCIETY, "society_station"),
        (PartnerKind.OVERSEAS, "overseas_base"),
        (PartnerKind.INSTITUTE, "innovation_community"),
    ):
        found = sites(pair(PartnerSituation(id="P", kind=kind)))
        assert found[0].site_type == expected
        assert "enterprise_association" not in {each.site_type for each in found}


def test_the_wanted_type_comes_first_unless_it_fails() -> None:
    community = SiteType.INNOVATION_COMMUNITY.value
    assert sites(pair(ACADEMICIAN, wanted=community))[0].site_type == community
    full = replace(ACADEMICIAN, stations_elsewhere=1)
    found = [each.site_type for each in sites(pair(full, wanted=WORKSTATION))]
    assert found == [community], "a type that fails is not proposed"


def test_the_level_of_which_least_is_open() -> None:
    first = sites(pair(SOCIETY))[0]
    assert first.level is StationLevel.PROVINCIAL
    answers = {
        "national_experts": 6,
        "visiting_experts": 6,
        "team_size": 12,
        "units_reached": 5,
        "station_office": True,
    }
    firm = replace(FIRM, needs=12, stored={"key_rd_unit": True})
    known = replace(SOCIETY, stored={"association_society": True})
    best = sites(pair(known, enterprise=firm, stored=answers))[0]
    assert (best.level, best.verdict) == (StationLevel.NATIONAL, Verdict.PASS)


def test_each_type_is_proposed_once() -> None:
    found = [each.site_type for each in sites(pair(SOCIETY))]
    assert found == ["society_station", "innovation_community"]


def test_an_academician_who_has_a_station_is_excluded() -> None:
    assert reason(pair(ACADEMICIAN, wanted=WORKSTATION)) == ""
    elsewhere = replace(ACADEMICIAN, stations_elsewhere=1)
    told = reason(pair(elsewhere, wanted=WORKSTATION))
    assert told.startswith("不能共建院士专家工作站。院士受聘的院士工作站")
    assert "在其他单位的同类站点数 1 个" in told
    assert reason(pair(elsewhere)) == "", "nothing is wanted, nothing fails"
    here = replace(ACADEMICIAN, stations_elsewhere=None, stations=((WORKSTATION, "E9"),))
    assert reason(pair(here, wanted=WORKSTATION)), "one here is enough, whatever is elsewhere"
    own = replace(here, stations=((WORKSTATION, "E1"),))
    assert reason(pair(own, wanted=WORKSTATION)) == "", "that is this very station"
    other = replace(here, stations=(("society_station", "E9"),))
    assert reason(pair(other, wanted=WORKSTATION)) == "", "of another type"


def test_who_helps_an_academician_is_none() -> None:
    for title, expected in (
        ("中国工程院院士（示例）", True),
        ("教授、院士专家工作站首席专家", False),
        ("院士助理", False),
        ("研究员", False),
    ):
        told = known_facts(pair(replace(ACADEMICIAN, title=title)), WORKSTATION)
        assert told["academician"] is expected, title


def test_what_the_enterprise_lacks_excludes_no_partner() -> None:
    poor = replace(FIRM, stored={"rd_body": False})
    situation = pair(ACADEMICIAN, enterprise=poor, wanted=WORKSTATION)
    assert WORKSTATION not in {each.site_type for each in sites(situation)}
    assert reason(situation) == ""


def test_another_kind_of_partner_is_not_excluded() -> None:
    assert reason(pair(SOCIETY, wanted=WORKSTATION)) == ""


@pytest.mark.parametrize(
    ("partner", "fact", "value"),
    [
        (replace(ACADEMICIAN, title=""), "academician", None),
        (replace(ACADEMICIAN, title="教授"), "academician", False),
        (ACADEMICIAN, "academician", True),
        (SOCIETY, "academician", False),
        (replace(ACADEMICIAN, retired=None), "retired", None),
        (replace(SOCIETY, region=""), "abroad", None),
        (replace(SOCIETY, region="德国"), "abroad", True),
        (replace(SOCIETY, region="浙江省温州市"), "abroad", False),
        (replace(SOCIETY, region="香港特别行政区"), "abroad", None),
        (replace(SOCIETY, stations_elsewhere=None), "other_stations", Range(0)),
        (replace(SOCIETY, stations_elsewhere=2), "other_stations", Range(2, 2)),
        (replace(SOCIETY, stored={"no_longer_asked": True}), "no_longer_asked", None),
        (replace(SOCIETY, stored={"retired": True}), "retired", None),
    ],
)
def test_what_is_known_of_a_partner(partner: PartnerSituation, fact: str, value: object) -> None:
    assert known_facts(pair(partner), "society_station").get(fact) == value


def test_what_is_known_of_an_enterprise() -> None:
    enterprise = Enterprise(id="E1", name="示例", high_tech=True, st_staff_count=31)
    firm = EnterpriseSituation(
        enterprise=enterprise, needs=3, failed_types=frozenset({"overseas_base"})
    )
    known = known_facts(pair(SOCIETY, enterprise=firm), "overseas_base")
    assert known["high_tech"] is True
    assert "leading" not in known
    assert known["st_staff_count"] == Range(31, 31)
    assert known["library_needs"] == Range(3, 3)
    assert known["total_needs"] == Range(3), "there may be more than were submitted"
    assert known["failed_assessments"] is True
    assert (
        known_facts(pair(SOCIETY, enterprise=firm), "society_station")["failed_assessments"]
        is False
    )


@pytest.mark.parametrize(("told", "counted"), [(8, 8), (2, 3)])
def test_the_needs_told_are_no_fewer_than_those_here(told: int, counted: int) -> None:
    firm = replace(FIRM, needs=3, stored={"total_needs": told})
    known = known_facts(pair(SOCIETY, enterprise=firm), "society_station")
    assert known["total_needs"] == Range(counted, counted)


def test_without_an_enterprise_nothing_is_known_of_it() -> None:
    known = known_facts(pair(SOCIETY, enterprise=None), "society_station")
    assert set(known) == {"academician", "abroad", "other_stations"}
