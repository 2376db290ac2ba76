"""The letters (对接函) of the pairs that a plan proposes.

Until the contact data of a pairing is released neither party learns who the other is, so each gets
a letter of its own; afterwards both get one that names them, with their contacts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from matcher.casework.anonymity import anonymous, known_names
from matcher.casework.contacts import Contact, ContactOwner, Secrecy, seen_by
from matcher.casework.pairings import Pairing, PairingStage
from matcher.casework.plans import PairState, PlanPair, ProposedSite
from matcher.desk.core import Act, Desk
from matcher.desk.pairing_letters import anonymous_need, anonymous_partner, partner_names
from matcher.desk.plans import ASKED_FOR
from matcher.desk.timelines import log_pairing
from matcher.people import Permission
from matcher.records import Enterprise, Evidence, Need, Partner, PartnerKind
from matcher.reports.letter_records import Addressee, Letter
from matcher.rules.records import Verdict
from matcher.store.contacts import contacts_of_many
from matcher.store.enterprises import get_enterprises
from matcher.store.needs import get_needs
from matcher.store.pairings import pairings_of_needs
from matcher.store.partner_facts import facts_of
from matcher.store.partners import get_partners
from matcher.text.mask import mask_personal

_A_FIRM: Final = "某企业"
_UNKNOWN_FIRM: Final = "需求提出单位"
_MOST_EVIDENCE: Final = 3
_LONGEST_TITLE: Final = 40
_READER: Final = "贵企业"
"""How reasons call the enterprise; only its own letter may say so."""
_ASKED_FOR_TOLD: Final = "由我会工作人员推荐。"
_LABELS = {
    ContactOwner.ENTERPRISE: "企业联系人",
    ContactOwner.NEED: "需求联系人",
    ContactOwner.PARTNER: "对象联系人",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PairLetter:
    """A letter with the pair that it is about."""

    pair: PlanPair
    letter: Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sides:
    """A pair with the records of its two sides."""

    pair: PlanPair
    need: Need
    enterprise: Enterprise | None
    partner: Partner
    aliases: tuple[str, ...]

    @property
    def reason(self) -> str:
        """Why the two fit, as it may be told to others: a note of staff may not."""
        if self.pair.reason.startswith(ASKED_FOR):
            return _ASKED_FOR_TOLD
        return self.pair.reason


def letters_of(desk: Desk, pairs: Sequence[PlanPair], *, issuer: str, on: date) -> list[PairLetter]:
    """The letters of some pairs, in their order; that contact data was written out is logged.

    A pair that staff dropped, that came to nothing meanwhile, or of which a side was deleted gets
    none. One that is released gets a letter to both parties, any other a letter to each.

    Args:
        desk: whoever writes.
        pairs: of one plan or of several.
        issuer: name of the association.
        on: day of the letters.

    Raises:
        NotFoundError: a need is not the actor's to see.
        ForbiddenError: the actor may not write to the parties.
    """
    desk.actor.require(Permission.EDIT)
    with desk.reading() as session:
        needs = get_needs(session, {pair.need_id for pair in pairs})
        for need in needs.values():
            desk.check_county(need.county, "需求", need.id)
        pairings = pairings_of_needs(session, needs)
        wanted = [pair for pair in pairs if _is_wanted(pair, pairings)]
        known = _sides(session, wanted, needs)
    released = {key: each for key, each in pairings.items() if each.released_at is not None}
    acquainted = [sides for sides in known if _key(sides.pair) in released]
    contacts = _contacts(desk, acquainted) if acquainted else {}
    _log(desk, [released[_key(sides.pair)] for sides in acquainted])
    return [
        PairLetter(pair=sides.pair, letter=letter)
        for sides in known
        for letter in (
            [_to_both(sides, contacts, issuer, on)]
            if _key(sides.pair) in released
            else [_to_enterprise(sides, issuer, on), _to_partner(sides, issuer, on)]
        )
    ]


def _key(pair: PlanPair) -> tuple[str, str]:
    return pair.need_id, pair.partner_id


def _is_wanted(pair: PlanPair, pairings: Mapping[tuple[str, str], Pairing]) -> bool:
    pairing = pairings.get(_key(pair))
    failed = pairing is not None and pairing.stage is PairingStage.FAILED
    return pair.state is not PairState.DROPPED and not failed


def _sides(session: Session, pairs: Sequence[PlanPair], needs: Mapping[str, Need]) -> list[_Sides]:
    partners = get_partners(session, {pair.partner_id for pair in pairs})
    facts = facts_of(session, partners)
    firms = get_enterprises(
        session, {need.enterprise_id for need in needs.values() if need.enterprise_id}
    )
    return [
        _Sides(
            pair=pair,
            need=needs[pair.need_id],
            enterprise=firms.get(needs[pair.need_id].enterprise_id or ""),
            partner=partners[pair.partner_id],
            aliases=facts[pair.partner_id].aliases if pair.partner_id in facts else (),
        )
        for pair in pairs
        if pair.need_id in needs and pair.partner_id in partners
    ]


def _contacts(
    desk: Desk, acquainted: Sequence[_Sides]
) -> dict[tuple[ContactOwner, str], list[Contact]]:
    """Contacts of all sides but the confidential ones, by record.

    An enterprise of a county that is not the need's keeps its contacts: whoever decided about the
    pairing does not see them either.
    """
    owners = {
        ContactOwner.ENTERPRISE: {
            each.enterprise.id
            for each in acquainted
            if each.enterprise and each.enterprise.county in ("", each.need.county)
        },
        ContactOwner.NEED: {each.need.id for each in acquainted},
        ContactOwner.PARTNER: {each.partner.id for each in acquainted},
    }
    with desk.reading(Permission.CONTACTS) as session:
        return {
            (owner, id): [
                seen_by(desk.actor, each)
                for each in found
                if each.secrecy is not Secrecy.CONFIDENTIAL
            ]
            for owner, ids in owners.items()
            for id, found in contacts_of_many(session, owner, ids).items()
        }


def _log(desk: Desk, pairings: Sequence[Pairing]) -> None:
    if not pairings:
        return
    # Nothing is changed but the log, so the library keeps its revision and is not locked.
    with desk.database.appending() as session:
        for pairing in pairings:
            log_pairing(desk, session, Act.VIEW, pairing, "对接函（含联系方式）")


def _to_enterprise(sides: _Sides, issuer: str, on: date) -> Letter:
    """What the enterprise is told of a partner that it must not know yet."""
    partner = sides.partner
    bare = anonymous_partner(partner, sides.aliases)
    return Letter(
        addressee=Addressee.ENTERPRISE,
        to=_firm(sides),
        number=_number(sides.pair, on),
        need_title=sides.need.title,
        need_text=_need_text(sides.need),
        partner_name=bare.name,
        partner_text=_partner_text(bare),
        reason=_bare_reason(sides, bare.name),
        # The order is chosen by the titles as they are; those that are told come from `bare`.
        evidence=_evidence(bare, sides.pair.reason),
        site=_site_title(sides.pair),
        to_clarify=_to_clarify(sides.pair),
        issuer=issuer,
        date=on,
    )


def _bare_reason(sides: _Sides, instead: str) -> str:
    """A reason without the partner's name and place, which stands in brackets behind the name."""
    names = partner_names(sides.partner, sides.aliases)
    told = anonymous(mask_personal(sides.reason)[0], names, instead)
    return told.replace(f"（{instead}）", "")


