"""Roles, passwords, days, validity: the rules about people, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import ForbiddenError, InvalidInputError
from matcher.people import Account, ApiKey, Permission, Role, SubmissionLink, Validity
from matcher.people import passwords as module
from matcher.people.actors import PERMISSIONS
from matcher.people.days import day_of, first_moment, last_day_before, next_moment, shown_moment
from matcher.people.days import today as china_today
from matcher.people.passwords import hash_password, password_fits, random_password, weakness_of
from matcher.people.rules import (
    ROLES_OF_KEYS,
    check_role,
    check_scope,
    check_text,
    check_username,
    end_of_validity,
    one_line,
    username_of,
)
from matcher.people.secrets import check_secret, key_prefix, new_key, new_token, token_digest

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
ACCOUNT = Account(username="li", name="李", role=Role.CITY_STAFF, created_at=NOW)
KEY = ApiKey(
    prefix="abcd",
    name="平台",
    role=Role.CITY_STAFF,
    scope=frozenset({Permission.READ, Permission.ADMIN}),
    created_at=NOW,
    created_by="管理员",
)
LINK = SubmissionLink(id=1, county="乐清市", label="", created_at=NOW, created_by="管理员")


def test_a_key_has_no_more_than_its_role_and_its_scope() -> None:
    assert KEY.actor().permissions == {Permission.READ}


def test_an_enterprise_may_nothing() -> None:
    actor = LINK.actor()
    assert actor.permissions == frozenset()
    with pytest.raises(ForbiddenError, match="查看"):
        actor.require(Permission.READ)


def test_only_administrators_administer() -> None:
    able = {role for role, permissions in PERMISSIONS.items() if Permission.ADMIN in permissions}
    assert able == {Role.CITY_ADMIN}
    assert Role.CITY_ADMIN not in ROLES_OF_KEYS


def test_the_version_of_an_account_changes_with_what_can_be_changed() -> None:
    versions = {
        ACCOUNT.version,
        replace(ACCOUNT, name="李四").version,
        replace(ACCOUNT, role=Role.READ_ONLY).version,
        replace(ACCOUNT, county="乐清市").version,
        replace(ACCOUNT, active=False).version,
    }
    assert len(versions) == 5
    assert replace(ACCOUNT, last_login=NOW, epoch=9).version == ACCOUNT.version


@pytest.mark.parametrize("record", [KEY, LINK])
def test_validity(record: ApiKey | SubmissionLink) -> None:
    ends = replace(record, expires_at=NOW)
    assert record.validity(NOW) is Validity.VALID
    assert ends.validity(NOW - timedelta(seconds=1)) is Validity.VALID
    assert ends.validity(NOW) is Validity.EXPIRED
    assert replace(ends, revoked_at=NOW).validity(NOW) is Validity.CLOSED


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("short", "10 到 200"),
        ("x" * 201, "10 到 200"),
        ("aaaaaaaaaaaa", "不同的字符"),
        ("12345678ab", "连续"),
        ("xy87654321", "连续"),
        ("qwertyuiop", "连续"),
        ("my-LI.si-word", "账号名"),
        ("１２３４５６７８９０", "连续"),
    ],
)
def test_weak_passwords(password: str, told: str) -> None:
    assert told in weakness_of(password, "li.si")
    with pytest.raises(InvalidInputError, match=told):
        hash_password(password, "li.si")


@pytest.mark.parametrize(
    "password", ["一句自己记得住的中文话", "correct horse", "x7!y8!x7!y8", "li-2026-wenzhou"]
)
def test_passwords_that_will_do(password: str) -> None:
    assert weakness_of(password, "li.si") == ""
    assert weakness_of(password, "li") == ""


def test_a_password_fits_in_either_width_and_nothing_else_does() -> None:
    stored = hash_password("Kaku-2026-ok")
    assert password_fits("Ｋａｋｕ-２０２６-ok", stored)
    assert not password_fits("kaku-2026-ok", stored)
    assert not password_fits("", stored)
    assert not password_fits("Kaku-2026-ok\ud800", stored)
    assert not password_fits("Kaku-2026-ok", "no hash")


def test_what_is_too_long_never_fits() -> None:
    longest = "".join(chr(0x4E00 + n) for n in range(200))
    stored = hash_password(longest)
    assert password_fits(longest, stored)
    assert not password_fits(longest + "x", stored)


def test_nobody_has_a_password_that_costs_as_much_as_any() -> None:
    assert not module._HASHER.check_needs_rehash(module._NOBODY)
    assert not password_fits("anything at all", None)


def test_random_passwords_will_do_and_differ() -> None:
    made = {random_password("23ab") for _ in range(50)}
    assert len(made) == 50
    assert not any(weakness_of(each, "23ab") for each in made)


def test_a_key_names_itself() -> None:
    made = new_key()
    assert key_prefix(made.shown) == made.prefix
    assert made.digest == token_digest(made.shown)
    assert made.shown not in repr(made.digest)
    for no_key in ("", "nm_", "nm_abc", "xx_abc_def", "钥匙", "nm_abc_"):
        assert key_prefix(no_key) == ""


def test_a_token_is_new_each_time_and_any_text_has_a_digest() -> None:
    assert new_token() != new_token()
    assert len(token_digest("\ud800")) == 64


def test_a_short_secret_is_refused() -> None:
    check_secret("x" * 32)
    with pytest.raises(InvalidInputError, match="MATCHER_SECRET"):
        check_secret("x" * 31)


@pytest.mark.parametrize("typed", [" Li.Si ", "ｌｉ．ｓｉ", "LI.SI"])
def test_usernames_are_plain_small_letters(typed: str) -> None:
    assert username_of(typed) == "li.si"
    check_username("li.si")


@pytest.mark.parametrize("name", ["", "l", "9li", "li si", "李四", "li\n", "x" * 41, "../li"])
def test_no_usernames(name: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_username(name)
    assert caught.value.field == "username"


def test_roles_and_counties() -> None:
    check_role(Role.COUNTY_STAFF, "乐清市", ROLES_OF_KEYS)
    check_role(Role.READ_ONLY, "", ROLES_OF_KEYS)
    for role, county, field in [
        (Role.COUNTY_STAFF, "", "county"),
        (Role.COUNTY_STAFF, "县" * 51, "county"),
        (Role.READ_ONLY, "乐清市", "county"),
        (Role.CITY_ADMIN, "", "role"),
        (Role.ENTERPRISE, "", "role"),
    ]:
        with pytest.raises(InvalidInputError) as caught:
            check_role(role, county, ROLES_OF_KEYS)
        assert caught.value.field == field


def test_scopes() -> None:
    check_scope(Role.READ_ONLY, frozenset({Permission.READ}))
    with pytest.raises(InvalidInputError, match="填报和办理"):
        check_scope(Role.READ_ONLY, frozenset({Permission.READ, Permission.EDIT}))
    with pytest.raises(InvalidInputError, match="至少"):
        check_scope(Role.READ_ONLY, frozenset())


def test_texts() -> None:
    check_text("", "用途", "label", 3, required=False)
    with pytest.raises(InvalidInputError, match="请填写用途"):
        check_text("", "用途", "label", 3)
    with pytest.raises(InvalidInputError, match="最多 3 个字，现在有 4 个"):
        check_text("四个字的", "用途", "label", 3)


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    line = one_line(text)
    assert line == one_line(line)
    assert line.isprintable()


def test_the_end_of_a_validity() -> None:
    assert end_of_validity(None) is None
    ends = end_of_validity(china_today())
    assert ends is not None
    assert timedelta(0) < ends - datetime.now(UTC) <= timedelta(days=1)
    for day in (china_today() - timedelta(days=1), china_today() + timedelta(days=4000)):
        with pytest.raises(InvalidInputError) as caught:
            end_of_validity(day)
        assert caught.value.field == "last_day"


def test_days_are_those_of_china() -> None:
    day = date(2026, 11, 23)
    assert first_moment(day) == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert next_moment(day) == datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert day_of(first_moment(day)) == day
    assert last_day_before(next_moment(day)) == day
    assert last_day_before(None) is None
    assert shown_moment(NOW) == "2026-11-22 14:30"
    assert shown_moment(None) == ""
