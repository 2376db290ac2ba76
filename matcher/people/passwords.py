"""Passwords (口令): what will do as one, hashing, and comparing in constant time."""

import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from matcher.errors import InvalidInputError

PASSWORD_SHORTEST = 10
PASSWORD_LONGEST = 200

_FEWEST_DIFFERENT = 5
_SHORTEST_TELLING_NAME = 4
"""A username of two letters stands in many a good password by chance."""
_RUNS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
_LONGEST_RUN = 8
_HASHER = PasswordHasher()
"""argon2id with the parameters of RFC 9106, second recommendation (64 MiB)."""
_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$lBCmpSP3uAWZCVTxO2kOCw"
    "$9jQULQcK08D3uzrzCcAMMShT/6qkSJWkU3VBUSFGVUU"
)
"""Hash, with the same parameters, of a random password that was thrown away."""
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without letters and digits that look alike."""


def weakness_of(password: str, username: str = "") -> str:
    """What is wrong with a new password, in words for whoever chose it; empty if it will do.

    A long password is asked for, no mixture of signs (NIST SP 800-63B, 3.1.1.2); refused is
    besides what is guessed first: the username, one sign over and over, a row of the keyboard.

    Args:
        password: as typed.
        username: of the account that it is for.
    """
    plain = _prepared(password)
    if not PASSWORD_SHORTEST <= len(plain) <= PASSWORD_LONGEST:
        return f"口令要有 {PASSWORD_SHORTEST} 到 {PASSWORD_LONGEST} 个字符"
    folded = plain.casefold()
    if len(username) >= _SHORTEST_TELLING_NAME and username.casefold() in folded:
        return "口令里不要含有账号名，别人容易猜到，请换一个"
    if len(set(folded)) < _FEWEST_DIFFERENT:
        return f"口令里至少要有 {_FEWEST_DIFFERENT} 个不同的字符，请换一个"
    if _has_long_run(folded):
        return "口令里不要有长串的连续数字或键盘顺序，如 12345678，请换一个"
    return ""


def hash_password(password: str, username: str = "") -> str:
    """Hash a new password.

    Raises:
        InvalidInputError: it will not do, see `weakness_of`.
    """
    weakness = weakness_of(password, username)
    if weakness:
        raise InvalidInputError(weakness, field="password")
    return _HASHER.hash(_encoded(password))


def password_fits(password: str, stored: str | None) -> bool:
    """Whether a password is the one stored.

    It takes as long where there is none (`stored` is None) and where what was sent is longer than
    a password can be: the time tells nobody which accounts exist.
    """
    possible = stored is not None and len(password) <= PASSWORD_LONGEST
    try:
        sent = _encoded(password[:PASSWORD_LONGEST])
        return _HASHER.verify(stored or _NOBODY, sent) and possible
    except (VerificationError, InvalidHashError):
        return False


def random_password(username: str = "") -> str:
    """A password for an account that can be read out: four groups of four, about 79 bits."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
    password = "-".join(groups)
    return random_password(username) if weakness_of(password, username) else password


def _prepared(password: str) -> str:
    """One spelling for what looks alike: full-width signs of a Chinese keyboard become plain."""
    return unicodedata.normalize("NFKC", password)


def _encoded(password: str) -> bytes:
    return _prepared(password).encode("utf-8", "surrogatepass")


def _has_long_run(folded: str) -> bool:
    pieces = {
        folded[start : start + _LONGEST_RUN] for start in range(len(folded) - _LONGEST_RUN + 1)
    }
    return any(piece in run or piece in run[::-1] for run in _RUNS for piece in pieces)
