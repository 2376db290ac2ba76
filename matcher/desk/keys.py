"""Keys for programs, as administrators manage them."""

from datetime import UTC, date, datetime

from matcher.desk.core import Act, RecordDesk, Subject
from matcher.people import ApiKey, Permission, Role, Validity
from matcher.people.actors import PERMISSIONS
from matcher.people.rules import (
    NAME_LONGEST,
    ROLES_OF_KEYS,
    check_role,
    check_scope,
    check_text,
    end_of_validity,
    one_line,
)
from matcher.people.secrets import new_key
from matcher.store.api_keys import add_key, find_keys, get_key, revoke_key


def find(
    desk: RecordDesk,
    *,
    text: str = "",
    validity: Validity | None = None,
    sort: str = "created_at",
    descending: bool = True,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[ApiKey], int]:
    """A page of the keys and how many there are in all; see `matcher.store.api_keys.find_keys`."""
    with desk.reading(Permission.ADMIN) as session:
        return find_keys(
            session,
            text=text,
            validity=validity,
            sort=sort,
            descending=descending,
            offset=offset,
            limit=limit,
        )


def get(desk: RecordDesk, prefix: str) -> ApiKey:
    """One key.

    Raises:
        NotFoundError: there is none with this prefix.
    """
    with desk.reading(Permission.ADMIN) as session:
        return get_key(session, prefix)


def create(
    desk: RecordDesk,
    name: str,
    *,
    role: Role,
    county: str = "",
    scope: frozenset[Permission] | None = None,
    last_day: date | None = None,
) -> tuple[ApiKey, str]:
    """Create a key; returns it, and its text as it is shown this once.

    Args:
        desk: whoever creates it.
        name: what it is for.
        role: what its bearer is.
        county: the only county of a county's key.
        scope: what of the role's permissions it has; None for all.
        last_day: until when it is valid, None for ever.

    Raises:
        InvalidInputError: the name, role, county, scope or day will not do.
    """
    desk.actor.require(Permission.ADMIN)
    name, county = one_line(name), one_line(county)
    check_text(name, "密钥的用途", "name", NAME_LONGEST)
    check_role(role, county, ROLES_OF_KEYS)
    scope = PERMISSIONS[role] if scope is None else scope
    check_scope(role, scope)
    made = new_key()
    key = ApiKey(
        prefix=made.prefix,
        name=name,
        role=role,
        county=county,
        scope=scope,
        created_at=datetime.now(UTC),
        created_by=desk.actor.name[:NAME_LONGEST],
        expires_at=end_of_validity(last_day),
    )
    with desk.writing(Permission.ADMIN) as session:
        add_key(session, key, made.digest)
        desk.log(
            session,
            Act.CREATE,
            Subject.KEY,
            key.prefix,
            county=key.county,
            summary=key.name,
            details={"role": role.label, "scope": [each.label for each in sorted(scope)]},
        )
    return key, made.shown


def revoke(desk: RecordDesk, prefix: str) -> ApiKey:
    """Make a key useless; returns it. One that is revoked already stays as it is.

    Raises:
        NotFoundError: there is no such key.
    """
    with desk.writing(Permission.ADMIN) as session:
        key = get_key(session, prefix)
        if key.revoked_at is not None:
            return key
        key = revoke_key(session, prefix)
        desk.log(session, Act.REVOKE, Subject.KEY, prefix, county=key.county, summary=key.name)
        return key
