"""Accounts, keys for programs, and links for enterprises, as administrators manage them."""

import re
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from matcher.desk.core import Act, Desk, Subject, changed_fields
from matcher.errors import ConflictError, InvalidInputError
from matcher.people import Account, ApiKey, AuditEntry, Permission, Role, SubmissionLink
from matcher.people.actors import PERMISSIONS
from matcher.people.secrets import (
    hash_password,
    new_key,
    new_token,
    random_password,
    token_digest,
)
from matcher.store.accounts import (
    add_account,
    change_account,
    get_account,
    list_accounts,
    set_password,
)
from matcher.store.api_keys import (
    add_key,
    add_link,
    get_link,
    list_keys,
    list_links,
    revoke_key,
    revoke_link,
)
from matcher.store.audit import list_audit

_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")
_STAFF = frozenset({Role.CITY_ADMIN, Role.CITY_STAFF, Role.COUNTY_STAFF, Role.READ_ONLY})
_OF_KEYS = frozenset({Role.CITY_STAFF, Role.COUNTY_STAFF, Role.READ_ONLY})


def accounts(desk: Desk) -> list[Account]:
    """All accounts."""
    with desk.reading(Permission.ADMIN) as session:
        return list_accounts(session)


def create_account(
    desk: Desk, username: str, *, name: str, role: Role, county: str = "", password: str = ""
) -> str:
    """Create an account; returns its password, made at random if none is given.

    Raises:
        InvalidInputError: a name, the role or the county will not do, or the password is short.
        ConflictError: the username is taken.
    """
    username = username.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise InvalidInputError(
            "账号名要以字母开头，只用小写字母、数字、点、横线和下划线，2 到 40 个字符",
            field="username",
        )
    if not name.strip():
        raise InvalidInputError("请填写姓名", field="name")
    _check_role(role, county, _STAFF)
    account = Account(
        username=username,
        name=name.strip(),
        role=role,
        county=county.strip(),
        created_at=datetime.now(UTC),
    )
    password = password or random_password()
    hashed = hash_password(password)
    with desk.writing(Permission.ADMIN) as session:
        add_account(session, account, hashed)
        _log(desk, session, Act.CREATE, account)
    return password


def change(desk: Desk, username: str, *, name: str, role: Role, county: str, active: bool) -> None:
    """Change an account; its sessions end.

    Raises:
        NotFoundError: there is no such account.
        ConflictError: nobody would be left to administer.
    """
    _check_role(role, county, _STAFF)
    with desk.writing(Permission.ADMIN) as session:
        before = get_account(session, username)
        after = replace(
            before, name=name.strip() or before.name, role=role, county=county, active=active
        )
        others = [
            account
            for account in list_accounts(session)
            if account.active and account.role is Role.CITY_ADMIN and account.username != username
        ]
        if not others and not (active and role is Role.CITY_ADMIN):
            raise ConflictError("这是最后一个市级管理员，不能停用或改为其他角色")
        change_account(session, after)
        act = Act.CHANGE if active or not before.active else Act.REVOKE
        _log(desk, session, act, after, changed_fields(before, after))


def reset_password(desk: Desk, username: str, password: str = "") -> str:
    """Give an account a new password; returns it. Its sessions end.

    Raises:
        NotFoundError: there is no such account.
        InvalidInputError: the password is too short.
    """
    password = password or random_password()
    hashed = hash_password(password)
    with desk.writing(Permission.ADMIN) as session:
        set_password(session, username, hashed)
        _log(desk, session, Act.PASSWORD, get_account(session, username))
    return password


def keys(desk: Desk) -> list[ApiKey]:
    """All keys, revoked ones too."""
    with desk.reading(Permission.ADMIN) as session:
        return list_keys(session)


