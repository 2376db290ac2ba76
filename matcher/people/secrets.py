"""Passwords, keys and tokens: made at random, stored as hashes, compared in constant time."""

import hashlib
import hmac
import secrets
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from matcher.errors import InvalidInputError

PASSWORD_SHORTEST = 10
PASSWORD_LONGEST = 200

_HASHER = PasswordHasher()
"""argon2id with the parameters of RFC 9106, second recommendation (64 MiB)."""
_NOBODY = _HASHER.hash(secrets.token_hex())
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without letters and digits that look alike."""


class NewKey(NamedTuple):
    """A key as it is shown once, and what of it is stored."""

    shown: str
    prefix: str
    digest: str


def hash_password(password: str) -> str:
    """Hash a new password.

    Raises:
        InvalidInputError: it is too short or too long.
    """
    if not PASSWORD_SHORTEST <= len(password) <= PASSWORD_LONGEST:
        raise InvalidInputError(
            f"口令要有 {PASSWORD_SHORTEST} 到 {PASSWORD_LONGEST} 个字符", field="password"
        )
    return _HASHER.hash(password)


def password_fits(password: str, stored: str | None) -> bool:
    """Whether a password is the one stored; takes as long where there is none (`stored` None)."""
    try:
        return _HASHER.verify(stored or _NOBODY, password[:PASSWORD_LONGEST]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def random_password() -> str:
    """A password that can be read out: four groups of four, about 79 bits."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


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
    return hashlib.sha256(token.encode()).hexdigest()


def same_digest(one: str, other: str) -> bool:
    """Compare hashes in constant time."""
    return hmac.compare_digest(one, other)
