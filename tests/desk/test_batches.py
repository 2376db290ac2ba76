"""Batches at the desk: who sees what of them, who starts and stops them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from matcher.batch.launching import Launch, Launcher
from matcher.batch.lock import held
from matcher.batch.orders import alone
from matcher.casework.batches import (
    Batch,
    BatchState,
    BatchStep,
    DocumentKind,
    StepProgress,
    month_day,
    seconds_left,
)
from matcher.desk import Desk, batches
from matcher.desk.batch_screening import screened
from matcher.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from matcher.people import Actor, ActorKind, Permission, Role
from matcher.people.actors import PERMISSIONS
from matcher.service import Matcher
from matcher.settings import Settings
from matcher.store.audit import list_audit
from matcher.store.batch_results import add_batch_needs, save_screenings
from matcher.store.batch_runs import (
    is_cancelled,
)
from tests.batches import add_batch, inputs

pytestmark = pytest.mark.any_database

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def desk_of(
    matcher: Matcher, role: Role = Role.CITY_STAFF, county: str = "", *without: Permission
) -> Desk:
    actor = Actor(
        kind=ActorKind.ACCOUNT,
        id="someone",
        name="某人",
        role=role,
        county=county,
        permissions=PERMISSIONS[role] - set(without),
    )
    return Desk(matcher, actor)


class NotedLauncher(Launcher):
    """Starts nothing, but writes down what it was asked for."""

    def __init__(self) -> None:
        super().__init__(Settings())
        self.asked: list[tuple[str, str, bool]] = []

    def launch(self, month: str, by: str, *, fresh: bool = False) -> Launch:
        self.asked.append((month, by, fresh))
        return Launch(month=month, at=NOW, by=by, pid=1)


@pytest.fixture
def finished(filled: Matcher) -> Batch:
    return add_batch(filled, state=BatchState.FINISHED)


def paths(view: batches.BatchView) -> list[str]:
    return [document.path for document in view.documents]


def test_the_city_sees_everything(filled: Matcher, finished: Batch) -> None:
    view = batches.open_batch(desk_of(filled), finished.id)
    assert paths(view) == ["全市.txt", "乐清市.txt", "对接函/乐清市/1.txt", "平阳县.txt"]
    assert view.inputs == inputs()
    assert len(view.batch.steps) == len(BatchStep)
    assert view.seconds_left is None, "it has ended"


def test_a_county_sees_its_own_documents_and_no_numbers_of_others(
    filled: Matcher, finished: Batch
) -> None:
    desk = desk_of(filled, Role.COUNTY_STAFF, "乐清市")
    view = batches.open_batch(desk, finished.id)
    assert paths(view) == ["乐清市.txt", "对接函/乐清市/1.txt"]
    assert (view.inputs, view.batch.steps, view.batch.error, view.batch.out) == (None, (), "", "")
    ((listed,), total) = batches.find(desk)
    assert (listed.steps, listed.out, total) == ((), "", 1)
    everything = batches.open_batch(desk_of(filled), finished.id)
    for document in everything.documents:
        if document.county != "乐清市":
            with pytest.raises(NotFoundError):
                batches.download(desk, finished.id, document.id)


def test_letters_are_for_who_may_see_contacts(filled: Matcher, finished: Batch) -> None:
    desk = desk_of(filled, Role.CITY_STAFF, "", Permission.CONTACTS)
    assert paths(batches.open_batch(desk, finished.id)) == ["全市.txt", "乐清市.txt", "平阳县.txt"]
    everything = batches.open_batch(desk_of(filled), finished.id)
    (letter,) = [each for each in everything.documents if each.kind is DocumentKind.LETTER]
    with pytest.raises(ForbiddenError):
        batches.download(desk, finished.id, letter.id)


def test_who_only_reads_takes_nothing(filled: Matcher, finished: Batch) -> None:
    desk = desk_of(filled, Role.READ_ONLY)
    document = batches.open_batch(desk, finished.id).documents[0]
    with pytest.raises(ForbiddenError):
        batches.download(desk, finished.id, document.id)
    with pytest.raises(ForbiddenError):
        batches.download_all(desk, finished.id)


def test_each_download_is_logged(filled: Matcher, finished: Batch) -> None:
    desk = desk_of(filled, Role.COUNTY_STAFF, "乐清市")
    document = batches.open_batch(desk, finished.id).documents[0]
    file, content = batches.download(desk, finished.id, document.id)
    assert (file.name, content) == ("乐清市.txt", "乐清市.txt".encode())
    with filled.reading() as session:
        (entry,), _ = list_audit(session, subject="batch", action="download")
    assert (entry.summary, entry.county) == ("2026-10 月度批次：乐清市.txt", "乐清市")


def test_all_documents_at_once(filled: Matcher, finished: Batch, tmp_path: Path) -> None:
    name, content = batches.download_all(desk_of(filled, Role.COUNTY_STAFF, "乐清市"), finished.id)
    assert name == "2026-10月度批次乐清市.zip"
    (tmp_path / "all.zip").write_bytes(content)
    with ZipFile(tmp_path / "all.zip") as archive:
        assert archive.namelist() == ["乐清市.txt", "对接函/乐清市/1.txt"]
        assert archive.read("乐清市.txt") == "乐清市.txt".encode()
    with pytest.raises(NotFoundError):
        batches.download_all(desk_of(filled, Role.COUNTY_STAFF, "永嘉县"), finished.id)


def test_one_that_nobody_runs_was_interrupted(filled: Matcher) -> None:
    desk = desk_of(filled)
    batch = add_batch(filled, state=BatchState.RUNNING)
    with held(filled.database, filled.home):
        assert batches.open_batch(desk, batch.id).batch.state is BatchState.RUNNING
        assert batches.last_start(desk, None) == batches.StartView(begun=batch.id)
    assert batches.open_batch(desk, batch.id).batch.state is BatchState.INTERRUPTED
    assert batches.find(desk)[0][0].state is BatchState.INTERRUPTED
    last = batches.last_batch(desk)
    assert last is not None
    assert last.batch.state is BatchState.INTERRUPTED


def test_one_is_starting_while_there_is_no_batch_yet(filled: Matcher) -> None:
    desk = desk_of(filled)
    assert batches.last_start(desk, None) == batches.StartView()
    with alone(filled.database, filled.home):
        assert batches.last_start(desk, None).starting


def test_a_running_batch_is_asked_to_stop(filled: Matcher) -> None:
    desk = desk_of(filled)
    batch = add_batch(filled, state=BatchState.RUNNING)
    with pytest.raises(ConflictError, match="没有在运行"):
        batches.cancel(desk, batch.id)
    with held(filled.database, filled.home):
        batches.cancel(desk, batch.id)
        assert batches.open_batch(desk, batch.id).stopping
    with filled.reading() as session:
        assert is_cancelled(session, batch.id)
        (entry,), _ = list_audit(session, subject="batch")
    assert entry.summary == "2026-10 月度批次：要求取消"


def test_a_batch_is_started(filled: Matcher) -> None:
    launcher = NotedLauncher()
    batches.start(desk_of(filled), launcher, "2026-10", fresh=True)
    assert launcher.asked == [("2026-10", "某人", True)]
    with filled.reading() as session:
        (entry,), _ = list_audit(session, subject="batch")
    assert entry.summary == "2026-10 月度批次：启动"


def test_not_while_another_one_runs(filled: Matcher) -> None:
    launcher = NotedLauncher()
    with held(filled.database, filled.home):
        with pytest.raises(ConflictError, match="正在启动"):
            batches.start(desk_of(filled), launcher, "2026-10")
        add_batch(filled, state=BatchState.RUNNING)
        with pytest.raises(ConflictError, match="2026-10 月度批次正在运行：测试启动"):
            batches.start(desk_of(filled), launcher, "2026-10")
    assert launcher.asked == []


@pytest.mark.parametrize(
    "month", ["", "2026", "2026-13", "2026-1", "1999-12", "２０２６-10", "9999-12"]
)
def test_a_month_that_is_none_is_refused(filled: Matcher, month: str) -> None:
    with pytest.raises(InvalidInputError, match="月"):
        batches.start(desk_of(filled), NotedLauncher(), month)


def test_a_service_that_cannot_start_one_says_so(filled: Matcher) -> None:
    with pytest.raises(ConflictError, match="matcher batch --month 2026-10"):
        batches.start(desk_of(filled), None, "2026-10")


@pytest.mark.parametrize("role", [Role.COUNTY_STAFF, Role.READ_ONLY])
def test_who_may_not_plan_starts_and_stops_nothing(filled: Matcher, role: Role) -> None:
    batch = add_batch(filled, state=BatchState.RUNNING)
    launcher = NotedLauncher()
    desk = desk_of(filled, role, "乐清市" if role is Role.COUNTY_STAFF else "")
    with pytest.raises(ForbiddenError):
        batches.start(desk, launcher, "2026-10")
    with held(filled.database, filled.home), pytest.raises(ForbiddenError):
        batches.cancel(desk, batch.id)
    assert launcher.asked == []


def test_the_months() -> None:
    assert month_day("2026-11", date(2026, 11, 1)) == date(2026, 11, 1)
    with pytest.raises(InvalidInputError, match="还没有开始"):
        month_day("2026-12", date(2026, 11, 30))


def test_what_the_screening_found(filled: Matcher) -> None:
    batch = add_batch(filled, state=BatchState.FINISHED)
    likely, unlikely = ["f", "新材料及应用", 0.8], ["f", "其它", 0.1]
    seen: dict[str, Any] = {
        "N1": {"doubtful": False, "versions": [["N3", 0.9], ["N2", 0.6]]},
        "N2": {"doubtful": True, "versions": [["N1", 0.6]]},
        "N3": {"doubtful": False, "versions": [["N1", 0.9], ["gone", 0.9]]},
        "gone": {"gone": True},
    }
    for need_id, suggestion in zip(("N1", "N2", "N3"), (likely, likely, unlikely), strict=True):
        seen[need_id] |= {"fields": [suggestion], "industries": []}
    with filled.database.appending() as session:
        add_batch_needs(session, batch.id, seen)
        save_screenings(session, batch.id, seen)
    found = screened(desk_of(filled), batch.id)
    assert [need.id for need in found.doubtful] == ["N2"]
    assert [(each.need.id, each.other.id) for each in found.repeated] == [
        ("N1", "N3"),
        ("N1", "N2"),
    ]
    assert [(each.need.id, each.field, each.industry) for each in found.incomplete] == [
        ("N1", "新材料及应用", ""),
        ("N2", "新材料及应用", ""),
    ]
    county = screened(desk_of(filled, Role.COUNTY_STAFF, "平阳县"), batch.id)
    assert [need.id for need in county.doubtful] == ["N2"]
    assert county.repeated == (), "the other half is elsewhere"
    assert [each.need.id for each in county.incomplete] == ["N2"]
    assert screened(desk_of(filled), 404).is_empty


def test_how_long_it_will_take() -> None:
    done = StepProgress(step=BatchStep.SCREENING, done=9, total=9, seconds=5, finished_at=NOW)
    half = StepProgress(step=BatchStep.RANKING, done=25, total=100, seconds=20, started_at=NOW)
    rest = [StepProgress(step=step) for step in list(BatchStep)[2:]]
    took = {BatchStep.PLAN: 10.0, BatchStep.FIGURES: 1.0, BatchStep.DOCUMENTS: 9.0}
    assert seconds_left([done, half, *rest], took) == 60 + 20
    assert seconds_left([done, half, *rest], {}) is None
    just_begun = replace(half, done=1, seconds=0.2)
    assert seconds_left([just_begun], {BatchStep.RANKING: 30.0}) == pytest.approx(29.8)
    assert seconds_left([done], {}) == 0
