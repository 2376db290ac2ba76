"""Snapshots of both sides' indexes on disk, stamped with what they were made from.

A snapshot is a folder of its own; the file CURRENT names the one in use and is replaced in one
step, so that a crash at any moment leaves the old snapshot usable.
"""

import json
import shutil
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from matcher.errors import IndexStateError

FORMAT = 4
_CURRENT = "CURRENT"
_STAMP = "stamp.json"
_DRAFT, _FINISHED = "writing-", "snapshot-"
_ABANDONED_AFTER = 24 * 3600.0
_REBUILD = "请运行 matcher index build 重建索引（数据不受影响）"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a snapshot was made from; it serves only where all but the revision agree.

    `token` is that of the revision in the store, so that a store restored from a backup, which
    counts on from an older revision, is told from the one that the snapshot was made from.
    """

    format: int
    library_id: str
    model_id: str
    dimension: int
    analysis: str
    revision: int
    token: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot on disk."""

    folder: Path
    stamp: Stamp


def save_snapshot(folder: Path, write: Callable[[Path], Stamp]) -> Snapshot:
    """Write a snapshot under `folder`, make it the current one and drop old ones.

    The one that was current until now stays, for a process that is just reading it.

    Args:
        folder: of the snapshots.
        write: fills a folder that exists and tells what it was made from.

    Raises:
        IndexStateError: it cannot be written; the current snapshot is as it was.
    """
    name = uuid.uuid4().hex[:16]
    draft, target = folder / f"{_DRAFT}{name}", folder / f"{_FINISHED}{name}"
    try:
        draft.mkdir(parents=True)
        stamp = write(draft)
        (draft / _STAMP).write_text(json.dumps(asdict(stamp)), encoding="utf-8")
        draft.rename(target)
        previous = _current_folder(folder)
        pointer = folder / f"{_CURRENT}.{name}"
        pointer.write_text(target.name, encoding="utf-8")
        pointer.replace(folder / _CURRENT)
    except BaseException as error:
        shutil.rmtree(draft, ignore_errors=True)
        if isinstance(error, OSError | RuntimeError):
            raise IndexStateError(f"索引无法写入 {folder}：{error}。数据不受影响") from error
        raise
    _tidy_up(folder, {target, previous})
    return Snapshot(target, stamp)


def current_name(folder: Path) -> str:
    """Name of the snapshot in use, empty if there is none; cheap enough to be asked often.

    Raises:
        IndexStateError: the folder cannot be read.
    """
    current = _current_folder(folder)
    return current.name if current else ""


def current_snapshot(folder: Path) -> Snapshot | None:
    """The snapshot in use, None if there is none.

    Raises:
        IndexStateError: its stamp is damaged.
    """
    current = _current_folder(folder)
    if current is None:
        return None
    try:
        stamp = Stamp(**json.loads((current / _STAMP).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise IndexStateError(f"索引快照 {current} 已损坏或属于另一版本。{_REBUILD}") from error
    return Snapshot(current, stamp)


def check_stamp(stamp: Stamp, expected: Stamp) -> None:
    """Check that a snapshot with `stamp` serves where `expected` would be stamped.

    Args:
        stamp: of the snapshot.
        expected: of the running program; its token is the one that the store has for the
            snapshot's revision, and its revision the store's.

    Raises:
        IndexStateError: it was made by another model, text analysis or version of the program,
            or from another library or another course of this one.
    """
    if stamp.model_id != expected.model_id or stamp.dimension != expected.dimension:
        raise IndexStateError(
            f"索引由模型 {stamp.model_id} 建立，而当前模型是 {expected.model_id}，"
            f"两者的向量不能混用。{_REBUILD}，或把 MATCHER_MODEL 改回原来的模型"
        )
    if stamp.format != expected.format or stamp.analysis != expected.analysis:
        raise IndexStateError(f"索引由程序的另一版本建立。{_REBUILD}")
    if stamp.library_id != expected.library_id:
        raise IndexStateError(f"索引属于另一个数据库。{_REBUILD}")
    if stamp.revision > expected.revision or stamp.token != expected.token:
        raise IndexStateError(f"索引与数据库的历史不符，数据库可能由备份恢复。{_REBUILD}")


def _current_folder(folder: Path) -> Path | None:
    try:
        name = (folder / _CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise IndexStateError(f"索引文件夹 {folder} 不可用：{error}") from error
    return folder / Path(name).name


def _tidy_up(folder: Path, kept: set[Path | None]) -> None:
    """Remove older snapshots, and drafts that a killed process left a day ago."""
    for other in folder.glob(f"{_FINISHED}*"):
        if other not in kept:
            shutil.rmtree(other, ignore_errors=True)
    for draft in folder.glob(f"{_DRAFT}*"):
        if time.time() - draft.stat().st_mtime > _ABANDONED_AFTER:
            shutil.rmtree(draft, ignore_errors=True)
