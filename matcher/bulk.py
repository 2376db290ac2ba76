"""Many stored needs at once: their rankings without records, and the reasons of what was chosen."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from threadpoolctl import threadpool_limits

from matcher.embedding.encoder import Encoder
from matcher.embedding.nearness import WordNearness
from matcher.explain import partner_evidence, partner_reason, telling_terms, telling_words
from matcher.index.passages import PassageIndex
from matcher.live import LiveIndex
from matcher.ranking.calibration import band_of
from matcher.ranking.fusion import rank_owners
from matcher.records import (
    Passage,
    RankedCandidate,
    RankedNeed,
    ScoredOwner,
    SearchFilter,
    Side,
)
from matcher.store.batches import batched
from matcher.store.database import Database
from matcher.store.partners import get_partners
from matcher.store.passages import passages_by_id

Probabilities = Callable[[str, list[ScoredOwner]], list[float]]
"""Probability of each place of a ranking for a need's text."""

_NEEDS_AT_ONCE = 64
"""So many are ranked while the indexes are held; others wait for that long."""
_PLACES_TO_JUDGE = 10
"""Least places of a ranking that calibration needs to see."""
_EVERYBODY = SearchFilter()


class BulkRanker:
    """Ranks many needs, as `Matcher.match_need` does one, but for re-ranking.

    A re-ranking model takes seconds a need, and what it says is an order, not a probability.
    """

    def __init__(
        self,
        database: Database,
        encoder: Encoder,
        index: LiveIndex,
        *,
        probabilities: Probabilities,
        weights: Mapping[str, float],
        nearness: WordNearness | None,
    ) -> None:
        """Take what is needed; without `nearness` reasons name the need's own words alone."""
        self._database = database
        self._encoder = encoder
        self._index = index
        self._probabilities = probabilities
        self._weights = weights
        self._nearness = nearness

    def rank(
        self,
        needs: Sequence[tuple[str, str]],
        top: int,
        progress: Callable[[int, int], None] | None = None,
    ) -> Iterator[RankedNeed]:
        """Rank needs given as id and text; they come back in their order."""
        done = 0
        for some in batched(needs, _NEEDS_AT_ONCE):
            with _one_thread():
                ranked = self._rank_some(some, top)
            yield from ranked
            done += len(some)
            if progress is not None:
                progress(done, len(needs))

    def reasons(
        self, asked: Sequence[tuple[str, Sequence[RankedCandidate]]]
    ) -> list[dict[str, str]]:
        """One sentence for each of some partners of each need, by partner, as `partner_reason`.

        Partners that are not in the store any more have none.

        Args:
            asked: for each need its text and the candidates that are to be explained.
        """
        found: list[dict[str, str]] = []
        for some in batched(asked, _NEEDS_AT_ONCE):
            with _one_thread():
                found += self._reasons_of_some(some)
        return found

    def _rank_some(self, needs: list[tuple[str, str]], top: int) -> list[RankedNeed]:
        texts = [text for _, text in needs]
        vectors = np.stack([self._encoder.encode_query(text) for text in texts])
        deep = max(top, _PLACES_TO_JUDGE)
        with self._index.current() as sides:
            found = sides[Side.PARTNER].search_many(texts, vectors, _EVERYBODY)
        rankings = [rank_owners(candidates, deep, self._weights) for candidates in found]
        return [
            RankedNeed(need_id=need_id, candidates=self._candidates(text, ranking)[:top])
            for (need_id, text), ranking in zip(needs, rankings, strict=True)
        ]

    def _candidates(self, text: str, ranking: list[ScoredOwner]) -> tuple[RankedCandidate, ...]:
        return tuple(
            RankedCandidate(
                partner_id=scored.owner_id,
                probability=probability,
                score=scored.score,
                passage_ids=scored.passage_ids,
            )
            for scored, probability in zip(ranking, self._probabilities(text, ranking), strict=True)
        )

    def _reasons_of_some(
        self, asked: Sequence[tuple[str, Sequence[RankedCandidate]]]
    ) -> list[dict[str, str]]:
        chosen = [candidate for _, candidates in asked for candidate in candidates]
        with self._database.reading() as session:
            partners = get_partners(session, {each.partner_id for each in chosen})
            wanted = {passage for each in chosen for passage in each.passage_ids}
            passages = passages_by_id(session, wanted)
        with self._index.current() as sides:
            index = sides[Side.PARTNER]
            marks = [self._marks(text, some, passages, index) for text, some in asked]
        reasons: list[dict[str, str]] = []
        for (_, candidates), marked in zip(asked, marks, strict=True):
            of_need = {}
            for each in candidates:
                if each.partner_id in partners:
                    own = [passages[p] for p in each.passage_ids if p in passages]
                    partner = partners[each.partner_id]
                    evidence = partner_evidence(partner, own, *marked)
                    of_need[partner.id] = partner_reason(
                        partner, evidence, band_of(each.probability)
                    )
            reasons.append(of_need)
        return reasons

    def _marks(
        self,
        text: str,
        candidates: Sequence[RankedCandidate],
        passages: Mapping[int, Passage],
        index: PassageIndex,
    ) -> tuple[frozenset[str], frozenset[str]]:
        """Telling words of the need, and words of the best passages that are near one of them."""
        telling = telling_terms(text, index)
        if self._nearness is None:
            return telling, frozenset()
        best = [each.passage_ids[0] for each in candidates if each.passage_ids]
        texts = [passages[passage].text for passage in best if passage in passages]
        return telling, telling_words(self._nearness.words_near(telling, texts), index)


def _one_thread() -> threadpool_limits:
    """Let the libraries compute on one core while a block runs.

    Their pieces of work are so small here that threads wait for each other longer than they
    compute; where another process uses a core, several times as long.
    """
    return threadpool_limits(limits=1)
