"""Names beside the ids in what is told of a plan that cannot be had."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from matcher.pairing.records import InfeasiblePlanError

_TOKEN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-/]*")
_SHORTEST: Final = 3
"""A shorter id may be any number of the sentence."""


def tokens_of(error: InfeasiblePlanError) -> set[str]:
    """Whatever in the sentences may be the id of a record."""
    sentences = (*error.constraints, *error.changes)
    found = {token for sentence in sentences for token in _TOKEN.findall(sentence)}
    return {token for token in found if len(token) >= _SHORTEST}


def with_names(error: InfeasiblePlanError, names: Mapping[str, str]) -> InfeasiblePlanError:
    """The same with the names of needs and partners, which people know rather than ids.

    Args:
        error: what the assignment said.
        names: by id, of the records that `tokens_of` may name.
    """

    def named(sentence: str) -> str:
        return _TOKEN.sub(lambda token: _with_name(token[0], names), sentence)

    return InfeasiblePlanError(_each(named, error.constraints), _each(named, error.changes))


def _each(named: Callable[[str], str], sentences: Iterable[str]) -> tuple[str, ...]:
    return tuple(named(sentence) for sentence in sentences)


def _with_name(token: str, names: Mapping[str, str]) -> str:
    name = names.get(token, "") if len(token) >= _SHORTEST else ""
    return f"{token}“{name}”" if name else token
