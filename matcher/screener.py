"""Screening (筛选) of needs: what a need is about, and whether the library has it already."""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from matcher.casework.needs import KNOWN_STATUSES
from matcher.embedding.encoder import Encoder
from matcher.index.passages import DENSE, PAIRS, PassageIndex
from matcher.intake import check_need_text
from matcher.live import LiveIndex
from matcher.records import Candidates, Need, SearchFilter, Side
from matcher.screening.classifier import Classification, ScreeningModel
from matcher.screening.common import CommonNeed, FirmNeed, find_common_needs
from matcher.screening.duplicates import (
    NEIGHBOURS,
    DuplicateJudge,
    Likeness,
    LikenessKind,
    Vectors,
)
from matcher.screening.genuineness import Genuineness
from matcher.screening.keywords import Keyword, KeywordSuggester
from matcher.screening.repeats import repeats_among
from matcher.settings import data_folder
from matcher.store.batches import batched
from matcher.store.changes import library_state
from matcher.store.database import Database
from matcher.store.needs import each_need, get_need, get_needs
from matcher.text.fold import tidy

_WORDED_ALIKE: Final = 10
"""How many needs are compared for their wording alone. Where vectors lie far apart, as those of a
title and of the whole text do, a version is found by the letters that both have."""
_SEARCHES_AT_ONCE: Final = 20
"""So many while the indexes are held; then others have their turn."""
_ONLY_VERSIONS: Final = (
    "当前使用的不是内置的语义模型：重复需求可以找出，换了说法的同一问题和共性需求找不出来"
)


@dataclass(frozen=True, slots=True)
class ScreeningModels:
    """What screening reads from data/; loading it takes a moment."""

    classifier: ScreeningModel
    suggester: KeywordSuggester
    judge: DuplicateJudge
    genuineness: Genuineness


def load_screening_models() -> ScreeningModels:
    """The models as they ship.

    Raises:
        ModelError: a file is missing or damaged.
    """
    folder = data_folder() / "screening"
    suggester = KeywordSuggester.load(data_folder() / "keywords")
    return ScreeningModels(
        classifier=ScreeningModel.load(folder / "classifier"),
        suggester=suggester,
        judge=DuplicateJudge.load(folder, suggester.rarity),
        genuineness=Genuineness.load(folder / "genuineness.json"),
    )


@dataclass(frozen=True, slots=True)
class SimilarNeed:
    """A need of the library that may be the same one, or tell of the same problem."""

    need: Need
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Screening:
    """What a need looks like at first sight; all of it is for a person to confirm.

    Attributes:
        classification: likeliest fields, disciplines and industries.
        keywords: suggestions that are not among the keywords given.
        similar: needs that seem to be the same or of the same problem, likeliest first.
        doubtful: whether the text reads like something else than a technical need.
    """

    classification: Classification
    keywords: tuple[Keyword, ...]
    similar: tuple[SimilarNeed, ...]
    doubtful: bool

    @property
    def repeated(self) -> tuple[SimilarNeed, ...]:
        """The needs of which this one seems to be a version (重复需求)."""
        return tuple(s for s in self.similar if s.likeness.kind is LikenessKind.SAME)


@dataclass(frozen=True, slots=True)
class QuickScreening:
    """What is said of each of many needs at once.

    Attributes:
        need_id: of the need.
        classification: likeliest fields and industries; None for a need that has both already.
        versions: ids of needs of which this seems to be a version (重复需求), with the
            probability, likeliest first.
        doubtful: whether the text reads like something else than a technical need.
    """

    need_id: str
    classification: Classification | None
    versions: tuple[tuple[str, float], ...]
    doubtful: bool


@dataclass(frozen=True, slots=True)
class CommonNeedGroup:
    """A common need (共性需求) with its needs, the most typical one first."""

    group: CommonNeed
    needs: tuple[Need, ...]


