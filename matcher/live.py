"""The indexes of a running process, kept in step with the store."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.embedding.encoder import Encoder
from matcher.errors import IndexStateError
from matcher.index.hubness import References
from matcher.index.passages import PassageIndex
from matcher.index.snapshot import FORMAT, Stamp, check_stamp, current_snapshot, save_snapshot
from matcher.records import Passage, Side
from matcher.store.batches import batched
from matcher.store.changes import (
    START_TOKEN,
    LibraryState,
    changed_owners,
    library_state,
    revision_token,
)
from matcher.store.database import Database
from matcher.store.passages import owner_facts, passages_of
from matcher.store.vectors import QUERY_PREFIX, load_vectors, round_as_stored, save_vectors
from matcher.text.segment import ANALYSIS_VERSION

Progress = Callable[[int, int], None]
"""Called with how many owners are done and how many there are."""

_OWNERS_AT_ONCE = 2000


class LiveIndex:
    """Both sides' indexes of one process. They follow the store by revision number.

    Only one thread changes or searches them at a time.
    """

    def __init__(
        self,
        database: Database,
        encoder: Encoder,
        folder: Path,
        references: Sequence[str] = (),
    ) -> None:
        """Start empty.

        Args:
            database: the store to follow.
            encoder: of passages and references.
            folder: of the snapshots.
            references: needs by which the hubness of partners is measured; see
                `matcher.index.hubness`. Needs are searched by texts of another kind and have none.
        """
        self._database = database
        self._encoder = encoder
        self._folder = folder
        self._references = {
            Side.PARTNER: self._embedded(tuple(references)),
            Side.NEED: References.none(encoder.dimension),
        }
        self._lock = threading.RLock()
        self._sides = self._empty()
        self._revision = 0
        self._token = START_TOKEN
        self._saved: Stamp | None = None

    @property
    def folder(self) -> Path:
        """Where the snapshots lie."""
        return self._folder

    @property
    def revision(self) -> int:
        """The library revision that the indexes stand at."""
        return self._revision

    @contextmanager
    def current(self) -> Iterator[dict[Side, PassageIndex]]:
        """The indexes, up to date with the store and unchanged while the block runs."""
        with self._lock:
            self.refresh()
            yield self._sides

    def load(self) -> bool:
        """Take over the snapshot on disk; False if there is none.

        Raises:
            IndexStateError: the snapshot is damaged or does not fit this model or library.
        """
        with self._lock:
            snapshot = current_snapshot(self._folder)
            if snapshot is None:
                return False
            self.check(snapshot.stamp)
            try:
                self._sides = snapshot.load(self._references)
            except IndexStateError:
                # Another process may have saved and tidied up twice while this one was reading.
                if current_snapshot(self._folder) == snapshot:
                    raise
                return self.load()
            self._revision, self._token = snapshot.stamp.revision, snapshot.stamp.token
            self._saved = snapshot.stamp
            return True

    def rebuild(self, progress: Progress | None = None) -> None:
        """Build both indexes anew from the store and save them."""
        with self._lock:
            self._start_anew()
            self.refresh(progress)
            self.save()

    def save(self) -> Path:
        """Save the indexes as the current snapshot; returns its folder.

        Raises:
            IndexStateError: it cannot be written.
        """
        with self._lock:
            stamp = self._stamp(self._state().library_id, self._revision, self._token)
            snapshot = save_snapshot(self._folder, stamp, self._sides)
            self._saved = stamp
            return snapshot.folder

    def save_if_behind(self) -> bool:
        """Save if there is a snapshot of this process that is older than its indexes."""
        with self._lock:
            behind = self._saved is not None and self._saved.token != self._token
            if behind:
                self.save()
            return behind

    def refresh(self, progress: Progress | None = None) -> int:
        """Take over what changed in the store; returns how many owners changed.

        Where the store was put back to a backup meanwhile, everything is taken over anew.
        """
        with self._lock:
            with self._database.reading() as session:
                state = library_state(session)
                if state.token == self._token:
                    return 0
                if revision_token(session, self._revision) != self._token:
                    self._start_anew()
                changed = {s: changed_owners(session, s, self._revision) for s in Side}
            total = sum(map(len, changed.values()))
            done = 0
            for side, owners in changed.items():
                for batch in batched(owners, _OWNERS_AT_ONCE):
                    self._take_over(side, batch)
                    done += len(batch)
                    if progress is not None:
                        progress(done, total)
            self._revision, self._token = state.revision, state.token
            return total

    def check(self, stamp: Stamp) -> int:
        """Check that a snapshot with this stamp serves here; returns how far it is behind.

        Raises:
            IndexStateError: it does not; the message says why and what to do.
        """
        with self._database.reading() as session:
            state = library_state(session)
            token = revision_token(session, stamp.revision)
        check_stamp(stamp, self._stamp(state.library_id, state.revision, token))
        return state.revision - stamp.revision

    def _take_over(self, side: Side, owners: list[str]) -> None:
        """Index these owners as they stand in the store now."""
        with self._database.reading() as session:
            facts = owner_facts(session, side, owners)
            passages = passages_of(session, side, facts)
            hashes = {passage.content_hash for passage in passages}
            vectors = load_vectors(session, self._encoder.model_id, hashes)
        vectors |= self._embed([p for p in passages if p.content_hash not in vectors])
        by_owner: dict[str, list[Passage]] = {owner: [] for owner in facts}
        for passage in passages:
            by_owner[passage.owner_id].append(passage)
        index = self._sides[side]
        index.drop_many([owner for owner in owners if owner not in facts])
        ordered = [passage for own in by_owner.values() for passage in own]
        matrix = np.array([vectors[p.content_hash] for p in ordered], dtype=np.float32)
        index.put_many(
            [(facts[owner], own) for owner, own in by_owner.items()],
            matrix.reshape(len(ordered), self._encoder.dimension),
        )

    def _embed(self, passages: list[Passage]) -> dict[str, NDArray[np.float32]]:
        """Embed passages and cache their vectors."""
        texts = {passage.content_hash: passage.text for passage in passages}
        if not texts:
            return {}
        matrix = round_as_stored(self._encoder.encode_passages(list(texts.values())))
        vectors = dict(zip(texts, matrix, strict=True))
        with self._database.appending() as session:
            save_vectors(session, self._encoder.model_id, vectors)
        return vectors

    def _embedded(self, texts: tuple[str, ...]) -> References:
        """References with their vectors, which are cached: a large model takes a while."""
        if not texts:
            return References.none(self._encoder.dimension)
        keys = {text: f"{QUERY_PREFIX}{_hash(text)[:26]}" for text in texts}
        with self._database.reading() as session:
            vectors = load_vectors(session, self._encoder.model_id, keys.values())
        missing = [text for text in texts if keys[text] not in vectors]
        if missing:
            found = {keys[text]: self._encoder.encode_query(text) for text in missing}
            with self._database.appending() as session:
                save_vectors(session, self._encoder.model_id, found)
            vectors |= {key: round_as_stored(vector) for key, vector in found.items()}
        return References(texts, np.stack([vectors[keys[text]] for text in texts]))

    def _empty(self) -> dict[Side, PassageIndex]:
        return {side: PassageIndex(self._references[side]) for side in Side}

    def _start_anew(self) -> None:
        self._sides, self._revision, self._token = self._empty(), 0, START_TOKEN

    def _stamp(self, library_id: str, revision: int, token: str) -> Stamp:
        references = "\0".join(self._references[Side.PARTNER].texts)
        return Stamp(
            format=FORMAT,
            library_id=library_id,
            model_id=self._encoder.model_id,
            dimension=self._encoder.dimension,
            analysis=f"{ANALYSIS_VERSION}-{_hash(references)}",
            revision=revision,
            token=token,
        )

    def _state(self) -> LibraryState:
        with self._database.reading() as session:
            return library_state(session)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
