"""Finding the header of a table, which may stand below lines of title."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matcher.intake.columns import plain_name
from matcher.intake.results import shorten
from matcher.intake.tables import is_known

HEADER_WITHIN = 30
"""The header is looked for in so many rows from the top."""


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table: its row, counted from 1, and a distinct name for each column.

    A column without name is called after its place; `known` columns belong to some subject.
    """

    number: int
    names: tuple[str, ...]
    known: int

    @property
    def count(self) -> int:
        """Number of columns."""
        return len(self.names)


def find_header(rows: Iterable[tuple[int, Sequence[object]]]) -> Header | None:
    """The first row with at least two known column names, else one that has nothing but one.

    Args:
        rows: the first rows of a table with their numbers.
    """
    single: Header | None = None
    for number, cells in rows:
        names = [cell if isinstance(cell, str) else "" for cell in cells]
        known = sum(is_known(plain_name(name)) for name in names if name.strip())
        if known >= 2:
            return Header(number, _distinct(cells), known)
        if known == 1 and single is None and sum(bool(name.strip()) for name in names) == 1:
            single = Header(number, _distinct(cells), known)
    return single


def _distinct(cells: Sequence[object]) -> tuple[str, ...]:
    """Names of all columns up to the last one named; repeated ones with their place."""
    texts = ["" if cell is None else str(cell).strip() for cell in cells]
    while not texts[-1]:
        texts.pop()
    names: dict[str, None] = {}
    for place, text in enumerate(texts, start=1):
        name = text or unnamed(place)
        names[f"{name}（第 {place} 列）" if name in names else name] = None
    return tuple(names)


def unnamed(place: int) -> str:
    """What a column without name is called, by its place counted from 1."""
    return f"（第 {place} 列，没有列名）"


def describe(names: Iterable[str]) -> str:
    """Column names for a message, shortened."""
    shown = [shorten(name) for name in names]
    more = f" 等 {len(shown)} 列" if len(shown) > 40 else ""
    return "、".join(shown[:40]) + more
