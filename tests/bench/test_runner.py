import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from operator import attrgetter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from matcher.index.selection import Selection
from tests.bench import recall
from tests.bench.__main__ import PARTS, arguments, failed, in_own_process, run_parts
from tests.bench.compare import by_best_passage
from tests.bench.figures import FIGURES, Measured
from tests.bench.flame import frames, in_words
from tests.bench.home import Setting
from tests.bench.http_load import CLIENTS, load
from tests.bench.machine import describe_machine, family_of, memory_of, run_watched
from tests.bench.serving import Served
from tests.bench.timing import median, p99, seconds_each

SETTING = Setting(partners=10, folder=Path("nowhere"))


def good(setting: Setting) -> list[Measured]:
    return [Measured("encoding.rate", setting.partners)]


def bad(setting: Setting) -> list[Measured]:
    raise ValueError(f"no {setting.partners}")


def test_a_part_that_fails_is_told_and_does_not_end_the_rest() -> None:
    results = run_parts({"http": bad, "encoding": good}, SETTING, alone=lambda part, s: part(s))
    assert results[-1] == Measured("encoding.rate", 10)
    assert {each.name for each in results[:-1]} == {
        name for name in FIGURES if name.startswith("http.")
    }
    assert all("no 10" in each.note for each in results[:-1])


def test_a_part_runs_in_another_process() -> None:
    assert in_own_process(attrgetter("real"), 10) == 10
    with pytest.raises(AttributeError):
        in_own_process(attrgetter("partners"), 10)


def test_every_figure_belongs_to_a_part() -> None:
    named = {each.name for part in PARTS for each in failed(part, ValueError())}
    assert set(FIGURES) - named == {"import.seconds", "import.peak"}


def test_an_unknown_part_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments(["rankings"])
    assert "known: encoding, ranking" in capsys.readouterr().err


def test_times_are_those_of_the_calls() -> None:
    asked: list[int] = []
    taken = seconds_each(asked.append, [1, 2, 3])
    assert asked == [1, 2, 3]
    assert len(taken) == 3
    assert median([3, 1, 2]) == 2
    assert p99(list(range(101))) == 99


def test_the_machine_is_described() -> None:
    assert int(describe_machine()["cores"]) >= 1


def test_memory_is_that_of_the_process_and_its_children() -> None:
    held = memory_of()
    assert 0 < held["private"] <= held["rss"]
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', %r])"
    large = "import time; held = bytearray(80 * 2**20); time.sleep(0.6)"
    watched = run_watched([sys.executable, "-c", code % large], {}, every=0.02)
    assert watched.anonymous > 80
    assert watched.seconds > 0.6
    assert threading.get_native_id() in family_of(threading.get_native_id())


def test_a_command_that_fails_says_why() -> None:
    with pytest.raises(RuntimeError, match="no such thing"):
        run_watched([sys.executable, "-c", "raise SystemExit('no such thing')"], {})


def test_brute_force_is_a_full_sort(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recall, "_AT_ONCE", 20)
    random = np.random.default_rng(0)
    vectors = random.normal(size=(90, 8)).astype(np.float16)
    queries = random.normal(size=(4, 8)).astype(np.float32)
    ids = np.arange(0, 270, 3)
    held = SimpleNamespace(ids=ids[::2])
    truth = recall.BruteForce(held, ids, vectors)  # type: ignore[arg-type]
    every = queries @ vectors[::2].astype(np.float32).T
    for query, own, (found, cosines) in zip(
        queries, every, truth.search_many(queries, 7), strict=True
    ):
        assert found.tolist() == ids[::2][np.argsort(-own)[:7]].tolist()
        assert cosines == pytest.approx(np.sort(own)[::-1][:7])
        assert truth.cosines(query, found) == pytest.approx(cosines)
    few = Selection(np.array([0, 3, 6, 12]))
    assert [len(found) for found, _ in truth.search_many(queries, 7, few)] == [3] * 4


def test_a_partner_stands_where_its_best_passage_stands() -> None:
    owners = ["a", "a", "b", "b", "c"]
    assert by_best_passage([3, 0, 2, 1], owners) == {"b": 1, "a": 1 / 2}
    assert by_best_passage([3, 0, 2, 1], owners, top=1) == {"b": 1}


def test_a_flame_graph_is_told_in_words() -> None:
    svg = "".join(
        f"<g><title>{name} ({width} samples, 1.00%)</title>"
        f'<rect x="1%" y="{y}" width="1%" fg:x="{x}" fg:w="{width}"/></g>'
        for name, y, x, width in [
            ("search (matcher/index/passages.py:1)", 68, 10, 60),
            ("all", 36, 0, 100),
            ("&lt;module&gt; (bench.py:1)", 52, 0, 100),
            ("score (matcher/index/lexical.py:9)", 84, 10, 30),
            ("fold (matcher/text/fold.py:3)", 84, 40, 1),
            ("explain (matcher/explain.py:2)", 68, 70, 30),
        ]
    )
    assert list(in_words(frames(svg), 0.02)) == [
        " 60.0% search (matcher/index/passages.py:1)",
        " 30.0%   score (matcher/index/lexical.py:9)",
        " 30.0% explain (matcher/explain.py:2)",
    ]


class _Answers(BaseHTTPRequestHandler):
    """Answers two of three requests, and refuses the third."""

    asked = 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        type(self).asked += 1
        self.send_response(503 if self.asked % 3 == 0 else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_told: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    request_queue_size = 4 * CLIENTS


@contextmanager
def answering() -> Iterator[Served]:
    with _Server(("127.0.0.1", 0), _Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Served(server.server_address[1], 0, "key", 0.0)
        server.shutdown()
        thread.join()


def test_the_load_counts_answers_and_errors() -> None:
    with answering() as served:
        tally = load(served, [{"text": "一"}], 0.3)
    answered, refused = len(tally.seconds), tally.failures["503"]
    assert answered >= CLIENTS / 2
    assert refused > 0
    assert answered + tally.failures.total() == _Answers.asked
