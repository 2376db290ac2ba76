"""Embedding of all passages before they are needed, by another model than the one that serves."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.store.database import Database
from matcher.store.unembedded import count_unembedded, next_unembedded
from matcher.store.vectors import save_vectors

Progress = Callable[[int, int], None]
"""Called with how many texts are done and how many there are."""


class BlockEncoder(Protocol):
    """What embeds blocks of texts; `matcher.embedding.pool.EncoderPool` is one."""

    @property
    def model_id(self) -> str:
        """Name of the model."""
        ...

    @property
    def texts_at_once(self) -> int:
        """A good size of a block."""
        ...

    def embed(
        self, blocks: Iterable[Mapping[str, str]]
    ) -> Iterator[dict[str, NDArray[np.float32]]]:
        """The vectors of each block's texts under the same keys, in order."""
        ...


def embed_missing(
    database: Database, encoder: BlockEncoder, progress: Progress | None = None
) -> int:
    """Embed all passages that have no vector by this model yet, and cache the vectors.

    Every block is saved as soon as it is done, so that a run that was stopped is taken up where it
    was. Several runs at once do no harm, and neither do changes of the records meanwhile: it ends
    when nothing is left.

    Returns:
        How many texts were embedded.
    """
    report = progress or (lambda done, total: None)
    with database.reading() as session:
        total = count_unembedded(session, encoder.model_id)
    done = 0
    report(done, total)
    while found := _embed_once(database, encoder, lambda n: report(n, max(n, total)), done):
        done += found
    return done


def _embed_once(
    database: Database, encoder: BlockEncoder, report: Callable[[int], None], before: int
) -> int:
    """Go through the passages once; returns how many texts were embedded."""
    done = 0
    under_way: set[str] = set()
    for vectors in encoder.embed(_blocks(database, encoder, under_way)):
        with database.appending() as session:
            save_vectors(session, encoder.model_id, vectors)
        under_way.difference_update(vectors)
        done += len(vectors)
        report(before + done)
    return done


def _blocks(
    database: Database, encoder: BlockEncoder, under_way: set[str]
) -> Iterator[dict[str, str]]:
    """Texts without a vector, but for those under way, to which what is yielded is added."""
    after = 0
    while True:
        with database.reading() as session:
            found = next_unembedded(
                session, encoder.model_id, after=after, at_once=encoder.texts_at_once
            )
        if found is None:
            return
        after = found.last_id
        texts = {key: text for key, text in found.texts.items() if key not in under_way}
        if texts:
            under_way.update(texts)
            yield texts
