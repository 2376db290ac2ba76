"""Several processes that each load the same model and encode passages side by side."""

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cache
from multiprocessing import get_context, parent_process
from threading import Thread
from types import TracebackType
from typing import TypeVar

from matcher.embedding.choosing import ModelChoice
from matcher.embedding.encoder import Encoder, Vectors
from matcher.errors import ModelError

Result = TypeVar("Result")

_STATIC_TEXTS = 2048
_COMPUTED_TEXTS = 64
"""A model that computes needs seconds for so many: no more is lost when it is stopped."""
_AHEAD = 2
"""Blocks for each process that are read before they are needed, so that none waits."""


class EncoderPool:
    """Processes over one model; a context manager, which ends them.

    Attributes:
        model_id: as the encoder of that model says.
        texts_at_once: a good size of the blocks to be encoded.
    """

    def __init__(self, choice: ModelChoice, workers: int) -> None:
        """Start the processes and let them load the model.

        Raises:
            ModelError: the model cannot be loaded.
        """
        self._choice = choice
        self._workers = workers
        self._executor = ProcessPoolExecutor(
            workers,
            mp_context=get_context("spawn"),  # a fork of a process with threads may hang
            initializer=_prepare,
            initargs=(max(1, (os.cpu_count() or 1) // workers),),
        )
        try:
            with _interrupts_held():
                loading = [self._executor.submit(_describe, choice) for _ in range(workers)]
            self.model_id, is_static = _result(loading[0])
        except BaseException:
            self._executor.shutdown()
            raise
        self.texts_at_once = _STATIC_TEXTS if is_static else _COMPUTED_TEXTS

    def __enter__(self) -> "EncoderPool":
        """The pool itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the processes as soon as each has finished the block that it is at."""
        self._executor.shutdown(cancel_futures=True)

    def embed(self, blocks: Iterable[Mapping[str, str]]) -> Iterator[dict[str, Vectors]]:
        """Embed blocks of passages in their order, holding only a few of them in memory.

        Args:
            blocks: passages under any keys; they are read as far ahead as the processes need.

        Yields:
            For each block the vectors of its passages, shape (dimension,), under the same keys.

        Raises:
            ModelError: the model fails, or a process was ended from outside.
        """
        waiting: deque[tuple[list[str], Future[Vectors]]] = deque()
        for block in blocks:
            texts = list(block.values())
            waiting.append((list(block), self._executor.submit(_encode, self._choice, texts)))
            if len(waiting) > _AHEAD * self._workers:
                yield _first(waiting)
        while waiting:
            yield _first(waiting)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let processes that start meanwhile never see a Ctrl-C: their parent ends them.

    They inherit what is blocked; what they ignore themselves they ignore only when started.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _first(waiting: deque[tuple[list[str], "Future[Vectors]"]]) -> dict[str, Vectors]:
    keys, future = waiting.popleft()
    vectors: Vectors = _result(future)
    return dict(zip(keys, vectors, strict=True))


def _result(future: "Future[Result]") -> Result:
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise ModelError(
            "计算向量的进程意外中止，可能是内存不足。已算好的向量都已保存；"
            "请减少 --workers 后再次运行，会接着算下去"
        ) from error


def _prepare(threads: int) -> None:
    """Set up a process of the pool, before it loads the model."""
    Thread(target=_end_with_parent, daemon=True).start()
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))
    os.environ.setdefault("RAYON_NUM_THREADS", str(threads))


def _end_with_parent() -> None:
    """End this process when its parent is gone: one that was killed cannot end us itself."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _describe(choice: ModelChoice) -> tuple[str, bool]:
    encoder = _loaded(choice)
    return encoder.model_id, encoder.is_static


def _encode(choice: ModelChoice, texts: list[str]) -> Vectors:
    return _loaded(choice).encode_passages(texts)


@cache
def _loaded(choice: ModelChoice) -> Encoder:
    """The model of this process, loaded once."""
    return choice.load()
