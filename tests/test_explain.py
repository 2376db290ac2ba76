"""The evidence that is shown and the sentence that says why."""

from dataclasses import replace

import pytest

from matcher.explain import partner_evidence, partner_reason
from matcher.records import (
    Band,
    Evidence,
    EvidencePassage,
    EvidenceType,
    Partner,
    PartnerKind,
    Passage,
    Side,
)

EXPERT = Partner(
    id="X1", kind=PartnerKind.EXPERT, name="张三", title="教授", affiliation="某某大学"
)


def passage(
    text: str,
    exact: str = "",
    near: str = "",
    *,
    kind: EvidenceType | None = EvidenceType.PAPER,
    title: str = "电接触材料熔焊特性",
    year: int | None = 2019,
) -> EvidencePassage:
    """A passage in which the words given, separated by blanks, are marked where they first are."""

    def spans(words: str) -> tuple[tuple[int, int], ...]:
        starts = ((text.index(word), len(word)) for word in words.split())
        return tuple(sorted((start, start + length) for start, length in starts))

    return EvidencePassage(
        evidence_id="X1-1" if kind else None,
        type=kind,
        title=title if kind else "",
        year=year if kind else None,
        source="",
        text=text,
        spans=spans(exact),
        near_spans=spans(near),
    )


ABSTRACT = "银氧化锡触头在温升试验中的熔焊与磨损，兼论弧根。"


def reason(*evidence: EvidencePassage, partner: Partner = EXPERT, band: Band = Band.STRONG) -> str:
    return partner_reason(partner, evidence, band)


@pytest.mark.parametrize(
    ("band", "conclusion"),
    [
        (Band.STRONG, "与贵企业的需求直接相关，建议优先对接。"),
        (Band.GOOD, "与贵企业的需求相关，建议对接。"),
        (Band.POSSIBLE, "与贵企业的需求有一定关联，可先沟通了解。"),
        (Band.INSUFFICIENT, "但现有材料与需求关联不足，仅供参考。"),
    ],
)
def test_who_what_which_words_and_how_strongly(band: Band, conclusion: str) -> None:
    shown = passage(ABSTRACT, "触头 温升 银氧化锡")
    told = "张三教授（某某大学）2019年的论文《电接触材料熔焊特性》涉及银氧化锡、触头、温升，"
    assert reason(shown, band=band) == told + conclusion


def test_exact_words_come_first_and_four_at_most() -> None:
    few = passage(ABSTRACT, "触头", "磨损 弧根")
    assert "涉及触头及与需求含义相近的磨损、弧根，" in reason(few)
    many = passage(ABSTRACT, "触头 温升 银氧化锡", "磨损 弧根")
    assert "涉及银氧化锡、触头、温升及与需求含义相近的磨损，" in reason(many)
    only = passage(ABSTRACT, "", "磨损")
    assert "》涉及与需求含义相近的磨损，" in reason(only)


def test_a_word_is_named_once_and_not_beside_a_longer_one() -> None:
    text = "断路器触头与触头，CONTACT and Contact"
    shown = replace(passage(text), spans=((0, 5), (6, 8), (9, 16), (21, 28)))
    assert "涉及CONTACT、断路器触头，" in reason(shown)


def test_units_and_words_of_any_need_are_not_named() -> None:
    shown = passage("最大 120 MHz、5 mg/L，触头", "最大 MHz mg/L 触头")
    assert "》涉及触头，" in reason(shown)
    assert "语义相近" in reason(passage("最大 120 MHz", "最大 MHz"))


def test_evidence_with_marks_goes_before_a_profile() -> None:
    profile = passage("研究触头与电弧。", "触头", kind=None)
    plain = passage("别的文字。", title="别的论文")
    marked = passage(ABSTRACT, "触头")
    assert "论文《电接触材料熔焊特性》涉及触头" in reason(profile, plain, marked)
    assert reason(profile, plain).startswith("张三教授（某某大学）的简介涉及触头，")


@pytest.mark.parametrize("band", Band)
def test_without_marked_words(band: Band) -> None:
    told = reason(passage("别的文字。"), band=band)
    assert told.startswith("张三教授（某某大学）2019年的论文《电接触材料熔焊特性》")
    assert "涉及" not in told
    assert ("仅供参考" in told) == (band is Band.INSUFFICIENT)
    assert ("语义" in told) == (band is not Band.INSUFFICIENT)
    nothing = reason(band=band)
    assert nothing.startswith("张三教授（某某大学）的资料")