def _to_partner(sides: _Sides, issuer: str, on: date) -> Letter:
    """What the partner is told of a need whose enterprise it must not know yet."""
    need = anonymous_need(sides.need, sides.enterprise)
    names = known_names(sides.enterprise.name) if sides.enterprise else ()
    return Letter(
        addressee=Addressee.PARTNER,
        to=_addressed(sides.partner),
        number=_number(sides.pair, on),
        need_title=need.title,
        need_text=_need_text(need),
        partner_name=sides.partner.name,
        partner_text=_partner_text(sides.partner),
        reason=anonymous(mask_personal(sides.reason.replace(_READER, "该企业"))[0], names, _A_FIRM),
        evidence=_evidence(sides.partner, sides.pair.reason),
        site=_site_title(sides.pair),
        to_clarify=_to_clarify(sides.pair),
        issuer=issuer,
        date=on,
    )


def _to_both(
    sides: _Sides,
    contacts: Mapping[tuple[ContactOwner, str], Sequence[Contact]],
    issuer: str,
    on: date,
) -> Letter:
    """What both are told after the release."""
    owners = [(ContactOwner.NEED, sides.need.id)]
    if sides.enterprise:
        owners.append((ContactOwner.ENTERPRISE, sides.enterprise.id))
    owners.append((ContactOwner.PARTNER, sides.partner.id))
    return Letter(
        addressee=Addressee.BOTH,
        to=f"{_firm(sides)}、{_addressed(sides.partner)}",
        number=_number(sides.pair, on),
        need_title=sides.need.title,
        need_text=_need_text(sides.need),
        partner_name=sides.partner.name,
        partner_text=f"{sides.partner.name}，{_partner_text(sides.partner)}",
        reason=sides.reason.replace(_READER, "企业"),
        evidence=_evidence(sides.partner, sides.pair.reason),
        site=_site_title(sides.pair),
        to_clarify=_to_clarify(sides.pair),
        released=True,
        contacts=tuple(
            f"{_LABELS[owner]}：{_contact_text(each)}"
            for owner, id in owners
            for each in contacts.get((owner, id), ())
        ),
        issuer=issuer,
        date=on,
    )


