"""What a training run is told, and what it tells."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class TrainingConfig:
    """Settings of a training run; the defaults are those of the shipped model.

    Attributes:
        dimension: length of a vector.
        han_words: Chinese words of two to five characters in the vocabulary, most frequent first.
        latin_words: whole Latin words in the vocabulary, most frequent first.
        latin_fragments: parts of Latin words, for words that are not in the vocabulary.
        numbers: whole numbers of at most four digits in the vocabulary.
        pretraining_steps: steps over pairs of the full texts, abstracts and translations.
        pretraining_batch: pairs in such a step.
        pretraining_rate: peak learning rate of those steps.
        need_epochs: passes over the need pairs.
        need_batch: need pairs in a step.
        need_rate: peak learning rate of those passes.
        scale: inverse temperature of the contrastive losses.
        twin_weight: weight of the loss that makes a need score the English abstract of a paper
            as it scores the Chinese one.
        seed: of every random choice.
        threads: torch threads; the result depends on them in the last digits.
    """

    dimension: int = 512
    han_words: int = 26_000
    latin_words: int = 9_000
    latin_fragments: int = 1_500
    numbers: int = 500
    pretraining_steps: int = 800
    pretraining_batch: int = 2_048
    pretraining_rate: float = 5e-3
    need_epochs: int = 24
    need_batch: int = 512
    need_rate: float = 2e-3
    scale: float = 20.0
    twin_weight: float = 0.5
    seed: int = 0
    threads: int = 2


@dataclass(frozen=True)
class TrainingProgress:
    """How far a training run is: `done` of `total` in a stage, and the loss if there is one."""

    stage: str
    done: int
    total: int
    loss: float | None = None


OnProgress = Callable[[TrainingProgress], None]


@dataclass(frozen=True)
class TrainingReport:
    """What a finished training run made.

    Attributes:
        pieces: size of the vocabulary.
        dimension: length of a vector.
        need_pairs: need pairs trained on.
        final_loss: mean loss of the last pass over the need pairs.
        seconds: duration of the run.
        bytes: size of the model folder.
    """

    pieces: int
    dimension: int
    need_pairs: int
    final_loss: float
    seconds: float
    bytes: int
