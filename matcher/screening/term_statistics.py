"""What a corpus says about terms and words: how often they occur, and how often as keywords.

The counts are kept as they are; `KeywordModel` turns them into probabilities.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from matcher.screening.term_candidates import TextTerms, find_terms, term_words

RUN_START = "^"
RUN_END = "$"


@dataclass(frozen=True, slots=True)
class TaggedText:
    """A text with the keywords that its authors gave it, folded; empty where unknown."""

    text: str
    keywords: frozenset[str] = frozenset()


@dataclass(slots=True)
class TermCounts:
    """Counts of the terms of a vocabulary and of words; of two corpora they can be added.

    A paper is a text with keywords. Of words, `first`, `last` and `inside` count where they stand
    in occurrences of keywords, `before` and `after` what stands next to these; the ends of a run
    of words count as the words `RUN_START` and `RUN_END`.

    Attributes:
        texts: texts counted.
        papers: those with keywords.
        term_texts: texts that a term occurs in.
        term_papers: papers that a term occurs in.
        term_keyworded: papers that a term occurs in and is a keyword of.
        word_texts: texts that a word occurs in.
        in_papers: occurrences of a word in papers.
        elsewhere: occurrences of a word in other texts.
        first, last, inside, before, after: occurrences as said above.
    """

    texts: int = 0
    papers: int = 0
    term_texts: Counter[str] = field(default_factory=Counter)
    term_papers: Counter[str] = field(default_factory=Counter)
    term_keyworded: Counter[str] = field(default_factory=Counter)
    word_texts: Counter[str] = field(default_factory=Counter)
    in_papers: Counter[str] = field(default_factory=Counter)
    elsewhere: Counter[str] = field(default_factory=Counter)
    first: Counter[str] = field(default_factory=Counter)
    last: Counter[str] = field(default_factory=Counter)
    inside: Counter[str] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)

    def add(self, text: TaggedText, vocabulary: Collection[str]) -> None:
        """Count one more text; of its candidates those in `vocabulary` are counted as terms."""
        found = find_terms(text.text)
        present = [term for term in found.candidates if term in vocabulary]
        words = Counter(word for run in found.runs for word in run.words)
        self.texts += 1
        self.term_texts.update(present)
        self.word_texts.update(words.keys())
        if not text.keywords:
            self.elsewhere.update(words)
            return
        self.papers += 1
        self.term_papers.update(present)
        self.in_papers.update(words)
        self.in_papers.update({RUN_START: len(found.runs), RUN_END: len(found.runs)})
        for keyword in text.keywords & found.candidates.keys():
            self.term_keyworded[keyword] += 1
            self._add_keyword(found, keyword)

    def merge(self, other: "TermCounts") -> None:
        """Add the counts of another corpus."""
        self.texts += other.texts
        self.papers += other.papers
        for name in _COUNTERS:
            getattr(self, name).update(getattr(other, name))

    def _add_keyword(self, found: TextTerms, keyword: str) -> None:
        for number, start, end in found.candidates[keyword]:
            words = found.runs[number].words
            self.first[words[start]] += 1
            self.last[words[end - 1]] += 1
            self.inside.update(words[start:end])
            self.before[words[start - 1] if start else RUN_START] += 1
            self.after[words[end] if end < len(words) else RUN_END] += 1


_COUNTERS = tuple(
    name for name in TermCounts.__dataclass_fields__ if name not in ("texts", "papers")
)


@dataclass(frozen=True, slots=True)
class WordRoles:
    """In how many terms of a vocabulary a word stands first, last, or anywhere."""

    first: Counter[str]
    last: Counter[str]
    anywhere: Counter[str]


def word_roles(vocabulary: Iterable[str]) -> WordRoles:
    """Count the words of the terms of a vocabulary, each term once."""
    first: Counter[str] = Counter()
    last: Counter[str] = Counter()
    anywhere: Counter[str] = Counter()
    for term in sorted(vocabulary):
        if words := term_words(term):
            first[words[0]] += 1
            last[words[-1]] += 1
            anywhere.update(set(words))
    return WordRoles(first, last, anywhere)


def merged(parts: Iterable[TermCounts]) -> TermCounts:
    """The sum of several counts."""
    total = TermCounts()
    for part in parts:
        total.merge(part)
    return total
