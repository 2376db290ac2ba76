"""Needs that enterprises send in by the link of their county, without an account.

A link opens nothing but the way in: what is in the library already is neither shown nor changed.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from matcher.casework.contacts import Contact
from matcher.casework.needs import NeedStatus
from matcher.desk.core import Desk
from matcher.desk.needs import submit_in
from matcher.errors import ForbiddenError, ThrottledError
from matcher.intake import ParsedNeed
from matcher.people import SubmissionLink
from matcher.people.secrets import token_digest
from matcher.records import Need
from matcher.service import Matcher
from matcher.store.api_keys import count_link_use, find_link
from matcher.store.needs import get_needs
from matcher.store.submissions import needs_sent_from

MOST_FROM_ADDRESS: Final = 30
"""Needs that one network address may send in `WINDOW`; a park often has a single address."""
WINDOW: Final = timedelta(hours=1)
_CLOSED = "这个填报链接已经停用或者过期，没有收到您的需求。请向县区科协要新的链接"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of a need that was sent.

    Attributes:
        need_id: its number.
        known: whether it was there before.
        same: whether what was there says the same as what was sent; true of a new one.
    """

    need_id: str
    known: bool = False
    same: bool = True


def open_link(matcher: Matcher, token: str) -> SubmissionLink | None:
    """The link with this token; None if it is unknown, revoked or expired."""
    with matcher.reading() as session:
        return find_link(session, token_digest(token))


def submit_by_link(
    matcher: Matcher, token: str, parsed: ParsedNeed, contact: Contact, address: str
) -> Received:
    """Take a need that came by a link, as 待审核 in the county of the link.

    The same need sent again is taken once. One that is there already is never changed by a link:
    whoever has it could otherwise write over what another firm said.

    Args:
        matcher: the library.
        token: of the link.
        parsed: the need with its enterprise.
        contact: whom to call.
        address: network address that it comes from.

    Raises:
        ForbiddenError: the link is unknown, revoked or expired.
        ThrottledError: too many needs came from this address lately.
        InvalidInputError: a field of the contact will not do.
    """
    with matcher.writing() as session:
        link = find_link(session, token_digest(token))
        if link is None:
            raise ForbiddenError(_CLOSED)
        actor = link.actor(address)
        parsed = _in_county(parsed, link.county)
        stored = get_needs(session, [parsed.need.id]).get(parsed.need.id)
        if stored is not None:
            same = _said(stored) == _said(parsed.need)
            return Received(need_id=stored.id, known=True, same=same)
        _check_pace(needs_sent_from(session, address, since=_begin()))
        desk = Desk(matcher, actor)
        need = submit_in(desk, session, parsed, NeedStatus.PENDING, contact)
        count_link_use(session, link.id)
        return Received(need_id=need.id)


def _begin() -> datetime:
    return datetime.now(UTC) - WINDOW


def _check_pace(sent: int) -> None:
    if sent >= MOST_FROM_ADDRESS:
        raise ThrottledError(
            "从您的网络提交得太多，这条还没有收到。请一小时后再试，急的请打电话给县区科协"
        )


def _in_county(parsed: ParsedNeed, county: str) -> ParsedNeed:
    enterprise = parsed.enterprise
    return ParsedNeed(
        need=replace(parsed.need, county=county),
        enterprise=replace(enterprise, county=county) if enterprise else None,
    )


def _said(need: Need) -> Need:
    """What the enterprise said: without what the library added."""
    return replace(need, enterprise_id=None, county="", submitted=None, sample=False)
