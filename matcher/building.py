"""Building the indexes of a library from its store, in constant memory."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.embedding.encoder import Encoder
from matcher.index.hubness import References
from matcher.index.passage_writer import PassageWriter
from matcher.index.passages import PassageIndex
from matcher.index.vector import VectorBackend
from matcher.records import OwnerFacts, Passage, Side
from matcher.store.changes import LibraryState, library_state
from matcher.store.database import Database
from matcher.store.sizes import count_owners
from matcher.store.streaming import stream_owners
from matcher.store.vectors import QUERY_PREFIX, load_vectors, round_as_stored, save_vectors

Progress = Callable[[int, int], None]
"""Called with how many owners are done and how many there are."""

Vectors = NDArray[np.float32]


class PassageEmbedder:
    """Vectors of passages: those cached in the store, and new ones, which it caches."""

    def __init__(self, database: Database, encoder: Encoder) -> None:
        self._database = database
        self._encoder = encoder

    def matrix(
        self, passages: Sequence[Passage], cached: Mapping[str, NDArray[np.floating]]
    ) -> Vectors:
        """Vectors of passages, shape (n, d), given those that are cached by content hash."""
        missing = {p.content_hash: p.text for p in passages if p.content_hash not in cached}
        fresh = self._embed(missing)
        rows = [cached.get(p.content_hash, fresh.get(p.content_hash)) for p in passages]
        found = np.array(rows, dtype=np.float32)
        return found.reshape(len(passages), self._encoder.dimension)

    def references(self, texts: tuple[str, ...]) -> References:
        """Reference queries with their vectors, which are cached: a large model takes a while."""
        if not texts:
            return References.none(self._encoder.dimension)
        keys = {text: f"{QUERY_PREFIX}{text_hash(text)[:26]}" for text in texts}
        with self._database.reading() as session:
            vectors = load_vectors(session, self._encoder.model_id, keys.values())
        missing = [text for text in texts if keys[text] not in vectors]
        if missing:
            found = {keys[text]: self._encoder.encode_query(text) for text in missing}
            with self._database.appending() as session:
                save_vectors(session, self._encoder.model_id, found)
            vectors |= {key: round_as_stored(vector) for key, vector in found.items()}
        return References(texts, np.stack([vectors[keys[text]] for text in texts]))

    def _embed(self, texts: Mapping[str, str]) -> dict[str, Vectors]:
        """Embed texts, given by content hash, and cache their vectors."""
        if not texts:
            return {}
        matrix = round_as_stored(self._encoder.encode_passages(list(texts.values())))
        vectors = dict(zip(texts, matrix, strict=True))
        with self._database.appending() as session:
            save_vectors(session, self._encoder.model_id, vectors)
        return vectors


class IndexFiles:
    """Writes and maps the indexes of both sides, each in a folder of its own."""

    def __init__(self, references: Mapping[Side, References], backend: VectorBackend) -> None:
        self._references = references
        self._backend = backend

    def empty(self) -> dict[Side, PassageIndex]:
        """Indexes without anything."""
        return {
            side: PassageIndex(references, self._backend, side.value)
            for side, references in self._references.items()
        }

    def load(self, folder: Path) -> dict[Side, PassageIndex]:
        """Map what one of the others wrote.

        Raises:
            IndexStateError: a part is missing or damaged.
        """
        return {
            side: PassageIndex.load(folder / side.value, references, self._backend, side.value)
            for side, references in self._references.items()
        }

    def write(self, folder: Path, sides: Mapping[Side, PassageIndex]) -> None:
        """Write indexes as they are."""
        for side, index in sides.items():
            writer = self._writer(folder, side, index)
            try:
                writer.append_index(index)
                writer.finish()
            finally:
                writer.close()

    def build(
        self,
        folder: Path,
        database: Database,
        encoder: Encoder,
        progress: Progress | None = None,
    ) -> LibraryState:
        """Write indexes of everything in the store; returns the state that they are of."""
        embedder = PassageEmbedder(database, encoder)
        with database.reading() as session:
            state = library_state(session)
            total = sum(count_owners(session, side) for side in self._references)
            done = 0
            for side in self._references:
                writer = self._writer(folder, side)
                try:
                    for block in stream_owners(session, side, encoder.model_id):
                        owners = list(zip(block.facts, block.passages, strict=True))
                        writer.append(owners, embedder.matrix(_all(owners), block.vectors))
                        done += len(owners)
                        if progress is not None:
                            progress(done, total)
                    writer.finish()
                finally:
                    writer.close()
        return state

    def _writer(self, folder: Path, side: Side, basis: PassageIndex | None = None) -> PassageWriter:
        return PassageWriter(
            folder / side.value, self._references[side], self._backend, side.value, basis
        )


def text_hash(text: str) -> str:
    """Hash of a text, 32 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _all(owners: Iterable[tuple[OwnerFacts, Sequence[Passage]]]) -> list[Passage]:
    return [passage for _, own in owners for passage in own]
