"""Counts of two times beside each other, and breakdowns whose total is the sum of their parts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

UNNAMED: Final = "未注明"
"""Stands for an empty name."""
_MOST_PARTS: Final = 20


@dataclass(frozen=True, slots=True)
class Change:
    """How many there are now, and how many there were before."""

    now: int
    before: int

    @property
    def difference(self) -> int:
        """More, or less, than before."""
        return self.now - self.before


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a breakdown."""

    name: str
    change: Change


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Something counted by name: most first, what has no name after them, the rest last."""

    parts: tuple[Part, ...]

    @property
    def total(self) -> Change:
        """The sum of the parts."""
        return Change(
            sum(part.change.now for part in self.parts),
            sum(part.change.before for part in self.parts),
        )

    def share(self, part: Part) -> float | None:
        """A part's share of what there is now; None of nothing."""
        total = self.total.now
        return part.change.now / total if total else None

    @property
    def named(self) -> tuple[Part, ...]:
        """The parts with a name of their own that have any now."""
        return tuple(
            part
            for part in self.parts
            if part.change.now and part.name != UNNAMED and not part.name.startswith(_REST)
        )


def breakdown(
    now: Iterable[str], before: Iterable[str], *, most: int = _MOST_PARTS, unit: str = "类"
) -> Breakdown:
    """Count names of two times.

    Args:
        now: a name for each that is there now; empty where there is none.
        before: the same for the time before.
        most: parts shown; what is beyond is summed up in a last one.
        unit: what the names are counted in, for the name of that last one.
    """
    counted, earlier = Counter(now), Counter(before)
    names = sorted(
        counted.keys() | earlier.keys(),
        key=lambda name: (not name, -counted[name], -earlier[name], name),
    )
    parts = [Part(name or UNNAMED, Change(counted[name], earlier[name])) for name in names]
    if len(parts) <= most:
        return Breakdown(tuple(parts))
    rest = parts[most - 1 :]
    last = Part(f"{_REST}{len(rest)}{unit}", Breakdown(tuple(rest)).total)
    return Breakdown((*parts[: most - 1], last))


def by_size(counts: Counter[str]) -> list[str]:
    """The names of a count, most first, the empty one last."""
    return sorted(counts, key=lambda name: (not name, -counts[name], name))


def summed(amounts: Sequence[float | None]) -> float:
    """Amounts in 万元 added up, without the dust that adding binary fractions leaves."""
    return round(sum(amount or 0.0 for amount in amounts), 4)


_REST = "其余"
