"""Rankings with the bands that a test asks for."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, repeat
from typing import Any

import pytest

from matcher.records import Band
from matcher.service import Matcher

_PROBABILITY = {Band.STRONG: 0.86, Band.GOOD: 0.4, Band.POSSIBLE: 0.1, Band.INSUFFICIENT: 0.01}


def judge(matcher: Matcher, monkeypatch: pytest.MonkeyPatch, bands: Sequence[Band]) -> None:
    """Let the partners found for needs be judged so, place by place; the last band for the rest."""

    def judging(method: str) -> None:
        real = getattr(matcher, method)

        def judged(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever the method takes
            ranking = real(*args, **kwargs)
            matches = tuple(
                replace(match, band=band, probability=_PROBABILITY[band])
                for match, band in zip(
                    ranking.matches, chain(bands, repeat(bands[-1])), strict=False
                )
            )
            return replace(ranking, matches=matches)

        monkeypatch.setattr(matcher, method, judged)

    judging("match_need")
    judging("match_text")
