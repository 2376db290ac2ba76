"""Pairings as they are read: one with all that belongs to it, lists, the board, those of a need."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.orm import Session

from matcher.casework.contacts import Contact, ContactOwner
from matcher.casework.needs import NeedStatus
from matcher.casework.pairings import Pairing, PairingEvent, PairingStage
from matcher.casework.progress import (
    OVERDUE_AFTER,
    Load,
    days_between,
    is_overdue,
    may_begin,
    proposes_relisting,
    year_start,
)
from matcher.desk import contacts
from matcher.desk.core import Desk
from matcher.desk.timelines import own_pairing
from matcher.records import Enterprise, Need, Partner
from matcher.store.enterprises import get_enterprises
from matcher.store.need_steps import need_status
from matcher.store.needs import get_need, get_needs, list_needs
from matcher.store.pairings import (
    Limits,
    PairingFilter,
    count_active,
    count_stages,
    events_of,
    limits_of,
    list_pairings,
    pairings_of_need,
    pairings_of_partner,
    stage_since,
)
from matcher.store.partners import get_partner, get_partners, list_partners

MOST_CARDS: Final = 30
"""Cards that a column of the board shows; the rest stands in the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingCard:
    """A pairing with its two sides, and how long it has stood where it is."""

    pairing: Pairing
    need: Need
    enterprise: Enterprise | None
    partner: Partner
    days: int
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A stage of the board: its first cards, and how many pairings stand there in all."""

    stage: PairingStage
    cards: list[PairingCard]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingFile:
    """A pairing with all that staff see of it.

    Contact data is masked as `contacts.seen` masks it. `proposes_relisting` is whether the need
    should go back into the library.
    """

    card: PairingCard
    need_status: NeedStatus
    events: list[PairingEvent]
    load: Load
    proposes_relisting: bool
    need_contacts: list[Contact]
    enterprise_contacts: list[Contact]
    partner_contacts: list[Contact]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedPairings:
    """What is known of a need and some partners, to be shown beside its recommendations.

    Attributes:
        need_id: the need.
        is_open: whether it looks for a partner.
        of: its pairings, by partner, the earliest first.
        partners: those of its pairings, by id.
        conflicts: partners with a conflict of interest with the need's enterprise.
        loads: of partners whose yearly capacity is known.
    """

    need_id: str
    is_open: bool
    of: Mapping[str, Pairing]
    partners: Mapping[str, Partner]
    conflicts: Collection[str]
    loads: Mapping[str, Load]


def open_pairing(desk: Desk, pairing_id: int) -> PairingFile:
    """A pairing with its sides, timeline and contacts.

    Raises:
        NotFoundError: there is no such pairing, or it is not the actor's to see.
    """
    with desk.reading() as session:
        pairing = own_pairing(desk, session, pairing_id)
        (card,) = _cards(session, [pairing])
        status = need_status(session, pairing.need_id)
        stages = [each.stage for each in pairings_of_need(session, pairing.need_id)]
        load = _loads(session, [pairing.partner_id])[pairing.partner_id]
        events = events_of(session, pairing_id)
    firm = card.enterprise
    of_need, of_firm = ContactOwner.NEED, ContactOwner.ENTERPRISE
    may_see_firm = firm is not None and desk.actor.covers(firm.county)
    return PairingFile(
        card=card,
        need_status=status,
        events=events,
        load=load,
        proposes_relisting=pairing.stage is PairingStage.FAILED
        and proposes_relisting(status, stages),
        need_contacts=contacts.seen(desk, of_need, card.need.id, card.need.county),
        enterprise_contacts=contacts.seen(desk, of_firm, firm.id, firm.county)
        if firm and may_see_firm
        else [],
        partner_contacts=contacts.seen(desk, ContactOwner.PARTNER, card.partner.id, ""),
    )


def find(
    desk: Desk,
    wanted: PairingFilter,
    *,
    sort: str = "moved",
    descending: bool = True,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[PairingCard], int]:
    """A page of pairings, and how many there are in all; see `list_pairings`."""
    with desk.reading() as session:
        if not desk.actor.covers(wanted.county or desk.actor.county):
            return [], 0
        found, total = list_pairings(
            session,
            _own(desk, wanted),
            sort=sort,
            descending=descending,
            offset=offset,
            limit=limit,
        )
        return _cards(session, found), total


def board(desk: Desk, wanted: PairingFilter) -> list[Column]:
    """The pairings by stage, in the order of the stages, in each the longest unmoved first."""
    with desk.reading() as session:
        if not desk.actor.covers(wanted.county or desk.actor.county):
            return [Column(stage=stage, cards=[], total=0) for stage in PairingStage]
        own = _own(desk, wanted)
        columns = []
        for stage, total in count_stages(session, own).items():
            of_stage = replace(own, stages=frozenset({stage}))
            found, _ = list_pairings(
                session, of_stage, sort="moved", descending=False, limit=MOST_CARDS
            )
            columns.append(Column(stage=stage, cards=_cards(session, found), total=total))
        return columns


def idle_since(now: datetime) -> datetime:
    """The moment since which a pairing that is overdue has not moved."""
    return now - OVERDUE_AFTER


def beside(desk: Desk, need_id: str, partner_ids: Iterable[str]) -> NeedPairings:
    """What to show beside the partners that are recommended for a need.

    Raises:
        NotFoundError: there is no such need, or it is not the actor's to see.
    """
    shown = list(partner_ids)
    with desk.reading() as session:
        need = get_need(session, need_id)
        desk.check_county(need.county, "需求", need_id)
        pairings = {each.partner_id: each for each in pairings_of_need(session, need_id)}
        limits = limits_of(session, shown)
        loads = _loads(session, [id for id, known in limits.items() if known.capacity is not None])
        firm = need.enterprise_id
        return NeedPairings(
            need_id=need_id,
            is_open=may_begin(need_status(session, need_id)),
            of=pairings,
            partners=get_partners(session, pairings),
            conflicts={id for id, known in limits.items() if firm and firm in known.conflicts},
            loads=loads,
        )


def load_of(desk: Desk, partner_id: str) -> Load:
    """How much a partner has to do with pairings this year.

    Raises:
        NotFoundError: there is no such partner.
    """
    with desk.reading() as session:
        get_partner(session, partner_id)
        return _loads(session, [partner_id])[partner_id]


def of_partner(desk: Desk, partner_id: str) -> list[PairingCard]:
    """The pairings of a partner that are the actor's to see, the latest first."""
    with desk.reading() as session:
        found = pairings_of_partner(session, partner_id, county=desk.actor.county)
        return _cards(session, found)


