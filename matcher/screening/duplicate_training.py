"""Fitting of the weights that tell versions of a need and needs of one problem from others.

Half of the examples is for fitting, the other half measures what came of it. Whether a pair is of
one problem is learned where it will be asked: among the nearest needs of libraries of several
sizes, filled up with needs of a corpus.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.errors import TrainingError
from matcher.screening.duplicates import (
    FORMAT,
    NEIGHBOURS,
    RELATED_FEATURES,
    SAME_FEATURES,
    DuplicateJudge,
    DuplicateWeights,
    Floats,
    LikenessKind,
    Vectors,
    background,
)
from matcher.screening.jsonrows import read_rows
from matcher.screening.logistic import Logistic, fit_logistic
from matcher.screening.pair_features import Rarity, TextFacts, overlaps, text_facts
from matcher.screening.rewrites import CHECK, FIT, Example, Examples

Encode = Callable[[Sequence[str]], Vectors]
"""Unit vectors of texts, shape (texts, dimension)."""

LIBRARY_SIZES = (0, 400, 1500, 5000)
"""Needs of the corpus added to those of the demo library."""
NEIGHBOURS_COMPARED = 2500
"""Needs of the corpus whose nearest one is shown to be no version of them, however near."""
_ASKED_FOR = 10
_PENALTY = 0.3


@dataclass(frozen=True, slots=True)
class LibraryScores:
    """What is found in a library of one size by the queries of the check half.

    Attributes:
        needs: needs in the library.
        queries: needs and rewrites that were asked with.
        versions_found: share of versions that are taken for such.
        problems_found: share of pairs of one problem, of those among the ten nearest, found so.
        precision: share of what is found that is a version or of one problem; None if nothing is.
        false_alarms: different needs found to be of one problem, per query.
    """

    needs: int
    queries: int
    versions_found: float
    problems_found: float
    precision: float | None
    false_alarms: float


@dataclass(frozen=True, slots=True)
class _Pair:
    """A query and one of its nearest needs."""

    query: int
    need: int
    cosine: float
    background: float
    relation: LikenessKind | None


def fit_duplicates(
    examples: Examples,
    corpus: Sequence[str],
    encode: Encode,
    model_id: str,
    rarity: Rarity,
) -> tuple[DuplicateWeights, list[LibraryScores]]:
    """Fit the weights for one embedding model, and measure them on the check half.

    Args:
        examples: see `read_examples`.
        corpus: texts of needs that are of no example's problem, to fill libraries up with.
        encode: the model.
        model_id: its id.
        rarity: see `DuplicateJudge.load`.

    Raises:
        TrainingError: a half of the examples lacks a kind of them.
    """
    texts = [example.text for example in examples.texts] + list(corpus)
    library = _Library(examples, encode(texts), [text_facts(text, rarity) for text in texts])
    sizes = sorted({min(size, len(corpus)) for size in LIBRARY_SIZES})
    smallest = library.nearest(FIT, sizes[0])
    pairs = smallest + [pair for size in sizes[1:] for pair in library.nearest(FIT, size)]
    nearness = np.array([(pair.cosine, pair.background) for pair in pairs])
    related = np.array([pair.relation is not LikenessKind.DIFFERENT for pair in pairs])
    pairs += library.corpus_neighbours(NEIGHBOURS_COMPARED)
    shared = np.array([library.overlaps(pair) for pair in pairs])
    same = np.array([pair.relation is LikenessKind.SAME for pair in pairs])
    weights = DuplicateWeights(
        model_id=model_id,
        same=_fit(SAME_FEATURES, shared, same),
        related=_fit(RELATED_FEATURES, nearness, related),
        background=round(float(np.mean([pair.background for pair in smallest])), 3),
    )
    judge = DuplicateJudge(weights, rarity)
    return weights, [_scores(library, judge, size) for size in sizes]


def read_corpus_needs(corpus_folder: Path) -> list[str]:
    """The needs of needpairs.jsonl (title, text) in a corpus folder.

    Raises:
        TrainingError: the file is missing or malformed.
    """
    rows = read_rows(corpus_folder / "needpairs.jsonl", lambda row: (row["title"], row["text"]))
    return ["\n".join(row) for row in rows]


def write_duplicate_weights(path: Path, weights: DuplicateWeights) -> None:
    """Write the weights as JSON; the folder must be there."""
    stored = {
        "format": FORMAT,
        "model_id": weights.model_id,
        "background": weights.background,
        **{
            name: {"bias": part.bias, "weights": dict(part.weights)}
            for name, part in (("same", weights.same), ("related", weights.related))
        },
    }
    path.write_text(json.dumps(stored, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


class _Library:
    """Examples and corpus needs with vectors and facts; rows 0 to n are the examples."""

    def __init__(self, examples: Examples, vectors: Vectors, facts: Sequence[TextFacts]) -> None:
        self.examples = examples.texts
        self.vectors = vectors
        self.facts = facts
        self._relation = examples.relation
        self._needs = [row for row, each in enumerate(self.examples) if each.kind is None]
        corpus = np.arange(len(self.examples), len(vectors))
        self._corpus = np.random.default_rng(0).permutation(corpus)

    def nearest(self, half: str, size: int) -> list[_Pair]:
        """Queries of a half with the nearest needs of a library with `size` of the corpus."""
        needs = np.concatenate([self._needs, self._corpus[:size]]).astype(np.int64)
        pairs: list[_Pair] = []
        for query, example in enumerate(self.examples):
            if example.half != half:
                continue
            others = needs[needs != query]
            cosines = self.vectors[others].astype(np.float64) @ self.vectors[query]
            order = np.argsort(-cosines, kind="stable")[:NEIGHBOURS]
            level = background(cosines[order], 0.0)
            for place in order[:_ASKED_FOR]:
                need = int(others[place])
                relation = self._between(example, need)
                if relation is not None:
                    pairs.append(_Pair(query, need, float(cosines[place]), level, relation))
        return pairs

    def corpus_neighbours(self, most: int) -> list[_Pair]:
        """Needs of the corpus with the nearest other one: of one problem perhaps, no versions."""
        pairs: list[_Pair] = []
        for query in self._corpus[:most].tolist():
            others = self._corpus[self._corpus != query]
            if len(others) == 0:
                break
            cosines = self.vectors[others].astype(np.float64) @ self.vectors[query]
            place = int(cosines.argmax())
            pairs.append(_Pair(query, int(others[place]), float(cosines[place]), 0.0, None))
        return pairs

    def overlaps(self, pair: _Pair) -> tuple[float, float, float]:
        """What the texts of a pair have in common."""
        return overlaps(self.facts[pair.query], self.facts[pair.need])

    def _between(self, query: Example, need: int) -> LikenessKind | None:
        if need >= len(self.examples):
            return LikenessKind.DIFFERENT
        return self._relation(query, self.examples[need])


def _fit(features: Sequence[str], rows: Floats, outcomes: NDArray[np.bool_]) -> Logistic:
    try:
        return fit_logistic(features, rows, outcomes, penalty=_PENALTY)
    except ValueError as error:
        raise TrainingError("样例中缺少重复、同一问题或不同的需求，无法拟合") from error


def _scores(library: _Library, judge: DuplicateJudge, size: int) -> LibraryScores:
    """Ask the library with the check half and count what is found."""
    pairs = library.nearest(CHECK, size)
    shared = np.array([library.overlaps(pair) for pair in pairs])
    cosines = np.array([pair.cosine for pair in pairs])
    levels = np.array([pair.background for pair in pairs])
    same = judge.weights.same.probability(shared) >= 0.5
    found = same | (judge.related(cosines, levels) >= 0.5)
    is_same = np.array([pair.relation is LikenessKind.SAME for pair in pairs])
    different = np.array([pair.relation is LikenessKind.DIFFERENT for pair in pairs])
    one_problem = ~is_same & ~different
    queries = len({pair.query for pair in pairs})
    needs = sum(example.kind is None for example in library.examples) + size
    return LibraryScores(
        needs=needs,
        queries=queries,
        versions_found=float(same[is_same].mean()),
        problems_found=float(found[one_problem].mean()),
        precision=float(1 - different[found].mean()) if found.any() else None,
        false_alarms=float((found & different).sum() / queries),
    )
