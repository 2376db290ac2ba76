"""What this instance counts, and all of it as Prometheus reads it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import time
from typing import Final

from prometheus_client import CollectorRegistry, Gauge, Histogram, disable_created_metrics
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import QueuePool

from api.metrics.library import LibraryCollector
from api.metrics.workers import ProcessesCollector, Workers
from matcher.service import Matcher
from matcher.timing import Stage

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REQUEST_SECONDS: Final = (
    *(0.005, 0.01, 0.02, 0.04, 0.08, 0.12, 0.2, 0.4),
    *(0.8, 1.6, 3.2, 6.4, 12.8),
)
_STAGE_SECONDS: Final = (
    *(0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.04),
    *(0.08, 0.16, 0.32, 0.64, 1.28, 2.56),
)


class Metrics:
    """Counts of one process; where workers share a folder, those of all of them.

    Every label has few values: routes are templates, never addresses that somebody sent.
    """

    def __init__(self, matcher: Matcher, folder: Path | None = None) -> None:
        """Begin to count.

        Args:
            matcher: the library that is told about.
            folder: shared by the workers; the environment must have named it to prometheus-client
                before that was imported. None: this process is alone.
        """
        self._matcher = matcher
        self._workers = Workers(folder) if folder is not None else None
        disable_created_metrics()  # type: ignore[no-untyped-call]
        own = CollectorRegistry()
        self._requests = Histogram(
            "matcher_request_seconds",
            "Time to answer a request, to the last byte",
            ["method", "route", "status"],
            buckets=_REQUEST_SECONDS,
            registry=own,
        )
        self._in_flight = Gauge(
            "matcher_requests_in_flight",
            "Requests that are being answered",
            multiprocess_mode="livesum",
            registry=own,
        )
        self._stages = Histogram(
            "matcher_stage_seconds",
            "Time of each stage of an answer",
            ["stage"],
            buckets=_STAGE_SECONDS,
            registry=own,
        )
        self._index = _IndexGauges(own)
        self._connections = Gauge(
            "matcher_database_connections",
            "Connections to the database: in use, and how many may be open",
            ["state"],
            multiprocess_mode="livesum",
            registry=own,
        )
        if folder is None:
            self._scraped: CollectorRegistry = own
        else:
            # The values of this process lie in the folder too.
            self._scraped = CollectorRegistry()
            MultiProcessCollector(self._scraped, str(folder))  # type: ignore[no-untyped-call]
        self._scraped.register(LibraryCollector(matcher))
        self._scraped.register(ProcessesCollector(self._workers))

    @contextmanager
    def in_flight(self) -> Iterator[None]:
        """Count a request that is being answered within the block."""
        self._in_flight.inc()
        try:
            yield
        finally:
            self._in_flight.dec()

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; `route` is a template of a path."""
        named = method if method in _METHODS else "OTHER"
        self._requests.labels(named, route, f"{status // 100}xx").observe(seconds)

    def stage(self, name: Stage, seconds: float) -> None:
        """Count a stage; a listener of `matcher.timing`."""
        self._stages.labels(name).observe(seconds)

    def observe(self) -> None:
        """Note how the indexes and the connections of this process stand; waits for nothing.

        Whoever of several workers is asked tells of itself as it is, of the others what they noted.
        """
        index = self._matcher.index
        self._index.revision.set(index.revision)
        self._index.refreshed.set(time() - index.seconds_since_refresh)
        for side, (owners, passages, unsaved) in index.sizes().items():
            self._index.owners.labels(side.value).set(owners)
            self._index.passages.labels(side.value).set(passages)
            self._index.unsaved.labels(side.value).set(unsaved)
        pool = self._matcher.database.engine.pool
        # Other kinds of pool, which a test may use, count nothing.
        if isinstance(pool, QueuePool):
            self._connections.labels("in_use").set(pool.checkedout())
            self._connections.labels("limit").set(pool.size())

    def render(self, accept: str) -> tuple[bytes, str]:
        """All metrics and their media type, in the format that a scraper asks for."""
        self.observe()
        if self._workers is not None:
            self._workers.bury_dead()
        encode, media_type = choose_encoder(accept)
        return encode(self._scraped), media_type

    def close(self) -> None:
        """This process counts no more."""
        if self._workers is not None:
            self._workers.leave()


class _IndexGauges:
    """How the indexes stand; of several workers the one that is furthest behind is told."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.revision = Gauge(
            "matcher_index_revision",
            "Library revision that the indexes stand at",
            multiprocess_mode="livemin",
            registry=registry,
        )
        self.refreshed = Gauge(
            "matcher_index_refreshed_timestamp_seconds",
            "When the indexes last agreed with the store",
            multiprocess_mode="livemin",
            registry=registry,
        )
        self.owners = Gauge(
            "matcher_index_owners",
            "Partners or needs that are indexed",
            ["side"],
            multiprocess_mode="livemin",
            registry=registry,
        )
        self.passages = Gauge(
            "matcher_index_passages",
            "Passages that are indexed",
            ["side"],
            multiprocess_mode="livemin",
            registry=registry,
        )
        self.unsaved = Gauge(
            "matcher_index_unsaved_passages",
            "Passages that came or went since the snapshot on disk, and are kept in memory",
            ["side"],
            multiprocess_mode="livemax",
            registry=registry,
        )
