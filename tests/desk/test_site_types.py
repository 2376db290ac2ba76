"""The city's own site types."""

import pytest

from matcher.desk import Desk, site_types, stations
from matcher.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from matcher.people import Role
from matcher.records import SiteType
from matcher.service import Matcher
from matcher.store.audit import list_audit
from tests.stations import add_firms, desk_of, draft

pytestmark = pytest.mark.any_database


@pytest.fixture
def admin(filled: Matcher) -> Desk:
    add_firms(filled)
    return desk_of(filled, Role.CITY_ADMIN)


def test_the_four_are_always_there(matcher: Matcher) -> None:
    kinds = site_types.kinds(desk_of(matcher, Role.READ_ONLY))
    assert list(kinds) == [member.value for member in SiteType]
    assert [kind.code for kind in kinds.values() if kind.several_partners] == [
        "innovation_community"
    ]


def test_added_changed_used_and_removed(admin: Desk) -> None:
    kind = site_types.add(admin, " 博士 创新站 ", several_partners=False)
    assert kind.label == "博士 创新站"
    changed = site_types.change(admin, kind.code, "博士创新站", several_partners=True)
    assert site_types.kinds(admin)[kind.code] == changed
    station = draft(admin, type="博士创新站", partner_ids=["X1", "X2"])
    made = stations.create(admin, station)
    assert made.partner_ids == ("X1", "X2")
    assert stations.get(admin, made.id).kind == changed
    assert site_types.uses(admin) == {kind.code: 1}
    with pytest.raises(ConflictError, match="有 1 个站点"):
        site_types.remove(admin, kind.code)
    stations.change(admin, made.id, draft(admin), seen=1)
    site_types.remove(admin, kind.code)
    assert kind.code not in site_types.kinds(admin)
    with admin.matcher.reading() as session:
        told, _ = list_audit(session, subject_id=kind.code)
    assert [entry.action for entry in told] == ["delete", "change", "create"]


@pytest.mark.parametrize("label", ["院士专家工作站", "专家工作站"])
def test_no_label_twice(admin: Desk, label: str) -> None:
    site_types.add(admin, "专家工作站", several_partners=False)
    other = site_types.add(admin, "别的站", several_partners=False)
    with pytest.raises(ConflictError, match="已经有"):
        site_types.add(admin, label, several_partners=False)
    with pytest.raises(ConflictError, match="已经有"):
        site_types.change(admin, other.code, label, several_partners=False)


@pytest.mark.parametrize("label", ["", "  ", "长" * 41])
def test_labels_that_are_none(admin: Desk, label: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        site_types.add(admin, label, several_partners=False)
    assert caught.value.field == "label"


def test_those_of_every_city_stay(admin: Desk) -> None:
    with pytest.raises(NotFoundError):
        site_types.change(admin, "society_station", "别名", several_partners=True)
    with pytest.raises(NotFoundError):
        site_types.remove(admin, "society_station")


@pytest.mark.parametrize("role", [Role.CITY_STAFF, Role.COUNTY_STAFF, Role.READ_ONLY])
def test_only_administrators(filled: Matcher, role: Role) -> None:
    desk = desk_of(filled, role, "乐清市" if role is Role.COUNTY_STAFF else "")
    for attempt in (
        lambda: site_types.add(desk, "新站", several_partners=False),
        lambda: site_types.change(desk, "x", "新站", several_partners=False),
        lambda: site_types.remove(desk, "x"),
        lambda: site_types.uses(desk),
    ):
        with pytest.raises(ForbiddenError):
            attempt()
