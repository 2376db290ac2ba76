"""How long a month's assignment takes, and what it gains; a script, not a test.

    python -m tests.bench.assignment --needs 10000 --partners 100000 --candidates 50

The needs come from a few fields and twelve counties of very different size; in each field some
partners are known to everybody. `--known` is the share of partners who are on any list at all:
the smaller, the scarcer they are.
"""

import argparse
import resource
import sys
from itertools import pairwise
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from matcher.pairing.assignment import assign
from matcher.pairing.records import (
    Assignment,
    Candidate,
    FreePartner,
    OpenNeed,
    PlanFigures,
    Problem,
    WantedKind,
)
from matcher.records import PartnerKind

FIELDS = 40
COUNTIES = 12
CAPACITY = 5


def main() -> None:
    asked = arguments()
    began = perf_counter()
    problem = month(asked)
    print(f"made the problem in {perf_counter() - began:.1f} s", file=sys.stderr)
    marks: list[tuple[str, float]] = []
    plan = assign(
        problem,
        time_limit=asked.time_limit,
        progress=lambda step, done, total: marks.append((f"{done}/{total} {step}", perf_counter())),
    )
    marks.append(("", perf_counter()))
    console = Console()
    console.print(steps(marks, plan))
    console.print(comparison(plan))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--needs", type=int, default=10_000)
    parser.add_argument("--partners", type=int, default=100_000)
    parser.add_argument("--candidates", type=int, default=50, help="of each need")
    parser.add_argument("--places", type=int, default=3, help="of each need")
    parser.add_argument("--known", type=float, default=1.0, help="share of partners on any list")
    parser.add_argument("--skew", type=float, default=0.9, help="exponent of their popularity")
    parser.add_argument("--wanted", choices=list(WantedKind), default=WantedKind.PREFERRED)
    parser.add_argument("--time-limit", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def month(asked: argparse.Namespace) -> Problem:
    """A month that looks like one: fields, popular partners, strong and weak counties."""
    random = np.random.default_rng(asked.seed)
    kinds = random.choice(list(PartnerKind), asked.partners, p=(0.7, 0.1, 0.15, 0.05))
    capacity = random.integers(1, CAPACITY + 1, asked.partners)
    weight = np.arange(1, COUNTIES + 1)
    county = random.choice(COUNTIES, asked.needs, p=weight / weight.sum())
    wishes = random.random(asked.needs) < 0.4
    wanted = random.choice(list(PartnerKind), asked.needs)
    known = random.permutation(asked.partners)[: max(1, int(asked.partners * asked.known))]
    fields = np.array_split(known, min(FIELDS, len(known)))
    fame = random.normal(size=asked.partners)
    candidates = []
    for need, field in enumerate(random.integers(len(fields), size=asked.needs)):
        of_need = listed(random, fields[field], asked)
        strength = 0.2 * county[need] - 2 + 0.7 * fame[of_need] + random.normal(size=len(of_need))
        quality = (1 / (1 + np.exp(-strength))).round(6)
        candidates += [
            Candidate(need_id=f"N{need:06}", partner_id=f"P{partner:06}", quality=worth)
            for partner, worth in zip(of_need.tolist(), quality.tolist(), strict=True)
        ]
    return Problem(
        needs=tuple(
            OpenNeed(
                id=f"N{at:06}",
                county=f"C{county[at]:02}",
                places=asked.places,
                wanted_kind=str(wanted[at]) if wishes[at] else "",
            )
            for at in range(asked.needs)
        ),
        partners=tuple(
            FreePartner(id=f"P{at:06}", kind=str(kinds[at]), capacity=int(capacity[at]))
            for at in range(asked.partners)
        ),
        candidates=tuple(candidates),
        wanted=WantedKind(asked.wanted),
    )


def listed(
    random: np.random.Generator, field: NDArray[np.int64], asked: argparse.Namespace
) -> NDArray[np.int64]:
    """Candidates of one need: partners of its field, the popular ones more often."""
    popularity = np.arange(1, len(field) + 1) ** -asked.skew
    count = min(asked.candidates, len(field))
    return random.choice(field, count, replace=False, p=popularity / popularity.sum())


def steps(marks: list[tuple[str, float]], plan: Assignment) -> Table:
    table = Table("step", "seconds")
    for (step, at), (_, until) in pairwise(marks):
        table.add_row(step, f"{until - at:.1f}")
    table.add_row("in all", f"{plan.seconds:.1f}")
    for who, name in ((resource.RUSAGE_SELF, "this"), (resource.RUSAGE_CHILDREN, "child")):
        peak = resource.getrusage(who).ru_maxrss / 1024
        table.add_row(f"peak memory, {name} process", f"{peak:.0f} MiB")
    return table


def comparison(plan: Assignment) -> Table:
    table = Table("", "quality", "pairs", "needs served", "wishes met", "overloaded")
    rows = {f"plan, gap {plan.gap:.2%}": plan.figures, "greedy": plan.greedy, "naive": plan.naive}
    for name, figures in rows.items():
        table.add_row(name, *cells(figures))
    return table


def cells(figures: PlanFigures) -> list[str]:
    numbers = (figures.pairs, figures.needs_served, figures.wanted_met, figures.overloaded)
    return [f"{figures.quality:.1f}", *map(str, numbers)]


if __name__ == "__main__":
    main()
