from collections.abc import Mapping
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from matcher.intake import parse_partner
from matcher.intake.partner_columns import PARTNERS
from matcher.records import EvidenceType, PartnerKind
from tests.intake.test_needs import ANYTHING

TODAY = date(2026, 11, 22)
GOOD: dict[str, object] = {"kind": "院士专家", "name": "张某某"}


def test_a_partner_with_evidence() -> None:
    parsed = parse_partner(
        {
            **GOOD,
            "id": "X001",
            "disciplines": "电器学、电接触材料",
            "languages": ["zh", "en"],
            "profile": "研究电接触。电话 0577-88888888",
            "evidence": [
                {"type": "paper", "title": "触头材料", "year": 2021, "keywords": ["触头"]},
                {"id": "X001-1", "type": "专利", "text": "一种灭弧室"},
            ],
        },
        today=TODAY,
    )
    partner = parsed.record
    assert partner is not None
    assert partner.kind is PartnerKind.EXPERT
    assert partner.disciplines == ("电器学", "电接触材料")
    assert partner.profile == "研究电接触。电话 〔固定电话已隐去〕"
    assert [note.message for note in parsed.notes] == ["已隐去 1 处固定电话"]
    assert [item.id for item in partner.evidence] == ["X001-2", "X001-1"]
    assert partner.evidence[0].keywords == ("触头",)
    assert partner.evidence[1].type is EvidenceType.PATENT


def test_kind_and_name_are_required() -> None:
    faults = parse_partner({}).faults
    assert [(fault.field, fault.label) for fault in faults] == [
        ("kind", "对象类型"),
        ("name", "名称"),
    ]


def test_a_default_kind_stands_in_for_a_missing_one_only() -> None:
    society = parse_partner({"name": "中国数学会"}, default_kind=PartnerKind.SOCIETY).record
    assert society is not None
    assert society.kind is PartnerKind.SOCIETY
    (fault,) = parse_partner(
        {"name": "甲", "kind": "公司"}, default_kind=PartnerKind.SOCIETY
    ).faults
    assert "未知的对象类型“公司”" in fault.message


def test_made_ids_depend_on_kind_name_and_affiliation() -> None:
    variants: list[dict[str, object]] = [
        {},
        {"kind": "学会"},
        {"name": "李某"},
        {"affiliation": "甲校"},
    ]
    ids = {
        record.id for variant in variants if (record := parse_partner({**GOOD, **variant}).record)
    }
    assert len(ids) == 4
    assert all(identifier.startswith("P") and len(identifier) == 11 for identifier in ids)


def test_faults_in_evidence_name_the_item() -> None:
    items = [
        {"type": "paper", "title": "好"},
        {"type": "小说", "title": "坏"},
        {"type": "paper"},
        {"type": "paper", "title": "早", "year": 2028},
        "文字",
    ]
    faults = parse_partner({**GOOD, "evidence": items}, today=TODAY).faults
    assert [fault.label for fault in faults] == [
        "第 2 条证据的证据类型",
        "第 3 条证据的证据标题",
        "第 4 条证据的证据年份",
        "证据",
    ]
    assert "1900 到 2027" in faults[2].message


def test_evidence_that_is_no_list_or_has_an_id_twice_is_a_fault() -> None:
    assert parse_partner({**GOOD, "evidence": "论文若干"}).faults[0].field == "evidence"
    twice = [{"id": "A", "type": "paper", "title": str(n)} for n in range(2)]
    (fault,) = parse_partner({**GOOD, "evidence": twice}).faults
    assert fault.message == "有 2 条证据的编号都是“A”"


def test_made_evidence_ids_fit_the_store() -> None:
    items = [{"type": "paper", "title": str(n)} for n in range(12)]
    record = parse_partner({**GOOD, "id": "x" * 64, "evidence": items}).record
    assert record is not None
    assert len({item.id for item in record.evidence}) == 12
    assert all(len(item.id) <= 64 for item in record.evidence)


@given(
    st.dictionaries(st.sampled_from([c.field for c in PARTNERS.columns]), ANYTHING),
    st.lists(
        st.dictionaries(st.sampled_from(["id", "type", "title", "year"]), ANYTHING), max_size=3
    ),
)
def test_any_values_give_a_record_or_faults(
    values: Mapping[str, object], evidence: list[object]
) -> None:
    for given_values in (values, {**GOOD, **values}, {**GOOD, "evidence": evidence}):
        parsed = parse_partner(given_values, today=TODAY)
        assert (parsed.record is None) == bool(parsed.faults)
        assert parse_partner(given_values, today=TODAY) == parsed
