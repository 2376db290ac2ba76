"""Numbers for terms: the keys in order, and the number that each was given."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.index.arrays import read_array, write_array

Keys = NDArray[np.uint64]
Numbers = NDArray[np.int32]

ABSENT: Final = -1


class Vocabulary:
    """Terms by key, numbered in the order in which they were first met."""

    def __init__(self, keys: Keys | None = None, numbers: Numbers | None = None) -> None:
        """Take over keys, ascending, with their numbers; none: start empty."""
        self._keys = np.empty(0, dtype=np.uint64) if keys is None else keys
        self._numbers = np.empty(0, dtype=np.int32) if numbers is None else numbers

    def __len__(self) -> int:
        """How many terms have a number; these are 0 up to that."""
        return len(self._keys)

    def numbers(self, keys: Keys) -> Numbers:
        """The number of each key, `ABSENT` for one never met, shape as `keys`."""
        places = np.searchsorted(self._keys, keys)
        places[places == len(self._keys)] = 0
        if len(self._keys) == 0:
            return np.full(len(keys), ABSENT, dtype=np.int32)
        found: Numbers = np.where(self._keys[places] == keys, self._numbers[places], ABSENT)
        return found

    def enter(self, keys: Keys) -> Numbers:
        """The number of each key; those not met before get the next ones in ascending order."""
        found = self.numbers(keys)
        missing = found == ABSENT
        if missing.any():
            new = np.unique(keys[missing])
            places = np.searchsorted(self._keys, new)
            given = np.arange(len(self), len(self) + len(new), dtype=np.int32)
            self._keys = np.insert(self._keys, places, new)
            self._numbers = np.insert(self._numbers, places, given)
            found[missing] = given[np.searchsorted(new, keys[missing])]
        return found

    def copy(self) -> "Vocabulary":
        """One that grows by itself; what is there now is shared."""
        return Vocabulary(self._keys, self._numbers)

    def save(self, folder: Path) -> None:
        """Write into a folder that exists."""
        write_array(folder / "keys.u64", self._keys)
        write_array(folder / "numbers.i32", self._numbers)

    @classmethod
    def load(cls, folder: Path) -> "Vocabulary":
        """Map what `save` wrote.

        Raises:
            IndexStateError: a file is missing or damaged.
        """
        keys = read_array(folder / "keys.u64", np.dtype(np.uint64))
        return cls(keys, read_array(folder / "numbers.i32", np.dtype(np.int32), len(keys)))