def _firm(sides: _Sides) -> str:
    return sides.enterprise.name if sides.enterprise else _UNKNOWN_FIRM


def _addressed(partner: Partner) -> str:
    """How a letter addresses a partner: a person by name and title, others by name."""
    if partner.kind is PartnerKind.EXPERT:
        return f"{partner.name}{partner.title or '专家'}"
    return partner.name


def _number(pair: PlanPair, on: date) -> str:
    return f"对接函〔{on.year}〕{pair.plan_id}-{pair.position + 1}号"


def _need_text(need: Need) -> str:
    parts = (
        need.problem,
        f"技术指标：{need.indicators}" if need.indicators else "",
        f"预期目标：{need.goal}" if need.goal else "",
    )
    return " ".join(part for part in parts if part) or need.title


def _partner_text(partner: Partner) -> str:
    """Kind, title, affiliation and fields, as far as they are in the record."""
    parts = [partner.kind.label, partner.affiliation, partner.title]
    if partner.disciplines:
        parts.append(f"研究方向为{'、'.join(partner.disciplines)}")
    elif partner.profile:
        parts.append(partner.profile.rstrip("。"))
    return "，".join(part for part in parts if part) + "。"


def _evidence(partner: Partner, reason: str) -> tuple[str, ...]:
    """What shows the partner's knowledge: first what the reason names, then the latest."""

    def place(item: Evidence) -> tuple[bool, int]:
        return not (item.title and item.title in reason), -(item.year or 0)

    return tuple(map(_evidence_text, sorted(partner.evidence, key=place)[:_MOST_EVIDENCE]))


def _evidence_text(item: Evidence) -> str:
    title = item.title or item.text
    shown = title if len(title) <= _LONGEST_TITLE else f"{title[:_LONGEST_TITLE]}…"
    return f"《{shown}》（{item.type.label}{f'，{item.year}年' if item.year else ''}）"


def _contact_text(contact: Contact) -> str:
    who = f"{contact.name}（{contact.position}）" if contact.position else contact.name
    return "，".join(part for part in (who, contact.phone, contact.email) if part)


def _site(sites: Iterable[ProposedSite]) -> ProposedSite | None:
    """The best fitting type of site that no known fact speaks against."""
    return next((site for site in sites if site.verdict != Verdict.FAIL), None)


def _site_title(pair: PlanPair) -> str:
    site = _site(pair.sites)
    return site.title if site else ""


def _to_clarify(pair: PlanPair) -> tuple[str, ...]:
    site = _site(pair.sites)
    return site.missing if site else ()
