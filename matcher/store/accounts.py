"""Queries on accounts and refused logins."""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from matcher.errors import ConflictError, NotFoundError
from matcher.people import Account, Role
from matcher.store.tables_people import AccountRow, LoginFailureRow

THROTTLE_WINDOW: Final = timedelta(minutes=15)
_FAILURES_OF_NAME = 5
_FAILURES_OF_ADDRESS = 30


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


def count_accounts(session: Session) -> int:
    """Number of accounts."""
    return session.scalar(select(func.count()).select_from(AccountRow)) or 0


def change_account(session: Session, account: Account) -> None:
    """Change name, role, county and state of an account, which ends its sessions."""
    row = _row(session, account.username)
    row.name, row.role, row.county = account.name, account.role, account.county
    row.active, row.epoch = account.active, row.epoch + 1
    session.flush()


def set_password(session: Session, username: str, password_hash: str) -> int:
    """Change a password, which ends the sessions of the account; returns its new epoch."""
    row = _row(session, username)
    row.password_hash, row.epoch = password_hash, row.epoch + 1
    session.flush()
    return row.epoch


def note_login(session: Session, username: str, at: datetime) -> None:
    """Note a login that succeeded; earlier failures of this name no longer count."""
    session.execute(update(AccountRow).where(AccountRow.username == username).values(last_login=at))
    session.execute(delete(LoginFailureRow).where(LoginFailureRow.username == username))


def note_login_failure(session: Session, username: str, address: str) -> None:
    """Note a login that was refused, and forget those that no longer count."""
    now = datetime.now(UTC)
    session.execute(delete(LoginFailureRow).where(LoginFailureRow.at < now - THROTTLE_WINDOW))
    session.add(LoginFailureRow(at=now, username=username[:40], address=address[:60]))


def is_throttled(session: Session, username: str, address: str) -> bool:
    """Whether so many logins were refused lately that no more are tried for now."""
    since = datetime.now(UTC) - THROTTLE_WINDOW
    counted = select(func.count()).select_from(LoginFailureRow).where(LoginFailureRow.at >= since)
    of_name = session.scalar(counted.where(LoginFailureRow.username == username[:40])) or 0
    of_address = session.scalar(counted.where(LoginFailureRow.address == address[:60])) or 0
    return of_name >= _FAILURES_OF_NAME or of_address >= _FAILURES_OF_ADDRESS


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
