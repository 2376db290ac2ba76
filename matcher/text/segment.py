"""Views of a text as index terms: single characters, pairs of characters, and jieba words.

Firms and papers share characters (裂 in 开裂 and 裂纹) where they share no word, while a query
written like a paper is served better by pairs, which stand for words without the errors of cutting
them; so both are indexed. Words are what people are shown. In all views English words, model
numbers (`SUS304`, `M2.5x8`) and numbers of standards (`GB/T 9704`) stay whole.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import rjieba

from matcher.text.fold import fold

ANALYSIS_VERSION = "2"
"""Part of every index stamp: raise it when the terms of a text change."""

_STANDARD = (
    r"(?:gb|jb|hg|qb|qc|yy|nb|sc|ny|dl|sj|hj|db\d{2}|iso|iec|en|astm)"
    r"(?:/[a-z])?\s?\d+(?:\.\d+)*(?:-\d+)*"
)
_LATIN = r"[a-z0-9](?:[a-z0-9]|[-/.+×](?=[a-z0-9]))*"
PROTECTED = re.compile(rf"(?<![a-z0-9])(?:{_STANDARD}|{_LATIN})")
_YEAR_OF_STANDARD = re.compile(r"(?<=\d)-\d{4}$")
_PARTS = re.compile(r"[a-z]+|\d+(?:\.\d+)?")
_HAN_RUN = re.compile(r"[一-鿿㐀-䶿]+")

Span = tuple[int, int]
_KEPT_TEXTS = 512
"""Cut texts that are kept: one answer cuts the same passages several times to mark them."""
_KEPT_PIECES = 16384
_jieba = rjieba.Jieba()


def words(text: str) -> list[str]:
    """Index terms of `text`: jieba words in search mode, protected terms whole."""
    return [term for term, _ in word_spans(text)]


def characters(text: str) -> list[str]:
    """Index terms of `text`: each Chinese character, protected terms whole."""
    folded = fold(text)
    terms: list[str] = []
    for is_protected, (start, end) in _runs(folded):
        piece = folded[start:end]
        terms.extend(protected_terms(piece) if is_protected else piece)
    return terms


def pairs(text: str) -> list[str]:
    """Index terms of `text`: each two neighbouring Chinese characters, protected terms whole.

    A character that stands alone is a term itself.
    """
    folded = fold(text)
    terms: list[str] = []
    for is_protected, (start, end) in _runs(folded):
        piece = folded[start:end]
        if is_protected:
            terms.extend(protected_terms(piece))
        elif len(piece) == 1:
            terms.append(piece)
        else:
            terms.extend(piece[first : first + 2] for first in range(len(piece) - 1))
    return terms


@lru_cache(maxsize=_KEPT_TEXTS)
def word_spans(text: str) -> tuple[tuple[str, Span], ...]:
    """The terms of `words` with the half-open range of `text` each one stands at.

    In search mode the ranges of a long word and of the words in it overlap.
    """
    folded = fold(text)
    found: list[tuple[str, Span]] = []
    for is_protected, (start, end) in _runs(folded):
        piece = folded[start:end]
        if is_protected:
            found.extend((term, (start, end)) for term in protected_terms(piece))
        else:
            found.extend(
                (word, (start + a, start + b)) for word, a, b in _jieba.tokenize(piece, "search")
            )
    return tuple(found)


def _runs(folded: str) -> Iterator[tuple[bool, Span]]:
    """The parts of a folded text that carry terms: (is it a protected term?, its range)."""
    position = 0
    for match in PROTECTED.finditer(folded):
        yield from _han_runs(folded, position, match.start())
        yield True, match.span()
        position = match.end()
    yield from _han_runs(folded, position, len(folded))


def _han_runs(folded: str, start: int, end: int) -> Iterator[tuple[bool, Span]]:
    for match in _HAN_RUN.finditer(folded, start, end):
        yield False, match.span()


@lru_cache(maxsize=_KEPT_PIECES)
def protected_terms(piece: str) -> tuple[str, ...]:
    """The term itself without blanks; a standard also without its year; compounds also in parts."""
    whole = re.sub(r"\s", "", piece)
    terms = [whole]
    undated = _YEAR_OF_STANDARD.sub("", whole)
    if undated != whole:
        terms.append(undated)
    if not whole.isalnum():
        terms.extend(part for part in _PARTS.findall(whole) if len(part) > 1)
    return tuple(dict.fromkeys(terms))
