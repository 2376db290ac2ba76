"""The demo's casework fills every page, lies in the past, and names nobody."""

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.casework.associations import AssociationKind, AssociationStatus
from matcher.casework.needs import NeedStatus
from matcher.casework.pairings import FailReason, PairingStage
from matcher.casework.progress import is_overdue
from matcher.casework.stations import OutcomeKind
from matcher.demo import demo_folder, load_demo
from matcher.demo_casework import is_loaded, load_casework
from matcher.errors import UnreadableFileError
from matcher.people.days import today
from matcher.records import SiteType
from matcher.settings import Settings
from matcher.store.api_keys import find_links
from matcher.store.association_targets import coverage
from matcher.store.associations import AssociationFilter, list_associations
from matcher.store.database import Database, open_database
from matcher.store.figures import needs_by_status
from matcher.store.need_steps import need_status, steps_of
from matcher.store.needs import get_need
from matcher.store.outcomes import OutcomeFilter, list_outcomes
from matcher.store.pairings import PairingFilter, events_of, list_pairings
from matcher.store.stations import StationFilter, list_stations
from matcher.store.tables_casework import NeedStepRow

FOLDER = demo_folder() / "casework"
MONTHS = timedelta(days=155)


def quiet(step: str, done: int, total: int) -> None:
    """Report nothing."""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    settings = Settings(home=tmp_path_factory.mktemp("casework"), database_url="")
    assert load_demo(settings, quiet)
    database = open_database(settings.effective_database_url)
    yield database
    database.close()


@pytest.fixture
def session(library: Database) -> Iterator[Session]:
    with library.reading() as opened:
        yield opened


def test_needs_stand_everywhere(session: Session) -> None:
    counts = needs_by_status(session)
    assert all(counts.values())
    assert sum(counts.values()) - counts[NeedStatus.LISTED] >= 30


def test_steps_lie_in_the_last_five_months(session: Session) -> None:
    now = datetime.now(UTC)
    moments = list(session.scalars(select(NeedStepRow.at)))
    assert len(moments) > 90
    assert all(now - MONTHS < at < now for at in moments)


def test_a_need_has_its_whole_story(session: Session) -> None:
    steps = steps_of(session, "2026-0083")
    assert [step.after for step in steps] == [
        NeedStatus.PENDING,
        NeedStatus.LISTED,
        NeedStatus.MATCHING,
        NeedStatus.SIGNED,
        NeedStatus.STATIONED,
        NeedStatus.COMPLETED,
    ]
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    assert get_need(session, "2026-0083").submitted == today() - timedelta(days=150)


def test_pairings_stand_at_every_stage(session: Session) -> None:
    found, total = list_pairings(session, PairingFilter(), limit=100)
    assert total >= 25
    assert {pairing.stage for pairing in found} == set(PairingStage)
    assert len({pairing.reason for pairing in found} & set(FailReason)) >= 5
    assert sum(pairing.released_at is not None for pairing in found) == 2
    now = datetime.now(UTC)
    assert sum(is_overdue(each.stage, each.updated_at, now) for each in found) == 3
    assert all(each.created_at <= each.updated_at < now for each in found)


def test_timelines_run_forward(session: Session) -> None:
    found, _ = list_pairings(session, PairingFilter(), limit=100)
    for pairing in found:
        moments = [event.at for event in events_of(session, pairing.id)]
        assert moments == sorted(moments)
        assert moments[0] == pairing.created_at
        assert moments[-1] == pairing.updated_at


def test_stations_of_every_type(session: Session) -> None:
    found, total = list_stations(session, StationFilter(), limit=100)
    assert total == 6
    assert {station.type for station in found} == {each.value for each in SiteType}
    assert sum(station.expires_soon(today()) for station in found) == 1
    assert sum(station.proposes_cancellation for station in found) == 1
    assert sum(station.pairing_id is not None for station in found) == 3


def test_outcomes_of_every_kind(session: Session) -> None:
    found, total = list_outcomes(session, OutcomeFilter(), limit=100)
    assert total == 12
    assert {outcome.kind for outcome in found} == set(OutcomeKind)
    assert all("示例" in outcome.title for outcome in found)


