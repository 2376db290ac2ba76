"""A plan at once, without the solver: what is there when the time is over."""

import numpy as np

from matcher.pairing.core import Core
from matcher.pairing.instance import Ints


def start(core: Core, must: Ints) -> Ints:
    """Serve the counties in turn, each need by its best free partner; then fill up.

    Args:
        core: what is to be decided.
        must: pairs that keep what is required, as numbers of the core.

    Returns:
        Numbers of pairs of the core, rising.
    """
    order = np.lexsort((core.partner, -core.quality, core.need, _turn(core)[core.need]))
    one = np.minimum(core.places, core.first)
    return fill(core, _take(core, must, order, one))


def fill(core: Core, chosen: Ints) -> Ints:
    """Add pairs by falling quality while places and capacity last; wishes come first.

    Returns:
        Numbers of pairs of the core, rising.
    """
    by_quality = np.lexsort((core.partner, core.need, -core.quality))
    granted = core.need[chosen[core.helps[chosen]]]
    wishes = core.asks.astype(np.int64)
    wishes[granted] = 0
    chosen = _take(core, chosen, by_quality[core.helps[by_quality]], wishes)
    return _take(core, chosen, by_quality, core.places)


def _turn(core: Core) -> Ints:
    """Rank of each need by the share that its county has before it; shape (needs,).

    Within a county the need with the best candidate goes first.
    """
    best = np.zeros(len(core.places))
    np.maximum.at(best, core.need, core.quality)
    first = np.flatnonzero(core.first)
    order = first[np.lexsort((first, -best[first], core.county[first]))]
    sizes = np.bincount(core.county[order], minlength=len(core.servable))
    before = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    county = core.county[order]
    share = (core.sure[county] + before) / core.servable[county]
    turn = np.zeros(len(core.places), np.int64)
    turn[order] = np.unique(share, return_inverse=True)[1]
    return turn


def _take(core: Core, chosen: Ints, order: Ints, at_most: Ints) -> Ints:
    """Add pairs in order, at most so many new ones to each need, while all else allows it."""
    mine = np.bincount(core.need[chosen], minlength=len(core.places))
    more = np.minimum(at_most, core.places - mine).tolist()
    room = (
        core.capacity - np.bincount(core.partner[chosen], minlength=len(core.capacity))
    ).tolist()
    taken = set(chosen.tolist())
    columns = (order.tolist(), core.need[order].tolist(), core.partner[order].tolist())
    for pair, need, partner in zip(*columns, strict=True):
        if more[need] > 0 and room[partner] > 0 and pair not in taken:
            more[need] -= 1
            room[partner] -= 1
            taken.add(pair)
    return np.array(sorted(taken), np.int64)
