from datetime import date
from pathlib import Path

import pytest

from matcher.intake import Subject, read_records, render_report, summarise
from matcher.intake.results import RowResult
from matcher.records import Partner
from tests.intake.files import write_jsonl, write_text, write_xlsx

PARTNERS = [
    ["对象编号", "对象类型", "名称"],
    ["X1", "院士专家", "张某"],
    ["X2", "学会", "某学会"],
    ["示例-1", "学会", "示例"],
]
EVIDENCE = ["对象编号", "类型", "标题", "年份"]


def read(path: Path) -> list[RowResult[Partner]]:
    return list(read_records(path, Subject.PARTNERS, today=date(2026, 11, 22)))


def titles(results: list[RowResult[Partner]]) -> dict[str, list[str]]:
    found = [result.record for result in results if result.record]
    return {partner.id: [item.title for item in partner.evidence] for partner in found}


def test_the_sheet_of_evidence_is_joined(tmp_path: Path) -> None:
    evidence = [
        EVIDENCE,
        ["X2", "服务", "乙一", None],
        ["X1", "论文", "甲一", date(2021, 5, 1)],
        ["示例-1", "论文", "示例", 2021],
        ["X2", "project", "乙二", 2020],
    ]
    results = read(write_xlsx(tmp_path / "a.xlsx", PARTNERS, evidence=evidence))
    assert titles(results) == {"X1": ["甲一"], "X2": ["乙一", "乙二"]}
    assert results[0].record is not None
    assert results[0].record.evidence[0].id == "X1-1"
    assert results[0].record.evidence[0].year == 2021


def test_faults_in_the_sheet_of_evidence(tmp_path: Path) -> None:
    evidence = [EVIDENCE, ["X9", "论文", "无主"], ["X1", "小说", "甲一"], ["", "论文", "甲二"]]
    report = summarise(read(write_xlsx(tmp_path / "a.xlsx", PARTNERS, evidence=evidence)))
    assert render_report(report) == [
        "共 6 行，2 行可以导入，3 行有错误，1 行是示例、重复或补充其他行",
        "工作表“证据”第 2 行，对象编号：第一张表里没有编号为“X9”的对象，请检查是否抄错",
        "工作表“证据”第 3 行，证据类型：未知的证据类型“小说”，可用的有："
        "论文（paper）、专利（patent）、项目（project）、服务（service）",
        "工作表“证据”第 4 行，对象编号：不能为空，请填第一张表里的对象编号",
        "提示：编号以“示例”开头的是示例行，已跳过",
    ]


def test_evidence_of_a_partner_at_fault_is_not_called_lost(tmp_path: Path) -> None:
    partners = [PARTNERS[0], ["X1", "公司", "张某"]]
    evidence = [EVIDENCE, ["X1", "论文", "甲一"]]
    results = read(write_xlsx(tmp_path / "a.xlsx", partners, evidence=evidence))
    assert [fault.field for result in results for fault in result.faults] == ["kind"]


def test_repeated_rows_of_a_csv_add_evidence(tmp_path: Path) -> None:
    text = (
        "编号,对象类型,名称,证据类型,证据标题\n"
        "X1,院士专家,张某,论文,甲一\n"
        "X2,学会,某学会,,\n"
        "X1,院士专家,张某,专利,甲二\n"
        "X1,,,论文,甲三\n"
        "X1,院士专家,李某,论文,甲四\n"
        "X1,,,小说,甲五\n"
    )
    results = read(write_text(tmp_path / "a.csv", text, "gbk"))
    assert titles(results) == {"X1": ["甲一", "甲二", "甲三", "甲四"], "X2": []}
    faults = [(result.row, fault.field) for result in results for fault in result.faults]
    assert faults == [(6, "id"), (7, "type")]
    assert "与第 2 行是同一个编号“X1”" in results[4].faults[0].message
    assert len(results) == 6


def test_repeated_rows_without_id_go_by_their_made_id(tmp_path: Path) -> None:
    text = "类型,姓名,证据类型,证据标题\n院士专家,张某,论文,一\n院士专家,张某,论文,二\n"
    results = read(write_text(tmp_path / "a.csv", text))
    assert list(titles(results).values()) == [["一", "二"]]
    assert results[1] == RowResult(row=3)


@pytest.mark.parametrize("other", [{}, {"evidence": []}])
def test_json_lines_with_equal_ids(tmp_path: Path, other: dict[str, object]) -> None:
    item = {"id": "X1", "kind": "expert", "name": "张某"}
    with_evidence = {**item, "evidence": [{"type": "paper", "title": "一"}]}
    path = write_jsonl(tmp_path / "a.jsonl", [with_evidence, with_evidence, {**item, **other}])
    first, same, differing = read(path)
    assert first.record is not None
    assert first.record.evidence[0].id == "X1-1"
    assert (same.record, same.faults) == (None, ())
    assert "与第 1 行是同一个编号" in differing.faults[0].message
