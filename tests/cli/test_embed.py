"""The verb embed, over a tiny real model."""

from contextlib import closing
from pathlib import Path

import pytest

from matcher.bootstrap import open_library
from matcher.settings import Settings
from matcher.store.vectors import count_vectors
from tests.cli.test_cli import NEEDS, PARTNERS, lines, run
from tests.models import save_static_model

pytestmark = pytest.mark.filterwarnings("ignore")  # what the model libraries warn of is theirs


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MATCHER_MODEL", str(save_static_model(tmp_path / "old")))
    monkeypatch.setenv("MATCHER_DATABASE_URL", "")
    monkeypatch.setenv("COLUMNS", "120")
    run("import", "partners", lines(tmp_path / "partners.jsonl", PARTNERS))
    run("import", "needs", lines(tmp_path / "needs.jsonl", NEEDS))
    return tmp_path


def vectors() -> dict[str, int]:
    with closing(open_library(Settings())) as database, database.reading() as session:
        return count_vectors(session)


def test_a_change_of_model_is_prepared_while_the_old_one_serves(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("rank", "--text", "断路器触头温升过高，银合金发热")
    before = vectors()
    monkeypatch.setenv("MATCHER_MODEL", str(save_static_model(library / "new", seed=1)))
    output = run("embed", "--workers", "2")
    assert "已为 5 条文字算好向量，模型 new@" in output
    after = vectors()
    assert before.items() <= after.items()
    assert [n for model, n in after.items() if model.startswith("new@")] == [5]
    assert "没有要算的" in run("embed")
    assert vectors() == after


def test_a_model_that_is_not_there_is_told(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_MODEL", "./nowhere")
    assert "nowhere" in run("embed", fails=True)


def test_the_number_of_processes_is_checked(library: Path) -> None:
    assert "--workers" in run("embed", "--workers", "0", fails=True)
