"""Small problems of every sort, and an oracle that tries every choice of pairs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import chain, combinations
from math import ceil

import numpy as np
from hypothesis import strategies as st

from matcher.pairing.records import Candidate, FreePartner, OpenNeed, Problem, WantedKind

KINDS = ("expert", "society")
COUNTIES = ("鹿城区", "瓯海区", "泰顺县")


def need(id: str, places: int = 3, wanted: str = "", county: str = "鹿城区") -> OpenNeed:
    return OpenNeed(id=id, county=county, places=places, wanted_kind=wanted)


def partner(id: str, capacity: int = 1, kind: str = "expert") -> FreePartner:
    return FreePartner(id=id, kind=kind, capacity=capacity)


def pair(
    need_id: str, partner_id: str, quality: float = 0.5, *, pinned: bool = False, barred: str = ""
) -> Candidate:
    return Candidate(
        need_id=need_id, partner_id=partner_id, quality=quality, pinned=pinned, barred=barred
    )


def problem(
    needs: Iterable[OpenNeed],
    partners: Iterable[FreePartner],
    candidates: Iterable[Candidate],
    wanted: WantedKind = WantedKind.PREFERRED,
) -> Problem:
    return Problem(
        needs=tuple(needs), partners=tuple(partners), candidates=tuple(candidates), wanted=wanted
    )


def crowd(needs: int = 40, partners: int = 25, seed: int = 1) -> Problem:
    """Needs of two counties that compete for partners with a capacity of two."""
    random = np.random.default_rng(seed)
    return problem(
        [
            need(f"N{at}", county=f"C{at % 2}", wanted="" if at % 3 else "society")
            for at in range(needs)
        ],
        [partner(f"P{at}", 2, ("expert", "society")[at % 2]) for at in range(partners)],
        [
            pair(f"N{one}", f"P{other}", round(float(random.random()), 6))
            for one in range(needs)
            for other in random.choice(partners, 8, replace=False)
        ],
    )


@st.composite
def problems(draw: st.DrawFn, *, marks: bool = True, most: int = 10) -> Problem:
    """Up to four needs and four partners; `marks` allows pins and bars."""
    needs = [
        need(
            f"N{at}",
            places=draw(st.sampled_from((1, 1, 1, 2, 2, 3, 0))),
            wanted=draw(st.sampled_from(("", *KINDS))),
            county=draw(st.sampled_from(COUNTIES)),
        )
        for at in range(draw(st.integers(2, 4)))
    ]
    partners = [
        partner(
            f"P{at}",
            capacity=draw(st.sampled_from((1, 1, 1, 2, 0))),
            kind=draw(st.sampled_from(KINDS)),
        )
        for at in range(draw(st.integers(2, 4)))
    ]
    pairs = st.tuples(st.sampled_from(needs), st.sampled_from(partners))
    chosen = draw(st.lists(pairs, unique_by=lambda one: (one[0].id, one[1].id), max_size=most))
    rare = st.sampled_from([False] * 4 + [True]) if marks else st.just(False)
    candidates = [
        pair(
            needs_it.id,
            gives.id,
            draw(st.integers(0, 10)) / 10,
            pinned=draw(rare),
            barred="有利益关系" if draw(rare) else "",
        )
        for needs_it, gives in chosen
    ]
    return problem(needs, partners, candidates, draw(st.sampled_from(WantedKind)))


def all_plans(problem: Problem) -> Iterator[tuple[Candidate, ...]]:
    """Every choice of candidates that keeps what must be kept."""
    pins = [one for one in problem.candidates if one.pinned]
    if any(one.barred for one in pins):
        return
    free = [one for one in problem.candidates if not one.pinned and not one.barred]
    sizes = range(len(free) + 1)
    for more in chain.from_iterable(combinations(free, size) for size in sizes):
        chosen = (*pins, *more)
        if allowed(problem, chosen):
            yield chosen


def allowed(problem: Problem, chosen: Sequence[Candidate]) -> bool:
    """Whether a choice without barred ones keeps places, capacities and required kinds."""
    of_need = Counter(one.need_id for one in chosen)
    of_partner = Counter(one.partner_id for one in chosen)
    return (
        all(of_need[one.id] <= one.places for one in problem.needs)
        and all(of_partner[one.id] <= one.capacity for one in problem.partners)
        and (problem.wanted is WantedKind.PREFERRED or demanding(problem) <= met(problem, chosen))
    )


def demanding(problem: Problem) -> set[str]:
    """Needs with a place and a candidate of the wanted kind who is not barred."""
    wished = {one.need_id for one in problem.candidates if fits(problem, one) and not one.barred}
    return {one.id for one in problem.needs if one.places and one.id in wished}


def met(problem: Problem, chosen: Iterable[Candidate]) -> set[str]:
    """Needs that get the kind that they want."""
    return {one.need_id for one in chosen if fits(problem, one)}


def fits(problem: Problem, candidate: Candidate) -> bool:
    wanted = next(one.wanted_kind for one in problem.needs if one.id == candidate.need_id)
    return wanted == next(one.kind for one in problem.partners if one.id == candidate.partner_id)


def shares(problem: Problem, chosen: Sequence[Candidate]) -> dict[str, tuple[int, int]]:
    """Needs served, and needs that could be, of each county where one could be."""
    places = {one.id for one in problem.needs if one.places}
    capacity = {one.id for one in problem.partners if one.capacity}
    could = {
        one.need_id
        for one in problem.candidates
        if not one.barred and one.need_id in places and one.partner_id in capacity
    }
    served = {one.need_id for one in chosen}
    county = {one.id: one.county for one in problem.needs}
    return {
        name: (
            sum(county[one] == name for one in served),
            sum(county[one] == name for one in could),
        )
        for name in {county[one] for one in could}
    }


Level = tuple[tuple[int, ...], int, int, int]


def level(problem: Problem, chosen: Sequence[Candidate]) -> Level:
    """What plans are compared by: the larger the better.

    Needs that are missing for every county to reach a share, for every share from the smallest;
    needs served; wishes that come true (if preferred); quality in millionths.
    """
    counties = shares(problem, chosen)
    steps = sorted({Fraction(at, of) for _, of in counties.values() for at in range(of + 1)})
    missing = tuple(
        -sum(max(0, ceil(step * of) - got) for got, of in counties.values()) for step in steps
    )
    wishes = len(met(problem, chosen)) if problem.wanted is WantedKind.PREFERRED else 0
    quality = sum(round(one.quality * 1_000_000) for one in chosen)
    return missing, len({one.need_id for one in chosen}), wishes, quality
