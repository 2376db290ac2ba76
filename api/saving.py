"""Saving of one record that came in: what must not be there yet, what must be there already."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy.orm import Session

from api.urls import why_no_address
from matcher.errors import ConflictError, InvalidInputError
from matcher.importing import resolve_enterprises
from matcher.intake.results import Fault, Parsed, ParsedNeed, RecordFaultsError
from matcher.records import Enterprise, Need, Partner
from matcher.service import Matcher
from matcher.store.codec import fingerprint
from matcher.store.enterprises import get_enterprises, save_enterprises
from matcher.store.needs import get_needs, save_needs
from matcher.store.partners import get_partners, save_partners
from matcher.text.fold import tidy

Record = TypeVar("Record")


def accepted(parsed: Parsed[Record], more: Sequence[Fault] = ()) -> Record:
    """The record that intake read.

    Args:
        parsed: what intake made of the values.
        more: faults beyond those of intake.

    Raises:
        RecordFaultsError: intake refused it, or there are further faults.
    """
    if parsed.record is None or more:
        raise RecordFaultsError([*more, *parsed.faults])
    return parsed.record


def id_faults(given: object) -> list[Fault]:
    """A fault if a record with the given id could be stored but not fetched.

    Args:
        given: the id of a need or a partner as it was given; None if none was.
    """
    identifier = tidy(given) if isinstance(given, str) else ""
    message = why_no_address(identifier)
    return [Fault(field="id", label="编号", value=identifier, message=message)] if message else []


def addressed(address: str, given: object, saved: str) -> None:
    """Check that a record is saved under the id of its address.

    Args:
        address: the id in the address.
        given: the id in the body, if there is one.
        saved: the id that intake read from the address.

    Raises:
        InvalidInputError: they are not the same.
    """
    if given not in (None, "", address):
        raise InvalidInputError(
            f"编号与地址里的“{tidy(address)}”不一致，请改成一样或不填", field="id"
        )
    if saved != address:
        raise InvalidInputError(
            f"地址里的“{tidy(address)}”不能用作编号：编号不能为空，前后不能有空格，也不能有控制字符",
            field="id",
        )


def create_need(matcher: Matcher, parsed: ParsedNeed) -> Need:
    """Save a new need, and its enterprise if that is new.

    Raises:
        ConflictError: there is a need with this id already.
        RecordFaultsError: it names an enterprise by an id that does not exist.
    """
    with matcher.writing() as session:
        if get_needs(session, [parsed.need.id]):
            raise ConflictError(f"编号为“{parsed.need.id}”的需求已经存在，要修改请用它的编号保存")
        return _save_need(session, parsed)


def put_need(matcher: Matcher, parsed: ParsedNeed, *, seen: str = "") -> tuple[Need, bool]:
    """Save a need, new or not; returns it and whether it is new.

    Args:
        matcher: where to save.
        parsed: the need, with its enterprise.
        seen: fingerprint of the need that was changed; empty to replace whatever is there.

    Raises:
        ConflictError: the stored need is not the one that was changed.
        RecordFaultsError: it names an enterprise by an id that does not exist.
    """
    with matcher.writing() as session:
        stored = get_needs(session, [parsed.need.id]).get(parsed.need.id)
        if seen and (stored is None or fingerprint(stored) != seen):
            raise ConflictError("打开表单以后，别人改过这条需求。核对以后再保存，会覆盖那些改动")
        return _save_need(session, parsed), stored is None


def create_partner(matcher: Matcher, partner: Partner) -> None:
    """Save a new partner.

    Raises:
        ConflictError: there is a partner with this id already.
    """
    with matcher.writing() as session:
        if get_partners(session, [partner.id]):
            raise ConflictError(f"编号为“{partner.id}”的对象已经存在，要修改请用它的编号保存")
        save_partners(session, [partner])


def put_partner(matcher: Matcher, partner: Partner) -> bool:
    """Save a partner, new or not; returns whether it is new."""
    with matcher.writing() as session:
        is_new = not get_partners(session, [partner.id])
        save_partners(session, [partner])
        return is_new


def create_enterprise(matcher: Matcher, enterprise: Enterprise) -> None:
    """Save a new enterprise.

    Raises:
        ConflictError: there is one with this id already.
    """
    with matcher.writing() as session:
        if get_enterprises(session, [enterprise.id]):
            raise ConflictError(f"编号为“{enterprise.id}”的企业已经存在")
        save_enterprises(session, [enterprise])


def _save_need(session: Session, parsed: ParsedNeed) -> Need:
    (need,), _ = resolve_enterprises(session, [parsed])
    if need.enterprise_id and not get_enterprises(session, [need.enterprise_id]):
        raise RecordFaultsError([_unknown_enterprise(need.enterprise_id)])
    save_needs(session, [need])
    return need


def _unknown_enterprise(identifier: str) -> Fault:
    return Fault(
        field="enterprise_id",
        label="企业编号",
        value=identifier,
        message=f"没有编号为“{identifier}”的企业，请改正，或改填企业名称",
    )
