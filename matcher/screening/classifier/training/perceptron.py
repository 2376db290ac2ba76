"""Fitting the networks, with torch."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from matcher.screening.classifier.network import Layer, Network
from matcher.screening.classifier.training.config import NetworkConfig


def fit_network(
    embeddings: NDArray[np.float32],
    targets: NDArray[np.int64],
    weights: NDArray[np.float64],
    *,
    classes: int,
    config: NetworkConfig,
    seed: int,
) -> Network:
    """Fit a network to labelled embeddings; the same arguments give the same network.

    The strong dropout (Srivastava et al., JMLR 2014) is what makes it better than a linear model:
    there are few texts to a class.

    Args:
        embeddings: shape (n, dimension), unit length.
        targets: classes, shape (n,).
        weights: what each text counts, shape (n,).
        classes: number of classes.
        config: settings.
        seed: of the random numbers.

    Returns:
        A network of whole numbers, as it is stored.
    """
    dimension = embeddings.shape[1]
    # Numbers of an embedding of unit length are small; so they have a variance of about 1.
    scale = float(np.sqrt(dimension))
    inputs = torch.from_numpy(embeddings) * scale
    goals = nn.functional.one_hot(torch.from_numpy(targets), classes).float()
    goals = goals * (1 - config.smoothing) + config.smoothing / classes
    counts = torch.from_numpy(weights).float()
    with one_thread(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        hidden = nn.Linear(dimension, config.hidden)
        output = nn.Linear(config.hidden, classes)
        network = nn.Sequential(
            nn.Dropout(config.input_dropout),
            hidden,
            nn.ReLU(),
            nn.Dropout(config.hidden_dropout),
            output,
        )
        _descend(network, inputs, goals, counts, config)
    return Network(_layer(hidden, scale), _layer(output, 1.0))


@contextmanager
def one_thread() -> Iterator[None]:
    """Run torch with one thread, for sums in one order; restore the number afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _descend(
    network: nn.Module, inputs: Tensor, goals: Tensor, counts: Tensor, config: NetworkConfig
) -> None:
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=config.rate, weight_decay=config.decay, foreach=True
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, config.rate, total_steps=config.steps)
    batches = _batches(len(inputs), config.batch)
    for _ in range(config.steps):
        batch = next(batches)
        logarithms = network(inputs[batch]).log_softmax(dim=1)
        loss = -(counts[batch] * (goals[batch] * logarithms).sum(dim=1)).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()


def _batches(texts: int, size: int) -> Iterator[Tensor]:
    """Batches of rows without end, each text once before any comes again."""
    while True:
        yield from torch.split(torch.randperm(texts), size)


def _layer(linear: nn.Linear, scale: float) -> Layer:
    weights = linear.weight.detach().numpy() * np.float32(scale)
    return Layer.quantised(weights, linear.bias.detach().numpy().copy())
