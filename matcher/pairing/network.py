"""A network whose cheapest flow is the plan: a thin face over the solver of OR-Tools.

The method is the scaling push-relabel of Goldberg (1997), "An efficient implementation of a
scaling minimum-cost flow algorithm", Journal of Algorithms 22. Costs, capacities and supplies are
whole numbers, so the flow that it finds is whole and exactly the cheapest.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from ortools.graph.python import max_flow, min_cost_flow

from matcher.pairing.instance import Bools, Ints


class Network:
    """Nodes, arcs and supplies that are put together and then solved once."""

    def __init__(self) -> None:
        self._nodes = 0
        self._supply: dict[int, int] = {}
        self._arcs: list[Sequence[Ints]] = []
        self._count = 0

    def nodes(self, count: int) -> Ints:
        """New nodes; shape (count,)."""
        self._nodes += count
        return np.arange(self._nodes - count, self._nodes)

    def arcs(self, tail: ArrayLike, head: ArrayLike, capacity: ArrayLike, cost: ArrayLike) -> slice:
        """New arcs, from arrays that broadcast to one length; return where their flow is found."""
        columns = np.broadcast_arrays(*(np.atleast_1d(one) for one in (tail, head, capacity, cost)))
        self._arcs.append([np.ascontiguousarray(column, np.int64) for column in columns])
        start, self._count = self._count, self._count + len(columns[0])
        return slice(start, self._count)

    def supply(self, node: ArrayLike, amount: ArrayLike) -> None:
        """Let what flows in at nodes, less what flows out, be more by an amount."""
        for at, more in np.broadcast(node, amount):
            self._supply[int(at)] = self._supply.get(int(at), 0) + int(more)

    def cheapest(self, *, sink: int, all_of_it: bool) -> Ints:
        """Flow of least cost from the supplies to a sink; shape (arcs,).

        Args:
            sink: the node that takes what is supplied.
            all_of_it: whether all that is supplied must flow, or only as much as can.

        Raises:
            RuntimeError: no such flow exists, or the costs are too large to be added.
        """
        solver = min_cost_flow.SimpleMinCostFlow()
        solver.add_arcs_with_capacity_and_unit_cost(*self._columns())
        for node, amount in self._supply.items():
            solver.set_node_supply(node, amount)
        solver.set_node_supply(sink, -sum(self._supply.values()))
        status = solver.solve() if all_of_it else solver.solve_max_flow_with_min_cost()
        if status != solver.OPTIMAL:
            raise RuntimeError(f"no cheapest flow: {status}")
        return np.asarray(solver.flows(np.arange(self._count)), np.int64)

    def largest(self, *, source: int, sink: int) -> tuple[Ints, Bools]:
        """Largest flow between two nodes, whatever the costs and supplies.

        Returns:
            The flow, shape (arcs,), and the nodes on the source's side of a smallest cut, shape
            (nodes,).

        Raises:
            RuntimeError: the capacities are too large to be added.
        """
        solver = max_flow.SimpleMaxFlow()
        solver.add_arcs_with_capacity(*self._columns()[:3])
        status = solver.solve(source, sink)
        if status != solver.OPTIMAL:
            raise RuntimeError(f"no largest flow: {status}")
        near = np.zeros(self._nodes, bool)
        near[solver.get_source_side_min_cut()] = True
        return np.asarray(solver.flows(np.arange(self._count)), np.int64), near

    def _columns(self) -> list[Ints]:
        return [np.concatenate(column) for column in zip(*self._arcs, strict=True)]
