"""Which passages are written in which script."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.errors import IndexStateError
from matcher.index.idmap import ABSENT, RowMap
from matcher.text.script import Script, script_of

Ids = NDArray[np.int64]


class Scripts:
    """The script of each passage, by passage id."""

    def __init__(self) -> None:
        self._codes = RowMap()
        self._ids: dict[Script, Ids] = {script: np.empty(0, dtype=np.int64) for script in Script}

    def add(self, ids: Ids, texts: Sequence[str]) -> None:
        """Note the scripts of passages under new ids."""
        self._enter(ids, np.array([script_of(text) for text in texts], dtype=np.int64))

    def remove(self, ids: Ids) -> None:
        """Forget passages; those not there are passed over."""
        self._codes.forget(ids)
        for script, held in self._ids.items():
            self._ids[script] = held[self._codes.rows(held) != ABSENT]

    def ids(self, script: Script, allowed: Ids | None) -> Ids:
        """The passages in a script, among `allowed` if that is given."""
        if allowed is None:
            return self._ids[script]
        written: Ids = allowed[self._codes.rows(allowed) == script]
        return written

    def all_ids(self) -> Ids:
        """Ids of all passages, in no particular order."""
        return np.concatenate(list(self._ids.values()))

    def differ_from(self, script: Script, ids: Ids) -> NDArray[np.bool_]:
        """Which of `ids` are not written in `script`, shape as `ids`."""
        return np.asarray(self._codes.rows(ids) != script)

    def save(self, path: Path) -> None:
        """Write to a file."""
        ids = self.all_ids()
        np.save(path, np.stack([ids, self._codes.rows(ids).astype(np.int64)]))

    @classmethod
    def load(cls, path: Path) -> "Scripts":
        """Read what `save` wrote.

        Raises:
            IndexStateError: the file is missing or damaged.
        """
        scripts = cls()
        try:
            ids, codes = np.load(path, allow_pickle=False)
            scripts._enter(ids, codes)
        except (OSError, ValueError, TypeError, EOFError) as error:
            raise IndexStateError(
                f"索引文件 {path} 无法读取，请运行 matcher index build"
            ) from error
        return scripts

    def _enter(self, ids: Ids, codes: Ids) -> None:
        self._codes.assign(ids, codes)
        for script in Script:
            self._ids[script] = np.concatenate([self._ids[script], ids[codes == script]])
