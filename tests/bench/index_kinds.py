"""Which kind of FAISS index serves best for how many vectors; a script, not a test.

    python -m tests.bench.index_kinds --texts FOLDER --count 400000

The vectors are of generated Chinese passages by the embedded model, the queries are needs. All
kinds are asked for the nearest 100 and 400; those that a kind finds are compared with the exact
ones ("recall"), counting all that its last step, the exact comparison of its best, would look at.
Each query is timed alone in one thread. On a shared machine the best time tells more than the
median. `matcher.index.faiss_kinds` took its numbers from here.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time

import faiss
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from matcher.embedding.choosing import ModelChoice
from matcher.embedding.encoder import Encoder
from matcher.index.faiss_index import FaissBackend, FaissIndex
from matcher.index.faiss_kinds import Tuning
from matcher.index.faiss_rows import Halves
from matcher.index.selection import Selection
from matcher.settings import data_folder
from matcher.text.script import Script, script_of
from tests.bench.generate import partners
from tests.bench.texts import Texts, read_texts

WANTED = (100, 400)
TIMED = 100

Floats = NDArray[np.float32]
Found = NDArray[np.int64]
Search = Callable[[Floats, int], Found]


@dataclass(frozen=True, slots=True)
class Measured:
    """How one kind did; recall and seconds for each of `WANTED`."""

    name: str
    cpu_to_build: float
    recall: list[float]
    best: list[float]
    median: list[float]


def main() -> None:
    """Measure and print."""
    asked = arguments()
    with threadpool_limits(1):
        texts = read_texts(asked.texts)
        encoder = ModelChoice(str(data_folder() / "model")).load()
        rows = embedded(encoder, texts, asked.count)
        needs = texts.needs[: asked.queries]
        queries = np.stack([encoder.encode_query(f"{title}\n{body}") for title, body in needs])
        folder = Path(tempfile.mkdtemp(prefix="index-kinds-"))
        try:
            console = Console(width=120)
            console.print(kinds_table(rows, queries, folder, deep=asked.hnsw))
            console.print(threshold_table(rows, queries, folder))
            console.print(selections_table(rows, queries, folder))
        finally:
            shutil.rmtree(folder)


def arguments() -> argparse.Namespace:
    """What to measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=Path, help="folder; see tests.bench.texts")
    parser.add_argument("--count", type=int, default=400_000, help="of passages")
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--hnsw", action="store_true", help="also a graph, which takes long")
    return parser.parse_args()


def embedded(encoder: Encoder, texts: Texts, count: int) -> Halves:
    """Vectors of Chinese passages, shape (count, dimension)."""
    rows = np.empty((count, encoder.dimension), np.float16)
    passages = chinese_passages(texts, count)
    for first in range(0, count, 4096):
        block = list(islice(passages, min(4096, count - first)))
        rows[first : first + len(block)] = encoder.encode_passages(block)
        print(f"\r{first + len(block)}", end="", file=sys.stderr)
    print(file=sys.stderr)
    return rows


def chinese_passages(texts: Texts, count: int) -> Iterator[str]:
    """Profiles and evidence of generated partners."""
    for partner in partners(texts, count):
        for body in (partner.profile, *(f"{e.title}\n{e.text}" for e in partner.evidence)):
            if script_of(body) is Script.HAN:
                yield body


def kinds_table(rows: Halves, queries: Floats, folder: Path, *, deep: bool) -> Table:
    """Every kind over all vectors."""
    vectors = rows.astype(np.float32)
    exact = faiss.IndexFlatIP(vectors.shape[1])
    exact.add(vectors)
    truth = exact.search(queries, max(WANTED))[1]
    measured = [
        measure("all, 32 bits (IndexFlatIP)", 0.0, plain(exact), queries, truth),
        *scalar_kinds(vectors, queries, truth),
        *list_kinds(vectors, queries, truth),
        *(graph_kinds(vectors, queries, truth) if deep else ()),
        *own_kinds(vectors, queries, truth, folder),
    ]
    table = Table(title=f"{len(rows)} vectors of {rows.shape[1]} dimensions; ms: best, median")
    for heading in ("kind", "CPU s to build", *(f"recall@{k}" for k in WANTED)):
        table.add_column(heading, justify="left" if heading == "kind" else "right")
    for k in WANTED:
        table.add_column(f"ms for {k}", justify="right")
    for each in measured:
        times = (
            f"{b * 1e3:.2f}, {m * 1e3:.2f}" for b, m in zip(each.best, each.median, strict=True)
        )
        recalls = (f"{recall:.4f}" for recall in each.recall)
        table.add_row(each.name, f"{each.cpu_to_build:.1f}", *recalls, *times)
    return table


def scalar_kinds(vectors: Floats, queries: Floats, truth: Found) -> Iterator[Measured]:
    """All vectors, in fewer bits."""
    quantizer = faiss.ScalarQuantizer
    for name, code in (("16 bits", quantizer.QT_fp16), ("8 bits", quantizer.QT_8bit)):
        started = process_time()
        index = faiss.IndexScalarQuantizer(vectors.shape[1], code, faiss.METRIC_INNER_PRODUCT)
        index.train(vectors[::7])
        index.add(vectors)
        built = process_time() - started
        yield measure(f"all, {name}", built, plain(index), queries, truth)


