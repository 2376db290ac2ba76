"""Names that a spreadsheet takes for its sheets."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from matcher.reports.clean import one_line

LONGEST: Final = 31
"""Characters that the name of a sheet may have."""

_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_RESERVED = "history"


def sheet_names(titles: Sequence[str], *, taken: Iterable[str] = ()) -> list[str]:
    """A valid name for each title, none twice whatever the case; see Excel's rules for sheets.

    Args:
        titles: what the sheets hold; a name that is given already gets a number behind it.
        taken: names of other sheets.
    """
    used = {name.casefold() for name in taken} | {_RESERVED}
    names = []
    for title in titles:
        name = _unused(_fit(title), used)
        used.add(name.casefold())
        names.append(name)
    return names


def _fit(title: str) -> str:
    return _head(_FORBIDDEN.sub(" ", one_line(title)).strip("' "), LONGEST) or "表"


def _unused(name: str, used: set[str]) -> str:
    if name.casefold() not in used:
        return name
    number = 2
    while True:
        end = f"（{number}）"
        numbered = _head(name, LONGEST - len(end)) + end
        if numbered.casefold() not in used:
            return numbered
        number += 1


def _head(name: str, most: int) -> str:
    """As much of a name as fits, counted in UTF-16 units as Excel counts."""
    head = name.encode("utf-16-le")[: most * 2].decode("utf-16-le", "ignore")
    return head.rstrip("' ")
