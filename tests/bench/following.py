"""How soon what one worker saved is found by another."""

from collections.abc import Callable
from time import perf_counter
from uuid import uuid4

from tests.bench.figures import Measured
from tests.bench.home import Setting, need_texts
from tests.bench.serving import Body, Client, make_key, serving

_PATIENCE = 60.0


def measure(setting: Setting) -> list[Measured]:
    """Save through one process, ask another until it finds it; the longest of several times."""
    times = 3 if setting.quick else 10
    key = make_key(setting)
    texts = [text for _, text in need_texts(setting, 2 * times)]
    with serving(setting, key, 1) as first, serving(setting, key, 1) as second:
        here, there = Client(first.port, key), Client(second.port, key)
        partners = [partner_followed(here, there, text) for text in texts[:times]]
        needs = [need_followed(here, there, text) for text in texts[times:]]
    note = f"of {times}, from sending it"
    return [
        Measured("following.partner", max(partners), note),
        Measured("following.need", max(needs), note),
    ]


def partner_followed(here: Client, there: Client, text: str) -> float:
    """Seconds from sending a partner to one process until the other one ranks it."""
    key = f"BENCH-{uuid4().hex[:12]}"
    body: Body = {
        "kind": "expert",
        "name": f"示例{key}",
        "evidence": [{"type": "paper", "title": f"{key} 的论文", "text": text}],
        "sample": True,
    }
    asked: Body = {"text": f"{key} 的论文\n{text}", "top": 20, "record": False}

    def is_found() -> bool:
        matches = there.wanted("POST", "/match", asked)["matches"]
        return any(match["partner"]["id"] == key for match in matches)

    return _followed(here, "/partners", key, body, is_found)


def need_followed(here: Client, there: Client, text: str) -> float:
    """Seconds from sending a need to one process until the other finds it similar to its twin."""
    twin, key = (f"BENCH-{uuid4().hex[:12]}" for _ in range(2))
    body: Body = {"title": f"示例需求 {twin}", "problem": text, "sample": True}
    here.wanted("PUT", f"/needs/{twin}", body)

    def is_found() -> bool:
        matches = there.wanted("GET", f"/needs/{twin}/similar?top=20")["matches"]
        return any(match["need"]["id"] == key for match in matches)

    try:
        return _followed(here, "/needs", key, body | {"title": f"示例需求 {key}"}, is_found)
    finally:
        here.wanted("DELETE", f"/needs/{twin}")


def _followed(here: Client, path: str, key: str, body: Body, is_found: Callable[[], bool]) -> float:
    started = perf_counter()
    here.wanted("PUT", f"{path}/{key}", body)
    try:
        while not is_found():
            if perf_counter() - started > _PATIENCE:
                raise RuntimeError(f"{path}/{key} is not found after {_PATIENCE:.0f} s")
        return perf_counter() - started
    finally:
        here.wanted("DELETE", f"{path}/{key}")
