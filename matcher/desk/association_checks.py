"""What is looked at before an enterprise association is entered or changed."""

from dataclasses import replace
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from matcher.casework.association_rules import LABELS, flaws_of
from matcher.casework.associations import Association, AssociationKind, StrongCheck
from matcher.casework.months import day_of
from matcher.desk.core import Desk
from matcher.errors import ConflictError
from matcher.intake.associations import ParsedAssociation
from matcher.intake.results import Fault, RecordFaultsError
from matcher.records import Enterprise
from matcher.store.associations import same_place
from matcher.store.enterprises import find_enterprises


def this_day() -> date:
    """The day that it is now, in China."""
    return day_of(datetime.now(UTC))


def field_label(field: str) -> str:
    """What people call a field of an association, or a question of the check."""
    if field == "enterprise_id":
        return LABELS["enterprise_name"]
    return LABELS.get(field) or StrongCheck.LABELS[field]


def resolved(desk: Desk, session: Session, parsed: ParsedAssociation) -> Association:
    """The association with its enterprise found, and in the county of that.

    A name counts before an id that is of another name: the name is what people typed.

    Raises:
        RecordFaultsError: there is no enterprise of that name or id, or several of the name.
    """
    association = parsed.association
    if association.kind is AssociationKind.PARK:
        unwanted = association.enterprise_id or parsed.enterprise_name or None
        county = association.county or desk.actor.county
        return replace(association, enterprise_id=unwanted, county=county)
    firm = _enterprise(desk, session, parsed)
    if firm is None:
        return association
    county = firm.county or association.county
    return replace(association, enterprise_id=firm.id, county=county, park=firm.park)


def refuse_flaws(association: Association) -> None:
    """Refuse an association in which something is missing or cannot be.

    Raises:
        RecordFaultsError: it tells everything at once.
    """
    faults = [
        Fault(field=field, label=field_label(field), value="", message=message)
        for field, message in flaws_of(association, this_day())
    ]
    if faults:
        raise RecordFaultsError(faults)


def refuse_second(session: Session, association: Association) -> None:
    """Refuse a second one of a form and place, and an office beside an association.

    An association beside an office is no mistake: the enterprise has grown.

    Raises:
        ConflictError: there is one already.
    """
    kinds = [association.kind]
    if association.kind is AssociationKind.LIAISON:
        kinds.append(AssociationKind.ENTERPRISE)
    for kind in kinds:
        other = same_place(session, replace(association, kind=kind))
        if other is not None:
            raise ConflictError(
                f"已经有{kind.label}“{other.name}”（{other.status.label}），不能重复建立"
            )


def _enterprise(desk: Desk, session: Session, parsed: ParsedAssociation) -> Enterprise | None:
    """The enterprise that is meant, None if none is named.

    Raises:
        RecordFaultsError: there is none of that name or id, or several of the name.
    """
    name, identifier = parsed.enterprise_name, parsed.association.enterprise_id
    given = find_enterprises(session, ids=[identifier] if identifier else [])
    given = [firm for firm in given if desk.actor.covers(firm.county)]
    if given and name in {"", given[0].name}:
        return given[0]
    if not name:
        if not identifier:
            return None
        raise _firm_fault("enterprise_id", identifier, f"没有编号为“{identifier}”的企业，请改正")
    named = find_enterprises(session, names=[name])
    found = [firm for firm in named if desk.actor.covers(firm.county)]
    if len(found) > 1:
        found = [firm for firm in found if firm.county == parsed.association.county] or found
    if not found:
        message = f"库中没有“{name}”，请核对全称；新企业请先到“企业”中登记"
        raise _firm_fault("enterprise_name", name, message)
    if len(found) > 1:
        raise _firm_fault("enterprise_name", name, "有几家企业同名，请从建立建议或企业页面进入")
    return found[0]


def _firm_fault(field: str, value: str, message: str) -> RecordFaultsError:
    return RecordFaultsError([Fault(field=field, label="企业", value=value, message=message)])
