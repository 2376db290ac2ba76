"""Work in batches, so that no statement carries more values than a database takes."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

BATCH = 500
Item = TypeVar("Item")


def batched(items: Iterable[Item], size: int = BATCH) -> Iterator[list[Item]]:
    """Lists of up to `size` items, in order."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
