"""The indexes of a running process, kept in step with the store and shared by its threads."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from filelock import FileLock, Timeout

from matcher.building import Progress
from matcher.embedding.encoder import Encoder
from matcher.errors import MatcherError
from matcher.following import IndexFollower, IndexSource
from matcher.index.faiss_index import FaissBackend
from matcher.index.passages import PassageIndex
from matcher.index.snapshot import Stamp
from matcher.index.vector import VectorBackend
from matcher.records import Side
from matcher.store.database import Database
from matcher.timing import stage

__all__ = ["LiveIndex", "Progress"]

_logger = logging.getLogger(__name__)

_WAITED_FOR = 200
"""So many changed owners are taken over while a question waits; more, in the background."""
_SMALL = 50_000
"""An index of up to so many passages is saved whenever it is closed: that takes a second."""


class LiveIndex:
    """Both sides' indexes of one process. They follow the store by revision number.

    Only one thread changes or searches them at a time. Processes share the snapshots on disk, which
    are apart for each model; whichever has gone far beyond the snapshot writes the next one.
    """

    def __init__(
        self,
        database: Database,
        encoder: Encoder,
        folder: Path,
        references: Sequence[str] = (),
        backend: VectorBackend | None = None,
    ) -> None:
        """Start empty.

        Args:
            database: the store to follow.
            encoder: of passages and references.
            folder: of the snapshots of all models.
            references: needs by which the hubness of partners is measured; see
                `matcher.index.hubness`. Needs are searched by texts of another kind and have none.
            backend: of the vectors; None: FAISS in this process.
        """
        self._source = IndexSource(database, encoder, folder, references, backend or FaissBackend())
        self._follower = IndexFollower(self._source)
        self._lock = threading.RLock()
        self._in_background = False
        self._catching_up: threading.Thread | None = None
        self._behind = 0
        self._refreshed = monotonic()

    @property
    def folder(self) -> Path:
        """Where the snapshots lie, those of each model in a folder of its own."""
        return self._source.folder

    @property
    def snapshots(self) -> Path:
        """Where the snapshots of this model lie."""
        return self._source.snapshots

    @property
    def revision(self) -> int:
        """The library revision that the indexes stand at."""
        return self._follower.revision

    @property
    def revisions_behind(self) -> int:
        """How many revisions the store was ahead when the indexes last looked; 0: none."""
        return self._behind

    @property
    def seconds_since_refresh(self) -> float:
        """How long ago the indexes last agreed with the store."""
        return monotonic() - self._refreshed

    def sizes(self) -> dict[Side, tuple[int, int, int]]:
        """Owners, passages, and passages that came or went since the snapshot, of each side."""
        sides = self._follower.sides
        return {s: (len(i.catalogue), len(i), i.unsaved) for s, i in sides.items()}

    def follow_in_background(self) -> None:
        """From now on let no question wait for a large change: answer from what is there."""
        self._in_background = True

    @contextmanager
    def current(self) -> Iterator[dict[Side, PassageIndex]]:
        """The indexes, up to date with the store and unchanged while the block runs."""
        with stage("refresh"):
            self._lock.acquire()
        try:
            with stage("refresh"):
                self.refresh()
            yield self._follower.sides
        finally:
            self._lock.release()

    @contextmanager
    def held(self) -> Iterator[dict[Side, PassageIndex]]:
        """The indexes as they were last used, without a look at the store."""
        with self._lock:
            yield self._follower.sides

    def load(self) -> bool:
        """Take over the snapshot on disk; False if there is none.

        Raises:
            IndexStateError: the snapshot is damaged or does not fit this library, or there are
                only those of other models or of another version of the program.
        """
        with self._lock:
            return self._follower.load()

    def rebuild(self, progress: Progress | None = None) -> None:
        """Build both indexes anew from the store, as the current snapshot, and load it.

        Raises:
            IndexStateError: it cannot be written.
        """
        with self._lock:
            self._follower.rebuild(progress)

    def save(self) -> Path:
        """Save the indexes as the current snapshot and load it; returns its folder.

        Raises:
            IndexStateError: it cannot be written.
        """
        with self._lock:
            return self._follower.save()

    def save_if_behind(self) -> bool:
        """Save if the snapshot is older than the indexes and that is soon done or worth it."""
        with self._lock:
            follower = self._follower
            wanted = follower.passages <= _SMALL or follower.is_far_from_snapshot
            if follower.is_behind_on_disk and wanted:
                follower.save()
                return True
            return False

    def refresh(self, progress: Progress | None = None) -> int:
        """Take over what changed in the store; returns how many owners that were.

        Where the store was put back to a backup meanwhile, everything is taken over anew. What is
        left to the background is not counted.
        """
        with self._lock:
            state, changed = self._follower.pending()
            total = sum(map(len, changed.values()))
            if self._in_background and total > _WAITED_FOR:
                self._behind = state.revision - self._follower.revision
                self._catch_up()
                return 0
            if changed:
                self._follower.take_over(state, changed, progress)
                if self._follower.is_far_from_snapshot:
                    self._save_by_itself()
            self._behind, self._refreshed = 0, monotonic()
            return total

    def check(self, stamp: Stamp) -> int:
        """Check that a snapshot with this stamp serves here; returns how far it is behind.

        Raises:
            IndexStateError: it does not; the message says why and what to do.
        """
        return self._source.check(stamp)

    def wait_until_caught_up(self) -> None:
        """Wait for what runs in the background, if anything does."""
        thread = self._catching_up
        if thread is not None:
            thread.join()

    def _save_by_itself(self) -> None:
        if self._in_background:
            self._catch_up()
        else:
            self._follower.save()

    def _catch_up(self) -> None:
        """Have another snapshot written beside; a later question takes it over."""
        if self._catching_up is None or not self._catching_up.is_alive():
            self._catching_up = threading.Thread(
                target=self._write_beside, name="index-catch-up", daemon=True
            )
            self._catching_up.start()

    def _write_beside(self) -> None:
        """Bring the snapshot up to the store with indexes of its own; one process does it."""
        beside = IndexFollower(self._source)
        try:
            self.snapshots.mkdir(parents=True, exist_ok=True)
            with FileLock(self.snapshots / "building.lock", timeout=0):
                if not beside.load():
                    beside.rebuild()
                beside.take_over(*beside.pending())
                if beside.is_behind_on_disk:
                    beside.save()
        except Timeout:
            _logger.info("another process is writing the next snapshot of the indexes")
        except (MatcherError, OSError):
            _logger.exception("the indexes could not be brought up to date")
