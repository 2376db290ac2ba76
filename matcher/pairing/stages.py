"""The steps of the solver, from a plan that is fair to the one that is best."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from matcher.pairing.core import Core
from matcher.pairing.fairness import fairly, turns_of
from matcher.pairing.instance import Ints
from matcher.pairing.quality import best
from matcher.pairing.start import fill

LABELS = ("公平分配：让尽可能多的需求有对接对象", "提高整体匹配质量")
"""What each stage does, in the order of `stages`."""


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A plan on the way: numbers of pairs of the core, rising, and whether no plan is better."""

    chosen: Ints
    proven: bool


def stages(core: Core) -> Generator[Stage, None, None]:
    """Solve step by step.

    Yields:
        One plan for each of `LABELS`: as fair as can be, then proven to be the best.
    """
    pairs, turns = fairly(core)
    yield Stage(fill(core, pairs), proven=False)
    yield Stage(best(core, turns), proven=True)


def standing(core: Core, chosen: Ints) -> tuple[tuple[int, ...], int, float]:
    """What plans are compared by, the larger the better.

    Returns:
        How many turns of each rank are taken, how many wishes come true, and the quality.
    """
    served = np.zeros(len(core.places), bool)
    served[core.need[chosen]] = True
    of_county = np.bincount(core.county[served & core.first], minlength=len(core.servable))
    county, rank = turns_of(core)
    sizes = np.bincount(county, minlength=len(core.servable))
    place = np.arange(len(county)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    taken = np.bincount(rank[place < of_county[county]], minlength=int(rank.max(initial=-1)) + 1)
    wishes = len(np.unique(core.need[chosen[core.helps[chosen]]]))
    return tuple(taken.tolist()), wishes, float(core.quality[chosen].sum())
