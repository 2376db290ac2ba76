"""What a letter (对接函) tells; what its reader must not know yet is in no field of it."""

from dataclasses import dataclass
from datetime import date

from matcher.records import LabelledEnum


class Addressee(LabelledEnum):
    """To whom a letter is written."""

    ENTERPRISE = "enterprise", "致企业"
    PARTNER = "partner", "致对象"
    BOTH = "both", "致双方"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "收函方"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter.

    Attributes:
        addressee: to whom it is.
        to: how it addresses them, without a colon.
        number: of the letter, such as 〔2026〕11-0012; empty for none.
        need_title: name of the need.
        need_text: what is needed; a long one is cut to the room that the page has.
        partner_name: the partner, or 该专家 to an enterprise that must not know it yet.
        partner_text: kind, title and fields of the partner.
        reason: one sentence that says why the two fit.
        evidence: papers, patents, projects and services that show it, the best first.
        site: name of the site that the two may found; empty for none.
        to_clarify: names of the facts that are to be found out before.
        released: whether the two may know each other.
        contacts: of the other party, a line each; empty until the release.
        issuer: who writes.
        date: of the letter.
    """

    addressee: Addressee
    to: str
    number: str = ""
    need_title: str
    need_text: str
    partner_name: str
    partner_text: str
    reason: str
    evidence: tuple[str, ...] = ()
    site: str = ""
    to_clarify: tuple[str, ...] = ()
    released: bool = False
    contacts: tuple[str, ...] = ()
    issuer: str
    date: date

    def __post_init__(self) -> None:
        """Refuse contact data before the release.

        Raises:
            ValueError: the letter would tell somebody what they must not know yet.
        """
        if not self.released and (self.contacts or self.addressee is Addressee.BOTH):
            raise ValueError("contact data, or a letter to both parties, before the release")
