"""Which types of sites a need and a partner may found together, the best-fitting first."""

from collections.abc import Iterable, Mapping, Sequence

from matcher.casework.stations import StationLevel
from matcher.rules.conditions import Rules, SiteRules
from matcher.rules.evaluation import Evaluator, is_about_kind
from matcher.rules.facts import FACTS
from matcher.rules.records import FactOwner, SiteCheck, Verdict
from matcher.rules.situation import Situation, known_facts

_LEVELS = {level: place for place, level in enumerate(StationLevel)}


def all_checks(evaluator: Evaluator, situation: Situation) -> list[SiteCheck]:
    """What is to be said of every site type and level, in the order of the rules.

    Types that need no partner, as the enterprise's own association, are left out.
    """
    return [
        check
        for rules in evaluator.rules.types
        if rules.kinds
        for check in _of_type(evaluator, rules, situation)
    ]


def fitting(checks: Iterable[SiteCheck], *, wanted: str, rules: Rules) -> tuple[SiteCheck, ...]:
    """The checks that do not fail, the best-fitting first.

    The type that the enterprise wants comes first; then the one that takes the fewest kinds of
    partners, as it is meant for this one; then that of which the least is open; then the highest
    level.
    """

    def place(check: SiteCheck) -> tuple[bool, int, int, int]:
        level = len(_LEVELS) if check.level is None else _LEVELS[check.level]
        kinds = len(rules.kinds_of(check.site_type))
        return check.site_type != wanted, kinds, len(check.open), level

    return tuple(sorted((each for each in checks if each.verdict is not Verdict.FAIL), key=place))


def proposed(evaluator: Evaluator, situation: Situation) -> tuple[SiteCheck, ...]:
    """The best-fitting site types, each once, at the level that fits best."""
    checks = all_checks(evaluator, situation)
    best: dict[str, SiteCheck] = {}
    for check in fitting(checks, wanted=situation.wanted, rules=evaluator.rules):
        best.setdefault(check.site_type, check)
    return tuple(best.values())


def why_excluded(evaluator: Evaluator, situation: Situation) -> str:
    """Why this partner cannot found the site that the enterprise wants; empty if it may.

    Only what lies with the partner counts. What the enterprise itself lacks it lacks with
    everybody, and that a type takes other kinds of partners keeps nobody from helping otherwise.
    """
    if not situation.wanted:
        return ""
    rules = evaluator.rules.of(situation.wanted)
    reasons = [_partners_fault(rules, check) for check in _of_type(evaluator, rules, situation)]
    if not reasons or not all(reasons):
        return ""
    return f"不能共建{rules.label}。{reasons[-1]}"


def _of_type(evaluator: Evaluator, rules: SiteRules, situation: Situation) -> Sequence[SiteCheck]:
    known = known_facts(situation, rules.code)
    return evaluator.checks(rules, situation.partner.kind, known)


def _partners_fault(rules: SiteRules, check: SiteCheck) -> str:
    """The sentence of the first binding condition that fails and looks at the partner."""
    facts: Mapping[str, tuple[str, ...]] = {each.id: each.facts for each in rules.conditions}
    for finding in check.failed:
        owners = {FACTS[name].fact.owner for name in facts.get(finding.condition, ())}
        if owners & {FactOwner.PARTNER, FactOwner.PAIRING} and not is_about_kind(finding):
            return finding.sentence
    return ""
