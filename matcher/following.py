"""Indexes that follow the store by revision number, and their snapshots on disk."""

from collections.abc import Sequence
from pathlib import Path

from matcher.building import IndexFiles, PassageEmbedder, Progress, text_hash
from matcher.embedding.encoder import Encoder
from matcher.errors import IndexStateError
from matcher.index.hubness import References
from matcher.index.passages import PassageIndex
from matcher.index.snapshot import (
    FORMAT,
    Stamp,
    check_stamp,
    current_name,
    current_snapshot,
    save_snapshot,
)
from matcher.index.vector import VectorBackend
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
from matcher.store.vectors import load_vectors
from matcher.text.segment import ANALYSIS_VERSION

_OWNERS_AT_ONCE = 2000
_ANEW_FROM = 20_000
"""From so many changed owners on all is built anew, in constant memory."""
_UNSAVED = 20_000
"""So many passages at least may have come since the snapshot before another one is worth it."""
_UNSAVED_SHARE = 0.1


class IndexSource:
    """Where indexes come from: the store, the model, and the folder of its snapshots."""

    def __init__(
        self,
        database: Database,
        encoder: Encoder,
        folder: Path,
        references: Sequence[str],
        backend: VectorBackend,
    ) -> None:
        """See `matcher.live.LiveIndex`."""
        self.database = database
        self.encoder = encoder
        self.folder = folder
        self.embedder = PassageEmbedder(database, encoder)
        embedded = self.embedder.references(tuple(references))
        by_side = {Side.PARTNER: embedded, Side.NEED: References.none(encoder.dimension)}
        self.files = IndexFiles(by_side, backend)
        self._analysis = f"{ANALYSIS_VERSION}-{text_hash(chr(0).join(embedded.texts))}"

    @property
    def snapshots(self) -> Path:
        """Where the snapshots of this model lie."""
        return self.folder / text_hash(self.encoder.model_id)[:16]

    def state(self) -> LibraryState:
        """How far the library has come."""
        with self.database.reading() as session:
            return library_state(session)

    def stamp(self, state: LibraryState) -> Stamp:
        """The stamp of indexes of this state of the library."""
        return Stamp(
            format=FORMAT,
            library_id=state.library_id,
            model_id=self.encoder.model_id,
            dimension=self.encoder.dimension,
            analysis=self._analysis,
            revision=state.revision,
            token=state.token,
        )

    def check(self, stamp: Stamp) -> int:
        """Check that a snapshot with this stamp serves here; returns how far it is behind.

        Raises:
            IndexStateError: it does not; the message says why and what to do.
        """
        with self.database.reading() as session:
            state = library_state(session)
            token = revision_token(session, stamp.revision)
        check_stamp(stamp, self.stamp(LibraryState(state.library_id, state.revision, token)))
        return state.revision - stamp.revision

    def check_others(self) -> None:
        """Refuse to build anew silently where only snapshots that do not fit are there.

        Raises:
            IndexStateError: there are snapshots of another model or version of the program.
        """
        for folder in (self.folder, *sorted(self.folder.glob("*/"))):
            snapshot = current_snapshot(folder)
            if snapshot is not None:
                self.check(snapshot.stamp)


