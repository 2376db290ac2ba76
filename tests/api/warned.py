"""Rankings with a warning."""

from dataclasses import replace
from typing import Any

import pytest

from matcher.service import Matcher

WARNING = "这次有一处要留意"


def warn(matcher: Matcher, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a method of the matcher give its ranking a warning."""
    real = getattr(matcher, method)

    def warned(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever the method takes
        return replace(real(*args, **kwargs), warnings=(WARNING,))

    monkeypatch.setattr(matcher, method, warned)
