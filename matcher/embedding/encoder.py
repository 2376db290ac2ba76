"""What the service needs of an embedding model."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into vectors whose inner product is their cosine."""

    @property
    def model_id(self) -> str:
        """Name of the model and of everything that changes its passage vectors."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages: shape (n, dimension), rows of unit length."""
        ...

    @property
    def is_static(self) -> bool:
        """Whether it looks tokens up instead of computing: a thousand words take milliseconds."""
        ...

    def encode_query(self, text: str) -> Vectors:
        """Embed one query of any length: shape (dimension,), unit length."""
        ...


def unit_rows(vectors: Vectors) -> Vectors:
    """Rows scaled to unit length; a zero row (text without a known piece) stays zero."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 1e-12)
    return unit
