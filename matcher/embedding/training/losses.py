"""Contrastive losses over unit vectors; `scale` is the inverse temperature."""

import torch
from torch import Tensor
from torch.nn import functional

_EXCLUDED = -1e4


def pair_loss(queries: Tensor, texts: Tensor, english: Tensor, scale: float) -> Tensor:
    """Symmetric in-batch softmax loss (InfoNCE, https://arxiv.org/abs/1807.03748).

    A query whose own text is Chinese is not told apart from English texts: they would never be
    right for it, and the model would learn to sort by language instead of by subject.

    Args:
        queries: shape (n, dimension).
        texts: shape (n, dimension), row i right for query i.
        english: whether text i is English, shape (n,).
        scale: inverse temperature.
    """
    own = torch.arange(len(queries))
    scores = scale * queries @ texts.T
    foreign = (~english)[:, None] & english[None, :]
    forward = functional.cross_entropy(scores.masked_fill(foreign, _EXCLUDED), own)
    return (forward + functional.cross_entropy(scores.T, own)) / 2


def need_loss(needs: Tensor, abstracts: Tensor, scale: float) -> Tensor:
    """In-batch softmax loss, mostly from the need to its abstract as in a search."""
    own = torch.arange(len(needs))
    scores = scale * needs @ abstracts.T
    return 0.75 * functional.cross_entropy(scores, own) + 0.25 * functional.cross_entropy(
        scores.T, own
    )


def bilingual_loss(
    queries: Tensor, english: Tensor, chinese: Tensor, others: Tensor, scale: float
) -> Tensor:
    """Softmax loss of Chinese queries for the English abstract of their own paper.

    The candidates are the English abstracts, the Chinese abstracts of the other papers and
    `others`, so that a right English text learns to outrank wrong Chinese ones.

    Args:
        queries: shape (n, dimension).
        english: English abstract of each query's paper, shape (n, dimension).
        chinese: Chinese abstract of each query's paper, shape (n, dimension).
        others: further Chinese texts, shape (m, dimension).
        scale: inverse temperature.
    """
    own = torch.arange(len(queries))
    twins = torch.eye(len(queries), dtype=torch.bool)
    to_english = scale * queries @ english.T
    to_chinese = (scale * queries @ chinese.T).masked_fill(twins, _EXCLUDED)
    to_others = scale * queries @ others.T
    forward = functional.cross_entropy(torch.cat([to_english, to_chinese, to_others], dim=1), own)
    return (forward + functional.cross_entropy(to_english.T, own)) / 2


def twin_loss(needs: Tensor, english: Tensor, chinese: Tensor, scale: float) -> Tensor:
    """Make needs score English abstracts as they score the Chinese abstracts of the same papers.

    The softmax over the Chinese abstracts is the teacher of the softmax over both languages, half
    of each paper's weight on either. There are no needs with English evidence to learn from.

    Args:
        needs: shape (n, dimension).
        english: shape (m, dimension).
        chinese: shape (m, dimension), row i the same paper as row i of `english`.
        scale: inverse temperature.
    """
    to_chinese = scale * needs @ chinese.T
    teacher = functional.softmax(to_chinese.detach(), dim=1) / 2
    both = functional.log_softmax(torch.cat([to_chinese, scale * needs @ english.T], dim=1), dim=1)
    return -(torch.cat([teacher, teacher], dim=1) * both).sum(dim=1).mean()
