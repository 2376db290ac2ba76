"""Accounts, keys and links at the desk: who may, what is refused, what the log says."""

from datetime import UTC, datetime, timedelta

import pytest

from matcher.desk import Act, RecordDesk, Subject, keys, links, people
from matcher.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    MatcherError,
    NotFoundError,
)
from matcher.people import AuditEntry, Permission, Role, Validity, actor_of_program
from matcher.people.days import today
from matcher.people.passwords import password_fits
from matcher.people.secrets import token_digest
from matcher.store.accounts import find_account
from matcher.store.api_keys import find_key, find_link
from matcher.store.audit import list_audit
from matcher.store.database import Database

pytestmark = pytest.mark.any_database

PASSWORD = "correct horse battery"


@pytest.fixture
def desk(database: Database) -> RecordDesk:
    """The operator's, who may everything."""
    return RecordDesk(database, actor_of_program())


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Accounts without the tenth of a second that a real hash takes."""
    monkeypatch.setattr(people, "hash_password", lambda password, username: f"of {password}")


def desk_of(database: Database, role: Role, county: str = "") -> RecordDesk:
    """The desk of an account of this role."""
    owner = RecordDesk(database, actor_of_program())
    account, _ = people.create_account(
        owner, f"{role.value.replace('_', '')}x", name=role.label, role=role, county=county
    )
    return RecordDesk(database, account.actor("10.0.0.1"))


def log(database: Database, subject: Subject) -> list[AuditEntry]:
    """The lines about records of this kind, the first one first."""
    with database.reading() as session:
        return list_audit(session, subject=subject)[0][::-1]


def test_a_created_account_has_the_password_that_is_shown(
    desk: RecordDesk, database: Database
) -> None:
    account, password = people.create_account(
        desk, " ＬＩ.si ", name=" 李  示例\n", role=Role.CITY_STAFF
    )
    assert (account.username, account.name) == ("li.si", "李 示例")
    with database.reading() as session:
        found = find_account(session, "li.si")
    assert found is not None
    assert password_fits(password, found[1])
    (entry,) = log(database, Subject.ACCOUNT)
    assert (entry.action, entry.subject_id) == (Act.CREATE, "li.si")
    assert password not in repr(entry)


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"username": "9"}, "username"),
        ({"name": " "}, "name"),
        ({"name": "长" * 61}, "name"),
        ({"role": Role.ENTERPRISE}, "role"),
        ({"role": Role.COUNTY_STAFF}, "county"),
        ({"county": "乐清市"}, "county"),
    ],
)
def test_what_will_not_do_is_refused(
    desk: RecordDesk, given: dict[str, object], field: str
) -> None:
    usual: dict[str, object] = {"username": "li", "name": "李", "role": Role.CITY_STAFF}
    with pytest.raises(InvalidInputError) as caught:
        people.create_account(desk, **(usual | given))  # type: ignore[arg-type]
    assert caught.value.field == field
    assert people.find(desk) == ([], 0)


def test_a_weak_password_is_refused(desk: RecordDesk) -> None:
    with pytest.raises(InvalidInputError, match="10 到 200"):
        people.create_account(desk, "li", name="李", role=Role.CITY_STAFF, password="short")


@pytest.mark.usefixtures("cheap")
def test_a_change_is_logged_with_what_was_before(desk: RecordDesk, database: Database) -> None:
    people.create_account(desk, "wang", name="王", role=Role.CITY_STAFF)
    seen = people.get(desk, "wang")
    changed = people.change(
        desk, "wang", name="王", role=Role.COUNTY_STAFF, county="乐清市", seen=seen.version
    )
    assert (changed.role, changed.county, changed.epoch) == (Role.COUNTY_STAFF, "乐清市", 1)
    entry = log(database, Subject.ACCOUNT)[-1]
    assert entry.action == Act.CHANGE
    assert entry.details == {"role": ["city_staff", "county_staff"], "county": ["", "乐清市"]}


@pytest.mark.usefixtures("cheap")
def test_nothing_happens_where_nothing_differs(desk: RecordDesk, database: Database) -> None:
    people.create_account(desk, "wang", name="王", role=Role.CITY_STAFF)
    people.change(desk, "wang", name=" 王 ", role=Role.CITY_STAFF)
    assert people.get(desk, "wang").epoch == 0
    assert len(log(database, Subject.ACCOUNT)) == 1


@pytest.mark.usefixtures("cheap")
def test_who_is_second_is_told(desk: RecordDesk) -> None:
    people.create_account(desk, "wang", name="王", role=Role.CITY_STAFF)
    seen = people.get(desk, "wang").version
    people.change(desk, "wang", name="王五", role=Role.CITY_STAFF, seen=seen)
    with pytest.raises(ConflictError, match="别人改过"):
        people.change(desk, "wang", name="王六", role=Role.CITY_STAFF, seen=seen)
    assert people.get(desk, "wang").name == "王五"


@pytest.mark.usefixtures("cheap")
def test_somebody_is_left_to_administer(desk: RecordDesk, database: Database) -> None:
    people.create_account(desk, "admin", name="甲", role=Role.CITY_ADMIN)
    for given in ({"active": False}, {"role": Role.CITY_STAFF}):
        wanted = {"name": "甲", "role": Role.CITY_ADMIN} | given
        with pytest.raises(ConflictError, match="最后一个"):
            people.change(desk, "admin", **wanted)  # type: ignore[arg-type]
    people.create_account(desk, "second", name="乙", role=Role.CITY_ADMIN)
    assert not people.set_active(desk, "admin", False).active
    assert log(database, Subject.ACCOUNT)[-1].action == Act.REVOKE
    assert people.set_active(desk, "admin", True).active


@pytest.mark.usefixtures("cheap")
def test_a_library_without_an_administrator_can_be_managed(desk: RecordDesk) -> None:
    people.create_account(desk, "wang", name="王", role=Role.CITY_STAFF)
    assert not people.set_active(desk, "wang", False).active


@pytest.mark.usefixtures("cheap")
def test_a_reset_ends_the_sessions(desk: RecordDesk, database: Database) -> None:
    people.create_account(desk, "wang", name="王", role=Role.CITY_STAFF)
    assert people.reset_password(desk, "wang", PASSWORD) == PASSWORD
    assert people.get(desk, "wang").epoch == 1
    assert log(database, Subject.ACCOUNT)[-1].action == Act.PASSWORD
    with pytest.raises(NotFoundError):
        people.reset_password(desk, "nobody")


def test_a_key_opens_what_was_asked_for(desk: RecordDesk, database: Database) -> None:
    key, shown = keys.create(
        desk,
        "政务平台",
        role=Role.CITY_STAFF,
        scope=frozenset({Permission.READ}),
        last_day=today(),
    )
    assert key.actor().permissions == {Permission.READ}
    with database.reading() as session:
        found = find_key(session, key.prefix)
    assert found == (key, token_digest(shown))
    (entry,) = log(database, Subject.KEY)
    assert entry.details == {"role": "市级工作人员", "scope": ["查看"]}
    assert shown.split("_")[-1] not in repr(entry)


def test_a_key_without_a_scope_has_all_of_its_role_and_no_end(desk: RecordDesk) -> None:
    key, _ = keys.create(desk, "政务平台", role=Role.READ_ONLY)
    assert key.scope == {Permission.READ, Permission.MATCH}
    assert key.expires_at is None
    assert key.validity(datetime.now(UTC) + timedelta(days=9999)) is Validity.VALID


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"role": Role.CITY_ADMIN}, "role"),
        ({"scope": frozenset({Permission.EDIT})}, "scope"),
        ({"scope": frozenset()}, "scope"),
        ({"last_day": today() - timedelta(days=1)}, "last_day"),
    ],
)
def test_keys_that_will_not_do(desk: RecordDesk, given: dict[str, object], field: str) -> None:
    wanted: dict[str, object] = {"name": "平台", "role": Role.READ_ONLY}
    with pytest.raises(InvalidInputError) as caught:
        keys.create(desk, **(wanted | given))  # type: ignore[arg-type]
    assert caught.value.field == field


def test_a_revoked_key_opens_nothing(desk: RecordDesk, database: Database) -> None:
    key, _ = keys.create(desk, "政务平台", role=Role.READ_ONLY)
    first = keys.revoke(desk, key.prefix)
    assert keys.revoke(desk, key.prefix) == first, "a second time changes nothing"
    assert [entry.action for entry in log(database, Subject.KEY)] == [Act.CREATE, Act.REVOKE]
    with database.reading() as session:
        assert find_key(session, key.prefix) is None
    with pytest.raises(NotFoundError):
        keys.revoke(desk, "nothing")


@pytest.mark.usefixtures("cheap")
def test_a_countys_staff_has_its_own_links_only(desk: RecordDesk, database: Database) -> None:
    county = desk_of(database, Role.COUNTY_STAFF, "乐清市")
    own, token = links.create(county, "乐清市", label="征集")
    others, _ = links.create(desk, "平阳县")
    with database.reading() as session:
        assert find_link(session, token_digest(token)) == own
    assert links.find(county) == ([own], 1)
    assert links.find(county, county="平阳县") == ([], 0)
    assert links.find(desk)[1] == 2
    with pytest.raises(ForbiddenError, match="只能建立乐清市的"):
        links.create(county, "平阳县")
    for refused in (links.get, links.close):
        with pytest.raises(NotFoundError):
            refused(county, others.id)
    assert links.close(county, own.id).revoked_at is not None
    acts = [(entry.action, entry.county) for entry in log(database, Subject.LINK)]
    assert acts == [(Act.CREATE, "乐清市"), (Act.CREATE, "平阳县"), (Act.REVOKE, "乐清市")]


def test_links_that_will_not_do(desk: RecordDesk) -> None:
    for county, label, field in [("", "", "county"), ("乐清市", "长" * 101, "label")]:
        with pytest.raises(InvalidInputError) as caught:
            links.create(desk, county, label=label)
        assert caught.value.field == field


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize(
    ("role", "county"),
    [(Role.CITY_STAFF, ""), (Role.COUNTY_STAFF, "乐清市"), (Role.READ_ONLY, "")],
)
def test_others_do_not_administer(database: Database, role: Role, county: str) -> None:
    desk = desk_of(database, role, county)
    for refused in (
        lambda: people.find(desk),
        lambda: people.get(desk, "nobody"),
        lambda: people.create_account(desk, "new", name="新", role=Role.CITY_ADMIN),
        lambda: people.change(desk, desk.actor.id, name="我", role=Role.CITY_ADMIN),
        lambda: people.set_active(desk, desk.actor.id, True),
        lambda: people.reset_password(desk, desk.actor.id),
        lambda: people.audit(desk),
        lambda: keys.find(desk),
        lambda: keys.create(desk, "新", role=Role.READ_ONLY),
        lambda: keys.revoke(desk, "nothing"),
    ):
        with pytest.raises(ForbiddenError, match="管理账号和设置"):
            refused()


@pytest.mark.usefixtures("cheap")
def test_who_only_reads_has_no_links(database: Database) -> None:
    desk = desk_of(database, Role.READ_ONLY)
    for refused in (
        lambda: links.find(desk),
        lambda: links.create(desk, "乐清市"),
        lambda: links.close(desk, 1),
    ):
        with pytest.raises(MatcherError, match="填报和办理"):
            refused()
