"""Which stretches of a text could be a keyword: one to five jieba words in a row."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import rjieba

from matcher.text.fold import fold

MOST_WORDS = 5
LONGEST_TERM = 12
"""Longest term in characters; of the keywords of papers 3 in 100 are longer."""

_LONGEST_TITLE = 40
_RUN = re.compile(r"[一-鿿㐀-䶿a-z0-9α-ω](?:[一-鿿㐀-䶿a-z0-9α-ω]|[-/.+](?=[a-z0-9一-鿿]))*")
_LATIN = re.compile(r"[a-z0-9α-ω](?:[a-z0-9α-ω]|[-/.+](?=[a-z0-9]))*")
_QUANTITY = re.compile(
    r"(?:dn|φ|ra)?[\d.×x~+/-]*(?:"
    r"[nμum]?g|kg|[nμumck]?m[23]?|in[23]?|[um]?l|[mk]?t|min|[um]?s|h|d|a|r?pm|rad|"
    r"[mkg]?w|[mk]?wh|[mk]?v|[mkμ]?a|m?ah|[mkg]?hz|[mkg]?pa|m?bar|db|[kc]?n|k?j|k|mol|ppm|"
    r"[mk]?ω|p?c|e?u|[kmg]b|dtex|gu|pcs"
    r")?(?:[/.](?:[nμmck]?m[23]?|in[23]?|\d*[mk]?g|m?l|t|min|s|h|d|a|k|mol|dtex|\d+[a-z]{1,3}))*"
)
"""A number, a unit, or both: 130, mm/s, 0.8mm, dn50. Model numbers (sus304) are no quantities."""

Place = tuple[int, int, int]
"""Where a candidate stands: its run, its first word, and the word after its last one."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words that follow each other without punctuation or blank between them.

    Attributes:
        words: folded words in order.
        tags: jieba's part of speech of each word.
        bounds: where each word starts in the text, and where the last one ends.
    """

    words: tuple[str, ...]
    tags: tuple[str, ...]
    bounds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TextTerms:
    """The candidates of one text.

    Attributes:
        runs: the words of the text.
        candidates: folded term → its places, in the order of the text.
        length: characters of the text.
        title_end: where the title ends: the first line, or all of a text that is no longer than
            a title; 0 for a text without one.
    """

    runs: tuple[Run, ...]
    candidates: dict[str, list[Place]]
    length: int
    title_end: int

    def span(self, place: Place) -> tuple[int, int]:
        """The half-open character range of a place."""
        run, first, end = place
        bounds = self.runs[run].bounds
        return bounds[first], bounds[end]

    def words(self, term: str) -> tuple[str, ...]:
        """The words of a candidate."""
        run, first, end = self.candidates[term][0]
        return self.runs[run].words[first:end]


def find_terms(text: str) -> TextTerms:
    """All candidates of a text; a single character or a bare quantity is none."""
    folded = fold(text)
    runs = tuple(_runs(folded))
    candidates: dict[str, list[Place]] = {}
    for number, run in enumerate(runs):
        bounds = run.bounds
        count = len(run.words)
        for first in range(count):
            start = bounds[first]
            for end in range(first + 1, min(first + MOST_WORDS, count) + 1):
                length = bounds[end] - start
                if length > LONGEST_TERM:
                    break
                if length > 1:
                    term = folded[start : bounds[end]]
                    candidates.setdefault(term, []).append((number, first, end))
    for term in [term for term in candidates if is_quantity(term)]:
        del candidates[term]
    return TextTerms(runs, candidates, len(folded), _title_end(folded))


def is_quantity(term: str) -> bool:
    """Whether a folded term is nothing but a number, a unit, or both."""
    return _QUANTITY.fullmatch(term) is not None


def term_words(term: str) -> tuple[str, ...]:
    """The words of a folded term by itself."""
    return tuple(word for run in _runs(term) for word in run.words)


def _title_end(folded: str) -> int:
    line_end = folded.find("\n")
    if line_end < 0:
        return len(folded) if len(folded) <= _LONGEST_TITLE else 0
    return line_end


def _runs(folded: str) -> Iterator[Run]:
    for match in _RUN.finditer(folded):
        words: list[str] = []
        tags: list[str] = []
        for word, tag in _tagged(match.group()):
            words.append(word)
            tags.append(tag)
        bounds = [match.start()]
        for word in words:
            bounds.append(bounds[-1] + len(word))
        yield Run(tuple(words), tuple(tags), tuple(bounds))


def _tagged(run: str) -> Iterator[tuple[str, str]]:
    """Words with parts of speech; Latin words, numbers and model numbers whole, tagged eng."""
    position = 0
    for match in _LATIN.finditer(run):
        yield from rjieba.tag(run[position : match.start()])
        yield match.group(), "eng"
        position = match.end()
    yield from rjieba.tag(run[position:])
