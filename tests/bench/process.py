"""One process from nothing: when its first answer is there, and what memory it takes."""

import json
import subprocess
import sys
from contextlib import closing
from time import perf_counter

from matcher.bootstrap import assemble, load_encoder
from matcher.index.snapshot import current_snapshot
from matcher.settings import Settings
from tests.bench.figures import Measured
from tests.bench.home import Setting, count_passages, environment_of, need_texts
from tests.bench.machine import ROOT
from tests.bench.timing import median

_RANKINGS = 200
_STARTS = 3
_ANSWER = """
import json, sys
from matcher import open_matcher
matcher = open_matcher()
for text in json.load(sys.stdin):
    print(matcher.match_text(text).considered, flush=True)
from tests.bench.machine import memory_of
print(json.dumps(memory_of()))
"""


def measure(setting: Setting) -> list[Measured]:
    """Start to first answer, and memory after many answers."""
    texts = [text for _, text in need_texts(setting, _RANKINGS)]
    # The first one also reads the files from the disk; of a quick run it is the only one.
    answered = [_answer(setting, texts)]
    if not setting.quick:
        answered += [_answer(setting, texts[:1]) for _ in range(_STARTS)]
    starts = [seconds for seconds, _ in answered[-_STARTS:]]
    _, memory = answered[0]
    passages, size = _index_size(setting)
    return [
        Measured("start.seconds", median(starts), "imports included"),
        Measured("memory.rss", memory["rss"]),
        Measured("memory.pss", memory["pss"]),
        Measured("memory.private", memory["private"]),
        Measured("memory.per_1000", memory["private"] / passages * 1000, f"{passages:,} passages"),
        Measured("disk.per_1000", size / passages * 1000),
    ]


def _answer(setting: Setting, texts: list[str]) -> tuple[float, dict[str, float]]:
    """Answer in a process of its own: seconds to the first answer, memory after the last."""
    started = perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", _ANSWER],
        env=environment_of(setting),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("no pipes")
        json.dump(texts, process.stdin)
        process.stdin.close()
        process.stdout.readline()
        seconds = perf_counter() - started
        *_, last = process.stdout
    if process.returncode:
        raise RuntimeError("the process could not answer; it says why above")
    memory: dict[str, float] = json.loads(last)
    return seconds, memory


def _index_size(setting: Setting) -> tuple[int, float]:
    """Passages of partners, and the size of the current snapshot in MiB."""
    settings = Settings(home=setting.library, database_url="")
    with closing(assemble(settings, load_encoder(settings))) as matcher:
        snapshot = current_snapshot(matcher.index.snapshots)
        with matcher.reading() as session:
            passages = count_passages(session)
    if snapshot is None:
        raise RuntimeError("the library has no snapshot")
    files = (file for file in snapshot.folder.rglob("*") if file.is_file())
    return passages, sum(file.stat().st_size for file in files) / 2**20
