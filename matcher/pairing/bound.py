"""How good a plan could be at most, when there is no time to find out."""

import numpy as np

from matcher.pairing.core import Core
from matcher.pairing.instance import Bools, Floats, Ints

ROUNDS = 10
"""Adjustments of the prices: on the largest problems some two seconds; more gain little."""


def upper_bound(core: Core, floor: float) -> float:
    """A bound that no choice of pairs exceeds in quality, fair or not.

    Every price list for the partners gives one (Lagrangian relaxation of the capacities, Fisher
    1981, Management Science 27): the needs take what is best for them after the price, and every
    unit of capacity is worth its price. The prices are moved by Polyak's subgradient step, and the
    lowest bound is kept.

    Args:
        core: what is to be decided.
        floor: quality of some plan; the nearer to the best, the better the steps.

    Returns:
        The bound, at least `floor`.
    """
    prices = np.zeros(len(core.capacity))
    bound = np.inf
    for _ in range(ROUNDS):
        gain = core.quality - prices[core.partner]
        taken = _best(core.need, gain, core.places)
        value = float(gain[taken].sum() + prices @ core.capacity)
        bound = min(bound, value)
        over = np.bincount(core.partner[taken], minlength=len(prices)) - core.capacity
        over[(prices <= 0) & (over < 0)] = 0  # a price of nothing cannot fall
        length = float(over @ over)
        if length == 0 or value <= floor:
            break
        prices = np.maximum(0.0, prices + over * ((value - floor) / length))
    return max(bound, floor)


def _best(need: Ints, gain: Floats, places: Ints) -> Bools:
    """The pairs with the largest gains of each need, none that loses, at most its places."""
    order = np.lexsort((-gain, need))
    start = np.searchsorted(need[order], np.arange(len(places)))
    position = np.empty(len(need), np.int64)
    position[order] = np.arange(len(need)) - start[need[order]]
    return (position < places[need]) & (gain > 0)
