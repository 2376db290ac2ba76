"""The smallest change that makes an impossible plan possible."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matcher.pairing.conflicts import NAMED, Conflicts, names, possible_pins
from matcher.pairing.instance import Instance
from matcher.pairing.network import Network
from matcher.pairing.records import Problem, WantedKind
from matcher.records import LabelledEnum, PartnerKind


class ChangeKind(LabelledEnum):
    """What can be changed; where as few others would do, the earlier one is proposed."""

    CAPACITY = "capacity", "让对接对象多承接"
    PLACES = "places", "给需求增加名额"
    WISH = "wish", "不再要求意向类型"
    PIN = "pin", "取消指定"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "调整方式"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing to change; `before` and `after` are numbers of a capacity or of places."""

    kind: ChangeKind
    need_id: str = ""
    partner_id: str = ""
    before: int = 0
    after: int = 0

    @property
    def size(self) -> int:
        """How many single changes it is: one more of a number is one, and so is all else."""
        return max(1, self.after - self.before)

    def __str__(self) -> str:
        """Say in Chinese what to do, without a full stop."""
        if self.kind is ChangeKind.CAPACITY:
            return f"把 {self.partner_id} 还可承接的项数由 {self.before} 调到 {self.after}"
        if self.kind is ChangeKind.PLACES:
            return f"把需求 {self.need_id} 的名额由 {self.before} 调到 {self.after}"
        if self.kind is ChangeKind.WISH:
            return f"不再要求需求 {self.need_id} 必须有意向类型的对接对象"
        return f"取消 {self.need_id} 与 {self.partner_id} 的指定"


def smallest_changes(instance: Instance) -> tuple[Change, ...]:
    """Find changes of the smallest total size after which a plan exists.

    A pin that is barred, or of a need without an open place, can only be removed. All else is one
    cheapest flow in which capacities and places may be exceeded, and pins and required kinds be
    given up, at the price of one each.

    Returns:
        The changes, by kind and id; none if a plan exists as it is.
    """
    pinned = np.flatnonzero(instance.pinned)
    lost = np.setdiff1d(pinned, possible_pins(instance))
    return (*sorted(_elastic(instance), key=_order), *(_unpin(instance, at) for at in lost))


def apply_changes(problem: Problem, changes: Sequence[Change]) -> Problem:
    """The problem as it is after the changes."""
    capacity = {one.partner_id: one for one in changes if one.kind is ChangeKind.CAPACITY}
    places = {one.need_id: one for one in changes if one.kind is ChangeKind.PLACES}
    wishes = {one.need_id for one in changes if one.kind is ChangeKind.WISH}
    pins = {(one.need_id, one.partner_id) for one in changes if one.kind is ChangeKind.PIN}
    return replace(
        problem,
        partners=tuple(
            replace(one, capacity=capacity[one.id].after) if one.id in capacity else one
            for one in problem.partners
        ),
        needs=tuple(
            replace(
                one,
                places=places[one.id].after if one.id in places else one.places,
                wanted_kind="" if one.id in wishes else one.wanted_kind,
            )
            for one in problem.needs
        ),
        candidates=tuple(
            replace(one, pinned=False) if (one.need_id, one.partner_id) in pins else one
            for one in problem.candidates
        ),
    )


def advice(instance: Instance, found: Conflicts) -> tuple[str, ...]:
    """Say in Chinese what to change, and what giving up the required kinds would do instead."""
    sentences = tuple(str(change) for change in smallest_changes(instance))
    if found.of_pins:
        return sentences
    losing = names(instance.needs[at].id for at in found.unmet[:NAMED].tolist())
    kind = {instance.needs[at].wanted_kind for at in found.unmet.tolist()}
    what = PartnerKind.parse(kind.pop()).label if len(kind) == 1 else "意向类型的对接对象"
    return (
        *sentences,
        f"或者不作上述调整，把{WantedKind.term()}改为“{WantedKind.PREFERRED.label}”，"
        f"将有 {len(found.unmet)} 项需求得不到{what}，例如 {losing}",
    )


def _elastic(instance: Instance) -> Iterator[Change]:
    """Changes for the pins that can be kept and the required kinds."""
    pins = possible_pins(instance)
    demanding = np.flatnonzero(instance.demanding)
    helping = instance.wanted & instance.demanding[instance.need]
    free = np.flatnonzero(helping & ~instance.barred & ~instance.pinned)
    if not len(pins) + len(demanding):
        return
    # Only ties are settled by the order of the kinds: it never adds up to one change.
    one = len(ChangeKind) * (len(pins) + len(demanding)) + 1
    price = {kind: one + at for at, kind in enumerate(ChangeKind)}
    many = len(pins) + len(free)

    network = Network()
    source, sink = network.nodes(2).tolist()
    need, hub = network.nodes(len(instance.needs)), network.nodes(len(instance.needs))
    partner = network.nodes(len(instance.partners))
    tail = np.where(helping, hub[instance.need], need[instance.need])
    kept = network.arcs(tail[pins], partner[instance.partner[pins]], 1, -price[ChangeKind.PIN])
    network.arcs(tail[free], partner[instance.partner[free]], 1, 0)
    network.arcs(source, need, instance.places, 0)
    places = network.arcs(source, need, many, price[ChangeKind.PLACES])
    wishes = network.arcs(need[demanding], hub[demanding], 1, -price[ChangeKind.WISH])
    network.arcs(need[demanding], hub[demanding], many, 0)
    network.arcs(partner, sink, instance.capacity, 0)
    capacity = network.arcs(partner, sink, many, price[ChangeKind.CAPACITY])
    network.arcs(source, sink, many, 0)
    network.supply(source, many)
    flow = network.cheapest(sink=sink, all_of_it=True)

    for at in np.flatnonzero(flow[capacity]).tolist():
        owner = instance.partners[at]
        after = owner.capacity + int(flow[capacity][at])
        yield Change(
            kind=ChangeKind.CAPACITY, partner_id=owner.id, before=owner.capacity, after=after
        )
    for at in np.flatnonzero(flow[places]).tolist():
        taker = instance.needs[at]
        after = taker.places + int(flow[places][at])
        yield Change(kind=ChangeKind.PLACES, need_id=taker.id, before=taker.places, after=after)
    for at in demanding[flow[wishes] == 0].tolist():
        yield Change(kind=ChangeKind.WISH, need_id=instance.needs[at].id)
    for at in pins[flow[kept] == 0].tolist():
        yield _unpin(instance, at)


def _unpin(instance: Instance, at: int) -> Change:
    one = instance.candidates[at]
    return Change(kind=ChangeKind.PIN, need_id=one.need_id, partner_id=one.partner_id)


def _order(change: Change) -> tuple[int, str, str]:
    return list(ChangeKind).index(change.kind), change.need_id, change.partner_id
