"""Who sees which entries of the navigation."""

import pytest
from starlette.testclient import TestClient

from api.pages.navigation import NAVIGATION, navigation_of
from matcher.people import Actor, ActorKind, Role
from matcher.people.actors import PERMISSIONS


def names(role: Role) -> set[str]:
    actor = Actor(
        kind=ActorKind.ACCOUNT, id="x", name="某人", role=role, permissions=PERMISSIONS[role]
    )
    return {entry.name for group in navigation_of(actor) for entry in group.entries}


@pytest.mark.parametrize(
    ("role", "hidden"),
    [
        (Role.CITY_ADMIN, set()),
        (Role.CITY_STAFF, {"accounts", "keys", "audit"}),
        (Role.COUNTY_STAFF, {"accounts", "keys", "audit"}),
        (Role.READ_ONLY, {"accounts", "keys", "audit", "links"}),
    ],
)
def test_nobody_is_led_to_what_they_may_not_open(role: Role, hidden: set[str]) -> None:
    known = {entry.name for group in NAVIGATION for entry in group.entries}
    assert names(role) == known - hidden


def test_who_is_not_signed_in_sees_none() -> None:
    assert navigation_of(None) == ()
    assert names(Role.ENTERPRISE) == set(), "an empty group is left out with its heading"


def test_the_first_group_is_short_enough_to_be_seen_whole() -> None:
    assert len(NAVIGATION[0].entries) <= 9
    paths = [entry.path for group in NAVIGATION for entry in group.entries]
    assert len(paths) == len(set(paths))


def test_every_entry_leads_to_a_page_that_marks_it(client: TestClient) -> None:
    for group in NAVIGATION:
        for entry in group.entries:
            answer = client.get(entry.path)
            assert answer.status_code == 200, entry.path
            assert f'href="{entry.path}" aria-current="page">{entry.label}<' in answer.text
