"""Enterprise associations: listing, entering, changing, and the steps of their life."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from matcher.casework.association_rules import StepFacts, after_activity, after_step
from matcher.casework.associations import Association, AssociationStatus
from matcher.casework.months import day_of
from matcher.desk.association_checks import (
    field_label,
    refuse_flaws,
    refuse_second,
    resolved,
    this_day,
)
from matcher.desk.core import Act, Desk, Subject, changed_fields
from matcher.errors import ConflictError
from matcher.intake.associations import ParsedAssociation
from matcher.people import AuditEntry
from matcher.records import Enterprise
from matcher.store.associations import (
    CHANGED_MEANWHILE,
    AssociationFilter,
    add_association,
    association_counties,
    associations_of,
    count_by_status,
    delete_association,
    get_association,
    list_associations,
    save_association,
)
from matcher.store.audit import list_audit
from matcher.store.enterprises import get_enterprises

_WHAT = "企业科协"
_EVENTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A line of an association's history."""

    at: datetime
    actor_name: str
    label: str
    text: str

    @property
    def day(self) -> date:
        """The day on which it was done, in China."""
        return day_of(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationFile:
    """An association with all that staff see beside it.

    `others` are the other associations and offices of the same enterprise, the latest first;
    `history` what was done to it, the latest first.
    """

    association: Association
    enterprise: Enterprise | None
    others: tuple[Association, ...]
    history: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationList:
    """A page of associations, their enterprises by id, and how many there are in all."""

    associations: list[Association]
    enterprises: dict[str, Enterprise]
    counts: dict[AssociationStatus, int]
    total: int


def open_association(desk: Desk, association_id: int) -> AssociationFile:
    """An association with its enterprise and history.

    Raises:
        NotFoundError: there is none, or it is not the actor's to see.
    """
    with desk.reading() as session:
        association = _own(desk, session, association_id)
        firm = association.enterprise_id
        entries, _ = list_audit(
            session, subject=Subject.ASSOCIATION, subject_id=str(association_id), limit=_EVENTS
        )
        return AssociationFile(
            association=association,
            enterprise=get_enterprises(session, [firm]).get(firm) if firm else None,
            others=tuple(
                other
                for other in (associations_of(session, firm) if firm else ())
                if other.id != association_id and desk.actor.covers(other.county)
            ),
            history=tuple(map(_event, entries)),
        )


def get(desk: Desk, association_id: int) -> Association:
    """One association.

    Raises:
        NotFoundError: there is none, or it is not the actor's to see.
    """
    with desk.reading() as session:
        return _own(desk, session, association_id)


def find(
    desk: Desk,
    wanted: AssociationFilter,
    *,
    sort: str = "",
    descending: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> AssociationList:
    """A page of the associations that the actor may see; see `list_associations`."""
    today = this_day()
    with desk.reading() as session:
        if not desk.actor.covers(wanted.county or desk.actor.county):
            none = dict.fromkeys(AssociationStatus, 0)
            return AssociationList(associations=[], enterprises={}, counts=none, total=0)
        wanted = replace(wanted, county=desk.actor.county or wanted.county)
        found, total = list_associations(
            session,
            wanted,
            today,
            sort=sort,
            descending=descending,
            offset=offset,
            limit=limit,
        )
        firms = {each.enterprise_id for each in found if each.enterprise_id}
        return AssociationList(
            associations=found,
            enterprises=get_enterprises(session, firms),
            counts=count_by_status(session, wanted, today),
            total=total,
        )


def counties(desk: Desk) -> list[str]:
    """The counties that the actor can choose among."""
    if desk.actor.county:
        return [desk.actor.county]
    with desk.reading() as session:
        return association_counties(session)


def create(desk: Desk, parsed: ParsedAssociation) -> Association:
    """Enter an association, applied for or already standing.

    Raises:
        RecordFaultsError: something is missing or cannot be.
        ConflictError: the enterprise or the park has such an association already.
        ForbiddenError: the actor may not, or not in this county.
    """
    with desk.writing() as session:
        association = resolved(desk, session, parsed)
        refuse_flaws(association)
        desk.actor.require_county(association.county)
        refuse_second(session, association)
        made = add_association(session, association)
        told = f"{made.kind.label}，{made.status.label}"
        _log(desk, session, Act.CREATE, made, told=told)
        return made


def change(desk: Desk, association_id: int, parsed: ParsedAssociation, *, seen: int) -> Association:
    """Change an association; its status stays, which only steps change.

    Args:
        desk: whoever changes it.
        association_id: which.
        parsed: what it shall be.
        seen: the version that was changed.

    Raises:
        NotFoundError: there is none, or it is not the actor's to see.
        RecordFaultsError: something is missing or cannot be.
        ConflictError: somebody was faster, or there is another of this form and place.
        ForbiddenError: the actor may not, or not in this county.
    """
    with desk.writing() as session:
        before = _seen(desk, session, association_id, seen)
        after = replace(
            resolved(desk, session, parsed),
            id=before.id,
            version=before.version,
            status=before.status,
        )
        refuse_flaws(after)
        desk.actor.require_county(after.county)
        if before.status is not AssociationStatus.CANCELLED:
            refuse_second(session, after)
        changes = _changes(before, after)
        if not changes:
            return before
        saved = save_association(session, after)
        told = f"修改了{'、'.join(map(field_label, changes))}"
        _log(desk, session, Act.CHANGE, saved, told=told, details=changes)
        return saved


def step(
    desk: Desk,
    association_id: int,
    then: AssociationStatus,
    facts: StepFacts | None = None,
    *,
    seen: int,
) -> Association:
    """Take an association a step further.

    Args:
        desk: whoever takes it.
        association_id: which.
        then: the new status.
        facts: what is told with it.
        seen: the version that the actor saw.

    Raises:
        NotFoundError: there is none, or it is not the actor's to see.
        ConflictError: the step does not follow, somebody was faster, or one that was cancelled
            has a successor.
        InvalidInputError: something is missing or cannot be.
    """
    facts = facts or StepFacts()
    with desk.writing() as session:
        before = _seen(desk, session, association_id, seen)
        after = after_step(before, then, facts, this_day())
        if before.status is AssociationStatus.CANCELLED:
            refuse_second(session, after)
        saved = save_association(session, after)
        reason = facts.reason.label if facts.reason else ""
        parts = [f"{before.status.label} → {then.label}", reason, facts.note]
        details = {"reason": reason, "note": facts.note} | _changes(before, saved)
        told = "；".join(filter(None, parts))
        _log(desk, session, Act.STEP, saved, told=told, details=details)
        return saved


def note_activity(
    desk: Desk,
    association_id: int,
    on: date | None,
    *,
    what: str = "",
    congress: bool = False,
    seen: int,
) -> Association:
    """Note an activity, or with `congress` a congress of the members, that was held.

    Raises:
        NotFoundError: there is none, or it is not the actor's to see.
        ConflictError: somebody was faster.
        InvalidInputError: it is not founded, or the day cannot be.
    """
    with desk.writing() as session:
        before = _seen(desk, session, association_id, seen)
        after = after_activity(before, on, congress=congress, today=this_day())
        saved = save_association(session, after)
        kind = "会员大会" if congress else "活动"
        told = f"{on} 举行{kind}" + (f"：{what}" if what else "")
        _log(desk, session, Act.CHANGE, saved, told=told, details=_changes(before, saved))
        return saved


def remove(desk: Desk, association_id: int, *, seen: int) -> None:
    """Remove an application that was entered by mistake.

    Raises:
        NotFoundError: there is none, or it is not the actor's to see.
        ConflictError: it was approved already, or somebody was faster.
    """
    with desk.writing() as session:
        association = _seen(desk, session, association_id, seen)
        if association.status is not AssociationStatus.APPLIED:
            raise ConflictError(
                f"“{association.status.label}”的组织不能删除，只能撤销，这样经历才留得下来"
            )
        delete_association(session, association_id)
        _log(desk, session, Act.DELETE, association, told="删除申请")


def _own(desk: Desk, session: Session, association_id: int) -> Association:
    association = get_association(session, association_id)
    desk.check_county(association.county, _WHAT, association_id)
    return association


def _seen(desk: Desk, session: Session, association_id: int, seen: int) -> Association:
    """The association, which must still be as the actor saw it."""
    association = _own(desk, session, association_id)
    if association.version != seen:
        raise ConflictError(CHANGED_MEANWHILE)
    return association


def _changes(before: Association, after: Association) -> dict[str, Any]:
    """What differs, by field, each answer of the check by itself."""
    changes = changed_fields(before, after)
    changes.pop("version", None)
    if changes.pop("check", None):
        changes |= changed_fields(before.check, after.check)
    return changes


def _log(
    desk: Desk,
    session: Session,
    act: Act,
    association: Association,
    *,
    told: str,
    details: Mapping[str, Any] | None = None,
) -> None:
    desk.log(
        session,
        act,
        Subject.ASSOCIATION,
        association.id,
        county=association.county,
        summary=f"{association.name}：{told}",
        details={"told": told} | dict(details or {}),
    )


def _event(entry: AuditEntry) -> Event:
    return Event(
        at=entry.at,
        actor_name=entry.actor_name,
        label=Act(entry.action).label,
        text=str(entry.details.get("told", "")),
    )
