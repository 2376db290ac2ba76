"""What the embedding of a text says: small neural networks with one hidden layer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Weights = NDArray[np.float32]

_LEVELS = 127


@dataclass(frozen=True, slots=True)
class Layer:
    """Numbers of eight bits, a scale for each output, and a bias.

    Attributes:
        numbers: from -127 to 127, shape (outputs, inputs).
        scales: shape (outputs,); `numbers * scales[:, None]` are the weights.
        bias: shape (outputs,).
    """

    numbers: NDArray[np.int8]
    scales: Weights
    bias: Weights

    @classmethod
    def quantised(cls, weights: Weights, bias: Weights) -> "Layer":
        """The layer nearest to real weights, shape (outputs, inputs)."""
        smallest = np.float32(np.finfo(np.float32).tiny * 1e6)
        scales = np.maximum(np.abs(weights).max(axis=1), smallest) / np.float32(_LEVELS)
        numbers = np.round(weights / scales[:, None]).astype(np.int8)
        return cls(numbers, scales, bias)


class Network:
    """Two layers: the embedding, rectified hidden units, a score for each class."""

    def __init__(self, hidden: Layer, output: Layer) -> None:
        self.hidden = hidden
        self.output = output
        self._weights = [layer.numbers * layer.scales[:, None] for layer in (hidden, output)]

    @property
    def dimension(self) -> int:
        """Length of an embedding."""
        return int(self.hidden.numbers.shape[1])

    @property
    def classes(self) -> int:
        """Number of classes."""
        return len(self.output.bias)

    def log_probabilities(self, embeddings: Weights) -> Floats:
        """Logarithms of the probabilities of the classes, shape (n, d) → (n, classes)."""
        first, second = self._weights
        hidden = np.maximum(embeddings @ first.T + self.hidden.bias, 0)
        return log_softmax((hidden @ second.T + self.output.bias).astype(np.float64))


def mean_log_probabilities(networks: Sequence[Network], embeddings: Weights) -> Floats:
    """What several networks say on average, shape (n, d) → (n, classes)."""
    mean: Floats = np.mean([each.log_probabilities(embeddings) for each in networks], axis=0)
    return mean


def log_softmax(scores: Floats) -> Floats:
    """Scores less the logarithm of the sum of their exponentials, along the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    result: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result
