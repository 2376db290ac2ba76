"""How long calls take, and what is told of many."""

from collections.abc import Callable, Iterable, Sequence
from time import perf_counter
from typing import TypeVar

import numpy as np

Asked = TypeVar("Asked")


def seconds_each(call: Callable[[Asked], object], asked: Iterable[Asked]) -> list[float]:
    """How long each call takes."""
    taken = []
    for each in asked:
        started = perf_counter()
        call(each)
        taken.append(perf_counter() - started)
    return taken


def seconds_of(call: Callable[[], object]) -> float:
    """How long one call takes."""
    return seconds_each(lambda _: call(), [None])[0]


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return float(np.median(values))


def p99(values: Sequence[float]) -> float:
    """The value that 99 of 100 do not exceed."""
    return float(np.percentile(values, 99))
