"""What the association knows of a partner beside its profile and evidence."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerFacts:
    """Facts that decide whether and how a partner can be brought together with an enterprise.

    Attributes:
        partner_id: whose.
        aliases: other names under which the partner is known.
        capacity: pairings a year, None: not known.
        conflicts: ids of enterprises with which there is a conflict of interest.
        stations_elsewhere: stations that it holds outside this library.
        retired: of a person, None: not known.
        last_contacted: when staff last spoke with it.
        note: for staff.
        version: grows with every change.
    """

    partner_id: str
    aliases: tuple[str, ...] = ()
    capacity: int | None = None
    conflicts: tuple[str, ...] = ()
    stations_elsewhere: int | None = None
    retired: bool | None = None
    last_contacted: date | None = None
    note: str = ""
    version: int = 0
