"""Accounts, keys, links, refused logins and the audit log in the store."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text as sql
from sqlalchemy import update
from sqlalchemy.orm import Session

from matcher.errors import ConflictError, NotFoundError, StoreError
from matcher.people import (
    Account,
    Actor,
    ActorKind,
    ApiKey,
    Permission,
    Role,
    SubmissionLink,
    Validity,
)
from matcher.store.accounts import (
    FAILURES_OF_ADDRESS,
    FAILURES_OF_NAME,
    FAILURES_OF_NAME_AND_ADDRESS,
    SORTED_BY,
    THROTTLE_WINDOW,
    add_account,
    change_account,
    find_accounts,
    get_account,
    is_last_administrator,
    is_throttled,
    note_login,
    note_login_failure,
    set_password,
)
from matcher.store.api_keys import (
    KEYS_SORTED_BY,
    LINKS_SORTED_BY,
    add_key,
    add_link,
    find_key,
    find_keys,
    find_link,
    find_links,
    revoke_key,
    revoke_link,
)
from matcher.store.audit import add_audit, list_audit
from matcher.store.database import Database
from matcher.store.tables_people import AuditRow, LoginFailureRow

pytestmark = pytest.mark.any_database

NOW = datetime.now(UTC)
HASH = "no hash of anything"
LI = Account(username="li", name="李_示例", role=Role.CITY_ADMIN, created_at=NOW)
WANG = Account(
    username="wang", name="王示例", role=Role.COUNTY_STAFF, county="乐清市", created_at=NOW
)
KEY = ApiKey(
    prefix="aa",
    name="政务平台",
    role=Role.READ_ONLY,
    scope=frozenset({Permission.READ}),
    created_at=NOW,
    created_by="李",
)
LINK = SubmissionLink(id=0, county="乐清市", label="征集", created_at=NOW, created_by="李")
ACTOR = Actor(kind=ActorKind.ACCOUNT, id="li", name="李示例", role=Role.CITY_ADMIN, address="::1")


@pytest.fixture
def two(database: Database) -> Database:
    with database.writing() as session:
        add_account(session, LI, HASH)
        add_account(session, WANG, HASH)
    return database


def test_accounts_are_found(two: Database) -> None:
    def found(**criteria: object) -> list[str]:
        with two.reading() as session:
            accounts, total = find_accounts(session, **criteria)  # type: ignore[arg-type]
        assert total == len(accounts)
        return [account.username for account in accounts]

    assert found() == ["li", "wang"]
    assert found(descending=True) == ["wang", "li"]
    assert found(text="乐清") == ["wang"]
    assert found(text="WAN") == ["wang"]
    assert found(text="_") == ["li"], "a sign of a pattern is only itself"
    assert found(role=Role.CITY_ADMIN) == ["li"]
    assert found(active=False) == []
    for column in SORTED_BY:
        assert len(found(sort=column)) == 2


def test_a_page_of_accounts(two: Database) -> None:
    with two.reading() as session:
        assert find_accounts(session, offset=1, limit=1)[1] == 2
        assert find_accounts(session, offset=1, limit=1)[0][0].username == "wang"


def test_a_username_is_there_once(two: Database) -> None:
    with pytest.raises(ConflictError, match="li"), two.writing() as session:
        add_account(session, LI, HASH)


def test_every_change_ends_the_sessions(two: Database) -> None:
    with two.writing() as session:
        change_account(session, replace(WANG, name="王五"))
        assert get_account(session, "wang").epoch == 1
        assert set_password(session, "wang", HASH) == 2
        note_login(session, "wang", NOW)
        assert get_account(session, "wang").epoch == 2
        with pytest.raises(NotFoundError):
            set_password(session, "nobody", HASH)


def test_the_last_administrator(two: Database) -> None:
    with two.writing() as session:
        assert is_last_administrator(session, "li")
        assert not is_last_administrator(session, "wang")
        add_account(session, replace(LI, username="zhao"), HASH)
        assert not is_last_administrator(session, "li")
        change_account(session, replace(LI, username="zhao", active=False))
        assert is_last_administrator(session, "li")


def failed(session: Session, times: int, name: str = "li", address: str = "10.0.0.{}") -> None:
    for number in range(times):
        note_login_failure(session, name.format(number), address.format(number))


def test_a_name_is_throttled_from_one_address_before_all(database: Database) -> None:
    with database.writing() as session:
        failed(session, FAILURES_OF_NAME_AND_ADDRESS - 1, address="10.0.0.1")
        assert not is_throttled(session, "li", "10.0.0.1")
        failed(session, 1, address="10.0.0.1")
        assert is_throttled(session, "li", "10.0.0.1")
        assert not is_throttled(session, "li", "10.0.0.2"), "the owner elsewhere is not locked out"
        assert not is_throttled(session, "wang", "10.0.0.1"), "nor are the others of the office"


def test_a_name_is_throttled_over_all_addresses(database: Database) -> None:
    with database.writing() as session:
        failed(session, FAILURES_OF_NAME)
        assert is_throttled(session, "li", "10.9.9.9")
        assert not is_throttled(session, "wang", "10.9.9.9")


def test_an_address_is_throttled_over_all_names(database: Database) -> None:
    with database.writing() as session:
        failed(session, FAILURES_OF_ADDRESS, name="guess{}", address="10.0.0.1")
        assert is_throttled(session, "li", "10.0.0.1")
        failed(session, FAILURES_OF_ADDRESS, name="guess{}", address="")
        assert not is_throttled(session, "li", ""), "an unknown address is nobody's"


def test_throttling_ends(database: Database) -> None:
    with database.writing() as session:
        failed(session, FAILURES_OF_NAME)
        session.execute(update(LoginFailureRow).values(at=NOW - THROTTLE_WINDOW))
        assert not is_throttled(session, "li", "10.0.0.1")


def test_a_new_password_ends_throttling(two: Database) -> None:
    with two.writing() as session:
        failed(session, FAILURES_OF_NAME)
        set_password(session, "li", HASH)
        assert not is_throttled(session, "li", "10.0.0.1")


def test_keys_are_found_by_state_and_text(database: Database) -> None:
    with database.writing() as session:
        add_key(session, KEY, "digest")
        past = NOW - timedelta(days=1)
        add_key(session, replace(KEY, prefix="bb", name="旧平台", expires_at=past), "digest")
        add_key(session, replace(KEY, prefix="cc", created_at=past), "digest")
        revoke_key(session, "cc")

        def found(**criteria: object) -> list[str]:
            return [key.prefix for key in find_keys(session, **criteria)[0]]  # type: ignore[arg-type]

        assert found()[-1] == "cc", "the oldest comes last"
        assert found(validity=Validity.VALID) == ["aa"]
        assert found(validity=Validity.EXPIRED) == ["bb"]
        assert found(validity=Validity.CLOSED) == ["cc"]
        assert found(text="旧") == ["bb"]
        for column in KEYS_SORTED_BY:
            assert len(found(sort=column, descending=False)) == 3
        assert find_key(session, "aa") == (KEY, "digest")
        assert find_key(session, "bb") is None
        assert find_key(session, "cc") is None


def test_links_are_found_by_county_state_and_text(database: Database) -> None:
    with database.writing() as session:
        first = add_link(session, LINK, "1")
        other = add_link(session, replace(LINK, county="平阳县", label=""), "2")
        revoke_link(session, other.id)

        def found(**criteria: object) -> list[int]:
            return [link.id for link in find_links(session, **criteria)[0]]  # type: ignore[arg-type]

        assert set(found()) == {first.id, other.id}
        assert found(county="乐清市") == [first.id]
        assert found(validity=Validity.CLOSED) == [other.id]
        assert found(text="征集") == [first.id]
        for column in LINKS_SORTED_BY:
            assert len(found(sort=column)) == 2
        assert find_link(session, "1") == first
        assert find_link(session, "2") is None
        assert find_link(session, "3") is None


def test_the_log_is_searched(database: Database) -> None:
    with database.writing() as session:
        add_audit(session, ACTOR, action="create", subject="need", subject_id="N1", summary="温升")
        add_audit(session, ACTOR, action="delete", subject="need", subject_id="N2", summary="鞣制")

        def found(**criteria: object) -> list[str]:
            entries, total = list_audit(session, **criteria)  # type: ignore[arg-type]
            assert total == len(entries)
            return [entry.subject_id for entry in entries]

        assert found() == ["N2", "N1"]
        assert found(actor="li") == ["N2", "N1"]
        assert found(actor="示例") == ["N2", "N1"]
        assert found(actor="l") == [], "a part of an id is nobody"
        assert found(action="create") == ["N1"]
        assert found(subject_id="N2") == ["N2"]
        assert found(text="温") == ["N1"]
        assert found(text="%") == []


def test_the_days_of_the_log_are_those_of_china(database: Database) -> None:
    with database.writing() as session:
        row = AuditRow(
            at=datetime(2026, 11, 22, 16, 30, tzinfo=UTC),
            actor_kind=ActorKind.PROGRAM,
            actor_id="cli",
            actor_name="",
            address="",
            action="create",
            subject="need",
            subject_id="N1",
            county="",
            summary="",
            details={},
        )
        session.add(row)
        session.flush()
        day, before = date(2026, 11, 23), date(2026, 11, 22)
        assert list_audit(session, since=day, until=day)[1] == 1
        assert list_audit(session, since=before, until=before)[1] == 0


@pytest.mark.parametrize("statement", ["UPDATE audit SET summary = ''", "DELETE FROM audit"])
def test_nobody_changes_the_log(database: Database, statement: str) -> None:
    with database.writing() as session:
        add_audit(session, ACTOR, action="create", subject="need", subject_id="N1", summary="温升")
    with pytest.raises((ConflictError, StoreError)), database.writing() as session:
        session.execute(sql(statement))
    with database.reading() as session:
        assert list_audit(session)[0][0].summary == "温升"
