"""A batch of small steps that really store what they do, for tests of the runner."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from matcher.batch.runner import Work
from matcher.casework.batches import BatchStep
from matcher.records import RankedNeed
from matcher.store.batch_results import (
    Part,
    count_batch_needs,
    needs_without,
    save_candidates,
    save_screenings,
)


class CountingStep:
    """Stores something for each need, a need a piece; writes down each piece that it does."""

    def __init__(
        self,
        name: BatchStep,
        part: Part,
        done: Path,
        *,
        pause: float = 0.0,
        before: Callable[[str], None] | None = None,
    ) -> None:
        self._name = name
        self._part: Part = part
        self._done = done
        self._pause = pause
        self._before = before

    @property
    def name(self) -> BatchStep:
        return self._name

    def standing(self, work: Work) -> tuple[int, int]:
        with work.desk.database.reading() as session:
            done = count_batch_needs(session, work.batch.id, self._part)
            return done, count_batch_needs(session, work.batch.id)

    def rest(self, work: Work) -> Iterator[int]:
        with work.desk.database.reading() as session:
            missing = needs_without(session, work.batch.id, self._part)
        for need_id in missing:
            if self._before is not None:
                self._before(need_id)
            time.sleep(self._pause)
            with work.desk.database.appending() as session:
                if self._part == "screening":
                    save_screenings(session, work.batch.id, {need_id: {"seen": need_id}})
                else:
                    ranked = RankedNeed(need_id=need_id, candidates=())
                    save_candidates(session, work.batch.id, [ranked])
            with self._done.open("a", encoding="utf-8") as file:
                file.write(json.dumps([self._name.value, need_id]) + "\n")
            yield 1


def two_steps(
    done: Path, *, pause: float = 0.0, before: Callable[[str], None] | None = None
) -> list[CountingStep]:
    """Screening and ranking of nothing."""
    return [
        CountingStep(BatchStep.SCREENING, "screening", done, pause=pause, before=before),
        CountingStep(BatchStep.RANKING, "candidates", done, pause=pause, before=before),
    ]


def pieces(done: Path) -> list[tuple[str, str]]:
    """What was done, in its order."""
    if not done.exists():
        return []
    return [tuple(json.loads(line)) for line in done.read_text(encoding="utf-8").splitlines()]
