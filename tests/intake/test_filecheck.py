import zipfile
from pathlib import Path

import pytest

from matcher.errors import UnreadableFileError
from matcher.intake import filecheck
from matcher.intake.filecheck import check_file
from tests.intake.files import write_xlsx

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        check_file(path)
    return caught.value.message


def made(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_sound_file_gives_its_suffix(tmp_path: Path) -> None:
    assert check_file(write_xlsx(tmp_path / "a.xlsx", [["编号", "名称"]])) == ".xlsx"
    assert check_file(made(tmp_path / "A.JSONL", b"{}")) == ".jsonl"


def test_missing_folder_empty(tmp_path: Path) -> None:
    assert "找不到文件“没有.csv”" in refusal(tmp_path / "没有.csv")
    assert "是文件夹" in refusal(tmp_path)
    assert "是空文件" in refusal(made(tmp_path / "a.csv", b""))


def test_unknown_suffix_names_the_known_ones(tmp_path: Path) -> None:
    assert ".jsonl、.csv、.xlsx" in refusal(made(tmp_path / "a.docx", b"PK\x03\x04"))


@pytest.mark.parametrize("name", ["a.xls", "a.xlsx"])
def test_old_encrypted_and_html_workbooks(tmp_path: Path, name: str) -> None:
    assert "旧版 Excel" in refusal(made(tmp_path / name, OLE + b"\0" * 600))
    encrypted = OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    assert "打开密码" in refusal(made(tmp_path / name, encrypted))
    assert "其实是网页" in refusal(made(tmp_path / name, b"\xef\xbb\xbf\n <html><table>"))


def test_broken_workbooks(tmp_path: Path) -> None:
    assert "不是 Excel 文件或已损坏" in refusal(made(tmp_path / "a.xlsx", b"junk"))
    whole = write_xlsx(tmp_path / "whole.xlsx", [["编号", "名称"]]).read_bytes()
    assert "已损坏" in refusal(made(tmp_path / "cut.xlsx", whole[: len(whole) // 2]))
    assert "不是 .xlsx 文件" in refusal(made(tmp_path / "a.xlsm", whole))


def test_a_workbook_called_csv(tmp_path: Path) -> None:
    assert "其实是表格文件" in refusal(made(tmp_path / "a.csv", b"PK\x03\x04rest"))


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000_000)
    assert "大得不正常" in refusal(path)


def test_sizes_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["编号", "名称"]])
    monkeypatch.setattr(filecheck, "LARGEST_UNPACKED", 100)
    assert "大得不正常" in refusal(path)
    monkeypatch.setattr(filecheck, "LARGEST_FILE", 100)
    assert "请拆成几个文件" in refusal(path)


def test_json_lines_may_be_larger_than_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filecheck, "LARGEST_FILE", 100)
    content = b'{"id": "P1"}\n' * 20
    assert "请拆成几个文件" in refusal(made(tmp_path / "a.csv", content))
    assert check_file(made(tmp_path / "a.jsonl", content)) == ".jsonl"
    monkeypatch.setattr(filecheck, "LARGEST_LINES", 100)
    assert "请拆成几个文件" in refusal(made(tmp_path / "a.jsonl", content))
