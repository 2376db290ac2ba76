"""What one would choose without an optimiser, to compare with; and what a choice amounts to."""

from collections.abc import Iterable, Sequence
from math import fsum

import numpy as np

from matcher.pairing.instance import Instance, Ints, instance_of
from matcher.pairing.records import Candidate, PlanFigures, Problem


def greedy(problem: Problem) -> tuple[Candidate, ...]:
    """Choose need by need, as one does by hand with an eye on capacities.

    The pins come first, whatever they overload; then the need with the best candidate takes its
    best partners who are free, as many as it has places, then the next need. Equal ones go by
    their ids. A required kind is not looked after.

    Returns:
        The candidates chosen, by need and then by falling quality.

    Raises:
        InvalidInputError: the problem is not consistent; see `instance_of`.
    """
    instance = instance_of(problem)
    return instance.records(greedy_choice(instance))


def naive(problem: Problem) -> tuple[Candidate, ...]:
    """Give every need its pins and its best candidates, as if nobody's capacity were limited.

    Returns:
        The candidates chosen, by need and then by falling quality.

    Raises:
        InvalidInputError: the problem is not consistent; see `instance_of`.
    """
    instance = instance_of(problem)
    return instance.records(naive_choice(instance))


def figures_of(problem: Problem, chosen: Sequence[Candidate]) -> PlanFigures:
    """What a choice of candidates of a problem amounts to.

    Raises:
        InvalidInputError: the problem is not consistent, or something else was chosen.
    """
    instance = instance_of(problem)
    return choice_figures(instance, instance.numbers(chosen))


def greedy_choice(instance: Instance) -> Ints:
    """Do what `greedy` says; return numbers of candidates, rising."""
    free = ~instance.barred & ~instance.pinned
    best = np.full(len(instance.needs), -1.0)
    np.maximum.at(best, instance.need[free], instance.quality[free])
    need = instance.need
    order = np.lexsort((instance.partner, -instance.quality, need, -best[need]))
    pins = np.flatnonzero(instance.pinned)
    return take(instance, pins, order[free[order]], instance.capacity)


def naive_choice(instance: Instance) -> Ints:
    """Do what `naive` says; return numbers of candidates, rising."""
    free = ~instance.barred & ~instance.pinned
    order = np.lexsort((instance.partner, -instance.quality, instance.need))
    unlimited = np.full(len(instance.partners), len(instance.needs) + 1)
    return take(instance, np.flatnonzero(instance.pinned), order[free[order]], unlimited)


def take(instance: Instance, first: Ints, order: Ints, capacity: Ints) -> Ints:
    """Keep what is taken, and take more in the order given while places and capacity last.

    Args:
        instance: the problem.
        first: numbers of the candidates that are taken already.
        order: numbers of other candidates; the earlier one goes first.
        capacity: of each partner.

    Returns:
        Numbers of candidates, rising.
    """
    need, partner = instance.need, instance.partner
    places = (instance.places - np.bincount(need[first], minlength=len(instance.needs))).tolist()
    room = (capacity - np.bincount(partner[first], minlength=len(capacity))).tolist()
    taken = first.tolist()
    for at, needs, gives in _triples(order, need[order], partner[order]):
        if places[needs] > 0 and room[gives] > 0:
            places[needs] -= 1
            room[gives] -= 1
            taken.append(at)
    return np.array(sorted(taken), np.int64)


def choice_figures(instance: Instance, chosen: Ints) -> PlanFigures:
    """What candidates of these numbers amount to."""
    served = instance.needs_of(chosen)
    load = np.bincount(instance.partner[chosen], minlength=len(instance.partners))
    could = np.bincount(instance.county[instance.servable], minlength=instance.counties)
    got = np.bincount(instance.county[served], minlength=instance.counties)
    return PlanFigures(
        quality=fsum(instance.quality[chosen].tolist()),
        pairs=len(chosen),
        needs_served=int(served.sum()),
        wanted_met=int(instance.needs_of(chosen[instance.wanted[chosen]]).sum()),
        overloaded=int((load > instance.capacity).sum()),
        counties_empty=int(((could > 0) & (got == 0)).sum()),
    )


def _triples(*columns: Ints) -> Iterable[tuple[int, ...]]:
    return zip(*(column.tolist() for column in columns), strict=True)
