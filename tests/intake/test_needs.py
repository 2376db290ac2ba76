from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.intake import parse_need
from matcher.intake.need_columns import NEEDS
from matcher.records import Need, SiteType, SolutionMode, TechField
from tests.intake.files import GOOD_PROBLEM

GOOD = {"title": "断路器触头温升偏高", "problem": GOOD_PROBLEM}
ANYTHING = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.datetimes(),
        st.text(st.characters(), max_size=30),
        st.sampled_from(["2026-02-30", "面议", "-5", "院士专家", "#REF!", "无", "x" * 20000]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


def fault_of(values: Mapping[str, object], field: str) -> str:
    parsed = parse_need({**GOOD, **values})
    assert parsed.record is None
    (fault,) = parsed.faults
    assert fault.field == field
    return fault.message


def test_a_whole_need() -> None:
    parsed = parse_need(
        {
            **GOOD,
            "id": "2026-0001",
            "indicators": "温升不超过 65 K",
            "goal": "通过型式试验",
            "keywords": "断路器、温升",
            "field": "电子信息",
            "industry": "配电开关控制设备制造",
            "deadline": "2027-06",
            "budget": "80万元",
            "solution_mode": "合作研发",
            "wanted_site": "学会服务站",
            "enterprise_id": "E001",
            "county": "乐清市",
            "submitted": "2026年11月3日",
            "sample": True,
        }
    )
    assert parsed.faults == parsed.notes == ()
    assert parsed.record is not None
    assert parsed.record.enterprise is None
    assert parsed.record.need == Need(
        id="2026-0001",
        title="断路器触头温升偏高",
        problem=GOOD_PROBLEM,
        indicators="温升不超过 65 K",
        goal="通过型式试验",
        keywords=("断路器", "温升"),
        field=TechField.ELECTRONICS,
        industry="配电开关控制设备制造",
        deadline=date(2027, 6, 30),
        budget=80.0,
        solution_mode=SolutionMode.JOINT,
        wanted_site=SiteType.SOCIETY_STATION,
        enterprise_id="E001",
        county="乐清市",
        submitted=date(2026, 11, 3),
        sample=True,
    )


def test_an_enterprise_by_name_comes_as_a_record() -> None:
    named = {"enterprise_name": "示例电气有限公司", "county": "乐清市"}
    parsed = parse_need({**GOOD, **named}).record
    assert parsed is not None
    assert parsed.enterprise is not None
    assert parsed.enterprise.name == "示例电气有限公司"
    assert parsed.enterprise.county == "乐清市"
    assert parsed.enterprise.id == parsed.need.enterprise_id

    coded = parse_need({**GOOD, **named, "credit_code": "91110000600037341L"}).record
    assert coded is not None
    assert coded.need.enterprise_id == "91110000600037341L"

    both = parse_need({**GOOD, **named, "enterprise_id": "E7"}).record
    assert both is not None
    assert both.enterprise is not None
    assert both.enterprise.id == both.need.enterprise_id == "E7"


def test_faults_name_field_and_value() -> None:
    assert "不是日期，请写成 2026-11-22" in fault_of({"deadline": "2026-13-40"}, "deadline")
    assert "负数" in fault_of({"budget": "-5"}, "budget")
    assert "可用的有：独立研发" in fault_of({"solution_mode": "购买"}, "solution_mode")
    assert "有 11 个，最多 10 个" in fault_of({"keywords": list("abcdefghijk")}, "keywords")
    assert fault_of({"problem": "长" * 50000}, "problem") == (
        "主要问题有 50000 字，最多 10000 字，请删减或拆成几条需求"
    )
    assert "最多 200 字" in fault_of({"title": "长" * 201}, "title")
    assert "应是文字或数字" in fault_of({"county": ["乐清市"]}, "county")


def test_every_fault_is_told_at_once() -> None:
    parsed = parse_need({**GOOD, "deadline": "x", "budget": "x", "submitted": "x"})
    assert [fault.field for fault in parsed.faults] == ["deadline", "budget", "submitted"]
    assert [fault.label for fault in parsed.faults] == [
        "需求时限",
        "拟投入资金（万元）",
        "提交日期",
    ]


@pytest.mark.parametrize("values", [{}, {"indicators": "温升不超过 65 K"}, {"title": "无"}])
def test_title_or_problem_is_required(values: Mapping[str, object]) -> None:
    (fault,) = parse_need(values).faults
    assert fault.message == "需求名称和主要问题都是空的，至少要填一项"


@pytest.mark.parametrize("text", ["阀门", "13800138000"])
def test_a_need_that_says_nothing_is_a_fault(text: str) -> None:
    (fault,) = parse_need({"problem": text}).faults
    assert fault.field == "problem"
    assert "太短，无法匹配" in fault.message


def test_long_fields_together_are_no_fault() -> None:
    assert parse_need({**GOOD, "problem": "触头温升" * 2500, "goal": "达到标准" * 2500}).record


def test_notes_are_no_faults() -> None:
    values = {
        "problem": GOOD_PROBLEM + "请拨打13800138000或13900139000",
        "field": "先进制造业",
        "budget": "面议",
        "keywords": "a b c d e f",
    }
    parsed = parse_need({**GOOD, **values})
    assert parsed.record is not None
    assert "138" not in parsed.record.need.problem
    assert parsed.record.need.field is None
    assert parsed.record.need.budget is None
    assert [f"{note.label}：{note.message}" for note in parsed.notes] == [
        "主要问题：已隐去 2 处手机号",
        "关键词：有 6 个，一般为 1 至 5 个，已全部保留",
        "所属领域：“先进制造业”不在十二类中，已留空，待审核时确定",
        "拟投入资金（万元）：“面议”没有金额，已留空",
    ]


@given(st.dictionaries(st.sampled_from([c.field for c in NEEDS.columns]), ANYTHING))
def test_any_values_give_a_record_or_faults(values: Mapping[str, object]) -> None:
    parsed = parse_need(values)
    assert (parsed.record is None) == bool(parsed.faults)
    for fault in parsed.faults:
        assert fault.message
        assert fault.label
        assert len(fault.value) <= 31
    assert parse_need(values) == parsed


@given(st.text("断路器触头温升超标", min_size=8), st.text(), st.text())
def test_ids_are_stable_and_fit_the_store(title: str, problem: str, enterprise: str) -> None:
    values = {"title": title, "problem": problem, "enterprise_name": enterprise}
    first, second = parse_need(values).record, parse_need(dict(values)).record
    if first is not None and second is not None:
        assert first.need.id == second.need.id
        assert first.need.id.startswith("N")
        assert len(first.need.id) == 11


def test_other_enterprises_other_ids() -> None:
    ids = {
        parsed.need.id
        for name in ("甲公司", "乙公司", "")
        if (parsed := parse_need({**GOOD, "enterprise_name": name}).record)
    }
    assert len(ids) == 3
