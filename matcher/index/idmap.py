"""Dense maps from stable passage ids to rows."""

import numpy as np
from numpy.typing import NDArray

ABSENT = -1


class RowMap:
    """Map from passage id to row: one int32 an id, because ids are given out without gaps."""

    def __init__(self) -> None:
        self._rows = np.full(1024, ABSENT, dtype=np.int32)

    def assign(self, ids: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
        """Let `ids` stand at `rows`."""
        if len(ids) == 0:
            return
        needed = int(ids.max()) + 1
        if needed > len(self._rows):
            grown = np.full(max(needed, 2 * len(self._rows)), ABSENT, dtype=np.int32)
            grown[: len(self._rows)] = self._rows
            self._rows = grown
        self._rows[ids] = rows

    def forget(self, ids: NDArray[np.int64]) -> None:
        """Drop `ids`; those not there are passed over."""
        self._rows[ids[ids < len(self._rows)]] = ABSENT

    def rows(self, ids: NDArray[np.int64]) -> NDArray[np.int32]:
        """Rows of `ids`, `ABSENT` for those not there."""
        found = np.full(len(ids), ABSENT, dtype=np.int32)
        inside = ids < len(self._rows)
        found[inside] = self._rows[ids[inside]]
        return found
