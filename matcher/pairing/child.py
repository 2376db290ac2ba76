"""The solver in a process of its own.

The solver is one long call into C++ that nothing in its process can interrupt, and meanwhile no
other thread of that process runs. A process can be ended when its time is over, and a web server
goes on answering while it works.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from time import monotonic
from typing import IO

import matcher
from matcher.pairing.core import Core
from matcher.pairing.stages import Stage, stages

_COMMAND = (
    "import signal; signal.signal(signal.SIGINT, signal.SIG_DFL); "
    "from matcher.pairing.child import main; main()"
)


def stages_elsewhere(core: Core, *, deadline: float) -> Generator[Stage, None, None]:
    """Solve in a child process, step by step as `stages` does.

    The child is gone when the iterator is closed or exhausted, whatever happened; Ctrl-C ends it
    at once. A child that fails by itself is replaced by this process, one that somebody killed
    (for want of memory, for instance) is not.

    Args:
        core: what is to be decided.
        deadline: on the clock of `time.monotonic`; the child is stopped then.

    Yields:
        The plans found until then; none if the time is too short.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", _COMMAND],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(matcher.__file__).parent.parent,
    )
    inbox: Queue[Stage | None] = Queue()
    talk = Thread(target=_talk, args=(process, core, inbox), daemon=True)
    talk.start()
    proven = False
    try:
        while stage := inbox.get(timeout=max(0.0, deadline - monotonic())):
            proven = stage.proven
            yield stage
        failed = process.wait() > 0 and not proven
    except Empty:
        failed = False
    finally:
        process.kill()
        process.wait()
        talk.join()
    if failed:
        yield from stages(core)


def main() -> None:
    """Read a core from the standard input and write the stages to the standard output."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    for stage in stages(pickle.load(sys.stdin.buffer)):
        pickle.dump(stage, answer)
        answer.flush()


def _talk(process: subprocess.Popen[bytes], core: Core, inbox: "Queue[Stage | None]") -> None:
    """Send the core, pass on the stages, and close with None however it ends."""
    to_child, from_child = _pipes(process)
    try:
        with from_child:
            with to_child:
                pickle.dump(core, to_child)
            while True:
                inbox.put(pickle.load(from_child))
    except (EOFError, OSError, pickle.UnpicklingError):
        pass  # the child is at its end, by itself or not; its exit status tells
    finally:
        inbox.put(None)


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the child was started without pipes")
    return process.stdin, process.stdout