def create_key(
    desk: Desk,
    name: str,
    *,
    role: Role,
    county: str = "",
    scope: frozenset[Permission] | None = None,
    expires_at: datetime | None = None,
) -> str:
    """Create a key; returns it as it is shown this once.

    Args:
        desk: whoever creates it.
        name: what it is for.
        role: what its bearer is.
        county: the only county of a county's key.
        scope: what of the role's permissions it has; None for all.
        expires_at: when it ends, None for never.

    Raises:
        InvalidInputError: the name, role, county or scope will not do.
    """
    if not name.strip():
        raise InvalidInputError("请填写密钥的用途", field="name")
    _check_role(role, county, _OF_KEYS)
    allowed = PERMISSIONS[role]
    if scope is not None and not scope <= allowed:
        more = "、".join(sorted(permission.label for permission in scope - allowed))
        raise InvalidInputError(f"{role.label}没有这些权限：{more}", field="scope")
    made = new_key()
    key = ApiKey(
        prefix=made.prefix,
        name=name.strip(),
        role=role,
        county=county.strip(),
        scope=allowed if scope is None else scope,
        created_at=datetime.now(UTC),
        created_by=desk.actor.name,
        expires_at=expires_at,
    )
    with desk.writing(Permission.ADMIN) as session:
        add_key(session, key, made.digest)
        details = {"role": role.label, "scope": sorted(key.scope)}
        desk.log(
            session,
            Act.CREATE,
            Subject.KEY,
            key.prefix,
            county=key.county,
            summary=key.name,
            details=details,
        )
    return made.shown


def revoke(desk: Desk, prefix: str) -> None:
    """Make a key useless.

    Raises:
        NotFoundError: there is no such key.
    """
    with desk.writing(Permission.ADMIN) as session:
        key = revoke_key(session, prefix)
        desk.log(session, Act.REVOKE, Subject.KEY, prefix, county=key.county, summary=key.name)


def links(desk: Desk) -> list[SubmissionLink]:
    """The links for enterprises that the actor may manage."""
    with desk.reading(Permission.EDIT) as session:
        return list_links(session, desk.actor.county)


def create_link(
    desk: Desk, county: str, *, label: str = "", expires_at: datetime | None = None
) -> tuple[SubmissionLink, str]:
    """Create a link for the enterprises of a county; returns it and its token, shown this once.

    Raises:
        InvalidInputError: no county is given.
        ForbiddenError: it is not the actor's.
    """
    county = county.strip()
    if not county:
        raise InvalidInputError("请填写县区", field="county")
    desk.actor.require_county(county)
    token = new_token()
    link = SubmissionLink(
        id=0,
        county=county,
        label=label.strip(),
        created_at=datetime.now(UTC),
        created_by=desk.actor.name,
        expires_at=expires_at,
    )
    with desk.writing() as session:
        link = add_link(session, link, token_digest(token))
        desk.log(session, Act.CREATE, Subject.LINK, link.id, county=county, summary=link.label)
    return link, token


def close_link(desk: Desk, link_id: int) -> None:
    """Make a link useless.

    Raises:
        NotFoundError: there is none, or it is not the actor's.
    """
    with desk.writing() as session:
        desk.check_county(get_link(session, link_id).county, "填报链接", link_id)
        link = revoke_link(session, link_id)
        desk.log(session, Act.REVOKE, Subject.LINK, link_id, county=link.county, summary=link.label)


def audit(desk: Desk, **criteria: object) -> tuple[list[AuditEntry], int]:
    """A page of the audit log; for the criteria see `matcher.store.audit.list_audit`."""
    with desk.reading(Permission.ADMIN) as session:
        return list_audit(session, **criteria)  # type: ignore[arg-type]


def _check_role(role: Role, county: str, allowed: frozenset[Role]) -> None:
    if role not in allowed:
        labels = "、".join(each.label for each in Role if each in allowed)
        raise InvalidInputError(f"角色应为：{labels}", field="role")
    if (role is Role.COUNTY_STAFF) != bool(county.strip()):
        said = "请填写县区" if role is Role.COUNTY_STAFF else f"{role.label}不分县区，请不填"
        raise InvalidInputError(said, field="county")


def _log(
    desk: Desk,
    session: Session,
    act: Act,
    account: Account,
    details: dict[str, list[object]] | None = None,
) -> None:
    desk.log(
        session,
        act,
        Subject.ACCOUNT,
        account.username,
        county=account.county,
        summary=f"{account.name}（{account.role.label}）",
        details=details,
    )
