"""The server as it is started: several workers that count together, and its log."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import typer
from prometheus_client.parser import text_string_to_metric_families

from matcher import Settings
from matcher.bootstrap import open_library
from matcher.cli.serve import _check, _counting_together, _prepare
from matcher.errors import ConflictError, InvalidInputError
from matcher.store.needs import save_needs
from matcher.store.partners import save_partners
from tests.conftest import NEEDS, PARTNERS

SERVE = [sys.executable, "-m", "matcher.cli", "serve"]
PATIENCE = 180.0
"""Seconds; machines that run the tests are shared, and workers load a model."""


@dataclass(frozen=True)
class Running:
    """A server of two workers."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path

    def get(self, path: str) -> str:
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return str(answer.read(), "utf-8")

    def ask(self, count: int) -> None:
        """Send requests, several at once, so that no worker takes them all."""
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: self.get("/api/v1/health"), range(count)))

    def answered(self) -> float:
        """How many of them all workers together have counted."""
        wanted = {"method": "GET", "route": "/api/v1/health", "status": "2xx"}
        return next(
            value
            for name, labels, value in self.samples()
            if (name, labels) == ("matcher_request_seconds_count", wanted)
        )

    def pids(self) -> set[int]:
        """Numbers of the workers that are alive."""
        found = (labels["pid"] for name, labels, _ in self.samples() if "resident" in name)
        return {int(pid) for pid in found}

    def samples(self) -> list[tuple[str, dict[str, str], float]]:
        return [
            (sample.name, sample.labels, sample.value)
            for family in text_string_to_metric_families(self.get("/metrics"))
            for sample in family.samples
        ]

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]


def waited_for(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if condition():
                return True
        except OSError:
            pass  # it does not listen yet, or the worker that was asked was killed
        time.sleep(0.2)
    return False


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(home: Path) -> Iterator[Running]:
    port, log = free_port(), home / "log.jsonl"
    environment = os.environ | {
        "MATCHER_HOME": str(home),
        "MATCHER_LOG_FORMAT": "json",
        "MATCHER_LOG_FILE": str(log),
        "OMP_NUM_THREADS": "1",
    }
    with (home / "output").open("wb") as output:
        process = subprocess.Popen(
            [*SERVE, "--workers", "2", "--port", str(port)],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Running(process, port, log)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise


def test_two_workers_count_together(tmp_path: Path) -> None:
    with closing(open_library(Settings(home=tmp_path))) as database, database.writing() as session:
        save_needs(session, NEEDS)
        save_partners(session, PARTNERS)
    folder = tmp_path / "metrics"
    left = folder / "other" / "counter_1.db"
    left.parent.mkdir(parents=True)
    left.touch()
    with serving(tmp_path) as server:
        assert waited_for(lambda: len(server.pids()) == 2), (tmp_path / "output").read_text()
        both = server.pids()
        assert server.process.pid not in both
        sent = 0
        for _ in range(20):
            server.ask(20)
            sent += 20
            if len({line["pid"] for line in server.lines() if line.get("route")}) == 2:
                break
        for _ in range(6):
            assert server.answered() == sent, "whichever worker is asked"
        owners = [value for name, _, value in server.samples() if name == "matcher_index_owners"]
        assert owners == [len(NEEDS), len(PARTNERS)] or owners == [len(PARTNERS), len(NEEDS)]
        killed = min(both)
        os.kill(killed, signal.SIGKILL)
        assert waited_for(lambda: killed not in server.pids())
        assert server.answered() == sent, "what it has counted stays counted"
    assert left.exists(), "another server's"
    messages = [line["message"] for line in server.lines()]
    assert messages.count("request") >= sent
    assert not [line for line in server.lines() if line["level"] == "error"]
    printed = (tmp_path / "output").read_text("utf-8")
    assert "matcher user add" in printed
    assert "Traceback" not in printed


def test_what_cannot_be_used_is_told_before_workers_start(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit):
        _prepare(Settings(home=tmp_path, model="/no/such/model"), apart=True)
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("错误：")
    assert "/no/such/model" in line


def test_the_folder_is_empty_at_the_start_and_one_servers_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    with _counting_together(tmp_path, 8000, 2):
        folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
        assert folder.is_relative_to(tmp_path / "metrics")
        assert Settings(home=tmp_path).metrics_folder == folder
        (folder / "histogram_1.db").touch()
        with pytest.raises(ConflictError, match="8000"), _counting_together(tmp_path, 8000, 2):
            pass
        assert list(folder.iterdir()), "the other's attempt took nothing away"
        with _counting_together(tmp_path, 8001, 2):
            assert Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]) != folder
    with _counting_together(tmp_path, 8000, 2):
        assert list(folder.iterdir()) == []


def test_one_worker_counts_for_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "/left/over")
    with _counting_together(tmp_path, 8000, 1):
        assert Settings(home=tmp_path).metrics_folder is None
    assert list(tmp_path.iterdir()) == []


def test_a_token_that_could_be_guessed_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="MATCHER_METRICS_TOKEN"):
        _check(Settings(metrics_token="short"))
    _check(Settings(metrics_token="long enough to be a token"))
    _check(Settings())
