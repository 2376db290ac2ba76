import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from matcher.errors import UnreadableFileError
from matcher.intake import read_rows
from matcher.intake.workbook import read_evidence_sheet
from tests.intake.files import write_xlsx


def test_title_lines_blank_rows_and_types(tmp_path: Path) -> None:
    rows = [
        ["温州市企业技术需求汇总表"],
        [],
        ["需求名称", "需求时限", "拟投入资金\n（万元）", "备注"],
        ["甲", datetime(2026, 11, 22), 80.5, None],
        [None, None, None, None],
        ["乙", "2027-01", 0.25, True, "多出来"],
    ]
    read = list(read_rows(write_xlsx(tmp_path / "a.xlsx", rows, merge=["A1:D1"])))
    assert [row.number for row in read] == [4, 6]
    assert read[0].values == {
        "需求名称": "甲",
        "需求时限": datetime(2026, 11, 22),
        "拟投入资金\n（万元）": 80.5,
        "备注": None,
    }
    assert read[1].values["（第 5 列，没有列名）"] == "多出来"


def test_merged_cells(tmp_path: Path) -> None:
    rows = [
        ["企业名称", "需求名称"],
        ["一、鹿城区"],
        ["甲公司", "需求一"],
        [None, "需求二"],
        ["乙公司", "需求三"],
        [None, "需求四"],
    ]
    path = write_xlsx(tmp_path / "a.xlsx", rows, merge=["A2:B2", "A3:A4"])
    assert [tuple(row.values.values()) for row in read_rows(path)] == [
        ("甲公司", "需求一"),
        ("甲公司", "需求二"),
        ("乙公司", "需求三"),
        (None, "需求四"),
    ]


def test_the_first_sheet_with_a_header_is_read(tmp_path: Path) -> None:
    book = Workbook()
    book.active["A1"] = "说明"
    book.create_sheet("证据").append(["对象编号", "标题"])
    second = book.create_sheet("名单")
    second.append(["编号", "名称"])
    second.append([1, "甲"])
    book.save(tmp_path / "a.xlsx")
    assert [row.values for row in read_rows(tmp_path / "a.xlsx")] == [{"编号": 1, "名称": "甲"}]


def test_formulas_give_their_last_value(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["编号", "名称"], ["1", "=A2"]])
    content = {}
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    sheet = content["xl/worksheets/sheet1.xml"]
    assert b"<f>A2</f><v" in sheet
    sheet = sheet.replace(b"<f>A2</f><v></v>", b"<f>A2</f><v>7</v>")
    content["xl/worksheets/sheet1.xml"] = sheet.replace(b"<f>A2</f><v/>", b"<f>A2</f><v>7</v>")
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    (row,) = read_rows(path)
    assert row.values["名称"] == 7


def test_no_header(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["甲", "乙"], [1, 2]])
    with pytest.raises(UnreadableFileError, match=r"找不到表头.*只看到：甲、乙"):
        list(read_rows(path))


@pytest.mark.parametrize("member", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_workbook_broken_inside(tmp_path: Path, member: str) -> None:
    whole = write_xlsx(tmp_path / "whole.xlsx", [["编号", "名称"], [1, "甲"]])
    path = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(whole) as archive, zipfile.ZipFile(path, "w") as broken:
        for name in archive.namelist():
            data = archive.read(name)
            broken.writestr(name, data[: len(data) // 2] if name == member else data)
    with pytest.raises(UnreadableFileError, match="已损坏"):
        list(read_rows(path))


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(UnreadableFileError, match="已损坏"):
        list(read_rows(path))


def test_the_evidence_sheet(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "a.xlsx", [["编号", "名称"]], evidence=[["对象编号", "标题"], ["1", "甲"]]
    )
    (row,) = read_evidence_sheet(path)
    assert (row.number, row.values) == (2, {"对象编号": "1", "标题": "甲"})
    book = load_workbook(path)
    book["证据"]["A1"], book["证据"]["B1"] = "x", "y"
    book.save(path)
    with pytest.raises(UnreadableFileError, match="工作表“证据”里找不到表头"):
        list(read_evidence_sheet(path))
