"""What each part of the ranking is worth: the parts alone and one after another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from matcher.evaluation.baselines import BM25, bm25_run
from matcher.evaluation.collection import Collection, Qrels
from matcher.evaluation.metrics import mean_over_needs, measure_needs
from matcher.evaluation.progress import Progress
from matcher.evaluation.runs import Run
from matcher.evaluation.significance import Difference, paired_bootstrap
from matcher.index.passages import Vectors
from matcher.live import LiveIndex
from matcher.ranking.fusion import CHARACTERS, DEFAULT_WEIGHTS, DENSE, rank_owners
from matcher.records import Need, PartnerKind, SearchFilter, Side
from matcher.service import Matcher

EVERYTHING: Final = "everything"
LABELS: Final[Mapping[str, str]] = {
    "bm25-words": "BM25 词语",
    "bm25-characters": "BM25 单字",
    "bm25-pairs": "BM25 双字",
    "dense": "语义向量",
    "dense-corrected": "＋去枢纽（hubness）",
    "dense-characters": "＋字面",
    EVERYTHING: "＋双字（＝全部）",
    "uncorrected": "全部，但不去枢纽",
}
"""The rows in the order they are shown; from `dense` to `everything` each adds to the last.

How passages make an owner's score is the same in all of these, that of `rank_owners`; of a BM25 it
is the best passage alone.
"""
COMPARED: Final = ("mrr", "ndcg@10", "recall@10")

_UNCORRECTED: Mapping[str, Mapping[str, float]] = {
    "dense": {DENSE: DEFAULT_WEIGHTS[DENSE]},
    "uncorrected": DEFAULT_WEIGHTS,
}
_CORRECTED: Mapping[str, Mapping[str, float]] = {
    "dense-corrected": {DENSE: DEFAULT_WEIGHTS[DENSE]},
    "dense-characters": {view: DEFAULT_WEIGHTS[view] for view in (DENSE, CHARACTERS)},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AblationRow:
    """One way of ranking: its key, its Chinese label, its metrics (None where not defined)."""

    key: str
    label: str
    metrics: dict[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ablation:
    """All ways of ranking, and whether everything together beats the best BM25.

    Attributes:
        rows: in the order of `LABELS`.
        baseline: key of the single BM25 that has the highest MRR on these very needs, which is
            in its favour.
        differences: of everything against it, for each metric of `COMPARED`; None where not
            defined.
    """

    rows: tuple[AblationRow, ...]
    baseline: str
    differences: dict[str, Difference | None]


def ablation_runs(
    collection: Collection,
    matcher: Matcher,
    uncorrected: LiveIndex,
    run: Run,
    *,
    top: int,
    kind: PartnerKind | None,
    report: Progress,
) -> dict[str, Run]:
    """Rank a collection by each part of the ranking: a run for each key of `LABELS`.

    Args:
        collection: what to rank.
        matcher: a workspace that holds the collection's partners.
        uncorrected: an index of the same partners that does not correct hubness.
        run: the ranking by everything.
        top: how many partners to keep for a need, as in `run`.
        kind: only partners of this kind, as in `run`.
        report: called as the work goes on.
    """
    runs: dict[str, Run] = {EVERYTHING: run}
    for number, (key, analyse) in enumerate(BM25.items(), start=1):
        runs[key] = bm25_run(collection, analyse, top=top, kind=kind)
        report("基线", number, len(BM25))
    restriction = SearchFilter(kinds=frozenset({kind}) if kind else frozenset())
    queries = [(need, matcher.encoder.encode_query(need.text)) for need in collection.needs]
    for number, (index, variants) in enumerate(
        ((uncorrected, _UNCORRECTED), (matcher.index, _CORRECTED)), start=1
    ):
        runs |= _rank_by_parts(index, queries, restriction, variants, top)
        report("逐项", number, 2)
    return runs


def _rank_by_parts(
    index: LiveIndex,
    queries: Sequence[tuple[Need, Vectors]],
    restriction: SearchFilter,
    variants: Mapping[str, Mapping[str, float]],
    top: int,
) -> dict[str, dict[str, list[tuple[str, float]]]]:
    """A run for each set of weights; all of them score what one search of a need has found."""
    runs: dict[str, dict[str, list[tuple[str, float]]]] = {key: {} for key in variants}
    with index.current() as sides:
        for need, vector in queries:
            found = sides[Side.PARTNER].search(need.text, vector, restriction)
            for key, weights in variants.items():
                scored = rank_owners(found, top, weights)
                runs[key][need.id] = [(owner.owner_id, owner.score) for owner in scored]
    return runs


def compare_runs(qrels: Qrels, runs: Mapping[str, Run]) -> Ablation:
    """Measure a run for each key of `LABELS`; a need that a run does not answer counts as 0."""
    by_need = {
        key: measure_needs(qrels, {need: dict(ranked) for need, ranked in runs[key].items()})
        for key in LABELS
    }
    means = {key: mean_over_needs(values) for key, values in by_need.items()}
    baseline = max(BM25, key=lambda key: means[key]["mrr"] or 0.0)
    return Ablation(
        rows=tuple(
            AblationRow(key=key, label=label, metrics=means[key]) for key, label in LABELS.items()
        ),
        baseline=baseline,
        differences={
            name: paired_bootstrap(by_need[EVERYTHING][name], by_need[baseline][name])
            for name in COMPARED
        },
    )
