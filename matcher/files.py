"""Attached files (附件): what may be attached, and where the bytes lie.

What a file is its content tells, never its name: `examined` knows a few kinds, none of which a
browser runs, and refuses all others. The bytes lie under the SHA-256 of themselves in the
workspace, so that the same file is kept once and a name can lead nowhere else.
"""

import hashlib
import os
import re
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from secrets import token_hex
from typing import Final

from matcher.errors import InvalidInputError, StoreError, UnreadableFileError
from matcher.text.fold import tidy

LARGEST: Final = 10 * 1024 * 1024
"""Largest file that may be attached, in bytes."""
LONGEST_NAME: Final = 120
ACCEPTED: Final = "pdf、doc、docx、xls、xlsx、jpg、png、txt"

_OOXML = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES: Final = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": f"{_OOXML}.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": f"{_OOXML}.spreadsheetml.sheet",
    "jpg": "image/jpeg",
    "png": "image/png",
    "txt": "text/plain",
}
"""The kinds of files that are kept, by the ending that their names get."""

_STARTS = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_OLE_STREAMS = {
    "WordDocument".encode("utf-16-le"): "doc",
    "Workbook".encode("utf-16-le"): "xls",
    "B\0o\0o\0k\0\0\0".encode("ascii"): "xls",
}
_OLE_MACROS = "_VBA_PROJECT".encode("utf-16-le")
_ZIP_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
_ENDINGS = re.compile(r"\.(?:pdf|docx?|xlsx?|jpe?g|png|txt)$", re.IGNORECASE)
_UNFIT = re.compile(r'[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\\/:*?"<>|]+')
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that may be kept: a name whose ending tells the truth, what it is, and its bytes."""

    name: str
    media_type: str
    content: bytes


def examined(name: str, content: bytes) -> Examined:
    """Look at a file that somebody wants to attach.

    Args:
        name: as it was called where it came from.
        content: all of its bytes, or more than `LARGEST` of them.

    Raises:
        InvalidInputError: it is empty, too large, or none of the kinds that are kept.
    """
    if not content:
        raise InvalidInputError("请选择一个文件；选中的文件不能是空的", field="file")
    if len(content) > LARGEST:
        most = LARGEST // (1024 * 1024)
        raise InvalidInputError(f"文件超过 {most} MB，请压缩或拆分以后再上传", field="file")
    ending = kind_of(content)
    return Examined(_fit_name(name, ending), MEDIA_TYPES[ending], content)


def kind_of(content: bytes) -> str:
    """What a file is, by its content; one of `MEDIA_TYPES`.

    Raises:
        UnreadableFileError: none of them.
    """
    for start, ending in _STARTS.items():
        if content.startswith(start):
            return ending
    if content.startswith(_OLE):
        found = _kind_of_ole(content)
    elif content.startswith(_ZIP):
        found = _kind_of_zip(content)
    else:
        found = "txt" if _is_text(content) else ""
    if not found:
        raise UnreadableFileError(
            f"不能接收这种文件。可以上传：{ACCEPTED}；判断按文件内容，改名没有用", field="file"
        )
    return found


class FileStore:
    """Files in a folder, each under its SHA-256: `ab/ab12…`."""

    def __init__(self, folder: Path) -> None:
        """Use a folder; it is made with the first file."""
        self._folder = folder

    def keep(self, content: bytes) -> str:
        """Write a file down, unless it is there already; returns its SHA-256.

        It is written under another name first, so that nobody ever reads half of one.

        Raises:
            StoreError: it cannot be written.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        place = self._place(sha256)
        draft = place.with_name(f"{sha256}.{token_hex(8)}")
        try:
            if place.is_file() and place.read_bytes() == content:
                return sha256
            place.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(place)
        except OSError as error:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise StoreError(f"附件没有存下来：{error.strerror}。请告诉管理员") from error
        return sha256

    def read(self, sha256: str) -> bytes:
        """The bytes of a file.

        Raises:
            StoreError: they are not there, or not what was kept.
        """
        try:
            content = self._place(sha256).read_bytes()
        except OSError as error:
            raise StoreError("工作区里没有这个附件的内容，请让管理员从备份恢复") from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise StoreError("这个附件的内容已经损坏，请让管理员从备份恢复")
        return content

    def _place(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


def _kind_of_ole(content: bytes) -> str:
    """Whether it is a doc or an xls, by its streams; empty for others, and with macros in it."""
    if _OLE_MACROS in content:
        return ""
    return next((kind for mark, kind in _OLE_STREAMS.items() if mark in content), "")


def _kind_of_zip(content: bytes) -> str:
    """Whether it is a docx or an xlsx; empty for other archives, and with macros in it."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = {name.lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return ""
    if any(name.endswith("vbaproject.bin") for name in names):
        return ""
    if "[content_types].xml" not in names:
        return ""
    return next((ending for part, ending in _ZIP_PARTS.items() if part in names), "")


def _is_text(content: bytes) -> bool:
    """Whether it is a text in UTF-8, UTF-16 with a mark, or the Chinese GB 18030."""
    codec = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ""
    for encoding in (codec,) if codec else ("utf-8", "gb18030"):
        try:
            return not _NOT_TEXT.search(content.decode(encoding))
        except UnicodeDecodeError:
            continue
    return False


def _fit_name(name: str, ending: str) -> str:
    """A name without folders and signs that mean something, with the ending of its content."""
    last = re.split(r"[\\/]", name)[-1]
    stem = tidy(_UNFIT.sub(" ", _ENDINGS.sub("", last))).strip(" .")
    return f"{stem[:LONGEST_NAME].rstrip(' .') or '附件'}.{ending}"
