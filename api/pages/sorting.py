"""By which column a list is sorted."""

from collections.abc import Collection
from dataclasses import dataclass

from fastapi import Request


@dataclass(frozen=True, slots=True)
class Sorting:
    """The column that a list is sorted by, and which way; an empty name is the usual order."""

    name: str = ""
    descending: bool = False

    @property
    def text(self) -> str:
        """As it stands in an address: the name, after a minus if descending."""
        return f"-{self.name}" if self.descending and self.name else self.name

    def turned(self, name: str) -> str:
        """What the heading of a column asks for: that column, or the other way round."""
        return f"-{name}" if self.name == name and not self.descending else name


def asked_sorting(request: Request, known: Collection[str]) -> Sorting:
    """The order in the query; anything unknown means the usual one."""
    text = request.query_params.get("sort", "")
    name = text.removeprefix("-")
    return Sorting(name, text.startswith("-")) if name in known else Sorting()
