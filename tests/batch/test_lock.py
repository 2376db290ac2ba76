"""One batch at a time: processes, threads, and what a kill leaves behind."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from matcher.batch.lock import BatchLockedError, held, is_held
from matcher.batch.orders import Order, alone
from matcher.casework.batches import BatchState
from matcher.desk import Desk
from matcher.store.batch_runs import latest_batch
from matcher.store.database import Database
from tests.batch.conftest import begun

pytestmark = pytest.mark.any_database

HOLDER = """
import sys, time
from pathlib import Path
from matcher.batch.lock import held
from matcher.store.database import open_database
database = open_database(sys.argv[1])
with held(database, Path(sys.argv[2])):
    print("held", flush=True)
    time.sleep(60)
"""


def other_process(database: Database, home: Path) -> "subprocess.Popen[str]":
    """Another process that holds the lock."""
    url = database.engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, url, str(home)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_process_is_kept_out_until_the_first_is_killed(
    database: Database, tmp_path: Path
) -> None:
    assert not is_held(database, tmp_path)
    with other_process(database, tmp_path) as first:
        try:
            assert is_held(database, tmp_path)
            with pytest.raises(BatchLockedError), held(database, tmp_path):
                pass
        finally:
            first.send_signal(signal.SIGKILL)
    assert not is_held(database, tmp_path)
    with held(database, tmp_path):
        pass


def test_two_threads_of_one_process_exclude_each_other(database: Database, tmp_path: Path) -> None:
    refused: list[str] = []

    def enter() -> None:
        try:
            with held(database, tmp_path):
                refused.append("entered")
        except BatchLockedError as error:
            refused.append(error.message)

    with held(database, tmp_path):
        second = threading.Thread(target=enter)
        second.start()
        second.join()
        assert is_held(database, tmp_path)
    assert refused == ["已有一个月度批次在运行"]
    enter()
    assert refused[1:] == ["entered"]


def test_who_only_looks_keeps_nobody_out(database: Database, tmp_path: Path) -> None:
    with held(database, tmp_path):
        pass
    looking = threading.Event()
    seen: list[bool] = []

    def look() -> None:
        while not looking.is_set():
            seen.append(is_held(database, tmp_path))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        for _ in range(20):
            with held(database, tmp_path):
                pass
    finally:
        looking.set()
        watcher.join()
    assert seen


def test_the_second_is_told_who_runs(desk: Desk, order: Order, tmp_path: Path) -> None:
    with alone(desk.database, tmp_path):
        started = begun(desk, order)
        with pytest.raises(BatchLockedError) as caught, alone(desk.database, tmp_path):
            pass
    message = caught.value.message
    assert message.startswith("2026-11 月度批次正在运行：测试启动，")
    assert f"上的进程 {started.batch.pid}" in message
    assert message.endswith("请等它结束，或先取消它")


def test_the_second_is_told_that_the_first_is_only_starting(
    desk: Desk, order: Order, tmp_path: Path
) -> None:
    begun(desk, order)
    with (
        alone(desk.database, tmp_path),
        pytest.raises(BatchLockedError, match="正在启动"),
        alone(desk.database, tmp_path),
    ):
        pass


def test_whoever_holds_the_lock_knows_that_others_were_killed(
    desk: Desk, order: Order, tmp_path: Path
) -> None:
    begun(desk, order)
    with alone(desk.database, tmp_path), desk.reading() as session:
        batch = latest_batch(session)
    assert batch is not None
    assert batch.state is BatchState.INTERRUPTED
