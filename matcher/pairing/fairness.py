"""Who is served at all: the fair step before the sum.

The sets of needs that can all be served at once are the independent sets of a transversal matroid
(Edmonds and Fulkerson 1965). So the turns of the counties may be taken greedily: the j-th need of
a county with n needs has the turn (j - 1) / n, the share that the county has before it, and an
earlier turn goes before any later ones. What comes out

- makes the smallest share of a county as large as it can be, then leaves as few needs as possible
  short of every further share in turn;
- serves as many needs as can be served at all: every independent set grows to a largest one.

All best choices have the same number of needs at every turn, and only the order of the turns
matters, not their sizes; so ranks serve as costs of a flow, and small whole numbers suffice.
"""

from dataclasses import dataclass

import numpy as np

from matcher.pairing.core import Core
from matcher.pairing.instance import Bools, Ints
from matcher.pairing.network import Network


@dataclass(frozen=True, slots=True, eq=False)
class Turns:
    """The turns of the counties.

    Attributes:
        county: of each turn; shape (turns,).
        rank: of each turn, from 0; equal shares have equal ranks.
        takers: how many of the turns of each rank are taken; shape (ranks,).
    """

    county: Ints
    rank: Ints
    takers: Ints


def turns_of(core: Core) -> tuple[Ints, Ints]:
    """Turns of the needs that may or may not be served.

    Returns:
        County and rank of each turn; shape (needs that are `core.first`,), by county.
    """
    sizes = np.bincount(core.county[core.first], minlength=len(core.servable))
    county = np.repeat(np.arange(len(sizes)), sizes)
    before = np.arange(len(county)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    share = (core.sure[county] + before) / core.servable[county]
    return county, np.unique(share, return_inverse=True)[1].astype(np.int64)


def fairly(core: Core) -> tuple[Ints, Turns]:
    """Give first partners to as many needs as possible, and fairly.

    Returns:
        Pairs of the core, at most one for each need, as numbers; and which turns were taken.
    """
    network = Network()
    source, sink = network.nodes(2).tolist()
    need, partner = network.nodes(len(core.places)), network.nodes(len(core.capacity))
    counties = network.nodes(len(core.servable))
    usable = np.flatnonzero(_usable(core))
    county, rank = turns_of(core)
    must, first = np.flatnonzero(core.must), np.flatnonzero(core.first)

    pairs = network.arcs(need[core.need[usable]], partner[core.partner[usable]], 1, 0)
    network.arcs(partner, sink, core.capacity, 0)
    network.arcs(source, need[must], 1, 0)  # before any turn, so that they all remain
    taken = network.arcs(source, counties[county], 1, rank + 1)
    network.arcs(counties[core.county[first]], need[first], 1, 0)
    network.supply(source, len(must) + len(first))

    flow = network.cheapest(sink=sink, all_of_it=False)
    takers = np.zeros(rank.max(initial=-1) + 1, np.int64)
    np.add.at(takers, rank, flow[taken])
    return usable[flow[pairs] > 0], Turns(county, rank, takers)


def _usable(core: Core) -> Bools:
    """Pairs that can be the first of their need: if a kind is required, one of that kind."""
    return core.first[core.need] | (core.must[core.need] & core.helps)
