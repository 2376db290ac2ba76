"""What the known facts say of a condition: pass, fail, or not known yet.

The logic has three values and is that of Kleene: of several conditions the worst counts, of
alternatives the best, where failing is worse than not knowing and that worse than passing. So
learning a fact can settle what was open and never turns round what was settled.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from matcher.casework.stations import StationLevel
from matcher.records import PartnerKind
from matcher.rules.conditions import Asked, Bounded, Condition, Joined, Rules, SiteRules, Test
from matcher.rules.facts import FACTS
from matcher.rules.records import Fact, Finding, SiteCheck, Verdict, worst
from matcher.rules.values import UNKNOWN_NUMBER, Known, Range

_KIND = "partner-kind"
_BEST_FIRST = (Verdict.PASS, Verdict.UNKNOWN, Verdict.FAIL)


def verdict_of(test: Test, known: Known) -> Verdict:
    """What is to be said of a test."""
    if isinstance(test, Joined):
        found = {verdict_of(each, known) for each in test.tests}
        return worst(found) if test.all_of else next(v for v in _BEST_FIRST if v in found)
    value = known.get(test.fact)
    if isinstance(test, Asked):
        if not isinstance(value, bool):
            return Verdict.UNKNOWN
        return Verdict.PASS if value is test.wanted else Verdict.FAIL
    return _within(test, value if isinstance(value, Range) else UNKNOWN_NUMBER)


def finding_of(condition: Condition, known: Known) -> Finding:
    """What is to be said of a condition, with a complete Chinese sentence."""
    applies = verdict_of(condition.when, known) if condition.when else Verdict.PASS
    if applies is Verdict.FAIL and condition.when:
        told = "，".join(_told(condition.when, known))
        return _finding(condition, Verdict.PASS, f"{condition.label}：{told}，不涉及这一条。")
    verdict = verdict_of(condition.test, known)
    if applies is Verdict.UNKNOWN and verdict is Verdict.FAIL:
        verdict = Verdict.UNKNOWN
    told = "，".join(dict.fromkeys(_told_of(condition, known)))
    if verdict is not Verdict.UNKNOWN:
        ending = "，不符合。" if verdict is Verdict.FAIL else "。"
        return _finding(condition, verdict, f"{condition.label}：{told}{ending}")
    asks = _asks(condition, known)
    missing = "、".join(f"“{fact.label}”" for fact in asks)
    told = f"{told}；" if told else ""
    return _finding(condition, verdict, f"{condition.label}：{told}还要了解{missing}。", asks)


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Checks many pairs against the rules of one day.

    Thousands of pairs share their enterprises and partners, and most of what is known is the same
    everywhere: a finding is worked out once for each combination of what it looks at.
    """

    rules: Rules
    on: date
    _found: dict[tuple[object, ...], Finding] = field(default_factory=dict)
    _asked: dict[tuple[str, StationLevel | None], tuple[Condition, ...]] = field(
        default_factory=dict
    )

    def checks(self, rules: SiteRules, kind: PartnerKind | None, known: Known) -> list[SiteCheck]:
        """What is to be said of a site type, for each of its levels, the highest first.

        A type that takes other kinds of partners is refused with that reason alone.

        Args:
            rules: those of the type.
            kind: the partner's kind; None if only the enterprise is looked at.
            known: the facts, with those that are counted for each type by itself.
        """
        fits = _kind_finding(rules, kind) if kind else None
        if fits and fits.verdict is Verdict.FAIL:
            return [SiteCheck(site_type=rules.code, label=rules.label, findings=(fits,))]
        first = (fits,) if fits else ()
        return [
            SiteCheck(
                site_type=rules.code,
                label=rules.label,
                level=level,
                findings=(*first, *self._findings(rules, level, known)),
            )
            for level in rules.levels
        ]

    def _findings(
        self, rules: SiteRules, level: StationLevel | None, known: Known
    ) -> Iterator[Finding]:
        at = (rules.code, level)
        if at not in self._asked:
            self._asked[at] = rules.of_level(level, self.on)
        for place, condition in enumerate(self._asked[at]):
            key = (*at, place, *map(known.get, condition.facts))
            found = self._found.get(key)
            if found is None:
                found = self._found[key] = finding_of(condition, known)
            yield found


def _within(test: Bounded, value: Range) -> Verdict:
    if test.low <= value.low and value.high <= test.high:
        return Verdict.PASS
    if value.high < test.low or test.high < value.low:
        return Verdict.FAIL
    return Verdict.UNKNOWN


def _kind_finding(rules: SiteRules, kind: PartnerKind) -> Finding | None:
    """Whether the type takes partners of this kind; None if it needs no partner."""
    if not rules.kinds:
        return None
    taken = "、".join(each.label for each in PartnerKind if each in rules.kinds)
    fits = kind in rules.kinds
    ending = "。" if fits else "，不符合。"
    return Finding(
        condition=_KIND,
        verdict=Verdict.PASS if fits else Verdict.FAIL,
        sentence=f"{rules.label}与{taken}共建：对方是{kind.label}{ending}",
        source=rules.kinds_source,
    )


def is_about_kind(finding: Finding) -> bool:
    """Whether it only says which kinds of partners the type takes."""
    return finding.condition == _KIND


def _finding(
    condition: Condition, verdict: Verdict, sentence: str, asks: tuple[Fact, ...] = ()
) -> Finding:
    return Finding(
        condition=condition.id,
        verdict=verdict,
        sentence=sentence,
        source=condition.source,
        asks=asks,
        binding=condition.binding,
    )


def _told_of(condition: Condition, known: Known) -> Iterator[str]:
    if condition.when:
        yield from _told(condition.when, known)
    yield from _told(condition.test, known)


def _told(test: Test, known: Known) -> Iterator[str]:
    """What is known of the facts that a test looks at, as parts of a sentence."""
    for name in dict.fromkeys(test.facts()):
        if told := FACTS[name].told(known):
            yield told


def _asks(condition: Condition, known: Known) -> tuple[Fact, ...]:
    """The facts that would settle a condition that is open."""
    open_facts: list[str] = []
    if condition.when:
        open_facts += _open(condition.when, known)
    if verdict_of(condition.test, known) is Verdict.UNKNOWN:
        open_facts += _open(condition.test, known)
    return tuple(FACTS[name].fact for name in dict.fromkeys(open_facts))


def _open(test: Test, known: Known) -> Iterable[str]:
    """Names of the facts to ask for next: of alternatives those of the first that is open."""
    if verdict_of(test, known) is not Verdict.UNKNOWN:
        return []
    if not isinstance(test, Joined):
        return [test.fact]
    asked = [list(_open(each, known)) for each in test.tests]
    if test.all_of:
        return [name for names in asked for name in names]
    return next(names for names in asked if names)
