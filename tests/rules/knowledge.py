"""Knowledge for tests: made to satisfy a test, to fail it, or drawn at random and learned from."""

from datetime import date

from hypothesis import strategies as st

from matcher.casework.stations import StationLevel
from matcher.rules.conditions import Asked, Bounded, Condition, Joined, Test
from matcher.rules.facts import FACTS
from matcher.rules.records import Source
from matcher.rules.values import Known, Range

QUESTIONS = ("rd_body", "rd_team", "retired", "academician")
NUMBERS = ("annual_output", "total_needs", "agreement_years")
SOURCE = Source(title="示例办法", number="示例〔2026〕1号", issued=date(2026, 1, 1))


def satisfying(test: Test, *, wanted: bool) -> dict[str, bool | Range]:
    """Knowledge with which a test passes, or with which it fails."""
    if isinstance(test, Asked):
        return {test.fact: test.wanted is wanted}
    if isinstance(test, Bounded):
        outside = test.low - 1 if test.low > 0 else test.high + 1
        number = test.low if wanted else outside
        return {test.fact: Range(number, number)}
    parts = test.tests if test.all_of is wanted else test.tests[:1]
    known: dict[str, bool | Range] = {}
    for part in parts:
        known |= satisfying(part, wanted=wanted)
    return known


def condition(test: Test, when: Test | None = None, *, binding: bool = True) -> Condition:
    return Condition(
        id="example",
        label="示例条件",
        place="全国",
        binding=binding,
        source=SOURCE,
        test=test,
        when=when,
        level=None,
    )


def levelled(identifier: str, level: StationLevel | None, test: Test) -> Condition:
    return Condition(
        id=identifier,
        label=identifier,
        place="全国",
        binding=True,
        source=SOURCE,
        test=test,
        level=level,
    )


_asked = st.builds(Asked, st.sampled_from(QUESTIONS), st.booleans())
_bounds = st.tuples(st.integers(0, 8), st.integers(0, 8)).map(sorted)
_bounded = st.builds(
    lambda fact, bounds: Bounded(fact, bounds[0], bounds[1]), st.sampled_from(NUMBERS), _bounds
)
tests = st.recursive(
    _asked | _bounded,
    lambda inner: st.builds(
        Joined, st.lists(inner, min_size=1, max_size=3).map(tuple), all_of=st.booleans()
    ),
    max_leaves=6,
)
"""Any test over a few facts."""

_range = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda pair: Range(*sorted(pair)))


@st.composite
def knowledge(draw: st.DrawFn) -> dict[str, bool | Range]:
    """What may be known of a few facts."""
    known: dict[str, bool | Range] = {}
    for name in QUESTIONS:
        if draw(st.booleans()):
            known[name] = draw(st.booleans())
    for name in NUMBERS:
        if draw(st.booleans()):
            known[name] = draw(_range)
    return known


@st.composite
def learned(draw: st.DrawFn, known: Known) -> dict[str, bool | Range]:
    """The same knowledge after somebody has found out more: nothing known is taken back."""
    more: dict[str, bool | Range] = dict(known)
    for name in (*QUESTIONS, *NUMBERS):
        value = known.get(name)
        if isinstance(value, Range):
            low = draw(st.integers(int(value.low), int(value.high)))
            more[name] = Range(low, draw(st.integers(low, int(value.high))))
        elif value is None and draw(st.booleans()):
            more[name] = draw(st.booleans() if FACTS[name].fact.yes_no else _range)
    return more
