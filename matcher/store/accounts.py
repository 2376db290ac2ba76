"""Queries on accounts and refused logins."""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from matcher.errors import ConflictError, NotFoundError
from matcher.people import Account, Role
from matcher.store.dialect import one_at_a_time
from matcher.store.tables_people import AccountRow, LoginFailureRow

THROTTLE_WINDOW: Final = timedelta(minutes=15)
FAILURES_OF_NAME_AND_ADDRESS: Final = 5
FAILURES_OF_NAME: Final = 20
"""More than from one address, so that a stranger cannot lock somebody out with a few tries."""
FAILURES_OF_ADDRESS: Final = 30
"""An office has one address for all of its people."""

SORTED_BY: Final = {
    "username": AccountRow.username,
    "name": AccountRow.name,
    "role": AccountRow.role,
    "county": AccountRow.county,
    "last_login": AccountRow.last_login,
    "created_at": AccountRow.created_at,
}
"""What a list of accounts can be sorted by."""


_LOGINS = 760_151
"""Any number that nothing else of the database locks."""


def add_account(session: Session, account: Account, password_hash: str) -> None:
    """Create an account.

    Raises:
        ConflictError: the username is taken.
    """
    if session.get(AccountRow, account.username) is not None:
        raise ConflictError(f"账号“{account.username}”已经存在")
    session.add(
        AccountRow(
            username=account.username,
            name=account.name,
            role=account.role,
            county=account.county,
            password_hash=password_hash,
            active=account.active,
            epoch=account.epoch,
            created_at=account.created_at,
            last_login=None,
        )
    )
    session.flush()


def get_account(session: Session, username: str) -> Account:
    """One account.

    Raises:
        NotFoundError: there is none of this name.
    """
    return _account(_row(session, username))


def find_account(session: Session, username: str) -> tuple[Account, str] | None:
    """An account with the hash of its password, None if there is none of this name."""
    row = session.get(AccountRow, username)
    return None if row is None else (_account(row), row.password_hash)


def list_accounts(session: Session) -> list[Account]:
    """All accounts, by username."""
    return [_account(row) for row in session.scalars(select(AccountRow).order_by("username"))]


def find_accounts(
    session: Session,
    *,
    text: str = "",
    role: Role | None = None,
    active: bool | None = None,
    sort: str = "username",
    descending: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Account], int]:
    """A page of the accounts, and how many there are in all.

    Args:
        session: of the store.
        text: a part of the username, the name or the county.
        role: only this role.
        active: only those that can sign in, or only those that cannot.
        sort: one of `SORTED_BY`; those that are equal follow by username.
        descending: the other way round.
        offset: accounts to pass over.
        limit: accounts of the page.
    """
    query = select(AccountRow)
    if text:
        columns = (AccountRow.username, AccountRow.name, AccountRow.county)
        query = query.where(or_(*(each.icontains(text, autoescape=True) for each in columns)))
    if role is not None:
        query = query.where(AccountRow.role == role)
    if active is not None:
        query = query.where(AccountRow.active == active)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    column = SORTED_BY[sort]
    order = column.desc().nulls_last() if descending else column.asc().nulls_last()
    page = query.order_by(order, AccountRow.username).offset(offset).limit(limit)
    return [_account(row) for row in session.scalars(page)], total


def count_accounts(session: Session) -> int:
    """Number of accounts."""
    return session.scalar(select(func.count()).select_from(AccountRow)) or 0


def is_last_administrator(session: Session, username: str) -> bool:
    """Whether this account is the only one left that can administer the instance."""
    able = select(AccountRow.username).where(AccountRow.role == Role.CITY_ADMIN, AccountRow.active)
    return list(session.scalars(able.limit(2))) == [username]


def change_account(session: Session, account: Account) -> None:
    """Change name, role, county and state of an account, which ends its sessions."""
    row = _row(session, account.username)
    row.name, row.role, row.county = account.name, account.role, account.county
    row.active, row.epoch = account.active, row.epoch + 1
    session.flush()


def set_password(session: Session, username: str, password_hash: str) -> int:
    """Change a password, which ends the sessions of the account; returns its new epoch.

    Logins that were refused before count no longer.
    """
    row = _row(session, username)
    row.password_hash = password_hash
    forget_failures(session, username)
    return end_sessions(session, username)


def end_sessions(session: Session, username: str) -> int:
    """End the sessions of an account; returns its new epoch."""
    row = _row(session, username)
    row.epoch += 1
    session.flush()
    return row.epoch


def note_login(session: Session, username: str, at: datetime) -> None:
    """Note a login that succeeded; earlier failures of this name no longer count."""
    session.execute(update(AccountRow).where(AccountRow.username == username).values(last_login=at))
    forget_failures(session, username)


def note_login_failure(session: Session, username: str, address: str) -> None:
    """Note a login that was refused, and forget those that no longer count."""
    now = datetime.now(UTC)
    session.execute(delete(LoginFailureRow).where(LoginFailureRow.at < now - THROTTLE_WINDOW))
    session.add(LoginFailureRow(at=now, username=username[:40], address=address[:60]))


def forget_failures(session: Session, username: str) -> None:
    """Count the refused logins of a name no longer."""
    session.execute(delete(LoginFailureRow).where(LoginFailureRow.username == username[:40]))


def is_throttled(session: Session, username: str, address: str) -> bool:
    """Whether so many logins were refused lately that no more are tried for now.

    An address that is not known, as behind a socket of the same machine, is not counted. Until
    the transaction ends nobody else is told anything.
    """
    one_at_a_time(session, _LOGINS)
    since = datetime.now(UTC) - THROTTLE_WINDOW
    of_name = LoginFailureRow.username == username[:40]
    of_address = LoginFailureRow.address == address[:60]

    def failures(*of: ColumnElement[bool]) -> int:
        counted = select(func.count()).select_from(LoginFailureRow)
        return session.scalar(counted.where(LoginFailureRow.at >= since, *of)) or 0

    return (
        failures(of_name, of_address) >= FAILURES_OF_NAME_AND_ADDRESS
        or failures(of_name) >= FAILURES_OF_NAME
        or (bool(address) and failures(of_address) >= FAILURES_OF_ADDRESS)
    )


def _row(session: Session, username: str) -> AccountRow:
    row = session.get(AccountRow, username)
    if row is None:
        raise NotFoundError("账号", username)
    return row


def _account(row: AccountRow) -> Account:
    return Account(
        username=row.username,
        name=row.name,
        role=Role(row.role),
        county=row.county,
        active=row.active,
        epoch=row.epoch,
        created_at=row.created_at,
        last_login=row.last_login,
    )
