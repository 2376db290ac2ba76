"""Signing in: with a password, with a key, by a link."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from matcher.desk.core import Act, Subject
from matcher.errors import ForbiddenError, InvalidInputError, ThrottledError
from matcher.people import Account, Actor, ActorKind, Role
from matcher.people.passwords import hash_password, password_fits, weakness_of
from matcher.people.rules import username_of
from matcher.people.secrets import key_prefix, same_digest, token_digest
from matcher.service import Matcher
from matcher.store.accounts import (
    end_sessions,
    find_account,
    get_account,
    is_throttled,
    note_login,
    note_login_failure,
    set_password,
)
from matcher.store.api_keys import find_key, find_link, is_use_due, note_key_use
from matcher.store.audit import add_audit

_REFUSED = "账号或口令不对，请核对后再试"
_THROTTLED = "口令错误的次数太多，已暂停。请 15 分钟后再试，或请管理员重设口令"


def sign_in(matcher: Matcher, username: str, password: str, address: str) -> Account:
    """The account that a password opens.

    A name that does not exist takes as long as a wrong password, and is told in the same words.

    Raises:
        InvalidInputError: name and password do not fit, or the account is inactive.
        ThrottledError: too many were refused lately, of this name or from this address.
    """
    username = username_of(username)
    _begin_attempt(matcher, username, address)
    with matcher.reading() as session:
        found = find_account(session, username)
    fits = password_fits(password, found[1] if found else None)
    with matcher.database.appending() as session:
        # What was changed while the slow hash was made counts already.
        if found and fits and found[0].active and _is_unchanged(session, found[0]):
            note_login(session, username, datetime.now(UTC))
            _log(session, found[0].actor(address), Act.LOGIN)
            return found[0]
        _log_refused(session, found[0] if found else None, fits, address)
    raise InvalidInputError(_REFUSED, field="password")


def sign_out(matcher: Matcher, actor: Actor) -> None:
    """End the sessions of an account; a copy of a cookie opens nothing any more.

    There is no list of sessions, so those on other computers end as well.

    Raises:
        ForbiddenError: a program asks, which has no session.
    """
    _require_account(actor)
    with matcher.database.appending() as session:
        end_sessions(session, actor.id)
        _log(session, actor, Act.LOGOUT)


def change_own_password(matcher: Matcher, actor: Actor, old: str, new: str) -> Account:
    """Change one's own password, which ends all sessions; returns the account for a new one.

    Raises:
        InvalidInputError: the old password is wrong, or the new one will not do.
        ThrottledError: the old one was wrong too often lately.
        ForbiddenError: a program asks, which has no password.
    """
    _require_account(actor)
    weakness = weakness_of(new, actor.id)
    if not weakness and new == old:
        weakness = "新口令与原口令相同，请换一个"
    if weakness:
        raise InvalidInputError(weakness, field="new")
    _begin_attempt(matcher, actor.id, actor.address)
    with matcher.reading() as session:
        found = find_account(session, actor.id)
    if not password_fits(old, found[1] if found else None):
        with matcher.database.appending() as session:
            _log(session, actor, Act.REFUSED, "修改口令时原口令不对")
        raise InvalidInputError("原口令不对", field="old")
    hashed = hash_password(new, actor.id)
    with matcher.database.appending() as session:
        if found is None or not _is_unchanged(session, found[0]):
            raise ForbiddenError("这个账号刚刚被修改，请重新登录")
        set_password(session, actor.id, hashed)
        _log(session, actor, Act.PASSWORD)
        return get_account(session, actor.id)


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
    if is_use_due(found[0]):
        with matcher.database.appending() as session:
            note_key_use(session, found[0])
    return found[0].actor(address)


def actor_of_link(matcher: Matcher, token: str, address: str) -> Actor | None:
    """Who acts by a submission link; None if it is unknown, revoked or expired."""
    with matcher.reading() as session:
        link = find_link(session, token_digest(token))
    return None if link is None else link.actor(address)


def _begin_attempt(matcher: Matcher, username: str, address: str) -> None:
    """Count a login as refused before its password is looked at; one that succeeds clears that.

    Counted afterwards, as many could be tried at once as there are workers and threads.

    Raises:
        ThrottledError: too many were refused lately.
    """
    with matcher.database.appending() as session:
        if is_throttled(session, username, address):
            raise ThrottledError(_THROTTLED)
        note_login_failure(session, username, address)


def _is_unchanged(session: Session, account: Account) -> bool:
    return get_account(session, account.username).epoch == account.epoch


def _require_account(actor: Actor) -> None:
    if actor.kind is not ActorKind.ACCOUNT:
        raise ForbiddenError("只有用账号登录的人才能这样做，接口密钥不能")


def _log(session: Session, actor: Actor, act: Act, summary: str = "") -> None:
    add_audit(
        session, actor, action=act, subject=Subject.ACCOUNT, subject_id=actor.id, summary=summary
    )


def _log_refused(session: Session, account: Account | None, fits: bool, address: str) -> None:
    """Note a refused login; of an unknown name not the name: it may be a password."""
    if account is None:
        nobody = Actor(
            kind=ActorKind.ACCOUNT, id="", name="不明", role=Role.READ_ONLY, address=address
        )
        _log(session, nobody, Act.REFUSED, "没有这个账号")
        return
    reason = "口令不对" if not fits else "账号已停用或刚被修改"
    _log(session, account.actor(address), Act.REFUSED, reason)
