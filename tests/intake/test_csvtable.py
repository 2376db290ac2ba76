from pathlib import Path

import pytest

from matcher.errors import UnreadableFileError
from matcher.intake import read_rows
from tests.intake.files import write_text

ROWS = [["编号", "名称"], ["1", "温州学会"], ["2", "乐清学会"]]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_delimiters_and_encodings(tmp_path: Path, delimiter: str, encoding: str) -> None:
    text = "\r\n".join(delimiter.join(row) for row in ROWS)
    rows = list(read_rows(write_text(tmp_path / "a.csv", text, encoding)))
    assert [(row.number, row.values) for row in rows] == [
        (2, {"编号": "1", "名称": "温州学会"}),
        (3, {"编号": "2", "名称": "乐清学会"}),
    ]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    text = '学会名单,\n编号,名称\n\n1,"两\n行"\n,\n2,乙\n'
    rows = list(read_rows(write_text(tmp_path / "a.csv", text)))
    assert [(row.number, row.values["名称"]) for row in rows] == [(4, "两\n行"), (6, "乙")]


def test_uneven_rows_and_wrong_quotes_are_faults(tmp_path: Path) -> None:
    text = '编号,名称\n1,甲,乙\n2\n3,丙,,\n4,"丁"丁\n5,戊\n6,"没有完\n7,庚\n'
    rows = list(read_rows(write_text(tmp_path / "a.csv", text)))
    by_number = {row.number: row for row in rows}
    assert "这一行有 3 列，表头有 2 列" in by_number[2].fault
    assert "这一行有 1 列，表头有 2 列" in by_number[3].fault
    assert by_number[4].values == {"编号": "3", "名称": "丙"}
    assert "引号没有成对" in by_number[5].fault
    assert by_number[6].values["名称"] == "戊"
    assert "引号没有成对" in by_number[7].fault


def test_no_header(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "甲,乙\n1,2\n")
    with pytest.raises(UnreadableFileError, match=r"找不到表头.*只看到：甲、乙"):
        list(read_rows(path))


def test_long_cells(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "编号,名称\n1," + "长" * 50_000)
    (row,) = read_rows(path)
    assert len(str(row.values["名称"])) == 50_000
