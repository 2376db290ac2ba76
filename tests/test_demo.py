"""The demo data is complete, imports without a fault, and holds nobody's contact data."""

import json
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from matcher.demo import FILES, demo_folder, load_demo
from matcher.errors import UnreadableFileError
from matcher.records import PartnerKind, TechField
from matcher.settings import Settings
from matcher.store.changes import library_state
from matcher.store.database import open_database
from matcher.store.needs import count_needs, list_needs
from matcher.store.partners import count_partners, list_partners


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    loaded = Settings(home=tmp_path_factory.mktemp("demo"), database_url="")
    assert load_demo(loaded, lambda step, done, total: None)
    return loaded


def test_everything_is_there(settings: Settings) -> None:
    with open_database(settings.effective_database_url).reading() as session:
        counts = count_partners(session)
        assert count_needs(session) == 120
        assert counts[PartnerKind.SOCIETY] == 209
        assert counts[PartnerKind.EXPERT] == 200
        assert counts[PartnerKind.INSTITUTE] == 60
        assert counts[PartnerKind.OVERSEAS] == 40
        needs, _ = list_needs(session, limit=200)
        assert all(need.county and need.enterprise_id and need.sample for need in needs)
        assert len({need.field for need in needs}) >= len(TechField) - 3
        experts, _ = list_partners(session, kind=PartnerKind.EXPERT, limit=300)
        assert all(expert.sample and expert.evidence for expert in experts)
        assert all("示例" in expert.affiliation for expert in experts)


def test_loading_again_changes_nothing(settings: Settings) -> None:
    database = open_database(settings.effective_database_url)
    with database.reading() as session:
        before = library_state(session)
    assert load_demo(settings, lambda step, done, total: None) is False
    with database.reading() as session:
        assert library_state(session) == before
    database.close()


def test_an_interrupted_load_is_completed(tmp_path: Path) -> None:
    class StoppedError(Exception):
        """Somebody pressed Ctrl-C."""

    def stop(step: str, done: int, total: int) -> None:
        if step == "导入" and total == 209:
            raise StoppedError

    workspace = Settings(home=tmp_path, database_url="")
    with pytest.raises(StoppedError):
        load_demo(workspace, stop)
    assert load_demo(workspace, lambda step, done, total: None)
    database = open_database(workspace.effective_database_url)
    with database.reading() as session:
        assert (sum(count_partners(session).values()), count_needs(session)) == (509, 120)
    database.close()


def test_a_faulty_demo_file_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(demo_folder(), tmp_path / "demo")
    needs = tmp_path / "demo" / "needs.jsonl"
    needs.write_text(needs.read_text("utf-8") + '{"id": "bad", "deadline": "someday"}\n', "utf-8")
    monkeypatch.setattr("matcher.demo.data_folder", lambda: tmp_path)
    workspace = Settings(home=tmp_path / "home", database_url="")
    with pytest.raises(UnreadableFileError, match=r"needs\.jsonl.*第 121 行"):
        load_demo(workspace, lambda step, done, total: None)


def test_no_contact_data() -> None:
    for name, _ in FILES:
        text = (demo_folder() / name).read_text(encoding="utf-8")
        assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)|[\w.]+@[\w-]+\.\w+", text), name


def test_texts_are_written_one_by_one() -> None:
    texts: Counter[str] = Counter()
    for name, _ in FILES:
        for line in Path(demo_folder() / name).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            texts.update(row[key] for key in ("profile", "problem") if row.get(key))
            texts.update(item["text"] for item in row.get("evidence", ()))
    assert [text for text, count in texts.items() if count > 1] == []
