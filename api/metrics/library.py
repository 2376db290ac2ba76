"""Metrics that are read when somebody asks: of the store, the snapshot on disk and the batches.

So they are the same in every worker, and tell of what other processes do: a batch, an import on
the command line.
"""

import logging
import shutil
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from matcher.batch.lock import as_it_is
from matcher.casework.batches import Batch, BatchState
from matcher.desk import Act
from matcher.errors import MatcherError
from matcher.index.snapshot import current_snapshot
from matcher.service import Matcher
from matcher.store.audit import list_audit
from matcher.store.batch_runs import latest_batch
from matcher.store.changes import library_state

_log = logging.getLogger(__name__)

_UP: Final = "matcher_source_up"


class LibraryCollector(Collector):
    """Reads the metrics of a library.

    A source that cannot be read is told as not up, and logged; the others are told all the same.
    """

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._sources: dict[str, Callable[[], Iterator[Metric]]] = {
            "store": self._of_store,
            "batch": self._of_batch,
            "snapshot": self._of_snapshot,
            "disk": self._of_disk,
        }

    def collect(self) -> Iterable[Metric]:
        """All metrics of all sources."""
        up = GaugeMetricFamily(_UP, "Whether a source of metrics could be read", labels=["source"])
        found: list[Metric] = []
        for name, read in self._sources.items():
            try:
                found.extend(read())
                up.add_metric([name], 1)
            except (MatcherError, OSError) as error:
                message = error.message if isinstance(error, MatcherError) else str(error)
                _log.warning("no metrics of the %s: %s", name, message)
                up.add_metric([name], 0)
        return [up, *found]

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering must not read the store."""
        return []

    def _of_store(self) -> Iterator[Metric]:
        with self._matcher.reading() as session:
            revision = library_state(session).revision
            imports = list_audit(session, action=Act.IMPORT, limit=1)[1]
        yield GaugeMetricFamily(
            "matcher_store_revision", "Revision of the library in the store", value=revision
        )
        yield CounterMetricFamily(
            "matcher_imports", "Files imported on the pages, by the audit log", value=imports
        )

    def _of_batch(self) -> Iterator[Metric]:
        with self._matcher.reading() as session:
            batch = latest_batch(session)
        if batch is not None:
            yield from _progress(as_it_is(self._matcher.database, self._matcher.home, batch))

    def _of_snapshot(self) -> Iterator[Metric]:
        snapshot = current_snapshot(self._matcher.index.snapshots)
        if snapshot is None:
            return
        files = [path for path in snapshot.folder.rglob("*") if path.is_file()]
        yield GaugeMetricFamily(
            "matcher_snapshot_revision",
            "Library revision of the index snapshot on disk",
            value=snapshot.stamp.revision,
        )
        yield GaugeMetricFamily(
            "matcher_snapshot_timestamp_seconds",
            "When the index snapshot was written",
            value=snapshot.folder.stat().st_mtime,
        )
        yield GaugeMetricFamily(
            "matcher_snapshot_bytes",
            "Size of the index snapshot on disk",
            value=sum(path.stat().st_size for path in files),
        )

    def _of_disk(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "matcher_home_free_bytes",
            "Free space on the disk of the home, which holds the index and attached files",
            value=shutil.disk_usage(self._matcher.home).free,
        )


def _progress(batch: Batch) -> Iterator[Metric]:
    """How the batch stands that was begun last."""
    yield GaugeMetricFamily(
        "matcher_batch_started_timestamp_seconds",
        "When the last batch was begun",
        value=batch.started_at.timestamp(),
    )
    state = GaugeMetricFamily(
        "matcher_batch_state", "1 for the state that the last batch is in", labels=["state"]
    )
    for each in BatchState:
        state.add_metric([each.value], float(each is batch.state))
    done = GaugeMetricFamily(
        "matcher_batch_done", "Pieces of work done in a step of the last batch", labels=["step"]
    )
    total = GaugeMetricFamily(
        "matcher_batch_total", "Pieces of work in a step of the last batch", labels=["step"]
    )
    for step in batch.steps:
        done.add_metric([step.step.value], step.done)
        total.add_metric([step.step.value], step.total)
    yield from (state, done, total)
