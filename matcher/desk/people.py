"""Accounts, and the audit log of what everybody did, as administrators see them."""

from dataclasses import replace
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from matcher.desk.core import Act, RecordDesk, Subject, changed_fields
from matcher.errors import ConflictError
from matcher.people import Account, AuditEntry, Permission, Role
from matcher.people.passwords import hash_password, random_password
from matcher.people.rules import (
    NAME_LONGEST,
    ROLES_OF_ACCOUNTS,
    check_role,
    check_text,
    check_username,
    one_line,
    username_of,
)
from matcher.store.accounts import (
    add_account,
    change_account,
    find_accounts,
    get_account,
    is_last_administrator,
    set_password,
)
from matcher.store.audit import list_audit

_CHANGED_MEANWHILE = "打开表单以后，别人改过这个账号。请核对下面的内容，再保存一次"


def find(
    desk: RecordDesk,
    *,
    text: str = "",
    role: Role | None = None,
    active: bool | None = None,
    sort: str = "username",
    descending: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Account], int]:
    """A page of the accounts and how many there are; see `matcher.store.accounts.find_accounts`."""
    with desk.reading(Permission.ADMIN) as session:
        return find_accounts(
            session,
            text=text,
            role=role,
            active=active,
            sort=sort,
            descending=descending,
            offset=offset,
            limit=limit,
        )


def get(desk: RecordDesk, username: str) -> Account:
    """One account.

    Raises:
        NotFoundError: there is none of this name.
    """
    with desk.reading(Permission.ADMIN) as session:
        return get_account(session, username)


def create_account(
    desk: RecordDesk,
    username: str,
    *,
    name: str,
    role: Role,
    county: str = "",
    password: str = "",
) -> tuple[Account, str]:
    """Create an account; returns it and its password, made at random if none is given.

    Raises:
        InvalidInputError: a name, the role or the county will not do, or the password is weak.
        ConflictError: the username is taken.
    """
    desk.actor.require(Permission.ADMIN)
    username, name, county = username_of(username), one_line(name), one_line(county)
    check_username(username)
    check_text(name, "姓名", "name", NAME_LONGEST)
    check_role(role, county, ROLES_OF_ACCOUNTS)
    account = Account(
        username=username, name=name, role=role, county=county, created_at=datetime.now(UTC)
    )
    password = password or random_password(username)
    # Hashing is slow on purpose; nobody else should wait for it.
    hashed = hash_password(password, username)
    with desk.writing(Permission.ADMIN) as session:
        add_account(session, account, hashed)
        _log(desk, session, Act.CREATE, account)
    return account, password


def change(
    desk: RecordDesk,
    username: str,
    *,
    name: str,
    role: Role,
    county: str = "",
    active: bool = True,
    seen: str = "",
) -> Account:
    """Change an account, whose sessions end; returns it. Nothing happens if nothing differs.

    Args:
        desk: whoever changes it.
        username: which account.
        name: of the person.
        role: what they may be.
        county: of a county's staff.
        active: whether they can sign in.
        seen: version of the account that the actor saw; empty to replace whatever is there.

    Raises:
        NotFoundError: there is no such account.
        InvalidInputError: the name, the role or the county will not do.
        ConflictError: it was changed meanwhile, or nobody would be left to administer.
    """
    desk.actor.require(Permission.ADMIN)
    name, county = one_line(name), one_line(county)
    check_text(name, "姓名", "name", NAME_LONGEST)
    check_role(role, county, ROLES_OF_ACCOUNTS)
    with desk.writing(Permission.ADMIN) as session:
        before = get_account(session, username)
        if seen and before.version != seen:
            raise ConflictError(_CHANGED_MEANWHILE)
        after = replace(before, name=name, role=role, county=county, active=active)
        if after == before:
            return before
        stays = active and role is Role.CITY_ADMIN
        if not stays and is_last_administrator(session, username):
            raise ConflictError("这是最后一个能登录的市级管理员，不能停用，也不能改为其他角色")
        change_account(session, after)
        act = Act.REVOKE if before.active and not active else Act.CHANGE
        _log(desk, session, act, after, changed_fields(before, after))
        return get_account(session, username)


def set_active(desk: RecordDesk, username: str, active: bool) -> Account:
    """Let an account sign in, or no longer; returns it.

    Raises:
        NotFoundError: there is no such account.
        ConflictError: nobody would be left to administer.
    """
    account = get(desk, username)
    return change(
        desk,
        username,
        name=account.name,
        role=account.role,
        county=account.county,
        active=active,
        seen=account.version,
    )


def reset_password(desk: RecordDesk, username: str, password: str = "") -> str:
    """Give an account a new password; returns it. Its sessions end, and it can sign in at once.

    Raises:
        NotFoundError: there is no such account.
        InvalidInputError: the password is weak.
    """
    desk.actor.require(Permission.ADMIN)
    password = password or random_password(username)
    hashed = hash_password(password, username)
    with desk.writing(Permission.ADMIN) as session:
        set_password(session, username, hashed)
        _log(desk, session, Act.PASSWORD, get_account(session, username))
    return password


def audit(
    desk: RecordDesk,
    *,
    actor: str = "",
    action: str = "",
    subject: str = "",
    subject_id: str = "",
    text: str = "",
    since: date | None = None,
    until: date | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[AuditEntry], int]:
    """A page of the audit log, latest first, and how many lines there are in all.

    For the criteria see `matcher.store.audit.list_audit`.
    """
    with desk.reading(Permission.ADMIN) as session:
        return list_audit(
            session,
            actor=actor,
            action=action,
            subject=subject,
            subject_id=subject_id,
            text=text,
            since=since,
            until=until,
            offset=offset,
            limit=limit,
        )


def _log(
    desk: RecordDesk,
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
