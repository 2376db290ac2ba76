"""What can be said of a file before it is read: there, of a known kind, whole, of a sane size."""

import zipfile
from pathlib import Path

from matcher.errors import UnreadableFileError

SUFFIXES = (".jsonl", ".csv", ".xlsx")

MEGABYTE = 1024 * 1024
LARGEST_FILE = 200 * MEGABYTE
LARGEST_LINES = 4096 * MEGABYTE
"""Largest file of JSON lines, which programs write and which is read line by line."""
LARGEST_UNPACKED = 500 * MEGABYTE
LARGEST_RATIO = 200

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SAVE_AS_XLSX = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再导入"


def check_file(path: Path) -> str:
    """Make sure that a file can be read as what its name says.

    Returns:
        The suffix of the file, in lower case, one of `SUFFIXES`.

    Raises:
        UnreadableFileError: it is missing, a folder, empty, too large, of an unknown kind, or its
            content is not what its name says.
    """
    if not path.exists():
        raise UnreadableFileError(f"找不到文件“{path.name}”，请检查文件名和所在文件夹")
    if not path.is_file():
        raise UnreadableFileError(f"“{path.name}”是文件夹而不是文件，请选择其中的一个文件")
    suffix = path.suffix.lower()
    _check_size(path, LARGEST_LINES if suffix == ".jsonl" else LARGEST_FILE)
    start = _read_start(path)
    if suffix in {".xlsx", ".xls", ".xlsm", ".et"}:
        _check_workbook(path, suffix, start)
    elif suffix not in SUFFIXES:
        raise UnreadableFileError(
            f"不认识的文件类型“{path.name}”，可导入的有：{'、'.join(SUFFIXES)}"
        )
    elif start.startswith((_OLE, _ZIP)):
        raise UnreadableFileError(f"“{path.name}”其实是表格文件而不是文本，{_SAVE_AS_XLSX}")
    return suffix


def _check_size(path: Path, largest: int) -> None:
    size = path.stat().st_size
    if size == 0:
        raise UnreadableFileError(f"“{path.name}”是空文件")
    if size > largest:
        raise UnreadableFileError(
            f"“{path.name}”有 {size // MEGABYTE} MB，最大 {largest // MEGABYTE} MB，请拆成几个文件"
        )


def _read_start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(512)
    except OSError as error:
        raise UnreadableFileError(f"“{path.name}”打不开：{error.strerror}") from error


def _check_workbook(path: Path, suffix: str, start: bytes) -> None:
    if start.startswith(_OLE):
        raise UnreadableFileError(_describe_ole(path))
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise UnreadableFileError(
            f"“{path.name}”其实是网页（HTML）而不是 Excel 文件，{_SAVE_AS_XLSX}"
        )
    if suffix != ".xlsx":
        raise UnreadableFileError(f"“{path.name}”不是 .xlsx 文件，{_SAVE_AS_XLSX}")
    if not start.startswith(_ZIP):
        raise UnreadableFileError(f"“{path.name}”不是 Excel 文件或已损坏，{_SAVE_AS_XLSX}")
    _check_unpacked_size(path)


def _describe_ole(path: Path) -> str:
    with path.open("rb") as file:
        encrypted = _ENCRYPTED in file.read(MEGABYTE) or _ENCRYPTED in _read_end(path)
    if encrypted:
        return f"“{path.name}”有打开密码，请在 Excel 中取消密码（文件—信息—保护工作簿）后再导入"
    return f"“{path.name}”是旧版 Excel（.xls）文件，{_SAVE_AS_XLSX}"


def _read_end(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - MEGABYTE))
        return file.read()


def _check_unpacked_size(path: Path) -> None:
    """Refuse a zip bomb. The sizes an archive states bind: zipfile reads no more than they say."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFileError(
            f"“{path.name}”已损坏，打不开，{_SAVE_AS_XLSX}；还不行请换一份"
        ) from error
    if unpacked > LARGEST_UNPACKED or unpacked > LARGEST_RATIO * path.stat().st_size:
        raise UnreadableFileError(
            f"“{path.name}”解压后有 {unpacked // MEGABYTE} MB，大得不正常，为安全起见不予读取；"
            "请把内容复制到新的工作簿，或拆成几个文件"
        )
