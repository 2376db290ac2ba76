"""Letters: what stands in them for whom, that they keep to one page, and never tell too much."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import InvalidInputError
from matcher.reports.letter_fitting import fitted, page_height
from matcher.reports.letter_records import Addressee, Letter
from matcher.reports.letters import letter_bytes, write_letter
from matcher.reports.template_parts import document, paragraph
from matcher.reports.templates import shipped_letter_template
from tests.reports.samples import LONG, LONGEST_LETTER, UNFIT, UNFIT_CLEAN, letter_of

ENTERPRISE, PARTNER, BOTH = Addressee.ENTERPRISE, Addressee.PARTNER, Addressee.BOTH


def lines(letter: Letter) -> list[str]:
    file = Document(BytesIO(letter_bytes(letter, shipped_letter_template())))
    return [each.text for each in file.paragraphs if each.text]


def test_a_letter_to_the_enterprise() -> None:
    told = lines(letter_of(need_text="触头温升超标。"))
    assert told == [
        "温州市科学技术协会",
        "〔2026〕11-0012",
        "关于推荐技术需求对接对象的函",
        "示例市甲乙电气有限公司：",
        "贵单位提出的技术需求“断路器触头温升过高的解决办法”已列入企业技术需求项目库。"
        "经比对专家和机构名录，现推荐该专家与贵单位对接，请研究。",
        "需求内容：触头温升超标。",
        "推荐对象：院士专家，教授，研究方向为低压电器、电接触与电弧、银基触头材料。",
        "推荐理由：该专家研究过断路器触头温升与接触电阻的关系，与需求中的“触头”“温升”直接对应。",
        "相关成果：",
        "1．《银氧化锡触头材料的熔焊特性》（论文，2019年）",
        "2．《一种灭弧室结构》（专利，2021年）",
        "3．《低压断路器触头系统优化设计及其在温升控制中的应用研究》（项目，2024年）",
        "合作建议：双方达成合作后，可以申请建立院士专家工作站（市级）。"
        "申请前请核实：是否退休、已建工作站数量。",
        "联系方式：为保护双方信息，双方名称和联系方式暂不公开。"
        "如有对接意向，请告知我会，由我会转达并安排。",
        "此致",
        "敬礼！",
        "温州市科学技术协会",
        "2026年12月1日",
    ]


def test_a_letter_to_the_partner_tells_nothing_of_the_partner_itself() -> None:
    told = "\n".join(lines(letter_of(PARTNER)))
    assert "关于商请对接企业技术需求的函" in told
    assert "触头专家教授：" in told
    assert "推荐对象" not in told
    assert "甲乙电气" not in told


def test_a_letter_to_both_names_their_contacts() -> None:
    told = lines(letter_of(BOTH, need_text="短。"))
    assert "企业联系人：示例·张某（技术部主任），0577-55501234" in told
    assert "对象联系人：示例·李某，13800000000" in told
    assert not any("转达" in line for line in told)
    without = "\n".join(lines(letter_of(BOTH, contacts=())))
    assert "对方没有登记可以公开的联系方式，请与我会联系" in without


def test_contact_data_before_the_release_cannot_even_be_put_in() -> None:
    with pytest.raises(ValueError, match=r"before the release"):
        letter_of(ENTERPRISE, contacts=("张三，13800000000",))
    with pytest.raises(ValueError, match=r"before the release"):
        letter_of(BOTH, released=False, contacts=())


def test_parts_that_are_not_there_leave_no_trace() -> None:
    told = "\n".join(lines(letter_of(evidence=(), site="", to_clarify=(), number="")))
    assert "相关成果" not in told
    assert "合作建议" not in told
    known = "\n".join(lines(letter_of(to_clarify=())))
    assert "可以申请建立院士专家工作站（市级）。" in known
    assert "申请前请核实" not in known


def test_a_long_need_is_cut_and_says_so() -> None:
    told = fitted(letter_of(need_text=LONG * 5))
    assert told.need_text.endswith("…")
    assert 53 <= len(told.need_text) < len(LONG * 5)
    assert told.evidence == letter_of().evidence
    to_partner = fitted(letter_of(addressee=Addressee.PARTNER, need_text=LONG * 5))
    assert len(to_partner.need_text) >= 110
    short = letter_of(need_text="短需求。")
    assert fitted(short).need_text == "短需求。"


def test_the_evidence_gives_way_before_the_need() -> None:
    told = fitted(LONGEST_LETTER)
    assert told.evidence == ()
    assert len(told.need_text) >= 53
    assert page_height(told) <= 637


texts = st.one_of(
    st.text(alphabet="断路器温升 a1，。\n", max_size=80),
    st.sampled_from([1, 23, 24, 40, 59, 60, 61, 100, 130, 400]).map(lambda length: "断" * length),
)


@given(
    addressee=st.sampled_from(Addressee),
    words=st.lists(texts, min_size=7, max_size=7),
    evidence=st.lists(texts, max_size=6),
    clarify=st.lists(texts, max_size=6),
    contacts=st.lists(texts, max_size=8),
)
def test_every_letter_keeps_to_one_page(
    addressee: Addressee,
    words: list[str],
    evidence: list[str],
    clarify: list[str],
    contacts: list[str],
) -> None:
    to, need_title, need_text, name, partner_text, reason, site = words
    letter = letter_of(
        addressee,
        to=to,
        need_title=need_title,
        need_text=need_text,
        partner_name=name,
        partner_text=partner_text,
        reason=reason,
        site=site,
        evidence=tuple(evidence),
        to_clarify=tuple(clarify),
        contacts=tuple(contacts) if addressee is BOTH else (),
    )
    told = fitted(letter)
    assert page_height(told) <= 637
    assert "\n" not in told.need_text
    assert fitted(told) == told


def test_the_fullest_letter_to_both_keeps_to_one_page() -> None:
    full = "断" * 400
    told = fitted(
        letter_of(
            BOTH,
            to=full,
            need_title=full,
            need_text=full,
            partner_name=full,
            partner_text=full,
            reason=full,
            site=full,
            evidence=(full,) * 6,
            to_clarify=(full,) * 6,
            contacts=(full,) * 8,
        )
    )
    assert page_height(told) <= 637


def test_unfit_signs_and_placeholders_stay_text() -> None:
    told = "\n".join(
        lines(letter_of(need_title=UNFIT, need_text="{{ letter.to }} <w:p/> & {% if %}"))
    )
    assert f"“{UNFIT_CLEAN}”" in told
    assert "{{ letter.to }} <w:p/> & {% if %}" in told


def test_the_same_letter_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "1.docx", tmp_path / "2.docx"
    write_letter(letter_of(), first)
    write_letter(letter_of(), second)
    assert first.read_bytes() == second.read_bytes()
    core = Document(str(first)).core_properties
    assert core.title == "关于推荐技术需求对接对象的函（示例市甲乙电气有限公司）"
    assert core.created.date() == letter_of().date


def test_a_template_of_the_city_is_used_and_checked(tmp_path: Path) -> None:
    path, out = tmp_path / "对接函.docx", tmp_path / "函.docx"
    path.write_bytes(document([paragraph("Title", "致{{ letter.to }}")]))
    write_letter(letter_of(), out, path)
    assert [each.text for each in Document(str(out)).paragraphs] == ["致示例市甲乙电气有限公司"]
    path.write_bytes(document([paragraph("Title", "致{{ letter.whom }}")]))
    with pytest.raises(InvalidInputError, match=r"模板“对接函.docx”里有不认识的占位符“whom”"):
        write_letter(letter_of(), out, path)


def test_the_issuer_may_be_another_one() -> None:
    told = lines(replace(letter_of(), issuer="示例县科学技术协会"))
    assert told.count("示例县科学技术协会") == 2
