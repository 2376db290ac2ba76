"""Contact data at the desk: who sees, changes and leaves traces of what."""

from dataclasses import replace

import pytest

from matcher.casework.contacts import Contact, ContactOwner, Secrecy
from matcher.desk import Act, Desk, Subject, contacts
from matcher.errors import ForbiddenError, InvalidInputError, NotFoundError
from matcher.people import Actor, ActorKind, AuditEntry, Role
from matcher.people.actors import PERMISSIONS
from matcher.records import Enterprise
from matcher.service import Matcher
from matcher.store.audit import list_audit
from matcher.store.contacts import contacts_of, delete_contacts_of, get_contact, save_contact
from matcher.store.enterprises import save_enterprises

pytestmark = pytest.mark.any_database

FIRM = Enterprise(id="E1", name="示例电气有限公司", county="乐清市", sample=True)
OF_FIRM = Contact(
    id=0,
    owner=ContactOwner.ENTERPRISE,
    owner_id="E1",
    name="示例联系人",
    phone="13800001234",
    email="someone@example.com",
    position="技术部长",
)


def desk_of(matcher: Matcher, role: Role, county: str = "") -> Desk:
    actor = Actor(
        kind=ActorKind.ACCOUNT,
        id=role.value,
        name=role.label,
        role=role,
        county=county,
        permissions=PERMISSIONS[role],
    )
    return Desk(matcher, actor)


@pytest.fixture
def city(filled: Matcher) -> Desk:
    with filled.writing() as session:
        save_enterprises(session, [FIRM])
    return desk_of(filled, Role.CITY_STAFF)


def log_of(desk: Desk) -> list[AuditEntry]:
    with desk.matcher.reading() as session:
        return list_audit(session, subject=Subject.CONTACT)[0]


def test_at_a_glance_only_what_is_public_is_whole(city: Desk) -> None:
    contacts.save(city, OF_FIRM)
    contacts.save(
        city, replace(OF_FIRM, name="总机", phone="0577-12345678", secrecy=Secrecy.PUBLIC)
    )
    inner, public = contacts.seen(city, ContactOwner.ENTERPRISE, "E1", "乐清市")
    assert (inner.masked, inner.phone, inner.name) == (True, "138******34", "示**")
    assert (public.masked, public.phone) == (False, "0577-12345678")
    assert [entry.action for entry in log_of(city)] == [Act.CREATE, Act.CREATE]


def test_who_asks_for_one_sees_it_and_leaves_a_trace(city: Desk) -> None:
    saved = contacts.save(city, OF_FIRM)
    county = desk_of(city.matcher, Role.COUNTY_STAFF, "乐清市")
    assert contacts.reveal(county, saved.id).phone == "13800001234"
    seen, created = log_of(city)
    assert (seen.action, seen.actor_id, seen.county) == (Act.VIEW, "county_staff", "乐清市")
    assert "13800001234" not in f"{seen} {created}"


def test_who_may_not_is_refused_and_nothing_is_logged(city: Desk) -> None:
    inner = contacts.save(city, OF_FIRM)
    secret = contacts.save(city, replace(OF_FIRM, secrecy=Secrecy.CONFIDENTIAL))
    before = log_of(city)
    with pytest.raises(ForbiddenError, match="内部"):
        contacts.reveal(desk_of(city.matcher, Role.READ_ONLY), inner.id)
    county = desk_of(city.matcher, Role.COUNTY_STAFF, "乐清市")
    with pytest.raises(ForbiddenError, match="保密"):
        contacts.reveal(county, secret.id)
    with pytest.raises(ForbiddenError):
        contacts.save(county, replace(secret, phone="13900000000"))
    with pytest.raises(ForbiddenError):
        contacts.remove(county, secret.id)
    assert log_of(city) == before


def test_contacts_of_another_county_are_not_there(city: Desk) -> None:
    saved = contacts.save(city, OF_FIRM)
    other = desk_of(city.matcher, Role.COUNTY_STAFF, "平阳县")
    with pytest.raises(NotFoundError):
        contacts.seen(other, ContactOwner.ENTERPRISE, "E1", "乐清市")
    for attempt in (
        lambda: contacts.reveal(other, saved.id),
        lambda: contacts.save(other, saved),
        lambda: contacts.save(other, OF_FIRM),
        lambda: contacts.remove(other, saved.id),
    ):
        with pytest.raises(NotFoundError):
            attempt()


def test_a_contact_of_a_partner_is_kept_by_who_keeps_the_directory(city: Desk) -> None:
    of_partner = replace(OF_FIRM, owner=ContactOwner.PARTNER, owner_id="X1")
    saved = contacts.save(city, of_partner)
    county = desk_of(city.matcher, Role.COUNTY_STAFF, "乐清市")
    assert contacts.reveal(county, saved.id) == saved
    with pytest.raises(ForbiddenError):
        contacts.save(county, saved)
    with pytest.raises(ForbiddenError):
        contacts.remove(county, saved.id)


def test_a_contact_is_not_moved_to_another_record_by_changing_it(city: Desk) -> None:
    saved = contacts.save(city, OF_FIRM)
    contacts.save(city, replace(saved, owner=ContactOwner.PARTNER, owner_id="X1", name="别人"))
    with city.matcher.reading() as session:
        assert get_contact(session, saved.id) == replace(saved, name="别人")


def test_the_log_tells_which_fields_changed_but_not_to_what(city: Desk) -> None:
    saved = contacts.save(city, OF_FIRM)
    contacts.save(city, saved)
    contacts.save(city, replace(saved, phone="13900005678", secrecy=Secrecy.CONFIDENTIAL))
    changed, created = log_of(city)
    assert changed.details == {"changed": ["电话", "公开范围"]}
    assert "13900005678" not in f"{changed} {created}"
    gone = contacts.remove(city, saved.id)
    assert gone.masked
    assert log_of(city)[0].action == Act.DELETE


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": "  "}),
        ("name", {"name": "长" * 61}),
        ("phone", {"phone": "", "email": ""}),
        ("phone", {"phone": "请打总机"}),
        ("phone", {"phone": "12"}),
        ("email", {"email": "example.com"}),
    ],
)
def test_what_will_not_do(city: Desk, field: str, changes: dict[str, str]) -> None:
    with pytest.raises(InvalidInputError) as refused:
        contacts.save(city, replace(OF_FIRM, **changes))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_record_that_does_not_exist(city: Desk) -> None:
    with pytest.raises(NotFoundError):
        contacts.save(city, replace(OF_FIRM, owner_id="E404"))
    with pytest.raises(NotFoundError):
        contacts.reveal(city, 404)


def test_a_masked_contact_is_never_stored(city: Desk) -> None:
    contacts.save(city, OF_FIRM)
    (masked,) = contacts.seen(city, ContactOwner.ENTERPRISE, "E1", "乐清市")
    with city.matcher.writing() as session, pytest.raises(ValueError, match="masked"):
        save_contact(session, masked)
    with pytest.raises(InvalidInputError):
        contacts.save(city, masked)


def test_all_contacts_of_a_record_are_removed_at_once(city: Desk) -> None:
    contacts.save(city, OF_FIRM)
    contacts.save(city, replace(OF_FIRM, owner=ContactOwner.PARTNER, owner_id="X1"))
    with city.matcher.writing() as session:
        assert delete_contacts_of(session, ContactOwner.ENTERPRISE, "E1") == 1
        assert contacts_of(session, ContactOwner.ENTERPRISE, "E1") == []
        assert len(contacts_of(session, ContactOwner.PARTNER, "X1")) == 1
