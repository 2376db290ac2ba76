"""What is known of pairs, read from the store with as many queries for thousands as for one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from matcher.casework.site_facts import SiteFact
from matcher.desk.core import RecordDesk
from matcher.errors import NotFoundError
from matcher.rules.records import FactOwner, FactValue
from matcher.rules.situation import EnterpriseSituation, PartnerSituation, Situation
from matcher.store.codec import digest
from matcher.store.enterprises import get_enterprises
from matcher.store.site_facts import (
    NeedSide,
    need_sides,
    needs_counted,
    pairing_numbers,
    partner_sides,
    site_facts_of,
    stations_held,
    types_failed,
)

Pair = tuple[str, str]
"""Ids of a need and a partner."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The situation of a pair.

    Attributes:
        situation: as the rules see it.
        owners: ids of the enterprise, the partner and the pairing, as far as they are there.
        answers: what staff have entered for any of them, by the name of the fact.
    """

    situation: Situation
    owners: Mapping[FactOwner, str]
    answers: Mapping[str, SiteFact]


def own_need(desk: RecordDesk, session: Session, need_id: str) -> NeedSide:
    """A need, within a session.

    Raises:
        NotFoundError: there is no such need, or it is not the actor's to see.
    """
    need = need_sides(session, [need_id]).get(need_id)
    if need is None:
        raise NotFoundError("需求", need_id)
    desk.check_county(need.county, "需求", need_id)
    return need


def load_pair(session: Session, pair: Pair) -> Loaded:
    """What is known of a need, which must exist, and a partner.

    Raises:
        NotFoundError: there is no such partner.
    """
    found = load_all(session, [pair]).get(pair)
    if found is None:
        raise NotFoundError("对象", pair[1])
    return found


def seen_by(desk: RecordDesk, loaded: Loaded) -> Loaded:
    """Without what is known of an enterprise that is another county's to see."""
    firm = loaded.situation.enterprise
    if firm is None or desk.actor.covers(firm.enterprise.county):
        return loaded
    enterprise = FactOwner.ENTERPRISE
    return Loaded(
        replace(loaded.situation, enterprise=None),
        {owner: key for owner, key in loaded.owners.items() if owner is not enterprise},
        {name: fact for name, fact in loaded.answers.items() if fact.owner != enterprise},
    )


def load_all(session: Session, pairs: Sequence[Pair]) -> dict[Pair, Loaded]:
    """The situations of pairs, with a number of queries that does not grow with them."""
    needs = need_sides(session, {need_id for need_id, _ in pairs})
    partners = _partners(session, {partner_id for _, partner_id in pairs})
    firms = _enterprises(session, {n.enterprise_id for n in needs.values() if n.enterprise_id})
    numbers = pairing_numbers(session, needs)
    wanted = {numbers[pair] for pair in pairs if pair in numbers}
    of_pairings = site_facts_of(session, FactOwner.PAIRING, map(str, wanted))
    found: dict[Pair, Loaded] = {}
    for pair in pairs:
        need, partner = needs.get(pair[0]), partners.get(pair[1])
        if need is None or partner is None:
            continue
        firm = firms.get(need.enterprise_id or "")
        number = numbers.get(pair)
        known = of_pairings.get(str(number), {})
        owners = {FactOwner.PARTNER: pair[1]}
        answers = dict(partner[1])
        if firm is not None:
            owners[FactOwner.ENTERPRISE] = firm[0].enterprise.id
            answers |= firm[1]
        if number is not None:
            owners[FactOwner.PAIRING] = str(number)
        found[pair] = Loaded(
            Situation(
                wanted=need.wanted_site,
                enterprise=firm[0] if firm else None,
                partner=partner[0],
                stored=_values(known),
            ),
            owners,
            answers | known,
        )
    return found


def _enterprises(
    session: Session, ids: set[str]
) -> dict[str, tuple[EnterpriseSituation, dict[str, SiteFact]]]:
    counts, failed = needs_counted(session, ids), types_failed(session, ids)
    stored = site_facts_of(session, FactOwner.ENTERPRISE, ids)
    return {
        key: (
            EnterpriseSituation(
                enterprise=enterprise,
                needs=counts.get(key, 0),
                failed_types=failed.get(key, frozenset()),
                stored=_values(stored.get(key, {})),
            ),
            stored.get(key, {}),
        )
        for key, enterprise in get_enterprises(session, ids).items()
    }


def _partners(
    session: Session, ids: set[str]
) -> dict[str, tuple[PartnerSituation, dict[str, SiteFact]]]:
    held = stations_held(session, ids)
    stored = site_facts_of(session, FactOwner.PARTNER, ids)
    return {
        key: (
            PartnerSituation(
                id=key,
                kind=side.kind,
                title=side.title,
                region=side.region,
                retired=side.retired,
                stations_elsewhere=side.stations_elsewhere,
                stations=held.get(key, ()),
                stored=_values(stored.get(key, {})),
            ),
            stored.get(key, {}),
        )
        for key, side in partner_sides(session, ids).items()
    }


def _values(facts: Mapping[str, SiteFact]) -> dict[str, FactValue]:
    return {name: fact.value for name, fact in facts.items()}


def fingerprint_of(answers: Mapping[str, SiteFact]) -> str:
    """Something else after any answer has changed."""
    return digest("".join(f"{name}={answers[name].value!r};" for name in sorted(answers)))
