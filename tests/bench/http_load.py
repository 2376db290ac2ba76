"""Many clients at once over HTTP: the whole way of a request, recorded in the store as usual."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import count
from time import perf_counter

from tests.bench.figures import Measured
from tests.bench.home import Setting, need_texts
from tests.bench.machine import family_of, memory_of
from tests.bench.ranking import restriction
from tests.bench.serving import Body, Client, Served, make_key, serving
from tests.bench.timing import median, p99

CLIENTS = 20
WORKERS = 2
_TEXTS = 2000
_WARM_SECONDS = 3.0


@dataclass(slots=True)
class Tally:
    """What came of many requests: seconds of those that succeeded, and kinds of failures."""

    seconds: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)


def measure(setting: Setting) -> list[Measured]:
    """Throughput, latency and errors of two workers under twenty clients."""
    key = make_key(setting)
    bodies = _bodies(setting)
    with serving(setting, key, WORKERS) as served:
        load(served, bodies, _WARM_SECONDS)
        started = perf_counter()
        tally = load(served, bodies[::-1], setting.http_seconds)
        took = perf_counter() - started
        memory = max(memory_of(pid)["rss"] for pid in family_of(served.pid))
    errors = tally.failures.total()
    told = ", ".join(f"{kind}: {times}" for kind, times in tally.failures.items())
    return [
        Measured("http.rate", len(tally.seconds) / took, f"{took:.0f} s, {WORKERS} workers"),
        Measured("http.median", median(tally.seconds) * 1e3 if tally.seconds else None),
        Measured("http.p99", p99(tally.seconds) * 1e3 if tally.seconds else None),
        Measured("http.errors", errors, told or f"of {len(tally.seconds)}"),
        Measured("http.start", served.seconds),
        Measured("http.memory", memory),
    ]


def load(served: Served, bodies: list[Body], seconds: float) -> Tally:
    """Let all clients ask for some time, each one request after the other."""
    tally, numbers = Tally(), count()
    ends = perf_counter() + seconds
    clients = [
        threading.Thread(target=_ask, args=(served, bodies, numbers, ends, tally))
        for _ in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return tally


def _ask(served: Served, bodies: list[Body], numbers: "count[int]", ends: float, to: Tally) -> None:
    client = Client(served.port, served.key)
    while (started := perf_counter()) < ends:
        try:
            status, _ = client.ask("POST", "/match", bodies[next(numbers) % len(bodies)])
        except (OSError, HTTPException, ValueError) as error:
            to.failures[type(error).__name__] += 1
            continue
        if status == 200:
            to.seconds.append(perf_counter() - started)
        else:
            to.failures[str(status)] += 1


def _bodies(setting: Setting) -> list[Body]:
    """Questions: half of them free, the others with one of the filters."""
    bodies: list[Body] = []
    for number, (_, text) in enumerate(need_texts(setting, _TEXTS)):
        body: Body = {"text": text, "top": 10}
        if number % 2:
            chosen = restriction(number // 2)
            body |= {
                "kinds": sorted(chosen.kinds),
                "region": chosen.region,
                "exclude": sorted(chosen.exclude),
            }
        bodies.append(body)
    return bodies
