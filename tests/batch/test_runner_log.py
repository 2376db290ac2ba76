"""What a batch writes into the log: each step with the number of the batch."""

import json
import logging
from pathlib import Path

import pytest

from matcher.batch.orders import Order, run
from matcher.desk import Desk
from matcher.errors import StoreError
from matcher.logs import JsonFormatter
from tests.batch.conftest import begun
from tests.batch.steps import two_steps


def test_steps_and_the_end_of_each_run(
    desk: Desk, order: Order, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(need_id: str) -> None:
        raise StoreError(f"磁盘坏了：{need_id}")

    caplog.handler.setFormatter(JsonFormatter())
    caplog.set_level(logging.INFO, "matcher.batch")
    started, done = begun(desk, order), tmp_path / "done"
    with pytest.raises(StoreError):
        run(desk, order, started, two_steps(done, before=fail), lambda *_: None)
    run(desk, order, begun(desk, order), two_steps(done), lambda *_: None)
    failed, screening, ranking, ended = (json.loads(line) for line in caplog.text.splitlines())
    assert (failed["message"], failed["state"], failed["run"]) == ("batch ended", "failed", 1)
    assert [line["step"] for line in (screening, ranking)] == ["screening", "ranking"]
    assert all(line["done"] == 3 and line["seconds"] >= 0 for line in (screening, ranking))
    assert (ended["state"], ended["run"]) == ("finished", 2)
    for line in (failed, screening, ranking, ended):
        assert line["batch"] == started.batch.id
        assert line["month"] == order.month_text
