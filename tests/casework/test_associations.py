"""What the policy lays down for enterprise associations."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.casework.association_rules import (
    StepFacts,
    after_activity,
    after_step,
    flaws_of,
    needs_reason,
)
from matcher.casework.associations import (
    ASSOCIATION_FLOW,
    Association,
    AssociationKind,
    AssociationStatus,
    Coverage,
    EndReason,
    StrongCheck,
    suggested_kind,
    suggested_name,
    years_after,
)
from matcher.errors import ConflictError, InvalidInputError

S = AssociationStatus
TODAY = date(2026, 11, 22)
APPLIED = Association(
    id=1, name="示例科协", kind=AssociationKind.ENTERPRISE, county="乐清市", enterprise_id="E1"
)
FOUNDED = replace(
    APPLIED,
    status=S.FOUNDED,
    approved_on=date(2026, 1, 10),
    founded_on=date(2026, 2, 1),
    chair="示例主席",
    secretary="示例秘书长",
)


def wrong(association: Association) -> set[str]:
    return {field for field, _ in flaws_of(association, TODAY)}


def test_thirty_staff_are_the_border() -> None:
    assert suggested_kind(29) is AssociationKind.LIAISON
    assert suggested_kind(30) is AssociationKind.ENTERPRISE


def test_usual_names() -> None:
    assert suggested_name(AssociationKind.ENTERPRISE, "甲厂") == "甲厂科学技术协会"
    assert suggested_name(AssociationKind.LIAISON, "甲厂") == "甲厂科协工作联络站"
    assert suggested_name(AssociationKind.PARK, "") == ""


def test_a_congress_every_four_years() -> None:
    assert FOUNDED.next_congress == date(2030, 2, 1)
    held = replace(FOUNDED, founded_on=date(2016, 3, 1), last_congress=date(2022, 11, 22))
    assert held.next_congress == TODAY
    assert not held.congress_overdue(TODAY), "the day itself is in time"
    assert held.congress_overdue(date(2026, 11, 23))
    assert not replace(held, status=S.CANCELLED).congress_overdue(date(2030, 1, 1))
    assert replace(held, kind=AssociationKind.LIAISON).next_congress is None


def test_the_day_after_years() -> None:
    assert years_after(date(2024, 2, 29), 1) == date(2025, 3, 1)
    assert years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_a_year_without_activity_is_quiet() -> None:
    heard = replace(FOUNDED, founded_on=date(2020, 1, 1), last_activity=date(2025, 11, 22))
    assert not heard.is_quiet(TODAY)
    assert heard.is_quiet(date(2026, 11, 23))
    assert not replace(heard, last_congress=date(2026, 5, 1)).is_quiet(date(2026, 11, 23))
    assert not replace(heard, status=S.INACTIVE).is_quiet(date(2030, 1, 1)), "known already"


def test_what_is_missing_of_the_check() -> None:
    check = StrongCheck(leadership=True, sign=True, premises=False, plan=True, rules=True)
    assert check.missing == ("有场所", "有经费")
    assert check.answers[-1] == ("funds", "有经费", None)
    assert FOUNDED.is_checked
    assert not APPLIED.is_checked
    assert not replace(FOUNDED, kind=AssociationKind.LIAISON).is_checked


def test_a_share_needs_a_target() -> None:
    assert Coverage(county="乐清市", founded=3, target=6).share == 0.5
    assert Coverage(county="乐清市", founded=3, target=None).share is None
    assert Coverage(county="乐清市", founded=3, target=0).share is None


def test_what_is_complete_has_no_flaws() -> None:
    assert wrong(APPLIED) == set()
    assert wrong(FOUNDED) == set()


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"name": ""}, {"name"}),
        ({"county": ""}, {"county"}),
        ({"enterprise_id": None}, {"enterprise_name"}),
        ({"kind": AssociationKind.PARK}, {"park", "enterprise_name"}),
        ({"chair": "", "secretary": ""}, {"chair", "secretary"}),
        ({"founded_on": None}, {"founded_on"}),
        ({"founded_on": date(2026, 1, 9)}, {"founded_on"}),
        ({"last_activity": date(2026, 1, 31)}, {"last_activity"}),
        ({"last_congress": date(2026, 11, 23)}, {"last_congress"}),
        ({"kind": AssociationKind.LIAISON}, {"liaison"}),
        ({"status": S.APPLIED}, {"approved_on", "founded_on"}),
        ({"status": S.APPROVED}, {"founded_on"}),
    ],
)
def test_flaws(change: dict[str, object], fields: set[str]) -> None:
    assert wrong(replace(FOUNDED, **change)) == fields  # type: ignore[arg-type]


def test_from_application_to_founding() -> None:
    approved = after_step(APPLIED, S.APPROVED, StepFacts(on=date(2026, 1, 10)), TODAY)
    assert (approved.approved_on, approved.approved_by) == (date(2026, 1, 10), "乐清市科协")
    facts = StepFacts(on=date(2026, 2, 1), chair="示例主席", secretary="示例秘书长")
    founded = after_step(approved, S.FOUNDED, facts, TODAY)
    assert founded == replace(FOUNDED, approved_by="乐清市科协")


@pytest.mark.parametrize(
    ("before", "then", "facts", "field"),
    [
        (APPLIED, S.APPROVED, StepFacts(), "on"),
        (APPLIED, S.APPROVED, StepFacts(on=date(2026, 11, 23)), "on"),
        (APPLIED, S.CANCELLED, StepFacts(), "reason"),
        (FOUNDED, S.INACTIVE, StepFacts(), "reason"),
        (FOUNDED, S.INACTIVE, StepFacts(reason=EndReason.OTHER), "note"),
        (
            replace(FOUNDED, status=S.INACTIVE),
            S.CANCELLED,
            StepFacts(reason=EndReason.GONE),
            "reason",
        ),
        (replace(FOUNDED, status=S.INACTIVE), S.FOUNDED, StepFacts(), "on"),
        (replace(FOUNDED, status=S.INACTIVE), S.FOUNDED, StepFacts(on=date(2020, 1, 1)), "on"),
        (
            replace(APPLIED, status=S.APPROVED, approved_on=date(2026, 1, 10)),
            S.FOUNDED,
            StepFacts(on=date(2026, 2, 1), chair="示例主席"),
            "secretary",
        ),
    ],
)
def test_a_step_asks_for_what_it_needs(
    before: Association, then: AssociationStatus, facts: StepFacts, field: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        after_step(before, then, facts, TODAY)
    assert caught.value.field == field


def test_a_step_must_follow() -> None:
    with pytest.raises(ConflictError, match="不能直接变为“已成立”"):
        after_step(APPLIED, S.FOUNDED, StepFacts(on=TODAY), TODAY)


def test_back_to_life_and_back_to_the_beginning() -> None:
    quiet = after_step(FOUNDED, S.INACTIVE, StepFacts(reason=EndReason.NO_ACTIVITY), TODAY)
    back = after_step(quiet, S.FOUNDED, StepFacts(on=TODAY), TODAY)
    assert (back.status, back.last_activity) == (S.FOUNDED, TODAY)
    gone = after_step(quiet, S.CANCELLED, StepFacts(), TODAY)
    again = after_step(gone, S.APPLIED, StepFacts(), TODAY)
    assert again == replace(APPLIED, chair="示例主席", secretary="示例秘书长")


def test_activities() -> None:
    held = after_activity(FOUNDED, date(2026, 6, 1), congress=False, today=TODAY)
    assert (held.last_activity, held.last_congress) == (date(2026, 6, 1), None)
    earlier = after_activity(held, date(2026, 5, 1), congress=True, today=TODAY)
    assert earlier.last_activity == date(2026, 6, 1), "the later one stays"
    assert earlier.last_congress == date(2026, 5, 1)
    for day in (None, date(2026, 11, 23), date(2026, 1, 31)):
        with pytest.raises(InvalidInputError):
            after_activity(FOUNDED, day, congress=False, today=TODAY)
    with pytest.raises(InvalidInputError, match="成立以后"):
        after_activity(APPLIED, TODAY, congress=False, today=TODAY)
    with pytest.raises(InvalidInputError, match="没有会员大会"):
        after_activity(
            replace(FOUNDED, kind=AssociationKind.LIAISON), TODAY, congress=True, today=TODAY
        )


@given(st.sampled_from(S), st.dates(date(2026, 2, 1), TODAY), st.sampled_from(EndReason))
def test_no_step_leads_to_flaws(then: S, day: date, reason: EndReason) -> None:
    for before in (
        APPLIED,
        replace(FOUNDED, status=S.APPROVED, founded_on=None),
        FOUNDED,
        replace(FOUNDED, status=S.INACTIVE),
        replace(FOUNDED, status=S.CANCELLED),
    ):
        if then not in ASSOCIATION_FLOW.after(before.status):
            continue
        given_reason = reason if needs_reason(before.status, then) else None
        facts = StepFacts(on=day, reason=given_reason, note="说明")
        assert flaws_of(after_step(before, then, facts, TODAY), TODAY) == []
