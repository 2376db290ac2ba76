"""The life of a station: yearly assessments, renewal, expiry and cancellation."""

from dataclasses import dataclass, replace
from datetime import date

from matcher.casework.stations import STATION_FLOW, Assessment, Station, StationStatus
from matcher.desk.core import Act, Desk
from matcher.desk.station_forms import StepDraft, term_note
from matcher.desk.stations import own_station, store_change
from matcher.errors import InvalidInputError, NotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A station that was taken a step, and what to tell about it."""

    station: Station
    notes: tuple[str, ...] = ()


def assess(desk: Desk, station_id: int, assessment: Assessment, *, seen: int) -> Station:
    """Note the assessment of a year, in place of an earlier one of that year.

    Raises:
        NotFoundError: there is no such station, or it is not the actor's to see.
        InvalidInputError: the year lies before the agreement.
        ConflictError: somebody else has changed the station meanwhile.
    """
    with desk.writing() as session:
        before = own_station(desk, session, station_id)
        if assessment.year < before.agreed_on.year:
            first = before.agreed_on.year
            raise InvalidInputError(f"协议是 {first} 年签订的，不能考核以前的年度", field="year")
        others = [each for each in before.assessments if each.year != assessment.year]
        kept = tuple(sorted([*others, assessment], key=lambda each: each.year))
        told = f"{assessment.year} 年度考核 {assessment.score:g} 分，{assessment.grade.label}"
        after = replace(before, assessments=kept)
        return store_change(desk, session, before, after, seen=seen, told=told)


def drop_assessment(desk: Desk, station_id: int, year: int, *, seen: int) -> Station:
    """Take back the assessment of a year.

    Raises:
        NotFoundError: there is no such station or assessment, or it is not the actor's to see.
        ConflictError: somebody else has changed the station meanwhile.
    """
    with desk.writing() as session:
        before = own_station(desk, session, station_id)
        kept = tuple(each for each in before.assessments if each.year != year)
        if len(kept) == len(before.assessments):
            raise NotFoundError("年度考核", str(year))
        after = replace(before, assessments=kept)
        told = f"删除 {year} 年度考核"
        return store_change(desk, session, before, after, seen=seen, told=told)


def step(
    desk: Desk,
    station_id: int,
    draft: StepDraft,
    *,
    seen: int,
) -> Done:
    """End a station, or renew its agreement.

    Args:
        desk: whoever does it.
        station_id: which station.
        draft: 协议到期, 已撤销 with the reason, or 运行中 with the new end for a renewal.
        seen: the version that the actor saw.

    Raises:
        NotFoundError: there is no such station, or it is not the actor's to see.
        ConflictError: the step does not follow, or somebody else has changed it meanwhile.
        InvalidInputError: the new end or the reason is missing or makes no sense.
    """
    with desk.writing() as session:
        before, then = own_station(desk, session, station_id), draft.status
        renewed = then is StationStatus.ACTIVE
        if not (renewed and before.status is then):
            STATION_FLOW.check(before.status, then)
        ends = _renewal(before, draft.ends_on) if renewed else _no_renewal(before, draft.ends_on)
        reason = _reason(draft)
        after = replace(before, status=then, ends_on=ends)
        told = f"续签至 {ends}" if renewed else f"{before.status.label} → {then.label}"
        saved = store_change(
            desk, session, before, after, seen=seen, told=told, act=Act.STEP, reason=reason
        )
    warning = term_note(before.ends_on, ends) if renewed else ""
    return Done(station=saved, notes=(warning,) if warning else ())


def _renewal(before: Station, ends_on: date | None) -> date:
    if ends_on is None:
        raise InvalidInputError("请填写续签后的到期日期", field="ends_on")
    if ends_on <= before.ends_on:
        raise InvalidInputError(
            f"续签后的到期日期应在原来的到期日期 {before.ends_on} 之后", field="ends_on"
        )
    return ends_on


def _no_renewal(before: Station, ends_on: date | None) -> date:
    if ends_on is not None:
        raise InvalidInputError("只有续签才填写新的到期日期，请清空这一项", field="ends_on")
    return before.ends_on


def _reason(draft: StepDraft) -> str:
    if draft.status is StationStatus.CANCELLED and not draft.note:
        raise InvalidInputError("请写明撤销的原因", field="note")
    return draft.note
