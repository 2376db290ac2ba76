"""The progress of a batch in a real browser, with JavaScript and without."""

import pytest
from playwright.sync_api import expect

from matcher.batch.lock import held
from matcher.casework.batches import Batch, BatchState, BatchStep, StepProgress
from matcher.service import Matcher
from matcher.store.batch_runs import end_batch, save_step
from tests.batches import BEGUN, add_batch
from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser


def reached(matcher: Matcher, batch: Batch, done: int) -> None:
    progress = StepProgress(
        step=BatchStep.SCREENING, done=done, total=1000, seconds=done / 100, started_at=BEGUN
    )
    with matcher.database.appending() as session:
        save_step(session, batch.id, progress)


def test_the_progress_is_followed_to_the_end(staff: Watched, filled: Matcher) -> None:
    batch = add_batch(filled, state=BatchState.RUNNING)
    with held(filled.database, filled.home):
        reached(filled, batch, 200)
        page = staff.open(f"/batches/{batch.id}")
        step = page.locator("[data-step=screening]")
        expect(step).to_contain_text("200 / 1000 条需求")
        reached(filled, batch, 700)
        expect(step).to_contain_text("700 / 1000 条需求")
        expect(step.locator("progress")).to_have_js_property("value", 70)
        with filled.database.appending() as session:
            end_batch(session, batch.id, BatchState.FINISHED, BEGUN)
        expect(page.get_by_text("全部步骤已经做完")).to_be_visible()
    expect(page.get_by_role("button", name="取消批次")).to_have_count(0)
