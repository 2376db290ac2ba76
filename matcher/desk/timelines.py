"""What all steps of a pairing have in common: whose it is, its timeline and the log."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy.orm import Session

from matcher.casework.pairings import (
    EventKind,
    FailReason,
    Pairing,
    PairingEvent,
    PairingStage,
    StoredFile,
)
from matcher.desk.core import Act, Desk, Subject
from matcher.errors import InvalidInputError
from matcher.people import ActorKind
from matcher.store.pairings import add_event, get_pairing, touch
from matcher.text.fold import tidy

LONGEST_TEXT: Final = 2000
"""Characters that a note may have."""


def own_pairing(desk: Desk, session: Session, pairing_id: int) -> Pairing:
    """One pairing.

    Raises:
        NotFoundError: there is no such pairing, or it is not the actor's to see.
    """
    pairing = get_pairing(session, pairing_id)
    desk.check_county(pairing.county, "对接", pairing_id)
    return pairing


def add_line(
    desk: Desk,
    session: Session,
    pairing: Pairing,
    kind: EventKind,
    *,
    before: PairingStage | None = None,
    after: PairingStage | None = None,
    reason: FailReason | None = None,
    text: str = "",
    file: StoredFile | None = None,
) -> None:
    """Put a line on a pairing's timeline, now, and note that it has moved."""
    now = datetime.now(UTC)
    event = PairingEvent(
        id=0,
        pairing_id=pairing.id,
        at=now,
        actor_name=_shown_name(desk),
        kind=kind,
        before=before,
        after=after,
        reason=reason,
        text=text,
        file=file,
    )
    add_event(session, event)
    touch(session, pairing.id, now)


def checked_text(text: str, *, required: bool) -> str:
    """A note, tidied.

    Raises:
        InvalidInputError: it is too long, or empty where it must not be.
    """
    written = tidy(text)
    if required and not written:
        raise InvalidInputError("请写下备注的内容", field="note")
    if len(written) > LONGEST_TEXT:
        raise InvalidInputError(f"备注最多 {LONGEST_TEXT} 字，请缩短", field="note")
    return written


def log_pairing(
    desk: Desk,
    session: Session,
    act: Act,
    pairing: Pairing,
    summary: str,
    *,
    reason: FailReason | None = None,
) -> None:
    """Write into the audit log what was done to a pairing."""
    details = {"need": pairing.need_id, "partner": pairing.partner_id}
    if reason is not None:
        details["reason"] = reason.label
    desk.log(
        session,
        act,
        Subject.PAIRING,
        pairing.id,
        county=pairing.county,
        summary=summary,
        details=details,
    )


def _shown_name(desk: Desk) -> str:
    actor = desk.actor
    return actor.name if actor.kind is ActorKind.ACCOUNT else f"{actor.name}（{actor.kind.label}）"
