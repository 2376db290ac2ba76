"""Index terms of many texts at once, as numbers: the terms of `matcher.text.segment`, much faster.

A term is known by its key, 64 bits: one or two Chinese characters by their code points, any other
term (an English word, a model number) by a hash with the highest bit set. Two terms of a library of
a million would share a hash once in some thirty million libraries.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.text.fold import fold
from matcher.text.segment import PROTECTED, protected_terms

Keys = NDArray[np.uint64]
Codes = NDArray[np.uint32]
Mask = NDArray[np.bool_]

_HASHED = 1 << 63
_BASIC_PLANE = 1 << 16
_BETWEEN = "\0"
"""Between texts: stands in no term, so that none begins in one text and ends in the next."""


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """The terms of some documents, repetitions included.

    Attributes:
        documents: for each term the position of its document, ascending, shape (m,), int64.
        keys: the terms, in no particular order within a document, shape (m,).
        count: number of documents, those without terms included.
    """

    documents: NDArray[np.int64]
    keys: Keys
    count: int

    def __len__(self) -> int:
        """Number of documents."""
        return self.count

    @classmethod
    def of(cls, term_lists: Iterable[Sequence[str]]) -> "Terms":
        """Terms that something else has cut, a list a document."""
        lists = list(term_lists)
        documents = np.repeat(np.arange(len(lists)), [len(terms) for terms in lists])
        keys = [term_key(term) for terms in lists for term in terms]
        return cls(documents, np.array(keys, dtype=np.uint64), len(lists))

    def of_document(self, position: int) -> Keys:
        """The terms of one document."""
        first, last = np.searchsorted(self.documents, [position, position + 1])
        return self.keys[first:last]


class LexicalTerms(NamedTuple):
    """The terms of the same texts in both lexical views."""

    characters: Terms
    pairs: Terms


def term_key(term: str) -> int:
    """The key of a term as `matcher.text.segment` cuts it."""
    if len(term) <= 2 and all(map(_is_han, term)):
        return ord(term) if len(term) == 1 else _pair_key(ord(term[0]), ord(term[1]))
    return _HASHED | int.from_bytes(blake2b(term.encode(), digest_size=8).digest(), "little")


def lexical_terms(texts: Sequence[str]) -> LexicalTerms:
    """Characters and pairs of texts: for each what `characters` and `pairs` of `segment` give."""
    codes, starts = _folded_codes(texts)
    han = _han_mask(codes)
    positions = np.flatnonzero(han)
    followed, preceded = np.zeros_like(han), np.zeros_like(han)
    followed[:-1] = han[:-1] & han[1:]
    preceded[1:] = followed[:-1]
    firsts, lone = np.flatnonzero(followed), np.flatnonzero(han & ~followed & ~preceded)
    wide = codes.astype(np.uint64)
    protected_at, protected_keys = _protected(codes)
    return LexicalTerms(
        characters=_gathered(starts, (positions, wide[positions]), (protected_at, protected_keys)),
        pairs=_gathered(
            starts,
            (firsts, wide[firsts] << np.uint64(16) | wide[firsts + 1]),
            (lone, wide[lone]),
            (protected_at, protected_keys),
        ),
    )


def _gathered(starts: NDArray[np.int64], *found: tuple[NDArray[np.int64], Keys]) -> Terms:
    """Terms from (positions in the joined text, keys), put in the order of their documents."""
    places = np.concatenate([positions for positions, _ in found])
    keys = np.concatenate([keys for _, keys in found])
    documents = np.searchsorted(starts, places, side="right") - 1
    order = np.argsort(documents, kind="stable")
    return Terms(documents[order], keys[order], len(starts))


def _folded_codes(texts: Sequence[str]) -> tuple[Codes, NDArray[np.int64]]:
    """Code points of all texts, folded, joined, and where each text begins."""
    joined = _BETWEEN.join(texts)
    lengths = np.fromiter((len(text) + 1 for text in texts), dtype=np.int64, count=len(texts))
    # Lone surrogates, which no text that was read from a file has, must not stop an import.
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    table = _folding()
    basic = codes < _BASIC_PLANE
    if basic.all():
        folded: Codes = table[codes]
    else:
        folded = np.frombuffer(fold(joined).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return folded, np.cumsum(lengths) - lengths


@cache
def _folding() -> Codes:
    """What each character of the basic plane folds to."""
    plane = "".join(map(chr, range(_BASIC_PLANE)))
    return np.frombuffer(fold(plane).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _protected(codes: Codes) -> tuple[NDArray[np.int64], Keys]:
    """Positions and keys of protected terms."""
    text = codes.tobytes().decode("utf-32-le", "surrogatepass")
    places: list[int] = []
    keys: list[int] = []
    for match in PROTECTED.finditer(text):
        found = _protected_keys(match.group())
        keys.extend(found)
        places.extend([match.start()] * len(found))
    return np.array(places, dtype=np.int64), np.array(keys, dtype=np.uint64)


@lru_cache(maxsize=65536)
def _protected_keys(piece: str) -> tuple[int, ...]:
    return tuple(map(term_key, protected_terms(piece)))


def _pair_key(first: int, second: int) -> int:
    return first << 16 | second


def _is_han(character: str) -> bool:
    return "一" <= character <= "鿿" or "㐀" <= character <= "䶿"


def _han_mask(codes: Codes) -> Mask:
    mask: Mask = ((codes >= ord("一")) & (codes <= ord("鿿"))) | (
        (codes >= ord("㐀")) & (codes <= ord("䶿"))
    )
    return mask
