"""Which page of a list is shown."""

from dataclasses import dataclass
from math import ceil

from fastapi import Request

SIZES = (20, 50, 100)

_LAST_PAGE = 1_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """The page that an address asks for; anything odd means the first page of 20."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        """How many items come before the page."""
        return (self.number - 1) * self.size

    def of(self, total: int) -> "Paging":
        """The page among `total` items."""
        return Paging(self.number, self.size, total)


@dataclass(frozen=True, slots=True)
class Paging:
    """A page of a list whose length is known."""

    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, ceil(self.total / self.size))

    @property
    def first(self) -> int:
        """Number of the first item of the page, from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        """Number of the last item of the page."""
        return min(self.number * self.size, self.total)

    @property
    def shown(self) -> list[int | None]:
        """Page numbers to link to: the ends and the neighbours, None where some are left out."""
        near = {1, self.pages, *range(self.number - 2, self.number + 3)}
        numbers = sorted(number for number in near if 1 <= number <= self.pages)
        shown: list[int | None] = []
        for number in numbers:
            previous = shown[-1] if shown else None
            if previous is not None and number > previous + 1:
                shown.append(None)
            shown.append(number)
        return shown


def asked_page(request: Request) -> Asked:
    """The page and size in the query."""
    number = _whole(request.query_params.get("page", ""), 1)
    size = _whole(request.query_params.get("size", ""), SIZES[0])
    return Asked(min(max(number, 1), _LAST_PAGE), size if size in SIZES else SIZES[0])


def _whole(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else default
