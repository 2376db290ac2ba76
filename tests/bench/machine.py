"""On what is measured, and how much memory processes take; reads /proc, so Linux only."""

import os
import platform
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
CORES = len(os.sched_getaffinity(0))
_LIBRARIES = ("numpy", "faiss-cpu", "tokenizers", "sqlalchemy", "scipy", "torch")
_MIB = 1024  # /proc counts in KiB


def describe_machine() -> dict[str, str]:
    """Processor, memory, versions, commit and load, by name."""
    return {
        "processor": _processor(),
        "cores": str(CORES),
        "memory": f"{_first_kib(Path('/proc/meminfo'), 'MemTotal') / _MIB / 1024:.1f} GiB",
        "system": platform.platform(),
        "python": platform.python_version(),
        "load": " ".join(f"{each:.2f}" for each in os.getloadavg()),
        "commit": _commit(),
        **{name: _version(name) for name in _LIBRARIES},
    }


def memory_of(pid: int | str = "self") -> dict[str, float]:
    """Memory of a process in MiB: `rss`, `pss`, `private` and `anonymous`.

    What is mapped from a file counts in `rss` as far as it has been touched, though other
    processes share it; `private` is what the process alone has.
    """
    kib: dict[str, int] = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]:
        name, value, *_ = line.split()
        kib[name.rstrip(":")] = int(value)
    return {
        "rss": kib["Rss"] / _MIB,
        "pss": kib["Pss"] / _MIB,
        "private": (kib["Private_Clean"] + kib["Private_Dirty"]) / _MIB,
        "anonymous": kib["Anonymous"] / _MIB,
    }


def family_of(pid: int) -> list[int]:
    """A process with its children and theirs, as far as they still run."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    return list(_descendants(pid, children))


def _descendants(pid: int, children: Mapping[int, Sequence[int]]) -> Iterator[int]:
    yield pid
    for child in children.get(pid, ()):
        yield from _descendants(child, children)


@dataclass(frozen=True, slots=True)
class Watched:
    """What a command took: seconds, and the peak of its memory in MiB, all its processes added up.

    `anonymous` leaves out what is mapped from files.
    """

    seconds: float
    anonymous: float
    output: str


def run_watched(
    command: Sequence[str], environment: Mapping[str, str], every: float = 0.25
) -> Watched:
    """Run a command to its end and watch its memory.

    Raises:
        RuntimeError: it fails; the message holds what it said.
    """
    started = perf_counter()
    with subprocess.Popen(
        command,
        env={**os.environ, **environment},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        output: list[str] = []
        reader = threading.Thread(target=lambda: output.extend(process.stdout or ()))
        reader.start()
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _anonymous(process.pid))
            try:
                process.wait(every)
            except subprocess.TimeoutExpired:
                continue
        seconds = perf_counter() - started
        reader.join()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: {''.join(output)[-2000:]}")
    return Watched(seconds, peak, "".join(output))


def _anonymous(pid: int) -> float:
    total = 0.0
    for each in family_of(pid):
        try:
            total += memory_of(each)["anonymous"]
        except (OSError, ValueError, KeyError):
            continue  # it is ending
    return total


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def _first_kib(path: Path, name: str) -> int:
    lines = path.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "-"


def _commit() -> str:
    found = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip() or "unknown"
