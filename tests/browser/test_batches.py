"""The progress of a batch in a real browser, with JavaScript and without."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from matcher.batch.lock import held
from matcher.casework.batches import Batch, BatchState, BatchStep, StepProgress
from matcher.service import Matcher
from matcher.store.batch_runs import end_batch, save_step
from tests.batches import BEGUN, add_batch
from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser


@pytest.fixture(params=[True, False], ids=["with JS", "without JS"])
def staff(
    request: pytest.FixtureRequest, browser: Browser, server: str, filled: Matcher
) -> Iterator[Watched]:
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, java_script_enabled=request.param
    )
    watched = Watched(context.new_page(), server)
    watched.sign_in(filled)
    yield watched
    context.close()
    assert watched.complaints == []
    assert watched.outside == []


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
        expect(step).to_contain_text("700 / 1000 条需求", timeout=10_000)
        assert step.locator("progress").evaluate("bar => bar.value") == 70
        with filled.database.appending() as session:
            end_batch(session, batch.id, BatchState.FINISHED, BEGUN)
        expect(page.get_by_text("全部步骤已经做完")).to_be_visible(timeout=10_000)
    assert page.get_by_role("button", name="取消批次").count() == 0
