"""Signing in: what opens, what is refused, what a second worker sees, what the log says."""

import threading

import pytest

from matcher.desk import Act, Desk, RecordDesk, Subject, keys, links, people, signing_in
from matcher.desk.signing_in import (
    actor_of_key,
    actor_of_link,
    actor_of_session,
    change_own_password,
    sign_in,
    sign_out,
)
from matcher.errors import ForbiddenError, InvalidInputError, ThrottledError
from matcher.people import AuditEntry, Permission, Role, actor_of_program
from matcher.people.passwords import hash_password, password_fits
from matcher.service import Matcher
from matcher.store.accounts import FAILURES_OF_NAME_AND_ADDRESS, find_account
from matcher.store.audit import list_audit
from matcher.store.database import open_database

pytestmark = pytest.mark.any_database

HERE, ELSEWHERE = "10.0.0.1", "10.0.0.2"
PASSWORD = "correct horse battery"


@pytest.fixture
def desk(matcher: Matcher) -> RecordDesk:
    """The operator's, at a library with the account `wang`, whose password is PASSWORD."""
    opened = Desk(matcher, actor_of_program())
    people.create_account(opened, "wang", name="王", role=Role.CITY_STAFF, password=PASSWORD)
    return opened


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Passwords that are compared as they are; the list has all that were looked at."""
    looked_at: list[str] = []

    def fits(password: str, stored: str | None) -> bool:
        looked_at.append(password)
        return stored == f"of {password}"

    monkeypatch.setattr(signing_in, "password_fits", fits)
    monkeypatch.setattr(signing_in, "hash_password", lambda password, _name: f"of {password}")
    monkeypatch.setattr(people, "hash_password", lambda password, _name: f"of {password}")
    return looked_at


def log(matcher: Matcher) -> list[AuditEntry]:
    """The lines about accounts after the first, which made the account."""
    with matcher.reading() as session:
        return list_audit(session, subject=Subject.ACCOUNT)[0][::-1][1:]


def refused(matcher: Matcher, name: str = "wang", password: str = "wrong", at: str = HERE) -> str:
    with pytest.raises(InvalidInputError) as caught:
        sign_in(matcher, name, password, at)
    return caught.value.message


def test_a_password_opens_its_account(matcher: Matcher, desk: RecordDesk) -> None:
    assert sign_in(matcher, " Wang", PASSWORD, HERE).username == "wang"
    assert people.get(desk, "wang").last_login is not None
    (entry,) = log(matcher)
    assert (entry.action, entry.actor_id, entry.address) == (Act.LOGIN, "wang", HERE)


@pytest.mark.usefixtures("cheap")
def test_all_refusals_are_told_in_the_same_words(matcher: Matcher, desk: RecordDesk) -> None:
    people.create_account(desk, "left", name="走", role=Role.CITY_STAFF, password=PASSWORD)
    people.set_active(desk, "left", False)
    told = {
        refused(matcher),
        refused(matcher, "nobody"),
        refused(matcher, "left", PASSWORD),
        refused(matcher, "wang\0", "\ud800"),
        refused(matcher, "王", ""),
    }
    assert len(told) == 1


def test_a_name_that_is_not_there_costs_a_hash_too(matcher: Matcher, cheap: list[str]) -> None:
    refused(matcher, "nobody", "guess")
    assert cheap == ["guess"]


@pytest.mark.usefixtures("cheap")
def test_refusals_are_logged_without_what_was_typed(matcher: Matcher, desk: RecordDesk) -> None:
    refused(matcher)
    refused(matcher, "my-secret-typed-into-the-wrong-field", "guess")
    known, unknown = log(matcher)
    assert (known.action, known.subject_id, known.summary) == (Act.REFUSED, "wang", "口令不对")
    assert (unknown.action, unknown.subject_id, unknown.address) == (Act.REFUSED, "", HERE)
    assert "secret" not in repr(unknown)
    assert "guess" not in repr(unknown)


def test_too_many_refusals_stop_the_next_at_once(
    cheap: list[str], matcher: Matcher, desk: RecordDesk
) -> None:
    for _ in range(FAILURES_OF_NAME_AND_ADDRESS):
        refused(matcher)
    cheap.clear()
    with pytest.raises(ThrottledError, match="15 分钟"):
        sign_in(matcher, "wang", PASSWORD, HERE)
    assert cheap == [], "not even looked at"
    assert sign_in(matcher, "wang", PASSWORD, ELSEWHERE)
    assert sign_in(matcher, "wang", PASSWORD, HERE), "the login elsewhere cleared the refusals"


@pytest.mark.usefixtures("cheap")
def test_a_second_worker_knows_of_the_refusals(matcher: Matcher, desk: RecordDesk) -> None:
    second = open_database(matcher.database.engine.url)
    worker = Matcher(second, matcher.encoder, matcher.index, matcher._judgement)
    for number in range(FAILURES_OF_NAME_AND_ADDRESS):
        refused(worker if number % 2 else matcher)
    with pytest.raises(ThrottledError):
        sign_in(worker, "wang", PASSWORD, HERE)
    second.close()


def test_no_more_are_tried_at_once_than_one_after_the_other(
    cheap: list[str], matcher: Matcher, desk: RecordDesk
) -> None:
    def attempt() -> None:
        with pytest.raises((InvalidInputError, ThrottledError)):
            sign_in(matcher, "wang", "wrong", HERE)

    threads = [threading.Thread(target=attempt) for _ in range(3 * FAILURES_OF_NAME_AND_ADDRESS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(cheap) == FAILURES_OF_NAME_AND_ADDRESS


@pytest.mark.usefixtures("cheap")
def test_a_reset_password_lets_in_at_once(matcher: Matcher, desk: RecordDesk) -> None:
    for _ in range(FAILURES_OF_NAME_AND_ADDRESS):
        refused(matcher)
    password = people.reset_password(desk, "wang")
    assert sign_in(matcher, "wang", password, HERE)


def test_what_was_changed_while_the_hash_was_made_counts(
    matcher: Matcher, desk: RecordDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disabled_meanwhile(password: str, stored: str | None) -> bool:
        people.set_active(desk, "wang", False)
        return True

    people.create_account(desk, "admin", name="甲", role=Role.CITY_ADMIN)
    monkeypatch.setattr(signing_in, "password_fits", disabled_meanwhile)
    refused(matcher, "wang", PASSWORD)


def test_two_logins_at_once_both_succeed(
    matcher: Matcher, desk: RecordDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other_login_meanwhile(password: str, stored: str | None) -> bool:
        monkeypatch.setattr(signing_in, "password_fits", lambda *_: True)
        sign_in(matcher, "wang", PASSWORD, ELSEWHERE)
        return True

    monkeypatch.setattr(signing_in, "password_fits", other_login_meanwhile)
    assert sign_in(matcher, "wang", PASSWORD, HERE)


def test_a_session_ends_with_the_account_and_with_leaving(
    matcher: Matcher, desk: RecordDesk
) -> None:
    actor = actor_of_session(matcher, "wang", 0, HERE)
    assert actor is not None
    assert actor.address == HERE
    assert actor_of_session(matcher, "wang", 1, HERE) is None
    assert actor_of_session(matcher, "nobody", 0, HERE) is None
    sign_out(matcher, actor)
    assert actor_of_session(matcher, "wang", 0, HERE) is None
    assert log(matcher)[-1].action == Act.LOGOUT
    people.set_active(desk, "wang", False)
    epoch = people.get(desk, "wang").epoch
    assert actor_of_session(matcher, "wang", epoch, HERE) is None


def test_ones_own_password(matcher: Matcher, desk: RecordDesk) -> None:
    actor = people.get(desk, "wang").actor(HERE)
    account = change_own_password(matcher, actor, PASSWORD, "another horse battery")
    assert account.epoch == 1
    with matcher.reading() as session:
        found = find_account(session, "wang")
    assert found is not None
    assert password_fits("another horse battery", found[1])
    assert log(matcher)[-1].action == Act.PASSWORD


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("wrong", "another horse battery", "old"),
        (PASSWORD, "short", "new"),
        (PASSWORD, "my-wang-password", "new"),
        (PASSWORD, PASSWORD, "new"),
    ],
)
def test_passwords_that_are_not_taken(
    matcher: Matcher, desk: RecordDesk, old: str, new: str, field: str
) -> None:
    actor = people.get(desk, "wang").actor(HERE)
    with pytest.raises(InvalidInputError) as caught:
        change_own_password(matcher, actor, old, new)
    assert caught.value.field == field
    assert people.get(desk, "wang").epoch == 0


@pytest.mark.usefixtures("cheap")
def test_a_stolen_session_cannot_guess_the_password(matcher: Matcher, desk: RecordDesk) -> None:
    actor = people.get(desk, "wang").actor(HERE)
    for _ in range(FAILURES_OF_NAME_AND_ADDRESS):
        with pytest.raises(InvalidInputError):
            change_own_password(matcher, actor, "wrong", "another horse battery")
    with pytest.raises(ThrottledError):
        change_own_password(matcher, actor, PASSWORD, "another horse battery")
    assert [entry.action for entry in log(matcher)] == [Act.REFUSED] * FAILURES_OF_NAME_AND_ADDRESS


def test_a_key_acts_within_its_scope_until_it_is_revoked(
    matcher: Matcher, desk: RecordDesk
) -> None:
    scope = frozenset({Permission.READ})
    key, shown = keys.create(desk, "平台", role=Role.CITY_STAFF, scope=scope)
    actor = actor_of_key(matcher, shown, HERE)
    assert actor is not None
    assert (actor.id, actor.permissions, actor.address) == (key.prefix, scope, HERE)
    first = keys.get(desk, key.prefix).last_used
    assert first is not None
    actor_of_key(matcher, shown, HERE)
    assert keys.get(desk, key.prefix).last_used == first, "not written at every request"
    for wrong in (shown[:-1], shown + "x", f"nm_{key.prefix}_x", "", "nm__", "Bearer"):
        assert actor_of_key(matcher, wrong, HERE) is None
    with pytest.raises(ForbiddenError, match="填报和办理"):
        links.create(RecordDesk(matcher.database, actor), "乐清市")
    for refused_to_keys in (
        lambda: sign_out(matcher, actor),
        lambda: change_own_password(matcher, actor, PASSWORD, "another horse battery"),
    ):
        with pytest.raises(ForbiddenError, match="接口密钥"):
            refused_to_keys()
    keys.revoke(desk, key.prefix)
    assert actor_of_key(matcher, shown, HERE) is None


def test_a_link_acts_until_it_is_closed(matcher: Matcher, desk: RecordDesk) -> None:
    link, token = links.create(desk, "乐清市")
    actor = actor_of_link(matcher, token, HERE)
    assert actor is not None
    assert (actor.county, actor.permissions) == ("乐清市", frozenset())
    assert actor_of_link(matcher, token + "x", HERE) is None
    assert actor_of_link(matcher, "\ud800", HERE) is None
    links.close(desk, link.id)
    assert actor_of_link(matcher, token, HERE) is None


def test_real_hashes_are_used() -> None:
    assert signing_in.hash_password is hash_password
    assert signing_in.password_fits is password_fits
