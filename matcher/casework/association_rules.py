"""What must hold of an enterprise association at every step, and what a step makes of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from matcher.casework.associations import (
    ASSOCIATION_FLOW,
    STANDING,
    Association,
    AssociationKind,
    AssociationStatus,
    EndReason,
    StrongCheck,
)
from matcher.casework.steps import require_reason
from matcher.errors import InvalidInputError

Flaw = tuple[str, str]
"""A field and what is wrong with it."""

LABELS: Final = {
    "name": "名称",
    "kind": "类型",
    "status": "状态",
    "enterprise_name": "企业",
    "park": "园区",
    "county": "县区",
    "approved_on": "批复日期",
    "approved_by": "批复单位",
    "founded_on": "成立日期",
    "chair": "主席",
    "secretary": "秘书长",
    "liaison": "联络员",
    "members": "会员人数",
    "last_congress": "最近一次会员大会",
    "last_activity": "最近一次活动",
    "note": "备注",
}
"""What people call the fields."""

_S = AssociationStatus
_DAYS = ("approved_on", "founded_on", "last_congress", "last_activity")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFacts:
    """What is told with a step.

    Attributes:
        on: day of the approval, of the founding congress, or, of one that comes back to life, of
            its latest activity.
        by: who approved it.
        chair: who was elected chair (主席).
        secretary: who was elected secretary general (秘书长).
        liaison: the liaison (联络员) of an office.
        reason: why it is inactive, or cancelled without having been inactive.
        note: anything to add.
    """

    on: date | None = None
    by: str = ""
    chair: str = ""
    secretary: str = ""
    liaison: str = ""
    reason: EndReason | None = None
    note: str = ""


def flaws_of(association: Association, today: date) -> list[Flaw]:
    """Everything that is wrong with an association, by field; nothing if it can be kept."""
    return [*_flaws_of_place(association), *_flaws_of_days(association, today), *_left(association)]


def needs_reason(before: AssociationStatus, then: AssociationStatus) -> bool:
    """Whether a step needs a reason; a cancellation has that for which it became inactive."""
    return then is _S.INACTIVE or (then is _S.CANCELLED and before is not _S.INACTIVE)


def after_step(
    association: Association, then: AssociationStatus, facts: StepFacts, today: date
) -> Association:
    """The association after a step; what is not told keeps its value.

    Raises:
        ConflictError: the step does not follow.
        InvalidInputError: something is missing, superfluous or cannot be; `field` says what.
    """
    before = association.status
    ASSOCIATION_FLOW.check(before, then)
    require_reason(needs_reason(before, then), facts.reason, EndReason)
    if facts.reason is EndReason.OTHER and not facts.note:
        raise InvalidInputError("原因选“其他”的，请在说明中写明", field="note")
    made = replace(association, status=then)
    if then is _S.APPROVED:
        made = replace(
            made,
            approved_on=_told(facts.on, "请填写批复日期"),
            approved_by=facts.by or association.approved_by or f"{association.county}科协",
        )
    elif then is _S.FOUNDED and before is _S.APPROVED:
        made = replace(
            made,
            founded_on=_told(facts.on, "请填写成立大会的日期"),
            chair=facts.chair or association.chair,
            secretary=facts.secretary or association.secretary,
            liaison=facts.liaison or association.liaison,
        )
    elif then is _S.FOUNDED:
        made = replace(
            made, last_activity=_told(facts.on, "请填写最近一次活动的日期，说明它已恢复活动")
        )
    elif then is _S.APPLIED:
        made = _as_new(made)
    _refuse(made, today, day_field=_day_field(before, then))
    return made


def after_activity(
    association: Association, on: date | None, *, congress: bool, today: date
) -> Association:
    """The association after an activity, or a congress, that was held.

    Raises:
        InvalidInputError: it is not founded, or the day cannot be.
    """
    if association.status not in STANDING:
        raise InvalidInputError("成立以后才能登记活动")
    day = _told(on, "请填写活动日期")
    made = replace(association, last_activity=_later(association.last_activity, day))
    if congress:
        if association.kind is AssociationKind.LIAISON:
            raise InvalidInputError("联络站没有会员大会，请去掉这一项", field="congress")
        made = replace(made, last_congress=_later(association.last_congress, day))
    if day > today:
        raise InvalidInputError("活动日期还没有到，请在活动以后登记", field="on")
    if association.founded_on is not None and day < association.founded_on:
        raise InvalidInputError("活动日期早于成立日期，请核对", field="on")
    return made


def _flaws_of_place(association: Association) -> Iterator[Flaw]:
    if not association.name:
        yield "name", "请填写名称"
    if association.kind is AssociationKind.PARK:
        if not association.park:
            yield "park", "园区科协请填写园区名称"
        if association.enterprise_id is not None:
            yield "enterprise_name", "园区科协不属于某一家企业，请不填"
    elif association.enterprise_id is None:
        yield "enterprise_name", f"{association.kind.label}请填写所在企业的全称"
    if not association.county:
        yield "county", "请填写县区"


def _flaws_of_days(association: Association, today: date) -> Iterator[Flaw]:
    for field in _DAYS:
        day = getattr(association, field)
        if day is not None and day > today:
            yield field, f"{LABELS[field]}还没有到，请核对"
    approved, founded = association.approved_on, association.founded_on
    if approved and founded and founded < approved:
        yield "founded_on", "成立日期早于批复日期，请核对"
    for field in ("last_congress", "last_activity"):
        day = getattr(association, field)
        if day is not None and founded is not None and day < founded:
            yield field, f"{LABELS[field]}早于成立日期，请核对"


def _left(association: Association) -> Iterator[Flaw]:
    """What is missing for the status, or comes too early for it."""
    if association.status is _S.APPLIED and association.approved_on is not None:
        yield "approved_on", "还在申请中，批复以后再填批复日期"
    if association.status in {_S.APPLIED, _S.APPROVED} and association.founded_on is not None:
        yield "founded_on", "还没有成立，成立以后再填成立日期"
    if association.status is _S.APPROVED and association.approved_on is None:
        yield "approved_on", "请填写批复日期"
    if association.status in STANDING and association.founded_on is None:
        yield "founded_on", "请填写成立日期"
    if association.status is not _S.FOUNDED:
        return
    if association.kind is AssociationKind.LIAISON:
        if not association.liaison:
            yield "liaison", "联络站请填写联络员"
        return
    if not association.chair:
        yield "chair", "请填写主席"
    if not association.secretary:
        yield "secretary", "请填写秘书长"


def _day_field(before: AssociationStatus, then: AssociationStatus) -> str:
    """The field that the day of a step goes into."""
    if then is _S.APPROVED:
        return "approved_on"
    return "founded_on" if before is _S.APPROVED else "last_activity"


def _refuse(made: Association, today: date, *, day_field: str) -> None:
    for field, message in flaws_of(made, today):
        raise InvalidInputError(message, field="on" if field == day_field else field)


def _as_new(association: Association) -> Association:
    """One that was cancelled, without the days and findings of its earlier life."""
    return replace(
        association,
        approved_on=None,
        approved_by="",
        founded_on=None,
        last_congress=None,
        last_activity=None,
        check=StrongCheck(),
    )


def _told(on: date | None, message: str) -> date:
    if on is None:
        raise InvalidInputError(message, field="on")
    return on


def _later(known: date | None, day: date) -> date:
    return day if known is None else max(known, day)
