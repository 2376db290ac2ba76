"""Keys and tokens: made at random, stored as hashes, compared in constant time."""

import hashlib
import hmac
import secrets
from typing import NamedTuple

from matcher.errors import InvalidInputError

SECRET_SHORTEST = 32


class NewKey(NamedTuple):
    """A key as it is shown once, and what of it is stored."""

    shown: str
    prefix: str
    digest: str


def new_key() -> NewKey:
    """A key for programs: `nm_`, eight characters that name it, and 256 random bits."""
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    shown = f"nm_{prefix}_{secret}"
    return NewKey(shown, prefix, token_digest(shown))


def key_prefix(shown: str) -> str:
    """The part of a key that names it; empty if this is no key."""
    head, _, rest = shown.partition("_")
    prefix, _, secret = rest.partition("_")
    return prefix if head == "nm" and secret else ""


def new_token() -> str:
    """A token for a link, 192 random bits."""
    return secrets.token_urlsafe(24)


def token_digest(token: str) -> str:
    """Hash of a random token; being random, it needs no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def same_digest(one: str, other: str) -> bool:
    """Compare hashes in constant time."""
    return hmac.compare_digest(one, other)


def check_secret(secret: str) -> None:
    """Refuse a secret that could be guessed; whoever knows it can sign in as anybody.

    Raises:
        InvalidInputError: it is too short.
    """
    if len(secret) < SECRET_SHORTEST:
        raise InvalidInputError(
            f"MATCHER_SECRET 至少要有 {SECRET_SHORTEST} 个随机字符；不设时由系统自己生成"
        )
