"""A month's problem as numbers, checked and in the order of the ids."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher.errors import InvalidInputError
from matcher.pairing.records import Candidate, FreePartner, OpenNeed, Problem, WantedKind
from matcher.records import PartnerKind

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

_Numbered = TypeVar("_Numbered", OpenNeed, FreePartner)


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """A problem whose needs and partners are numbered by their ids.

    Everything is in the order of the ids, whatever the order in which the problem names it, so
    that equal problems get equal answers.

    Attributes:
        needs, partners: by id.
        candidates: by need and partner.
        need, partner: of each candidate, as numbers; shape (candidates,).
        quality, pinned: of each candidate.
        barred: candidates that must not be; one with a reason.
        wanted: candidates of the kind that their need wants.
        places, wishes: of each need; `wishes` where it wants a kind.
        capacity: of each partner.
        county: of each need, as a number below `counties`.
        required: whether every wish that somebody could fulfil must be.
    """

    needs: tuple[OpenNeed, ...]
    partners: tuple[FreePartner, ...]
    candidates: tuple[Candidate, ...]
    need: Ints
    partner: Ints
    quality: Floats
    pinned: Bools
    barred: Bools
    wanted: Bools
    places: Ints
    wishes: Bools
    capacity: Ints
    county: Ints
    counties: int
    required: bool

    @property
    def eligible(self) -> Bools:
        """Candidates that could be chosen if nobody else were; shape (candidates,)."""
        return ~self.barred & (self.places[self.need] > 0) & (self.capacity[self.partner] > 0)

    @property
    def servable(self) -> Bools:
        """Needs that could get somebody if they were alone; shape (needs,)."""
        return self.needs_of(self.eligible)

    @property
    def demanding(self) -> Bools:
        """Needs that must get a partner of the kind that they want; shape (needs,).

        Those with an open place and a candidate of that kind who is not barred. Whether that
        candidate has capacity left does not count: a partner who is fully booked is a constraint
        to be told, not a wish to be forgotten.
        """
        if not self.required:
            return np.zeros(len(self.needs), bool)
        return self.needs_of(self.wanted & ~self.barred) & (self.places > 0)

    def needs_of(self, candidates: Bools | Ints) -> Bools:
        """Which needs have at least one of these candidates; shape (needs,)."""
        having = np.zeros(len(self.needs), bool)
        having[self.need[candidates]] = True
        return having

    def records(self, chosen: Ints) -> tuple[Candidate, ...]:
        """The candidates of these numbers, by need and then by falling quality."""
        order = np.lexsort((self.partner[chosen], -self.quality[chosen], self.need[chosen]))
        return tuple(self.candidates[index] for index in chosen[order].tolist())

    def numbers(self, chosen: Sequence[Candidate]) -> Ints:
        """Numbers of candidates, rising; shape (chosen,).

        Raises:
            InvalidInputError: one is not among the candidates of the problem.
        """
        known = {(one.need_id, one.partner_id): at for at, one in enumerate(self.candidates)}
        try:
            found = {known[one.need_id, one.partner_id] for one in chosen}
        except KeyError as error:
            need_id, partner_id = error.args[0]
            message = f"{need_id} 与 {partner_id} 不在可选的配对之中，请重新生成方案"
            raise InvalidInputError(message) from None
        return np.array(sorted(found), np.int64)


def instance_of(problem: Problem) -> Instance:
    """Check a problem and number it.

    Raises:
        InvalidInputError: an id is given twice, a candidate names an unknown need or partner, a
            quality lies outside 0 to 1, or a number is negative.
        UnknownNameError: a kind of partner is unknown.
    """
    needs, need_at = _numbered("需求", problem.needs)
    partners, partner_at = _numbered("对接对象", problem.partners)
    _check_numbers(needs, partners)
    kinds = {"": -1} | {kind: at for at, kind in enumerate(PartnerKind)}
    wish = np.array([kinds[_kind(need.wanted_kind)] for need in needs], np.int64)
    kind = np.array([kinds[PartnerKind.parse(one.kind)] for one in partners], np.int64)
    counties = {name: at for at, name in enumerate(sorted({need.county for need in needs}))}

    given = problem.candidates
    need = _column(given, lambda one: need_at.get(one.need_id, -1), np.int64)
    partner = _column(given, lambda one: partner_at.get(one.partner_id, -1), np.int64)
    quality = _column(given, lambda one: one.quality, np.float64)
    _check_candidates(given, need, partner, quality)
    order = np.lexsort((partner, need))
    need, partner, quality = need[order], partner[order], quality[order]
    candidates = tuple(given[index] for index in order.tolist())
    _check_twice(candidates, need, partner)
    return Instance(
        needs=needs,
        partners=partners,
        candidates=candidates,
        need=need,
        partner=partner,
        quality=quality,
        pinned=_column(candidates, lambda one: one.pinned, np.bool_),
        barred=_column(candidates, lambda one: bool(one.barred), np.bool_),
        wanted=wish[need] == kind[partner],
        places=np.array([one.places for one in needs], np.int64),
        wishes=wish >= 0,
        capacity=np.array([one.capacity for one in partners], np.int64),
        county=np.array([counties[one.county] for one in needs], np.int64),
        counties=len(counties),
        required=problem.wanted is WantedKind.REQUIRED,
    )


def _kind(text: str) -> str:
    return PartnerKind.parse(text) if text else ""


def _numbered(
    what: str, records: Iterable[_Numbered]
) -> tuple[tuple[_Numbered, ...], dict[str, int]]:
    ordered = tuple(sorted(records, key=lambda record: record.id))
    numbers = {record.id: at for at, record in enumerate(ordered)}
    if len(numbers) < len(ordered):
        twice = next(one.id for one, other in pairwise(ordered) if one.id == other.id)
        raise InvalidInputError(f"{what} {twice} 出现了两次，每个编号只能出现一次")
    return ordered, numbers


def _column(
    candidates: Sequence[Candidate], value: Callable[[Candidate], object], kind: type[np.generic]
) -> NDArray[Any]:
    return np.fromiter(map(value, candidates), kind, len(candidates))


def _check_numbers(needs: Sequence[OpenNeed], partners: Sequence[FreePartner]) -> None:
    for need in needs:
        if need.places < 0:
            raise InvalidInputError(f"需求 {need.id} 的名额是 {need.places}，不能小于 0")
    for partner in partners:
        if partner.capacity < 0:
            message = f"对接对象 {partner.id} 还可承接的项数是 {partner.capacity}，不能小于 0"
            raise InvalidInputError(message)


def _check_candidates(
    given: Sequence[Candidate], need: Ints, partner: Ints, quality: Floats
) -> None:
    if (need < 0).any():
        one = given[int(np.argmax(need < 0))]
        raise InvalidInputError(f"配对 {one.need_id} — {one.partner_id} 中的需求不在本次需求之列")
    if (partner < 0).any():
        one = given[int(np.argmax(partner < 0))]
        raise InvalidInputError(f"配对 {one.need_id} — {one.partner_id} 中的对接对象不在名录之列")
    outside = ~((quality >= 0) & (quality <= 1))  # also what is not a number
    if outside.any():
        one = given[int(np.argmax(outside))]
        raise InvalidInputError(
            f"配对 {one.need_id} — {one.partner_id} 的匹配概率是 {one.quality}，应在 0 与 1 之间"
        )


def _check_twice(candidates: Sequence[Candidate], need: Ints, partner: Ints) -> None:
    twice = (need[1:] == need[:-1]) & (partner[1:] == partner[:-1])
    if twice.any():
        one = candidates[int(np.argmax(twice))]
        raise InvalidInputError(f"配对 {one.need_id} — {one.partner_id} 出现了两次")
