"""The steps as they are, over the small library: what is kept and what is written."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from matcher.batch.folder import put_document
from matcher.batch.inputs import inputs_of
from matcher.batch.orders import Order, run, start
from matcher.batch.pieces import report_name, safe_name
from matcher.batch.steps import all_steps
from matcher.casework.batches import Batch, BatchState, DocumentKind
from matcher.desk import Desk
from matcher.errors import StoreError, UnknownNameError
from matcher.files import FileStore
from matcher.planning import load_settings
from matcher.records import Need
from matcher.reports.codec import report_from_json
from matcher.store.batch_results import (
    candidates_of,
    documents_of,
    find_report,
    get_document,
    plan_of_batch,
    screenings_of,
)
from matcher.store.batch_runs import latest_batch
from matcher.store.plan_pairs import pairs_of_plan
from matcher.store.tables_monthly import BatchFiguresRow
from tests.batch.conftest import MONTH
from tests.demo_needs import screener_of


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The same, spared the second that the screening models take to load."""
    desk.matcher.screener = screener_of(desk.matcher)
    return desk


def ran(desk: Desk, order: Order, *counties: str) -> Batch:
    settings = load_settings()
    inputs = inputs_of(desk.matcher, counties=counties, assignment=settings.as_json())
    started = start(desk, order, inputs)
    return run(desk, order, started, all_steps(settings, inputs), lambda *_: None)


def test_a_month_from_the_first_step_to_the_last(desk: Desk, order: Order) -> None:
    batch = ran(desk, order)
    assert batch.state is BatchState.FINISHED
    assert [(step.done, step.total) for step in batch.steps[:3]] == [(3, 3), (3, 3), (1, 1)]
    with desk.reading() as session:
        screened = screenings_of(session, batch.id)
        ranked = {each.need_id: each for each in candidates_of(session, batch.id)}
        plan = plan_of_batch(session, batch.id)
        assert plan is not None
        pairs = pairs_of_plan(session, plan)
        editions = session.execute(select(BatchFiguresRow.county, BatchFiguresRow.year_to_date))
        documents = documents_of(session, batch.id)
        counties = {(county, ytd) for county, ytd in editions}
    assert set(screened) == set(ranked) == {"N1", "N2", "N3"}
    assert screened["N1"]["fields"], "it says no field itself"
    assert not screened["N1"]["doubtful"]
    assert ranked["N1"].candidates[0].partner_id == "X1"
    assert 0 < ranked["N1"].candidates[0].probability < 1
    assert {pair.need_id for pair in pairs} <= set(ranked)
    places = {"", "乐清市", "平阳县", "柳市镇"}
    assert counties == {(county, False) for county in places} | {("", True)}
    of_kind = [document.kind for document in documents]
    assert of_kind.count(DocumentKind.WORD) == of_kind.count(DocumentKind.EXCEL) == 5
    assert of_kind.count(DocumentKind.LETTER) == 2 * len(pairs)
    assert of_kind[-1] is DocumentKind.CONTENTS
    contents = (order.out / "目录.txt").read_text(encoding="utf-8-sig")
    for document in documents:
        content = (order.out / document.path).read_bytes()
        with desk.reading() as session:
            _, file = get_document(session, batch.id, document.id)
        assert FileStore(desk.matcher.home / "files").read(file.sha256) == content
        listed = f"{document.size}\t{document.sha256}\t{document.path}"
        assert (listed in contents) is (document.kind is not DocumentKind.CONTENTS)
    assert {path.name for path in order.out.iterdir()} == {
        "2026年11月需求对接月报（全市）.docx",
        "2026年11月需求对接月报（全市）.xlsx",
        "2026年1—11月需求对接月报（全市累计）.docx",
        "2026年1—11月需求对接月报（全市累计）.xlsx",
        "县区版",
        "对接函",
        "目录.txt",
    }


def test_the_report_of_a_batch_stays_as_it_was(desk: Desk, order: Order) -> None:
    batch = ran(desk, order)
    with desk.reading() as session:
        kept = find_report(session, batch.id, "乐清市", False)
    assert kept is not None
    report = report_from_json(kept)
    assert (report.edition.month, report.edition.county) == (MONTH, "乐清市")


def test_some_counties_alone(desk: Desk, order: Order) -> None:
    ran(desk, order, "平阳县")
    assert [path.name for path in sorted((order.out / "县区版").iterdir())] == [
        "2026年11月需求对接月报（平阳县）.docx",
        "2026年11月需求对接月报（平阳县）.xlsx",
    ]
    with pytest.raises(UnknownNameError, match="未知的县区“某县”"):
        ran(desk, replace(order, fresh=True), "某县")


