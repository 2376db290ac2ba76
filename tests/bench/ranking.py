"""One ranking: the answer that a person gets, with its evidence and reasons from the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter, process_time

from matcher.records import PartnerKind, SearchFilter
from matcher.service import Matcher
from matcher.timing import STAGES, Stage, timed
from tests.bench.figures import Measured
from tests.bench.home import Setting, need_texts, opened
from tests.bench.timing import median, p99, seconds_each

_WARM = 20
_K = PartnerKind
_WHO = (
    ({_K.EXPERT, _K.INSTITUTE}, "浙江"),
    ({_K.EXPERT, _K.SOCIETY}, "上海"),
    ({_K.EXPERT, _K.INSTITUTE, _K.SOCIETY}, "市"),
    ({_K.INSTITUTE}, "浙江省温州市"),
    ({_K.EXPERT}, "浙江省"),
)
"""Kinds and region, that leave from a fortieth of the directory to nearly all of it."""


def restriction(number: int) -> SearchFilter:
    """Kind, region and exclusion at once; whom it excludes differs from one need to the next."""
    kinds, region = _WHO[number % len(_WHO)]
    conflicted = frozenset(f"P{number * step:07}" for step in (1, 7, 31))
    return SearchFilter(kinds=frozenset(kinds), region=region, exclude=conflicted)


@dataclass(frozen=True, slots=True)
class Timed:
    """Seconds of an answer, processor seconds of all threads, and seconds of its stages."""

    seconds: float
    busy: float
    stages: Mapping[Stage, float]


def measure(setting: Setting) -> list[Measured]:
    """With all filters, with none, and by id alone; every need is asked once only."""
    count = 60 if setting.quick else 400
    texts = [text for _, text in need_texts(setting, _WARM + 3 * count)][_WARM:]
    with opened(setting) as matcher:
        for _, text in need_texts(setting, _WARM):
            matcher.match_text(text, restriction=restriction(0))
            matcher.match_text(text)
        filtered = [
            _timed(matcher, text, restriction(number))
            for number, text in enumerate(texts[:count], start=1)
        ]
        free = seconds_each(matcher.match_text, texts[count : 2 * count])
        by_id = seconds_each(lambda text: matcher.rank(text, top=100), texts[2 * count :])
    note = f"{count} needs"
    return [
        Measured("ranking.median", median([each.seconds for each in filtered]) * 1e3, note),
        Measured("ranking.p99", p99([each.seconds for each in filtered]) * 1e3),
        Measured("ranking.cpu", median([each.busy for each in filtered]) * 1e3, "all threads"),
        *_stages(filtered),
        Measured("ranking.open.median", median(free) * 1e3),
        Measured("ranking.open.p99", p99(free) * 1e3),
        Measured("ranking.ids.median", median(by_id) * 1e3, "100 places"),
        Measured("ranking.ids.p99", p99(by_id) * 1e3),
    ]


def _timed(matcher: Matcher, text: str, allowed: SearchFilter) -> Timed:
    started, began = perf_counter(), process_time()
    with timed() as stages:
        matcher.match_text(text, restriction=allowed)
    return Timed(perf_counter() - started, process_time() - began, stages)


def _stages(answers: Sequence[Timed]) -> list[Measured]:
    """The median of each stage that any answer went through."""
    return [
        Measured(
            f"ranking.stage.{name}",
            median([answer.stages.get(name, 0.0) for answer in answers]) * 1e3,
        )
        for name in STAGES
        if any(name in answer.stages for answer in answers)
    ]
