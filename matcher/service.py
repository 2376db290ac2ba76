"""The Matcher: everything the product does, for the command line and the web alike."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from matcher.answer import Answer
from matcher.bulk import BulkRanker
from matcher.casework.needs import KNOWN_STATUSES, OPEN_STATUSES
from matcher.embedding.encoder import Encoder
from matcher.embedding.nearness import WordNearness
from matcher.embedding.reranker import Reranker
from matcher.explain import (
    need_evidence,
    partner_evidence,
    partner_reason,
    telling_terms,
    telling_words,
)
from matcher.intake import check_need_text
from matcher.live import LiveIndex
from matcher.ranking.calibration import Calibration, band_of
from matcher.ranking.fusion import DEFAULT_WEIGHTS, best_of_rankings, rank_owners
from matcher.ranking.rerank import rerank_owners
from matcher.records import (
    Match,
    Need,
    NeedMatch,
    Partner,
    PartnerMatch,
    Passage,
    RankedCandidate,
    RankedNeed,
    Ranking,
    ScoredOwner,
    SearchFilter,
    Side,
)
from matcher.screener import Screener
from matcher.screening.genuineness import Genuineness
from matcher.store.database import Database
from matcher.store.needs import delete_need, get_need, get_needs, save_needs
from matcher.store.partners import delete_partner, get_partner, get_partners, save_partners
from matcher.store.passages import passages_by_id
from matcher.store.runs import save_match_run
from matcher.store.saving import SaveCounts
from matcher.text.fold import tidy
from matcher.text.passages import partner_passages
from matcher.timing import stage

_EVERYBODY = SearchFilter()
_PASSAGES_AS_QUERIES = 16
_NEAR_PLACES = 5
_NOT_FITTED = "推荐概率按内置模型校准，当前使用的是其他模型，档次仅供参考"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What turns scores into probabilities.

    `fits_model` is whether it was fitted on scores of the model in use; if not, answers say so.
    """

    calibration: Calibration
    genuineness: Genuineness
    fits_model: bool = True

    def probabilities(self, text: str, ranked: list[ScoredOwner]) -> list[float]:
        """Probability of each place of the ranking for a need, shape as the ranking."""
        log_odds = self.genuineness.log_odds(text)
        return [float(p) for p in self.calibration.probabilities(ranked, log_odds)]


@dataclass(frozen=True, slots=True)
class Reranking:
    """A re-ranking model and how many of the best it orders again."""

    model: Reranker
    places: int


