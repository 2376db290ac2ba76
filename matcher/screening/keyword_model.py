"""The keyword model: two tables of counts, turned into probabilities, and a weighing of features.

Keyphraseness, the share of the texts with a term in which it is a keyword, is from Mihalcea and
Csomai, "Wikify! Linking documents to encyclopedic knowledge", CIKM 2007; learning to weigh such
features is from Witten et al., "KEA: Practical automatic keyphrase extraction", DL 1999. What is
added here is a view on the words of a term, so that a compound that no paper had as a keyword
(锁渣阀) can be told from a mere row of words.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from matcher.screening.logistic import Logistic

_PRIOR = 8.0
"""A word is taken for an average one until it was seen about so often."""
_AFFIX_PRIOR = 20.0
_KEYPHRASENESS_PRIOR = (0.1, 4.0)


class TermRow(NamedTuple):
    """Counts of one term; see `TermCounts`."""

    texts: int
    papers: int
    keyworded: int


class WordRow(NamedTuple):
    """Counts of one word; see `TermCounts` and `WordRoles`.

    `occurrences` are those in papers, and for a word that is in no term those elsewhere too:
    however common in the talk of firms, it has never been part of a technical term.
    """

    texts: int
    occurrences: int
    first: int
    last: int
    inside: int
    before: int
    after: int
    terms_first: int
    terms_last: int
    terms: int


@dataclass(frozen=True, slots=True)
class TermFacts:
    """What is known of a term: inverse document frequency and log of keyphraseness."""

    idf: float
    keyphraseness: float


@dataclass(frozen=True, slots=True)
class WordFacts:
    """What is known of a word, as logarithms; see `KeywordModel`.

    `first`, `last` and `inside` say how much more often than the average word it stands there in
    a keyword, `before` and `after` how much more often next to one.
    """

    idf: float
    first: float
    last: float
    inside: float
    before: float
    after: float
    terms_first: float
    terms_last: float
    terms: float


@dataclass(frozen=True, slots=True)
class KeywordTables:
    """The counts that a model is made of, as they are stored."""

    texts: int
    terms: Mapping[str, TermRow]
    words: Mapping[str, WordRow]


class KeywordModel:
    """Facts of terms and words, and the weighing of the features made of them."""

    def __init__(self, tables: KeywordTables, weighing: Logistic) -> None:
        self.tables = tables
        self.weighing = weighing
        prior, strength = _KEYPHRASENESS_PRIOR
        self.unknown_keyphraseness = math.log(prior / strength)
        self._rates = _rates(tables.words)
        self._affixes = _Affixes(tables.words, self._rates)

    def term(self, term: str) -> TermFacts | None:
        """What is known of a folded term; None for one that is not in the vocabulary."""
        row = self.tables.terms.get(term)
        if row is None:
            return None
        prior, strength = _KEYPHRASENESS_PRIOR
        keyphraseness = math.log((row.keyworded + prior) / (row.papers + strength))
        return TermFacts(self._idf(row.texts), keyphraseness)

    def rarity(self, word: str) -> float:
        """Inverse document frequency of a folded word; of one that is in no text, the highest."""
        return self._idf(self.tables.words.get(word, _UNSEEN).texts)

    def word(self, word: str) -> WordFacts:
        """What is known of a folded word; of an unknown one, what its first and last say."""
        row = self.tables.words.get(word, _UNSEEN)
        rates = self._rates

        def excess(count: int, role: str, expected: float) -> float:
            share = (count + _PRIOR * expected) / (row.occurrences + _PRIOR)
            return math.log(share / rates[role])

        return WordFacts(
            idf=self._idf(row.texts),
            first=excess(row.first, "first", self._affixes.first(word)),
            last=excess(row.last, "last", self._affixes.last(word)),
            inside=excess(row.inside, "inside", rates["inside"]),
            before=excess(row.before, "before", rates["before"]),
            after=excess(row.after, "after", rates["after"]),
            terms_first=math.log1p(row.terms_first),
            terms_last=math.log1p(row.terms_last),
            terms=math.log1p(row.terms),
        )

    def _idf(self, texts: int) -> float:
        return math.log((self.tables.texts + 1) / (texts + 1))


_ROLES = ("first", "last", "inside", "before", "after")
_UNSEEN = WordRow(*[0] * 10)


def _rates(words: Mapping[str, WordRow]) -> dict[str, float]:
    """How often the average word stands in each role."""
    total = sum(row.occurrences for row in words.values())
    return {
        role: max(sum(getattr(row, role) for row in words.values()), 1) / max(total, 1)
        for role in _ROLES
    }


class _Affixes:
    """How often words with the same first or last character begin or end a keyword.

    Characters such as 器, 阀 and 剂 end technical words, those that were never seen too.
    """

    def __init__(self, words: Mapping[str, WordRow], rates: Mapping[str, float]) -> None:
        self._rates = rates
        self._begin: dict[str, tuple[int, int]] = {}
        self._end: dict[str, tuple[int, int]] = {}
        for word, row in words.items():
            began, of_first = self._begin.get(word[0], (0, 0))
            self._begin[word[0]] = (began + row.first, of_first + row.occurrences)
            ended, of_last = self._end.get(word[-1], (0, 0))
            self._end[word[-1]] = (ended + row.last, of_last + row.occurrences)

    def first(self, word: str) -> float:
        return self._share(self._begin.get(word[0], (0, 0)), self._rates["first"])

    def last(self, word: str) -> float:
        return self._share(self._end.get(word[-1], (0, 0)), self._rates["last"])

    @staticmethod
    def _share(counts: tuple[int, int], rate: float) -> float:
        count, total = counts
        return (count + _AFFIX_PRIOR * rate) / (total + _AFFIX_PRIOR)
