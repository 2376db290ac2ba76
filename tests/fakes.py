"""Stand-ins that really work, small and fast."""

from collections.abc import Sequence
from hashlib import blake2b
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class HashEncoder:
    """An encoder without training: hashed characters and character pairs, unit length."""

    def __init__(self, dimension: int = 64, model_id: str = "hash") -> None:
        self.dimension = dimension
        self.model_id = f"{model_id}-{dimension}"
        self.encoded: list[str] = []
        self.is_static = False

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.encoded.extend(texts)
        rows = [self._vector(text) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dimension)

    def encode_query(self, text: str) -> Vectors:
        return self._vector(text)

    def _vector(self, text: str) -> Vectors:
        vector = np.full(self.dimension, 1e-3, dtype=np.float32)
        for gram in [*text, *map("".join, pairwise(text))]:
            digest = blake2b(gram.encode(), digest_size=4).digest()
            vector[int.from_bytes(digest, "little") % self.dimension] += 1.0
        return (vector / np.linalg.norm(vector)).astype(np.float32)
