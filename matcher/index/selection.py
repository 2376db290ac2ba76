"""Which passages a search may find."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Selection:
    """Passages that may be found, by id; what searches need of it is worked out once."""

    def __init__(self, ids: Ids) -> None:
        """Allow these ids, ascending and without repetition, shape (n,)."""
        self.ids = ids

    def __len__(self) -> int:
        """Number of passages allowed."""
        return len(self.ids)

    @cached_property
    def flags(self) -> Mask:
        """For every id up to the largest whether it is allowed."""
        flags = np.zeros(int(self.ids[-1]) + 1 if len(self.ids) else 0, dtype=bool)
        flags[self.ids] = True
        return flags

    @cached_property
    def bitmap(self) -> NDArray[np.uint8]:
        """One bit an id, least significant first, as FAISS's `IDSelectorBitmap` reads it."""
        return np.packbits(self.flags, bitorder="little")

    def mask(self, ids: Ids) -> Mask:
        """Which of `ids`, of any order, are allowed, shape as `ids`."""
        flags = self.flags
        inside = ids < len(flags)
        if inside.all():
            allowed: Mask = flags[ids]
            return allowed
        found = np.zeros(len(ids), dtype=bool)
        found[inside] = flags[ids[inside]]
        return found