@pytest.mark.parametrize(
    ("title", "kind", "year", "cited"),
    [
        ("《触头》", EvidenceType.PAPER, 2019, "2019年的论文《触头》"),
        ("评《触头》一书。", EvidenceType.PAPER, None, "的论文《评〈触头〉一书》"),
        ("一种“双断点”触头", EvidenceType.PATENT, 2020, "2020年的专利“一种‘双断点’触头”"),
        ("断路器诊断", EvidenceType.SERVICE, None, "的服务“断路器诊断”"),
        ("", EvidenceType.PATENT, 2020, "2020年的一项专利"),
        ("长" * 41, EvidenceType.PAPER, None, f"的论文《{'长' * 40}…》"),
        (f"《{'长' * 41}》", EvidenceType.PAPER, None, f"的论文《{'长' * 39}…》"),
        (
            "Contact welding of silver tin oxide " * 3,
            EvidenceType.PAPER,
            None,
            f"的论文《{'Contact welding of silver tin oxide ' * 2}Contact…》",
        ),
    ],
)
def test_titles(title: str, kind: EvidenceType, year: int | None, cited: str) -> None:
    told = reason(passage(ABSTRACT, "触头", kind=kind, title=title, year=year))
    assert told.startswith(f"张三教授（某某大学）{cited}涉及触头，")


@pytest.mark.parametrize(
    ("partner", "who"),
    [
        (replace(EXPERT, title="", affiliation=""), "张三的"),
        (replace(EXPERT, sample=True), "张三教授（某某大学）（示例）的"),
        (
            replace(EXPERT, affiliation="某某大学（示例）电气学院", sample=True),
            "张三教授（某某大学电气学院）（示例）的",
        ),
        (replace(EXPERT, title="院士（示例）", sample=True), "张三院士（某某大学）（示例）的"),
        (replace(EXPERT, kind=PartnerKind.SOCIETY, title="", affiliation=""), "张三的"),
        (Partner(id="R", kind=PartnerKind.INSTITUTE, name="甲院", region="上海市"), "甲院的"),
        (Partner(id="O", kind=PartnerKind.OVERSEAS, name="乙会", region="德国"), "乙会（德国）的"),
        (
            Partner(id="R", kind=PartnerKind.INSTITUTE, name="甲院二所", affiliation="甲院"),
            "甲院二所的",
        ),
    ],
)
def test_who(partner: Partner, who: str) -> None:
    assert reason(passage("触头", "触头", kind=None), partner=partner).startswith(who + "简介")


@pytest.mark.parametrize("band", Band)
@pytest.mark.parametrize("kind", [None, *EvidenceType])
@pytest.mark.parametrize("title", ["", "题目。", "《题目》。", "Title?"])
@pytest.mark.parametrize("marked", ["", "触头"])
def test_it_is_one_sentence_without_double_stops(
    band: Band, kind: EvidenceType | None, title: str, marked: str
) -> None:
    partner = replace(EXPERT, name="张三，", affiliation="某某大学。")
    told = reason(passage("触头。", marked, kind=kind, title=title), partner=partner, band=band)
    assert told.count("。") == 1
    assert told.endswith("。")
    assert not any(pair in told for pair in ("，，", "，。", "、，", "《《", "》》", "？》", "?》"))


def test_near_words_are_marked_apart_from_the_same_ones() -> None:
    evidence = Evidence(id="E1", type=EvidenceType.PAPER, title="题目", text="触头磨损与烧蚀")
    partner = replace(EXPERT, evidence=(evidence,))
    found = Passage(
        id=1,
        side=Side.PARTNER,
        owner_id="X1",
        evidence_id="E1",
        text="题目\n触头磨损与烧蚀",
        content_hash="",
    )
    (shown,) = partner_evidence(partner, [found], {"触头"}, {"触头", "磨损", "烧蚀"})
    assert shown.spans == ((0, 2),)
    assert shown.near_spans == ((2, 4), (5, 7))
    (plain,) = partner_evidence(partner, [found], {"触头"})
    assert plain.near_spans == ()
