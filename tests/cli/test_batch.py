"""The verb batch, as the operator types it."""

import json
import re
import signal
import subprocess
import sys
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from matcher.batch.lock import held
from matcher.bootstrap import open_library
from matcher.casework.batches import BatchState
from matcher.casework.needs import NeedStatus
from matcher.cli import app
from matcher.cli.batch import LOCKED
from matcher.people.days import today
from matcher.records import Need
from matcher.settings import Settings
from matcher.store.batch_runs import Runner, begin_batch, latest_batch, list_batches
from matcher.store.need_steps import set_status
from matcher.store.needs import save_needs
from matcher.store.partners import save_partners
from tests.batch.library import COUNTIES, NEEDS
from tests.batches import inputs
from tests.conftest import PARTNERS

MONTH = f"{today():%Y-%m}"


def run(*arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(app, ["batch", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == status, result.output
    assert "Traceback" not in result.output
    return result


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MATCHER_DATABASE_URL", "")
    monkeypatch.setenv("MATCHER_MODEL", "")
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path / "home"


@pytest.fixture
def library(home: Path) -> None:
    """Two open needs of two counties, and four partners."""
    with closing(open_library(Settings())) as database, database.writing() as session:
        save_partners(session, PARTNERS)
        few = [Need(id=n.id, title=n.title, problem=n.problem, county=n.county) for n in NEEDS[:2]]
        save_needs(session, few)
        for need in few:
            set_status(session, need.id, NeedStatus.LISTED)


@pytest.mark.usefixtures("library")
def test_a_month_on_the_command_line(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "月报"
    told = run("--month", MONTH, "--out", str(out), "--by", "王示例").output
    assert "的批次开始运行（编号 1）" in told
    assert f"{MONTH} 月度批次已完成" in told
    assert f"文档在 {out}" in told
    assert (out / "目录.txt").exists()
    again = run("--month", MONTH, "--out", str(out)).output
    assert "的批次已经做完（编号 1）。要重新做一遍，请加 --fresh" in again
    fresh = json.loads(
        run(
            *("--month", MONTH, "--out", str(out), "--fresh", "--json"), *("--county", COUNTIES[0])
        ).stdout
    )
    assert (fresh["id"], fresh["state"], fresh["inputs"]["counties"]) == (
        2,
        "finished",
        [COUNTIES[0]],
    )
    assert {each["county"] for each in fresh["documents"] if each["kind"] == "word"} == {
        "",
        COUNTIES[0],
    }
    shown = run("show", "--month", MONTH).output
    assert "语义模型：model@" in shown
    assert "逐项匹配" in shown
    assert "每年可对接 院士专家 " in shown
    listed = json.loads(run("show", "--json").stdout)
    assert [(each["id"], each["started_by"]) for each in listed][1] == (1, "王示例")
    unknown = run("--month", MONTH, "--county", "某县", "--fresh", status=1)
    assert "未知的县区“某县”，可用的有：" in unknown.stderr


def test_a_month_must_be_one() -> None:
    assert "请用 --month 写明月份" in run("--by", "某人", status=1).stderr
    assert "写得不对，应写成 2026-11 的样子" in run("--month", "2026-13", status=1).stderr
    assert "还没有开始" in run("--month", "9998-12", status=1).stderr


def test_a_schedule_must_be_one() -> None:
    assert "应写成“日 时:分”" in run("--schedule", "--at", "每天", status=1).stderr


def test_nothing_to_show() -> None:
    assert run("show").output == "还没有月度批次\n"
    assert run("show", "--month", "2026-10").output == "2026-10 还没有月度批次\n"


def test_a_run_that_was_killed_is_shown_as_interrupted(home: Path) -> None:
    runner = Runner(host="server", pid=4711, by="测试")
    with closing(open_library(Settings())) as database:
        with database.appending() as session:
            begin_batch(session, MONTH, inputs(), out="out", runner=runner, at=datetime.now(UTC))
        assert "意外中断" in run("show", "--month", MONTH).output
        with held(database, home.resolve()):
            assert "进行中" in run("show", "--month", MONTH).output


@pytest.mark.usefixtures("library")
def test_the_second_leaves_with_a_status_of_its_own(home: Path) -> None:
    with closing(open_library(Settings())) as database, held(database, home.resolve()):
        told = run("--month", MONTH, status=LOCKED)
        with database.reading() as session:
            assert latest_batch(session) is None
    assert "已有一个月度批次正在启动，请稍后再试" in told.stderr


@pytest.mark.usefixtures("library")
def test_a_folder_that_is_a_file(home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "写不进文件夹" in run("--month", MONTH, "--out", "file", status=1).stderr
    with closing(open_library(Settings())) as database, database.reading() as session:
        (batch,), _ = list_batches(session)
    assert batch.state is BatchState.FAILED
    told = run("--month", MONTH, "--out", str(tmp_path / "folder")).output
    assert "接着做" in told
    assert "第 2 次启动" in told


def interrupted(process: subprocess.Popen[str]) -> str:
    """What a process says on its error output when it is interrupted.

    An interrupt that comes while the interpreter cleans up an object is lost, and sent again.
    """
    for _ in range(6):
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=10)[1]
    raise AssertionError("the process does not end")


def test_the_schedule_waits_until_it_is_stopped(home: Path) -> None:
    command = [sys.executable, "-m", "matcher.cli", "batch", "--schedule", "--at", "5 03:30"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as waiting:
        assert waiting.stdout is not None
        try:
            told = waiting.stdout.readline()
            problem = interrupted(waiting)
        finally:
            waiting.kill()
    assert re.fullmatch(
        r"下次运行：\d+ 年 \d+ 月 5 日 03:30（北京时间），做 .*。按 Ctrl\+C 停止\n", told
    )
    assert waiting.returncode == 130
    assert "Traceback" not in problem
    assert (home / "batches" / "schedule.json").exists()
