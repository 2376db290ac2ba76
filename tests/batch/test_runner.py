"""Beginning, stopping and resuming a batch; what is done is done once."""

from dataclasses import replace
from pathlib import Path

import pytest

from matcher.batch.orders import Beginning, Order, run, start
from matcher.batch.runner import BatchCancelledError
from matcher.casework.batches import Batch, BatchState, BatchStep
from matcher.desk import Desk
from matcher.errors import ForbiddenError, StoreError
from matcher.people import Actor, ActorKind, Role
from matcher.people.actors import PERMISSIONS
from matcher.records import Need
from matcher.store.audit import list_audit
from matcher.store.batch_results import needs_without, screenings_of
from matcher.store.batch_runs import ask_to_cancel, get_batch, latest_batch, list_batches
from tests.batch.conftest import begun, inputs
from tests.batch.steps import pieces, two_steps

pytestmark = pytest.mark.any_database

ALL = [(step, need) for step in ("screening", "ranking") for need in ("N1", "N2", "N3")]


def untold(_label: str, _done: int, _total: int) -> None:
    """Nobody looks."""


def stored(desk: Desk) -> Batch:
    with desk.reading() as session:
        batch = latest_batch(session)
    assert batch is not None
    return batch


def test_a_batch_runs_through_its_steps(desk: Desk, order: Order, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    done = run(
        desk,
        order,
        begun(desk, order),
        two_steps(tmp_path / "done"),
        lambda *each: told.append(each),
    )
    assert pieces(tmp_path / "done") == ALL
    assert done.state is BatchState.FINISHED
    screening, ranking, *later = stored(desk).steps
    assert (screening.step, screening.done, screening.total) == (BatchStep.SCREENING, 3, 3)
    assert ranking.finished_at is not None
    assert ranking.percent == 100
    assert [step.started_at for step in later] == [None, None, None]
    assert told == [(label, count, 3) for label in ("筛选需求", "逐项匹配") for count in range(4)]


@pytest.mark.parametrize("piece", range(6))
def test_what_fails_goes_on_where_it_stopped(
    desk: Desk, order: Order, tmp_path: Path, piece: int
) -> None:
    count = iter(range(100))

    def fail(_need_id: str) -> None:
        if next(count) == piece:
            raise StoreError("磁盘坏了")

    with pytest.raises(StoreError):
        run(desk, order, begun(desk, order), two_steps(tmp_path / "done", before=fail), untold)
    failed = stored(desk)
    assert (failed.state, failed.error) == (BatchState.FAILED, "磁盘坏了")
    again = begun(desk, order)
    assert again.beginning is Beginning.RESUMED
    assert (again.batch.id, again.batch.runs, again.batch.error) == (failed.id, 2, "")
    run(desk, order, again, two_steps(tmp_path / "done"), untold)
    assert pieces(tmp_path / "done") == ALL, "each piece once, none left out"
    assert stored(desk).state is BatchState.FINISHED


def test_an_unexpected_error_is_noted_too(desk: Desk, order: Order, tmp_path: Path) -> None:
    def fail(_need_id: str) -> None:
        raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError):
        run(desk, order, begun(desk, order), two_steps(tmp_path / "done", before=fail), untold)
    assert "程序出了意外错误（ZeroDivisionError" in stored(desk).error


