"""A served library on the loopback, and a client that takes little time of its own.

The machine's cores serve and ask at once, so the client is the standard library's: the usual ones
take as long for a request as some servers.
"""

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from time import perf_counter
from typing import Any

from tests.bench.home import Setting, command, environment_of
from tests.bench.machine import ROOT, run_watched

_PATIENCE = 600.0
_KEY = re.compile(r"密钥：(\S+)")
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers, and who it is."""

    port: int
    pid: int
    key: str
    seconds: float
    """From starting the process to its first answer."""


class Client:
    """Asks one server; each request has a connection of its own, as those of a proxy have.

    A connection that is kept would always ask the worker that took it first.
    """

    def __init__(self, port: int, key: str, patience: float = 60.0) -> None:
        self._port = port
        self._patience = patience
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def ask(self, method: str, path: str, body: Body | None = None) -> tuple[int, Any]:
        """Status and JSON of an answer; OSError or HTTPException if there is none."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=self._patience)
        try:
            told = None if body is None else json.dumps(body)
            connection.request(method, f"/api/v1{path}", told, self._headers)
            answer = connection.getresponse()
            raw = answer.read()
            return answer.status, json.loads(raw) if raw else None
        finally:
            connection.close()

    def wanted(self, method: str, path: str, body: Body | None = None) -> Any:  # noqa: ANN401
        """JSON of an answer that must succeed; RuntimeError with what it says if it does not."""
        status, told = self.ask(method, path, body)
        if status >= 400:
            raise RuntimeError(f"{method} {path}: {status} {told}")
        return told


def make_key(setting: Setting) -> str:
    """A new key to the interface of the library."""
    made = run_watched(
        command("key", "add", "bench", "--role", "city_staff", "--days", "1"), setting.environment
    )
    found = _KEY.search(made.output)
    if found is None:
        raise RuntimeError(f"no key in: {made.output}")
    return found[1]


@contextmanager
def serving(setting: Setting, key: str, workers: int) -> Iterator[Served]:
    """`matcher serve` with so many workers while the block runs."""
    port = _free_port()
    log = setting.home / f"serve-{port}.log"
    options = ["--workers", str(workers)] if workers > 1 else []
    started = perf_counter()
    with (
        log.open("w", encoding="utf-8") as said,
        subprocess.Popen(
            command("serve", "--port", str(port), *options),
            env=environment_of(setting),
            cwd=ROOT,
            stdout=said,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            _wait_for_answer(process, Client(port, key))
            yield Served(port, process.pid, key, perf_counter() - started)
        except BaseException:
            print(log.read_text(encoding="utf-8")[-3000:], file=sys.stderr)
            raise
        finally:
            process.terminate()
    log.unlink()


def _wait_for_answer(process: subprocess.Popen[bytes], client: Client) -> None:
    ends = perf_counter() + _PATIENCE
    while perf_counter() < ends:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            client.wanted("POST", "/match", {"text": "断路器触头温升过高", "record": False})
        except (OSError, HTTPException):
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the server does not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