def of_need(desk: Desk, need_id: str) -> list[PairingCard]:
    """The pairings of a need, the earliest first.

    Raises:
        NotFoundError: there is no such need, or it is not the actor's to see.
    """
    with desk.reading() as session:
        desk.check_county(get_need(session, need_id).county, "需求", need_id)
        return _cards(session, pairings_of_need(session, need_id))


def open_needs(desk: Desk, text: str, *, limit: int) -> list[Need]:
    """The actor's needs that look for a partner, with a text in them, latest submission first."""
    with desk.reading() as session:
        return [
            need
            for status in (NeedStatus.LISTED, NeedStatus.MATCHING)
            for need in list_needs(
                session, county=desk.actor.county, status=status, text=text, limit=limit
            )[0]
        ][:limit]


def partners_named(desk: Desk, text: str, *, limit: int) -> list[Partner]:
    """Partners with a text in their names or affiliation, by name."""
    with desk.reading() as session:
        return list_partners(session, text=text, limit=limit)[0]


def sides(
    desk: Desk, need_id: str, partner_id: str
) -> tuple[Need | None, Partner | None, Load | None]:
    """A need and a partner that may be brought together, each None where none is named.

    Raises:
        NotFoundError: there is no such need or partner, or the need is not the actor's to see.
    """
    with desk.reading() as session:
        need = get_need(session, need_id) if need_id else None
        if need is not None:
            desk.check_county(need.county, "需求", need_id)
        partner = get_partner(session, partner_id) if partner_id else None
        load = _loads(session, [partner_id])[partner_id] if partner_id else None
        return need, partner, load


def _own(desk: Desk, wanted: PairingFilter) -> PairingFilter:
    return replace(wanted, county=desk.actor.county or wanted.county)


def _cards(session: Session, pairings: Sequence[Pairing]) -> list[PairingCard]:
    needs = get_needs(session, [each.need_id for each in pairings])
    partners = get_partners(session, [each.partner_id for each in pairings])
    firms = get_enterprises(session, {n.enterprise_id for n in needs.values() if n.enterprise_id})
    since = stage_since(session, [each.id for each in pairings])
    now = datetime.now(UTC)
    return [
        PairingCard(
            pairing=each,
            need=needs[each.need_id],
            enterprise=firms.get(needs[each.need_id].enterprise_id or ""),
            partner=partners[each.partner_id],
            days=days_between(since.get(each.id, each.created_at), now),
            overdue=is_overdue(each.stage, each.updated_at, now),
        )
        for each in pairings
    ]


def _loads(session: Session, partner_ids: Sequence[str]) -> dict[str, Load]:
    limits = limits_of(session, partner_ids)
    active = count_active(session, partner_ids, since=year_start(datetime.now(UTC)))
    return {
        id: Load(active=active.get(id, 0), capacity=limits.get(id, Limits()).capacity)
        for id in partner_ids
    }
