"""What known facts say of a condition: three values, and never a change of mind."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.casework.stations import StationLevel
from matcher.records import PartnerKind
from matcher.rules.conditions import Asked, Bounded, Condition, Joined, Rules, SiteRules, Test
from matcher.rules.evaluation import Evaluator, finding_of, verdict_of
from matcher.rules.records import SiteCheck, Verdict, worst
from matcher.rules.values import Range
from tests.rules.knowledge import SOURCE, condition, knowledge, learned, levelled, satisfying, tests

PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN
BODY, TEAM = Asked("rd_body", True), Asked("rd_team", True)
OUTPUT = Bounded("annual_output", 2000)


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (None, UNKNOWN),
        (Range(2000, 2000), PASS),
        (Range(1999, 1999), FAIL),
        (Range(2500), PASS),
        (Range(100), UNKNOWN),
        (Range(0, 100), FAIL),
        (Range(1000, 3000), UNKNOWN),
    ],
)
def test_at_least(value: Range | None, verdict: Verdict) -> None:
    known = {} if value is None else {"annual_output": value}
    assert verdict_of(OUTPUT, known) is verdict


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(Range(0, 0), PASS), (Range(1, 1), FAIL), (Range(1), FAIL), (Range(0), UNKNOWN)],
)
def test_what_is_known_at_least_can_already_be_too_much(value: Range, verdict: Verdict) -> None:
    """Stations known here are a lower bound: one is too many, none is not yet known to be none."""
    assert verdict_of(Bounded("other_stations", high=0), {"other_stations": value}) is verdict


def test_all_and_any() -> None:
    both, either = Joined((BODY, TEAM), all_of=True), Joined((BODY, TEAM), all_of=False)
    for body, team, of_both, of_either in (
        (True, True, PASS, PASS),
        (True, False, FAIL, PASS),
        (True, None, UNKNOWN, PASS),
        (None, None, UNKNOWN, UNKNOWN),
        (False, None, FAIL, UNKNOWN),
        (False, False, FAIL, FAIL),
    ):
        known = {"rd_body": body, "rd_team": team}
        given_facts = {name: value for name, value in known.items() if value is not None}
        assert verdict_of(both, given_facts) is of_both
        assert verdict_of(either, given_facts) is of_either


@pytest.mark.parametrize(
    ("academician", "months", "verdict"),
    [
        (False, None, PASS),
        (False, 1, PASS),
        (True, None, UNKNOWN),
        (True, 1, FAIL),
        (True, 3, PASS),
        (None, None, UNKNOWN),
        (None, 1, UNKNOWN),
        (None, 3, PASS),
    ],
)
def test_a_condition_for_some_only(
    academician: bool | None, months: int | None, verdict: Verdict
) -> None:
    asked = condition(Bounded("months_on_site", 3), Asked("academician", True))
    known: dict[str, bool | Range] = {}
    if academician is not None:
        known["academician"] = academician
    if months is not None:
        known["months_on_site"] = Range(months, months)
    assert finding_of(asked, known).verdict is verdict


def test_what_would_settle_it_is_asked() -> None:
    asked = condition(Bounded("months_on_site", 3), Asked("academician", True))
    both = finding_of(asked, {})
    assert [fact.name for fact in both.asks] == ["academician", "months_on_site"]
    only = finding_of(asked, {"months_on_site": Range(1, 1)})
    assert [fact.name for fact in only.asks] == ["academician"], "only that can settle it now"
    assert finding_of(asked, {"academician": False}).asks == ()


def test_of_alternatives_the_first_is_asked_for() -> None:
    unit = Asked("key_rd_unit", True)
    host = condition(Joined((Joined((Asked("above_designated", True), OUTPUT), True), unit), False))
    first = finding_of(host, {"above_designated": True})
    assert [fact.name for fact in first.asks] == ["annual_output"]
    second = finding_of(host, {"above_designated": True, "annual_output": Range(5, 5)})
    assert [fact.name for fact in second.asks] == ["key_rd_unit"]
    settled = {"above_designated": True, "annual_output": Range(5, 5), "key_rd_unit": False}
    assert finding_of(host, settled).verdict is FAIL


@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        ({"annual_output": Range(3000, 3000)}, "示例条件：年产值 3000 万元。"),
        ({"annual_output": Range(1500.5, 1500.5)}, "示例条件：年产值 1500.5 万元，不符合。"),
        ({"annual_output": Range(100)}, "示例条件：年产值至少 100 万元；还要了解“年产值”。"),
        ({}, "示例条件：还要了解“年产值”。"),
    ],
)
def test_sentences(known: dict[str, bool | Range], sentence: str) -> None:
    assert finding_of(condition(OUTPUT), known).sentence == sentence


def test_a_sentence_says_whom_it_does_not_concern() -> None:
    asked = condition(Bounded("months_on_site", 3), Asked("academician", True))
    sentence = finding_of(asked, {"academician": False}).sentence
    assert sentence == "示例条件：对方不是院士，不涉及这一条。"


@given(tests, st.none() | tests, st.data())
def test_learning_never_turns_a_verdict_round(
    test: Test, when: Test | None, data: st.DataObject
) -> None:
    asked = condition(test, when)
    before = data.draw(knowledge())
    after = data.draw(learned(before))
    first, then = finding_of(asked, before), finding_of(asked, after)
    if first.verdict is not UNKNOWN:
        assert then.verdict is first.verdict
    if first.verdict is UNKNOWN:
        assert first.asks, "whatever is open says what to ask"


@given(tests)
def test_every_test_is_settled_by_full_knowledge(test: Test) -> None:
    known: dict[str, bool | Range] = {
        name: Range(4, 4) if name in ("annual_output", "total_needs", "agreement_years") else True
        for name in test.facts()
    }
    assert verdict_of(test, known) is not UNKNOWN
    assert verdict_of(test, {}) is UNKNOWN or _trivial(test)


def _trivial(test: Test) -> bool:
    """Whether a test holds of every number or of none."""
    return isinstance(test, Joined) or (isinstance(test, Bounded) and test.low <= 0)


@given(st.lists(st.sampled_from(Verdict)))
def test_the_worst_counts(verdicts: list[Verdict]) -> None:
    expected = next((v for v in (FAIL, UNKNOWN) if v in verdicts), PASS)
    assert worst(verdicts) is expected


def test_what_is_for_orientation_never_excludes() -> None:
    finding = finding_of(condition(OUTPUT, binding=False), {"annual_output": Range(1, 1)})
    check = SiteCheck(site_type="x", label="示例站", findings=(finding,))
    assert finding.verdict is FAIL
    assert check.verdict is UNKNOWN
    assert check.failed == ()
    assert check.open == (finding,)


NATIONAL, PROVINCIAL = StationLevel.NATIONAL, StationLevel.PROVINCIAL
SITE = SiteRules(
    code="society_station",
    label="学会服务站",
    kinds=frozenset({PartnerKind.SOCIETY}),
    kinds_source=SOURCE,
    conditions=(
        levelled("body", None, BODY),
        levelled("ten", NATIONAL, Bounded("total_needs", 10)),
        levelled("five", PROVINCIAL, Bounded("total_needs", 5)),
    ),
)


def checks(kind: PartnerKind | None, known: dict[str, bool | Range]) -> list[SiteCheck]:
    return Evaluator(Rules((SITE,)), date(2026, 11, 1)).checks(SITE, kind, known)


def test_each_level_has_its_own_conditions() -> None:
    national, provincial = checks(
        PartnerKind.SOCIETY, {"rd_body": True, "total_needs": Range(7, 7)}
    )
    assert (national.level, national.verdict) == (NATIONAL, FAIL)
    assert (provincial.level, provincial.verdict) == (PROVINCIAL, PASS)
    assert national.title == "学会服务站（国家级）"
    assert [each.condition for each in provincial.findings] == ["partner-kind", "body", "five"]


def test_another_kind_of_partner_is_told_only_that() -> None:
    (check,) = checks(PartnerKind.EXPERT, {"rd_body": False})
    assert check.level is None
    assert [finding.sentence for finding in check.findings] == [
        "学会服务站与学会共建：对方是院士专家，不符合。"
    ]


def test_without_a_partner_the_enterprise_alone_is_looked_at() -> None:
    assert [len(each.findings) for each in checks(None, {})] == [2, 2]


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2019, 6, 10), 0), (date(2019, 6, 11), 1), (date(2020, 1, 1), 1), (date(2020, 1, 2), 0)],
)
def test_a_rule_holds_from_its_first_to_its_last_day(day: date, expected: int) -> None:
    dated = Condition(
        id="dated",
        label="示例",
        place="全国",
        binding=True,
        source=SOURCE,
        test=BODY,
        since=date(2019, 6, 11),
        until=date(2020, 1, 1),
    )
    site = SiteRules(
        code="x", label="示例站", kinds=frozenset(), kinds_source=SOURCE, conditions=(dated,)
    )
    (check,) = Evaluator(Rules((site,)), day).checks(site, None, {})
    assert len(check.findings) == expected


@given(knowledge(), knowledge())
def test_an_evaluator_remembers_without_mixing_up(
    one: dict[str, bool | Range], other: dict[str, bool | Range]
) -> None:
    evaluator = Evaluator(Rules((SITE,)), date(2026, 11, 1))
    for known in (one, other, one):
        found = evaluator.checks(SITE, PartnerKind.SOCIETY, known)
        assert found == checks(PartnerKind.SOCIETY, known)


@given(tests)
def test_made_knowledge_satisfies(test: Test) -> None:
    if isinstance(test, Joined):
        return
    assert verdict_of(test, satisfying(test, wanted=True)) is PASS
    assert verdict_of(test, satisfying(test, wanted=False)) is FAIL