def test_ctrl_c_cancels(desk: Desk, order: Order, tmp_path: Path) -> None:
    def stop(_need_id: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(desk, order, begun(desk, order), two_steps(tmp_path / "done", before=stop), untold)
    assert stored(desk).state is BatchState.CANCELLED
    assert begun(desk, order).beginning is Beginning.RESUMED


def test_it_stops_when_it_is_asked_to(desk: Desk, order: Order, tmp_path: Path) -> None:
    started = begun(desk, order)

    def ask(need_id: str) -> None:
        if need_id == "N2":
            with desk.database.appending() as session:
                ask_to_cancel(session, started.batch.id)

    steps = two_steps(tmp_path / "done", pause=0.3, before=ask)
    with pytest.raises(BatchCancelledError):
        run(desk, order, started, steps, untold)
    assert stored(desk).state is BatchState.CANCELLED
    assert pieces(tmp_path / "done") == ALL[:2]
    again = begun(desk, order)
    assert not again.batch.cancel, "it was asked the last time"
    run(desk, order, again, two_steps(tmp_path / "done"), untold)
    assert pieces(tmp_path / "done") == ALL


def test_a_finished_month_is_not_done_again(desk: Desk, order: Order, tmp_path: Path) -> None:
    run(desk, order, begun(desk, order), two_steps(tmp_path / "done"), untold)
    again = begun(desk, order)
    assert (again.beginning, again.given_up) == (Beginning.DONE_BEFORE, ())
    run(desk, order, again, two_steps(tmp_path / "done"), untold)
    assert pieces(tmp_path / "done") == ALL
    fresh = begun(desk, replace(order, fresh=True))
    assert fresh.beginning is Beginning.NEW
    with desk.reading() as session:
        batches, total = list_batches(session, month="2026-11")
    assert total == 2
    assert [batch.state for batch in batches] == [BatchState.RUNNING, BatchState.FINISHED]


def test_a_change_of_the_library_begins_anew(desk: Desk, order: Order) -> None:
    before = begun(desk, order).batch
    desk.matcher.save_needs([Need(id="N9", title="新的需求")])
    again = begun(desk, order)
    assert again.beginning is Beginning.REPLACED
    assert again.given_up[0].startswith("资料库有变动（版本 ")
    with desk.reading() as session:
        given_up = get_batch(session, before.id)
    assert given_up.state is BatchState.OUTDATED
    assert "资料库有变动" in given_up.error


def test_a_change_of_the_settings_begins_anew(desk: Desk, order: Order) -> None:
    begun(desk, order)
    again = start(desk, order, inputs(desk, partners_per_need=2))
    assert again.given_up == ("配对设置有改动",)


def test_a_change_after_the_end_is_told(desk: Desk, order: Order, tmp_path: Path) -> None:
    run(desk, order, begun(desk, order), two_steps(tmp_path / "done"), untold)
    again = start(desk, order, inputs(desk, partners_per_need=2))
    assert (again.beginning, again.given_up) == (Beginning.DONE_BEFORE, ("配对设置有改动",))


def test_each_month_has_its_own(desk: Desk, order: Order) -> None:
    first = begun(desk, order).batch
    other = begun(desk, replace(order, month=order.month.replace(month=10)))
    assert other.beginning is Beginning.NEW
    assert other.batch.id != first.id
    assert begun(desk, order).beginning is Beginning.RESUMED


def test_a_need_that_is_gone_is_passed_over(desk: Desk, order: Order) -> None:
    batch = begun(desk, order).batch
    desk.matcher.delete_need("N2")
    with desk.reading() as session:
        assert needs_without(session, batch.id, "screening") == ["N1", "N2", "N3"]
        assert screenings_of(session, batch.id) == {}


def test_who_may_not_plan_begins_nothing(desk: Desk, order: Order) -> None:
    county = Actor(
        kind=ActorKind.ACCOUNT,
        id="someone",
        name="某人",
        role=Role.COUNTY_STAFF,
        county="乐清市",
        permissions=PERMISSIONS[Role.COUNTY_STAFF],
    )
    with pytest.raises(ForbiddenError):
        start(Desk(desk.matcher, county), order, inputs(desk))
    with desk.reading() as session:
        assert latest_batch(session) is None


def test_the_log_says_who_began(desk: Desk, order: Order) -> None:
    begun(desk, order)
    begun(desk, order)
    with desk.reading() as session:
        entries, _ = list_audit(session, subject="batch")
    assert [entry.summary for entry in entries] == [
        "2026-11 月度批次接着运行（测试）",
        "2026-11 月度批次开始运行（测试）",
    ]
