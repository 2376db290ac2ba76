"""What an account, a key and a link must be like: names, roles, counties, scopes, last days."""

import re
import unicodedata
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final

from matcher.errors import InvalidInputError
from matcher.people.actors import PERMISSIONS, Permission, Role
from matcher.people.days import next_moment, today

ROLES_OF_ACCOUNTS: Final = (
    Role.CITY_ADMIN,
    Role.CITY_STAFF,
    Role.COUNTY_STAFF,
    Role.READ_ONLY,
)
ROLES_OF_KEYS: Final = (Role.CITY_STAFF, Role.COUNTY_STAFF, Role.READ_ONLY)
"""Programs administer nothing: a key that leaks must not be able to make accounts."""

NAME_LONGEST: Final = 60
COUNTY_LONGEST: Final = 50
LABEL_LONGEST: Final = 100
LONGEST_VALIDITY: Final = timedelta(days=3653)

_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")


def username_of(text: str) -> str:
    """An account's name as it is stored, from what was typed: plain small letters."""
    plain = unicodedata.normalize("NFKC", text[:200]).replace("\0", "")
    return plain.encode(errors="replace").decode().strip().lower()


def one_line(text: str) -> str:
    """A text that somebody typed or pasted as one line without odd signs."""
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())


def check_username(username: str) -> None:
    """Refuse what cannot be an account's name.

    Raises:
        InvalidInputError: it is too short or too long, or has signs that it must not have.
    """
    if not _USERNAME.fullmatch(username):
        raise InvalidInputError(
            "账号名要以字母开头，只用小写字母、数字、点、横线和下划线，2 到 40 个字符",
            field="username",
        )


def check_text(text: str, what: str, field: str, most: int, *, required: bool = True) -> None:
    """Refuse a text that is empty or too long.

    Args:
        text: without blanks around it.
        what: its Chinese name.
        field: name of the input field.
        most: how many characters it may have.
        required: whether it must be there at all.

    Raises:
        InvalidInputError: it is empty or too long.
    """
    if required and not text:
        raise InvalidInputError(f"请填写{what}", field=field)
    if len(text) > most:
        raise InvalidInputError(f"{what}最多 {most} 个字，现在有 {len(text)} 个", field=field)


def check_role(role: Role, county: str, allowed: Collection[Role]) -> None:
    """Refuse a role that is not to be given, and a county where there is none to have.

    Raises:
        InvalidInputError: the role or the county will not do.
    """
    if role not in allowed:
        labels = "、".join(each.label for each in allowed)
        raise InvalidInputError(f"角色应为：{labels}", field="role")
    if role is Role.COUNTY_STAFF:
        check_text(county, "县区", "county", COUNTY_LONGEST)
    elif county:
        raise InvalidInputError(f"{role.label}不分县区，请不填县区", field="county")


def check_scope(role: Role, scope: frozenset[Permission]) -> None:
    """Refuse a scope that is empty or wider than the role.

    Raises:
        InvalidInputError: it is.
    """
    if not scope:
        raise InvalidInputError("请至少选择一项权限", field="scope")
    more = scope - PERMISSIONS[role]
    if more:
        labels = "、".join(each.label for each in Permission if each in more)
        raise InvalidInputError(f"{role.label}没有这些权限：{labels}", field="scope")


def end_of_validity(last_day: date | None) -> datetime | None:
    """The moment at which a key or a link ends that is valid through a day; None for no end.

    Raises:
        InvalidInputError: the day is over already, or more than ten years ahead.
    """
    if last_day is None:
        return None
    if last_day < today():
        raise InvalidInputError("有效期的最后一天不能早于今天", field="last_day")
    if last_day > today() + LONGEST_VALIDITY:
        raise InvalidInputError("有效期最长十年，不设期限请留空", field="last_day")
    return next_moment(last_day)
