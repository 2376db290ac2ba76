"""What is left to decide of a problem once the pins are kept: arrays only, for the solver."""

from dataclasses import dataclass

import numpy as np

from matcher.pairing.instance import Bools, Floats, Instance, Ints

UNIT = 1_000_000
"""Qualities are counted in millionths: the solver adds whole numbers, and adds them exactly."""


@dataclass(frozen=True, slots=True, eq=False)
class Core:
    """The pairs that may still be chosen, after the pins.

    Attributes:
        need, partner: of each pair, as numbers of the instance; shape (pairs,).
        quality: of each pair.
        helps: pairs that would give a need the kind that it wants and no pin gave.
        candidate: number of the candidate that the pair is.
        places: what the pins left of each need's places.
        capacity: what they left of each partner's.
        asks: needs with a pair that helps.
        required: whether every need that asks must get one of them.
        first: needs that can be served, are not yet, and need not be.
        county: of each need.
        servable: needs of each county that somebody could serve; shape (counties,).
        sure: those of them that are served in any plan, by a pin or a required kind.
    """

    need: Ints
    partner: Ints
    quality: Floats
    helps: Bools
    candidate: Ints
    places: Ints
    capacity: Ints
    asks: Bools
    required: bool
    first: Bools
    county: Ints
    servable: Ints
    sure: Ints

    @property
    def worth(self) -> Ints:
        """Quality in whole millionths; shape (pairs,)."""
        return np.rint(self.quality * UNIT).astype(np.int64)

    @property
    def must(self) -> Bools:
        """Needs that must get a pair that helps; shape (needs,)."""
        return self.asks if self.required else np.zeros_like(self.asks)


def core_of(instance: Instance) -> Core:
    """Keep the pins of an instance and leave out what they make impossible.

    The pins must fit the places and the capacities; `conflicts` sees to that.
    """
    pins = np.flatnonzero(instance.pinned)
    places = instance.places - np.bincount(instance.need[pins], minlength=len(instance.needs))
    capacity = instance.capacity - np.bincount(
        instance.partner[pins], minlength=len(instance.partners)
    )
    free = ~instance.pinned & ~instance.barred
    free &= (places[instance.need] > 0) & (capacity[instance.partner] > 0)
    met = instance.needs_of(instance.pinned & instance.wanted)
    helping = free & instance.wanted & ~met[instance.need]

    asks = instance.needs_of(helping)
    sure = instance.needs_of(pins)
    if instance.required:
        sure |= asks
    open_pairs = np.flatnonzero(free)
    return Core(
        need=instance.need[open_pairs],
        partner=instance.partner[open_pairs],
        quality=instance.quality[open_pairs],
        helps=helping[open_pairs],
        candidate=open_pairs,
        places=places,
        capacity=capacity,
        asks=asks,
        required=instance.required,
        first=instance.needs_of(free) & ~sure,
        county=instance.county,
        servable=np.bincount(instance.county[instance.servable], minlength=instance.counties),
        sure=np.bincount(instance.county[sure & instance.servable], minlength=instance.counties),
    )
