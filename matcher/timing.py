"""How long the stages of an answer take, told to whoever listens.

The packages that do the work say where a stage begins and ends; who listens (metrics, a benchmark)
is none of their business. While nobody does, a stage costs next to nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter
from types import TracebackType
from typing import Final, Literal, get_args

Stage = Literal[
    "encode",
    "refresh",
    "filter",
    "dense",
    "lexical",
    "rescoring",
    "fusion",
    "calibration",
    "reranking",
    "records",
    "nearness",
    "reasons",
]
"""Name of a stage.

encode: texts to vectors; refresh: waiting for the indexes and taking over what is new in the store;
filter: who may be found; dense and lexical: candidates by meaning and by letters; rescoring: exact
scores of all candidates in every view; fusion: the order of owners; calibration: probabilities;
reranking: the re-ranking model; records: reading the owners and their passages from the store;
nearness: words of the evidence that mean what the need says; reasons: evidence and reasons.
"""
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)

Listener = Callable[[Stage, float], None]
"""Called with a stage that has ended and the seconds that it took."""

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


class stage:  # noqa: N801 - reads as a word of the language: `with stage("dense"):`
    """A block of code that is a stage; told to the listener also when it ends by an error.

    Stages may lie within each other: the outer one then has the time of the inner one too. A
    thread that is started within a stage listens only if it runs in a copy of the context.
    """

    __slots__ = ("_listener", "_name", "_started")

    def __init__(self, name: Stage) -> None:
        self._name: Stage = name

    def __enter__(self) -> None:
        """Start the clock if somebody listens."""
        self._listener = _listener.get()
        self._started = perf_counter() if self._listener is not None else 0.0

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Tell the time."""
        if self._listener is not None:
            self._listener(self._name, perf_counter() - self._started)


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Have the stages within the block told to `listener`, and to nobody else."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


@contextmanager
def timed() -> Iterator[dict[Stage, float]]:
    """Seconds spent in each stage within the block, added up; complete when the block has ended."""
    seconds: dict[Stage, float] = {}

    def add(name: Stage, spent: float) -> None:
        seconds[name] = seconds.get(name, 0.0) + spent

    with heard_by(add):
        yield seconds
