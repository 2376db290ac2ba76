"""Keywords suggested for a need: terms of its own text that could stand as keywords of a paper."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from matcher.screening.keyword_features import term_features
from matcher.screening.keyword_files import read_keyword_model
from matcher.screening.keyword_model import KeywordModel
from matcher.screening.stop_terms import is_stop_term
from matcher.screening.term_candidates import TextTerms, find_terms
from matcher.text.fold import fold

MOST_KEYWORDS = 5
LEAST_PROBABILITY = 0.03
"""Low, since a person picks from what is suggested, and since the model learned from papers, which
talk otherwise than needs do."""
_NAME = re.compile(r"[α-ωa-z0-9./+-]*[a-z][α-ωa-z0-9./+-]*")
"""A model number or an abbreviation. One that the text returns to is suggested while there is room:
it is seldom a keyword of papers, but what experts and products are found by."""
_TELLING = 4.5
"""Rarity of a word that one text in ninety has."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """A suggested keyword as the text spells it.

    Attributes:
        text: the keyword.
        term: the keyword folded, to compare it with others.
        probability: that the author of a paper with this text would give it as a keyword.
        span: half-open character range of its first place in the text.
    """

    text: str
    term: str
    probability: float
    span: tuple[int, int]


class KeywordSuggester:
    """Suggests keywords; loading takes a moment, so one is made once and kept."""

    def __init__(self, model: KeywordModel) -> None:
        self._model = model

    @classmethod
    def load(cls, folder: Path) -> "KeywordSuggester":
        """Load the tables that `matcher train-keywords` wrote.

        Raises:
            ModelError: a file is missing, damaged, or of another format.
        """
        return cls(read_keyword_model(folder))

    def rarity(self, word: str) -> float:
        """How telling a folded word is: its inverse document frequency in the corpus."""
        return self._model.rarity(word)

    def suggest(
        self, text: str, *, most: int = MOST_KEYWORDS, given: Iterable[str] = ()
    ) -> tuple[Keyword, ...]:
        """Keywords for a text whose first line is its title, best first.

        A keyword that is part of a chosen one, or only ever stands overlapping with one, is left
        out, so that the few say as much as they can. At least one is suggested if there is any
        candidate; more must be likely enough.

        Args:
            text: what the need says, title first.
            most: how many to suggest at most.
            given: keywords that are there already; they and their parts are not suggested.
        """
        terms, weighed = self._weigh(text)
        taken = _Taken(terms, given)
        chosen: list[Keyword] = []
        for term, probability in sorted(weighed.items(), key=_best_first):
            if len(chosen) == most:
                break
            if chosen and probability < _least_probability(terms, term):
                continue
            if not taken.covers(term):
                taken.add(term)
                chosen.append(_keyword(text, terms, term, probability))
        return tuple(chosen)

    def shared(self, texts: Sequence[str], *, most: int = 3) -> tuple[str, ...]:
        """Keywords that several texts have in common, best first, as the first one spells them.

        A term counts by its probabilities summed up over the texts. One that stands in one text
        only is none, and one of common words (试验, 设计) would not tell the texts from others;
        where nothing is left, each text gives its best keyword.

        Args:
            texts: what the needs say, the most typical first.
            most: how many to return at most.
        """
        weighed = [self._weigh(text) for text in texts]
        spread = Counter(term for _, own in weighed for term in own)
        total: dict[str, float] = {}
        spelling: dict[str, str] = {}
        for text, (terms, own) in zip(texts, weighed, strict=True):
            for term, probability in own.items():
                if spread[term] > 1 and self._is_telling(terms.words(term)):
                    total[term] = total.get(term, 0.0) + probability
                    spelling.setdefault(term, _keyword(text, terms, term, probability).text)
        if not total:
            best = (keyword.text for text in texts for keyword in self.suggest(text, most=1))
            return tuple(dict.fromkeys(best))[:most]
        chosen: list[str] = []
        for term, _ in sorted(total.items(), key=_best_first):
            if not any(term in other or other in term for other in chosen):
                chosen.append(term)
        return tuple(spelling[term] for term in chosen[:most])

    def _is_telling(self, words: Iterable[str]) -> bool:
        return max(map(self.rarity, words)) >= _TELLING

    def _weigh(self, text: str) -> tuple[TextTerms, dict[str, float]]:
        """The candidates of a text that say something, with their probabilities."""
        terms = find_terms(text)
        names, features = term_features(terms, self._model)
        probabilities = self._model.weighing.probability(features).tolist()
        weighed = zip(names, probabilities, strict=True)
        return terms, {term: p for term, p in weighed if not is_stop_term(term, terms.words(term))}


def _best_first(weighed: tuple[str, float]) -> tuple[float, str]:
    return -weighed[1], weighed[0]


def _least_probability(terms: TextTerms, term: str) -> float:
    """How probable a term must be to be suggested."""
    if not _NAME.fullmatch(term):
        return LEAST_PROBABILITY
    places = terms.candidates[term]
    in_title = terms.span(places[0])[0] < terms.title_end
    return 0.0 if in_title or len(places) > 1 else LEAST_PROBABILITY


def _keyword(text: str, terms: TextTerms, term: str, probability: float) -> Keyword:
    start, end = terms.span(terms.candidates[term][0])
    return Keyword(text[start:end], term, round(probability, 4), (start, end))


class _Taken:
    """The terms that are chosen or given, and the characters of the text that they cover."""

    def __init__(self, terms: TextTerms, given: Iterable[str]) -> None:
        self._terms = terms
        self._names: list[str] = []
        self._spans: list[tuple[int, int]] = []
        for keyword in given:
            if len(name := fold(keyword.strip())) > 1:
                self.add(name)

    def add(self, term: str) -> None:
        self._names.append(term)
        places = self._terms.candidates.get(term, ())
        self._spans.extend(self._terms.span(place) for place in places)

    def covers(self, term: str) -> bool:
        """Whether a term is part of a taken one, holds one, or never stands apart from them."""
        if any(term in name or name in term for name in self._names):
            return True
        spans = map(self._terms.span, self._terms.candidates[term])
        return all(self._overlaps(start, end) for start, end in spans)

    def _overlaps(self, start: int, end: int) -> bool:
        return any(start < other_end and other < end for other, other_end in self._spans)
