"""Starting a batch from a page: a process of its own, that outlives the web server.

What it prints goes into a file beside its documents. A note beside that says when it was started
and how it ended, so that a start that failed before there was a batch can be told about.
"""

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from matcher.errors import StoreError
from matcher.settings import Settings

_LOG: Final = "运行记录.txt"
_NOTE: Final = "launch.json"
_LAST_LINES: Final = 3
_READ: Final = 20_000
_MARK: Final = "错误："
_LONGEST_RUN: Final = timedelta(days=1)
"""After that long another process may have got the number of one that ended unseen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """The last start from a page. `status` is None while the process runs, or if nobody knows."""

    month: str
    at: datetime
    by: str
    pid: int
    status: int | None = None

    @property
    def failed(self) -> bool:
        """Whether the process ended with an error."""
        return self.status not in (None, 0)


class Launcher:
    """Starts `matcher batch` for one instance."""

    def __init__(self, settings: Settings) -> None:
        """Use the settings of the web server for the batch too."""
        self._settings = settings

    def launch(self, month: str, by: str, *, fresh: bool = False) -> Launch:
        """Start a batch of a month; returns at once.

        Raises:
            StoreError: the process cannot be started, or its folder not be made.
        """
        folder = documents_folder(self._settings.home, month)
        command = [sys.executable, "-m", "matcher.cli", "batch", "--month", month]
        command += ["--out", str(folder), "--by", by, *(["--fresh"] if fresh else [])]
        try:
            log = self._folder / f"{month} {_LOG}"
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("wb") as output:
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=dict(os.environ) | environment_of(self._settings),
                    start_new_session=True,
                )
            begun = Launch(month=month, at=datetime.now(UTC), by=by, pid=process.pid)
            self._note(begun)
        except OSError as error:
            raise StoreError(f"批次没有启动：{error.strerror}（{error.filename}）") from error
        # A child that nobody waits for stays in the table of processes when it has ended.
        threading.Thread(target=self._wait, args=(process, begun), daemon=True).start()
        return begun

    def last(self) -> Launch | None:
        """The last start; None if there was none."""
        try:
            noted = json.loads((self._folder / _NOTE).read_text(encoding="utf-8"))
            return Launch(**{**noted, "at": datetime.fromisoformat(noted["at"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def is_alive(self, launch: Launch) -> bool:
        """Whether the process that was started still runs, as far as this machine can tell."""
        if launch.status is not None or datetime.now(UTC) - launch.at > _LONGEST_RUN:
            return False
        try:
            os.kill(launch.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    def message(self, launch: Launch) -> str:
        """What a start that failed printed at its end; empty if it printed nothing."""
        try:
            with (self._folder / f"{launch.month} {_LOG}").open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _READ))
                lines = file.read().decode("utf-8", "replace").splitlines()
        except OSError:
            return ""
        printed = [line.strip() for line in lines if line.strip()]
        told = [line for line in printed if line.startswith(_MARK)]
        return told[-1].removeprefix(_MARK) if told else "；".join(printed[-_LAST_LINES:])

    @property
    def _folder(self) -> Path:
        return self._settings.home.resolve() / "batches"

    def _wait(self, process: "subprocess.Popen[bytes]", launch: Launch) -> None:
        status = process.wait()
        ended = Launch(
            month=launch.month, at=launch.at, by=launch.by, pid=launch.pid, status=status
        )
        last = self.last()
        if last is not None and last.pid == launch.pid:
            try:
                self._note(ended)
            except OSError:
                return  # the disk is full; the batch itself says so too

    def _note(self, launch: Launch) -> None:
        noted = {
            "month": launch.month,
            "at": launch.at.isoformat(),
            "by": launch.by,
            "pid": launch.pid,
            "status": launch.status,
        }
        place = self._folder / _NOTE
        draft = place.with_name(f"{_NOTE}.{os.getpid()}")
        draft.write_text(json.dumps(noted, ensure_ascii=False), encoding="utf-8")
        draft.replace(place)


def documents_folder(home: Path, month: str) -> Path:
    """Where the documents of a batch lie that was started from a page."""
    return home.resolve() / "batches" / month


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment in which another process reads the same settings."""
    values = settings.model_dump(mode="json") | {"home": str(settings.home.resolve())}
    return {
        f"{settings.model_config['env_prefix']}{name}".upper(): str(value)
        for name, value in values.items()
        if value is not None
    }
