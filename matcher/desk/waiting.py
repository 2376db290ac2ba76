"""Uploaded spreadsheets that wait in the workspace for somebody to confirm their import."""

import json
import re
import secrets
import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from matcher.errors import InvalidInputError, NotFoundError
from matcher.intake import Subject
from matcher.intake.filecheck import check_file
from matcher.people import Actor
from matcher.text.fold import tidy

LARGEST_UPLOAD: Final = 20 * 1024 * 1024
KEPT_FOR: Final = 24 * 3600
"""Seconds that an upload waits."""

_FOLDER = "uploads"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{24}")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
_CHUNK = 1024 * 1024
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that waits.

    Attributes:
        token: its random name in addresses.
        path: the file; its name is the one that it was sent under.
        subject: what it is about.
        at: when it came.
    """

    token: str
    path: Path
    subject: Subject
    at: datetime


class WaitingRoom:
    """The uploads of one instance. Each is seen by whoever sent it, and by nobody else."""

    def __init__(self, home: Path) -> None:
        self._folder = home / _FOLDER

    def keep(self, actor: Actor, name: str, subject: Subject, content: BinaryIO) -> Upload:
        """Store a file until it is imported or dropped.

        Args:
            actor: who sends it.
            name: what it is called there.
            subject: what it is about.
            content: its bytes.

        Raises:
            InvalidInputError: it is too large.
            UnreadableFileError: it is not a spreadsheet that can be read.
        """
        self._tidy_up()
        token = secrets.token_urlsafe(18)
        path = self._folder / token / _safe(name)
        path.parent.mkdir(parents=True, mode=0o700)
        try:
            _copy(content, path)
            check_file(path)
            at = datetime.now(UTC)
            said = {
                "owner": _owner(actor),
                "name": path.name,
                "subject": subject.value,
                "at": at.isoformat(),
            }
            self._ticket(token).write_text(json.dumps(said), encoding="utf-8")
        except BaseException:
            shutil.rmtree(path.parent, ignore_errors=True)
            raise
        return Upload(token=token, path=path, subject=subject, at=at)

    def find(self, actor: Actor, token: str) -> Upload:
        """An upload of the actor's.

        Raises:
            NotFoundError: there is none, it has expired, or it is somebody else's.
        """
        upload = self._read(actor, token) if _TOKEN.fullmatch(token) else None
        if upload is None:
            raise NotFoundError("待导入的文件", token[:24])
        return upload

    def of(self, actor: Actor) -> list[Upload]:
        """The uploads of the actor that still wait, the latest first."""
        self._tidy_up()
        tokens = [path.stem for path in self._folder.glob("*.json")]
        found = [upload for token in tokens if (upload := self._read(actor, token))]
        return sorted(found, key=lambda upload: upload.at, reverse=True)

    def drop(self, upload: Upload) -> None:
        """Remove an upload."""
        self._remove(upload.token)

    def _read(self, actor: Actor, token: str) -> Upload | None:
        try:
            said = json.loads(self._ticket(token).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        path = self._folder / token / said["name"]
        at = datetime.fromisoformat(said["at"])
        expired = (datetime.now(UTC) - at).total_seconds() > KEPT_FOR
        if said["owner"] != _owner(actor) or expired or not path.is_file():
            return None
        return Upload(token=token, path=path, subject=Subject(said["subject"]), at=at)

    def _tidy_up(self) -> None:
        """Remove what nobody came back for."""
        for folder in self._folder.glob("*/"):
            if folder.is_dir() and time.time() - folder.stat().st_mtime > KEPT_FOR:
                self._remove(folder.name)

    def _remove(self, token: str) -> None:
        self._ticket(token).unlink(missing_ok=True)
        shutil.rmtree(self._folder / token, ignore_errors=True)

    def _ticket(self, token: str) -> Path:
        return self._folder / f"{token}.json"


def _owner(actor: Actor) -> str:
    return f"{actor.kind}:{actor.id}"


def _safe(name: str) -> str:
    """The last part of a name, fit for a file; the ending, which says what it is, stays."""
    last = _UNSAFE.sub("_", tidy(re.split(r"[/\\]", name)[-1])).strip(". ") or "file"
    stem, suffix = Path(last).stem, Path(last).suffix[:10]
    return f"{stem[:_LONGEST_NAME]}{suffix}"


def _copy(content: BinaryIO, path: Path) -> None:
    size = 0
    with path.open("wb") as file:
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            if size > LARGEST_UPLOAD:
                most = LARGEST_UPLOAD // (1024 * 1024)
                raise InvalidInputError(
                    f"文件超过 {most} MB。请删去图片和不用的工作表，或拆成几个文件", field="file"
                )
            file.write(chunk)
