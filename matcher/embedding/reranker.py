"""What the service needs of a re-ranking model."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


class Reranker(Protocol):
    """Scores pairs of a query and a passage, reading the two together.

    That is more exact than comparing two vectors, and far slower: every pair costs a run of the
    model. So it orders again the few passages that a search found.
    """

    @property
    def model_id(self) -> str:
        """Name of the model and of everything that changes its scores."""
        ...

    def score(self, query: str, passages: Sequence[str]) -> Scores:
        """Relevance of passages to a query: shape (n,), in the order given, higher is better.

        The unit is the model's raw logit, never a probability, whatever the model itself says:
        unbounded, and comparable only among passages of one query and one model. The logistic
        function of it is a probability for a model trained with binary cross entropy, as the bge
        and Qwen3 re-rankers are, and not a calibrated one.
        """
        ...

    def count_truncated(self, query: str, passages: Sequence[str]) -> int:
        """How many of these pairs `score` does not read to the end."""
        ...