def test_associations_of_every_kind_and_status(session: Session) -> None:
    found, total = list_associations(session, AssociationFilter(), today(), limit=100)
    assert total == 14
    assert {each.kind for each in found} == set(AssociationKind)
    assert {each.status for each in found} == set(AssociationStatus)
    assert sum(each.congress_overdue(today()) for each in found) == 1
    assert sum(each.is_quiet(today()) for each in found) == 1
    targets = [each.target for each in coverage(session, today().year) if each.target]
    assert len(targets) == 7


def test_links_are_there(session: Session) -> None:
    assert find_links(session)[1] == 2


def test_nobody_is_named() -> None:
    for path in FOLDER.glob("*.jsonl"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", text), path
        assert all(host == "example.com" for host in re.findall(r"@([\w.-]+)", text)), path
        assert all(n.startswith("0577-5550") for n in re.findall(r"\b\d{3,4}-\d{7,8}\b", text))
    names = ("name", "chair", "secretary", "liaison")
    for file in ("contacts", "associations"):
        for line in (FOLDER / f"{file}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            assert all("示例" in row[name] for name in names if name in row), row


def test_an_existing_organization_is_told_nothing_bad_of() -> None:
    """Societies, institutes and clubs abroad have real names; no failure is invented for them."""
    for line in (FOLDER / "stories.jsonl").read_text(encoding="utf-8").splitlines():
        for step in json.loads(line)["steps"]:
            assert "failed" not in step or step["partner"].startswith("X"), step
    for line in (FOLDER / "stations.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        invented = all(partner.startswith("X") for partner in row["partner_ids"])
        scores = [each["score"] for each in row.get("assessments", ())]
        assert invented or min(scores, default=100) >= 80, row


def test_loading_again_changes_nothing(library: Database) -> None:
    assert is_loaded(library)
    load_casework(library, Path("nowhere"), quiet)


def test_it_is_loaded_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    shutil.copytree(demo_folder(), data / "demo")
    stories = data / "demo" / "casework" / "stories.jsonl"
    whole = stories.read_text(encoding="utf-8")
    wrong = '{"need": "2026-0001", "steps": [{"days": 1, "status": "stationed"}]}\n'
    stories.write_text(whole + wrong, encoding="utf-8")
    monkeypatch.setattr("matcher.demo.data_folder", lambda: data)
    settings = Settings(home=tmp_path / "home", database_url="")
    with pytest.raises(UnreadableFileError, match=r"stories\.jsonl 第 36 行：现在是“已入库”"):
        load_demo(settings, quiet)
    database = open_database(settings.effective_database_url)
    with database.reading() as session:
        assert need_status(session, "2026-0083") is NeedStatus.LISTED
    assert not is_loaded(database)
    stories.write_text(whole, encoding="utf-8")
    assert load_demo(settings, quiet)
    assert is_loaded(database)
    (settings.home / "demo-loaded").unlink()
    assert load_demo(settings, quiet) is False
    with database.reading() as session:
        assert get_need(session, "2026-0083").submitted == today() - timedelta(days=150)
    database.close()


@pytest.mark.parametrize("text", ["{", '{"need": "2026-0001", "steps": [{"days": 9999, "x": 1}]}'])
def test_a_faulty_row_is_told(tmp_path: Path, text: str) -> None:
    shutil.copytree(FOLDER, tmp_path / "casework")
    (tmp_path / "casework" / "stories.jsonl").write_text(text, encoding="utf-8")
    settings = Settings(home=tmp_path / "home", database_url="")
    database = open_database(settings.effective_database_url)
    with pytest.raises(UnreadableFileError, match=r"stories\.jsonl 第 1 行"):
        load_casework(database, tmp_path / "casework", quiet)
    database.close()


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", database_url="")
    database = open_database(settings.effective_database_url)
    with pytest.raises(UnreadableFileError, match="不能读取"):
        load_casework(database, tmp_path, quiet)
    database.close()
