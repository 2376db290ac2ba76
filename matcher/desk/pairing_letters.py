"""What each party of a pairing may be told of the other, as a sheet to be handed over.

Until the contact data is released neither learns who the other is: the partner reads the need
without its enterprise (需求函), the enterprise reads the partner's field and evidence without its
name (推荐函). Afterwards both sheets carry names and contacts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from matcher.casework.anonymity import anonymous, known_bodies, known_names
from matcher.casework.contacts import Contact, ContactOwner, Secrecy, seen_by
from matcher.casework.pairings import Pairing, PairingStage
from matcher.desk.core import Act, Desk
from matcher.desk.pairing_views import PairingCard, open_pairing
from matcher.desk.timelines import log_pairing
from matcher.errors import ConflictError
from matcher.people import Permission
from matcher.records import Enterprise, Evidence, LabelledEnum, Need, Partner, PartnerKind
from matcher.store.contacts import contacts_of
from matcher.store.partner_facts import get_facts
from matcher.text.mask import mask_personal

_A_FIRM = "某企业"
_A_PARTNER = {
    PartnerKind.EXPERT: "该专家",
    PartnerKind.SOCIETY: "该学会",
    PartnerKind.INSTITUTE: "该单位",
    PartnerKind.OVERSEAS: "该社团",
}
_MOST_EVIDENCE = 8


class Reader(LabelledEnum):
    """Whom a sheet is for."""

    PARTNER = "partner", "需求函"
    ENTERPRISE = "enterprise", "推荐函"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "函件类型"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One sheet. What its reader must not know yet is not in it, in no field.

    `enterprise` and the contacts are empty, and `need` or `partner` stripped, until the release;
    `contacts` are those of the other party.
    """

    reader: Reader
    pairing: Pairing
    need: Need
    enterprise: Enterprise | None
    partner: Partner
    contacts: tuple[Contact, ...]

    @property
    def released(self) -> bool:
        """Whether the parties may know each other."""
        return self.pairing.released_at is not None


def letter(desk: Desk, pairing_id: int, reader: Reader) -> Letter:
    """The sheet for one party; one with contact data in it is logged.

    Raises:
        NotFoundError: there is no such pairing, or it is not the actor's to see.
        ForbiddenError: the actor may not write to the parties.
        ConflictError: the partner was refused, so there is nothing to tell.
    """
    desk.actor.require(Permission.EDIT)
    card = open_pairing(desk, pairing_id).card
    if card.pairing.stage is PairingStage.FAILED:
        raise ConflictError("这项对接已记为未成，不再出函。要继续，请先撤销")
    if card.pairing.released_at is not None:
        return _open_letter(desk, card, reader)
    need = anonymous_need(card.need, card.enterprise)
    partner = card.partner
    if reader is Reader.ENTERPRISE:
        with desk.reading() as session:
            aliases = get_facts(session, partner.id).aliases
        partner = anonymous_partner(partner, aliases)
    return Letter(
        reader=reader,
        pairing=card.pairing,
        need=need if reader is Reader.PARTNER else card.need,
        enterprise=card.enterprise if reader is Reader.ENTERPRISE else None,
        partner=partner,
        contacts=(),
    )


def anonymous_need(need: Need, enterprise: Enterprise | None) -> Need:
    """A need without whose it is: no enterprise, no intended partner, no names in its texts."""
    names = known_names(enterprise.name) if enterprise else ()

    def hidden(text: str) -> str:
        return anonymous(mask_personal(text)[0], names, _A_FIRM)

    return replace(
        need,
        title=hidden(need.title),
        problem=hidden(need.problem),
        indicators=hidden(need.indicators),
        goal=hidden(need.goal),
        keywords=tuple(map(hidden, need.keywords)),
        enterprise_id=None,
        intended_partner="",
    )


def partner_names(partner: Partner, aliases: Iterable[str] = ()) -> tuple[str, ...]:
    """Everything by which somebody could tell who a partner is: its names, and where it works."""
    own = () if partner.kind is PartnerKind.EXPERT else known_bodies(partner.name)
    place = known_bodies(partner.affiliation)
    return (partner.name, partner.name_en, *aliases, *own, *place)


def anonymous_partner(partner: Partner, aliases: Iterable[str] = ()) -> Partner:
    """A partner without who it is: its kind, field, title and evidence, no names in its texts.

    Args:
        partner: as the directory has it.
        aliases: other names under which it is known.
    """
    names = partner_names(partner, aliases)
    instead = _A_PARTNER[partner.kind]

    def hidden(text: str) -> str:
        return anonymous(mask_personal(text)[0], names, instead)

    def bare(item: Evidence) -> Evidence:
        return replace(item, title=hidden(item.title), text=hidden(item.text), source="")

    return replace(
        partner,
        name=instead,
        name_en="",
        affiliation="",
        website="",
        profile=hidden(partner.profile),
        evidence=tuple(map(bare, _latest(partner.evidence))),
    )


def _open_letter(desk: Desk, card: PairingCard, reader: Reader) -> Letter:
    """After the release: everything, with those contacts that are not confidential."""
    owners = [(ContactOwner.PARTNER, card.partner.id)]
    if reader is Reader.PARTNER:
        owners = [(ContactOwner.NEED, card.need.id)]
        owners += [(ContactOwner.ENTERPRISE, card.enterprise.id)] if card.enterprise else []
    with desk.reading(Permission.CONTACTS) as session:
        found = [each for owner, id in owners for each in contacts_of(session, owner, id)]
    shown = tuple(
        seen_by(desk.actor, each) for each in found if each.secrecy is not Secrecy.CONFIDENTIAL
    )
    # Nothing is changed but the log, so the library keeps its revision and is not locked.
    with desk.database.appending() as session:
        log_pairing(desk, session, Act.VIEW, card.pairing, f"{reader.label}（含联系方式）")
    return Letter(
        reader=reader,
        pairing=card.pairing,
        need=card.need,
        enterprise=card.enterprise,
        partner=replace(card.partner, evidence=_latest(card.partner.evidence)),
        contacts=shown,
    )


def _latest(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    return tuple(sorted(evidence, key=lambda item: -(item.year or 0))[:_MOST_EVIDENCE])
