"""What may be attached, and where the bytes lie."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from matcher.errors import InvalidInputError, StoreError
from matcher.files import LARGEST, LONGEST_NAME, MEDIA_TYPES, FileStore, examined, kind_of

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def zipped(*names: str) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return written.getvalue()


def workbook() -> bytes:
    written = BytesIO()
    Workbook().save(written)
    return written.getvalue()


DOCX = zipped("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n...", "pdf"),
        (b"\xff\xd8\xff\xe0 rest", "jpg"),
        (b"\x89PNG\r\n\x1a\n rest", "png"),
        (workbook(), "xlsx"),
        (DOCX, "docx"),
        (OLE + "WordDocument".encode("utf-16-le"), "doc"),
        (OLE + "Workbook".encode("utf-16-le"), "xls"),
        (OLE + "Book".encode("utf-16-le") + b"\0\0", "xls"),
        ("会议纪要：下周三到厂".encode(), "txt"),
        ("会议纪要：下周三到厂".encode("gb18030"), "txt"),
        ("会议纪要".encode("utf-16"), "txt"),
        (b"<script>alert(1)</script>", "txt"),
    ],
)
def test_a_file_is_what_its_content_says(content: bytes, kind: str) -> None:
    assert kind_of(content) == kind
    file = examined(r"C:\桌面\协议.exe.PDF", content)
    assert file.name == f"协议.exe.{kind}"
    assert file.media_type == MEDIA_TYPES[kind]


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\0\x03 a program",
        b"\x7fELF\x02\x01\x01\0",
        OLE + "PowerPoint Document".encode("utf-16-le"),
        OLE + "WordDocument".encode("utf-16-le") + "_VBA_PROJECT".encode("utf-16-le"),
        zipped("a.exe"),
        zipped("[Content_Types].xml", "ppt/presentation.xml"),
        zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        DOCX[:40],
        b"\0\0\0\0",
    ],
)
def test_other_files_are_refused_whatever_they_are_called(content: bytes) -> None:
    with pytest.raises(InvalidInputError, match="不能接收这种文件") as caught:
        examined("协议.pdf", content)
    assert caught.value.field == "file"


def test_nothing_and_too_much_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="选择一个文件"):
        examined("a.txt", b"")
    assert examined("a.txt", b"a" * LARGEST)
    with pytest.raises(InvalidInputError, match="超过 10 MB"):
        examined("a.txt", b"a" * (LARGEST + 1))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.txt"),
        ("a\r\nSet-Cookie: b.txt", "a Set-Cookie b.txt"),
        ("协议\u202egpj.txt", "协议 gpj.txt"),
        (".txt", "附件.txt"),
        ("", "附件.txt"),
        ("长" * 300 + ".txt", "长" * LONGEST_NAME + ".txt"),
    ],
)
def test_a_name_means_nothing(name: str, kept: str) -> None:
    assert examined(name, b"text").name == kept


@given(st.text(max_size=40))
def test_a_name_is_always_fit_for_a_folder(name: str) -> None:
    kept = examined(name, b"text").name
    assert not set(kept) & set('/\\:*?"<>|\0\r\n')
    assert kept not in {".txt", "..", "."}
    assert kept.endswith(".txt")


def test_bytes_lie_under_their_hash_and_once(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    sha256 = store.keep(b"one")
    assert store.keep(b"one") == sha256
    (place,) = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert place == tmp_path / "files" / sha256[:2] / sha256
    assert store.read(sha256) == b"one"


def test_what_is_lost_or_damaged_is_said(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    sha256 = store.keep(b"one")
    place = tmp_path / sha256[:2] / sha256
    place.write_bytes(b"two")
    with pytest.raises(StoreError, match="损坏"):
        store.read(sha256)
    store.keep(b"one")
    assert store.read(sha256) == b"one"
    place.unlink()
    with pytest.raises(StoreError, match="没有这个附件"):
        store.read(sha256)


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match="没有存下来"):
        FileStore(tmp_path / "files").keep(b"one")