class Matcher:
    """One opened library with its indexes.

    Every answer reads as the same pipeline: text → candidates from all views → scored owners →
    records with the evidence that earned the place.
    """

    def __init__(
        self,
        database: Database,
        encoder: Encoder,
        index: LiveIndex,
        judgement: Judgement,
        *,
        weights: Mapping[str, float] = DEFAULT_WEIGHTS,
        reranking: Reranking | None = None,
    ) -> None:
        self.database = database
        self.encoder = encoder
        self.index = index
        self._judgement = judgement
        self._weights = weights
        self._reranking = reranking
        self.screener = Screener(database, encoder, index)
        self._nearness = WordNearness(encoder) if encoder.is_static else None
        self._bulk = BulkRanker(
            database,
            encoder,
            index,
            probabilities=judgement.probabilities,
            weights=weights,
            nearness=self._nearness,
        )

    @property
    def home(self) -> Path:
        """Folder of what this instance keeps beside its database: uploads, attached files."""
        return self.index.folder.parent

    def reading(self) -> AbstractContextManager[Session]:
        """A session for the queries of `matcher.store`."""
        return self.database.reading()

    def writing(self) -> AbstractContextManager[Session]:
        """A session that commits when the block ends; what it saves is searchable at once."""
        return self.database.writing()

    def match_text(
        self, text: str, *, top: int = 10, restriction: SearchFilter = _EVERYBODY
    ) -> Ranking[PartnerMatch]:
        """Rank partners for a need given as text.

        Raises:
            NeedTextError: the text is empty, says too little, or is too long.
        """
        text = tidy(text)
        check_need_text(text)
        return self._match(text, top, restriction)

    def match_need(
        self, need_id: str, *, top: int = 10, restriction: SearchFilter = _EVERYBODY
    ) -> Ranking[PartnerMatch]:
        """Rank partners for a stored need.

        Raises:
            NotFoundError: there is no such need.
        """
        with self.reading() as session:
            need = get_need(session, need_id)
        return self._match(need.text, top, restriction)

    def record(
        self,
        ranking: Ranking[PartnerMatch],
        text: str,
        *,
        need_id: str | None = None,
        restriction: SearchFilter = _EVERYBODY,
    ) -> int:
        """Keep an answer with its question in the store; returns the number of the match run."""
        with self.database.appending() as session:
            return save_match_run(session, text, restriction, ranking, need_id)

    def needs_for(
        self, partner_id: str, *, top: int = 10, restriction: SearchFilter = _EVERYBODY
    ) -> Ranking[NeedMatch]:
        """Rank the open needs that a partner could solve: each of its passages searches them.

        Of a partner with very many passages the profile and the latest evidence are asked with; a
        warning of the ranking says so.

        Raises:
            NotFoundError: there is no such partner.
        """
        with self.reading() as session:
            partner = get_partner(session, partner_id)
        latest_first = sorted(partner.evidence, key=lambda evidence: -(evidence.year or 0))
        passages = partner_passages(replace(partner, evidence=tuple(latest_first)))
        texts = [passage.text for passage in passages[:_PASSAGES_AS_QUERIES]]
        ranking = self._rank_needs(texts, top, replace(restriction, kinds=OPEN_STATUSES))
        if not texts:
            warning = f"{partner.id} 没有简介，也没有成果，无从寻找需求，请补充后再试"
            return replace(ranking, warnings=(warning,))
        if len(passages) > len(texts):
            warning = f"{partner.id} 有 {len(passages)} 条段落，只用了最近的 {len(texts)} 条"
            return replace(ranking, warnings=(warning,))
        return ranking

    def similar_needs(
        self, need: str, *, top: int = 10, restriction: SearchFilter = _EVERYBODY
    ) -> Ranking[NeedMatch]:
        """Rank the other needs by likeness to a stored one; of no account are those given up.

        Raises:
            NotFoundError: there is no such need.
        """
        with self.reading() as session:
            text = get_need(session, need).text
        exclude = restriction.exclude | {need}
        others = replace(restriction, kinds=KNOWN_STATUSES, exclude=exclude)
        return self._rank_needs([text], top, others)

    def save_needs(self, needs: Sequence[Need]) -> SaveCounts:
        """Create or update needs."""
        with self.writing() as session:
            return save_needs(session, needs)

    def save_partners(self, partners: Sequence[Partner]) -> SaveCounts:
        """Create or update partners."""
        with self.writing() as session:
            return save_partners(session, partners)

    def delete_need(self, need_id: str) -> None:
        """Remove a need; NotFoundError if there is none."""
        with self.writing() as session:
            delete_need(session, need_id)

    def delete_partner(self, partner_id: str) -> None:
        """Remove a partner; NotFoundError if there is none."""
        with self.writing() as session:
            delete_partner(session, partner_id)

    def close(self) -> None:
        """Give back the connections; the snapshot of the indexes is brought up to date first."""
        try:
            self.index.save_if_behind()
        finally:
            self.database.close()

    def rank(
        self, text: str, *, top: int, restriction: SearchFilter = _EVERYBODY
    ) -> list[ScoredOwner]:
        """Rank partners by id alone, without their records: for evaluation and batches."""
        vector = self.encoder.encode_query(text)
        with self.index.current() as sides:
            candidates = sides[Side.PARTNER].search(text, vector, restriction)
        ranked = rank_owners(candidates, self._deep_enough(top), self._weights)
        return self._reranked(text, ranked)[0][:top]

    def rank_many(
        self,
        needs: Sequence[tuple[str, str]],
        *,
        top: int,
        progress: Callable[[int, int], None] | None = None,
    ) -> Iterator[RankedNeed]:
        """Rank many needs, given as id and text; see `BulkRanker.rank`."""
        return self._bulk.rank(needs, top, progress)

    def reasons(
        self, asked: Sequence[tuple[str, Sequence[RankedCandidate]]]
    ) -> list[dict[str, str]]:
        """For each need and some of its candidates why they are recommended, by partner."""
        return self._bulk.reasons(asked)

    def _match(self, text: str, top: int, restriction: SearchFilter) -> Ranking[PartnerMatch]:
        started = time.perf_counter()
        # The second place tells how far the first one leads, also where only one is asked for.
        deep = self._deep_enough(max(top, 2))
        answer = self._search(Side.PARTNER, [text], deep, restriction)
        with stage("calibration"):
            probabilities = self._probabilities(text, answer.scored)
        with stage("reranking"):
            scored, warnings = self._reranked(text, answer.scored)
        answer = replace(answer, scored=scored[:top])
        with stage("records"), self.reading() as session:
            partners = get_partners(session, answer.owner_ids)
            passages = passages_by_id(session, answer.passage_ids)
        with stage("nearness"):
            near = self._near_words(answer, passages)
        with stage("reasons"):
            matches = tuple(
                self._partner_match(
                    place,
                    partners[place[1].owner_id],
                    probabilities[place[1].owner_id],
                    (answer.telling, near),
                )
                for place in answer.places(partners, passages)
            )
        ranking = self._ranking(matches, answer, started)
        if not self._judgement.fits_model:
            warnings = (*warnings, _NOT_FITTED)
        return replace(ranking, warnings=warnings)

    def _near_words(self, answer: Answer, passages: Mapping[int, Passage]) -> frozenset[str]:
        """Telling words, of the best passage of the first places, that are near one of the query.

        A model that computes would take too long for it.
        """
        if self._nearness is None:
            return frozenset()
        best = (owner.passage_ids[0] for owner in answer.scored[:_NEAR_PLACES])
        texts = [passages[passage].text for passage in best if passage in passages]
        found = self._nearness.words_near(answer.telling, texts)
        with self.index.held() as sides:
            return telling_words(found, sides[Side.PARTNER])

    def _deep_enough(self, top: int) -> int:
        """How many places a search must bring so that `top` can be told."""
        return max(top, self._reranking.places) if self._reranking else top

    def _probabilities(self, text: str, ranked: list[ScoredOwner]) -> dict[str, float]:
        found = self._judgement.probabilities(text, ranked)
        return {owner.owner_id: p for owner, p in zip(ranked, found, strict=True)}

    def _reranked(
        self, text: str, ranked: list[ScoredOwner]
    ) -> tuple[list[ScoredOwner], tuple[str, ...]]:
        """The ranking after the re-ranking model, if there is one, and what it warns of.

        The model takes seconds: the indexes are not held meanwhile.
        """
        if self._reranking is None or not ranked:
            return ranked, ()
        model, first = self._reranking.model, ranked[: self._reranking.places]
        with self.reading() as session:
            passages = passages_by_id(session, [owner.passage_ids[0] for owner in first])
        present = [owner for owner in first if owner.passage_ids[0] in passages]
        texts = [passages[owner.passage_ids[0]].text for owner in present]
        cut = model.count_truncated(text, texts)
        warnings = (f"有 {cut} 个对象重排时，需求文字过长，末尾没有读完",) if cut else ()
        return rerank_owners([*present, *ranked[len(first) :]], model.score(text, texts)), warnings

    def _partner_match(
        self,
        place: tuple[int, ScoredOwner, list[Passage]],
        partner: Partner,
        probability: float,
        marked: tuple[frozenset[str], frozenset[str]],
    ) -> PartnerMatch:
        rank, scored, passages = place
        evidence = partner_evidence(partner, passages, *marked)
        band = band_of(probability)
        return PartnerMatch(
            rank=rank,
            partner=partner,
            score=scored.score,
            probability=probability,
            band=band,
            reason=partner_reason(partner, evidence, band),
            components=scored.components,
            evidence=evidence,
        )

    def _rank_needs(
        self, texts: list[str], top: int, restriction: SearchFilter
    ) -> Ranking[NeedMatch]:
        started = time.perf_counter()
        answer = self._search(Side.NEED, texts, top, restriction)
        with self.reading() as session:
            needs = get_needs(session, answer.owner_ids)
            passages = passages_by_id(session, answer.passage_ids)
        matches = tuple(
            NeedMatch(
                rank=rank,
                need=needs[scored.owner_id],
                score=scored.score,
                components=scored.components,
                evidence=need_evidence(needs[scored.owner_id], found, answer.telling),
            )
            for rank, scored, found in answer.places(needs, passages)
        )
        return self._ranking(matches, answer, started)

    def _search(self, side: Side, texts: list[str], top: int, restriction: SearchFilter) -> Answer:
        """Search one side with each text and keep each owner's best place."""
        with stage("encode"):
            vectors = np.array([self.encoder.encode_query(text) for text in texts])
            vectors = vectors.reshape(len(texts), self.encoder.dimension)
        with self.index.current() as sides:
            index = sides[side]
            found = index.search_many(texts, vectors, restriction)
            telling = frozenset().union(*(telling_terms(text, index) for text in texts))
            revision = self.index.revision
        with stage("fusion"):
            rankings = [rank_owners(candidates, top, self._weights) for candidates in found]
        considered = len({owner for candidates in found for owner in candidates.owner_ids})
        return Answer(best_of_rankings(rankings, top), considered, telling, revision)

    def _ranking(
        self, matches: tuple[Match, ...], answer: Answer, started: float
    ) -> Ranking[Match]:
        return Ranking(
            matches=matches,
            considered=answer.considered,
            model_id=self.encoder.model_id,
            revision=answer.revision,
            milliseconds=(time.perf_counter() - started) * 1000,
        )