class Screener:
    """Screens needs against one library."""

    def __init__(
        self,
        database: Database,
        encoder: Encoder,
        index: LiveIndex,
        load_models: Callable[[], ScreeningModels] = load_screening_models,
    ) -> None:
        """Take what is needed; the models are loaded when they are first asked for."""
        self._database = database
        self._encoder = encoder
        self._index = index
        self._load_models = load_models
        self._models: ScreeningModels | None = None
        self._loading = threading.Lock()
        self._common: dict[str, tuple[str, tuple[CommonNeedGroup, ...]]] = {}
        self._grouping = threading.Lock()

    @property
    def models(self) -> ScreeningModels:
        """The models, loaded once however many threads ask.

        Raises:
            ModelError: a file of theirs is missing or damaged.
        """
        with self._loading:
            if self._models is None:
                self._models = self._load_models()
            return self._models

    @property
    def tells_problems(self) -> bool:
        """Whether needs of one problem in other words can be told, and common needs be found.

        The weights for it belong to the embedded model; with another one only versions of one
        text are found.
        """
        return self._encoder.model_id == self.models.judge.weights.model_id

    @property
    def warnings(self) -> tuple[str, ...]:
        """What should be told with every answer, in Chinese; empty with the embedded model.

        Raises:
            ModelError: a file of the models is missing or damaged.
        """
        return () if self.tells_problems else (_ONLY_VERSIONS,)

    def screen(
        self,
        text: str,
        *,
        given: Iterable[str] = (),
        exclude: Iterable[str] = (),
        county: str = "",
    ) -> Screening:
        """Screen a need, however little its text says.

        Args:
            text: the need as `Need.text` gives it, title first.
            given: keywords that it has already.
            exclude: ids of needs not to compare it with, such as its own.
            county: compare it with the needs of this county alone; empty: with all.

        Raises:
            ModelError: a model cannot be loaded.
        """
        models = self.models
        vector = self._vectors([text])[0]
        known = self._encoder.model_id == models.classifier.encoder_id
        return Screening(
            classification=models.classifier.classify(text, vector if known else None),
            keywords=models.suggester.suggest(text, given=given),
            similar=self._similar([(text, frozenset(exclude))], [vector], county)[0],
            doubtful=models.genuineness.log_odds(text) < 0,
        )

    def screen_text(self, text: str, *, county: str = "") -> Screening:
        """Screen a need given as text, against the needs of a county or all.

        Raises:
            NeedTextError: the text is empty, says too little, or is too long.
            ModelError: a model cannot be loaded.
        """
        text = tidy(text)
        check_need_text(text)
        return self.screen(text, county=county)

    def screen_need(self, need_id: str, *, county: str = "") -> Screening:
        """Screen a stored need against the others; its keywords are not suggested again.

        Raises:
            NotFoundError: there is no such need.
            ModelError: a model cannot be loaded.
        """
        with self._database.reading() as session:
            need = get_need(session, need_id)
        return self.screen(need.text, given=need.keywords, exclude={need.id}, county=county)

    def screen_many(self, need_ids: Collection[str]) -> Iterator[QuickScreening]:
        """Screen many stored needs against the library; those that are not there are left out.

        Raises:
            ModelError: a model cannot be loaded.
        """
        models = self.models
        with self._database.reading() as session:
            known = list(each_need(session, statuses=KNOWN_STATUSES))
            there = {need.id for need in known}
            known += get_needs(session, [id for id in need_ids if id not in there]).values()
        places = {need.id: place for place, need in enumerate(known)}
        asked = [places[need_id] for need_id in need_ids if need_id in places]
        facts = [models.judge.facts(need.text) for need in known]
        versions = repeats_among(facts, asked, models.judge)
        for some in batched(zip(asked, versions, strict=True)):
            classified = self._classified([known[place] for place, _ in some])
            for place, found in some:
                need = known[place]
                yield QuickScreening(
                    need_id=need.id,
                    classification=classified.get(need.id),
                    versions=tuple((known[other].id, round(same, 4)) for other, same in found),
                    doubtful=models.genuineness.log_odds(need.text) < 0,
                )

    def _classified(self, needs: Sequence[Need]) -> dict[str, Classification]:
        """Likeliest fields and industries of those needs that lack one of both, by id."""
        classifier = self.models.classifier
        asked = [need for need in needs if need.field is None or not need.industry]
        if self._encoder.model_id != classifier.encoder_id:
            return {need.id: classifier.classify(need.text) for need in asked}
        vectors = self._vectors([need.text for need in asked])
        return {
            need.id: classifier.classify(need.text, vector)
            for need, vector in zip(asked, vectors, strict=True)
        }

    def similar_to(self, need: Need, *, county: str = "") -> tuple[SimilarNeed, ...]:
        """Other needs that seem to be the same as this one or of its problem, likeliest first.

        Args:
            need: a need, in the library or not.
            county: look among the needs of this county alone; empty: among all.

        Raises:
            ModelError: a model cannot be loaded.
        """
        (similar,) = self.similar_to_each([need], county=county)
        return similar

    def similar_to_each(
        self, needs: Sequence[Need], *, county: str = ""
    ) -> list[tuple[SimilarNeed, ...]]:
        """`similar_to` for several needs, whose texts are embedded and looked up together.

        Raises:
            ModelError: a model cannot be loaded.
        """
        vectors = self._vectors([need.text for need in needs])
        asked = [(need.text, frozenset({need.id})) for need in needs]
        return self._similar(asked, list(vectors), county)

    def common_needs(self, county: str = "") -> tuple[CommonNeedGroup, ...]:
        """The common needs of the library or of one county, those of the most firms first.

        Those of a county are found among its needs alone, so that nothing of them tells of needs
        elsewhere. They are kept until the library changes. Empty where `tells_problems` is false.

        Raises:
            ModelError: a model cannot be loaded.
        """
        if not self.tells_problems:
            return ()
        with self._grouping:
            with self._database.reading() as session:
                token = library_state(session).token
                kept_token, kept = self._common.get(county, ("", ()))
                if kept_token == token:
                    return kept
                known = each_need(session, county=county, statuses=KNOWN_STATUSES)
                needs = {need.id: need for need in known}
            groups = self._grouped(needs)
            self._common[county] = token, groups
            return groups

    def _grouped(self, needs: dict[str, Need]) -> tuple[CommonNeedGroup, ...]:
        firms = [FirmNeed(need.id, need.enterprise_id, need.text) for need in needs.values()]
        vectors = self._vectors([firm.text for firm in firms])
        found = find_common_needs(firms, vectors, self.models.judge, self.models.suggester)
        return tuple(
            CommonNeedGroup(group, tuple(needs[need_id] for need_id in group.needs))
            for group in found
        )

    def _similar(
        self,
        asked: Sequence[tuple[str, frozenset[str]]],
        vectors: Sequence[Vectors],
        county: str,
    ) -> list[tuple[SimilarNeed, ...]]:
        """For each text, given with the needs that are of no account, those that are like it."""
        near: list[list[str]] = []
        for some in batched(zip(asked, vectors, strict=True), _SEARCHES_AT_ONCE):
            with self._index.current() as sides:
                near += [self._neighbours(sides[Side.NEED], *one, county) for one in some]
        with self._database.reading() as session:
            needs = get_needs(session, dict.fromkeys(id for ids in near for id in ids))
        # The search takes a county as a part of a name; here it is the whole.
        return [
            self._alike(
                text,
                vector,
                [needs[id] for id in ids if id in needs and county in ("", needs[id].county)],
            )
            for (text, _), vector, ids in zip(asked, vectors, near, strict=True)
        ]

    def _neighbours(
        self, index: PassageIndex, asked: tuple[str, frozenset[str]], vector: Vectors, county: str
    ) -> list[str]:
        text, exclude = asked
        among = SearchFilter(kinds=KNOWN_STATUSES, region=county, exclude=exclude)
        found = index.search(text, vector, among)
        near = _best_owners(found, DENSE, NEIGHBOURS)
        return list(dict.fromkeys([*near, *_best_owners(found, PAIRS, _WORDED_ALIKE)]))

    def _alike(self, text: str, vector: Vectors, others: list[Need]) -> tuple[SimilarNeed, ...]:
        if not others:
            return ()
        texts = [need.text for need in others]
        vectors = self._vectors(texts) if self.tells_problems else None
        likenesses = self.models.judge.compare(
            text, None if vectors is None else vector, texts, vectors
        )
        similar = [
            SimilarNeed(need, likeness)
            for need, likeness in zip(others, likenesses, strict=True)
            if likeness.kind is not LikenessKind.DIFFERENT
        ]
        return tuple(sorted(similar, key=_likeliest_first))

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self._encoder.dimension), dtype=np.float32)
        return self._encoder.encode_passages(texts)


def _best_owners(found: Candidates, view: str, most: int) -> list[str]:
    """Ids of the owners with the best passages in one view, best first."""
    ordered = found.owners[np.argsort(-found.scores[view], kind="stable")].tolist()
    return [found.owner_ids[row] for row in dict.fromkeys(ordered)][:most]


def _likeliest_first(similar: SimilarNeed) -> tuple[float, float, str]:
    likeness = similar.likeness
    return -likeness.same, -(likeness.related or 0.0), similar.need.id
