"""Links by which the enterprises of a county send in needs, as the county's staff manages them."""

from datetime import UTC, date, datetime

from matcher.desk.core import Act, RecordDesk, Subject
from matcher.errors import ForbiddenError
from matcher.people import Permission, SubmissionLink, Validity
from matcher.people.rules import (
    COUNTY_LONGEST,
    LABEL_LONGEST,
    NAME_LONGEST,
    check_text,
    end_of_validity,
    one_line,
)
from matcher.people.secrets import new_token, token_digest
from matcher.store.api_keys import add_link, find_links, get_link, revoke_link


def find(
    desk: RecordDesk,
    *,
    county: str = "",
    text: str = "",
    validity: Validity | None = None,
    sort: str = "created_at",
    descending: bool = True,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[SubmissionLink], int]:
    """A page of the links that the actor may manage, and how many there are in all.

    For the criteria see `matcher.store.api_keys.find_links`.
    """
    with desk.reading(Permission.EDIT) as session:
        if county and not desk.actor.covers(county):
            return [], 0
        return find_links(
            session,
            county=desk.actor.county or county,
            text=text,
            validity=validity,
            sort=sort,
            descending=descending,
            offset=offset,
            limit=limit,
        )


def get(desk: RecordDesk, link_id: int) -> SubmissionLink:
    """One link.

    Raises:
        NotFoundError: there is none with this number, or it is not the actor's.
    """
    with desk.reading(Permission.EDIT) as session:
        link = get_link(session, link_id)
        desk.check_county(link.county, "填报链接", link_id)
        return link


def create(
    desk: RecordDesk, county: str, *, label: str = "", last_day: date | None = None
) -> tuple[SubmissionLink, str]:
    """Create a link for the enterprises of a county; returns it and its token, shown this once.

    Args:
        desk: whoever creates it.
        county: whose enterprises are to use it.
        label: what it is for, such as the name of a campaign.
        last_day: until when it is valid, None for ever.

    Raises:
        InvalidInputError: the county, the label or the day will not do.
        ForbiddenError: the county is not the actor's.
    """
    desk.actor.require(Permission.EDIT)
    county, label = one_line(county), one_line(label)
    check_text(county, "县区", "county", COUNTY_LONGEST)
    check_text(label, "用途", "label", LABEL_LONGEST, required=False)
    if not desk.actor.covers(county):
        raise ForbiddenError(f"只能建立{desk.actor.county}的填报链接")
    token = new_token()
    link = SubmissionLink(
        id=0,
        county=county,
        label=label,
        created_at=datetime.now(UTC),
        created_by=desk.actor.name[:NAME_LONGEST],
        expires_at=end_of_validity(last_day),
    )
    with desk.writing() as session:
        link = add_link(session, link, token_digest(token))
        desk.log(session, Act.CREATE, Subject.LINK, link.id, county=county, summary=label or county)
    return link, token


def close(desk: RecordDesk, link_id: int) -> SubmissionLink:
    """Make a link useless; returns it. One that is closed already stays as it is.

    Raises:
        NotFoundError: there is none with this number, or it is not the actor's.
    """
    with desk.writing() as session:
        link = get_link(session, link_id)
        desk.check_county(link.county, "填报链接", link_id)
        if link.revoked_at is not None:
            return link
        link = revoke_link(session, link_id)
        told = link.label or link.county
        desk.log(session, Act.REVOKE, Subject.LINK, link_id, county=link.county, summary=told)
        return link
