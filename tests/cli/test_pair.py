"""The verb pair, as a person types it."""

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from matcher.bootstrap import open_library
from matcher.casework.partners import PartnerFacts
from matcher.casework.plans import Mark, PlanMark
from matcher.cli import app
from matcher.planning.jobs import JobBoard, JobState
from matcher.planning.settings import FILE
from matcher.settings import Settings
from matcher.store.needs import save_needs
from matcher.store.partner_facts import save_facts
from matcher.store.partners import save_partners
from matcher.store.plan_marks import set_mark
from matcher.store.plan_pairs import pairs_of_plan
from matcher.store.plans import latest_plan, list_plans
from tests.conftest import NEEDS, PARTNERS

pytestmark = pytest.mark.filterwarnings("ignore")  # what the model libraries warn of is theirs


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace of the embedded model with four partners and three needs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MATCHER_DATABASE_URL", "")
    monkeypatch.setenv("MATCHER_MODEL", "")
    monkeypatch.setenv("COLUMNS", "120")
    with closing(open_library(Settings())) as database, database.writing() as session:
        save_partners(session, PARTNERS)
        save_needs(session, NEEDS)
    return tmp_path / "home"


def run(*arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(app, ["pair", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == status, result.output
    assert "Traceback" not in result.output
    return result


def test_a_plan_is_made_shown_and_kept(home: Path) -> None:
    output = run("--month", "2026-11").output
    for words in ("2026年11月月度方案（方案 1）", "触头专家", "本方案", "逐条挑选", "各取最前"):
        assert words in output, words
    with closing(open_library(Settings())) as database, database.reading() as session:
        plan = latest_plan(session, "2026-11")
        assert plan is not None
        assert plan.made_by == "命令行"
        assert pairs_of_plan(session, plan.id)
    job = JobBoard(home).current()
    assert job is not None
    assert (job.state, job.plan_id) == (JobState.FINISHED, 1)


def test_a_dry_run_keeps_nothing(home: Path) -> None:
    data = json.loads(run("--month", "2026年11月", "--per-need", "1", "--dry-run", "--json").stdout)
    assert (data["id"], data["month"], data["feasible"]) == (None, "2026-11", True)
    assert data["settings"]["partners_per_need"] == 1
    assert {each["rank"] for each in data["pairs"]} == {1}
    assert data["figures"]["assignment"]["overloaded"] == 0
    first = data["pairs"][0]
    assert {"need_id", "partner_id", "probability", "band", "reason", "sites"} <= first.keys()
    served = {each["need_id"] for each in data["pairs"]}
    assert {each["need_id"] for each in data["unmet"]} == {"N1", "N2", "N3"} - served
    with closing(open_library(Settings())) as database, database.reading() as session:
        assert list_plans(session) == ([], 0)
    assert JobBoard(home).current() is None


def test_what_cannot_be_had_is_explained(home: Path) -> None:
    with closing(open_library(Settings())) as database, database.writing() as session:
        pin = PlanMark(
            need_id="N1",
            partner_id="X2",
            mark=Mark.PIN,
            marked_at=datetime.now(UTC),
            marked_by="示例",
        )
        set_mark(session, pin)
        save_facts(session, PartnerFacts(partner_id="X2", capacity=0))
    output = run("--month", "2026-11", status=4).output
    assert "没有满足全部要求的配对方案" in output
    assert "最少要这样调整" in output
    data = json.loads(run("--month", "2026-11", "--json", status=4).stdout)
    assert data["feasible"] is False
    assert data["constraints"]
    assert data["changes"]
    job = JobBoard(home).current()
    assert job is not None
    assert job.constraints == tuple(data["constraints"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--month", "2026-13"], "请写成“年-月”，如 2026-11"),
        (["--month", "2026-11", "--wanted", "随便"], "必须满足（required）"),
    ],
)
def test_wrong_arguments_are_told_in_one_line(home: Path, arguments: list[str], told: str) -> None:
    assert told in run(*arguments, status=1).output


def test_a_faulty_file_of_settings_is_named(home: Path) -> None:
    (home / FILE).parent.mkdir(parents=True)
    (home / FILE).write_text("每条需求: 3", encoding="utf-8")
    assert "assignment.yaml：没有“每条需求”这一项" in run("--month", "2026-11", status=1).output


def test_while_another_makes_one_it_waits_for_nobody(home: Path) -> None:
    making = JobBoard(home).begin("2026-11", "别人")
    assert "别人正在生成 2026-11 的方案" in run("--month", "2026-12", status=1).output
    making.finish(None)


def test_an_empty_library_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "other"))
    assert "没有可以提出的配对" in run("--month", "2026-11").output