def list_kinds(vectors: Floats, queries: Floats, truth: Found) -> Iterator[Measured]:
    """Inverted lists of 8-bit codes, of which more and more are searched."""
    started = process_time()
    lists = int(2 * np.sqrt(len(vectors)))
    index = faiss.index_factory(vectors.shape[1], f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
    index.cp.niter = 8
    index.train(vectors[:: max(1, len(vectors) // (40 * lists))])
    index.add(vectors)
    built = process_time() - started
    for share in (64, 16, 8, 4, 2):
        index.nprobe = max(1, lists // share)
        name = f"{index.nprobe} of {lists} lists, 8 bits"
        yield measure(name, built, plain(index, deeper=2), queries, truth)


def graph_kinds(vectors: Floats, queries: Floats, truth: Found) -> Iterator[Measured]:
    """A graph over 8-bit codes."""
    started = process_time()
    index = faiss.index_factory(vectors.shape[1], "HNSW32,SQ8", faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = 80
    index.train(vectors[::7])
    index.add(vectors)
    built = process_time() - started
    for breadth in (400, 1600):
        index.hnsw.efSearch = breadth
        yield measure(f"graph, {breadth} deep, 8 bits", built, plain(index), queries, truth)


def own_kinds(vectors: Floats, queries: Floats, truth: Found, folder: Path) -> Iterator[Measured]:
    """What the product does, with other depths."""
    started = process_time()
    write(vectors, folder / "kinds", Tuning(exact_up_to=0))
    built = process_time() - started
    for rescored, per_result in ((500, 1), (1000, 2), (1000, 4), (1000, 5), (2000, 8)):
        tuning = Tuning(rescored=rescored, rescored_per_result=per_result)
        index = FaissBackend(tuning).load(folder / "kinds", "")
        depths = "/".join(str(tuning.depth(k)) for k in WANTED)
        yield measure(f"codes, {depths} compared", built, own(index), queries, truth)


def threshold_table(rows: Halves, queries: Floats, folder: Path) -> Table:
    """From how many vectors on codes pay."""
    table = Table(title="milliseconds for 400 of few vectors: best, median")
    for heading in ("vectors", "all compared", "by codes"):
        table.add_column(heading, justify="right")
    for count in filter(len(rows).__ge__, (5_000, 10_000, 20_000, 30_000, 40_000, 80_000)):
        cells = []
        for tuning in (Tuning(exact_up_to=count), Tuning(exact_up_to=0)):
            place = folder / f"{count}-{tuning.exact_up_to}"
            write(rows[:count], place, tuning)
            cells.append(shown(timed(own(FaissBackend(tuning).load(place, "")), queries, 400)))
        table.add_row(str(count), *cells)
    return table


def selections_table(rows: Halves, queries: Floats, folder: Path) -> Table:
    """What a filter costs, and a look at what was found."""
    index = FaissBackend().load(folder / "kinds", "")
    random = np.random.default_rng(0)
    table = Table(title="milliseconds with a filter: best, median")
    for heading in ("allowed", "400 nearest", "cosines of 3,000 of them"):
        table.add_column(heading, justify="right")
    for share in (0.005, 0.02, 0.05, 0.2, 0.5):
        allowed = Selection(np.flatnonzero(random.random(len(rows)) < share))
        some = random.permutation(allowed.ids)[:3000]
        found = timed(lambda q, k, allowed=allowed: index.search(q, k, allowed)[0], queries, 400)
        looked = timed(lambda q, _, some=some: index.similarities(q, some), queries, 0)
        table.add_row(str(len(allowed)), shown(found), shown(looked))
    return table


def write(vectors: Floats | Halves, folder: Path, tuning: Tuning) -> None:
    """Write vectors under their numbers."""
    writer = FaissBackend(tuning).writer(folder, "", vectors.shape[1])
    for first in range(0, len(vectors), 8192):
        block = vectors[first : first + 8192].astype(np.float32)
        writer.append(np.arange(first, first + len(block)), block)
    writer.finish()


def plain(index: faiss.Index, deeper: int = 1) -> Search:
    """Ask an index of FAISS; `deeper` times as many as wanted would be compared exactly."""
    return lambda query, k: index.search(query[None], deeper * k)[1][0]


def own(index: FaissIndex) -> Search:
    """Ask an index of the product."""
    return lambda query, k: index.search(query, k)[0]


def measure(name: str, cpu: float, search: Search, queries: Floats, truth: Found) -> Measured:
    """Recall and times of a kind."""
    print(name, file=sys.stderr)
    recall, times = [], []
    for k in WANTED:
        found = [search(query, k) for query in queries]
        hits = (np.isin(best[:k], ids).mean() for best, ids in zip(truth, found, strict=True))
        recall.append(float(np.mean(list(hits))))
        times.append(timed(search, queries, k))
    return Measured(
        name, cpu, recall, [min(t) for t in times], [float(np.median(t)) for t in times]
    )


def timed(search: Search, queries: Floats, k: int) -> list[float]:
    """Seconds that each of some queries takes."""
    taken = []
    for query in queries[:TIMED]:
        started = perf_counter()
        search(query, k)
        taken.append(perf_counter() - started)
    return taken


def shown(taken: list[float]) -> str:
    """The best time and the median."""
    return f"{min(taken) * 1e3:.2f}, {np.median(taken) * 1e3:.2f}"


if __name__ == "__main__":
    main()
