"""Arrays in files: written as they come, mapped when read, so that processes share their pages."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from matcher.errors import IndexStateError


def write_array(path: Path, values: NDArray[Any]) -> None:
    """Write an array to a file."""
    with path.open("wb") as file:
        np.ascontiguousarray(values).tofile(file)


def read_array(path: Path, dtype: np.dtype[Any], length: int | None = None) -> NDArray[Any]:
    """Map an array that was written to a file.

    What is written to the array stays in this process.

    Args:
        path: the file.
        dtype: of the values.
        length: how many there must be; None: as many as there are.

    Raises:
        IndexStateError: the file is missing or not of that length.
    """
    try:
        size = path.stat().st_size
        if size % dtype.itemsize or (length is not None and size != length * dtype.itemsize):
            raise damaged(path)
        if size == 0:
            return np.empty(0, dtype=dtype)
        # Copy on write: compiled code takes these for ordinary arrays, and nothing is copied.
        return np.asarray(np.memmap(path, dtype=dtype, mode="c"))
    except (OSError, ValueError) as error:
        raise damaged(path) from error


def damaged(path: Path) -> IndexStateError:
    """The error of a file of an index that cannot be read."""
    return IndexStateError(f"索引文件 {path} 缺失或已损坏，请运行 matcher index build")


class ArrayWriter:
    """An array that is written piece by piece."""

    def __init__(self, path: Path, dtype: np.dtype[Any]) -> None:
        self.path = path
        self._dtype = dtype
        self._file = path.open("wb")

    def append(self, values: NDArray[Any]) -> None:
        """Write more values."""
        np.ascontiguousarray(values, dtype=self._dtype).tofile(self._file)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Growing:
    """A one-dimensional array that is appended to, in amortised constant time a value."""

    def __init__(self, values: NDArray[Any]) -> None:
        """Begin with some values, which also tell the type; they are not written to."""
        self.begin(values)

    def begin(self, values: NDArray[Any]) -> None:
        """Forget what was there and begin with other values."""
        self._buffer = values
        self._length = len(values)
        self._own = False

    def __len__(self) -> int:
        """Number of values."""
        return self._length

    @property
    def values(self) -> NDArray[Any]:
        """The values; after the next `append` this view may be out of date."""
        return self._buffer[: self._length]

    def append(self, values: NDArray[Any]) -> None:
        """Put more values behind."""
        needed = self._length + len(values)
        if needed > len(self._buffer) or not self._own:
            self._take(max(needed, len(self._buffer) * 5 // 4))
        self._buffer[self._length : needed] = values
        self._length = needed

    def put(self, places: NDArray[Any], values: object) -> None:
        """Change values that are there."""
        if not self._own:
            self._take(self._length)
        self._buffer[places] = values

    def _take(self, size: int) -> None:
        taken = np.empty(size, dtype=self._buffer.dtype)
        taken[: self._length] = self._buffer[: self._length]
        self._buffer, self._own = taken, True
