"""Enterprises: listing, changing, and what hangs on each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from matcher.casework.contacts import Contact, ContactOwner
from matcher.desk import contacts
from matcher.desk.core import Act, Desk, Subject, changed_fields
from matcher.errors import ConflictError
from matcher.records import Enterprise
from matcher.store.codec import fingerprint
from matcher.store.contacts import delete_contacts_of
from matcher.store.dossiers import (
    AssociationLine,
    NeedLine,
    StationLine,
    associations_of,
    enterprise_holds,
    move_casework,
    needs_of,
    stations_at,
)
from matcher.store.enterprises import (
    EnterpriseQuery,
    delete_enterprise,
    enterprise_counties,
    enterprise_industries,
    find_enterprises,
    get_enterprise,
    get_enterprises,
    list_enterprises,
    save_enterprises,
)

_CHANGED = "打开表单以后，别人改过这家企业。核对以后再保存，会覆盖那些改动"
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseDossier:
    """An enterprise with all that staff see of it."""

    enterprise: Enterprise
    contacts: tuple[Contact, ...]
    needs: tuple[NeedLine, ...]
    stations: tuple[StationLine, ...]
    associations: tuple[AssociationLine, ...]


def find(
    desk: Desk,
    asked: EnterpriseQuery,
    *,
    order: str = "",
    descending: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Enterprise], int]:
    """A page of enterprises that are the actor's to see, and how many there are in all.

    For the order see `ENTERPRISE_ORDERS`.
    """
    with desk.reading() as session:
        if asked.county and not desk.actor.covers(asked.county):
            return [], 0
        return list_enterprises(
            session,
            county=desk.actor.county or asked.county,
            industry=asked.industry,
            size=asked.size,
            marks=asked.marks,
            text=asked.text,
            order=order,
            descending=descending,
            offset=offset,
            limit=limit,
        )


def each(
    desk: Desk, asked: EnterpriseQuery, *, most: int, order: str = "", descending: bool = False
) -> Iterator[Enterprise]:
    """The enterprises that are meant, at most so many, read a few at a time."""
    for offset in range(0, most, _AT_ONCE):
        page, _ = find(
            desk, asked, order=order, descending=descending, offset=offset, limit=_AT_ONCE
        )
        yield from page[: most - offset]
        if len(page) < _AT_ONCE:
            return


def choices(desk: Desk) -> tuple[list[str], list[str]]:
    """The counties and the usual industries of the enterprises that are the actor's to see."""
    with desk.reading() as session:
        county = desk.actor.county
        counties = [county] if county else enterprise_counties(session)
        return counties, enterprise_industries(session, county=county)


def get(desk: Desk, enterprise_id: str) -> Enterprise:
    """One enterprise.

    Raises:
        NotFoundError: there is no such enterprise, or it is not the actor's to see.
    """
    with desk.reading() as session:
        return _own(desk, session, enterprise_id)


def dossier(desk: Desk, enterprise_id: str) -> EnterpriseDossier:
    """An enterprise with all that staff see of it.

    Raises:
        NotFoundError: there is no such enterprise, or it is not the actor's to see.
    """
    with desk.reading() as session:
        enterprise = _own(desk, session, enterprise_id)
        county = desk.actor.county
        return EnterpriseDossier(
            enterprise=enterprise,
            contacts=tuple(contacts.seen_in(desk, session, ContactOwner.ENTERPRISE, enterprise_id)),
            needs=tuple(needs_of(session, enterprise_id, county)),
            stations=tuple(stations_at(session, enterprise_id, county)),
            associations=tuple(associations_of(session, enterprise_id, county)),
        )


def create(desk: Desk, enterprise: Enterprise) -> Enterprise:
    """Save a new enterprise; returns it, in the actor's county if it names none.

    Raises:
        ForbiddenError: the actor may not, or not in this county.
        ConflictError: there is one with this id or credit code already.
    """
    enterprise = _in_county(desk, enterprise)
    with desk.writing() as session:
        if get_enterprises(session, [enterprise.id]):
            raise ConflictError(f"编号为“{enterprise.id}”的企业已经存在")
        return _create(desk, session, enterprise)


