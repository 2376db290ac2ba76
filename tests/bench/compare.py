"""This product beside what a user would pick instead, on the same data and in the same run.

    python -m tests.bench.compare --collection FOLDER

The collection is what `matcher evaluate` reads: partners, needs and who is right for whom. The
engines rank passages, a partner stands where its best passage stands. Each runs in a process of
its own; its memory is that of this process at the end, libraries and texts included.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.table import Table

from matcher import Settings, open_matcher
from matcher.evaluation.collection import Collection, read_collection
from matcher.evaluation.metrics import measure
from matcher.store.batches import batched
from matcher.text.passages import partner_passages
from tests.bench.engines import ENGINES, Found
from tests.bench.figures import shown
from tests.bench.machine import describe_machine, memory_of
from tests.bench.timing import median

TOP = 100
_PASSAGES = 400
"""So many passages are asked for, that a hundred partners come of them."""
_PARTNERS_AT_ONCE = 1000
_OURS = "this product"
_METRICS = ("mrr", "recall@10", "recall@100")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; `failure` says why the rest is not there."""

    engine: str
    metrics: dict[str, float | None]
    milliseconds: float = 0.0
    build_seconds: float = 0.0
    memory: float = 0.0
    failure: str = ""


def main() -> None:
    asked = arguments()
    rows: list[Row] = []
    machine = describe_machine()
    for name in asked.engines or (_OURS, *ENGINES):
        print(f"{name} …", file=sys.stderr, flush=True)
        rows.append(_in_own_process(name, asked.collection))
        if asked.json:  # after each: who stops it early keeps what is done
            told = {"machine": machine, "rows": [asdict(row) for row in rows]}
            asked.json.write_text(json.dumps(told, indent=1), encoding="utf-8")
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(table(rows, str(asked.collection.name)))
    console.print("  ".join(f"{name}: {value}" for name, value in machine.items()))
    for row in rows:
        if row.failure:
            console.print(f"{row.engine}: {row.failure}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.compare")
    parser.add_argument("engines", nargs="*", metavar="ENGINE", help="all if none is named")
    parser.add_argument("--collection", type=Path, required=True)
    parser.add_argument("--json", type=Path, help="write the table to this file too")
    asked = parser.parse_args()
    unknown = sorted(set(asked.engines) - {_OURS, *ENGINES})
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join((_OURS, *ENGINES))}")
    return asked


def compared(name: str, folder: Path) -> Row:
    """Rank every need of the collection with one engine."""
    collection = read_collection(folder)
    return _product(collection) if name == _OURS else _engine(name, collection)


def by_best_passage(found: Found, owners: Sequence[str], top: int = TOP) -> dict[str, float]:
    """The best `top` partners, each where its best passage stands; scored 1, 1/2, 1/3 and so on.

    Args:
        found: rows of passages, best first; their scores mean something else in every engine.
        owners: of each row the partner.
        top: how many to keep.
    """
    ranked = list(dict.fromkeys(owners[row] for row in found))[:top]
    return {owner: 1 / place for place, owner in enumerate(ranked, start=1)}


def table(rows: Sequence[Row], name: str) -> Table:
    shape = Table("", "MRR", "R@10", "R@100", "ms a query", "index, s", "MiB", title=name)
    for row in rows:
        if row.failure:
            shape.add_row(row.engine, *["-"] * 6)
            continue
        quality = (row.metrics[metric] for metric in _METRICS)
        cost = (row.milliseconds, row.build_seconds, row.memory)
        shape.add_row(
            row.engine,
            *("-" if value is None else f"{value:.3f}" for value in quality),
            *map(shown, cost),
        )
    return shape


def _product(collection: Collection) -> Row:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        started = perf_counter()
        matcher = open_matcher(Settings(home=Path(folder), database_url=""))
        with closing(matcher):
            for partners in batched(collection.partners, _PARTNERS_AT_ONCE):
                matcher.save_partners(partners)
            matcher.index.rebuild()
            build = perf_counter() - started
            run, seconds = {}, []
            for need in collection.needs:
                started = perf_counter()
                ranked = matcher.rank(need.text, top=TOP)
                seconds.append(perf_counter() - started)
                run[need.id] = {owner.owner_id: owner.score for owner in ranked}
            memory = memory_of()["rss"]
    return Row(_OURS, measure(collection.qrels, run), median(seconds) * 1e3, build, memory)


def _engine(name: str, collection: Collection) -> Row:
    owned = [
        (partner.id, passage.text)
        for partner in collection.partners
        for passage in partner_passages(partner)
    ]
    owners = [owner for owner, _ in owned]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        started = perf_counter()
        search = ENGINES[name]([text for _, text in owned], Path(folder))
        build = perf_counter() - started
        run, seconds = {}, []
        for need in collection.needs:
            started = perf_counter()
            run[need.id] = by_best_passage(search(need.text, _PASSAGES), owners)
            seconds.append(perf_counter() - started)
        memory = memory_of()["rss"]
        return Row(name, measure(collection.qrels, run), median(seconds) * 1e3, build, memory)


def _in_own_process(name: str, folder: Path) -> Row:
    call = partial(compared, name, folder)
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            return pool.submit(call).result()
    except Exception as error:  # an engine that is not installed or fails is told in its line
        return Row(name, {}, failure=f"{type(error).__name__}: {error}"[:300])


if __name__ == "__main__":
    main()
