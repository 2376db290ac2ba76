"""Ranking of a whole collection in a throw-away workspace."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from matcher.bootstrap import load_judgement
from matcher.embedding.encoder import Encoder
from matcher.evaluation.ablation import Ablation, ablation_runs, compare_runs
from matcher.evaluation.collection import Collection
from matcher.evaluation.metrics import measure
from matcher.evaluation.progress import Progress
from matcher.live import LiveIndex
from matcher.records import PartnerKind, SearchFilter
from matcher.references import reference_needs
from matcher.service import Matcher
from matcher.store.batches import batched
from matcher.store.database import open_database

_PARTNERS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """A ranked collection: the run, the metrics, and what it cost.

    `metrics` values are None where they are not defined; seconds are wall-clock, the ranking
    time that of one need, median. `ablation` is None where it was not asked for.
    """

    run: dict[str, list[tuple[str, float]]]
    metrics: dict[str, float | None]
    model_id: str
    partners: int
    passages: int
    needs: int
    build_seconds: float
    median_ranking_seconds: float
    ablation: Ablation | None = None


def evaluate_collection(
    collection: Collection,
    encoder: Encoder,
    *,
    top: int = 100,
    kind: PartnerKind | None = None,
    ablation: bool = False,
    progress: Progress | None = None,
) -> Evaluation:
    """Rank every need of a collection against every partner.

    Args:
        collection: what to rank.
        encoder: the embedding model.
        top: how many partners to keep for a need.
        kind: only partners of this kind.
        ablation: also measure each part of the ranking by itself.
        progress: called as the work goes on.
    """
    report = progress or (lambda step, done, total: None)
    restriction = SearchFilter(kinds=frozenset({kind}) if kind else frozenset())
    with tempfile.TemporaryDirectory(prefix="matcher-evaluate-") as folder:
        matcher = _workspace(Path(folder), encoder)
        try:
            started = time.perf_counter()
            _load(matcher, collection, report)
            build_seconds = time.perf_counter() - started
            run, seconds = _rank(matcher, collection, top, restriction, report)
            with matcher.index.current() as sides:
                passages = sum(map(len, sides.values()))
            parts = None
            if ablation:
                uncorrected = _uncorrected_index(matcher, Path(folder))
                runs = ablation_runs(
                    collection, matcher, uncorrected, run, top=top, kind=kind, report=report
                )
                parts = compare_runs(collection.qrels, runs)
        finally:
            matcher.close()
    scores = {need: dict(ranked) for need, ranked in run.items()}
    return Evaluation(
        run=run,
        metrics=measure(collection.qrels, scores),
        model_id=encoder.model_id,
        partners=len(collection.partners),
        passages=passages,
        needs=len(collection.needs),
        build_seconds=build_seconds,
        median_ranking_seconds=sorted(seconds)[len(seconds) // 2] if seconds else 0.0,
        ablation=parts,
    )


def _workspace(folder: Path, encoder: Encoder) -> Matcher:
    database = open_database(f"sqlite:///{folder / 'evaluation.sqlite3'}")
    index = LiveIndex(database, encoder, folder / "index", reference_needs())
    return Matcher(database, encoder, index, load_judgement())


def _uncorrected_index(matcher: Matcher, folder: Path) -> LiveIndex:
    """An index without references over the same store, so that no passage is embedded twice."""
    return LiveIndex(matcher.database, matcher.encoder, folder / "uncorrected")


def _load(matcher: Matcher, collection: Collection, report: Progress) -> None:
    done = 0
    for partners in batched(collection.partners, _PARTNERS_AT_ONCE):
        matcher.save_partners(partners)
        done += len(partners)
        report("读入", done, len(collection.partners))
    matcher.index.refresh(lambda done, total: report("索引", done, total))


def _rank(
    matcher: Matcher, collection: Collection, top: int, restriction: SearchFilter, report: Progress
) -> tuple[dict[str, list[tuple[str, float]]], list[float]]:
    run: dict[str, list[tuple[str, float]]] = {}
    seconds = []
    for number, need in enumerate(collection.needs, start=1):
        started = time.perf_counter()
        ranked = matcher.rank(need.text, top=top, restriction=restriction)
        seconds.append(time.perf_counter() - started)
        run[need.id] = [(owner.owner_id, owner.score) for owner in ranked]
        report("排序", number, len(collection.needs))
    return run, seconds
