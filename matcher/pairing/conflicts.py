"""Which of the things that were asked cannot all be kept, in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from matcher.pairing.instance import Instance, Ints
from matcher.pairing.network import Network
from matcher.records import PartnerKind

NAMED = 8
"""So many ids are named in one list; more are counted."""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Needs that all must get a partner of one kind, and those who have too little capacity."""

    needs: Ints
    partners: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Conflicts:
    """What binds, and what keeps the required kinds as far as they can be.

    Attributes:
        barred: pinned candidates who must not be.
        closed: pinned candidates of needs without an open place.
        crowded_needs: needs with more other pins than places.
        crowded_partners: partners with more other pins than capacity.
        full: needs whose pins leave no place for the kind that they must get.
        groups: needs that must get a kind whose partners have no capacity left for all.
        unmet: needs that cannot all get the kind that they must get: those of `full`, and as few
            of the groups as possible.
        granted: candidates that give the others of them that kind, no pins.
    """

    barred: Ints
    closed: Ints
    crowded_needs: Ints
    crowded_partners: Ints
    full: Ints
    groups: tuple[Group, ...]
    unmet: Ints
    granted: Ints

    @property
    def of_pins(self) -> bool:
        """Whether the pins alone cannot be kept."""
        return any(map(len, (self.barred, self.closed, self.crowded_needs, self.crowded_partners)))

    def __bool__(self) -> bool:
        """Whether anything binds."""
        return self.of_pins or len(self.unmet) > 0


def possible_pins(instance: Instance) -> Ints:
    """Pins that some plan can keep: not barred, and of a need with an open place."""
    return np.flatnonzero(instance.pinned & ~instance.barred & (instance.places[instance.need] > 0))


def conflicts_of(instance: Instance) -> Conflicts:
    """Find everything that binds; nothing of it if a plan exists."""
    pinned = np.flatnonzero(instance.pinned)
    barred = pinned[instance.barred[pinned]]
    open_place = instance.places[instance.need[pinned]] > 0
    pins = possible_pins(instance)
    places = instance.places - np.bincount(instance.need[pins], minlength=len(instance.needs))
    capacity = instance.capacity - np.bincount(
        instance.partner[pins], minlength=len(instance.partners)
    )

    asking = instance.demanding & ~instance.needs_of(pins[instance.wanted[pins]])
    full = np.flatnonzero(asking & (places <= 0))
    asking &= places > 0
    pairs = np.flatnonzero(
        instance.wanted & ~instance.barred & ~instance.pinned & asking[instance.need]
    )
    granted, groups = _share_out(instance, pairs, np.maximum(capacity, 0))
    unmet = np.flatnonzero(asking & ~instance.needs_of(granted))
    return Conflicts(
        barred=barred,
        closed=pinned[~open_place & ~instance.barred[pinned]],
        crowded_needs=np.flatnonzero(places < 0),
        crowded_partners=np.flatnonzero(capacity < 0),
        full=full,
        groups=groups,
        unmet=np.sort(np.concatenate([full, unmet])),
        granted=granted,
    )


def _share_out(instance: Instance, pairs: Ints, capacity: Ints) -> tuple[Ints, tuple[Group, ...]]:
    """Give one of these pairs to as many of their needs as possible.

    Returns:
        The pairs given, and the needs and partners between which it fails: by the smallest cut
        every partner of such a need is full (Hall's condition), part by part.
    """
    if not len(pairs):
        return pairs, ()
    network = Network()
    source, sink = network.nodes(2).tolist()
    need, partner = network.nodes(len(instance.needs)), network.nodes(len(capacity))
    asking = np.unique(instance.need[pairs])
    given = network.arcs(need[instance.need[pairs]], partner[instance.partner[pairs]], 1, 0)
    entering = network.arcs(source, need[asking], 1, 0)
    network.arcs(partner, sink, capacity, 0)
    flow, near = network.largest(source=source, sink=sink)
    granted = pairs[flow[given] > 0]
    if flow[entering].all():
        return granted, ()
    return granted, tuple(_parts(instance, pairs[near[need[instance.need[pairs]]]]))