class IndexFollower:
    """Both sides' indexes at one revision of the store; not for several threads at once."""

    def __init__(self, source: IndexSource) -> None:
        """Start empty."""
        self._source = source
        self.sides: dict[Side, PassageIndex] = source.files.empty()
        self.revision = 0
        self.token = START_TOKEN
        self._saved: Stamp | None = None
        self._saved_name = ""

    @property
    def passages(self) -> int:
        """Passages of both sides."""
        return sum(map(len, self.sides.values()))

    @property
    def is_behind_on_disk(self) -> bool:
        """Whether there is a snapshot of these indexes and it is older than they are."""
        return self._saved is not None and self._saved.token != self.token

    @property
    def is_far_from_snapshot(self) -> bool:
        """Whether so much has changed since the snapshot that another one is worth writing."""
        unsaved = sum(index.unsaved for index in self.sides.values())
        return unsaved > max(_UNSAVED, _UNSAVED_SHARE * self.passages)

    def load(self) -> bool:
        """See `matcher.live.LiveIndex.load`."""
        snapshot = current_snapshot(self._source.snapshots)
        if snapshot is None:
            self._source.check_others()
            return False
        self._source.check(snapshot.stamp)
        try:
            sides = self._source.files.load(snapshot.folder)
        except IndexStateError:
            # Another process may have saved and tidied up twice while this one was reading.
            if current_snapshot(self._source.snapshots) == snapshot:
                raise
            return self.load()
        self._take(sides, snapshot.stamp, snapshot.folder)
        return True

    def rebuild(self, progress: Progress | None = None) -> None:
        """Build both indexes anew from the store, as the current snapshot, and load it."""
        source = self._source

        def build(folder: Path) -> Stamp:
            state = source.files.build(folder, source.database, source.encoder, progress)
            return source.stamp(state)

        save_snapshot(source.snapshots, build)
        self.load()

    def save(self) -> Path:
        """Save the indexes as the current snapshot and load it; returns its folder."""
        library_id = self._source.state().library_id
        stamp = self._source.stamp(LibraryState(library_id, self.revision, self.token))

        def write(folder: Path) -> Stamp:
            self._source.files.write(folder, self.sides)
            return stamp

        snapshot = save_snapshot(self._source.snapshots, write)
        self._take(self._source.files.load(snapshot.folder), stamp, snapshot.folder)
        return snapshot.folder

    def pending(self) -> tuple[LibraryState, dict[Side, list[str]]]:
        """The state of the store, and who changed since that of the indexes.

        A newer snapshot of another process is taken over first. Where the store was put back to a
        backup meanwhile, everything has changed.
        """
        with self._source.database.reading() as session:
            state = library_state(session)
            if state.token == self.token:
                return state, {}
            if revision_token(session, self.revision) != self.token:
                self.sides = self._source.files.empty()
                self.revision, self.token = 0, START_TOKEN
            self._adopt_newer(state)
            return state, {side: changed_owners(session, side, self.revision) for side in Side}

    def take_over(
        self,
        state: LibraryState,
        changed: dict[Side, list[str]],
        progress: Progress | None = None,
    ) -> None:
        """Index what `pending` told."""
        total, done = sum(map(len, changed.values())), 0
        if total > _ANEW_FROM:
            self.rebuild(progress)
            return
        for side, owners in changed.items():
            for batch in batched(owners, _OWNERS_AT_ONCE):
                self._take_over(side, batch)
                done += len(batch)
                if progress is not None:
                    progress(done, total)
        self.revision, self.token = state.revision, state.token

    def _take_over(self, side: Side, owners: list[str]) -> None:
        """Index these owners as they stand in the store now."""
        with self._source.database.reading() as session:
            facts = owner_facts(session, side, owners)
            passages = passages_of(session, side, facts)
            hashes = {passage.content_hash for passage in passages}
            cached = load_vectors(session, self._source.encoder.model_id, hashes)
        by_owner: dict[str, list[Passage]] = {owner: [] for owner in facts}
        for passage in passages:
            by_owner[passage.owner_id].append(passage)
        index = self.sides[side]
        index.drop_many([owner for owner in owners if owner not in facts])
        ordered = [passage for own in by_owner.values() for passage in own]
        index.put_many(
            [(facts[owner], own) for owner, own in by_owner.items()],
            self._source.embedder.matrix(ordered, cached),
        )

    def _adopt_newer(self, state: LibraryState) -> None:
        """Take over a snapshot that another process has written, if it is ahead of this one."""
        name = current_name(self._source.snapshots)
        if not name or name == self._saved_name:
            return
        snapshot = current_snapshot(self._source.snapshots)
        if snapshot and self.revision <= snapshot.stamp.revision <= state.revision:
            self.load()

    def _take(self, sides: dict[Side, PassageIndex], stamp: Stamp, folder: Path) -> None:
        self.sides, self.revision, self.token = sides, stamp.revision, stamp.token
        self._saved, self._saved_name = stamp, folder.name
