import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from threading import Thread
from time import monotonic, sleep

import numpy as np
import pytest

from matcher.pairing import assignment, child
from matcher.pairing.assignment import assign
from matcher.pairing.core import core_of
from matcher.pairing.instance import instance_of
from matcher.pairing.records import Assignment
from matcher.pairing.stages import stages, standing
from matcher.pairing.start import start
from tests.pairing.problems import crowd

SLEEPING = "import time; time.sleep(60)"
FAILING = "raise SystemExit(3)"
KILLED = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Children that were started; every problem gets one."""
    children: list[subprocess.Popen[bytes]] = []

    class Watched(subprocess.Popen[bytes]):
        def __init__(self, *args: object, **options: object) -> None:
            super().__init__(*args, **options)  # type: ignore[call-overload]
            children.append(self)

    monkeypatch.setattr(assignment, "ELSEWHERE", 0)
    monkeypatch.setattr(child.subprocess, "Popen", Watched)
    yield children
    assert all(one.returncode is not None for one in children)


def test_a_child_finds_what_this_process_finds(
    started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = assign(crowd())
    assert len(started) == 1
    monkeypatch.setattr(assignment, "ELSEWHERE", 10**9)
    here = assign(crowd())
    assert len(started) == 1
    assert elsewhere.chosen == here.chosen
    assert elsewhere.gap == here.gap == 0.0


def test_it_works_in_a_thread_of_a_server(started: list[subprocess.Popen[bytes]]) -> None:
    plans: list[Assignment] = []
    thread = Thread(target=lambda: plans.append(assign(crowd())))
    thread.start()
    thread.join()
    assert plans[0].gap == 0.0
    assert len(started) == 1


def test_the_child_is_stopped_when_the_time_is_over(
    started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "_COMMAND", SLEEPING)
    began = monotonic()
    plan = assign(crowd(), time_limit=0.5)
    assert monotonic() - began < 20
    assert started[0].returncode == -signal.SIGKILL
    assert plan.figures.needs_served > 0
    assert 0.0 < plan.gap < 1.0


def test_without_time_no_child_is_started(started: list[subprocess.Popen[bytes]]) -> None:
    assert assign(crowd(), time_limit=0).gap > 0.0
    assert started == []


def test_a_child_that_fails_is_replaced(
    started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "_COMMAND", FAILING)
    assert assign(crowd()).gap == 0.0
    assert started[0].returncode == 3


def test_a_child_that_was_killed_leaves_the_plan_that_there_is(
    started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "_COMMAND", KILLED)
    plan = assign(crowd())
    assert plan.chosen
    assert plan.gap > 0.0
    assert len(started) == 1


def test_ctrl_c_ends_the_child_as_well() -> None:
    code = (
        "from matcher.pairing import assignment, child\n"
        "from tests.pairing.problems import crowd\n"
        "from tests.pairing.test_child import SLEEPING\n"
        'child._COMMAND = \'import os; print(os.getpid(), file=__import__("sys").stderr,'
        " flush=True); ' + SLEEPING\n"
        "assignment.ELSEWHERE = 0\n"
        "assignment.assign(crowd())\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    with process.stderr as errors:
        pid = int(errors.readline())
        sleep(0.2)
        process.send_signal(signal.SIGINT)
        assert "KeyboardInterrupt" in errors.read()
    assert process.wait(timeout=20) != 0
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_every_stage_is_at_least_as_fair_as_the_one_before() -> None:
    core = core_of(instance_of(crowd()))
    none = np.zeros(0, np.int64)
    fair, proven = [standing(core, stage.chosen) for stage in stages(core)]
    assert standing(core, start(core, none))[0] <= fair[0] == proven[0]
    assert standing(core, start(core, none)) <= proven
    assert fair <= proven