def _parts(instance: Instance, pairs: Ints) -> Iterator[Group]:
    """Split what is short into its connected parts, in the order of their first needs."""
    count = len(instance.needs)
    needs, partners = instance.need[pairs], instance.partner[pairs]
    size = count + len(instance.partners)
    graph = coo_array((np.ones(len(pairs), np.int8), (needs, count + partners)), (size, size))
    part = connected_components(graph, directed=False)[1]
    shown = np.unique(needs)
    for one in dict.fromkeys(part[shown].tolist()):
        inside = part[needs] == one
        yield Group(np.unique(needs[inside]), np.unique(partners[inside]))


def sentences(instance: Instance, found: Conflicts) -> tuple[str, ...]:
    """Say in Chinese what binds; one sentence for each constraint, without a full stop."""
    return (
        *(_barred(instance, at) for at in found.barred.tolist()),
        *(_closed(instance, at) for at in found.closed.tolist()),
        *(_crowded_need(instance, at) for at in found.crowded_needs.tolist()),
        *(_crowded_partner(instance, at) for at in found.crowded_partners.tolist()),
        *(_full(instance, at) for at in found.full.tolist()),
        *(_short(instance, group) for group in found.groups),
    )


def names(ids: Iterable[str]) -> str:
    """List ids in Chinese, the first few by name."""
    known = list(ids)
    more = f" 等 {len(known)} 个" if len(known) > NAMED else ""
    return "、".join(known[:NAMED]) + more


def _barred(instance: Instance, at: int) -> str:
    one = instance.candidates[at]
    return f"需求 {one.need_id} 指定了 {one.partner_id}，但两者不能对接：{one.barred}"


def _closed(instance: Instance, at: int) -> str:
    one = instance.candidates[at]
    return f"需求 {one.need_id} 已经没有名额，却还指定了 {one.partner_id}"


def _crowded_need(instance: Instance, at: int) -> str:
    need = instance.needs[at]
    pins = possible_pins(instance)
    mine = pins[instance.need[pins] == at].tolist()
    partners = names(instance.candidates[pin].partner_id for pin in mine)
    return f"需求 {need.id} 只有 {need.places} 个名额，却指定了 {len(mine)} 个对接对象：{partners}"


def _crowded_partner(instance: Instance, at: int) -> str:
    partner = instance.partners[at]
    pins = possible_pins(instance)
    mine = pins[instance.partner[pins] == at].tolist()
    needs = names(instance.candidates[pin].need_id for pin in mine)
    room = f"还可承接 {partner.capacity} 项" if partner.capacity else "已不能再承接"
    return f"{partner.id} {room}，却被指定给 {len(mine)} 项需求：{needs}"


def _full(instance: Instance, at: int) -> str:
    need = instance.needs[at]
    return (
        f"需求 {need.id} 必须有一个{_kind(need.wanted_kind)}，"
        f"但它的 {need.places} 个名额都已指定给别的对接对象"
    )


def _short(instance: Instance, group: Group) -> str:
    needs = [instance.needs[at] for at in group.needs.tolist()]
    partners = [instance.partners[at] for at in group.partners.tolist()]
    pins = possible_pins(instance)
    load = np.bincount(instance.partner[pins], minlength=len(instance.partners))
    room = np.maximum(instance.capacity - load, 0)[group.partners].sum()
    left = f"一共还可承接 {room} 项" if room else "都已不能再承接"
    if load[group.partners].any():
        left = f"除去已指定的，{left}"
    return (
        f"{len(needs)} 项需求必须有一个{_kind(needs[0].wanted_kind)}"
        f"（{names(need.id for need in needs)}），"
        f"能与它们对接的 {names(partner.id for partner in partners)} {left}"
    )


def _kind(value: str) -> str:
    return PartnerKind.parse(value).label
