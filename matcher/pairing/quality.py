"""The best plan among the fair ones: one cheapest flow."""

import numpy as np

from matcher.pairing.core import Core
from matcher.pairing.fairness import Turns
from matcher.pairing.instance import Ints
from matcher.pairing.network import Network


def best(core: Core, turns: Turns) -> Ints:
    """Choose the pairs of the largest sum of quality among all that are fair.

    A need's first partner flows through its county, where the turns that fairness takes are
    supplied; further partners flow to it directly. Behind the need a hub leads to the partners of
    the kind that it wants, and the first unit into the hub earns more than any plan's whole
    quality: with a preferred kind that makes as many wishes as possible come true before the
    quality counts, and it is still small enough to be added exactly. With a required kind that
    unit is supplied at the hub.

    Returns:
        Numbers of pairs of the core, rising.
    """
    network = Network()
    sink, spare = network.nodes(2).tolist()
    need, hub = network.nodes(len(core.places)), network.nodes(len(core.places))
    partner = network.nodes(len(core.capacity))

    pairs = network.arcs(
        np.where(core.helps, hub[core.need], need[core.need]),
        partner[core.partner],
        1,
        -core.worth,
    )
    network.arcs(partner, sink, core.capacity, 0)
    _first(core, turns, network, need)
    _wishes(core, network, need, hub)
    further = np.where(core.first | core.must, core.places - 1, core.places)
    network.arcs(spare, need, further, 0)
    network.arcs(spare, sink, further.sum(), 0)
    network.supply(spare, further.sum())
    flow = network.cheapest(sink=sink, all_of_it=True)
    return np.flatnonzero(flow[pairs])


def _first(core: Core, turns: Turns, network: Network, need: Ints) -> None:
    """Supply the turns that are taken; of a rank with a choice the quality decides which."""
    counties = network.nodes(len(core.servable))
    first = np.flatnonzero(core.first)
    network.arcs(counties[core.county[first]], need[first], 1, 0)

    of_rank = np.bincount(turns.rank, minlength=len(turns.takers))
    all_taken = (of_rank == turns.takers)[turns.rank]
    network.supply(counties, np.bincount(turns.county[all_taken], minlength=len(counties)))
    ranks = network.nodes(len(of_rank))
    network.supply(ranks, np.where(of_rank == turns.takers, 0, turns.takers))
    open_turns = ~all_taken & (turns.takers[turns.rank] > 0)
    network.arcs(ranks[turns.rank[open_turns]], counties[turns.county[open_turns]], 1, 0)


def _wishes(core: Core, network: Network, need: Ints, hub: Ints) -> None:
    """Let needs that ask reach their hubs; the first unit is required, or worth the most."""
    asking = np.flatnonzero(core.asks)
    network.arcs(need[asking], hub[asking], core.places[asking] - 1, 0)
    if core.required:
        network.supply(hub[asking], 1)
    else:
        network.arcs(need[asking], hub[asking], 1, -(_whole(core) + 1))


def _whole(core: Core) -> int:
    """More than the quality of any plan: every place filled with its need's best, in millionths."""
    top = np.zeros(len(core.places), np.int64)
    np.maximum.at(top, core.need, core.worth)
    return int((top * core.places).sum())
