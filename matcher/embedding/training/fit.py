"""The two stages of training: pairs of texts, then needs with their abstracts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor

from matcher.embedding.training.bags import Bags, Ids, concatenate, draw
from matcher.embedding.training.config import OnProgress, TrainingConfig, TrainingProgress
from matcher.embedding.training.losses import bilingual_loss, need_loss, pair_loss, twin_loss
from matcher.embedding.training.network import PieceTable, embed
from matcher.embedding.training.pairs import (
    LONG,
    SHORT,
    Pairs,
    pretraining_pairs,
    term_pairs,
    without_overlap,
)
from matcher.embedding.training.tokenised import TokenisedCorpus

_WARM_UP = 0.1
_LAST_RATE = 0.02
_OVERLAP_DROPOUT = 0.3
_TERM_WEIGHT = 0.5

_Loss = Callable[[Tensor], Tensor]


@contextmanager
def fixed_threads(threads: int) -> Iterator[None]:
    """Run torch with this many threads, for sums in one order; restore the number afterwards.

    The operations used here are deterministic on a CPU once the number of threads is fixed.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def pretrain(
    network: PieceTable, corpus: TokenisedCorpus, config: TrainingConfig, progress: OnProgress
) -> float:
    """Learn from pairs of the full texts, abstracts and translations.

    Returns:
        The loss of the last step.
    """
    random = np.random.default_rng([config.seed, 1])
    step = _Stepper(network, config.pretraining_rate, config.pretraining_steps)
    loss = 0.0
    for done in range(1, config.pretraining_steps + 1):
        pairs = pretraining_pairs(corpus, random, config.pretraining_batch)
        loss = step(_pretraining_step(pairs, config.scale))
        progress(TrainingProgress("pretraining", done, config.pretraining_steps, loss))
    return loss


def fit_needs(
    network: PieceTable, corpus: TokenisedCorpus, config: TrainingConfig, progress: OnProgress
) -> float:
    """Learn from needs and their abstracts, keeping the two languages together.

    Returns:
        The mean loss of the last epoch.
    """
    random = np.random.default_rng([config.seed, 2])
    needs = np.arange(len(corpus.needs))
    batches = max(1, len(needs) // config.need_batch)
    step = _Stepper(network, config.need_rate, config.need_epochs * batches)
    mean = 0.0
    for epoch in range(1, config.need_epochs + 1):
        order = random.permutation(needs)
        losses = [
            step(_need_step(corpus, rows, random, config))
            for rows in np.array_split(order[: batches * config.need_batch], batches)
        ]
        mean = float(np.mean(losses))
        progress(TrainingProgress("needs", epoch, config.need_epochs, mean))
    return mean


class _Stepper:
    """Adam with a linear warm-up and a linear decay over a known number of steps."""

    def __init__(self, network: PieceTable, rate: float, steps: int) -> None:
        self._network = network
        self._optimizer = torch.optim.Adam(
            network.parameters(), lr=rate, betas=(0.9, 0.98), fused=True
        )
        self._rate, self._steps, self._done = rate, steps, 0

    def __call__(self, compute: _Loss) -> float:
        for group in self._optimizer.param_groups:
            group["lr"] = self._rate * _schedule(self._done, self._steps)
        loss = compute(self._network())
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
        self._done += 1
        return loss.item()


def _schedule(done: int, steps: int) -> float:
    warm = max(1, int(steps * _WARM_UP))
    rest = 1.0 - max(0, done - warm) / max(1, steps - warm)
    return min(1.0, (done + 1) / warm) * max(_LAST_RATE, rest)


def _pretraining_step(pairs: Pairs, scale: float) -> _Loss:
    bags = concatenate([pairs.queries, pairs.texts])
    english = torch.from_numpy(pairs.english)

    def compute(table: Tensor) -> Tensor:
        queries, texts = torch.split(embed(table, bags), len(pairs.queries))
        return pair_loss(queries, texts, english, scale)

    return compute


def _need_step(
    corpus: TokenisedCorpus, rows: Ids, random: np.random.Generator, config: TrainingConfig
) -> _Loss:
    """The loss of one batch of needs, of translations and of terms."""
    answers = corpus.need_abstracts[rows]
    abstracts = corpus.abstracts.sample(answers, random, 256, dropout=0.1)
    needs = without_overlap(
        _need_queries(corpus, rows, random),
        corpus.abstracts.select(answers),
        random,
        _OVERLAP_DROPOUT,
    )
    papers = draw(random, np.arange(len(corpus.english)), config.need_batch)
    titled, whole = np.array_split(papers, 2)
    queries = concatenate(
        [
            corpus.parallel_titles.sample(titled, random, SHORT),
            corpus.chinese.sample(whole, random, 160, dropout=0.3),
        ]
    )
    english = corpus.english.sample(papers, random, LONG, dropout=0.2)
    chinese = corpus.chinese.sample(papers, random, 160, dropout=0.3)
    terms = term_pairs(corpus, random, config.need_batch // 2)
    term_english = torch.from_numpy(terms.english)
    bags = [needs, abstracts, queries, english, chinese, terms.queries, terms.texts]

    def compute(table: Tensor) -> Tensor:
        vectors = embed(table, concatenate(bags))
        need, abstract, query, en, zh, left, right = torch.split(
            vectors, [len(bag) for bag in bags]
        )
        return (
            need_loss(need, abstract, config.scale)
            + bilingual_loss(query, en, zh, abstract, config.scale)
            + config.twin_weight * twin_loss(need, en, zh, config.scale)
            + _TERM_WEIGHT * pair_loss(left, right, term_english, config.scale)
        )

    return compute


def _need_queries(corpus: TokenisedCorpus, rows: Ids, random: np.random.Generator) -> Bags:
    """A third of the needs by title, a third by text, the others by both."""
    titled, described, whole = np.array_split(rows, 3)
    return concatenate(
        [
            corpus.need_titles.sample(titled, random, SHORT),
            corpus.need_texts.sample(described, random, LONG, dropout=0.1),
            corpus.needs.sample(whole, random, LONG, dropout=0.1),
        ]
    )
