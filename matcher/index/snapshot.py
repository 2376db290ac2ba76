"""Snapshots of both sides' indexes on disk, stamped with what they were made from.

A snapshot is a folder of its own; the file CURRENT names the one in use and is replaced in one
step, so that a crash at any moment leaves the old snapshot usable.
"""

import json
import os
import shutil
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from matcher.errors import IndexStateError
from matcher.index.passages import PassageIndex
from matcher.records import Side

FORMAT = 1
_CURRENT = "CURRENT"
_STAMP = "stamp.json"
_DRAFT, _FINISHED = "writing-", "snapshot-"
_ABANDONED_AFTER = 24 * 3600.0
_REBUILD = "请运行 matcher index build 重建索引（数据不受影响）"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a snapshot was made from; it serves only where all but the revision agree."""

    format: int
    library_id: str
    model_id: str
    dimension: int
    analysis: str
    revision: int


def save_snapshot(folder: Path, stamp: Stamp, sides: dict[Side, PassageIndex]) -> Path:
    """Write a snapshot under `folder`, make it the current one and drop older ones."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f"{_DRAFT}{stamp.revision}-", dir=folder))
    try:
        for side, index in sides.items():
            (draft / side.value).mkdir()
            index.save(draft / side.value)
        (draft / _STAMP).write_text(json.dumps(asdict(stamp)), encoding="utf-8")
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    target = draft.rename(folder / draft.name.replace(_DRAFT, _FINISHED))
    pointer = folder / f"{_CURRENT}.{target.name}"
    pointer.write_text(target.name, encoding="utf-8")
    pointer.replace(folder / _CURRENT)
    _tidy_up(folder, target)
    return target


def read_stamp(folder: Path) -> Stamp | None:
    """Stamp of the current snapshot, None if there is no snapshot.

    Raises:
        IndexStateError: the snapshot is damaged.
    """
    current = _current(folder)
    if current is None:
        return None
    try:
        return Stamp(**json.loads((current / _STAMP).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise IndexStateError(f"索引快照 {current} 已损坏。{_REBUILD}") from error


def load_snapshot(folder: Path, expected: Stamp) -> tuple[Stamp, dict[Side, PassageIndex]] | None:
    """The current snapshot, None if there is none.

    Args:
        folder: where snapshots lie.
        expected: what the running program would stamp; its revision is the store's.

    Raises:
        IndexStateError: the snapshot is damaged, was made from another library, by another model
            or text analysis, or is newer than the store.
    """
    stamp, current = read_stamp(folder), _current(folder)
    if stamp is None or current is None:
        return None
    check_stamp(stamp, expected)
    sides = {side: PassageIndex.load(current / side.value) for side in Side}
    return stamp, sides


def check_stamp(stamp: Stamp, expected: Stamp) -> None:
    """Raise IndexStateError unless a snapshot with `stamp` serves where `expected` is wanted."""
    if stamp.model_id != expected.model_id or stamp.dimension != expected.dimension:
        raise IndexStateError(
            f"索引由模型 {stamp.model_id} 建立，而当前模型是 {expected.model_id}，"
            f"两者的向量不能混用。{_REBUILD}，或把 MATCHER_MODEL 改回原来的模型"
        )
    if stamp.format != expected.format or stamp.analysis != expected.analysis:
        raise IndexStateError(f"索引由程序的另一版本建立。{_REBUILD}")
    if stamp.library_id != expected.library_id:
        raise IndexStateError(f"索引属于另一个数据库。{_REBUILD}")
    if stamp.revision > expected.revision:
        raise IndexStateError(f"索引比数据库新，数据库可能由备份恢复。{_REBUILD}")


def _current(folder: Path) -> Path | None:
    try:
        name = (folder / _CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return folder / os.path.basename(name)


def _tidy_up(folder: Path, current: Path) -> None:
    """Remove older snapshots, and drafts that a killed process left a day ago."""
    for other in folder.glob(f"{_FINISHED}*"):
        if other != current:
            shutil.rmtree(other, ignore_errors=True)
    for draft in folder.glob(f"{_DRAFT}*"):
        if time.time() - draft.stat().st_mtime > _ABANDONED_AFTER:
            shutil.rmtree(draft, ignore_errors=True)
