"""Documents on disk: written beside their place, brought to the disk, then put there whole."""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from errno import EDQUOT, EFBIG, ENOSPC
from pathlib import Path
from typing import Final

from matcher.errors import StoreError

_DRAFT: Final = ".未完成"
_FULL: Final = frozenset({ENOSPC, EDQUOT, EFBIG})


def put_document(folder: Path, path: str, write: Callable[[Path], None]) -> bytes:
    """Write a document so that nobody ever sees half of one.

    Args:
        folder: of the batch; it and those below it are made.
        path: below the folder.
        write: writes the document to the place that it is given.

    Returns:
        What was written.

    Raises:
        StoreError: it cannot be written; nothing is left of it.
    """
    place = folder / path
    draft = place.with_name(f".{place.name}{_DRAFT}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        write(draft)
        with draft.open("rb+") as file:
            content = file.read()
            os.fsync(file.fileno())
        draft.replace(place)
        _settle(place.parent)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise StoreError(_refused(folder, path, error)) from error
    return content


def drop_drafts(folder: Path) -> None:
    """Remove what a run that was killed left half written.

    Raises:
        StoreError: the folder cannot be changed.
    """
    try:
        for draft in folder.rglob(f".*{_DRAFT}"):
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"不能整理文件夹 {folder}：{error.strerror}") from error


def missing_documents(folder: Path, documents: Iterable[tuple[str, int]]) -> list[str]:
    """Paths of documents that are not in the folder, or have another size than they should."""
    return [path for path, size in documents if not _is_there(folder / path, size)]


def _is_there(place: Path, size: int) -> bool:
    try:
        return place.is_file() and place.stat().st_size == size
    except OSError:
        return False


def _settle(folder: Path) -> None:
    """Bring to the disk that a file was renamed, where the system has a way to."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _refused(folder: Path, path: str, error: OSError) -> str:
    if error.errno in _FULL:
        return (
            f"磁盘空间不够，文档“{path}”没有写完。请在 {folder} 所在的磁盘上腾出空间，"
            "再用同样的命令运行，会从这里接着做"
        )
    return (
        f"文档“{path}”写不进文件夹 {folder}：{error.strerror}。"
        "请检查文件夹是否存在、是否允许写入，再用同样的命令运行，会从这里接着做"
    )
