"""Measures the product over a made-up directory and holds it against its floors.

    python -m tests.bench --size 100000 --texts FOLDER --json results.json

Each part runs in a process of its own, so that none is in the memory or the way of another, and a
part that fails is told in the table and does not end the rest. The library is made once for each
size by the product's own import, and kept in the home folder. Parts can be chosen by name.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import TypeVar

from rich.console import Console

from tests.bench import (
    batch_ranking,
    encoding,
    following,
    http_load,
    process,
    ranking,
    recall,
)
from tests.bench.figures import (
    FIGURES,
    Measured,
    against_baseline,
    as_table,
    judged,
    shown,
    write_json,
)
from tests.bench.home import Setting, prepare
from tests.bench.machine import describe_machine

Asked, Result = TypeVar("Asked"), TypeVar("Result")
Part = Callable[[Setting], list[Measured]]

PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "encoding": encoding.measure,
        "ranking": ranking.measure,
        "recall": recall.measure,
        "process": process.measure,
        "batch": batch_ranking.measure,
        "http": http_load.measure,
        "following": following.measure,
    }
)
"""What is measured beside the import, which makes the library that the others need."""

_QUICK_HTTP = 8.0


def main() -> int:
    asked = arguments()
    setting = Setting(
        partners=asked.size,
        folder=asked.home,
        texts=asked.texts,
        quick=asked.quick,
        full=asked.full,
        http_seconds=min(asked.http_seconds, _QUICK_HTTP) if asked.quick else asked.http_seconds,
    )
    machine = describe_machine()
    tell(f"making the library of {asked.size:,} partners, or taking {setting.home}")
    results = prepare(setting, fresh=asked.fresh)
    results += run_parts({name: PARTS[name] for name in asked.parts or PARTS}, setting)
    results.sort(key=lambda each: list(FIGURES).index(each.name))
    report(results, machine, asked)
    if asked.json:
        write_json(results, asked.size, machine, asked.json)
    missed = any((verdict := judged(each, asked.size)) and not verdict.met for each in results)
    return int(missed or any(each.value is None for each in results))


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"which: {', '.join(PARTS)}; all if none")
    parser.add_argument("--size", type=int, default=100_000, help="partners")
    parser.add_argument("--texts", type=Path, help="folder with abstracts.jsonl; else the demo")
    parser.add_argument("--home", type=Path, default=Path("build/bench"), help="kept libraries")
    parser.add_argument("--fresh", action="store_true", help="make the library anew")
    parser.add_argument("--quick", action="store_true", help="short runs: two minutes at 10,000")
    parser.add_argument("--full", action="store_true", help="the batch with all 10,000 needs")
    parser.add_argument("--http-seconds", type=float, default=60.0)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--baseline", type=Path, help="such a file of a smaller directory")
    asked = parser.parse_args(given)
    unknown = sorted(set(asked.parts) - set(PARTS))
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(PARTS)}")
    return asked


def in_own_process(call: Callable[[Asked], Result], asked: Asked) -> Result:
    """What a call gives, made in a process of its own that ends with it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(call, asked).result()


def run_parts(
    parts: Mapping[str, Part],
    setting: Setting,
    alone: Callable[[Part, Setting], list[Measured]] = in_own_process,
) -> list[Measured]:
    """Each part by itself; of one that fails the reason stands with its figures."""
    results: list[Measured] = []
    for name, part in parts.items():
        started = perf_counter()
        tell(f"{name} …")
        try:
            found = alone(part, setting)
        except Exception as error:  # whatever it is belongs into the table
            found = failed(name, error)
        for each in found:  # at once: who stops a long run has what was measured until then
            tell(f"  {each.name} {'-' if each.value is None else shown(each.value)} {each.note}")
        results += found
        tell(f"{name}: {perf_counter() - started:.0f} s")
    return results


def failed(part: str, error: Exception) -> list[Measured]:
    """The figures of a part that could not be measured."""
    prefixes = {"process": ("start.", "memory.", "disk.")}.get(part, (f"{part}.",))
    reason = f"failed: {type(error).__name__}: {error}"[:300]
    return [Measured(name, None, reason) for name in FIGURES if name.startswith(prefixes)]


def report(results: list[Measured], machine: Mapping[str, str], asked: argparse.Namespace) -> None:
    console = Console(width=None if sys.stdout.isatty() else 180)
    console.print(as_table(results, asked.size))
    console.print("  ".join(f"{name}: {value}" for name, value in machine.items()), style="dim")
    for line in against_baseline(results, asked.baseline) if asked.baseline else []:
        console.print(line)


def tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