def put(desk: Desk, enterprise: Enterprise, *, seen: str = "") -> tuple[Enterprise, bool]:
    """Save an enterprise, new or not; returns it and whether it is new.

    Args:
        desk: whoever saves it.
        enterprise: as it is to be.
        seen: fingerprint of the enterprise that was changed; empty to replace whatever is there.

    Raises:
        NotFoundError: the stored enterprise is not the actor's to see.
        ForbiddenError: the actor may not, or not in this county.
        ConflictError: the stored enterprise is not the one that was changed, or another one has
            this credit code.
    """
    enterprise = _in_county(desk, enterprise)
    with desk.writing() as session:
        stored = get_enterprises(session, [enterprise.id]).get(enterprise.id)
        if stored is not None:
            desk.check_county(stored.county, "企业", enterprise.id)
        if seen and (stored is None or fingerprint(stored) != seen):
            raise ConflictError(_CHANGED)
        if stored is None:
            return _create(desk, session, enterprise), True
        if stored != enterprise:
            _check_credit_code(session, enterprise)
            save_enterprises(session, [enterprise])
            if stored.county != enterprise.county:
                move_casework(session, enterprise.id, enterprise.county)
            _log(desk, session, Act.CHANGE, enterprise, changed_fields(stored, enterprise))
        return enterprise, False


def remove(desk: Desk, enterprise_id: str) -> None:
    """Remove an enterprise that nothing hangs on, with its contacts.

    Raises:
        NotFoundError: there is no such enterprise, or it is not the actor's to see.
        ConflictError: it has needs, stations or associations.
    """
    with desk.writing() as session:
        enterprise = _own(desk, session, enterprise_id)
        holds = enterprise_holds(session, enterprise_id)
        if holds:
            told = "、".join(f"{count} 个{name}" for name, count in holds.items())
            raise ConflictError(f"这家企业还有{told}，不能删除")
        delete_contacts_of(session, ContactOwner.ENTERPRISE, enterprise_id)
        delete_enterprise(session, enterprise_id)
        _log(desk, session, Act.DELETE, enterprise)


def _own(desk: Desk, session: Session, enterprise_id: str) -> Enterprise:
    enterprise = get_enterprise(session, enterprise_id)
    desk.check_county(enterprise.county, "企业", enterprise_id)
    return enterprise


def _in_county(desk: Desk, enterprise: Enterprise) -> Enterprise:
    """The enterprise, in the actor's county if it names none.

    Raises:
        ForbiddenError: it names another one.
    """
    if not enterprise.county:
        enterprise = replace(enterprise, county=desk.actor.county)
    desk.actor.require_county(enterprise.county)
    return enterprise


def _create(desk: Desk, session: Session, enterprise: Enterprise) -> Enterprise:
    _check_credit_code(session, enterprise)
    save_enterprises(session, [enterprise])
    _log(desk, session, Act.CREATE, enterprise)
    return enterprise


def _check_credit_code(session: Session, enterprise: Enterprise) -> None:
    """Refuse a code that another enterprise has.

    Of one in another county no more is told than that the code is taken.
    """
    same = find_enterprises(session, credit_codes=[enterprise.credit_code])
    if any(other.id != enterprise.id for other in same):
        raise ConflictError(
            f"信用代码“{enterprise.credit_code}”已经属于库中另一家企业，请核对营业执照"
        )


def _log(
    desk: Desk,
    session: Session,
    act: Act,
    enterprise: Enterprise,
    details: Mapping[str, object] | None = None,
) -> None:
    desk.log(
        session,
        act,
        Subject.ENTERPRISE,
        enterprise.id,
        county=enterprise.county,
        summary=enterprise.name,
        details=details,
    )
