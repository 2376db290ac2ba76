"""The workers of one server, which count into files of a folder that they share."""

import logging
import os
from collections.abc import Iterable
from pathlib import Path

from filelock import FileLock, Timeout
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import mark_process_dead
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

_log = logging.getLogger(__name__)


class Workers:
    """Who of the workers is alive: each holds a lock, which vanishes with its process."""

    def __init__(self, folder: Path) -> None:
        """Take part as this process."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._own = FileLock(folder / f"{os.getpid()}.lock", is_singleton=False)
        self._own.acquire(timeout=1)

    def alive(self) -> list[int]:
        """Numbers of the processes that took part and are not known to be dead, ascending."""
        return sorted(int(path.stem) for path in self._folder.glob("*.lock"))

    def bury_dead(self) -> None:
        """Forget how those stand that ended; what they have counted stays counted."""
        for pid in self.alive():
            if pid != os.getpid() and self._is_dead(pid):
                mark_process_dead(pid, str(self._folder))  # type: ignore[no-untyped-call]
                (self._folder / f"{pid}.lock").unlink(missing_ok=True)
                _log.info("the counts of worker %d, which has ended, are kept", pid)

    def leave(self) -> None:
        """Take part no more."""
        self._own.release()

    def _is_dead(self, pid: int) -> bool:
        lock = FileLock(self._folder / f"{pid}.lock", is_singleton=False)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return False
        lock.release()
        return True


class ProcessesCollector(Collector):
    """Memory, processor time and open files of each worker, as the system tells them."""

    def __init__(self, workers: Workers | None) -> None:
        """Tell of these workers; None: of this process, which is alone."""
        self._workers = workers

    def collect(self) -> Iterable[Metric]:
        """The usual `process_` metrics, with the number of the process as a label."""
        pids = [os.getpid()] if self._workers is None else self._workers.alive()
        merged: dict[str, Metric] = {}
        for pid in pids:
            for found in ProcessCollector(pid=lambda pid=pid: pid, registry=None).collect():  # type: ignore[misc]
                family = Metric(found.name, found.documentation, found.type)
                kept = merged.setdefault(found.name, family)
                for sample in found.samples:
                    kept.add_sample(sample.name, {"pid": str(pid)}, sample.value)
        return merged.values()

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering must not read anything."""
        return []
