import pytest

from matcher.errors import UnreadableFileError
from matcher.intake.columns import plain_name
from matcher.intake.mapping import OWN_EVIDENCE, ColumnMapping
from matcher.intake.need_columns import NEEDS
from matcher.intake.partner_columns import EVIDENCE, PARTNERS


def test_several_columns_of_a_text_are_joined() -> None:
    row = {"detail": "开发新工艺", "problem": "菌种选育", "技术难题": "菌种选育", "region": "广西"}
    assert ColumnMapping(NEEDS).map(row).values == {
        "problem": "开发新工艺\n菌种选育",
        "county": "广西",
    }


def test_several_columns_of_a_list_are_joined() -> None:
    row = {"学科": "数学、物理", "category": "理科"}
    assert ColumnMapping(PARTNERS).map(row).values == {"disciplines": ["数学", "物理", "理科"]}


def test_columns_of_one_value_must_agree() -> None:
    mapping = ColumnMapping(NEEDS)
    assert mapping.map({"县区": "乐清市", "所在地": "乐清市"}).values == {"county": "乐清市"}
    assert mapping.map({"县区": "乐清市", "所在地": "/"}).values == {"county": "乐清市"}
    (fault,) = mapping.map({"县区": "乐清市", "所在地": "瑞安市"}).faults
    assert (fault.field, fault.label) == ("county", "县区")
    assert "“县区”和“所在地”两列" in fault.message


def test_the_unit_in_a_column_name_counts() -> None:
    mapping = ColumnMapping(NEEDS)
    assert mapping.map({"拟投入资金（元）": 500000}).values == {"budget": "500000元"}
    assert mapping.map({"拟投入资金（元）": "50万"}).values == {"budget": "50万"}
    assert mapping.map({"拟投入资金（万元）": 50}).values == {"budget": 50}


def test_what_is_left_out_is_said_once() -> None:
    mapping = ColumnMapping(NEEDS)
    row = {"标题": "甲", "联系人": "某某", "type": "技术难题", "备注": None}
    assert [f"{note.label}：{note.message}" for note in mapping.map(row).notes] == [
        "列“联系人”：本版本不保存联系方式，未导入",
        "列“type”：不认识的列，未导入",
    ]
    assert mapping.map(row).notes == []
    assert len(mapping.map({"备注": "有了"}).notes) == 1


def test_evidence_goes_by_its_own_names() -> None:
    nested = {"名称": "甲", "evidence": [{"类型": "论文", "标题": "乙", "x": 1}, "坏"]}
    assert ColumnMapping(PARTNERS).map(nested).values["evidence"] == [
        {"type": "论文", "title": "乙"},
        "坏",
    ]
    own = ColumnMapping(PARTNERS).map({"证据类型": "论文", "证据标题": "乙", "证据年份": ""}).values
    assert own == {OWN_EVIDENCE: {"type": "论文", "title": "乙", "year": ""}}
    assert ColumnMapping(PARTNERS).map({"证据类型": "", "证据标题": None}).values == {}


def test_missing_columns_are_named_with_those_found_and_the_template() -> None:
    with pytest.raises(UnreadableFileError) as caught:
        ColumnMapping(NEEDS).require(["企业名称", "备注"])
    assert caught.value.message == (
        "缺少必需的列：需求名称 或 主要问题。文件里的列是：企业名称、备注。"
        "请使用“需求导入模板.xlsx”的列名"
    )
    ColumnMapping(NEEDS).require(["技术难题"])
    ColumnMapping(PARTNERS).require(["name"], given=["kind"])
    with pytest.raises(UnreadableFileError, match="缺少必需的列：对象类型。"):
        ColumnMapping(PARTNERS).require(["name"])


def test_a_name_that_is_plain_stays_as_it_is() -> None:
    for table in (NEEDS, PARTNERS, EVIDENCE):
        assert all(plain_name(name) == name for name in table.by_name())
