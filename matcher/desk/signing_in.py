"""Signing in: with a password, with a key, by a link."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from matcher.desk.core import Act, Subject
from matcher.errors import InvalidInputError, ThrottledError
from matcher.people import Account, Actor
from matcher.people.secrets import (
    hash_password,
    key_prefix,
    password_fits,
    same_digest,
    token_digest,
)
from matcher.service import Matcher
from matcher.store.accounts import (
    find_account,
    is_throttled,
    note_login,
    note_login_failure,
    set_password,
)
from matcher.store.api_keys import find_key, find_link, note_key_use
from matcher.store.audit import add_audit

_REFUSED = "账号或口令不对，请核对后再试"


def sign_in(matcher: Matcher, username: str, password: str, address: str) -> Account:
    """The account that a password opens.

    A name that does not exist takes as long as a wrong password, and is told in the same words.

    Raises:
        InvalidInputError: name and password do not fit, or the account is inactive.
        ThrottledError: too many were refused lately, of this name or from this address.
    """
    username = username.strip().lower()
    with matcher.database.appending() as session:
        if is_throttled(session, username, address):
            raise ThrottledError("登录失败次数太多，请 15 分钟后再试，或请管理员重设口令")
        found = find_account(session, username)
    fits = password_fits(password, found[1] if found else None)
    with matcher.database.appending() as session:
        if found is None or not fits or not found[0].active:
            note_login_failure(session, username, address)
            if found is not None:
                _log(session, found[0].actor(address), Act.REFUSED)
            account = None
        else:
            account = found[0]
            note_login(session, username, datetime.now(UTC))
            _log(session, account.actor(address), Act.LOGIN)
    if account is None:
        raise InvalidInputError(_REFUSED, field="password")
    return account


def sign_out(matcher: Matcher, actor: Actor) -> None:
    """Note that somebody left."""
    with matcher.database.appending() as session:
        _log(session, actor, Act.LOGOUT)


def change_own_password(matcher: Matcher, actor: Actor, old: str, new: str) -> int:
    """Change one's own password; returns the epoch for the next session.

    Raises:
        InvalidInputError: the old password is wrong, or the new one too short.
    """
    with matcher.reading() as session:
        found = find_account(session, actor.id)
    if not password_fits(old, found[1] if found else None):
        raise InvalidInputError("原口令不对", field="old")
    hashed = hash_password(new)
    with matcher.database.appending() as session:
        epoch = set_password(session, actor.id, hashed)
        _log(session, actor, Act.PASSWORD)
        return epoch


def actor_of_session(matcher: Matcher, username: str, epoch: int, address: str) -> Actor | None:
    """Who acts in a session; None if it has ended meanwhile."""
    with matcher.reading() as session:
        found = find_account(session, username)
    if found is None or not found[0].active or found[0].epoch != epoch:
        return None
    return found[0].actor(address)


def actor_of_key(matcher: Matcher, shown: str, address: str) -> Actor | None:
    """Who acts with a key; None if it is unknown, revoked or expired."""
    prefix = key_prefix(shown)
    if not prefix:
        return None
    with matcher.reading() as session:
        found = find_key(session, prefix)
    if found is None or not same_digest(found[1], token_digest(shown)):
        return None
    with matcher.database.appending() as session:
        note_key_use(session, found[0])
    return found[0].actor(address)


def actor_of_link(matcher: Matcher, token: str, address: str) -> Actor | None:
    """Who acts by a submission link; None if it is unknown, revoked or expired."""
    with matcher.reading() as session:
        link = find_link(session, token_digest(token))
    return None if link is None else link.actor(address)


def _log(session: Session, actor: Actor, act: Act) -> None:
    add_audit(session, actor, action=act, subject=Subject.ACCOUNT, subject_id=actor.id)