def test_a_folder_that_cannot_be_written_stops_it_until_it_can(desk: Desk, order: Order) -> None:
    order.out.write_text("a file stands here")
    with pytest.raises(StoreError, match=r"写不进文件夹.*会从这里接着做"):
        ran(desk, order)
    with desk.reading() as session:
        failed = latest_batch(session)
    assert failed is not None
    assert (failed.state, failed.error[:2]) == (BatchState.FAILED, "文档")
    assert [bool(step.finished_at) for step in failed.steps] == [True] * 4 + [False]
    order.out.unlink()
    done = ran(desk, order)
    assert (done.id, done.state, done.runs) == (failed.id, BatchState.FINISHED, 2)
    assert [step.seconds for step in done.steps[:4]] == [step.seconds for step in failed.steps[:4]]
    assert (order.out / "目录.txt").exists()


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file may grow larger, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    def write(place: Path) -> None:
        place.write_bytes(b"x" * 100_000)

    with largest_file(50_000), pytest.raises(StoreError, match=r"磁盘空间不够.*腾出空间"):
        put_document(tmp_path, "月报.docx", write)
    assert list(tmp_path.iterdir()) == []
    assert put_document(tmp_path, "月报.docx", write)


def test_what_was_taken_away_is_put_back(desk: Desk, order: Order) -> None:
    ran(desk, order)
    letter = next(path for path in (order.out / "对接函").rglob("*.docx"))
    content = letter.read_bytes()
    letter.unlink()
    (order.out / "目录.txt").write_text("cut off")
    again = ran(desk, order)
    assert again.runs == 1, "the month is finished"
    assert letter.read_bytes() == content
    assert "目录" in (order.out / "目录.txt").read_text(encoding="utf-8-sig")


def test_another_folder_gets_everything(desk: Desk, order: Order, tmp_path: Path) -> None:
    ran(desk, order)
    elsewhere = replace(order, out=tmp_path / "另一处")
    ran(desk, elsewhere)
    names = [
        sorted(path.relative_to(folder) for path in folder.rglob("*"))
        for folder in (order.out, elsewhere.out)
    ]
    assert names[0] == names[1]


def test_a_need_that_is_deleted_meanwhile_stops_nothing(desk: Desk, order: Order) -> None:
    settings = load_settings()
    inputs = inputs_of(desk.matcher, assignment=settings.as_json())
    started = start(desk, order, inputs)
    desk.matcher.delete_need("N2")
    done = run(desk, order, started, all_steps(settings, inputs), lambda *_: None)
    assert done.state is BatchState.FINISHED
    with desk.reading() as session:
        assert screenings_of(session, done.id)["N2"] == {"gone": True}
        ranked = {each.need_id: each.candidates for each in candidates_of(session, done.id)}
    assert ranked["N2"] == ()


def test_a_library_without_open_needs(desk: Desk, order: Order) -> None:
    for need in ("N1", "N2", "N3"):
        desk.matcher.delete_need(need)
    assert ran(desk, order).state is BatchState.FINISHED


def test_the_same_inputs_give_the_same_documents(desk: Desk, order: Order, tmp_path: Path) -> None:
    """But letters, whose numbers name the plan."""
    ran(desk, order)
    again = replace(order, out=tmp_path / "again", fresh=True)
    assert ran(desk, again).inputs.changes_since(ran(desk, again).inputs) == ()
    for path in [*order.out.glob("*月报*"), *order.out.glob("县区版/*")]:
        assert (again.out / path.relative_to(order.out)).read_bytes() == path.read_bytes()


def test_a_repeated_need_is_noted(desk: Desk, order: Order) -> None:
    again = Need(
        id="N1-again",
        title="断路器触头温升太高",
        problem="塑壳断路器通电后触头发热，温升超标，怀疑银合金触头与接触压力有关，请专家看看。",
    )
    desk.matcher.save_needs([again])
    batch = ran(desk, order)
    with desk.reading() as session:
        screened = screenings_of(session, batch.id)
    assert [version[0] for version in screened["N1"]["versions"]] == ["N1-again"]
    assert screened["N2"]["versions"] == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a/b\\c:d", "a b c d"),
        ("..", "_"),
        ("", "_"),
        ("示例\u202e公司", "示例 公司"),
        ("x" * 99, "x" * 40),
    ],
)
def test_names_fit_every_system(text: str, name: str) -> None:
    assert safe_name(text) == name


def test_names_of_reports() -> None:
    assert report_name(MONTH, "", year_to_date=True) == "2026年1—11月需求对接月报（全市累计）"
    january = MONTH.replace(month=1)
    assert report_name(january, "", year_to_date=True) == "2026年1月需求对接月报（全市累计）"
    assert report_name(january, "甲/乙", year_to_date=False) == (
        "县区版/2026年1月需求对接月报（甲 乙）"
    )
