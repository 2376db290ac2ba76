"""Joining two records of one partner, and telling that they are of one."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.casework.merging import WholePartner, join, join_facts, likeness
from matcher.casework.partners import PartnerFacts
from matcher.records import Evidence, EvidenceType, Partner, PartnerKind
from tests.directory import ONE, OTHER

TITLES = st.sampled_from(("触头", "触 头", "灭弧室", ""))
EVIDENCE = st.builds(
    Evidence,
    id=st.sampled_from(("1", "2", "3")),
    type=st.sampled_from(EvidenceType),
    title=TITLES,
    text=st.sampled_from(("", "内容")),
)
PARTNERS = st.builds(
    Partner,
    id=st.sampled_from(("A", "B")),
    kind=st.just(PartnerKind.EXPERT),
    name=st.just("示例教授"),
    evidence=st.lists(EVIDENCE, max_size=3, unique_by=lambda item: item.id).map(tuple),
)


def test_what_the_kept_record_says_counts_and_the_other_fills_in() -> None:
    joined = join(ONE, OTHER).partner
    assert joined.id == "P1"
    assert joined.affiliation == "示例大学"
    assert joined.name_en == "Prof. Example"
    assert joined.disciplines == ("电器学", "电接触材料")
    assert joined.profile == "研究电接触。\n从事触头材料研究。"


def test_evidence_with_one_title_is_there_once_and_the_fuller_for_it() -> None:
    joined = join(ONE, OTHER)
    assert [item.id for item in joined.repeated] == ["P2-1"]
    first, patent, project = joined.partner.evidence
    assert (first.id, first.year, first.text, first.source) == (
        "P1-1",
        2019,
        "比较了三种工艺。",
        "示例学报",
    )
    assert patent == ONE.evidence[1]
    assert (project.id, project.title) == ("P1-2-2", "低压电器可靠性"), "the id was taken"


def test_a_paper_and_a_patent_of_one_title_are_two() -> None:
    paper = replace(OTHER.evidence[0], type=EvidenceType.PATENT)
    assert join(ONE, replace(OTHER, evidence=(paper,))).repeated == ()


@given(PARTNERS, PARTNERS)
def test_no_evidence_is_lost_and_no_id_is_there_twice(kept: Partner, other: Partner) -> None:
    joined = join(kept, other)
    items = joined.partner.evidence
    assert len(items) == len(kept.evidence) + len(other.evidence) - len(joined.repeated)
    assert len({item.id for item in items}) == len(items)
    assert [item.id for item in items[: len(kept.evidence)]] == [i.id for i in kept.evidence]


@given(PARTNERS, PARTNERS)
def test_joining_again_adds_nothing(kept: Partner, other: Partner) -> None:
    once = join(kept, other).partner
    assert join(once, other).partner == once


def test_profiles_that_would_be_too_long_together_stay_as_they_are() -> None:
    long = replace(ONE, profile="长" * 9_999)
    assert join(long, OTHER).partner.profile == long.profile


def test_facts_are_joined_and_the_other_names_become_aliases() -> None:
    kept = WholePartner(
        partner=ONE,
        facts=PartnerFacts(
            partner_id="P1",
            aliases=("示教授",),
            conflicts=("E1",),
            stations_elsewhere=1,
            last_contacted=date(2026, 1, 1),
            note="甲",
            version=3,
        ),
    )
    other = WholePartner(
        partner=replace(OTHER, name="示例 教授", name_en="Example, P."),
        facts=PartnerFacts(
            partner_id="P2",
            aliases=("示教授", "示老师"),
            capacity=2,
            conflicts=("E2", "E1"),
            stations_elsewhere=4,
            retired=False,
            last_contacted=date(2026, 5, 1),
            note="乙",
        ),
    )
    known = join_facts(kept, other)
    assert known == PartnerFacts(
        partner_id="P1",
        aliases=("示教授", "示例 教授", "示老师"),
        capacity=2,
        conflicts=("E1", "E2"),
        stations_elsewhere=4,
        retired=False,
        last_contacted=date(2026, 5, 1),
        note="甲\n乙",
        version=3,
    )


@pytest.mark.parametrize(
    ("one", "other", "aliases", "why"),
    [
        (ONE, OTHER, (), "同名，单位相同"),
        (ONE, replace(OTHER, affiliation=""), (), "同名，有一条没有注明单位"),
        (ONE, replace(OTHER, affiliation="另一大学"), (), ""),
        (ONE, replace(OTHER, name="示老师"), (), ""),
        (ONE, replace(OTHER, name="示老师"), ("示 老师",), "名称与别名相同，单位相同"),
        (ONE, replace(OTHER, kind=PartnerKind.INSTITUTE), (), ""),
        (ONE, ONE, (), ""),
    ],
)
def test_likeness(one: Partner, other: Partner, aliases: tuple[str, ...], why: str) -> None:
    assert likeness(one, aliases, other, ()) == why


def test_organisations_of_one_name_are_alike_wherever_they_sit() -> None:
    society = replace(ONE, kind=PartnerKind.SOCIETY, affiliation="甲")
    assert likeness(society, (), replace(society, id="S2", affiliation="乙"), ()) == "同名"
