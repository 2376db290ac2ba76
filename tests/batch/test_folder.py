"""Documents appear whole or not at all."""

import errno
from pathlib import Path

import pytest

from matcher.batch.folder import drop_drafts, missing_documents, put_document
from matcher.errors import StoreError


def test_a_document_is_written_below_the_folder(tmp_path: Path) -> None:
    content = put_document(tmp_path / "新", "对接函/乐清市/1.txt", lambda at: _write(at, b"ab"))
    assert content == b"ab"
    assert (tmp_path / "新" / "对接函" / "乐清市" / "1.txt").read_bytes() == b"ab"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["1.txt"]


def test_a_document_that_was_there_is_replaced_whole(tmp_path: Path) -> None:
    put_document(tmp_path, "1.txt", lambda at: _write(at, b"long before"))

    def fail(at: Path) -> None:
        _write(at, b"half")
        raise OSError(errno.ENOSPC, "No space left on device", str(at))

    with pytest.raises(StoreError, match=r"磁盘空间不够，文档“1\.txt”没有写完.*会从这里接着做"):
        put_document(tmp_path, "1.txt", fail)
    assert [path.name for path in tmp_path.iterdir()] == ["1.txt"]
    assert (tmp_path / "1.txt").read_bytes() == b"long before"


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "文件").write_text("a file")
    with pytest.raises(StoreError, match="写不进文件夹"):
        put_document(tmp_path / "文件", "1.txt", lambda at: _write(at, b""))


def test_drafts_of_a_killed_run_are_removed(tmp_path: Path) -> None:
    put_document(tmp_path, "对接函/1.txt", lambda at: _write(at, b"ab"))

    def killed(at: Path) -> None:
        _write(at, b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        put_document(tmp_path, "对接函/2.txt", killed)
    assert len(list((tmp_path / "对接函").iterdir())) == 2
    drop_drafts(tmp_path)
    assert [path.name for path in (tmp_path / "对接函").iterdir()] == ["1.txt"]
    drop_drafts(tmp_path / "not there")


def test_missing_documents_are_found(tmp_path: Path) -> None:
    put_document(tmp_path, "1.txt", lambda at: _write(at, b"ab"))
    known = [("1.txt", 2), ("1.txt", 3), ("2.txt", 0)]
    assert missing_documents(tmp_path, known) == ["1.txt", "2.txt"]


def _write(at: Path, content: bytes) -> None:
    at.write_bytes(content)
