"""Is a need already in the library? The same one sent again, or the same problem of another firm.

Two questions are asked of a pair of texts. Is the one a version of the other (重复需求): edited,
shortened, reordered, reformatted? Then they share letters, rare words and numbers. Or do they tell
of the same problem in other words (同一问题)? Then they share hardly a word more than two needs of
one trade do, and their vectors must say it: not by being near, which all needs of a trade are, but
by being much nearer than the neighbours of either.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ModelError
from matcher.records import LabelledEnum
from matcher.screening.logistic import Logistic
from matcher.screening.pair_features import (
    OVERLAPS,
    Rarity,
    TextFacts,
    common_words,
    overlaps,
    text_facts,
)

Vectors = NDArray[np.float32]
Floats = NDArray[np.float64]

FORMAT = 1
WEIGHTS_FILE = "duplicates.json"
NEIGHBOURS: Final = 30
"""How many of the nearest needs should be compared, as far as the library has them."""

SAME_FEATURES: Final = OVERLAPS
RELATED_FEATURES: Final = ("cosine", "background")

_NEAREST_LEFT_OUT = 10
_FEWEST_IN_BACKGROUND = 5
_EVEN = 0.5
_WORDS_SHOWN = 5


class LikenessKind(LabelledEnum):
    """What a need in the library is to a new one."""

    SAME = "same", "重复需求"
    SAME_PROBLEM = "same_problem", "同一问题"
    DIFFERENT = "different", "不同需求"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "相似类型"


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a need of the library is like a new one.

    Attributes:
        kind: the likeliest kind.
        same: probability that they are versions of one need.
        related: probability that they are at least of one problem; None without vectors.
        common_words: the most telling words that both have, to show why.
    """

    kind: LikenessKind
    same: float
    related: float | None
    common_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DuplicateWeights:
    """The fitted weights.

    Attributes:
        model_id: the embedding model whose cosines `related` is for.
        same: version of one need? From `SAME_FEATURES`; vectors add nothing to the wording here.
        related: of one problem? From `RELATED_FEATURES`.
        background: that of a need in a small library, where it cannot be measured.
    """

    model_id: str
    same: Logistic
    related: Logistic
    background: float


class DuplicateJudge:
    """Compares a need with needs of the library."""

    def __init__(self, weights: DuplicateWeights, rarity: Rarity) -> None:
        self.weights = weights
        self._rarity = rarity

    @classmethod
    def load(cls, folder: Path, rarity: Rarity) -> "DuplicateJudge":
        """Load the weights that `matcher fit-duplicates` wrote.

        Args:
            folder: holds duplicates.json.
            rarity: how telling a folded word is: `KeywordSuggester.rarity`.

        Raises:
            ModelError: the file is missing, damaged, or of another format.
        """
        return cls(read_duplicate_weights(folder / WEIGHTS_FILE), rarity)

    def compare(
        self, text: str, vector: Vectors | None, others: Sequence[str], vectors: Vectors | None
    ) -> list[Likeness]:
        """What each of some needs of the library is to a new one.

        Args:
            text: the new need, title first.
            vector: its unit vector, shape (dimension,); None if the vectors are not of the model
                that the weights are for (`weights.model_id`): then only versions are found.
            others: texts of the `NEIGHBOURS` needs nearest to it, in any order; with fewer of
                them the background is known less well, with less than fifteen not at all.
            vectors: their unit vectors, shape (others, dimension).

        Returns:
            A likeness for each of `others`, in their order.
        """
        own = self.facts(text)
        facts = [self.facts(other) for other in others]
        shared = np.array([overlaps(own, other) for other in facts]).reshape(-1, len(OVERLAPS))
        same = self.weights.same.probability(shared)
        related: Sequence[float | None] = [None] * len(others)
        if vector is not None and vectors is not None:
            cosines = np.asarray(vectors @ vector, dtype=np.float64)
            level = np.full(len(others), background(cosines, self.weights.background))
            related = np.maximum(same, self.related(cosines, level)).tolist()
        return [
            Likeness(
                kind=_kind(is_same, is_related),
                same=round(is_same, 4),
                related=None if is_related is None else round(is_related, 4),
                common_words=common_words(own, other, _WORDS_SHOWN),
            )
            for is_same, is_related, other in zip(same.tolist(), related, facts, strict=True)
        ]

    def facts(self, text: str) -> TextFacts:
        """A text taken apart, for `versions`."""
        return text_facts(text, self._rarity)

    def versions(self, own: TextFacts, others: Sequence[TextFacts]) -> list[float]:
        """Probability of each of some texts of being a version of one, in their order."""
        shared = np.array([overlaps(own, other) for other in others]).reshape(-1, len(OVERLAPS))
        same: list[float] = self.weights.same.probability(shared).tolist()
        return same

    def is_same(self, probability: float) -> bool:
        """Whether a text with this probability counts as a version (重复需求)."""
        return _kind(probability, None) is LikenessKind.SAME

    def related(self, cosines: Floats, backgrounds: Floats) -> Floats:
        """Probability of one problem, from cosines and the backgrounds, all of one shape (n,)."""
        return self.weights.related.probability(np.column_stack([cosines, backgrounds]))


def background(cosines: Floats, default: float) -> float:
    """How near a need's neighbours are to it where they are of its trade and no more.

    The nearest ten may be of its problem and are left out; the next twenty say how crowded the
    place is. That nearness be measured by the neighbourhood is the idea of local scaling (CSLS:
    Conneau et al., "Word translation without parallel data", ICLR 2018).

    Args:
        cosines: those of the nearest needs, in any order, shape (n,).
        default: what is taken for it where too few needs are known.
    """
    after_nearest = -np.sort(-cosines)[_NEAREST_LEFT_OUT:NEIGHBOURS]
    if len(after_nearest) < _FEWEST_IN_BACKGROUND:
        return default
    return float(after_nearest.mean())


def read_duplicate_weights(path: Path) -> DuplicateWeights:
    """Read and check the weights.

    Raises:
        ModelError: the file is missing, damaged, or of another format.
    """
    try:
        stored = json.loads(path.read_bytes())
        if stored["format"] != FORMAT:
            raise ValueError(f"不是第 {FORMAT} 版格式")
        return DuplicateWeights(
            model_id=str(stored["model_id"]),
            same=_logistic(stored["same"], SAME_FEATURES),
            related=_logistic(stored["related"], RELATED_FEATURES),
            background=float(stored["background"]),
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"查重参数 {path} 不可用：{error}。请恢复随软件附带的文件，"
            "或用 matcher fit-duplicates 重新生成"
        ) from error


def _logistic(stored: dict[str, Any], features: Sequence[str]) -> Logistic:
    weights = {str(name): float(weight) for name, weight in stored["weights"].items()}
    if tuple(weights) != tuple(features):
        raise ValueError(f"特征应为 {'、'.join(features)}")
    return Logistic(weights, float(stored["bias"]))


def _kind(same: float, related: float | None) -> LikenessKind:
    if same >= _EVEN:
        return LikenessKind.SAME
    if related is not None and related >= _EVEN:
        return LikenessKind.SAME_PROBLEM
    return LikenessKind.DIFFERENT
