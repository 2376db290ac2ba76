"""Batches of the small library in processes that may kill themselves on the way.

`Runs` starts one process, which imports the program and reads the screening models once, and has
that process fork for every run. A run opens the library anew and dies as any process does that is
killed: nothing of it is left but its files. The tests' own process does not fork; it has threads.
"""

import json
import os
import signal
import subprocess
import sys
import traceback
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, event

from matcher.batch import documents, needs
from matcher.batch.inputs import inputs_of
from matcher.batch.orders import Order, alone, run, start
from matcher.batch.steps import all_steps
from matcher.desk import Desk
from matcher.people import actor_of_program
from matcher.planning import load_settings
from tests.batch.library import opened_library
from tests.demo_needs import load_once, screener_of


class Run(NamedTuple):
    """How a run ended, below zero for the signal that killed it, and what it told."""

    status: int
    told: list[str]


class Runs:
    """Runs batches, each in a process of its own."""

    def __init__(self) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.batch.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )

    def __enter__(self) -> "Runs":
        return self

    def __exit__(self, *_: object) -> None:
        self._parent.communicate()

    def run(self, home: Path, out: Path, commits: int = 0) -> Run:
        """Run the batch of a home; with `commits`, it is killed before so many of its commits."""
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        print(json.dumps([str(home), str(out), commits]), file=self._parent.stdin, flush=True)
        told: list[str] = []
        for line in self._parent.stdout:
            if line.startswith("status "):
                return Run(int(line.split()[1]), told)
            told.append(line.rstrip("\n"))
        raise AssertionError("the process that starts the runs has died")


def main() -> None:
    """Fork for each run that the standard input names, and tell how it ended."""
    needs._KEPT_AT_ONCE = 3
    documents._AT_ONCE = 4
    load_once()
    for line in sys.stdin:
        home, out, commits = json.loads(line)
        child = os.fork()
        if child == 0:
            os._exit(_status_of(Path(home), Path(out), commits))
        _, status = os.waitpid(child, 0)
        print("status", os.waitstatus_to_exitcode(status), flush=True)


def _status_of(home: Path, out: Path, commits: int) -> int:
    try:
        _run(home, out, commits)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _run(home: Path, out: Path, commits: int) -> None:
    with closing(opened_library(home)) as matcher, alone(matcher.database, home):
        matcher.screener = screener_of(matcher)
        desk, settings = Desk(matcher, actor_of_program("测试")), load_settings(home)
        inputs = inputs_of(matcher, assignment=settings.as_json())
        order = Order(month=date(2026, 11, 1), out=out, by="测试")
        if commits:
            left = iter(range(commits))

            @event.listens_for(matcher.database.engine, "commit")
            def die(_connection: Connection) -> None:
                if next(left, None) is None:
                    os.kill(os.getpid(), signal.SIGKILL)

        started = start(desk, order, inputs)
        print("began", started.beginning.name, flush=True)
        run(desk, order, started, all_steps(settings, inputs), tell)


def tell(label: str, done: int, total: int) -> None:
    print(label, done, total, flush=True)


if __name__ == "__main__":
    main()
