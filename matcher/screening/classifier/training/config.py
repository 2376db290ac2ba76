"""What a training run of the classifier is told, and what it tells."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

OnProgress = Callable[[str, int, int], None]
"""Called with a step, how much of it is done, and how much there is."""


@dataclass(frozen=True)
class NetworkConfig:
    """How the networks of one list are fitted.

    Attributes:
        steps: of the optimiser, AdamW with a rate that rises and falls once.
        hidden: hidden units.
        batch: texts in a step.
        rate: highest learning rate.
        decay: weight decay.
        input_dropout: share of the embedding's numbers left out at each step.
        hidden_dropout: share of the hidden units left out at each step.
        smoothing: share of the probability given to all classes alike; disciplines overlap, and
            abstracts are labelled by the journal they stood in.
    """

    steps: int = 3_000
    hidden: int = 512
    batch: int = 128
    rate: float = 3e-3
    decay: float = 0.1
    input_dropout: float = 0.5
    hidden_dropout: float = 0.6
    smoothing: float = 0.1


@dataclass(frozen=True)
class ListWeights:
    """What one text of each kind counts in the training of a list; a need or an abstract may be 1.

    Attributes:
        abstract: an abstract.
        need: a need in the words of a firm.
        term: an entry of the glossary or the thesaurus.
        name: a name in the industry standard.
    """

    abstract: float
    need: float
    term: float = 0.0
    name: float = 0.0


@dataclass(frozen=True)
class ScreeningConfig:
    """Settings of a training run; the defaults are those of the shipped model.

    Attributes:
        networks: for each list how its networks are fitted.
        weights: for each list what its texts count.
        ensemble: networks of a list; they differ in their random numbers and are averaged.
        fewest_texts: of the corpus that a term must stand in to be in the vocabulary.
        smoothing: added to the weight of every term in the naive Bayes tables.
        least_weight: smaller weights of a term in the tables are left out.
        folds: parts of the data, each of which is judged by a model trained on the others.
        prefill_precision: share of right first suggestions from which forms are filled in.
        seed: of every random choice.
    """

    networks: Mapping[str, NetworkConfig] = field(
        default_factory=lambda: {
            "fields": NetworkConfig(steps=800, hidden=256),
            "disciplines": NetworkConfig(),
            "industry_groups": NetworkConfig(steps=1_500, hidden=256),
        }
    )
    weights: Mapping[str, ListWeights] = field(
        default_factory=lambda: {
            "fields": ListWeights(abstract=0.7, need=1.0),
            "disciplines": ListWeights(abstract=1.0, need=0.5, term=0.3),
            "industry_groups": ListWeights(abstract=0.5, need=1.0, name=1.0),
        }
    )
    ensemble: int = 3
    fewest_texts: int = 3
    smoothing: float = 0.1
    least_weight: float = 0.01
    folds: int = 5
    prefill_precision: float = 0.9
    seed: int = 0


@dataclass(frozen=True)
class Hits:
    """How often the right entry comes first, and among the first three; shares of texts."""

    top1: float
    top3: float


@dataclass(frozen=True)
class AnswerScores:
    """How good one list's suggestions are for texts that the model was not trained on.

    Attributes:
        answer: which list, see `parts.ANSWERS`.
        kind: "need" or "abstract".
        texts: number of texts.
        hits: over all folds.
        first_fold: of the first fold alone.
        alone: over all folds, without embedding.
        calibration_error: expected calibration error of the first suggestion's confidence.
        prefill: confidence from which a form may be filled in.
        prefilled: share of texts whose first suggestion has it.
        prefill_right: share of those that are right; None where there are none.
    """

    answer: str
    kind: str
    texts: int
    hits: Hits
    first_fold: Hits
    alone: Hits
    calibration_error: float
    prefill: float
    prefilled: float
    prefill_right: float | None


@dataclass(frozen=True)
class ScreeningReport:
    """What a finished training run made, and how good it is.

    Attributes:
        scores: for each list and kind of text.
        terms: size of the vocabulary.
        bytes: size of the model's files, without the model card.
        seconds: duration of the run.
    """

    scores: tuple[AnswerScores, ...]
    terms: int
    bytes: int
    seconds: float
