from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from matcher.intake import parse_enterprise
from matcher.intake.enterprise_columns import ENTERPRISES
from matcher.records import Enterprise, EnterpriseSize
from tests.intake.test_needs import ANYTHING


def test_a_whole_enterprise() -> None:
    parsed = parse_enterprise(
        {
            "id": "E001",
            "name": "示例电气有限公司",
            "credit_code": "91110000600037341L",
            "county": "乐清市",
            "park": "乐清经济开发区",
            "industry": "配电开关控制设备制造",
            "industry_code": "C3823",
            "size": "中型",
            "above_designated": "√",
            "high_tech": "是",
            "leading": "无",
            "staff_count": "320人",
            "st_staff_count": 45.0,
        }
    )
    assert parsed.faults == parsed.notes == ()
    assert parsed.record == Enterprise(
        id="E001",
        name="示例电气有限公司",
        credit_code="91110000600037341L",
        county="乐清市",
        park="乐清经济开发区",
        industry="配电开关控制设备制造",
        industry_code="3823",
        size=EnterpriseSize.MEDIUM,
        above_designated=True,
        high_tech=True,
        leading=False,
        staff_count=320,
        st_staff_count=45,
    )


def test_the_id_is_the_credit_code_or_made_from_the_name() -> None:
    coded = parse_enterprise({"name": "甲", "credit_code": "91110000600037341L"}).record
    assert coded is not None
    assert coded.id == coded.credit_code
    first, second = (
        parse_enterprise({"name": "甲"}).record,
        parse_enterprise({"name": " 甲 "}).record,
    )
    assert first == second
    assert first is not None
    assert first.id.startswith("E")


def test_faults() -> None:
    parsed = parse_enterprise({"credit_code": "91110000600037341M", "size": "巨型"})
    assert parsed.record is None
    assert [fault.field for fault in parsed.faults] == ["name", "credit_code", "size"]
    assert parsed.faults[0].message == "不能为空"


def test_more_scientists_than_staff_is_noted() -> None:
    (note,) = parse_enterprise({"name": "甲", "staff_count": 3, "st_staff_count": 5}).notes
    assert "比职工总数 3 人还多" in note.message


@given(st.dictionaries(st.sampled_from([c.field for c in ENTERPRISES.columns]), ANYTHING))
def test_any_values_give_a_record_or_faults(values: Mapping[str, object]) -> None:
    parsed = parse_enterprise(values)
    assert (parsed.record is None) == bool(parsed.faults)
    assert parse_enterprise(values) == parsed
