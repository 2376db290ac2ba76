"""A flame graph of rankings, and in words where their time goes.

    python -m tests.bench.flame --size 10000 --out rankings.svg

py-spy watches a process that opens a library of `tests.bench` and answers one need after the
other. It needs leave to look into other processes: root, or `kernel.yama.ptrace_scope` 0.
"""

import argparse
import html
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path
from time import perf_counter

from matcher import Settings, open_matcher
from tests.bench.home import Setting, need_texts, prepare
from tests.bench.machine import ROOT
from tests.bench.ranking import restriction
from tests.bench.timing import median

_READY = "ready"
_RATE = 100
_WARM = 20
_FRAME = re.compile(
    r"<title>(?P<name>.*?) \([\d,]+ samples, [\d.]+%\)</title>"
    r'<rect [^>]*y="(?P<y>\d+)"[^>]*fg:x="(?P<x>\d+)" fg:w="(?P<width>\d+)"'
)


@dataclass(frozen=True, slots=True)
class Frame:
    """A function in the graph: how deep, from which sample on, and in how many of them."""

    name: str
    depth: int
    first: int
    samples: int

    def holds(self, other: "Frame") -> bool:
        """Whether the other one was called in it."""
        end = other.first + other.samples
        inside = self.first <= other.first and end <= self.first + self.samples
        return self.depth < other.depth and inside


def main() -> None:
    asked = arguments()
    setting = Setting(partners=asked.size, folder=asked.home, texts=asked.texts)
    if asked.work:
        work(setting, asked.library or setting.library, asked.seconds)
        return
    if asked.library is None:
        prepare(setting)
    record(asked)
    for line in in_words(frames(asked.out.read_text(encoding="utf-8")), asked.least / 100):
        print(line)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.flame")
    parser.add_argument("--size", type=int, default=10_000, help="partners")
    parser.add_argument("--texts", type=Path, help="folder with abstracts.jsonl; else the demo")
    parser.add_argument("--home", type=Path, default=Path("build/bench"), help="kept libraries")
    parser.add_argument("--library", type=Path, help="another MATCHER_HOME than that of the size")
    parser.add_argument("--out", type=Path, default=Path("build/bench/rankings.svg"))
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--least", type=float, default=2.0, help="percent that is told in words")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def record(asked: argparse.Namespace) -> None:
    """Let a process rank, and py-spy draw what it does."""
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.flame", "--work", *sys.argv[1:]],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        try:
            if worker.stdout is None or worker.stdout.readline().strip() != _READY:
                raise RuntimeError("the library cannot be opened")
            subprocess.run(
                [
                    str(Path(sys.executable).with_name("py-spy")),
                    *("record", "--format", "flamegraph", "--function", "--rate", str(_RATE)),
                    *("--duration", str(asked.seconds), "--pid", str(worker.pid)),
                    *("--output", str(asked.out)),
                ],
                check=True,
                stdout=sys.stderr,
            )
            worker.terminate()
            *_, last = worker.stdout
            print(last.strip())
        finally:
            worker.kill()


def work(setting: Setting, library: Path, seconds: int) -> None:
    """Answer needs until told to stop, or much longer than is recorded."""
    texts = [text for _, text in need_texts(setting, 2000)]
    taken: list[float] = []
    with closing(open_matcher(Settings(home=library, database_url=""))) as matcher:
        for text in texts[:_WARM]:
            matcher.match_text(text)
        print(_READY, flush=True)
        ends = perf_counter() + 4 * seconds
        for number, text in zip(count(), cycle(texts[_WARM:]), strict=False):
            started = perf_counter()
            if number % 2:
                matcher.match_text(text, restriction=restriction(number // 2))
            else:
                matcher.match_text(text)
            taken.append(perf_counter() - started)
            if perf_counter() > ends:
                break
            if number % 10 == 9:
                print(f"{len(taken)} rankings, median {median(taken) * 1e3:.1f} ms", flush=True)


def frames(svg: str) -> list[Frame]:
    """The functions of a graph that py-spy drew, callers before what they call."""
    found = [
        Frame(html.unescape(m["name"]), int(m["y"]), int(m["x"]), int(m["width"]))
        for m in _FRAME.finditer(svg)
    ]
    return sorted(found, key=lambda frame: (frame.first, frame.depth))


def in_words(graph: Iterable[Frame], least: float) -> Iterator[str]:
    """Lines of share and function for what is the product's own and takes at least this share.

    What a function calls stands under it, further in.
    """
    told: list[Frame] = []
    total = 0
    for frame in graph:
        total = total or frame.samples
        if "matcher/" not in frame.name or frame.samples < least * total:
            continue
        while told and not told[-1].holds(frame):
            told.pop()
        yield f"{frame.samples / total:6.1%} {'  ' * len(told)}{frame.name}"
        told.append(frame)


if __name__ == "__main__":
    main()
