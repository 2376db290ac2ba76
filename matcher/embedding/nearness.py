"""Words of a passage that mean something like a word of the query, by the embedding model.

For marking what a person should look at, not for ranking. It needs the vectors of hundreds of
single words per answer, so it is for models that only look their tokens up; one that computes
every text (a transformer) would take seconds.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.embedding.encoder import Encoder
from matcher.text.segment import words

WORD_COSINE: Final = 0.5
"""Least cosine with the nearest word of the query."""

QUERY_COSINE: Final = 0.1
"""Least cosine with all words of the query together: what is near one of them by a shared syllable
alone is mostly far from the rest."""

_CAPACITY = 8192
_NO_BEGINNING = frozenset("的其和以与及将把也都该此这那很了")
_NO_END = frozenset("的其以与及等了")

Vectors = NDArray[np.float32]


class WordNearness:
    """Finds words near those of a query; keeps the vectors of the words used last.

    Safe to be used by several threads.
    """

    def __init__(self, encoder: Encoder, capacity: int = _CAPACITY) -> None:
        """Keep at most `capacity` vectors; one of 512 numbers takes two kilobytes."""
        self._encoder = encoder
        self._capacity = capacity
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = Lock()

    def words_near(self, query_words: Collection[str], texts: Iterable[str]) -> frozenset[str]:
        """Words of the texts that mean something like one of the query's, without these.

        Args:
            query_words: telling words of the query, folded.
            texts: passages of which the words are compared.
        """
        asked = sorted(word for word in query_words if _is_whole(word))
        found = {word for text in texts for word in words(text) if _is_whole(word)}
        others = sorted(found.difference(query_words))
        if not asked or not others:
            return frozenset()
        vectors = self._vectors([*asked, *others])
        of_query, of_others = vectors[: len(asked)], vectors[len(asked) :]
        together = of_query.mean(axis=0)
        together /= max(float(np.linalg.norm(together)), 1e-12)
        near = (of_others @ of_query.T).max(axis=1) >= WORD_COSINE
        near &= of_others @ together >= QUERY_COSINE
        return frozenset(word for word, is_near in zip(others, near, strict=True) if is_near)

    def _vectors(self, asked: Sequence[str]) -> Vectors:
        """Unit vectors of words, shape (n, d)."""
        with self._lock:
            known = {word: self._kept[word] for word in asked if word in self._kept}
        missing = [word for word in asked if word not in known]
        # Copies: a kept row of the encoder's matrix would keep the whole matrix.
        fresh = map(np.copy, self._encoder.encode_passages(missing))
        known.update(zip(missing, fresh, strict=True))
        with self._lock:
            for word in asked:
                self._kept[word] = known[word]
                self._kept.move_to_end(word)
            while len(self._kept) > self._capacity:
                self._kept.popitem(last=False)
        return np.stack([known[word] for word in asked])


def _is_whole(word: str) -> bool:
    """Whether a term can be marked: two signs or more, no number, not cut at a function word."""
    return (
        len(word) > 1
        and not word[0].isdigit()
        and word[0] not in _NO_BEGINNING
        and word[-1] not in _NO_END
    )
