from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.errors import MatcherError, UnreadableFileError
from matcher.intake import Subject, read_records, render_report, summarise
from matcher.records import PartnerKind
from tests.intake.files import GOOD_PROBLEM, write_jsonl, write_text, write_xlsx

HEADER = ["需求编号", "需求名称", "主要问题", "需求时限", "联系电话"]


def test_needs_of_a_workbook_with_faults_and_notes(tmp_path: Path) -> None:
    rows = [
        ["2026 年技术需求"],
        HEADER,
        ["示例-1", "示例", GOOD_PROBLEM, "2027-01-01", ""],
        ["N1", "触头温升", GOOD_PROBLEM, "2026-11", "13800138000"],
        ["N2", "触头温升", GOOD_PROBLEM, "2026-13-40", ""],
        ["N3", "阀门", "", "", ""],
        ["N4", "长", "长" * 30_000, "", ""],
        [],
        ["N1", "触头温升", GOOD_PROBLEM, "2026-11-30", ""],
        ["N1", "触头温升", GOOD_PROBLEM, "2026-12", ""],
    ]
    path = write_xlsx(tmp_path / "a.xlsx", rows)
    results = list(read_records(path, Subject.NEEDS))
    assert [result.row for result in results] == [3, 4, 5, 6, 7, 9, 10]
    assert [bool(result.record) for result in results] == [False, True] + [False] * 5
    assert render_report(summarise(results)) == [
        "共 7 行，1 行可以导入，4 行有错误，2 行是示例、重复或补充其他行",
        "第 5 行，需求时限：“2026-13-40”不是日期，请写成 2026-11-22 这样的形式",
        "第 6 行，需求名称：“阀门”太短，无法匹配。"
        "请写明产品、遇到的问题和希望达到的指标，至少一句话",
        "第 7 行，主要问题有 30000 字，最多 10000 字，请删减或拆成几条需求",
        "第 10 行，需求编号：与第 4 行是同一个编号“N1”，内容却不同；"
        "如果是同一需求请合并成一行，否则请填不同的编号",
        "提示：编号以“示例”开头的是示例行，已跳过",
        "提示：列“联系电话”：本版本不保存联系方式，未导入",
        "提示：需求编号：有内容完全相同的行，只导入一次",
    ]


def test_a_file_can_be_read_twice(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", f"标题,描述,需求描述\n触头温升,{GOOD_PROBLEM},x\n", "gbk")
    first = list(read_records(path, Subject.NEEDS))
    assert first == list(read_records(path, Subject.NEEDS))
    assert first[0].record is not None
    assert first[0].record.need.id.startswith("N")


def test_json_lines(tmp_path: Path) -> None:
    path = write_text(
        tmp_path / "a.jsonl",
        '{"id": "N1", "detail": "开发压力容器智能控制系统", "keywords": ["甲，乙", "丙"]}\n'
        '{"id": "N2"\n'
        '{"id": "N3"}\n',
    )
    good, broken, empty = read_records(path, Subject.NEEDS)
    assert good.record is not None
    assert good.record.need.keywords == ("甲，乙", "丙")
    assert "不是完整的 JSON" in broken.faults[0].message
    assert (broken.row, broken.faults[0].row) == (2, 2)
    assert "至少要填一项" in empty.faults[0].message


def test_enterprises(tmp_path: Path) -> None:
    path = write_jsonl(
        tmp_path / "a.jsonl", [{"name": "甲", "scale": "中型", "industry_code": "3823"}]
    )
    (result,) = read_records(path, Subject.ENTERPRISES)
    assert result.record is not None
    assert result.record.size == "medium"


def test_a_default_kind_makes_up_for_the_column(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "code,name,category\nA-01,中国数学会,理科\n")
    with pytest.raises(UnreadableFileError, match="缺少必需的列：对象类型"):
        list(read_records(path, Subject.PARTNERS))
    (result,) = read_records(path, Subject.PARTNERS, default_kind=PartnerKind.SOCIETY)
    assert result.record is not None
    assert (result.record.id, result.record.kind) == ("A-01", PartnerKind.SOCIETY)
    assert result.record.disciplines == ("理科",)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_a_file_of_something_else_is_refused_as_a_whole(tmp_path: Path, name: str) -> None:
    text = "企业编号,县区\n1,乐清市\n" if name == "a.csv" else '{"foo": 1}\n'
    with pytest.raises(UnreadableFileError, match="缺少必需的列"):
        list(read_records(write_text(tmp_path / name, text), Subject.NEEDS))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(["a.csv", "a.jsonl", "a.xlsx"]),
    st.sampled_from(["", "标题,问题,编号\n", '{"title": "触头温升偏高"}\n', "PK\x03\x04"]),
    st.one_of(st.binary(max_size=60), st.text(max_size=60).map(lambda text: text.encode("utf-8"))),
)
def test_any_file_is_read_or_refused_in_words(
    tmp_path: Path, name: str, start: str, rest: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(start.encode() + rest)
    for subject in Subject:
        try:
            report = summarise(read_records(path, subject))
        except MatcherError as error:
            assert name in error.message or "列" in error.message  # noqa: PT017
        else:
            assert report.rows >= report.good + report.faulty
