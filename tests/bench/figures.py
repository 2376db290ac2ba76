"""What is measured, how much of it is wanted, and the table of what came out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.table import Table

from matcher.timing import STAGES

PER_MILLION = 3.0
"""So many times as long may a ranking take over ten times as many partners."""


@dataclass(frozen=True, slots=True)
class Floor:
    """What is asked for at least, and what is hoped for."""

    bound: float
    hope: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Something that is measured.

    Attributes:
        what: it in words.
        unit: of its values.
        floors: what is asked for, by the largest number of partners that it holds for; a smaller
            directory is asked the same.
        least: so many partners must there be for that; ratios mean nothing over a few.
        more_is_better: whether a higher value is.
    """

    what: str
    unit: str
    floors: Mapping[int, Floor] = field(default_factory=dict)
    least: int = 0
    more_is_better: bool = False

    def floor(self, partners: int) -> Floor | None:
        """What is asked for over so many partners, None if nothing is."""
        fitting = [size for size in self.floors if size >= partners >= self.least]
        return self.floors[min(fitting)] if fitting else None


@dataclass(frozen=True, slots=True)
class Measured:
    """A value of a figure, by its name; None where it could not be measured, with the reason."""

    name: str
    value: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A measured value beside its floor; `factor` is above 1 where it is better than asked."""

    floor: Floor
    met: bool
    factor: float

    @property
    def words(self) -> str:
        """It for the table: met or not, and by how much."""
        if self.met:
            return f"met, {self.factor:.2f}x better"
        return f"NOT met, {1 / self.factor:.2f}x off" if self.factor else "NOT met"


_ANY = 10**9
_BASE = 100_000
_MILLION = 1_000_000


FIGURES: dict[str, Figure] = {
    "encoding.ratio": Figure(
        what="encoding 200-character passages / tokenizing and gathering alone",
        unit="x",
        floors={_ANY: Floor(1.3)},
    ),
    "encoding.rate": Figure(what="passages encoded", unit="1/s", more_is_better=True),
    "encoding.query": Figure(what="encoding one query, median", unit="ms"),
    "ranking.median": Figure(
        what="one ranking, all filters, median",
        unit="ms",
        floors={_BASE: Floor(40, 25), _MILLION: Floor(40 * PER_MILLION)},
    ),
    "ranking.p99": Figure(
        what="one ranking, all filters, p99", unit="ms", floors={_BASE: Floor(120, 80)}
    ),
    "ranking.cpu": Figure(what="one ranking, all filters, processor time, median", unit="ms"),
    **{
        f"ranking.stage.{name}": Figure(what=f"  of it: {name}, median", unit="ms")
        for name in STAGES
    },
    "ranking.open.median": Figure(
        what="one ranking, no filter, median",
        unit="ms",
        floors={_BASE: Floor(40, 25), _MILLION: Floor(40 * PER_MILLION)},
    ),
    "ranking.open.p99": Figure(
        what="one ranking, no filter, p99", unit="ms", floors={_BASE: Floor(120, 80)}
    ),
    "ranking.ids.median": Figure(what="ranking by id alone, no filter, median", unit="ms"),
    "ranking.ids.p99": Figure(what="ranking by id alone, no filter, p99", unit="ms"),
    "recall.dense": Figure(
        what="Recall@100 of the dense search against brute force",
        unit="",
        floors={_ANY: Floor(0.98)},
        more_is_better=True,
    ),
    "recall.filtered": Figure(
        what="Recall@100 of the dense search, filtered, against brute force",
        unit="",
        floors={_ANY: Floor(0.98)},
        more_is_better=True,
    ),
    "recall.ranking": Figure(
        what="Recall@100 of the ranking against one without approximation",
        unit="",
        floors={_ANY: Floor(0.98)},
        more_is_better=True,
    ),
    "http.rate": Figure(
        what="HTTP matches, 20 clients",
        unit="1/s",
        floors={_BASE: Floor(40)},
        more_is_better=True,
    ),
    "http.median": Figure(what="HTTP match, median", unit="ms"),
    "http.p99": Figure(what="HTTP match, p99", unit="ms", floors={_BASE: Floor(800)}),
    "http.errors": Figure(what="HTTP errors", unit="", floors={_BASE: Floor(0)}),
    "http.start": Figure(what="serve: start to first answer", unit="s"),
    "http.memory": Figure(what="largest worker after it, RSS", unit="MiB"),
    "batch.ratio": Figure(
        what="batch ranking / bare FAISS flat batch search, same vectors",
        unit="x",
        floors={_ANY: Floor(5)},
        least=_BASE,
    ),
    "batch.need": Figure(what="batch ranking, of each need", unit="ms"),
    "batch.flat": Figure(what="bare FAISS flat batch search, of each need", unit="ms"),
    "start.seconds": Figure(
        what="fresh process: start to first answer", unit="s", floors={_BASE: Floor(5)}
    ),
    "memory.rss": Figure(
        what="a worker after 200 rankings, RSS",
        unit="MiB",
        floors={_BASE: Floor(1.5 * 1024), _MILLION: Floor(15 * 1024)},
    ),
    "memory.pss": Figure(what="a worker after 200 rankings, PSS", unit="MiB"),
    "memory.private": Figure(what="a worker after 200 rankings, private", unit="MiB"),
    "memory.per_1000": Figure(what="private memory for 1,000 passages", unit="MiB"),
    "disk.per_1000": Figure(what="index snapshot on disk for 1,000 passages", unit="MiB"),
    "import.seconds": Figure(
        what="import, embedding and indexing of the directory",
        unit="s",
        floors={_BASE: Floor(300), _MILLION: Floor(3000)},
    ),
    "import.peak": Figure(what="import, peak memory that is not a mapped file", unit="MiB"),
    "following.partner": Figure(
        what="new partner found by another worker, longest",
        unit="s",
        floors={_ANY: Floor(1)},
    ),
    "following.need": Figure(
        what="new need found by another worker, longest",
        unit="s",
        floors={_ANY: Floor(1)},
    ),
}


def judged(measured: Measured, partners: int) -> Verdict | None:
    """How a value stands to its floor; None where it has none or was not measured.

    Raises:
        KeyError: there is no figure of this name.
    """
    figure = FIGURES[measured.name]
    floor, value = figure.floor(partners), measured.value
    if floor is None or value is None:
        return None
    better, worse = (value, floor.bound) if figure.more_is_better else (floor.bound, value)
    return Verdict(floor, better >= worse, better / worse if worse else 1.0)


def as_table(results: Sequence[Measured], partners: int) -> Table:
    """All values, each beside its floor."""
    table = Table("what", "value", "floor", "hope", "", "note", title=f"{partners:,} partners")
    table.columns[1].justify = "right"
    for each in results:
        figure, verdict = FIGURES[each.name], judged(each, partners)
        sign = "≥" if figure.more_is_better else "≤"
        floor = verdict and verdict.floor
        table.add_row(
            figure.what,
            "-" if each.value is None else f"{shown(each.value)} {figure.unit}".strip(),
            f"{sign} {shown(floor.bound)}" if floor else "",
            f"{sign} {shown(floor.hope)}" if floor and floor.hope is not None else "",
            verdict.words if verdict else "",
            each.note,
            style="" if verdict is None or verdict.met else "bold red",
        )
    return table


def shown(value: float) -> str:
    """A value with three figures, or whole where it has more."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def write_json(
    results: Sequence[Measured], partners: int, machine: Mapping[str, Any], path: Path
) -> None:
    """Write all values with their floors and what they were measured on."""
    figures = []
    for each in results:
        figure, verdict = FIGURES[each.name], judged(each, partners)
        figures.append(
            {
                "name": each.name,
                "what": figure.what,
                "unit": figure.unit,
                "value": each.value,
                "more_is_better": figure.more_is_better,
                "floor": verdict.floor.bound if verdict else None,
                "hope": verdict.floor.hope if verdict else None,
                "met": verdict.met if verdict else None,
                "note": each.note,
            }
        )
    told = {"partners": partners, "machine": dict(machine), "figures": figures}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def against_baseline(results: Sequence[Measured], baseline: Path) -> list[str]:
    """How a ranking grew since a smaller directory, whose values `write_json` wrote; in words."""
    told = json.loads(baseline.read_text(encoding="utf-8"))
    before = {each["name"]: each["value"] for each in told["figures"]}
    lines = []
    for each in results:
        if each.name in ("ranking.median", "ranking.open.median") and each.value is not None:
            if not before.get(each.name):
                continue
            factor = each.value / before[each.name]
            state = "met" if factor <= PER_MILLION else "NOT met"
            lines.append(
                f"{FIGURES[each.name].what}: {factor:.2f}x that at {told['partners']:,} partners"
                f" (floor {PER_MILLION:g}x: {state})"
            )
    return lines
