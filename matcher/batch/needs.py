"""The steps that look at each open need: screening, and ranking of partners."""

from collections.abc import Iterator
from typing import Any, Final

from matcher.batch.runner import Work
from matcher.casework.batches import BatchStep
from matcher.records import RankedNeed
from matcher.screener import QuickScreening
from matcher.screening.classifier import Suggestion
from matcher.store.batch_results import (
    Part,
    count_batch_needs,
    needs_without,
    save_candidates,
    save_screenings,
)
from matcher.store.batches import batched
from matcher.store.needs import get_needs

_KEPT_AT_ONCE: Final = 64
"""Needs whose results are stored in one transaction: that much is done again after a kill."""


class Screening:
    """Looks at each need: what it is about, whether it reads doubtful, whether it is a repeat."""

    name = BatchStep.SCREENING

    def standing(self, work: Work) -> tuple[int, int]:
        """Needs that are screened, and all."""
        return _standing(work, "screening")

    def rest(self, work: Work) -> Iterator[int]:
        """Screen the others."""
        database, batch_id = work.desk.database, work.batch.id
        with database.reading() as session:
            missing = needs_without(session, batch_id, "screening")
        if not missing:
            return
        left = dict.fromkeys(missing)
        for some in batched(work.desk.matcher.screener.screen_many(missing), _KEPT_AT_ONCE):
            with database.appending() as session:
                save_screenings(session, batch_id, {each.need_id: _kept(each) for each in some})
            for each in some:
                left.pop(each.need_id)
            yield len(some)
        if left:
            with database.appending() as session:
                save_screenings(session, batch_id, {need_id: {"gone": True} for need_id in left})
            yield len(left)


class Ranking:
    """Ranks partners for each need.

    `top` is how many candidates are kept.
    """

    name = BatchStep.RANKING

    def __init__(self, top: int) -> None:
        self._top = top

    def standing(self, work: Work) -> tuple[int, int]:
        """Needs that are ranked, and all."""
        return _standing(work, "candidates")

    def rest(self, work: Work) -> Iterator[int]:
        """Rank the others."""
        database, batch_id = work.desk.database, work.batch.id
        with database.reading() as session:
            missing = needs_without(session, batch_id, "candidates")
            needs = get_needs(session, missing)
        texts = {need_id: needs[need_id].text for need_id in missing if need_id in needs}
        asked = [(need_id, text) for need_id, text in texts.items() if text.strip()]
        ranked = work.desk.matcher.rank_many(asked, top=self._top)
        for some in batched(ranked, _KEPT_AT_ONCE):
            with database.appending() as session:
                save_candidates(session, batch_id, some)
            yield len(some)
        # A need that was deleted meanwhile, or says nothing, has no candidates.
        told = {need_id for need_id, _ in asked}
        silent = [RankedNeed(need_id=each, candidates=()) for each in missing if each not in told]
        if silent:
            with database.appending() as session:
                save_candidates(session, batch_id, silent)
            yield len(silent)


def _standing(work: Work, part: Part) -> tuple[int, int]:
    with work.desk.database.reading() as session:
        done = count_batch_needs(session, work.batch.id, part)
        return done, count_batch_needs(session, work.batch.id)


def _kept(screening: QuickScreening) -> dict[str, Any]:
    """A screening as JSON holds it."""
    found = screening.classification
    return {
        "doubtful": screening.doubtful,
        "versions": [list(version) for version in screening.versions],
        "fields": [_suggested(each) for each in found.fields] if found else [],
        "industries": [_suggested(each) for each in found.industries] if found else [],
    }


def _suggested(suggestion: Suggestion) -> list[Any]:
    return [suggestion.code, suggestion.label, round(suggestion.confidence, 4)]
